"""Creating a customer, old: POST /v1.0/{partner_id}/partner/customer-mgr/customer (zh-cn_topic_0080030911)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from openpartner.apikit.presence import BLANK_IS_ABSENT, BLANK_IS_INVALID
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.kinds import Site
from openpartner.core.base.permissions import Permission
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, LegacyResponse, Text64, Text128
from openpartner.huawei.customers.registrations import CHINA, REFERRAL, Wanted, check_chinese, created, kind_of
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.addresses import ADDRESS_MAX

CHINESE = "0086"
SWITCHES = frozenset({None, "true", "false"})


class LegacyCreateCustomer(HuaweiRequest, rename="camel"):
    """The body; `partner_id` is not verified (huawei:F22). A mobile number comes with its country code."""

    xaccount_id: Annotated[Text128, BLANK_IS_INVALID] = field(name="xAccountId")
    xaccount_type: Annotated[Text64, BLANK_IS_INVALID] = field(name="xAccountType")
    domain_area: Annotated[Annotated[str, Meta(max_length=2)] | None, BLANK_IS_ABSENT] = None
    domain_name: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    email: Annotated[Annotated[str, Meta(max_length=ADDRESS_MAX)] | None, BLANK_IS_ABSENT] = None
    mobile_phone: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    country_code: Annotated[Annotated[str, Meta(pattern=r"^00[0-9]{1,6}\Z")] | None, BLANK_IS_ABSENT] = None
    verification_code: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    password: Annotated[Text128 | None, BLANK_IS_ABSENT] = None
    is_close_market_ms: Annotated[str | None, BLANK_IS_ABSENT] = None
    cooperation_type: Annotated[str | None, BLANK_IS_ABSENT] = None


class LegacyCreateCustomerResponse(LegacyResponse, rename={"domain_id": "domainId", "domain_name": "domainName"}):
    """The account."""

    domain_id: str
    domain_name: str


@operation(
    "LegacyCreateCustomer",
    route="POST /v1.0/{partner_id}/partner/customer-mgr/customer",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CUSTOMER_CREATE,
    per_second=PER_SECOND,
    docs="bpconsole/zh-cn_topic_0080030911",
    writes=True,
)
def legacy_create_customer(caller: Caller, request: LegacyCreateCustomer) -> LegacyCreateCustomerResponse:
    """Create the account of a direct customer, or find the one that this number of the partner's own has already."""
    if request.cooperation_type not in {None, REFERRAL}:
        raise Invalid("cooperationType", "must be 1 or absent")
    if request.is_close_market_ms not in SWITCHES:
        raise Invalid("isCloseMarketMs", "must be true or false")
    mobile, country_code = request.mobile_phone, request.country_code or CHINESE
    if mobile is not None and (country_code == CHINESE or caller.site is Site.CN):
        check_chinese(mobile)
    # vendor doc silent: the account's country when none is given; left open but on the China site.
    made = created(
        caller,
        Wanted(
            number=request.xaccount_id,
            platform=request.xaccount_type,
            area=request.domain_area or (CHINA if caller.site is Site.CN else None),
            name=request.domain_name,
            email=request.email,
            country_code=country_code,
            mobile=mobile,
            code=request.verification_code,
            password=request.password,
            kind=kind_of(caller, request.cooperation_type),
            names=("domainArea", "email", "verificationCode"),
        ),
    )
    return LegacyCreateCustomerResponse(domain_id=made.account.account_id, domain_name=made.account.account_name)
