"""Instalments: what is due, what became of it, and the facts that say so (law 3)."""
