"""A matching run: made over what is new, kept as a draft, looked at, then released or discarded."""
