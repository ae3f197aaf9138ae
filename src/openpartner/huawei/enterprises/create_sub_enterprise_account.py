"""The account of a member: POST /v2/enterprises/multi-accounts/sub-customers (China site; huawei:D7a)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from openpartner.apikit.call import Counted
from openpartner.apikit.presence import BLANK_IS_ABSENT, BLANK_IS_INVALID, NULL_IS_ABSENT, On, Presence
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import ChannelError, Invalid, NotVisible, TooSoon
from openpartner.core.base.kinds import AccountingMode
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.organizations import NotMaster
from openpartner.core.eligibility.causes import CAUSES, Barred, Cause
from openpartner.core.onboarding.members import (
    CodeExpired,
    CodeWrong,
    CreatedElsewhere,
    NewMember,
    NotReady,
    PartnerLeaves,
    create_member,
)
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, Text64
from openpartner.huawei.enterprises.masters import node, telephone
from openpartner.huawei.errors import ACCESS_DENIED, OTHER, PARAMETER, refused
from openpartner.huawei.registry import PER_SECOND, operation

EMPTY_IS_EMPTY = Presence(null=On.ABSENT, empty=On.KEEP)
ELSEWHERE = "CBC.70900002"
PARTNER_LEAVES = "CBC.99007490"
CHECK_FAILED = "CBC.7004"
CODE_WRONG, CODE_EXPIRED = "CBC.99000026", "CBC.99000027"
THROTTLED = "CBC.99007197"
SAME_LEGAL_PERSON = 1
MODES = {0: AccountingMode.INDEPENDENT, 1: AccountingMode.UNIFIED}
COUNTED: Mapping[type[ChannelError], str] = {CodeWrong: CODE_WRONG, CodeExpired: CODE_EXPIRED, TooSoon: THROTTLED}
PERMISSIONS = frozenset(
    {
        "READ_FINANCE_INFO",
        "READ_CONSUME_BILL",
        "SUBSTITUTE-OPEN-INVOICE",
        "TAKE-OVER-OPEN-INVOICE",
        "SHARE-CREDIT-TO-SUB",
        "SHARE-BIZ-DISCOUNT-TO-SUB",
    }
)
"""What a master may ask for. vendor doc silent: when the member grants it; known names are accepted without effect."""
Text20 = Annotated[str, Meta(max_length=20)]
Text32 = Annotated[str, Meta(max_length=32)]


class NewSubCustomer(msgspec.Struct, kw_only=True):
    """Who shall sign in."""

    customer_name: Annotated[Text32, BLANK_IS_INVALID]
    password: Annotated[Text32, BLANK_IS_INVALID]
    mobile_phone: Annotated[Text20 | None, BLANK_IS_ABSENT] = None
    use_pri_mobile_phone: Annotated[Literal["Y", "N"], BLANK_IS_ABSENT] = "N"
    verification_code: Annotated[Text20 | None, BLANK_IS_ABSENT] = None


class CreateSubEnterpriseAccount(HuaweiRequest):
    """The body."""

    party_id: Annotated[Text20, BLANK_IS_INVALID]
    sub_customer_association_type: int
    new_sub_customer: NewSubCustomer
    display_name: Annotated[Text64, EMPTY_IS_EMPTY] = ""
    permission_ids: Annotated[list[Text64] | None, NULL_IS_ABSENT] = None
    financial_custody: Annotated[int, NULL_IS_ABSENT] = 0


@operation(
    "CreateSubEnterpriseAccount",
    route="POST /v2/enterprises/multi-accounts/sub-customers",
    kinds=CUSTOMER,
    permission=Permission.MEMBER_MANAGE,
    per_second=PER_SECOND,
    docs="oce/ep_00023",
    writes=True,
    raises={
        CreatedElsewhere: ELSEWHERE,
        PartnerLeaves: PARTNER_LEAVES,
        NotReady: CHECK_FAILED,
        NotMaster: ACCESS_DENIED,
        NotVisible: PARAMETER,
    },
)
def create_sub_enterprise_account(caller: Caller, request: CreateSubEnterpriseAccount) -> None:
    """Create an account for a member of the calling master, of the same legal person and bound to the same partner."""
    if request.sub_customer_association_type != SAME_LEGAL_PERSON:
        raise Invalid("sub_customer_association_type", "must be 1, the same legal person")
    if request.financial_custody not in MODES:
        raise Invalid("financial_custody", "must be 0 or 1")
    if not PERMISSIONS.issuperset(request.permission_ids or ()):
        raise Invalid("permission_ids", "has a permission that there is not")
    given, country, number = request.new_sub_customer, "", ""
    if given.use_pri_mobile_phone == "N":
        if given.mobile_phone is None:
            raise Invalid("mobile_phone", "is needed unless the master's number is used")
        country, number = telephone("mobile_phone", given.mobile_phone)
    new = NewMember(
        account_name=given.customer_name,
        password=given.password,
        organization=node("party_id", request.party_id),
        display_name=request.display_name,
        mode=MODES[request.financial_custody],
        country_code=country,
        mobile=number,
        code=given.verification_code or "",
    )
    try:
        create_member(caller, new)
    except (Barred, CodeWrong, CodeExpired, TooSoon) as error:
        # Names and numbers of others are guessed at like codes: every try counts.
        code = (error.told.huawei or OTHER) if isinstance(error, Barred) else COUNTED[type(error)]
        raise Counted(code, error.message, HTTPStatus.BAD_REQUEST) from error
    except Invalid as error:
        if error.field != "password":
            raise
        raise refused(CAUSES[Cause.PASSWORD_INVALID].huawei, error.message) from error
