"""The machine itself: leases and runs of jobs, the watchdog, backups, the installation."""
