"""The pages of an organization: its people, roles and keys, and the records of what happened."""
