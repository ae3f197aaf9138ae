"""The pages of an organization and of its records."""
