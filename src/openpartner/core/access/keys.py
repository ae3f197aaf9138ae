"""Access keys: made, disabled, deleted, and looked up on every signed request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction

from openpartner.core.access.models import AccessKey, User
from openpartner.core.access.roles import granted
from openpartner.core.access.sealing import opened, seal
from openpartner.core.access.users import get_user, must_hold
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import LimitReached, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.mail.outbox import post
from openpartner.core.mail.templates import Template
from openpartner.kit import clock
from openpartner.kit.ids import mint_access_key, mint_secret

SLOTS = (1, 2)
"""Both vendors allow two key pairs per user."""
RESEALING: list[Callable[[], int]] = []
"""Filled by capabilities above that seal something of their own: each seals it anew and says how much there was."""
LAST_USED_EVERY = timedelta(minutes=10)
"""`last_used_at` is written at most this often, so that reads stay reads."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key pair at the one moment its secret is readable."""

    access_key: str
    secret_key: str


def add_key(user: User) -> NewKey:
    """Insert a key pair for a user into a free slot; LimitReached when both are taken.

    No permission and no audit: the commands below and the demo builder call it inside theirs.
    """
    taken = set(
        AccessKey.objects.everything(reason="the caller holds the user row")
        .filter(user=user, slot__isnull=False)
        .values_list("slot", flat=True)
    )
    free = [slot for slot in SLOTS if slot not in taken]
    if not free:
        raise LimitReached("a user has at most two access keys; delete one first")
    pair = NewKey(mint_access_key(), mint_secret())
    try:
        with transaction.atomic():
            AccessKey.objects.create(
                user=user,
                slot=free[0],
                access_key=pair.access_key,
                secret=seal(pair.secret_key),
                created_at=clock.now(),
            )
    except IntegrityError as error:
        raise LimitReached("another key was made at the same moment; try again") from error
    return pair


@command(Action.KEY_CREATED, permission=Permission.KEY_MANAGE_OWN)
def create_key(caller: Caller, *, user_id: int) -> NewKey:
    """Make a key pair for a user of the caller's account and return it; the secret is never shown again.

    The user is told by mail.
    """
    user = _own_or_managed(caller, user_id)
    pair = add_key(user)
    record(caller, Action.KEY_CREATED, user=user.name, access_key=pair.access_key)
    values = {
        "name": user.name,
        "account": caller.account_name,
        "key": pair.access_key,
        "time": clock.now().strftime("%Y-%m-%d %H:%M UTC"),
    }
    post(Template.KEY_CREATED, values, to=user.email, language=user.language, account=user.account_id, user=user.pk)
    return pair


@command(Action.KEY_DISABLED, permission=Permission.KEY_MANAGE_OWN)
def set_key_active(caller: Caller, *, access_key: str, active: bool) -> None:
    """Disable or enable a key; the next request it signs is refused or accepted."""
    row = _own_or_managed_key(caller, access_key)
    row.is_active = active
    row.save(update_fields=["is_active"])
    record(caller, Action.KEY_DISABLED, access_key=access_key, active=active)


@command(Action.KEY_DELETED, permission=Permission.KEY_MANAGE_OWN)
def delete_key(caller: Caller, *, access_key: str) -> None:
    """Delete a key for good and free its slot."""
    row = _own_or_managed_key(caller, access_key)
    row.delete()
    record(caller, Action.KEY_DELETED, access_key=access_key)


@command(Action.KEYS_ROTATED, permission=Permission.MEMBER_MANAGE)
def reseal_all(caller: Caller) -> int:
    """Seal every stored secret anew under the first key of the ring; returns how many."""
    count = 0
    for row in AccessKey.objects.everything(reason="rotation touches every secret").iterator(chunk_size=1000):
        row.secret = seal(opened(row.secret))
        row.save(update_fields=["secret"])
        count += 1
    for user in (
        User.objects.everything(reason="rotation touches every secret")
        .exclude(totp_secret="")
        .iterator(chunk_size=1000)
    ):
        user.totp_secret = seal(opened(user.totp_secret))
        user.save(update_fields=["totp_secret"])
        count += 1
    count += sum(reseal() for reseal in RESEALING)
    record(caller, Action.KEYS_ROTATED, secrets=count)
    return count


def note_used(key: int, last_used_epoch: int) -> None:
    """Remember that a key was used, at most once in ten minutes."""
    moment = clock.now()
    if moment.timestamp() - last_used_epoch >= LAST_USED_EVERY.total_seconds():
        AccessKey.objects.everything(reason="the key has just proved itself").filter(pk=key).update(last_used_at=moment)


def _own_or_managed(caller: Caller, user_id: int) -> User:
    user = get_user(caller.scope, user_id)
    if user.pk != caller.user:
        caller.must(Permission.MEMBER_MANAGE)
        # A key acts with all its user's rights.
        must_hold(caller, granted(user.permissions, caller.kind))
    return user


def _own_or_managed_key(caller: Caller, access_key: str) -> AccessKey:
    row = (
        AccessKey.objects.within(caller.scope)
        .select_for_update()
        .filter(access_key=access_key, slot__isnull=False)
        .first()
    )
    if row is None:
        raise NotVisible("access key")
    _own_or_managed(caller, row.user_id)
    return row
