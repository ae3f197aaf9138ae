"""Inviting: made, mailed, shown again, revoked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from openpartner.core.access import throttle
from openpartner.core.access.models import User
from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible, TooSoon
from openpartner.core.base.kinds import AccountKind, AssociationKind
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.eligibility.bars import bars_of_partner, must_not_be_barred
from openpartner.core.eligibility.causes import Barred, Cause
from openpartner.core.onboarding import mails
from openpartner.core.onboarding.log import note
from openpartner.core.onboarding.models import LINK_MAX, REASON_MAX, TEXT_MAX, Invitation
from openpartner.core.onboarding.tokens import hash_of, link_of, new_token, sealed, token_of
from openpartner.core.onboarding.vocabulary import INVITATION_MOVES, Happening, InvitationState, must_move
from openpartner.kit import clock
from openpartner.kit.addresses import is_address, is_https_link
from openpartner.kit.masks import mask_email

VALID_FOR = timedelta(days=30)
KEPT_FOR = timedelta(days=60)
"""From its creation until its record is deleted (tencent:A.2)."""
BETWEEN_MAILS = timedelta(seconds=180)
"""Between two mails to one address by one partner (tencent:D.1)."""
MAILS_AN_HOUR = 2_000
"""By one partner, to whomever: they go to people who have not asked for them."""
HOUR = timedelta(hours=1)
WHY = "the invitation was read within the scope"
NEEDS = {
    AccountKind.CUSTOMER: Permission.CUSTOMER_CREATE,
    AccountKind.SECOND_LEVEL_RESELLER: Permission.PARTNER_WRITE,
}
"""What whoever invites somebody, or decides about an application, must be allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInvitation:
    """What a partner says when it invites. Without an address it is an open link, which is not mailed."""

    email: str = ""
    role: AccountKind = AccountKind.CUSTOMER
    kind: AssociationKind = AssociationKind.RESALE
    material_url: str = ""
    text: str = ""
    manager: int | None = None
    """Primary key of the person who becomes the account manager of whoever joins."""
    language: str = ""
    is_reusable: bool = False
    """Whether many may join by one open link."""


def invite(  # noqa: PLR0913  # the facts of an invitation, each named
    caller: Caller,
    *,
    email: str = "",
    role: AccountKind = AccountKind.CUSTOMER,
    kind: AssociationKind = AssociationKind.RESALE,
    material_url: str = "",
    text: str = "",
    manager: int | None = None,
    language: str = "",
    is_reusable: bool = False,
) -> tuple[Invitation, str]:
    """Invite somebody to become the calling partner's customer or second-level reseller: the invitation, its token.

    It is valid thirty days and mailed at once unless it is an open link. Invalid names the field; Barred with
    MAIL_TOO_SOON within three minutes of the last mail to this address, and with what bars the partner itself. TooSoon
    after two thousand mails in an hour.
    """
    new = NewInvitation(
        email=email,
        role=role,
        kind=kind,
        material_url=material_url,
        text=text,
        manager=manager,
        language=language,
        is_reusable=is_reusable,
    )
    by_role = invite_reseller if role is AccountKind.SECOND_LEVEL_RESELLER else invite_customer
    return by_role(caller, new=new)


@command(Action.INVITATION_SENT, permission=Permission.CUSTOMER_CREATE)
def invite_customer(caller: Caller, *, new: NewInvitation) -> tuple[Invitation, str]:
    """Invite somebody to become the calling partner's customer; as `invite`."""
    if new.role is not AccountKind.CUSTOMER:
        raise Invalid("role", "is customer or second-level reseller")
    if new.material_url:
        raise Invalid("material_url", "is for resellers alone")
    return _invite(caller, new)


@command(Action.INVITATION_SENT, permission=Permission.PARTNER_WRITE)
def invite_reseller(caller: Caller, *, new: NewInvitation) -> tuple[Invitation, str]:
    """Invite somebody to become the calling distributor's second-level reseller; as `invite`."""
    if new.role is not AccountKind.SECOND_LEVEL_RESELLER:
        raise Invalid("role", "is customer or second-level reseller")
    if new.manager is not None or new.is_reusable or new.kind is not AssociationKind.RESALE:
        raise Invalid("role", "a reseller is invited alone, by resale and without an account manager")
    return _invite(caller, new)


def resend(caller: Caller, *, invitation: int) -> Invitation:
    """Mail an open invitation again, with the same link and the same last day, and return it.

    Barred with MAIL_TOO_SOON within three minutes of the last mail to its address, and with what closed it.
    """
    own = get_invitation(caller, invitation)
    again = resend_to_reseller if own.role == AccountKind.SECOND_LEVEL_RESELLER else resend_to_customer
    return again(caller, invitation=invitation)


@command(Action.INVITATION_RESENT, permission=Permission.CUSTOMER_CREATE)
def resend_to_customer(caller: Caller, *, invitation: int) -> Invitation:
    """Mail the invitation of a customer again; as `resend`."""
    return _resend(caller, invitation, AccountKind.CUSTOMER)


@command(Action.INVITATION_RESENT, permission=Permission.PARTNER_WRITE)
def resend_to_reseller(caller: Caller, *, invitation: int) -> Invitation:
    """Mail the invitation of a reseller again; as `resend`."""
    return _resend(caller, invitation, AccountKind.SECOND_LEVEL_RESELLER)


def revoke(caller: Caller, *, invitation: int, reason: str = "") -> Invitation:
    """Revoke an open invitation and return it: its link is void at once. Conflict when it is not open any more."""
    own = get_invitation(caller, invitation)
    end = revoke_of_reseller if own.role == AccountKind.SECOND_LEVEL_RESELLER else revoke_of_customer
    return end(caller, invitation=invitation, reason=reason)


@command(Action.INVITATION_REVOKED, permission=Permission.CUSTOMER_CREATE)
def revoke_of_customer(caller: Caller, *, invitation: int, reason: str = "") -> Invitation:
    """Revoke the invitation of a customer; as `revoke`."""
    return _revoke(caller, invitation, AccountKind.CUSTOMER, reason)


@command(Action.INVITATION_REVOKED, permission=Permission.PARTNER_WRITE)
def revoke_of_reseller(caller: Caller, *, invitation: int, reason: str = "") -> Invitation:
    """Revoke the invitation of a reseller; as `revoke`."""
    return _revoke(caller, invitation, AccountKind.SECOND_LEVEL_RESELLER, reason)


@command(Action.INVITATION_LINK_SHOWN, permission=None)
def show_link(caller: Caller, *, invitation: int) -> str:
    """The link of an invitation of the caller's, to be copied or drawn; Barred with what closed it.

    NotAllowed for whoever may not invite: a link is worth what the invitation is.
    """
    own = get_invitation(caller, invitation)
    caller.must(NEEDS[AccountKind(own.role)])
    _must_be_open(own)
    record(caller, Action.INVITATION_LINK_SHOWN, invitation=own.pk)
    return link_of(token_of(own))


def preview_mail(
    caller: Caller, *, role: AccountKind = AccountKind.CUSTOMER, text: str = "", language: str = ""
) -> tuple[str, str]:
    """Subject and text of the mail that an invitation would send, with a link that opens nothing."""
    caller.must(NEEDS[role])
    partner = Account.objects.everything(reason="the caller's own row").get(pk=caller.account)
    return mails.preview(
        partner=partner,
        sender=caller.user_name,
        role=role,
        text=_text("text", text, TEXT_MAX),
        language=language or caller.language,
        days=VALID_FOR.days,
    )


def get_invitation(caller: Caller, key: int) -> Invitation:
    """The invitation of the caller's own with this key; NotVisible otherwise."""
    if not caller.kind.is_partner:
        raise NotVisible("invitation")
    rows = Invitation.objects.within(caller.own()).filter(pk=key)
    found = rows.select_related("partner", "manager", "account").first()
    if found is None:
        raise NotVisible("invitation")
    return found


def is_expired(invitation: Invitation, moment: datetime | None = None) -> bool:
    """Whether its last day has passed, whether or not the job has come by."""
    return invitation.expires_at <= (moment or clock.now())


def _invite(caller: Caller, new: NewInvitation) -> tuple[Invitation, str]:
    if not caller.kind.is_partner:
        raise NotVisible("partner")
    email = _checked(new)
    text = _text("text", new.text, TEXT_MAX)
    partner = lock_account(caller.account)  # two mails at once to one address: the second is too soon
    must_not_be_barred([one for one in bars_of_partner(partner, new.kind, as_role=new.role) if one not in LATER])
    manager = _manager(caller, new.manager)
    moment = clock.now()
    if email:
        _take_turn(partner, email, moment)
    token = new_token()
    row = Invitation.objects.create(
        provider_id=partner.provider_id or 0,
        payer_id=partner.payer_id or 0,
        partner=partner,
        token_hash=hash_of(token),
        token_sealed=sealed(token),
        email=email,
        role=new.role,
        kind=new.kind,
        is_reusable=new.is_reusable,
        material_url=new.material_url,
        text=text,
        language=new.language or caller.language,
        manager=manager,
        created_at=moment,
        created_by_id=caller.user,
        creator=caller.user_name,
        sent_at=moment if email else None,
        expires_at=moment + VALID_FOR,
    )
    note(row, Happening.SENT, by=caller.user_name)
    if email:
        mails.send_invitation(row, partner, sender=caller.user_name, days=VALID_FOR.days, token=token)
    record(
        caller,
        Action.INVITATION_SENT,
        invitation=row.pk,
        to=mask_email(email),
        role=new.role.label,
        kind=new.kind.label,
    )
    return row, token


LATER = frozenset({Cause.BIND_QUOTA_USED})
"""What may have changed by the time somebody applies."""


def _resend(caller: Caller, key: int, role: AccountKind) -> Invitation:
    partner = lock_account(caller.account)
    row = _locked(caller, key, role)
    if not row.email:
        raise Invalid("invitation", "is an open link and has no address")
    _must_be_open(row)
    moment = clock.now()
    _take_turn(partner, row.email, moment)
    row.sent_at = moment
    row.save(update_fields=["sent_at"])
    note(row, Happening.SENT_AGAIN, by=caller.user_name)
    days = max(1, (row.expires_at - moment).days)
    mails.send_invitation(row, partner, sender=caller.user_name, days=days, token=token_of(row))
    record(caller, Action.INVITATION_RESENT, invitation=row.pk, to=mask_email(row.email))
    return row


def _revoke(caller: Caller, key: int, role: AccountKind, reason: str) -> Invitation:
    row = _locked(caller, key, role)
    must_move(INVITATION_MOVES, row.state, InvitationState.REVOKED)
    row.state, row.revoked_at, row.revoked_by = InvitationState.REVOKED, clock.now(), caller.user_name
    row.save(update_fields=["state", "revoked_at", "revoked_by"])
    said = _text("reason", reason, REASON_MAX)
    note(row, Happening.REVOKED, by=caller.user_name, reason=said)
    record(caller, Action.INVITATION_REVOKED, invitation=row.pk, to=mask_email(row.email), reason=said)
    return row


def _locked(caller: Caller, key: int, role: AccountKind) -> Invitation:
    found = get_invitation(caller, key)
    if found.role != role:
        raise NotVisible("invitation")
    return Invitation.objects.everything(reason=WHY).select_for_update(no_key=True, of=("self",)).get(pk=found.pk)


def _must_be_open(row: Invitation) -> None:
    match row.state:
        case InvitationState.USED:
            raise Barred(Cause.LINK_USED)
        case InvitationState.REVOKED:
            raise Barred(Cause.LINK_REVOKED)
    if row.state == InvitationState.EXPIRED or is_expired(row):
        raise Barred(Cause.LINK_EXPIRED)


def _take_turn(partner: Account, email: str, moment: datetime) -> None:
    """Barred when this partner, which is locked, mailed this address less than three minutes ago."""
    rows = Invitation.objects.everything(reason="the caller's own").filter(partner=partner, email=email)
    last = (
        rows.filter(sent_at__gt=moment - BETWEEN_MAILS).order_by("-sent_at").values_list("sent_at", flat=True).first()
    )
    if last is not None:
        wait = last + BETWEEN_MAILS - moment
        raise Barred(Cause.MAIL_TOO_SOON, retry_after_seconds=max(1, int(wait.total_seconds())))
    if throttle.count("invitations-of-partner", str(partner.pk), window=HOUR) > MAILS_AN_HOUR:
        raise TooSoon("too many invitations were mailed; try again in an hour", int(HOUR.total_seconds()))


def _checked(new: NewInvitation) -> str:
    """The address, folded. Invalid names the field of what is wrong."""
    email = new.email.strip().casefold()
    if email and not is_address(email):
        raise Invalid("email", "is no address that mail can be sent to")
    if email and new.is_reusable:
        raise Invalid("is_reusable", "is for open links alone")
    if new.material_url and (not is_https_link(new.material_url) or len(new.material_url) > LINK_MAX):
        raise Invalid("material_url", "is not a whole https address")
    return email


def _manager(caller: Caller, key: int | None) -> User | None:
    if key is None:
        return None
    found = User.objects.within(caller.scope).filter(pk=key, is_active=True).first()
    if found is None:
        raise Invalid("manager", "is nobody of your organization")
    return found


def _text(field: str, text: str, length_max: int) -> str:
    """One line of at most so many characters."""
    line = " ".join(text.split())
    if len(line) > length_max:
        raise Invalid(field, f"is longer than {length_max} characters")
    return line
