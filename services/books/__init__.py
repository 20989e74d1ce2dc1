"""The ledger (law 2): money in, money covered, money lost; every posting passes here."""
