"""QueryInvitationInfo: what became of the caller's own links."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.onboarding.models import Invitation
from openpartner.core.onboarding.queries import by_tokens
from openpartner.kit.clock import beijing_second
from openpartner.tencent.base import DSR, TencentRequest, TencentResponse
from openpartner.tencent.registry import operation

UNUSED, USED = 1, 2
TYPES = {AccountKind.SECOND_LEVEL_RESELLER: 1, AccountKind.CUSTOMER: 2}


class QueryInvitationInfo(TencentRequest):
    """The tokens of the links that are meant."""

    invitation_token: Annotated[list[str], Meta(min_length=1, max_length=100)]


class QueryInvitationInfoData(TencentResponse):
    """One link. What is not known yet is empty or 0: Go's SDK knows no null (tencent:C.6)."""

    invitation_token: str
    create_time: str
    status: int
    use_time: str
    client_uin: int
    client_mail: str
    client_type: int
    bind_time: str


class QueryInvitationInfoResponse(TencentResponse):
    """The links in the order in which they were named."""

    invitation_info: list[QueryInvitationInfoData]


@operation("QueryInvitationInfo", kinds=DSR, permission=Permission.CUSTOMER_READ, per_second=20, docs="")
def query_invitation_info(caller: Caller, request: QueryInvitationInfo) -> QueryInvitationInfoResponse:
    """The links of these tokens; one that is unknown, another's or deleted is left out."""
    # vendor doc silent: a token named twice is told once.
    found = by_tokens(caller.own(), request.invitation_token)
    wanted = dict.fromkeys(request.invitation_token)
    return QueryInvitationInfoResponse([_told(token, found[token]) for token in wanted if token in found])


def _told(token: str, row: Invitation) -> QueryInvitationInfoData:
    # "Used" is told from the application on, whatever became of it since; there is no status for expired or revoked.
    account = row.account
    return QueryInvitationInfoData(
        invitation_token=token,
        create_time=beijing_second(row.created_at),
        status=USED if row.used_at is not None else UNUSED,
        use_time=beijing_second(row.used_at) if row.used_at is not None else "",
        client_uin=account.uin if account is not None else 0,
        client_mail=masked(row.email or (account.email if account is not None else "")),
        client_type=TYPES[AccountKind(row.role)],
        bind_time=beijing_second(row.bound_at) if row.bound_at is not None else "",
    )


def masked(email: str) -> str:
    """The first and the last character and the domain stay, as in the vendor's example: `1**********8@gmail.com`."""
    local, at, domain = email.partition("@")
    last = local[-1] if len(local) > 2 else ""  # of two, one would be hidden behind a star
    return local[:1] + "*" * max(1, len(local) - 1 - len(last)) + last + at + domain if email else ""
