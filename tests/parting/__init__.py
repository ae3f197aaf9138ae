"""Requests to end associations, and migrations."""
