"""DescribeBillDownloadUrl: a file of a customer's own bill."""

from __future__ import annotations

from typing import Annotated, Literal

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotAllowed
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.columns import Level
from openpartner.core.billing.downloads import Wanted
from openpartner.tencent.base import C, RefusedAs, TencentRequest, TencentResponse
from openpartner.tencent.bills.file_urls import FileMonth, month_with_files, url_of
from openpartner.tencent.bills.whose import own_bills
from openpartner.tencent.errors import FAILED, INVALID_PARAMETER
from openpartner.tencent.registry import operation


class DescribeBillDownloadUrl(TencentRequest):
    """Which month, and how fine."""

    month: FileMonth
    file_type: Annotated[Literal["L2", "L3"], RefusedAs(INVALID_PARAMETER)]


class DescribeBillDownloadUrlResponse(TencentResponse):
    """Where the file is, for an hour; empty while Ready is 0."""

    download_url: str
    ready: int


@operation(
    "DescribeBillDownloadUrl",
    kinds=C,
    permission=Permission.BILL_READ,
    per_second=20,
    docs="product/1085/60178",
    raises={Invalid: INVALID_PARAMETER, NotAllowed: FAILED},
)
def describe_bill_download_url(caller: Caller, request: DescribeBillDownloadUrl) -> DescribeBillDownloadUrlResponse:
    """The first call has the file made, in English; a month that is not over is told as far as it goes."""
    own_bills(caller)
    level = Level(request.file_type)
    wanted = Wanted(month=month_with_files(request.month, level), level=level)
    return DescribeBillDownloadUrlResponse(*url_of(caller, wanted))
