"""A distributor's second-level resellers."""
