"""Cost analysis of customers."""
