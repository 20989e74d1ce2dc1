"""A pledge: offered, its terms, what its donor changes, and the day a change takes effect."""
