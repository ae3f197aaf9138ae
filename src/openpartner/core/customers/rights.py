"""What a distributor lets its second-level resellers do for their customers (huawei:B2, huawei:B19, tencent:A.4)."""

from __future__ import annotations

from collections.abc import Callable

from openpartner.core.accounts.models import Account, FeatureFlag, Flag
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict
from openpartner.core.base.kinds import AccountKind, Suspension
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.customers.models import ResellerRight, Right
from openpartner.core.partners.queries import get_reseller
from openpartner.kit import clock

FREEZES = {Suspension.ACCOUNT: Right.FREEZE_ACCOUNT, Suspension.ACCOUNT_AND_RESOURCES: Right.FREEZE_RESOURCES}
WITHDRAWN: list[Callable[[Caller, Account, Right], None]] = []
"""Called with who withdraws a right, the reseller and the right, when it no longer holds it."""
WHY = "the reseller was read within the scope, or is the caller"


@command(Action.RIGHT_GRANTED, permission=Permission.PARTNER_WRITE)
def grant_right(caller: Caller, *, reseller: str, right: Right) -> ResellerRight:
    """Let a second-level reseller of the calling distributor do something; again changes nothing."""
    row = lock_account(get_reseller(caller.scope, account_id=reseller).pk)
    assert row.payer_id is not None
    current = _current(row, right) or ResellerRight.objects.create(
        payer_id=row.payer_id, partner=row, right=right, since=clock.now(), granted_by=caller.user_name
    )
    record(caller, Action.RIGHT_GRANTED, subject=row, right=right)
    return current


@command(Action.RIGHT_WITHDRAWN, permission=Permission.PARTNER_WRITE)
def withdraw_right(caller: Caller, *, reseller: str, right: Right) -> ResellerRight:
    """End a right; what the reseller has set stays. Conflict when it does not hold the right."""
    row = lock_account(get_reseller(caller.scope, account_id=reseller).pk)
    current = _current(row, right)
    if current is None:
        raise Conflict("the reseller does not hold this right")
    current.until, current.ended_by = max(clock.now(), current.since), caller.user_name
    current.save(update_fields=["until", "ended_by"])
    record(caller, Action.RIGHT_WITHDRAWN, subject=row, right=right)
    for close in WITHDRAWN:
        close(caller, row, right)
    return current


def rights_of(partner: int) -> frozenset[Right]:
    """The rights that a second-level reseller, which was read within a scope, holds now."""
    rows = ResellerRight.objects.everything(reason=WHY).filter(partner=partner, until__isnull=True)
    return frozenset(Right(one) for one in rows.values_list("right", flat=True))


def held_rights(reseller: Account) -> dict[Right, ResellerRight]:
    """The rights that a reseller, which was read within a scope, holds now, with who gave them and when."""
    rows = ResellerRight.objects.everything(reason=WHY).filter(partner=reseller, until__isnull=True)
    return {Right(row.right): row for row in rows}


def may_force(caller: Caller) -> bool:
    """Whether the caller may suspend by force: its own flag, of a second-level reseller its distributor's."""
    if not caller.kind.is_partner:
        return False
    holders = {caller.account}
    if caller.kind is AccountKind.SECOND_LEVEL_RESELLER:
        row = Account.objects.everything(reason="the caller itself").get(pk=caller.account)
        holders.add(row.payer_id or row.pk)
    flags = FeatureFlag.objects.everything(reason="the caller's own, or its distributor's").filter(
        partner__in=holders, flag=Flag.FORCED_SUSPENSION, until__isnull=True
    )
    return flags.exists()


def may_freeze(caller: Caller, level: Suspension) -> bool:
    """Whether the caller's account may suspend its customers at this level at all.

    Those who pay the provider always may. A second-level reseller may what its distributor lets it: by a right of
    its own (Huawei), or because the distributor may suspend by force, which it inherits (Tencent).
    """
    if caller.kind is not AccountKind.SECOND_LEVEL_RESELLER:
        return caller.kind.is_partner
    return FREEZES[level] in rights_of(caller.account) or may_force(caller)


def _current(reseller: Account, right: Right) -> ResellerRight | None:
    rows = ResellerRight.objects.everything(reason=WHY)
    return rows.filter(partner=reseller, right=right, until__isnull=True).first()
