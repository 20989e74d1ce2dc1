"""A child's record: entered, verified, consented to, found, corrected."""
