"""Commands and queries on a real database."""
