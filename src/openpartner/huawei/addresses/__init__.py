"""Provinces, cities and counties for forms (China site)."""
