"""A child in danger: the red button, and the case that goes round whom it is about."""
