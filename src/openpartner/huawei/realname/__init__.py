"""Real-name authentication: applied for by a partner or the customer, and its result."""
