"""What the operations on budgets have in common."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import ChannelError, LimitReached, NotVisible
from openpartner.core.budgets.commands import WrongAssociation
from openpartner.core.budgets.models import BudgetKind
from openpartner.core.budgets.rights import GivenAway, Seller, seller_of
from openpartner.huawei.customers.freezes import NOT_RESALE
from openpartner.huawei.errors import NOT_MY_CUSTOMER, NOT_MY_RESELLER, refused
from openpartner.kit.money import Money

ABOVE_QUOTA = "CBC.5008"
KINDS = {"MONTHLY": BudgetKind.MONTHLY, "PACKAGE": BudgetKind.PACKAGE}
KIND_NAMES = {kind: name for name, kind in KINDS.items()}
UNFREEZING = {"0": False, "1": True}
MAJOR_UNIT = 1
"""The measure unit of every amount (huawei:C5)."""
PLACES = 2

RAISES: Mapping[type[ChannelError], str] = {
    NotVisible: NOT_MY_CUSTOMER,
    GivenAway: NOT_MY_RESELLER,
    WrongAssociation: NOT_RESALE,
    LimitReached: ABOVE_QUOTA,
}


def seller_named(caller: Caller, indirect_partner_id: str | None) -> Seller:
    """The reseller that a distributor names, otherwise the caller; a strange one is refused by its own code."""
    try:
        return seller_of(caller, indirect_partner_id)
    except NotVisible as error:
        raise refused(NOT_MY_RESELLER, error.message) from error


def two_places(money: Money) -> Decimal:
    """An amount as these operations tell it (huawei:F30)."""
    return round(money.amount, PLACES)
