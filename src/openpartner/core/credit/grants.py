"""The provider's side: the credit lines of its partners."""

from __future__ import annotations

from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.command import command
from openpartner.core.credit import purses
from openpartner.core.credit.allocations import CHANGE_MAX, Allocation, Movement, check_change, move, total_of
from openpartner.core.credit.models import Given
from openpartner.core.credit.queries import PartnerCredit, credit_of_partner
from openpartner.core.ledger.models import Kind
from openpartner.core.partners.queries import partners
from openpartner.kit.money import Money

PAYING = frozenset({AccountKind.DISTRIBUTOR, AccountKind.RESELLER})


@command(Action.CREDIT_LINE_CHANGED, permission=Permission.CREDIT_WRITE)
def grant_line(caller: Caller, *, partner: Account | str, change: Money, remark: str = "", key: str) -> Allocation:
    """Change the credit line of one of the provider's partners (or its account id) and return what it has then.

    A line is given to who pays the provider; second-level resellers get pools. NotReclaimable beyond what the partner
    has not given on, NotVisible for anybody else's partner and for callers who are no provider.
    """
    if caller.kind is not AccountKind.PROVIDER:
        raise NotVisible("partner")
    check_change(change, remark, key, CHANGE_MAX)
    child = lock_account(paying_partner(caller, partner).pk)
    provider = Account.objects.everything(reason="the caller's own account").get(pk=caller.account)
    if change.currency != purses.currency_of(child):
        raise Invalid("change", f"is not in {purses.currency_of(child)}")
    source, target = purses.hold(purses.issued(provider, change.currency), purses.line(child))
    movement = Movement(
        Given.LINE,
        source,
        target,
        total_of(child.pk, provider.pk),
        change.micros,
        remark,
        f"{caller.account}:{key}",
        is_unlimited=True,  # the provider gives what it likes: the other side falls below zero
        kinds=(Kind.GRANT, Kind.GRANT_TAKEN_BACK),
    )
    done = move(f"{caller.account_name}/{caller.user_name}", movement)
    record(caller, Action.CREDIT_LINE_CHANGED, subject=child, change=str(change), total=str(done.total), remark=remark)
    return done


def paying_partner(caller: Caller, partner: Account | str) -> Account:
    """A partner of the provider that pays it. NotVisible for anybody else."""
    account_id = partner if isinstance(partner, str) else partner.account_id
    found = partners(caller.scope, PAYING).filter(account_id=account_id).first()
    if found is None:
        raise NotVisible("partner")
    return found


def lines_of(scope: Scope) -> list[tuple[Account, PartnerCredit]]:
    """The paying partners that the scope shows and that have a line, by name, with their figures."""
    rows = partners(scope, PAYING).select_related("partner").order_by("account_name_folded", "pk")
    found = ((one, credit_of_partner(one)) for one in rows)
    return [(one, credit) for one, credit in found if credit.total.micros or credit.remaining.micros]
