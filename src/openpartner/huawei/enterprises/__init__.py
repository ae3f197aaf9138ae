"""Enterprises of several accounts: their organizations, their members, and their projects."""
