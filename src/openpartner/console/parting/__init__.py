"""The pages on which associations end and move, for partners, customers and the provider."""
