"""Whether what lets partners act is what their customers granted, and nothing more."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F

from openpartner.core.access.models import Delegation
from openpartner.core.access.roles import joined
from openpartner.core.on_behalf.models import Authorization
from openpartner.core.on_behalf.vocabulary import State, permissions_for

WHY = "a check spans all tenants"
AT_ONCE = 2_000


def faults() -> Iterator[str]:
    """A sentence for each difference between the authorizations in force and the delegations that stand for them."""
    granted = Authorization.objects.everything(reason=WHY).filter(state=State.GRANTED)
    rows = granted.select_related("delegation").annotate(bound_to=F("customer__partner_id"))
    for row in rows.order_by("pk").iterator(AT_ONCE):
        held = row.delegation
        assert held is not None  # the database refuses it otherwise
        if held.until is not None or (held.giver_id, held.holder_id) != (row.customer_id, row.partner_id):
            yield f"authorization {row.pk} is granted, its delegation {held.pk} has ended or is another's"
        if held.permissions != joined(permissions_for(row.allowed)):
            yield f"authorization {row.pk} is for {row.works}, its delegation {held.pk} opens something else"
        if row.bound_to != row.partner_id:
            yield f"authorization {row.pk} is in force for a partner whose customer {row.customer_id} no longer is"
    stray = Delegation.objects.everything(reason=WHY).filter(until__isnull=True)
    stray = stray.exclude(pk__in=granted.values("delegation"))
    for key in stray.order_by("pk").values_list("pk", flat=True).iterator(AT_ONCE):
        yield f"delegation {key} is in force without an authorization"
