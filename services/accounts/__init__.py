"""People who work here: their accounts, roles, second factor, and the way in."""
