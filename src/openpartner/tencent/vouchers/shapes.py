"""What the operations of vouchers share: words of the wire, one voucher, one use, and whose uins were asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, TypeVar

from msgspec import Meta

from openpartner.apikit.presence import On, Presence
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.billing.months import first_day, month_of
from openpartner.core.customers.queries import CustomerRows
from openpartner.core.vouchers.models import VoucherUse
from openpartner.core.vouchers.queries import VoucherRow
from openpartner.core.vouchers.vocabulary import PaymentMode, Reach, Standing, Usage
from openpartner.kit import clock
from openpartner.kit.clock import beijing_second
from openpartner.lake.schema import Charging
from openpartner.tencent.base import PageNumber, PageSize, TencentRequest, TencentResponse, Uin
from openpartner.tencent.credit.amounts import number

Word = TypeVar("Word")

Blank = Presence(null=On.REJECT, empty=On.ABSENT)
"""What the SDK omits, a form sends empty."""
Named = Annotated[Annotated[str, Meta(max_length=32)] | None, Blank]
ClientUins = Annotated[list[Uin], Meta(min_length=1, max_length=20)]
VoucherNumber = Annotated[int, Meta(ge=1, le=2**63 - 1)]

STATUSES: Mapping[str, frozenset[Standing]] = {
    "Issued": frozenset({Standing.USABLE, Standing.INACTIVE}),
    "Used": frozenset({Standing.USED}),
    "Expired": frozenset({Standing.EXPIRED}),
    "Invalidated": frozenset({Standing.TAKEN_BACK}),
}
OLD_STATUSES: Mapping[str, frozenset[Standing]] = {
    "Unused": STATUSES["Issued"],
    "Used": STATUSES["Used"],
    "Expired": STATUSES["Expired"],
}
"""The older family has no word for a withdrawn voucher (tencent:F.5)."""
MODES = {"AllPayment": PaymentMode.ALL, "Prepaid": PaymentMode.PREPAID, "Postpaid": PaymentMode.POSTPAID}
REACHES = {"AllProducts": Reach.ALL, "SpecifyProducts": Reach.LISTED, "SpecifyProductsBlacklist": Reach.EXCLUDED}
USAGES = {"ProductTrial": Usage.TRIAL, "CustomerOffer": Usage.OFFER}
STATUS_OF = {standing: word for word, standings in STATUSES.items() for standing in standings}
OLD_STATUS_OF = {standing: word for word, standings in OLD_STATUSES.items() for standing in standings}
MODE_OF = {mode: word for word, mode in MODES.items()}
REACH_OF = {reach: word for word, reach in REACHES.items()}
USAGE_OF = {usage: word for word, usage in USAGES.items()}

_UINS = CustomerRows("uin", "id")


class VoucherPage(TencentRequest):
    """What both lists of vouchers take."""

    page: PageNumber
    page_size: PageSize
    voucher_status: Named = None
    payment_mode: Named = None
    product_scope: Named = None
    voucher_id: VoucherNumber | None = None


class Use(TencentResponse):
    """One use of a voucher (tencent:D.4)."""

    id: int
    voucher_id: str
    deal_name: str
    bill_id: str
    amount: Decimal
    pay_mode: str
    product_code: str
    sub_product_code: str
    product_code_name: str
    sub_product_code_name: str
    pay_time: str
    completion_time: str
    owner_uin: int

    @classmethod
    def of(cls, use: VoucherUse, owner: int) -> Use:
        posted = use.posted_at
        assert posted is not None, "a use that is read was posted"
        return cls(
            id=use.pk,
            voucher_id=str(use.voucher_id),
            deal_name=use.order_id,
            bill_id=use.bill_id,
            amount=number(use.micros),
            pay_mode="Prepaid" if use.charging == Charging.PREPAID else "Postpaid",
            product_code=use.service_code,
            sub_product_code=use.product_code,
            product_code_name=use.service_name,
            sub_product_code_name=use.product_name,
            pay_time=beijing_second(use.charged_at),
            completion_time=beijing_second(posted),
            owner_uin=owner,
        )


def said(field: str, words: Mapping[str, Word], word: str | None) -> Word | None:
    """What a word of the wire stands for, None without one. Invalid for any other than the documented (tencent:F.5)."""
    if word is None:
        return None
    found = words.get(word)
    if found is None:
        raise Invalid(field, f"must be one of {', '.join(words)}")
    return found


def effective(row: VoucherRow) -> tuple[str, str]:
    """Begin and end of validity."""
    return beijing_second(row.voucher.valid_from), beijing_second(row.voucher.valid_until)


def own_customers(caller: Caller, uins: Sequence[int]) -> dict[int, int]:
    """The keys of the caller's direct customers by uin, in the order asked for, each once.

    vendor doc silent: the answer when one of them is somebody else's; refused as a whole, like one that is not there.
    """
    found: dict[int, int] = dict(_UINS.by_uins(caller.own(), uins))
    if found.keys() != set(uins):
        raise NotVisible("customer")
    return {uin: found[uin] for uin in dict.fromkeys(uins)}


def month_span(text: str | None) -> tuple[datetime, datetime] | tuple[None, None]:
    """First instant of a month in UTC+8, and that of the next one."""
    if text is None:
        return None, None
    try:
        month = month_of(text)
    except ValueError as error:
        raise Invalid("Month", "must be a month such as 2026-01") from error
    begin, end = (datetime.combine(first_day(one), datetime.min.time(), clock.BEIJING) for one in (month, month + 1))
    return begin, end


def uses(found: Iterable[VoucherUse], owner: int) -> list[Use]:
    """Uses as the wire has them."""
    return [Use.of(one, owner) for one in found]
