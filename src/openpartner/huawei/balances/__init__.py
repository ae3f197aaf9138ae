"""Account balances of partners, customers and enterprises."""
