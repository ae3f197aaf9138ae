"""Acting in the name of another account: the one row that says whether it is still allowed, read with every request.

A delegation is what `on_behalf` writes when a customer has agreed. Tokens, temporary keys and sessions name theirs, so
that they stop working in the instant it ends.
"""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet

from openpartner.core.access.models import Delegation
from openpartner.core.access.roles import granted
from openpartner.core.access.scopes import scope_for
from openpartner.core.base.caller import Actor, Caller
from openpartner.core.base.compiled import MARK_NUMBER, Compiled
from openpartner.core.base.kinds import AccountKind, Site
from openpartner.core.base.permissions import Permission

BY_MAX = 128
"""What columns hold that say who did something."""


def _row(delegation: int) -> QuerySet[Any, Any]:
    # Whoever was released by its partner has nobody left who acts for it, whatever else may have been forgotten.
    return (
        Delegation.objects.everything(reason="a token, a key or a session names it")
        .filter(pk=delegation, until__isnull=True, giver__partner=F("holder"), giver__kind=AccountKind.CUSTOMER)
        .values_list(
            "holder",
            "permissions",
            "giver",
            "giver__uin",
            "giver__account_id",
            "giver__account_name",
            "giver__site",
            "giver__payer",
            "giver__manager",
        )
    )


_find = Compiled(_row, MARK_NUMBER)


def acting_as(own: Caller, delegation: int) -> Caller | None:
    """The caller that acts in the name of the customer of a delegation; None when it may not, or may not any more.

    `own` is who it is otherwise: of the partner, with ON_BEHALF, and where it sees only customers it manages the
    manager of this one. It can then do what the customer granted and what its own roles allow, and nothing else.
    """
    rows = _find(delegation)
    if not rows or own.acting is not None:
        return None
    holder, permissions, giver, uin, account_id, account_name, site, payer, manager = rows[0]
    if holder != own.account or Permission.ON_BEHALF not in own.permissions:
        return None
    if own.scope.manager is not None and own.scope.manager != manager:
        return None
    return Caller(
        account=giver,
        uin=uin,
        account_id=account_id,
        account_name=account_name,
        kind=AccountKind.CUSTOMER,
        site=Site(site),
        user=own.user,
        user_name=f"{own.account_name}/{own.user_name}"[:BY_MAX],
        permissions=granted(permissions, AccountKind.CUSTOMER) & own.permissions,
        scope=scope_for(account=giver, kind=AccountKind.CUSTOMER),
        via=own.via,
        key=own.key,
        request_id=own.request_id,
        language=own.language,
        acting=Actor(
            account=own.account,
            uin=own.uin,
            account_id=own.account_id,
            account_name=own.account_name,
            kind=own.kind,
            user_name=own.user_name,
            delegation=delegation,
            payer=payer,
        ),
    )
