"""The accounts of clouds that nobody has mapped: work to do, and who they might be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from openpartner.core.base.caller import Caller
from openpartner.core.base.scope import Scope
from openpartner.core.billing.imports import must_be_provider
from openpartner.core.billing.models import BillFile, BillRange
from openpartner.core.billing.queries import EARLIEST, LATEST, BillFilter, Dimension, sums
from openpartner.lake.schema import UNPLACED, Action

SHOWN_MAX = 1_000
"""Accounts that are told; there may be more."""


@dataclass(frozen=True, slots=True)
class Unassigned:
    """An account of a cloud with lines that have no customer."""

    cloud: str
    billing_account: str
    billing_account_name: str
    sub_account: str
    name: str
    """What its cloud calls it: a proposal at most."""
    currency: str
    first_day: date
    last_day: date
    lines: int
    total: Decimal

    @property
    def months(self) -> str:
        """From when to when."""
        first, last = f"{self.first_day:%Y-%m}", f"{self.last_day:%Y-%m}"
        return first if first == last else f"{first} to {last}"


def unassigned_accounts(caller: Caller) -> list[Unassigned]:
    """Accounts whose lines have no customer, those with the greatest amounts first. NotAllowed but for the provider."""
    provider = must_be_provider(caller)
    where = BillFilter(
        first_month=EARLIEST,
        last_month=LATEST,
        customers=frozenset({UNPLACED}),
        without={"action": (Action.ROUNDING.value,)},
    )
    by = (Dimension.CLOUD, Dimension.BILLING_ACCOUNT, Dimension.SUB_ACCOUNT, Dimension.CURRENCY, Dimension.DAY)
    found: dict[tuple[str, str, str, str], Unassigned] = {}
    for cloud, billing, billing_name, sub, sub_name, currency, day, lines, total in sums(
        Scope(provider=provider), where, by, ["total_cost"]
    ):
        key = (cloud, billing, sub or "", currency)
        before = found.get(key)
        found[key] = Unassigned(
            cloud,
            billing,
            billing_name or "",
            sub or "",
            sub_name or (billing_name if not sub else "") or "",
            currency,
            min(day, before.first_day) if before else day,
            max(day, before.last_day) if before else day,
            lines + (before.lines if before else 0),
            total + (before.total if before else 0),
        )
    ordered = sorted(found.values(), key=lambda one: (-abs(one.total), one.cloud, one.billing_account, one.sub_account))
    return ordered[:SHOWN_MAX]


def has_unassigned(provider: int) -> bool:
    """Whether any published line has no customer: one indexed question of the manifest."""
    files = BillFile.objects.everything(reason="the provider's own months").filter(
        provider=provider, since__isnull=False, until__isnull=True
    )
    rows = BillRange.objects.everything(reason="the provider's own months").filter(customer=UNPLACED)
    return rows.filter(file__in=files.values("pk")).exists()
