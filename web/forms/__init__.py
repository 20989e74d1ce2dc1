"""Forms check shape; services check truth."""
