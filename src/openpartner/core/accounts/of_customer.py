"""Rows about one customer, for every capability that has some."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from openpartner.core.accounts.models import Account
from openpartner.core.base.scoped import ScopedModel

TENANTS: dict[str, str] = {
    "provider": "provider_id",
    "payer": "payer_id",
    "partner": "partner_id",
    "customer": "customer_id",
}


class OfCustomer(ScopedModel):
    """A row of one customer and the partner it was bound to then; each of its tenants sees it."""

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    payer = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)

    scope_columns: ClassVar[dict[str, str]] = TENANTS

    class Meta:
        """No table of its own."""

        abstract = True
