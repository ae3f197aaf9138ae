"""Coupons: what customers have, and what partners issue out of quotas."""
