"""Resellers of a distributor."""
