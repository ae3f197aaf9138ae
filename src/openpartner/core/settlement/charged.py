"""What bill months took from credit: asked by whoever brings it back."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Sum

from openpartner.core.billing.models import BillMonth
from openpartner.core.settlement.models import Charge


def charged_of(customers: Collection[int], partner: int, month: int) -> dict[int, int]:
    """What a month, over all clouds, took from customers' credit with a partner, in millionths, by customer.

    The customers were read within a scope. Those from whom nothing was taken are left out.
    """
    months = BillMonth.objects.everything(reason="of customers read within a scope").filter(month=month).values("pk")
    rows = Charge.objects.everything(reason="likewise").filter(
        customer__in=list(customers), partner=partner, month__in=months
    )
    return dict(rows.order_by().values("customer").annotate(n=Sum("micros")).values_list("customer", "n"))
