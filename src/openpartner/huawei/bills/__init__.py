"""Bills of customers and partners."""
