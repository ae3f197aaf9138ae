"""What the operations of coupons share: codes, limits of use, sellers, and the errors of quotas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import NULL_IS_ABSENT
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import ChannelError, Conflict, Invalid, LimitReached, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.partners.queries import get_reseller
from openpartner.core.vouchers.models import Voucher
from openpartner.core.vouchers.vocabulary import Form, Reach, Standing
from openpartner.huawei.base import OFFSET_MAX, HuaweiResponse, instant
from openpartner.huawei.errors import NOT_MY_CUSTOMER, NOT_MY_RESELLER, PARAMETER, refused
from openpartner.kit import clock
from openpartner.kit.clock import utc_second
from openpartner.kit.money import plain

QUOTA_STATE = "CBC.99000012"
"""A quota is missing or in the wrong state (huawei:C8)."""
NOT_ENOUGH = "CBC.5003"
RAISES: Mapping[type[ChannelError], str] = {
    NotVisible: QUOTA_STATE,
    Conflict: QUOTA_STATE,
    LimitReached: NOT_ENOUGH,
}
MAJOR_UNIT = 1
"""The measure unit of every amount (huawei:C5)."""
KEPT = timedelta(days=365)
"""How long lists show what is used, expired or reclaimed (huawei:E4)."""
ELECTRONIC, ISSUED_ONLINE = 1, 3
SINGLE, REUSABLE = 1, 2

Limit = Annotated[Annotated[int, Meta(ge=1, le=100)], NULL_IS_ABSENT]
Offset = Annotated[Annotated[int, Meta(ge=0, le=OFFSET_MAX)], NULL_IS_ABSENT]
Code = Annotated[str, Meta(max_length=64)]
Time = Annotated[str, Meta(max_length=20)]

STATUSES: Mapping[int, frozenset[Standing]] = {
    1: frozenset({Standing.INACTIVE}),
    2: frozenset({Standing.USABLE}),
    3: frozenset({Standing.USED}),
    4: frozenset({Standing.EXPIRED}),
    5: frozenset({Standing.TAKEN_BACK}),
}
STATUS_OF = {standing: code for code, standings in STATUSES.items() for standing in standings}
# vendor doc silent: the type of a pickup coupon, which the console alone knows; told as a product coupon.
TYPE_OF = {**{one: one.value for one in Form}, Form.PICKUP: Form.PRODUCT.value}


class UseLimit(HuaweiResponse):
    """One limit of a coupon; the misspelt name is the wire's."""

    use_limiti_info_id: str
    limit_key: str
    value1: str
    limit_type: str


class ErrorDetail(HuaweiResponse):
    """One of several that failed."""

    error_code: str
    error_msg: str
    id: str


def use_limits(voucher: Voucher) -> list[UseLimit]:
    """What a coupon may be used for; none for everything.

    vendor doc silent: the words of keys and types; the service and product limits of the quota's page, and whether the
    codes are those that are meant (1) or those that are not (2).
    """
    limit_type = "2" if voucher.reach == Reach.EXCLUDED else "1"
    given = [("cloud_service_type", voucher.services, "1"), ("product_id", voucher.products, limit_type)]
    return [
        UseLimit(f"{voucher.pk}-{key}-{place}", key, code, kind)
        for key, codes, kind in given
        for place, code in enumerate(codes.split(",") if codes else ())
    ]


def money(micros: int) -> Decimal:
    """An amount with two decimals, or as many as it has."""
    return Decimal(plain(micros))


def status(code: int | None) -> frozenset[Standing] | None:
    """What a status stands for; Invalid for one that is none."""
    if code is None:
        return None
    if code not in STATUSES:
        raise Invalid("status", "must be 1 to 5")
    return STATUSES[code]


def kept_since() -> datetime:
    """From when on what has ended is still shown."""
    return clock.now() - KEPT


def told(moment: datetime | None) -> str | None:
    """An instant, where there is one."""
    return utc_second(moment) if moment is not None else None


def spans(request: object, columns: Mapping[str, str]) -> tuple[tuple[str, datetime], ...]:
    """Conditions on times, of pairs of parameters named `..._begin` and `..._end`: after the one, before the other."""
    found = []
    for name, column in columns.items():
        for end, lookup in (("begin", "gt"), ("end", "lt")):
            text = getattr(request, f"{name}_{end}")
            if text is not None:
                found.append((f"{column}__{lookup}", instant(f"{name}_{end}", text)))
    return tuple(found)


def seller_named(caller: Caller, indirect_partner_id: str | None) -> Account | None:
    """The reseller that a distributor names, otherwise None; anybody else's parameter is ignored (huawei:D7a)."""
    if indirect_partner_id is None or caller.kind is not AccountKind.DISTRIBUTOR:
        return None
    try:
        return get_reseller(caller.scope, account_id=indirect_partner_id)
    except NotVisible as error:
        raise refused(NOT_MY_RESELLER, error.message) from error


def seller_key(caller: Caller, indirect_partner_id: str | None) -> int:
    """The key of the same, or of the caller."""
    seller = seller_named(caller, indirect_partner_id)
    return seller.pk if seller is not None else caller.account


def failure(id_: str, error: ChannelError, not_visible: str = NOT_MY_CUSTOMER) -> ErrorDetail:
    """One of several that failed, with why."""
    codes: Sequence[tuple[type[ChannelError], str]] = (
        (NotVisible, not_visible),
        (LimitReached, NOT_ENOUGH),
        (Conflict, PARAMETER),
    )
    code = next((code for kind, code in codes if isinstance(error, kind)), PARAMETER)
    return ErrorDetail(code, error.message, id_)
