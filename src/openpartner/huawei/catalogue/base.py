"""What the operations of the catalogue have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypeVar

from msgspec import Meta

from openpartner.apikit.presence import NULL_IS_ABSENT
from openpartner.core.base.kinds import AccountKind

ANY_ACCOUNT = frozenset({AccountKind.RESELLER, AccountKind.DISTRIBUTOR, AccountKind.CUSTOMER})
"""Partners and customers alike may read the catalogue, with no permission of their own (huawei:D5)."""

Offset = Annotated[Annotated[int, Meta(ge=0, le=1_000_000_000)], NULL_IS_ABSENT]
WideLimit = Annotated[Annotated[int, Meta(ge=1, le=1_000)], NULL_IS_ABSENT]

Row = TypeVar("Row")


def page(rows: Sequence[Row], offset: int, limit: int) -> Sequence[Row]:
    """The rows of one page."""
    return rows[offset : offset + limit]
