"""The donors' side: contacts, keys, and the mapping of donor, pledge and payment reference."""
