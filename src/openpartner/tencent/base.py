"""Bases and field types of Tencent's wire structs."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from openpartner.core.base.kinds import AccountKind
from openpartner.kit.ids import UIN_MAX
from openpartner.tencent.errors import BAD_PAGE


class RefusedAs(NamedTuple):
    """Mark of a field: the code of a value that has the right type and is out of range."""

    code: str


Uin = Annotated[int, Meta(ge=1, le=UIN_MAX)]
UinText = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,17}\Z")]
"""A uin where the vendor's type is a text."""
PageNumber = Annotated[int, Meta(ge=1)]
PageSize = Annotated[int, Meta(ge=1, le=100)]
ListedPageNumber = Annotated[PageNumber, RefusedAs(BAD_PAGE)]
"""A page number of an action whose page lists `InvalidParameter.Page` (tencent:D.0.1)."""
ListedPageSize = Annotated[PageSize, RefusedAs(BAD_PAGE)]

D = frozenset({AccountKind.DISTRIBUTOR})
C = frozenset({AccountKind.CUSTOMER})
DSR = frozenset({AccountKind.DISTRIBUTOR, AccountKind.SECOND_LEVEL_RESELLER, AccountKind.RESELLER})
DSRC = DSR | {AccountKind.CUSTOMER}
ANYONE = frozenset(AccountKind)


def wire_name(name: str) -> str:
    """Our name in the vendor's spelling: `page_size` is `PageSize`, and what is spelled so already stays."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


class TencentRequest(msgspec.Struct, rename=wire_name, kw_only=True, forbid_unknown_fields=True, gc=False):
    """Parameters of an action. Unknown ones are refused, as the vendor does (tencent:C.6)."""


class TencentResponse(msgspec.Struct, rename=wire_name, omit_defaults=True, gc=False):
    """An answer without its RequestId. What is None by default is left out: Go's SDK knows no null (tencent:C.6)."""
