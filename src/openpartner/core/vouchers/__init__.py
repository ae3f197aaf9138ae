"""Vouchers and coupons: quotas, what is issued out of them, and what they have paid."""
