"""What the three lists of divisions have in common (huawei:D7a)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import BLANK_IS_INVALID, NULL_IS_ABSENT
from openpartner.core.catalogue.divisions import Division
from openpartner.huawei.base import OFFSET_MAX, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.catalogue.base import page

Offset = Annotated[Annotated[int, Meta(ge=0, le=OFFSET_MAX)], NULL_IS_ABSENT]
Limit = Annotated[Annotated[int, Meta(ge=1, le=1_000)], BLANK_IS_INVALID]
"""The SDK's models: neither blank nor empty nor null, ten without one."""
Code = Annotated[Text64, BLANK_IS_INVALID]


class DivisionsPage(HuaweiRequest):
    """A page. The language is reserved by the vendor: names are Chinese in any."""

    offset: Offset = 0
    limit: Limit = 10


class Coded(HuaweiResponse):
    """A division."""

    code: str
    name: str


def page_of(rows: Sequence[Division], request: DivisionsPage) -> list[Coded]:
    """The divisions of one page."""
    return [Coded(row.code, row.name) for row in page(rows, request.offset, request.limit)]
