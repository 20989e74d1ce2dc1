"""Words: enums, lifecycles, money, dates, refs, errors. Standard library only."""
