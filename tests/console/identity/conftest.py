"""People who sign in, and what they do to sign in."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec
import pytest
from django.test import Client

from openpartner.core.mail.models import OutgoingMail
from tests.support.people import PASSWORD, Person

Configure = Callable[..., None]


@pytest.fixture
def configure(settings: pytest.FixtureRequest) -> Configure:
    """`configure(oidc_issuer="...")` changes settings until the test ends."""

    def change(**values: object) -> None:
        settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, **values)  # type: ignore[attr-defined]  # pytest-django's

    return change


def signed_in(person: Person, password: str = PASSWORD) -> Client:
    """A browser in which this person has signed in."""
    client = Client()
    answer = client.post("/sign-in/", {"email": person.email, "password": password})
    assert answer.status_code == 302, answer.content
    return client


def is_signed_in(client: Client) -> bool:
    """Whether a page that everybody who has signed in may see opens."""
    return client.get("/profile/security/").status_code == 200


def link_in_last_mail(to: str) -> str:
    """The path of the link that the newest mail to this address carries."""
    mail = OutgoingMail.objects.everything(reason="test").filter(recipient=to).order_by("-id").first()
    assert mail is not None
    found = re.search(r"https?://[^\s/]+(/password/\S+/)", mail.text)
    assert found is not None, mail.text
    return found[1]


def mails(to: str) -> list[str]:
    """Which mails an address was sent, oldest first."""
    rows = OutgoingMail.objects.everything(reason="test").filter(recipient=to).order_by("id")
    return list(rows.values_list("template", flat=True))
