"""Whose bills a call may read."""

from __future__ import annotations

from openpartner.core.accounts.models import Account, Association
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotAllowed, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.scope import Scope


# vendor doc silent: a distributor's call shows its direct customers; those of its resellers belong to them.
def direct_customer(caller: Caller, uin: int) -> int:
    """The key of a customer that is or was the partner's own: who left is still in the bills of before.

    NotVisible for everybody else, whether there is such an account or not.
    """
    scope = caller.own()
    present = Account.objects.within(scope).filter(uin=uin, kind=AccountKind.CUSTOMER)
    key = present.values_list("pk", flat=True).first()
    if key is None and scope.manager is None:
        key = _former_customer(scope, uin)
    if key is None:
        raise NotVisible("customer")
    return key


def own_bills(caller: Caller) -> Scope:
    """The scope of a customer's own bills. NotAllowed while its partner has closed its view of them."""
    if not Account.objects.within(caller.scope).filter(pk=caller.account, bills_visible=True).exists():
        raise NotAllowed("the partner of this customer has closed its view of bills")
    return caller.scope


def uins_of(keys: set[int]) -> dict[int, int]:
    """The uins of accounts that lines name: who reads a line may know who pays for it."""
    rows = Account.objects.everything(reason="named by lines that the caller may read").filter(pk__in=keys)
    return dict(rows.values_list("pk", "uin"))


def _former_customer(scope: Scope, uin: int) -> int | None:
    rows = Account.objects.everything(reason="told only when it was bound to the caller").filter(uin=uin)
    key = rows.filter(kind=AccountKind.CUSTOMER).values_list("pk", flat=True).first()
    if key is None or not Association.objects.within(scope).filter(child_id=key).exists():
        return None
    return key
