"""Money that is for one purpose and for nothing else (限定用途).

The rule itself stands in the database (models/ledger.py); here is who says it, which money pays what,
and how a giver is asked.
"""
