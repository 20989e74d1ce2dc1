"""The public month page: heads for everybody, leaves for the donors behind them, and their proofs."""
