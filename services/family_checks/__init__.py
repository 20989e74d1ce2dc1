"""The random question to families: whom a batch's draw names, asking them, and what came of it."""
