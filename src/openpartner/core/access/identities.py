"""Identities of the single sign-on provider, and whose they are. They never make a user and never take one over."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db import IntegrityError

from openpartner.core.access.models import User
from openpartner.core.access.signing_in import Door, Proof, SignInRefused, refuse_barred, settle
from openpartner.core.access.users import caller_of
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record

WHY = "sign-in knows no scope yet"
BY = "single sign-on"


class Why(StrEnum):
    """Why an identity, which its provider vouches for, signs nobody in."""

    NO_EMAIL = "no-email"
    UNVERIFIED = "unverified"
    UNKNOWN = "unknown"
    ANOTHER = "another"
    REFUSED = "refused"


class IdentityRefused(SignInRefused):
    """An identity that signs nobody in. The person is known to the provider, so they are told why."""

    def __init__(self, why: Why) -> None:
        super().__init__(f"the identity was refused: {why}")
        self.why = why


@dataclass(frozen=True, slots=True)
class Identity:
    """What the provider says: who it is itself, its name for the person, and their e-mail with its word for it."""

    issuer: str
    subject: str
    email: str = ""
    email_verified: bool = False


def sign_in_with_identity(identity: Identity, door: Door) -> User:
    """The user of an identity: the one it was linked with, or at first the one with its verified e-mail.

    IdentityRefused otherwise; SignInRefused for a source that has failed too often.
    """
    refuse_barred(door)
    user, why = _user_of(identity)
    if why is not None:
        _refuse(door, why)

    def weigh(user: User) -> Proof:
        if user.identity_subject and (user.identity_issuer, user.identity_subject) != (
            identity.issuer,
            identity.subject,
        ):
            return Proof.NONE
        if not user.identity_subject:
            user.identity_issuer, user.identity_subject = identity.issuer, identity.subject
            user.save(update_fields=["identity_issuer", "identity_subject"])
            who = caller_of(user, via=door.via, request_id=door.request_id)
            record(who, Action.IDENTITY_LINKED, user=user.name, issuer=identity.issuer)
        return Proof.WHOLE

    try:
        return settle(user, door, weigh, by=BY)[0]
    except IntegrityError as error:  # linked with somebody else at the same moment
        raise IdentityRefused(Why.ANOTHER) from error
    except SignInRefused as error:
        raise IdentityRefused(Why.REFUSED) from error


def confirm_with_identity(user: User, identity: Identity, door: Door) -> None:
    """Let somebody who is signed in show again who they are through the provider; IdentityRefused otherwise."""
    refuse_barred(door)

    def weigh(user: User) -> Proof:
        same = (user.identity_issuer, user.identity_subject) == (identity.issuer, identity.subject)
        return Proof.WHOLE if same else Proof.NONE

    try:
        settle(user, door, weigh, by=BY, action=Action.CONFIRMED)
    except SignInRefused as error:
        raise IdentityRefused(Why.ANOTHER) from error


def _user_of(identity: Identity) -> tuple[User | None, Why | None]:
    users = User.objects.everything(reason=WHY)
    linked = users.filter(identity_issuer=identity.issuer, identity_subject=identity.subject).first()
    if linked is not None:
        return linked, None
    if not identity.email:
        return None, Why.NO_EMAIL
    if not identity.email_verified:
        return None, Why.UNVERIFIED
    named = users.filter(email=identity.email.casefold()).first()
    if named is None:
        return None, Why.UNKNOWN
    return (None, Why.ANOTHER) if named.identity_subject else (named, None)


def _refuse(door: Door, why: Why) -> None:
    try:
        settle(None, door, lambda _user: Proof.NONE, by=BY)
    except SignInRefused as error:
        raise IdentityRefused(why) from error
