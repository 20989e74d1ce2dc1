"""Ratios between our code and a bare peer in the same run; nothing is timed in the tests."""
