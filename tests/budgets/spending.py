"""Putting what customers spent where budgets read it, without importing bills."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from openpartner.core.billing.models import BillMonth, CustomerMonth
from openpartner.core.billing.months import month_of
from openpartner.kit.money import exact_micros
from tests.support.people import Person, World

OCTOBER = datetime(2026, 10, 15, 12, tzinfo=UTC)
CLOUD = "huawei"


def spend(world: World, customer: Person, month: str, amount: str, currency: str = "USD") -> None:
    """Say what a customer has spent in a month at list price, under its present partner."""
    row = customer.account
    bills, _ = BillMonth.objects.everything(reason="test").get_or_create(
        provider=world.pia.account, cloud=CLOUD, month=month_of(month)
    )
    micros = exact_micros(Decimal(amount))
    CustomerMonth.objects.everything(reason="test").update_or_create(
        month=bills,
        provider=world.pia.account,
        payer_id=row.payer_id,
        partner_id=row.partner_id,
        customer=row,
        currency=currency,
        defaults={
            "list_micros": micros,
            "discounted_micros": micros // 2,
            "voucher_micros": 0,
            "total_micros": micros // 2,
            "partner_micros": micros // 4,
        },
    )
