"""Binding and releasing accounts: the one place that writes associations and what repeats them.

No permission and no audit here: the commands of `customers` and `partners`, the import and the demo do that.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db.models import F

from openpartner.core.accounts.models import Account, Association, AssociationCount
from openpartner.core.base.errors import Conflict, Invalid
from openpartner.core.base.kinds import PARENT_KINDS, AccountKind, AssociationKind, Site

WHY = "the row is being bound"

RELEASING: list[Callable[[Account, str], None]] = []
"""Called with an account that is being released, while it is still bound, and with who does it."""
BOUND: list[Callable[[Account], None]] = []
"""Called with an account that has just been bound: what is repeated by its partner is repeated anew."""


def month_of(moment: datetime) -> int:
    """The UTC month as one number, for counters."""
    return moment.year * 12 + moment.month - 1


def lock_account(pk: int) -> Account:
    """The row, locked until the transaction ends."""
    return Account.objects.everything(reason=WHY).select_for_update(no_key=True).get(pk=pk)


def bind(child: Account, partner: Account, *, kind: AssociationKind, since: datetime, by: str) -> Association:
    """Bind an unbound account to a partner (or a partner to the provider) and return the new association.

    Both rows must be locked by the caller, the partner first. Invalid when the kinds do not fit, Conflict when
    the child is bound already or still sells to others.
    """
    child_kind = AccountKind(child.kind)
    if AccountKind(partner.kind) not in PARENT_KINDS[child_kind]:
        raise Invalid("partner", f"a {child_kind.label} is not bound to a {AccountKind(partner.kind).label}")
    if child.partner_id is not None:
        raise Conflict("the account is already associated with a partner")
    if child_kind.is_partner and Account.objects.everything(reason=WHY).filter(partner=child).exists():
        raise Conflict("the account still has accounts of its own; they must be released first")
    set_tenants(child, partner, kind=kind, since=since)
    child.save(update_fields=["provider", "payer", "partner", "site", "association_kind", "associated_at"])
    if child_kind is AccountKind.CUSTOMER:
        _count(child, +1)
    assert child.provider_id is not None
    assert child.payer_id is not None
    made = Association.objects.create(
        provider_id=child.provider_id,
        payer_id=child.payer_id,
        partner=partner,
        child=child,
        kind=kind,
        since=since,
        bound_by=by,
    )
    for repeat in BOUND:
        repeat(child)
    return made


def set_tenants(child: Account, partner: Account, *, kind: AssociationKind, since: datetime) -> None:
    """Set the columns of the child that repeat its current association, without saving."""
    child.provider_id = partner.pk if partner.kind == AccountKind.PROVIDER else partner.provider_id
    if AccountKind(child.kind).pays:
        child.payer_id = child.pk
    else:
        child.payer_id = partner.payer_id
    child.partner_id = partner.pk
    if partner.kind != AccountKind.PROVIDER:
        child.site = Site(partner.site)
    child.association_kind = kind
    child.associated_at = since


def release(child: Account, *, until: datetime, by: str) -> Association:
    """End the current association and return it. The partner's own notes move to its history with it.

    The row must be locked by the caller. Conflict when there is none, or when a partner still sells to others.
    """
    current = (
        Association.objects.everything(reason=WHY)
        .select_for_update(no_key=True)
        .filter(child=child, until__isnull=True)
        .first()
    )
    if current is None:
        raise Conflict("the account is not associated with a partner")
    if AccountKind(child.kind).is_partner and Account.objects.everything(reason=WHY).filter(partner=child).exists():
        raise Conflict("the account still has accounts of its own; they must be released first")
    if child.kind == AccountKind.CUSTOMER:
        _count(child, -1)
    for close in RELEASING:
        close(child, by)
    current.until, current.ended_by = max(until, current.since), by
    current.labels, current.remark = child.labels, child.remark
    current.save(update_fields=["until", "ended_by", "labels", "remark"])
    # What the partner wrote about the customer is the partner's: the next one must not read it.
    child.labels = child.remark = child.external_id = child.external_platform = ""
    child.partner = child.payer = child.manager = None
    child.association_kind = child.associated_at = None
    child.bills_visible = True
    child.save()
    return current


def _count(customer: Account, change: int) -> None:
    """Adjust the partner's counter for the customer's month; the partner's row is locked, so no race."""
    assert customer.associated_at is not None
    assert customer.provider_id is not None
    assert customer.payer_id is not None
    assert customer.partner_id is not None
    month = month_of(customer.associated_at)
    rows = AssociationCount.objects.everything(reason=WHY).filter(partner_id=customer.partner_id, month=month)
    if not rows.update(customers=F("customers") + change):
        AssociationCount.objects.create(
            provider_id=customer.provider_id,
            payer_id=customer.payer_id,
            partner_id=customer.partner_id,
            month=month,
            customers=change,
        )
