"""Counts: exact ones for staff, and the one gate through which a number is published."""
