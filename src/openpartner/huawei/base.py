"""Bases and field types of Huawei's wire structs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from openpartner.core.base.errors import Invalid
from openpartner.core.base.kinds import AccountKind, AssociationKind, Site
from openpartner.kit import clock

Text64 = Annotated[str, Meta(max_length=64)]
Text128 = Annotated[str, Meta(max_length=128)]
Instant = Annotated[str, Meta(max_length=20)]

CSP_OR_DISTRIBUTOR = frozenset({AccountKind.RESELLER, AccountKind.DISTRIBUTOR})
"""Who may call the partner API: the solution provider and the distributor alone (huawei:A1, huawei:F27)."""
DISTRIBUTOR = frozenset({AccountKind.DISTRIBUTOR})
CUSTOMER = frozenset({AccountKind.CUSTOMER})

OFFSET_MAX = 2**31 - 1  # the pages say 40,000,000 or 2^31-1; the wider one is accepted (huawei:F28)

CODES = {code: str(code) for code in range(-1, 4)}
"""Associations and verifications travel as texts."""
ASSOCIATIONS = {str(kind.value): kind for kind in AssociationKind}
SITE_ASSOCIATIONS = {
    Site.INTL: frozenset({AssociationKind.REFERRAL, AssociationKind.RESALE}),
    Site.EU: frozenset({AssociationKind.REFERRAL, AssociationKind.RESALE}),
    Site.CN: frozenset({AssociationKind.REFERRAL, AssociationKind.AGENCY}),
}
"""Which association kinds a site's v2 operations know (huawei:A2)."""


class HuaweiRequest(msgspec.Struct, kw_only=True, gc=False):
    """Parameters of an operation; unknown ones are ignored, as the vendor does."""


class HuaweiResponse(msgspec.Struct, omit_defaults=True, gc=False):
    """An answer. Fields that are None by default are left out, which the SDK reads as None."""


class LegacyResponse(msgspec.Struct, kw_only=True, gc=False):
    """An answer of v1.0, which tells success in the body too (huawei:C6)."""

    error_code: str = "CBC.0000"
    error_msg: str = "success"


def has_space(*values: str | None) -> bool:
    """Whether a value holds a space: such a query is documented as unsupported and matches nothing (huawei:F29)."""
    return any(value is not None and " " in value for value in values)


def instant(field: str, text: str) -> datetime:
    """The UTC instant of a parameter such as 2019-05-06T08:05:01Z; Invalid when it is anything else."""
    try:
        return clock.parse_utc_second(text)
    except ValueError as error:
        raise Invalid(field, "must be a UTC time such as 2019-05-06T08:05:01Z") from error
