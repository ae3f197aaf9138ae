"""Which customers are new: POST /v2/partners/sub-customers/new-customers-tags/batch-query (China site; huawei:D7a)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import BLANK_IS_ABSENT, NULL_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.months import month_text
from openpartner.core.billing.new_customers import NewCustomer, Newness, newness
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, OFFSET_MAX, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.bills.partner import seller_of
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.slices import Slice

SMALL_BUSINESS = "SMB"
TAGS = {Newness.WON: "Y", Newness.OPEN: "UNDETERMINED", Newness.OLD: "N"}


class ListSubCustomerNewTag(HuaweiRequest):
    """The body; no customers, an empty list or null are no condition (SDK)."""

    customer_ids: Annotated[Annotated[list[Text64], Meta(max_length=100)] | None, NULL_IS_ABSENT] = None
    offset: Annotated[Annotated[int, Meta(ge=0, le=OFFSET_MAX)], NULL_IS_ABSENT] = 0
    limit: Annotated[Annotated[int, Meta(ge=1, le=100)], NULL_IS_ABSENT] = 10
    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None


class NewCustomerTagItem(HuaweiResponse):
    """One customer and the months in which it can be new."""

    customer_id: str
    customer_tag_type: str
    new_customer_tag: str
    effective_time: str
    expire_time: str

    @classmethod
    def of(cls, found: NewCustomer) -> NewCustomerTagItem:
        """As the vendor tells it."""
        return cls(
            found.account.account_id,
            SMALL_BUSINESS,
            TAGS[found.newness],
            month_text(found.first_month),
            month_text(found.last_month),
        )


class ListSubCustomerNewTagResponse(HuaweiResponse):
    """A page of tags."""

    new_customer_tags: list[NewCustomerTagItem]


@operation(
    "ListSubCustomerNewTag",
    route="POST /v2/partners/sub-customers/new-customers-tags/batch-query",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CUSTOMER_READ,
    per_second=PER_SECOND,
    docs="",
)
def list_sub_customer_new_tag(caller: Caller, request: ListSubCustomerNewTag) -> ListSubCustomerNewTagResponse:
    """The tags of the caller's own customers, or of a reseller's; ids of others are left out as unknown ones are."""
    seller = seller_of(caller, request.indirect_partner_id)
    found = newness(seller.scope, seller.partner, Slice(request.offset, request.limit), request.customer_ids or None)
    return ListSubCustomerNewTagResponse([NewCustomerTagItem.of(one) for one in found])
