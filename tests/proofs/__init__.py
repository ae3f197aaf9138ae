"""Campaigns: many seeded cases of bad input, isolation and durability against a live server."""
