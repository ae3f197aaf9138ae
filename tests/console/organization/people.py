"""Browsers in which somebody has signed in, without the cost of hashing a password."""

from __future__ import annotations

from collections.abc import Sequence

from django.test import Client

from openpartner.console.identity.freshness import CONFIRMED_AT
from openpartner.core.access.models import User
from openpartner.core.access.roles import Preset
from openpartner.core.access.users import create_user
from openpartner.kit import clock
from tests.support.people import Person


def browser(person: Person | User, *, is_fresh: bool = True) -> Client:
    """A browser of this person, who has just shown who they are, or did so long ago."""
    client = Client()
    user = person.user if isinstance(person, Person) else person
    client.force_login(user, backend="openpartner.console.backend.SessionBackend")
    if is_fresh:
        session = client.session
        session[CONFIRMED_AT] = clock.epoch_seconds()
        session.save()
    return client


def member(boss: Person, name: str, *presets: Preset, custom: Sequence[int] = ()) -> User:
    """One of the person's own people, without a password."""
    made = create_user(
        boss.caller, name=name, email=f"{name}@example.com", password=None, presets=presets, custom=custom
    )
    return User.objects.everything(reason="test").select_related("account").get(pk=made.pk)
