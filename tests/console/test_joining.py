"""The pages of those who were invited, by plain requests: what each link says, and what no answer tells.

Expectations are tencent:A.2 (thirty days, an S takes new customers alone), huawei:A3 (causes of failure), and issue 6:
enumeration-safe answers, one-time links bound to an address, limits per source, number and partner, https links only.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve

from openpartner.core.access.codes import BETWEEN, LIFE
from openpartner.core.access.models import User
from openpartner.core.accounts.models import Account
from openpartner.core.agreements.models import Acceptance
from openpartner.core.agreements.samples import publish_samples
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.kinds import AccountKind
from openpartner.core.mail.models import OutgoingMail
from openpartner.core.onboarding.deciding import reject
from openpartner.core.onboarding.inviting import invite, revoke
from openpartner.core.onboarding.models import Application, InvitationEvent
from openpartner.core.onboarding.proving import CODES_PER_SOURCE, TRIES_PER_NUMBER
from openpartner.core.onboarding.tokens import JOIN_PATH
from openpartner.kit import clock
from tests.console.organization.people import browser
from tests.support.onboarding import RESELLER, applicant, plain
from tests.support.pages import told
from tests.support.people import Person

pytestmark = pytest.mark.django_db

NEW = "nina@new.example"
PASSWORD = "nina likes long words"
GIVEN = {
    "customer_type": "1", "legal_name": "Nina Nets SARL", "account_name": "nina", "region": "FR",
    "mobile": "+33 6 12 34 56 78", "password": PASSWORD, "again": PASSWORD, "agreed": "on", "step": "register",
}  # fmt: skip  # a form in two lines


def newest(to: str) -> OutgoingMail:
    found = OutgoingMail.objects.everything(reason="test").filter(recipient=to).order_by("-id").first()
    assert found is not None
    return found


def code_to(address: str) -> str:
    found = re.search(r"\b[0-9]{6}\b", newest(address).text)
    assert found is not None
    return found[0]


def link(person: Person, email: str = "", **values: object) -> str:
    _invitation, token = invite(person.caller, email=email, **values)  # type: ignore[arg-type]  # by name
    return JOIN_PATH.format(token=token)


def ask(client: Client, path: str, address: str = "", source: str = "192.0.2.1") -> HttpResponse:
    """Have a code mailed, and look at the page that follows."""
    data = {"step": "send", "email": address}
    answer: HttpResponse = client.post(f"{path}register/", data, REMOTE_ADDR=source, follow=True)  # type: ignore[assignment]  # the stubs' own
    return answer


def register(client: Client, path: str, **given: str) -> HttpResponse:
    answer: HttpResponse = client.post(f"{path}register/", {**GIVEN, **given})  # type: ignore[assignment]  # likewise
    return answer


def test_an_invitation_leads_to_an_account_and_an_application(dora: Person, pia: Person) -> None:
    publish_samples(pia.caller)
    path, client = link(dora, NEW, text="See you"), Client()
    page = client.get(path)
    assert "Dora Distribution Ltd" in page.content.decode()
    assert "See you" in page.content.decode()
    read = str(ask(client, path).context["papers_read"])  # type: ignore[attr-defined]  # of a test client
    changed = register(client, path, code=code_to(NEW), read="1")
    assert "This has changed meanwhile" in changed.content.decode()
    done = register(client, path, code=code_to(NEW), read=read)
    assert (done.status_code, done.headers["Location"]) == (302, f"{path}apply/")
    account = Account.objects.everything(reason="test").get(account_name="nina")
    assert (account.email, account.country_code, account.mobile) == (NEW, "0033", "612345678")
    assert (account.kind, account.partner_id) == (AccountKind.CUSTOMER, None)
    agreed = Acceptance.objects.everything(reason="test").filter(account=account).order_by("agreement")
    assert [one.agreement for one in agreed] == ["customer-agreement", "privacy-statement"]
    sent = client.post(f"{path}apply/", {"contact": "Nina N."}, follow=True)
    assert "is looking at your application" in sent.content.decode()
    assert "is looking at your application" in client.get("/").content.decode()
    waiting = Application.objects.everything(reason="test").get(account=account)
    assert (waiting.partner_id, waiting.contact, waiting.is_new) == (dora.account_pk, "Nina N.", True)
    assert newest(dora.email).template == "application-made"


def test_the_path_in_links_is_the_page() -> None:
    assert resolve(JOIN_PATH.format(token="0" * 32)).url_name == "join"


def test_a_taken_address_and_a_free_one_look_alike(dora: Person, sol: Person) -> None:
    path = link(dora, is_reusable=True)
    pages, mails = [], []
    for address in (NEW, sol.email):
        client = Client()
        pages.append(re.sub(re.escape(address), "ADDRESS", told(ask(client, path, address))))
        pages.append(told(ask(client, path, address)))  # too soon, whoever it is
        wrong = register(client, path, code="000000")
        pages.append(re.sub(re.escape(address), "ADDRESS", told(wrong)))
        mails.append(newest(address).template)
    seconds = re.compile(r"in \d+ seconds")
    first, second = ([seconds.sub("", page) for page in half] for half in (pages[:3], pages[3:]))
    assert first[0] == second[0]
    assert first[1].replace(NEW, "") == second[1].replace(sol.email, "")
    assert first[2] == second[2]
    assert mails == ["registration-code", "already-registered"]
    assert not Account.objects.everything(reason="test").filter(account_name="nina").exists()


@pytest.mark.parametrize(
    ("what", "status", "title"),
    [
        ("expired", 410, "This invitation has expired"),
        ("revoked", 410, "This invitation was taken back"),
        ("used", 410, "This invitation was used already"),
        ("changed", 404, "This link is not complete"),
        ("unknown", 404, "This link is not complete"),
        ("nonsense", 404, "This link is not complete"),
    ],
)
def test_each_link_that_does_not_open_has_its_own_page(what: str, status: int, title: str, dora: Person) -> None:
    invitation, token = invite(dora.caller, email=NEW)
    path = JOIN_PATH.format(token=token)
    at = clock.now()
    match what:
        case "expired":
            at += timedelta(days=30)
        case "revoked":
            revoke(dora.caller, invitation=invitation.pk)
        case "used":
            path = JOIN_PATH.format(token=_used(dora))
        case "changed":
            path = JOIN_PATH.format(token=token[:-1] + ("0" if token[-1] != "0" else "1"))
        case "unknown":
            path = JOIN_PATH.format(token="f" * 32)
        case _:
            path = "/join/%00%3Cscript%3E/"
    with clock.frozen(at):
        for page in (path, f"{path}register/"):
            answer = Client().get(page)
            assert answer.status_code == status
            assert title in answer.content.decode()
            assert "Dora" not in answer.content.decode()


def _used(dora: Person) -> str:
    _invitation, token = invite(dora.caller, email="other@new.example")
    path, client = JOIN_PATH.format(token=token), Client()
    ask(client, path)
    register(client, path, code=code_to("other@new.example"), account_name="other")
    client.post(f"{path}apply/", {"contact": "O"})
    return token


def test_a_forwarded_link_is_no_good(dora: Person) -> None:
    path = link(dora, NEW)
    client = Client()
    answer = client.post(f"{path}register/", {"step": "other"})
    assert answer.status_code == 403
    assert "for another address" in answer.content.decode()
    # Whatever is typed into the form, the code goes to the address of the invitation.
    ask(client, path, "mallory@new.example")
    assert not OutgoingMail.objects.everything(reason="test").filter(recipient="mallory@new.example").exists()
    stranger = browser(plain_user())
    assert stranger.get(f"{path}apply/").status_code == 403
    assert stranger.post(f"{path}apply/", {"contact": "x"}).status_code == 403
    assert NEW not in stranger.get(path).content.decode()
    assert not Application.objects.everything(reason="test").exists()


def plain_user() -> User:
    account = plain("plain@new.example")
    return User.objects.everything(reason="test").select_related("account").get(account=account)


def test_codes_are_guessed_at_five_times_and_live_ten_minutes(dora: Person) -> None:
    path, client = link(dora, NEW), Client()
    ask(client, path)
    code = code_to(NEW)
    wrong = "000000" if code != "000000" else "111111"
    answers = [register(client, path, code=wrong).content.decode() for _ in range(5)]
    assert "This is not the code that was mailed" in answers[0]
    assert "Too many wrong codes" in answers[4]
    assert "Too many wrong codes" in register(client, path, code=code).content.decode()
    with clock.frozen(clock.now() + BETWEEN):
        ask(client, path)
        at = clock.now()
    with clock.frozen(at + LIFE):
        assert "too old" in register(client, path, code=code_to(NEW)).content.decode()
    assert not Account.objects.everything(reason="test").filter(account_name="nina").exists()


def test_what_is_wrong_stands_beside_its_field_and_the_code_stays_good(dora: Person) -> None:
    path, client = link(dora, NEW), Client()
    ask(client, path)
    code = code_to(NEW)
    for field, value in {
        "account_name": "dora_account",
        "legal_name": "1234",
        "mobile": "not a number",
        "region": "XX",
        "password": "short",
    }.items():
        given = {"code": code, field: value} | ({"again": value} if field == "password" else {})
        answer = register(client, path, **given)
        assert answer.status_code == 422, field
        assert set(answer.context["form"].errors) <= {field, "again"}, field  # type: ignore[attr-defined]  # of a test client
    assert register(client, path, code=code).status_code == 302


def test_a_source_and_a_number_are_limited(dora: Person) -> None:
    path = link(dora, is_reusable=True)
    for number in range(CODES_PER_SOURCE):
        ask(Client(), path, f"n{number}@new.example")
    over = ask(Client(), path, "late@new.example")
    assert (over.status_code, "too many attempts" in over.content.decode()) == (422, True)
    assert ask(Client(), path, "late@new.example", source="198.51.100.7").status_code == 200
    client = Client()
    ask(client, path, NEW, source="198.51.100.7")
    answers = [register(client, path, code="000000", account_name=f"n{one}") for one in range(TRIES_PER_NUMBER + 1)]
    assert "with this number" not in answers[-2].content.decode()
    assert "with this number" in answers[-1].content.decode()


def test_a_reseller_takes_new_customers_alone(rita: Person) -> None:
    """tencent:A.2: S may only bind newly registered customers."""
    user = plain_user()
    with clock.frozen(clock.now() + timedelta(seconds=1)):  # the account was there before
        path, client = link(rita, is_reusable=True), browser(user)
    assert "for a new account" in client.get(path).content.decode()
    answer = client.post(f"{path}apply/", {"contact": "x"})
    assert answer.status_code == 422
    assert not Application.objects.everything(reason="test").exists()
    failed = InvitationEvent.objects.everything(reason="test").get(what="failed")
    assert (failed.cause, failed.account_id) == ("not-new", user.account_id)


def test_a_rejected_applicant_reads_why_and_applies_again(dora: Person) -> None:
    _invitation, token = invite(dora.caller, email=NEW)
    path, client = JOIN_PATH.format(token=token), Client()
    ask(client, path)
    register(client, path, code=code_to(NEW))
    client.post(f"{path}apply/", {"contact": "Nina"})
    account = Account.objects.everything(reason="test").get(account_name="nina")
    assert client.get(path).headers["Location"] == "/application/", "it waits for an answer"
    reject(dora.caller, account.uin, "Which firm is this?")
    assert "Which firm is this?" in client.get("/").content.decode()
    assert client.post(f"{path}apply/", {"contact": "Nina N."}).status_code == 302
    assert Application.objects.everything(reason="test").filter(account=account).count() == 2


def test_an_application_is_taken_back(dora: Person) -> None:
    account = applicant(dora)
    user = User.objects.everything(reason="test").select_related("account").get(account=account)
    client = browser(user)
    assert client.post("/application/withdraw/", follow=True).status_code == 200
    assert "was taken back" in client.get("/application/").content.decode()
    assert client.post("/application/withdraw/").status_code == 404
    assert AuditEvent.objects.everything(reason="test").filter(action="application.withdrawn").count() == 1


@pytest.mark.parametrize("address", ["javascript:alert(1)", "http://paper.example/", "https://a:b@paper.example/", "x"])
def test_links_of_applicants_are_https_alone(address: str, dora: Person) -> None:
    _invitation, token = invite(dora.caller, role=RESELLER)
    client = browser(plain_user())
    answer = client.post(f"/join/{token}/apply/", {"contact": "x", "material_url": address})
    assert answer.status_code == 422
    assert f'href="{address}"' not in answer.content.decode()


@pytest.mark.parametrize(("language", "words"), [("zh-CN,zh", "zh-hans"), ("ja", "ja"), ("fr", "en")])
def test_strangers_are_spoken_to_in_the_language_of_their_browser(language: str, words: str, dora: Person) -> None:
    answer = Client().get(link(dora, NEW), headers={"accept-language": language})
    assert f'<html lang="{words}"' in answer.content.decode()
