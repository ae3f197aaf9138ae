"""What the v1.0 bill operations of customers have in common: their pay methods and page numbers (huawei:D7b)."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from openpartner.core.base.errors import Invalid
from openpartner.huawei.bills import codes
from openpartner.kit.slices import Slice
from openpartner.lake.schema import Charging

PAGE_MAX = 2**31 - 1
PayMethod = Annotated[str, Meta(max_length=4)]
PAY_METHODS: Final = {
    "0": (str(Charging.PREPAID),),
    "1": tuple(
        str(one) for one in Charging if codes.charge_mode(one) not in {1, 10}
    ),  # vendor doc silent: how v1.0 tells a savings plan, which is younger; with what is used
    "10": (str(Charging.RESERVED),),
}
"""Pay methods of v1.0 and what they stand for in the lake."""
_BY_CHARGING: Final = {charging: method for method, chargings in PAY_METHODS.items() for charging in chargings}


def pay_method(charging: str | None) -> str:
    """The pay method of a line."""
    return _BY_CHARGING.get(charging or "", "1")


def of_pay_method(method: str | None) -> dict[str, tuple[str, ...]]:
    """The condition of a pay method, none without one."""
    if method is None:
        return {}
    if method not in PAY_METHODS:
        raise Invalid("payMethod", "must be 0, 1 or 10")
    return {"charging": PAY_METHODS[method]}


def window(page: int, size: int) -> Slice:
    """The slice of a page; `offset` is a page number in v1.0 (huawei:C10)."""
    return Slice.page(page, size)
