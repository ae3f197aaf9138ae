"""Arrears and what they stop (tencent:E.3)."""

from __future__ import annotations

from openpartner.core.accounts.models import Account


def reassess_after(customer: Account, *, before: int, after: int) -> None:
    """Look at a customer's standing again where a change of what is available can have changed it."""
