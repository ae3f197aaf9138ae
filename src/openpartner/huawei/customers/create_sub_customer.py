"""Creating a customer: POST /v2/partners/sub-customers (huawei:D1, mc_00016).

The account is there at once; a worker binds it, suspended unless the installation says otherwise (huawei:A3). On its
page the partner must show the user agreement and the privacy statement, which no server can see to.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from openpartner.apikit.operation import Answer
from openpartner.apikit.presence import BLANK_IS_ABSENT, BLANK_IS_INVALID
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.base.kinds import Site
from openpartner.core.base.permissions import Permission
from openpartner.core.onboarding.models import Creation
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, DISTRIBUTOR, HuaweiRequest, HuaweiResponse, Text64, Text128
from openpartner.huawei.customers.registrations import CHINA, Wanted, awaited, check_chinese, created, kind_of
from openpartner.huawei.errors import NOT_MY_RESELLER, RESULT_LATE, STATUSES
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.addresses import ADDRESS_MAX

CHINESE = "0086"
SWITCHES = frozenset({None, "true", "false"})


class CreateSubCustomer(HuaweiRequest):
    """The body. The China site has a mobile number where the others have an e-mail address, and no country."""

    xaccount_id: Annotated[Text128, BLANK_IS_INVALID]
    xaccount_type: Annotated[Text64, BLANK_IS_INVALID]
    domain_area: Annotated[Annotated[str, Meta(max_length=2)] | None, BLANK_IS_ABSENT] = None
    domain_name: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    email: Annotated[Annotated[str, Meta(max_length=ADDRESS_MAX)] | None, BLANK_IS_ABSENT] = None
    mobile_phone: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    verification_code: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    password: Annotated[Text128 | None, BLANK_IS_ABSENT] = None
    is_close_market_ms: Annotated[str | None, BLANK_IS_ABSENT] = None
    cooperation_type: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    include_association_result: Annotated[bool | None, BLANK_IS_ABSENT] = None


class CreateSubCustomerResponse(HuaweiResponse):
    """The account; beside it an error when its association was asked for and is not known yet."""

    domain_id: str
    domain_name: str
    error_code: str | None = None
    error_msg: str | None = None

    @classmethod
    def of(cls, made: Creation) -> CreateSubCustomerResponse:
        """The account of a creation."""
        return cls(made.account.account_id, made.account.account_name)


def await_association(caller: Caller, request: CreateSubCustomer) -> Answer[CreateSubCustomerResponse] | None:
    """Nothing when the result was not asked for or is good; CBC.99000050 with the account when it is late."""
    if not request.include_association_result:
        return None
    ids = {"platform": request.xaccount_type, "number": request.xaccount_id}
    if awaited(caller, **ids, reseller=_reseller(caller, request)) is not None:
        return None
    made = created(caller, _wanted(caller, request))
    late = CreateSubCustomerResponse.of(made)
    late.error_code = RESULT_LATE
    late.error_msg = "The account was created. Its association is not known yet: query the customer list."
    return Answer(late, STATUSES[RESULT_LATE])


@operation(
    "CreateSubCustomer",
    route="POST /v2/partners/sub-customers",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CUSTOMER_CREATE,
    per_second=PER_SECOND,
    docs="bpconsole/mc_00016",
    writes=True,
    raises={NotVisible: NOT_MY_RESELLER},
    afterwards=await_association,
)
def create_sub_customer(caller: Caller, request: CreateSubCustomer) -> CreateSubCustomerResponse:
    """Create the account, or find the one that this number of the partner's own has already."""
    return CreateSubCustomerResponse.of(created(caller, _wanted(caller, request)))


def _wanted(caller: Caller, request: CreateSubCustomer) -> Wanted:
    is_chinese = caller.site is Site.CN
    if request.domain_area is None and not is_chinese:
        raise Invalid("domain_area", "is missing")
    # Nothing here sends marketing messages: the switch is checked and not kept.
    if request.is_close_market_ms not in SWITCHES:
        raise Invalid("is_close_market_ms", "must be true or false")
    if is_chinese and request.mobile_phone is not None:
        check_chinese(request.mobile_phone)
    return Wanted(
        number=request.xaccount_id,
        platform=request.xaccount_type,
        area=request.domain_area or CHINA,
        name=request.domain_name,
        email=None if is_chinese else request.email,
        country_code=CHINESE,
        mobile=request.mobile_phone if is_chinese else None,
        code=request.verification_code,
        password=request.password,
        kind=kind_of(caller, request.cooperation_type if is_chinese else None),
        reseller=_reseller(caller, request),
        names=("domain_area", "email", "verification_code"),
    )


def _reseller(caller: Caller, request: CreateSubCustomer) -> str | None:
    """The reseller that a distributor names; nobody else's word counts (huawei:D)."""
    return request.indirect_partner_id if caller.kind in DISTRIBUTOR else None
