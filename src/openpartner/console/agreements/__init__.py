"""The pages of agreements: what the provider writes and publishes, and what an account accepts."""
