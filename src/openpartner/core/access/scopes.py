"""The only place where a scope is made."""

from __future__ import annotations

from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.scope import Scope


def scope_for(*, account: int, kind: AccountKind, manager: int | None = None) -> Scope:
    """What a user of an account sees.

    `manager` is the user's own key when it holds the account manager role alone: it then sees only the
    customers assigned to it. Any second role widens the view to the whole account (huawei:A5).
    """
    match kind:
        case AccountKind.PROVIDER:
            return Scope(provider=account, manager=manager)
        case AccountKind.DISTRIBUTOR | AccountKind.RESELLER:
            return Scope(payer=account, manager=manager)
        case AccountKind.SECOND_LEVEL_RESELLER:
            return Scope(partner=account, manager=manager)
        case AccountKind.CUSTOMER:
            return Scope(customer=account)
