"""Customers of a partner."""
