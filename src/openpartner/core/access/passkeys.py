"""Passkeys: registered, shown instead of a password or after it, renamed and removed.

What a browser answers is checked in ceremonies.py; challenges are kept by the console, each good once.
"""

from __future__ import annotations

import ipaddress
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from openpartner.core.access.models import Passkey, User
from openpartner.core.access.second_factor import first_recovery_codes, forget_needless_codes, tell_changed
from openpartner.core.access.signing_in import Door, Proof, refuse_barred, settle
from openpartner.core.access.users import get_user, revoke_tokens
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, LimitReached, NotVisible
from openpartner.core.command import command
from openpartner.kit import clock

PASSKEYS_MAX = 20
NAME_MAX = 64
ANSWER_MAX = 64 * 1024
HANDLE_BYTES = 32
WHY = "a passkey names its user"
LOCAL_HOST = "localhost"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the browser is asked, as JSON, and the challenge its answer must repeat (base64url)."""

    options: str
    challenge: str


@dataclass(frozen=True, slots=True)
class Site:
    """The console as authenticators know it: the host's name, and the origin that browsers send."""

    host: str
    origin: str


def are_available() -> bool:
    """Whether browsers allow passkeys at the console's address: by name, and over TLS or on this machine."""
    parts = urlsplit(settings.OPENPARTNER.url)
    try:
        ipaddress.ip_address(parts.hostname or "")
    except ValueError:
        return parts.scheme == "https" or parts.hostname == LOCAL_HOST
    return False


def list_passkeys(user: User) -> list[Passkey]:
    """The user's passkeys, oldest first."""
    return list(Passkey.objects.everything(reason="a user's own").filter(user=user).order_by("id"))


def ask_to_register(user: User) -> Asked:
    """What to ask a browser that is to make a passkey for this user."""
    from openpartner.core.access import ceremonies  # noqa: PLC0415  # loaded with the first passkey

    if not user.passkey_handle:
        user.passkey_handle = secrets.token_hex(HANDLE_BYTES)
        user.save(update_fields=["passkey_handle"])
    return ceremonies.ask_to_register(_site(), user, list_passkeys(user))


def ask_to_show(user: User | None) -> Asked:
    """What to ask a browser that is to show a passkey: one of this user's, or whichever the person chooses."""
    from openpartner.core.access import ceremonies  # noqa: PLC0415  # likewise

    return ceremonies.ask_to_show(_site(), list_passkeys(user) if user is not None else [], alone=user is None)


@command(Action.PASSKEY_ADDED, permission=None)
def add_passkey(caller: Caller, *, answer: str, challenge: str, name: str) -> list[str]:
    """Add the passkey a browser has just made for the caller.

    Returns new recovery codes when there were none. Invalid when the answer does not fit the challenge or the
    console's address, LimitReached beyond twenty.
    """
    from openpartner.core.access import ceremonies  # noqa: PLC0415  # likewise

    user = get_user(caller.scope, caller.user or 0)
    held = list_passkeys(user)
    if len(held) >= PASSKEYS_MAX:
        raise LimitReached(f"a user has at most {PASSKEYS_MAX} passkeys")
    try:
        made = ceremonies.made(_site(), _answer(answer), challenge)
    except Exception as error:  # the library lets errors of its parsers through; all mean that the answer is wrong
        raise Invalid("answer", "is not a passkey made for this page") from error
    if Passkey.objects.everything(reason="numbers are unique").filter(credential_id=made.number).exists():
        raise Invalid("answer", "is a passkey that is known already")
    Passkey.objects.create(
        user=user,
        name=_name(name) or f"Passkey {len(held) + 1}",
        credential_id=made.number,
        public_key=made.public_key,
        sign_count=made.sign_count,
        transports=",".join(_transports(answer, ceremonies.TRANSPORTS)),
        created_at=clock.now(),
    )
    revoke_tokens(user)
    tell_changed(user)
    record(caller, Action.PASSKEY_ADDED, user=user.name)
    return first_recovery_codes(caller)


@command(Action.PASSKEY_RENAMED, permission=None)
def rename_passkey(caller: Caller, *, passkey: int, name: str) -> Passkey:
    """Give one of the caller's own passkeys another name. Invalid when it is empty or too long."""
    row = _own(caller, passkey)
    row.name = _name(name)
    if not row.name:
        raise Invalid("name", f"has 1 to {NAME_MAX} characters")
    row.save(update_fields=["name"])
    record(caller, Action.PASSKEY_RENAMED, user=caller.user_name, passkey=row.name)
    return row


@command(Action.PASSKEY_REMOVED, permission=None)
def remove_passkey(caller: Caller, *, passkey: int) -> None:
    """Remove one of the caller's own passkeys; recovery codes go with the last second factor."""
    row = _own(caller, passkey)
    user = row.user
    row.delete()
    forget_needless_codes(user)
    tell_changed(user)
    record(caller, Action.PASSKEY_REMOVED, user=caller.user_name, passkey=row.name)


def sign_in_with_passkey(answer: str, challenge: str, door: Door) -> User:
    """The user whose passkey a browser has shown, with the person verified by it; SignInRefused otherwise."""
    refuse_barred(door)
    row = _named_in(answer)
    user = row.user if row is not None else None
    return settle(user, door, _weighing(answer, challenge, alone=True), by="passkey")[0]


def finish_with_passkey(user: User, answer: str, challenge: str, door: Door, *, again: bool = False) -> User:
    """The user whose password was right, when one of its passkeys is shown; SignInRefused otherwise.

    `again` is for somebody who is signed in and shows once more who they are.
    """
    refuse_barred(door)
    action = Action.CONFIRMED if again else Action.SIGNED_IN
    return settle(user, door, _weighing(answer, challenge, alone=False), by="passkey", action=action)[0]


def _weighing(answer: str, challenge: str, *, alone: bool) -> Callable[[User], Proof]:
    from openpartner.core.access import ceremonies  # noqa: PLC0415  # likewise

    def weigh(user: User) -> Proof:
        row = _named_in(answer)
        if row is None or row.user_id != user.pk or not _is_handle_of(user, answer):
            return Proof.NONE
        try:
            count = ceremonies.signatures(_site(), _answer(answer), challenge, row, alone=alone)
        except Exception:  # noqa: BLE001  # likewise: whatever is wrong with an answer, it proves nothing
            return Proof.NONE
        row.sign_count, row.last_used_at = count, clock.now()
        row.save(update_fields=["sign_count", "last_used_at"])
        return Proof.WHOLE

    return weigh


def _site() -> Site:
    url: str = settings.OPENPARTNER.url
    return Site(urlsplit(url).hostname or LOCAL_HOST, url)


def _answer(answer: str) -> dict[str, object]:
    """The browser's answer; ValueError when it is no JSON object of a believable size."""
    if len(answer) > ANSWER_MAX:
        raise ValueError("too long")
    found = json.loads(answer)
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found


def _part(answer: str, *path: str) -> object:
    """A part of the browser's answer, or None."""
    try:
        found: object = _answer(answer)
    except (ValueError, TypeError, RecursionError):
        return None
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _named_in(answer: str) -> Passkey | None:
    number = _part(answer, "id")
    if not isinstance(number, str) or not number:
        return None
    rows = Passkey.objects.everything(reason=WHY).select_related("user", "user__account")
    return rows.filter(credential_id=number).first()


def _is_handle_of(user: User, answer: str) -> bool:
    """Whether the authenticator names this user, or nobody, which the standard lets it do after a list of passkeys."""
    handle = _part(answer, "response", "userHandle")
    if handle is None or handle == "":
        return True
    return handle == urlsafe_b64encode(bytes.fromhex(user.passkey_handle)).decode().rstrip("=")


def _transports(answer: str, known: frozenset[str]) -> list[str]:
    found = _part(answer, "response", "transports")
    return sorted({one for one in found if isinstance(one, str)} & known) if isinstance(found, list) else []


def _own(caller: Caller, passkey: int) -> Passkey:
    rows = Passkey.objects.within(caller.scope).select_related("user", "user__account")
    row = rows.filter(pk=passkey, user_id=caller.user or 0).first()
    if row is None:
        raise NotVisible("passkey")
    return row


def _name(name: str) -> str:
    return " ".join(name.split())[:NAME_MAX]
