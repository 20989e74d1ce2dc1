"""Work units: one collects from colleagues by their codes, or hands over to children; never both."""
