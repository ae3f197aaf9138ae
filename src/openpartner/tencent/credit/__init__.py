"""Credit of partners, resellers and customers."""
