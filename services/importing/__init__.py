"""Uploaded lists on their way into the records: read, judged, placed, taken, forgotten."""
