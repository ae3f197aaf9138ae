"""Downloads: random links, hashed at rest, bound to file, account and expiry, and checked again."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from openpartner.core.access.roles import Preset
from openpartner.core.access.users import create_user
from openpartner.core.base.permissions import Permission
from openpartner.core.jobs.models import ResultFile
from openpartner.core.jobs.results import forget_expired, offer, path_of
from openpartner.kit import clock
from tests.support.people import PASSWORD, Person, World

CONTENT = b"<script>alert(1)</script>"


def signed_in(email: str) -> Client:
    client = Client()
    assert client.post("/sign-in/", {"email": email, "password": PASSWORD}).status_code == 302
    return client


@pytest.fixture
def link(dora: Person, tmp_path: Path) -> str:
    file = tmp_path / "report"
    file.write_bytes(CONTENT)
    return offer(dora.caller, file, name="../../errors.html", permission=Permission.IMPORT)


def test_the_owner_fetches_it_as_an_attachment(dora: Person, link: str) -> None:
    answer = signed_in(dora.email).get(f"/downloads/{link}/")
    assert answer.getvalue() == CONTENT
    assert answer["Content-Disposition"] == 'attachment; filename="errors.html"'
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_link_is_not_in_the_database_nor_in_the_file_name(link: str) -> None:
    row = ResultFile.objects.everything(reason="test").get()
    assert link not in {str(getattr(row, field.name)) for field in ResultFile._meta.fields}
    assert path_of(row.stored).read_bytes() == CONTENT
    assert path_of(row.stored).stat().st_mode & 0o077 == 0 or path_of(row.stored).parent.stat().st_mode & 0o077 == 0


def without_tokens(page: bytes) -> bytes:
    """A page without what is random in every page: the tokens of its forms."""
    return re.sub(rb'name="(?:csrfmiddlewaretoken|form_key)" value="[^"]*"', b"", page)


@pytest.mark.parametrize("stranger", ["olga", "rita", "pia", "carl"])
def test_a_stranger_gets_what_an_unknown_link_gets(world: World, link: str, stranger: str) -> None:
    client = signed_in(world[stranger].email)
    known, unknown = client.get(f"/downloads/{link}/"), client.get("/downloads/unknown/")
    assert known.status_code == unknown.status_code == 404
    assert without_tokens(known.content) == without_tokens(unknown.content)


def test_nobody_signed_in_is_sent_to_sign_in(link: str) -> None:
    assert Client().get(f"/downloads/{link}/").status_code == 302


def test_it_expires_and_is_swept(dora: Person, link: str) -> None:
    client = signed_in(dora.email)
    stored = path_of(ResultFile.objects.everything(reason="test").get().stored)
    with clock.frozen(clock.now() + timedelta(days=7, seconds=1)):
        assert forget_expired() >= 1  # other tests leave files without rows
    assert not stored.exists()
    assert client.get(f"/downloads/{link}/").status_code == 404


def test_an_expired_link_is_refused_before_it_is_swept(dora: Person, link: str) -> None:
    client = signed_in(dora.email)
    ResultFile.objects.everything(reason="test").update(expires_at=clock.now() - timedelta(seconds=1))
    assert client.get(f"/downloads/{link}/").status_code == 404


def test_the_permission_is_asked_again(dora: Person, link: str) -> None:
    create_user(dora.caller, name="mia", email="mia@example.com", password=PASSWORD, presets=[Preset.READ_ONLY])
    assert signed_in("mia@example.com").get(f"/downloads/{link}/").status_code == 403
