"""By whom a child's money comes: ways, cards, school holidays, and silent hands."""
