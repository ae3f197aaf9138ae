"""Budgets of customers, quotas of budgets, alerts, and how much a partner may owe."""
