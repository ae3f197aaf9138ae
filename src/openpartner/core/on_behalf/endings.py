"""What ends authorizations by itself: a release, a right that is withdrawn, a request that nobody answers."""

from __future__ import annotations

from dataclasses import replace

from openpartner.core.access.operators import operator
from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.customers.models import Right
from openpartner.core.mail.templates import Template
from openpartner.core.on_behalf.models import Authorization
from openpartner.core.on_behalf.moves import move, narrow, open_rows, tell_partner
from openpartner.core.on_behalf.vocabulary import OPEN, RIGHTS, EndCause, State, joined
from openpartner.kit import clock

AT_ONCE = 500
SYSTEM = "system"


def end_at_release(account: Account, by: str) -> None:
    """End what a customer, who is being released and is locked, granted or was asked for."""
    if account.kind != AccountKind.CUSTOMER:
        return
    for row in open_rows(account):
        _end(_for(row.partner, by), row, EndCause.RELEASED, by)


def follow_right(caller: Caller, reseller: Account, right: Right) -> None:
    """Take the work of a right, which was withdrawn from a reseller, out of everything it was granted or asked for."""
    work = next((work for work, needed in RIGHTS.items() if needed is right), None)
    if work is None:
        return
    rows = Authorization.objects.everything(reason="the reseller is locked").filter(
        partner=reseller, state__in=OPEN, works__contains=work
    )
    for key in rows.order_by("customer_id", "pk").values_list("pk", "customer_id"):
        lock_account(key[1])
        row = _again(key[0])
        if row.state not in OPEN:
            continue
        left = row.allowed - {work}
        if not left:
            _end(caller, row, EndCause.RIGHT, caller.user_name)
            continue
        row.works = joined(left)
        narrow(row)
        record(caller, Action.AUTHORIZATION_NARROWED, subject=row.customer, withdrawn=work, works=row.works)


def lapse() -> int:
    """End requests that nobody answered in time; returns how many. At most 500 at a time."""
    due = Authorization.objects.everything(reason="upkeep").filter(due_at__lte=clock.now())
    keys = list(due.order_by("due_at", "pk").values_list("pk", "customer_id")[:AT_ONCE])
    ended = 0
    for key, customer in sorted(keys, key=lambda one: one[1]):
        lock_account(customer)
        row = _again(key)
        if row.state == State.REQUESTED and row.due_at is not None and row.due_at <= clock.now():
            _end(_for(row.partner, SYSTEM), row, EndCause.LAPSED, SYSTEM)
            ended += 1
    return ended


def anything_due() -> bool:
    """Whether a request waits that has lapsed."""
    return Authorization.objects.everything(reason="upkeep").filter(due_at__lte=clock.now()).exists()


def _end(caller: Caller, row: Authorization, cause: EndCause, by: str) -> None:
    was_granted = row.state == State.GRANTED
    move(row, State.ENDED, by=by, cause=cause)
    record(caller, Action.AUTHORIZATION_ENDED, subject=row.customer, works=row.works, cause=cause.label)
    if was_granted or cause is EndCause.LAPSED:
        tell_partner(row, Template.AUTHORIZATION_ENDED)


def _for(partner: Account, by: str) -> Caller:
    """The system, acting for a partner: hooks are not told who calls, only the name."""
    return replace(operator(account=partner, via="job"), user_name=by)


def _again(key: int) -> Authorization:
    rows = Authorization.objects.everything(reason="its customer is locked")
    return rows.select_related("customer", "partner", "delegation").get(pk=key)
