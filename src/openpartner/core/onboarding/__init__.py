"""Invitations, applications and new accounts: how customers and second-level resellers come to be bound."""
