"""Winning customers: those reported before they register, opportunities, expansion and renewal tasks."""
