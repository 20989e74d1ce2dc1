"""The custodian's desk and chain: the one place where payer and pledge are joined (law 7)."""
