"""What a partner's operations on its customers' bills have in common."""

from __future__ import annotations

from dataclasses import dataclass

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.scope import Scope
from openpartner.core.partners.queries import get_reseller
from openpartner.huawei.errors import NOT_MY_RESELLER, refused


@dataclass(frozen=True, slots=True)
class Seller:
    """Whose customers are meant: the caller's own, or those of a distributor's reseller.

    The caller's scope stays beside it: lines that a reseller's customers made under another distributor are not the
    caller's.
    """

    scope: Scope
    partner: int
    account_id: str


def seller_of(caller: Caller, indirect_partner_id: str | None) -> Seller:
    """The reseller that a distributor names, otherwise the caller; anybody else's parameter is ignored (huawei:D7a)."""
    if indirect_partner_id is None or caller.kind is not AccountKind.DISTRIBUTOR:
        return Seller(caller.scope, caller.account, caller.account_id)
    try:
        reseller = get_reseller(caller.scope, account_id=indirect_partner_id)
    except NotVisible as error:
        raise refused(NOT_MY_RESELLER, error.message) from error
    return Seller(caller.scope, reseller.pk, reseller.account_id)
