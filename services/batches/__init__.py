"""Batches and payment orders: what one hand gets for one month, and what the bank made of it."""
