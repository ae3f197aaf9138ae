"""Budgets of customers, and how much a partner may owe."""
