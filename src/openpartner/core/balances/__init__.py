"""Account balances: money that partners and customers have on their accounts, and how it is moved."""
