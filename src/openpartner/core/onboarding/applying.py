"""Opening a link and applying with it: what whoever was invited does."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from openpartner.core.access.models import User
from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind, AssociationKind, CustomerType, Verification
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.eligibility.bars import DECIDED_LATER, bars_to_association, must_not_be_barred
from openpartner.core.eligibility.causes import Barred, Cause
from openpartner.core.onboarding import mails
from openpartner.core.onboarding.inviting import is_expired
from openpartner.core.onboarding.log import note
from openpartner.core.onboarding.models import Application, Invitation, InvitationEvent
from openpartner.core.onboarding.queries import is_waiting
from openpartner.core.onboarding.registering import COUNTRY_CODE, LEGAL_NAME_MAX, MOBILE
from openpartner.core.onboarding.seen import Seen
from openpartner.core.onboarding.tokens import TOKEN, hash_of
from openpartner.core.onboarding.vocabulary import (
    APPLICATION_MOVES,
    INVITATION_MOVES,
    ApplicationState,
    Happening,
    InvitationState,
    Opening,
    must_move,
)
from openpartner.kit import clock
from openpartner.kit.addresses import is_address, is_https_link

WHY = "whoever has the link reads what it opens"
CONTACT_MAX = 100
FAILURES_MAX = 50
"""Attempts in vain that are kept of one invitation: whoever has its link may try as often as it likes."""
CLOSED: dict[Opening, Cause] = {
    Opening.UNKNOWN: Cause.LINK_UNKNOWN,
    Opening.EXPIRED: Cause.LINK_EXPIRED,
    Opening.REVOKED: Cause.LINK_REVOKED,
    Opening.USED: Cause.LINK_USED,
}


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link opens; the invitation, with its `partner`, unless there is none."""

    state: Opening
    invitation: Invitation | None = None

    @property
    def role(self) -> AccountKind:
        """What whoever joins becomes."""
        assert self.invitation is not None
        return AccountKind(self.invitation.role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an applicant tells of itself; what is empty is taken from its account."""

    legal_name: str = ""
    contact: str = ""
    email: str = ""
    country_code: str = ""
    mobile: str = ""
    customer_type: CustomerType = CustomerType.NONE
    material_url: str = ""


def open_invitation(token: str, *, account: int | None = None) -> Opened:
    """What a link opens. `account` is the primary key of who is signed in: its own used link is open to it again."""
    if not TOKEN.fullmatch(token):
        return Opened(Opening.UNKNOWN)
    rows = Invitation.objects.everything(reason=WHY).select_related("partner", "manager")
    row = rows.filter(token_hash=hash_of(token)).first()
    return Opened(Opening.UNKNOWN) if row is None else Opened(_state(row, account), row)


def apply(caller: Caller, token: str, facts: Facts) -> Application:
    """Apply with a link to become what its invitation says, and return the application in review.

    `caller` administers an account that no partner has bound. Barred tells what closed the link, that it was sent to
    another address, or what bars the account; the invitation's history keeps it. Invalid names the field.
    """
    try:
        return make_application(caller, token=token, facts=facts)
    except Barred as error:
        _note_failure(caller, token, error.cause)
        raise


@command(Action.APPLIED, permission=Permission.CONSENT)
def make_application(caller: Caller, *, token: str, facts: Facts) -> Application:
    """Apply with a link, and return the application in review; as `apply`, which keeps what failed besides."""
    found = open_invitation(token, account=caller.account)
    if found.invitation is None:
        raise Barred(Cause.LINK_UNKNOWN)
    invitation = _lock(found.invitation)  # a link used twice at once: the second finds it used
    account = lock_account(caller.account)
    state = _state(invitation, account.pk)
    if state is not Opening.OPEN:
        raise Barred(CLOSED[state])
    if invitation.email and invitation.email not in _addresses(caller, account):
        raise Barred(Cause.LINK_OF_OTHER)
    if is_waiting(account.pk):
        raise Barred(Cause.ALREADY_APPLIED)
    partner, role = invitation.partner, AccountKind(invitation.role)
    kind = AssociationKind(invitation.kind)
    is_new = account.registered_at >= invitation.created_at
    causes = bars_to_association(account, partner, kind, as_role=role, is_new=is_new)
    must_not_be_barred([one for one in causes if one not in DECIDED_LATER])
    application = _application(invitation, account, _checked(facts, role), is_new=is_new)
    _use(invitation, account)
    _complete(account, facts)
    note(invitation, Happening.APPLIED, by=f"{account.account_name}/{caller.user_name}", account=account.pk)
    mails.tell_partner(application, partner, account)
    record(
        caller,
        Action.APPLIED,
        subject=Seen.by(partner, account),
        partner=partner.uin,
        role=role.label,
        invitation=invitation.pk,
    )
    return application


@command(Action.APPLICATION_WITHDRAWN, permission=Permission.CONSENT)
def withdraw(caller: Caller) -> Application:
    """Take the calling account's application back while it is in review, and return it. NotVisible without one."""
    rows = Application.objects.everything(reason="the caller's own").filter(
        account=caller.account, state=ApplicationState.REVIEWING
    )
    row = rows.select_for_update(no_key=True, of=("self",)).select_related("partner", "account", "invitation").first()
    if row is None:
        raise NotVisible("application")
    must_move(APPLICATION_MOVES, row.state, ApplicationState.WITHDRAWN)
    row.state, row.decided_at, row.decided_by = ApplicationState.WITHDRAWN, clock.now(), caller.user_name
    row.save(update_fields=["state", "decided_at", "decided_by"])
    if row.invitation is not None:
        note(row.invitation, Happening.WITHDRAWN, by=caller.user_name, account=row.account_id)
    record(caller, Action.APPLICATION_WITHDRAWN, subject=Seen.by(row.partner, row.account), partner=row.partner.uin)
    return row


def application_of(caller: Caller) -> Application | None:
    """The newest application of the calling account, with its partner; None when it has made none."""
    rows = Application.objects.everything(reason="the caller's own").filter(account=caller.account)
    return rows.select_related("partner").order_by("-id").first()


def _state(row: Invitation, account: int | None) -> Opening:
    """A link that was used is open to its own account again once that is neither waiting nor bound."""
    if row.state == InvitationState.REVOKED:
        return Opening.REVOKED
    if row.state == InvitationState.USED and not (account is not None and row.account_id == account):
        return Opening.USED
    if row.state == InvitationState.EXPIRED or is_expired(row):
        return Opening.EXPIRED
    return Opening.OPEN


def _addresses(caller: Caller, account: Account) -> set[str]:
    """The addresses that are the account's, or of the user who applies for it."""
    users = User.objects.everything(reason="the caller itself").filter(pk=caller.user or 0)
    own = {account.email.casefold(), *users.values_list("email", flat=True)}
    return own - {""}


def _lock(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.everything(reason=WHY).select_for_update(no_key=True, of=("self",))
    found = rows.select_related("partner").filter(pk=invitation.pk).first()
    if found is None:  # deleted this moment
        raise Barred(Cause.LINK_UNKNOWN)
    return found


def _application(invitation: Invitation, account: Account, facts: Facts, *, is_new: bool) -> Application:
    return Application.objects.create(
        provider_id=invitation.provider_id,
        payer_id=invitation.payer_id,
        partner=invitation.partner,
        account=account,
        invitation=invitation,
        role=invitation.role,
        kind=invitation.kind,
        is_new=is_new,
        legal_name=facts.legal_name or account.legal_name,
        contact=facts.contact,
        email=facts.email or account.email,
        country_code=facts.country_code or account.country_code,
        mobile=facts.mobile or account.mobile,
        customer_type=account.customer_type if facts.customer_type == CustomerType.NONE else facts.customer_type,
        material_url=facts.material_url or invitation.material_url,
        manager_id=invitation.manager_id,
        applied_at=clock.now(),
    )


def _use(invitation: Invitation, account: Account) -> None:
    invitation.used_at, invitation.account = clock.now(), account
    if not invitation.is_reusable and invitation.state == InvitationState.OPEN:
        must_move(INVITATION_MOVES, invitation.state, InvitationState.USED)
        invitation.state = InvitationState.USED
    invitation.save(update_fields=["state", "used_at", "account"])


def _complete(account: Account, facts: Facts) -> None:
    """Keep on the account what it lacked. What was verified is changed by a verification alone."""
    if account.verification in {Verification.IN_REVIEW, Verification.VERIFIED}:
        return
    if facts.legal_name and not account.legal_name:
        account.legal_name = facts.legal_name
        account.fold_names()
    if account.customer_type == CustomerType.NONE:
        account.customer_type = facts.customer_type
    account.save(update_fields=["legal_name", "customer_type", *Account.FOLDED])


def _checked(facts: Facts, role: AccountKind) -> Facts:
    """The facts; Invalid names the field of what is wrong."""
    if len(facts.legal_name) > LEGAL_NAME_MAX or not facts.legal_name.isprintable():
        raise Invalid("legal_name", f"is one line of at most {LEGAL_NAME_MAX} characters")
    if len(facts.contact) > CONTACT_MAX or not facts.contact.isprintable():
        raise Invalid("contact", f"is one line of at most {CONTACT_MAX} characters")
    if facts.email and not is_address(facts.email):
        raise Invalid("email", "is no address that mail can be sent to")
    if facts.mobile and not MOBILE.fullmatch(facts.mobile):
        raise Invalid("mobile", "is 1 to 32 digits")
    if facts.country_code and not COUNTRY_CODE.fullmatch(facts.country_code):
        raise Invalid("country_code", "is a dialling code")
    if facts.material_url and role is not AccountKind.SECOND_LEVEL_RESELLER:
        raise Invalid("material_url", "is for resellers alone")
    if facts.material_url and not is_https_link(facts.material_url):
        raise Invalid("material_url", "is not a whole https address")
    return facts


def _note_failure(caller: Caller, token: str, cause: Cause) -> None:
    """Keep in the invitation's history why somebody could not apply with it, so many times at most."""
    invitation = open_invitation(token).invitation
    if invitation is None:
        return
    kept = InvitationEvent.objects.everything(reason=WHY).filter(invitation=invitation, what=Happening.FAILED)
    if kept.count() < FAILURES_MAX:
        with transaction.atomic():
            note(
                invitation,
                Happening.FAILED,
                by=f"{caller.account_name}/{caller.user_name}",
                account=caller.account,
                cause=cause,
            )
