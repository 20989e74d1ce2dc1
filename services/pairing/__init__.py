"""Needs and offers meet: the market, proposals, the approval desk, runs and their proof."""
