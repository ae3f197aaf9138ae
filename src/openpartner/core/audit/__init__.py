"""Append-only audit events, sealed into a keyed hash chain."""
