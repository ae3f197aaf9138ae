"""CreateAndSendClientInvitationMail: mail somebody the link of an invitation, and answer it too."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from openpartner.apikit.presence import On, Presence
from openpartner.core.accounts.models import Flag
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotAllowed
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.onboarding.inviting import invite
from openpartner.core.onboarding.tokens import link_of
from openpartner.core.partners.queries import has_flag
from openpartner.kit.addresses import is_address, is_https_link
from openpartner.tencent.base import DSR, TencentRequest, TencentResponse
from openpartner.tencent.registry import operation

Blank = Presence(null=On.REJECT, empty=On.ABSENT)
ROLES = {"Client": AccountKind.CUSTOMER, "SubAgent": AccountKind.SECOND_LEVEL_RESELLER}
HTTPS = "https://"


class CreateAndSendClientInvitationMail(TencentRequest):
    """Whom to invite, to become what; the material is of second-level resellers alone."""

    email: str
    invitation_role: Annotated[str | None, Blank] = None
    material_url: Annotated[str | None, Blank] = None


class CreateAndSendClientInvitationMailResponse(TencentResponse):
    """The link that was mailed."""

    invitation_link: str


# vendor doc silent: the code without the feature flag; that of every other action which a role may not call.
@operation(
    "CreateAndSendClientInvitationMail",
    kinds=DSR,
    permission=Permission.CUSTOMER_CREATE,
    per_second=1,
    docs="product/1085/67278",
    writes=True,
)
def create_and_send_client_invitation_mail(
    caller: Caller, request: CreateAndSendClientInvitationMail
) -> CreateAndSendClientInvitationMailResponse:
    """Invite an address to become the caller's customer or, by a distributor, its second-level reseller."""
    if not has_flag(caller, Flag.API_INVITATIONS):
        raise NotAllowed("the account may not invite by API")
    role = ROLES.get(request.invitation_role or "Client")
    if role is None:
        raise Invalid("InvitationRole", f"must be one of {', '.join(ROLES)}")
    # vendor doc silent: who may invite resellers; whoever may have some.
    if role is AccountKind.SECOND_LEVEL_RESELLER and caller.kind is not AccountKind.DISTRIBUTOR:
        raise NotAllowed("only a distributor invites second-level resellers")
    if not is_address(request.email):
        raise Invalid("Email", "is no e-mail address")
    material = _material(request) if role is AccountKind.SECOND_LEVEL_RESELLER else ""
    _invitation, token = invite(caller, email=request.email, role=role, material_url=material)
    # Programs take the token from this parameter, as they would from the vendor's link, and ask QueryInvitationInfo.
    return CreateAndSendClientInvitationMailResponse(f"{link_of(token)}?{urlencode({'RegisterToken': token})}")


def _material(request: CreateAndSendClientInvitationMail) -> str:
    """The link to the material; the vendor's example has no scheme, and none but https is kept."""
    given = request.material_url or ""
    if not given:
        return ""
    link = given if "://" in given else HTTPS + given
    if not is_https_link(link):
        raise Invalid("MaterialUrl", "is no https address")
    return link
