"""The orders a list of customers can be read in. Ties are broken by key, so that every order is one order."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.db.models import F, Q, Value

from openpartner.core.base.errors import Invalid
from openpartner.core.base.sqltext import KeyBehind
from openpartner.core.customers.rank_names import RANKS


class Order(StrEnum):
    """An order by its name in addresses; a leading minus is descending.

    Names are compared folded, by code point, the same on both databases: Chinese names stand in the order of their
    characters' numbers, not of their reading.
    """

    NEWEST = "-associated"
    OLDEST = "associated"
    ACCOUNT_NAME = "account_name"
    ACCOUNT_NAME_BACKWARDS = "-account_name"
    LEGAL_NAME = "legal_name"
    LEGAL_NAME_BACKWARDS = "-legal_name"
    UIN = "uin"
    UIN_BACKWARDS = "-uin"
    AVAILABLE = "available"
    AVAILABLE_BACKWARDS = "-available"
    CREDIT = "credit"
    CREDIT_BACKWARDS = "-credit"
    SPENT = "spent"
    SPENT_BACKWARDS = "-spent"
    USED = "used"
    USED_BACKWARDS = "-used"

    @property
    def is_descending(self) -> bool:
        """Whether the greatest comes first."""
        return self.startswith("-")

    @property
    def rank(self) -> str | None:
        """The number of `ranks` that decides; None where a column of the customer does."""
        name = self.removeprefix("-")
        return name if name in RANKS else None

    @property
    def column(self) -> str:
        """The customer's column that decides, where one does."""
        return COLUMNS[self.removeprefix("-")]

    @property
    def fields(self) -> tuple[str, str]:
        """What `order_by()` takes."""
        sign = "-" if self.is_descending else ""
        return f"{sign}{self.column}", f"{sign}id"

    @property
    def type(self) -> type:
        """What the deciding column holds."""
        return {"associated_at": datetime, "uin": int}.get(self.column, str)

    @property
    def reversed(self) -> Order:
        """The same from the other end."""
        return Order(self.removeprefix("-") if self.is_descending else f"-{self}")


COLUMNS = {
    "associated": "associated_at",
    "account_name": "account_name_folded",
    "legal_name": "legal_name_folded",
    "uin": "uin",
}


def order_of(name: str | None) -> Order:
    """The order of a name; the newest first for None. Invalid for a name that no order has."""
    try:
        return Order.NEWEST if name is None else Order(name)
    except ValueError as error:
        raise Invalid("order", f"is one of {', '.join(Order)}") from error


def behind(order: Order, value: str | int | datetime, key: int) -> Q:
    """The rows that come behind a row: what it has in the deciding column, and its key."""
    return Q(KeyBehind(F(order.column), F("pk"), Value(value), Value(key), is_descending=order.is_descending))
