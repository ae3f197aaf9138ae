"""What a restatement changed for whom: recorded by the publication, told to each account for its own lines alone."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from django.db.models import QuerySet, Sum

from openpartner.core.base.caller import Caller
from openpartner.core.base.scope import Scope
from openpartner.core.billing.followers import Published
from openpartner.core.billing.models import BillDifference, MonthState
from openpartner.kit.money import decimal_of
from openpartner.lake.schema import BOOKED_DECIMALS

ROWS_AT_ONCE = 5_000
TOTAL = ("total_micros", "total_residue")
PARTNER = ("partner_micros", "partner_residue")
Differences = dict[int, list[tuple[str, Decimal]]]
"""By the primary key of a version: currency and exact difference of the amount due, without those that are nothing."""


def remember(_caller: Caller, published: Published) -> None:
    """Record what a publication of a month that was final changed, in its transaction."""
    if published.was is not MonthState.FINAL:
        return
    rows = []
    for one in published.changed:
        before, after = one.before, one.after
        difference = BillDifference(
            version=published.version,
            provider=published.month.provider_id,
            payer=one.key.payer,
            partner=one.key.partner,
            customer=one.key.customer,
            currency=one.key.currency,
            total_micros=after.total_micros - before.total_micros,
            total_residue=after.total_residue - before.total_residue,
            partner_micros=after.partner_micros - before.partner_micros,
            partner_residue=after.partner_residue - before.partner_residue,
        )
        if any(getattr(difference, name) for name in (*TOTAL, *PARTNER)):
            rows.append(difference)
    BillDifference.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)


def differences(scope: Scope, versions: Collection[int], *, at_payer_price: bool) -> Differences:
    """What versions changed of the amount due of all lines that a scope sees."""
    names = PARTNER if at_payer_price else TOTAL
    rows = BillDifference.objects.within(scope).filter(version__in=list(versions))
    found: Differences = {}
    for version, currency, micros, residue in (
        rows.values("version", "currency")
        .annotate(micros=Sum(names[0]), residue=Sum(names[1]))
        .order_by("version", "currency")
        .values_list("version", "currency", "micros", "residue")
    ):
        amount = decimal_of(micros) + Decimal(residue).scaleb(-BOOKED_DECIMALS)
        if amount:
            found.setdefault(version, []).append((currency, amount))
    return found


def changed_versions(scope: Scope) -> QuerySet[BillDifference, int]:
    """The versions that changed something for a scope; none for people who see assigned customers alone."""
    if scope.manager is not None:
        return BillDifference.objects.everything(reason="none of them").none().values_list("version", flat=True)
    return BillDifference.objects.within(scope).values_list("version", flat=True)
