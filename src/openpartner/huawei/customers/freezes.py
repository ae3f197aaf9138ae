"""What the two generations of freezes have in common."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import BLANK_IS_INVALID
from openpartner.core.base.errors import Invalid
from openpartner.core.base.kinds import Suspension
from openpartner.core.customers.models import REASON_MAX
from openpartner.core.customers.suspension import Fault, Result
from openpartner.huawei.base import HuaweiResponse, Text64
from openpartner.huawei.errors import NOT_MY_CUSTOMER, PARAMETER

NOT_RESALE = "CBC.5024"
NO_OPERATION = "CBC.5004"
"""v1.0's word for a customer that is not the partner's."""

CustomerIds = Annotated[list[Text64], Meta(min_length=1, max_length=10)]
Reason = Annotated[Annotated[str, Meta(max_length=REASON_MAX)], BLANK_IS_INVALID]

LEVELS = {"ACCOUNT": Suspension.ACCOUNT, "ACCOUNT_AND_RESOURCE": Suspension.ACCOUNT_AND_RESOURCES}

CODES: dict[Fault, str] = {
    Fault.NOT_VISIBLE: NOT_MY_CUSTOMER,
    Fault.NOT_RESALE: NOT_RESALE,
    # vendor doc silent: the code of a customer that is frozen otherwise; the general one for a request that does not
    # fit.
    Fault.HIGHER: PARAMETER,
    Fault.OTHER_LEVEL: PARAMETER,
}


class CustomerErrorDetail(HuaweiResponse):
    """One customer that was left as it is."""

    error_code: str
    error_msg: str
    id: str


def level_of(field: str, value: str | None) -> Suspension:
    """The level that a freeze type names; absent means the account alone (huawei:C9)."""
    if value is None:
        return Suspension.ACCOUNT
    if value not in LEVELS:
        raise Invalid(field, "must be ACCOUNT or ACCOUNT_AND_RESOURCE")
    return LEVELS[value]


def failures(results: list[Result], codes: dict[Fault, str]) -> list[CustomerErrorDetail]:
    """The customers that were left as they are, with why."""
    return [
        CustomerErrorDetail(codes[one.fault], f"{one.fault}.", one.account_id)
        for one in results
        if one.fault is not None
    ]
