"""Bills: of a partner's customers, and a customer's own."""
