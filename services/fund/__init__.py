"""The gap fund 爱心备用金: pays what has no money, stands in, seeks a successor."""
