"""How many customers a partner may have (tencent:D.1, ExceedMaxBindCount)."""

from __future__ import annotations

from django.db.models import Sum

from openpartner.core.accounts.models import Account, AssociationCount
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.eligibility.models import BindQuota
from openpartner.core.partners.queries import get_partner
from openpartner.kit import clock

CUSTOMERS_MAX = 100_000_000
WHY = "the partner was read within the scope"


@command(Action.BIND_QUOTA_SET, permission=Permission.FLAG_GRANT)
def set_bind_quota(caller: Caller, *, account_id: str, customers_max: int | None) -> Account:
    """Set how many customers one of the provider's partners may have, or None for no limit; returns the partner."""
    if customers_max is not None and not 0 <= customers_max <= CUSTOMERS_MAX:
        raise Invalid("customers_max", f"is not between 0 and {CUSTOMERS_MAX}")
    partner = lock_account(get_partner(caller.scope, account_id=account_id).pk)
    rows = BindQuota.objects.within(caller.scope).filter(partner=partner)
    if customers_max is None:
        rows.delete()
    else:
        row = rows.first() or BindQuota(partner=partner, provider_id=caller.account)
        row.customers_max, row.set_by, row.set_at = customers_max, caller.user_name, clock.now()
        row.save()
    record(caller, Action.BIND_QUOTA_SET, subject=partner, customers=customers_max)
    return partner


def customers_max_of(partner: int) -> int | None:
    """How many customers a partner may have; None for as many as it likes."""
    rows = BindQuota.objects.everything(reason=WHY).filter(partner=partner)
    return rows.values_list("customers_max", flat=True).first()


def is_quota_used(partner: int) -> bool:
    """Whether a partner, by primary key, has as many customers as it may have."""
    most = customers_max_of(partner)
    if most is None:
        return False
    counts = AssociationCount.objects.everything(reason=WHY).filter(partner=partner)
    return (counts.aggregate(sum=Sum("customers"))["sum"] or 0) >= most
