"""What the two actions of cost analysis share: the span of time, and the dimensions that costs are told by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.billing.months import month_of_day
from openpartner.core.billing.queries import BillFilter, By, Dimension
from openpartner.tencent.bills.codes import NAMES, PAY_MODE_NAMES, pay_mode, transaction_type
from openpartner.tencent.bills.details import DEFAULT_PROJECT
from openpartner.tencent.bills.whose import uins_of

Instant = Annotated[str, Meta(pattern=r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\Z")]
PeriodType = Literal["day", "month"]
MONTHS_MAX = {"day": 2, "month": 6}
"""How many calendar months a span may touch."""
Named = tuple[str, str]
"""Code and name."""


def span(start: str, end: str, period_type: PeriodType) -> BillFilter:
    """The lines of a span, both ends included; by month, of its whole months. Invalid when it is none or too long."""
    begins, ends = _instant("StartTime", start), _instant("EndTime", end)
    if begins > ends:
        raise Invalid("EndTime", "is before StartTime")
    first, last = month_of_day(begins.date()), month_of_day(ends.date())
    if last - first >= MONTHS_MAX[period_type]:
        raise Invalid("EndTime", f"is more than {MONTHS_MAX[period_type]} calendar months after StartTime")
    if period_type == "month":
        return BillFilter(first_month=first, last_month=last)
    return BillFilter(first_month=first, last_month=last, since=begins.date(), until=ends.date())


def _instant(field: str, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(field, str(error)) from error


@dataclass(frozen=True, slots=True)
class Facet:
    """One dimension of the vendor's: what lines are grouped by, and how a group's values are told."""

    by: tuple[By, ...]
    told: Callable[..., Named]
    """From the values of `by`, each followed by its name where it has one."""

    @property
    def width(self) -> int:
        """How many values of a row are the group's."""
        return sum(2 if isinstance(one, Dimension) and one.is_named else 1 for one in self.by)

    def of(self, row: Sequence[Any]) -> Named:
        """Code and name of the group of a row."""
        return self.told(*row[: self.width])


def _coded(code: str | None, name: str | None) -> Named:
    return code or "", name or code or ""


def _project(code: str | None, name: str | None) -> Named:
    return (code, name or code) if code and code != NO_PROJECT else (DEFAULT_PROJECT, name or DEFAULT_PROJECT)


def _action(action: str | None, action_code: str | None) -> Named:
    code = transaction_type(action, action_code)
    return code, NAMES[code]


def _pay_mode(charging: str | None) -> Named:
    code = pay_mode(charging)
    return code, PAY_MODE_NAMES[code]


NO_PROJECT = "0"
FACETS = {
    "Business": Facet((Dimension.SERVICE,), _coded),
    "Product": Facet((Dimension.PRODUCT,), _coded),
    "Region": Facet((Dimension.REGION,), _coded),
    "Zone": Facet((Dimension.ZONE,), _coded),
    "ActionType": Facet((Dimension.ACTION, Dimension.ACTION_CODE), _action),
    "PayMode": Facet((Dimension.CHARGING,), _pay_mode),
    "Project": Facet((Dimension.PROJECT,), _project),
}


def payers(keys: set[int]) -> Facet:
    """The dimension of who pays, for the payers that were found."""
    uins = {key: str(uin) for key, uin in uins_of(keys).items()}
    # The worked example hides the payer's name too: a customer knows who it buys from, which may be somebody else.
    return Facet((Dimension.PAYER,), lambda key: (uins.get(key, ""), f"***({uins.get(key, '')})"))


def owner(caller: Caller) -> Named:
    """The one value of the dimension of who owns: the customer itself."""
    return str(caller.uin), f"{caller.account_name}({caller.uin})"
