"""Distributors, resellers and second-level resellers."""
