"""The clock's door: `schedule.py` is the one list of scheduled work."""
