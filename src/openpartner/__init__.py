"""Open Partner Center: a channel system of record that speaks its vendors' partner APIs."""

__version__ = "0.1.0"
