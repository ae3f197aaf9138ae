"""The rules of parting for the partners of one payer, which the provider sets."""

from __future__ import annotations

from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.parting.models import PartingPolicy
from openpartner.core.partners.queries import partners
from openpartner.kit import clock

DAYS_MAX = 365
REQUESTS_AT_MOST = 100


@command(Action.PARTING_POLICY_SET, permission=Permission.FLAG_GRANT)
def set_parting_policy(
    caller: Caller,
    *,
    partner: str,
    answer_days: int | None,
    requests_max: int,
    partner_waits: bool,
    reviews_migrations: bool,
) -> PartingPolicy:
    """Set the rules for one of the provider's payers (its account id) and all its resellers, and return them.

    Invalid for days or requests out of range; NotVisible for whoever pays nobody.
    """
    found = partners(caller.scope).filter(account_id=partner).first()
    if caller.kind is not AccountKind.PROVIDER or found is None or not AccountKind(found.kind).pays:
        raise NotVisible("partner")
    if answer_days is not None and not 1 <= answer_days <= DAYS_MAX:
        raise Invalid("answer_days", f"are from 1 to {DAYS_MAX}")
    if not 1 <= requests_max <= REQUESTS_AT_MOST:
        raise Invalid("requests_max", f"are from 1 to {REQUESTS_AT_MOST}")
    payer = lock_account(found.pk)
    row = PartingPolicy.objects.everything(reason="the payer is locked").filter(payer=payer).first()
    row = row or PartingPolicy(payer=payer, provider_id=caller.account)
    row.answer_days, row.requests_max = answer_days, requests_max
    row.partner_waits, row.reviews_migrations = partner_waits, reviews_migrations
    row.changed_at = clock.now()
    row.save()
    record(
        caller,
        Action.PARTING_POLICY_SET,
        subject=payer,
        answer_days=answer_days,
        requests_max=requests_max,
        partner_waits=partner_waits,
        reviews_migrations=reviews_migrations,
    )
    return row


def parting_policy_of(account: Account) -> PartingPolicy:
    """The rules for a partner or customer that was read within a scope: its payer's, or the defaults."""
    rows = PartingPolicy.objects.everything(reason="of an account that was read within a scope")
    return rows.filter(payer=account.payer_id).first() or PartingPolicy()
