"""Enterprise masters and their members: how each member is charged, since when."""

from __future__ import annotations

from datetime import datetime

from openpartner.core.accounts.models import Account, EnterpriseMember
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotVisible
from openpartner.core.base.kinds import AccountingMode, AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.command import command
from openpartner.kit import clock


def members_on(scope: Scope, moment: datetime) -> list[EnterpriseMember]:
    """The members of the calling master at a moment, oldest first."""
    rows = EnterpriseMember.objects.within(scope).filter(since__lte=moment).exclude(until__lte=moment)
    return list(rows.select_related("member").order_by("since", "id"))


@command(Action.MEMBER_JOINED, permission=Permission.MEMBER_MANAGE)
def add_member(caller: Caller, *, account_id: str, mode: AccountingMode) -> EnterpriseMember:
    """Make a customer of the same partner a member of the calling customer's enterprise, or change its mode.

    A change of mode ends the membership and begins another, so that bills can ask how a member was charged on a
    day. Conflict when the account is a master itself or another master's member (huawei:A4).
    """
    if caller.kind is not AccountKind.CUSTOMER:
        raise Invalid("master", "only a customer is an enterprise master")
    master = lock_account(caller.account)
    siblings = Account.objects.everything(reason="members share the master's partner").filter(
        account_id=account_id, kind=AccountKind.CUSTOMER, partner=master.partner_id, provider=master.provider_id
    )
    member = siblings.select_for_update(no_key=True).exclude(pk=master.pk).first()
    if member is None:
        raise NotVisible("customer")
    current = EnterpriseMember.objects.everything(reason="the rows are locked").filter(until__isnull=True)
    if current.filter(master=member).exists() or current.filter(member=master).exists():
        raise Conflict("a master is no member, and a member no master")
    moment = clock.now()
    held = current.filter(member=member).first()
    if held is not None:
        if held.master_id != master.pk:
            raise NotVisible("customer")  # whose member it is, is not for another master to know
        held.until = max(moment, held.since)
        held.save(update_fields=["until"])
    joined = EnterpriseMember.objects.create(
        master=master,
        member=member,
        mode=mode,
        organization_id=held.organization_id if held is not None else None,
        display_name=held.display_name if held is not None else "",
        since=moment,
    )
    record(caller, Action.MEMBER_JOINED, subject=member, mode=mode.label)
    return joined


@command(Action.MEMBER_LEFT, permission=Permission.MEMBER_MANAGE)
def remove_member(caller: Caller, *, account_id: str) -> EnterpriseMember:
    """End a membership of the calling customer's enterprise and return it."""
    member = Account.objects.everything(reason="the membership decides what is visible").filter(account_id=account_id)
    mine = EnterpriseMember.objects.within(caller.scope).filter(until__isnull=True)
    held = mine.select_for_update(of=("self",)).filter(member__in=member).first()
    if held is None:
        raise NotVisible("member")
    held.until = max(clock.now(), held.since)
    held.save(update_fields=["until"])
    record(caller, Action.MEMBER_LEFT, subject=held.member)
    return held
