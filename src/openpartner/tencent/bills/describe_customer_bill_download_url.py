"""DescribeCustomerBillDownloadUrl: a file of a customer's or reseller's bill, or a pack of everybody's."""

from __future__ import annotations

from typing import Annotated, Literal

from openpartner.apikit.presence import On, Presence
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotAllowed, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.columns import ENGLISH, Level
from openpartner.core.billing.downloads import Holds, Wanted
from openpartner.core.partners.queries import find_reseller
from openpartner.tencent.base import DSR, RefusedAs, TencentRequest, TencentResponse, Uin
from openpartner.tencent.bills.file_urls import FileMonth, month_with_files, url_of
from openpartner.tencent.bills.whose import direct_customer
from openpartner.tencent.errors import INVALID_PARAMETER
from openpartner.tencent.registry import operation

LEVELS = {
    "billResource": Level.RESOURCES,
    "billDetail": Level.DETAILS,
    "billResourcePack": Level.RESOURCES,
    "billDetailPack": Level.DETAILS,
}
PACKS = {
    "Customer": Holds.CUSTOMERS,
    "Reseller": Holds.RESELLERS,
    "ResellerCustomer": Holds.RESELLERS_CUSTOMERS,
}


class DescribeCustomerBillDownloadUrl(TencentRequest):
    """Which month, how fine, whose, and in which language."""

    month: FileMonth
    file_type: Annotated[
        Literal["billResource", "billDetail", "billResourcePack", "billDetailPack"], RefusedAs(INVALID_PARAMETER)
    ]
    customer_uin_type: Annotated[Literal["Customer", "Reseller", "ResellerCustomer"], RefusedAs(INVALID_PARAMETER)]
    file_language: Annotated[
        Literal["zh_cn", "en"] | None, Presence(null=On.REJECT, empty=On.ABSENT), RefusedAs(INVALID_PARAMETER)
    ] = None
    customer_uin: Annotated[Uin | None, RefusedAs(INVALID_PARAMETER)] = None


class DescribeCustomerBillDownloadUrlResponse(TencentResponse):
    """Where the file is, for an hour; empty while Ready is 0."""

    download_url: str
    ready: int


@operation(
    "DescribeCustomerBillDownloadUrl",
    kinds=DSR,
    permission=Permission.BILL_READ,
    per_second=20,
    docs="product/1085/67808",
    raises={Invalid: INVALID_PARAMETER},
)
def describe_customer_bill_download_url(
    caller: Caller, request: DescribeCustomerBillDownloadUrl
) -> DescribeCustomerBillDownloadUrlResponse:
    """The first call has the file made. Packs are refused before the month is final (tencent:D.5)."""
    level = LEVELS[request.file_type]
    month = month_with_files(request.month, level)
    is_pack = request.file_type.endswith("Pack")
    if is_pack is (request.customer_uin is not None):
        raise Invalid("CustomerUin", "is not given for a pack" if is_pack else "is needed")
    if request.customer_uin_type != "Customer" and caller.kind is not AccountKind.DISTRIBUTOR:
        raise NotAllowed("only a distributor has resellers")
    language = request.file_language or ENGLISH
    if request.customer_uin is None:
        wanted = Wanted(month=month, level=level, holds=PACKS[request.customer_uin_type], language=language)
    else:
        partner, customer = _named(caller, request.customer_uin_type, request.customer_uin)
        wanted = Wanted(month=month, level=level, partner=partner, customer=customer, language=language)
    return DescribeCustomerBillDownloadUrlResponse(*url_of(caller, wanted))


def _named(caller: Caller, kind: str, uin: int) -> tuple[int, int | None]:
    """Whose file is meant: the keys of the partner, and of its customer if it is one's."""
    match kind:
        case "Customer":
            return caller.account, direct_customer(caller, uin)
        case "Reseller":
            return find_reseller(caller.scope, uin=uin).pk, None
    indirect = Account.objects.within(caller.scope).filter(uin=uin, kind=AccountKind.CUSTOMER)
    found = indirect.exclude(partner=caller.account).values_list("partner_id", "pk").first()
    if found is None:
        raise NotVisible("customer")
    return found
