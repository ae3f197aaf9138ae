"""The partner's pages of inviting and deciding, by plain requests (tencent:A.2, tencent:B.3, huawei:B2, huawei:B12)."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from openpartner.core.access.roles import Preset
from openpartner.core.accounts.models import Account, Flag
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.kinds import AssociationKind, Suspension
from openpartner.core.mail.models import OutgoingMail
from openpartner.core.onboarding.applying import Facts, apply
from openpartner.core.onboarding.deciding import reject
from openpartner.core.onboarding.inviting import invite
from openpartner.core.onboarding.models import Application, Invitation
from openpartner.kit import clock
from tests.console.organization.people import browser, member
from tests.support.onboarding import RESELLER, applicant, grant, person_of, plain
from tests.support.people import Person, World

pytestmark = pytest.mark.django_db

TO = "nina@new.example"
ONE = {"email": TO, "language": "ja", "text": "See\nyou"}


def invitations() -> list[Invitation]:
    return list(Invitation.objects.everything(reason="test").order_by("id"))


def mailed() -> int:
    return OutgoingMail.objects.everything(reason="test").count()


def actions() -> list[str]:
    return list(AuditEvent.objects.everything(reason="test").order_by("id").values_list("action", flat=True))


def text_of(client: Client, path: str, **given: str) -> str:
    answer = client.post(path, given) if given else client.get(path)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def test_the_mail_is_seen_before_it_goes(dora: Person) -> None:
    client = browser(dora)
    page = text_of(client, "/invitations/new/", **ONE, **{"try": "1"})
    assert "“See you”" in page
    assert (invitations(), mailed()) == ([], 0)
    sent = client.post("/invitations/new/", ONE)
    (made,) = invitations()
    assert (sent.status_code, sent.headers["Location"]) == (302, f"/invitations/{made.pk}/")
    assert (made.email, made.language, made.text, made.kind) == (TO, "ja", "See you", AssociationKind.RESALE)
    mail = OutgoingMail.objects.everything(reason="test").get()
    assert (mail.recipient, mail.language, "“See you”" in mail.text) == (TO, "ja", True)


@pytest.mark.parametrize("address", ["nobody", "a@b@c", "a b@c.example", "a@c.example\nbcc: x@c.example", ""])
def test_what_is_no_address_is_told_beside_the_field(address: str, dora: Person) -> None:
    answer = browser(dora).post("/invitations/new/", {**ONE, "email": address})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["email"]
    assert invitations() == []


def test_an_address_is_mailed_once_in_three_minutes(dora: Person) -> None:
    client = browser(dora)
    client.post("/invitations/new/", ONE)
    (made,) = invitations()
    again = f"/invitations/{made.pk}/resend/"
    assert "Try again in" in client.post(again).content.decode()
    with clock.frozen(clock.now() + timedelta(seconds=181)):
        assert client.post(again).status_code == 302
    assert mailed() == 2


def test_a_link_is_shown_on_request_and_that_is_recorded(dora: Person) -> None:
    client = browser(dora)
    client.post("/invitations/new/", ONE)
    page = f"/invitations/{invitations()[0].pk}/"
    assert "/join/" not in text_of(client, page)
    shown = text_of(client, page, link="1")
    assert re.search(r"/join/[0-9a-f]{32}/", shown)
    assert 'src="data:image/svg+xml' in shown
    assert actions()[-1] == "invitation.link-shown"
    client.post(f"{page}revoke/", {"reason": "wrong"})
    refused = client.post(page, {"link": "1"})
    assert (refused.status_code, "/join/" in refused.content.decode()) == (409, False)


def test_addresses_are_masked_until_they_are_revealed(dora: Person) -> None:
    client = browser(dora)
    client.post("/invitations/new/", ONE)
    page = f"/invitations/{invitations()[0].pk}/"
    for path in ("/invitations/", page, "/invitations.json"):
        assert TO not in text_of(client, path)
    assert TO in text_of(client, page, reveal="email")
    assert actions()[-1] == "personal.revealed"
    reader = browser(member(dora, "dirk", Preset.ACCOUNT_DIRECTOR))
    assert TO in text_of(reader, page, reveal="email")


def test_an_applicant_is_masked_until_revealed_and_its_link_is_text(dora: Person) -> None:
    applicant(dora, RESELLER, email=TO, material="https://paper.example/q?a=1&b=2")
    waiting = Application.objects.everything(reason="test").get()
    client = browser(dora)
    page = text_of(client, f"/resellers/applications/{waiting.pk}/")
    assert TO not in page
    link = re.search(r'<a class="button" href="([^"]*)" target="_blank" rel="noopener noreferrer">', page)
    assert link is not None
    assert link[1] == "https://paper.example/q?a=1&amp;b=2"
    assert TO in text_of(client, f"/resellers/applications/{waiting.pk}/", reveal="1")
    assert client.get(f"/applications/{waiting.pk}/").status_code == 404, "it is no customer's"


def test_an_account_managers_link_makes_it_the_customers(dora: Person) -> None:
    """huawei:A3: invited through a manager's own link, the customer is that manager's."""
    dirk = member(dora, "dirk", Preset.ACCOUNT_DIRECTOR)
    client = browser(dirk)
    client.post("/invitations/new/", {**ONE, "manager": str(dirk.pk)})
    _again, token = invite(dora.caller, manager=dirk.pk)
    account = plain(TO)
    apply(person_of(account), token, Facts())
    waiting = Application.objects.everything(reason="test").get()
    assert client.post(f"/applications/{waiting.pk}/pass/", {}).status_code == 302
    account.refresh_from_db()
    assert (account.manager_id, account.suspension) == (dirk.pk, Suspension.NONE)
    assert invitations()[0].manager_id == dirk.pk


def test_passing_by_resale_suspends_unless_told_otherwise(dora: Person) -> None:
    """huawei:A3: suspended by default on association by resale."""
    account = applicant(dora)
    waiting = Application.objects.everything(reason="test").get()
    client = browser(dora)
    assert 'name="suspend" id="id_suspend" checked' in text_of(client, f"/applications/{waiting.pk}/pass/").replace(
        'aria-describedby="id_suspend_helptext" ', ""
    )
    client.post(f"/applications/{waiting.pk}/pass/", {"suspend": "on"})
    account.refresh_from_db()
    assert (account.partner_id, account.suspension) == (dora.account_pk, Suspension.ACCOUNT)
    assert client.get(f"/applications/{waiting.pk}/pass/").status_code == 409, "it waits no more"


def test_referral_is_offered_where_it_was_granted(dora: Person) -> None:
    client = browser(dora)
    assert 'name="kind"' not in text_of(client, "/invitations/new/")
    grant(dora, Flag.REFERRAL)
    assert 'name="kind"' in text_of(client, "/invitations/new/")
    client.post("/invitations/new/", {**ONE, "kind": "1"})
    assert invitations()[0].kind == AssociationKind.REFERRAL


def test_several_are_decided_and_each_has_its_result(dora: Person, olga: Person) -> None:
    first, second = (applicant(dora, email=f"{name}@new.example") for name in ("ann", "bo"))
    foreign = applicant(olga, email="cy@new.example")
    rows = {row.account_id: row.pk for row in Application.objects.everything(reason="test")}
    reject(dora.caller, second.uin, "no")
    client = browser(dora)
    chosen = [str(rows[account.pk]) for account in (first, second, foreign)]
    page = text_of(client, "/applications/pass-chosen/", row=chosen)  # type: ignore[arg-type]  # several
    assert page.count("No such application") == 1
    done = text_of(client, "/applications/pass-chosen/", row=chosen, confirm="1")  # type: ignore[arg-type]  # likewise
    assert [done.count(word) for word in (">Passed<", ">Refused<", ">No such application<")] == [1, 1, 1]
    bound = Account.objects.everything(reason="test").filter(pk__in=[first.pk, second.pk, foreign.pk], partner__gt=0)
    assert [one.pk for one in bound] == [first.pk]


def test_only_those_who_may_see_the_pages(world: World) -> None:
    client = browser(world.dora)
    client.post("/invitations/new/", ONE)
    client.post("/resellers/invitations/new/", {**ONE, "email": "r@new.example"})
    own, of_reseller = (
        f"/{path}{row.pk}/" for path, row in zip(("invitations/", "resellers/invitations/"), invitations(), strict=True)
    )
    assert [client.get(path).status_code for path in (own, of_reseller)] == [200, 200]
    swapped = own.replace("/invitations", "/resellers/invitations")
    assert client.get(swapped).status_code == 404
    for stranger, status in ((world.olga, 404), (world.rita, 404), (world.carl, 403), (world.pia, 404)):
        assert browser(stranger).get(own).status_code == status, stranger.name
    reader = browser(member(world.dora, "reader", Preset.READ_ONLY))
    assert [reader.get(path).status_code for path in (own, "/invitations/", "/applications/")] == [403] * 3


def workbook(*rows: tuple[object, ...]) -> SimpleUploadedFile:
    book, file = openpyxl.Workbook(), BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    book.save(file)
    return SimpleUploadedFile("guests.xlsx", file.getvalue())


def test_many_are_tried_before_anything_is_sent(dora: Person) -> None:
    client = browser(dora)
    file = workbook(("E-Mail", "x"), ("a@x.example", "y"))
    wrong = client.post("/invitations/many/", {"file": file, "language": "en"})
    assert (wrong.status_code, "no column email" in wrong.content.decode()) == (422, True)
    file = workbook(
        ("Email", "Text", "Language"), ("A@x.example", "Own words", "zh"), ("b@x", "", "fr"), (42, None, None)
    )
    tried = client.post("/invitations/many/", {"file": file, "language": "en", "text": "Hello"})
    assert (tried.context["good"], mailed(), invitations()) == (1, 0, [])
    rows = tried.context["rows"]
    sent = client.post("/invitations/many/", {"rows": rows, "language": "en", "text": "Hello"})
    assert (sent.status_code, sent.context["good"]) == (200, 1)
    (made,) = invitations()
    assert (made.email, made.text, made.language) == ("a@x.example", "Own words", "zh")


@pytest.mark.parametrize(
    "given",
    [
        {"addresses": " ,; "},
        {"addresses": " ".join(f"n{one}@x.example" for one in range(201))},
        {"rows": "nonsense"},
        {"rows": '[["x"]]'},
        {"file": SimpleUploadedFile("a.csv", b"\xff\xfe\x00")},
        {"file": SimpleUploadedFile("a.txt", b"email\n")},
        {},
    ],
)
def test_what_is_no_list_of_addresses_is_told(given: dict[str, object], dora: Person) -> None:
    answer = browser(dora).post("/invitations/many/", {"language": "en", **given})
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert mailed() == 0
