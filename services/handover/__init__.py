"""The last step: lists, slips, a hand's word, a family's word."""
