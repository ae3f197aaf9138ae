"""A customer's stored-value cards: GET /v2/promotions/benefits/stored-value-cards (huawei:D7a)."""

from __future__ import annotations

from typing import Annotated

from openpartner.apikit.presence import BLANK_IS_ABSENT, BLANK_IS_INVALID
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.queries import VoucherFilter, VoucherRow, list_vouchers
from openpartner.core.vouchers.vocabulary import Standing, VoucherKind
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse
from openpartner.huawei.coupons.shapes import Code, Limit, Offset
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.clock import utc_second
from openpartner.kit.money import plain
from openpartner.kit.slices import Slice

USABLE, USED_UP = 1, 2
STANDINGS = {USABLE: frozenset({Standing.USABLE}), USED_UP: frozenset({Standing.USED})}


class ListStoredValueCards(HuaweiRequest):
    """The query."""

    status: Annotated[int, BLANK_IS_INVALID]
    card_id: Annotated[Code | None, BLANK_IS_ABSENT] = None
    offset: Offset = 0
    limit: Limit = 10


class StoredValueCard(HuaweiResponse):
    """One card; its amounts are texts."""

    card_id: str
    card_name: str
    status: int
    face_value: str
    balance: str
    effective_time: str
    expire_time: str

    @classmethod
    def of(cls, row: VoucherRow, status: int) -> StoredValueCard:
        card = row.voucher
        return cls(
            card.code,
            card.reason,
            status,
            plain(card.face_micros),
            plain(row.left_micros),
            utc_second(card.valid_from),
            utc_second(card.valid_until),
        )


class ListStoredValueCardsResponse(HuaweiResponse):
    """A page of cards and how many there are."""

    total_count: int
    stored_value_cards: list[StoredValueCard]


@operation(
    "ListStoredValueCards",
    route="GET /v2/promotions/benefits/stored-value-cards",
    kinds=CUSTOMER,
    permission=Permission.VOUCHER_READ,
    per_second=PER_SECOND,
    docs="",
    language="zh",
)
def list_stored_value_cards(caller: Caller, request: ListStoredValueCards) -> ListStoredValueCardsResponse:
    """The caller's cards that can be used, or those that are used up, the newest first."""
    if request.status not in STANDINGS:
        raise Invalid("status", "must be 1 or 2")
    where = VoucherFilter(
        customer=caller.account,
        kinds=frozenset({VoucherKind.CARD}),
        code=request.card_id,
        standings=STANDINGS[request.status],
    )
    found = list_vouchers(caller.scope, where, Slice(request.offset, request.limit))
    cards = [StoredValueCard.of(row, request.status) for row in found.items]
    return ListStoredValueCardsResponse(found.total, cards)
