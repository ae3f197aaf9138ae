"""Acting on behalf of a customer in the console: huawei:B10, huawei:B19, and what issue 6 asks of the banner."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from openpartner.console.page import PAGES
from openpartner.core.access.roles import Preset
from openpartner.core.agreements.samples import publish_samples
from openpartner.core.audit.models import AuditEvent
from openpartner.core.customers.models import Right
from openpartner.core.customers.rights import rights_of
from openpartner.core.mail.models import OutgoingMail
from openpartner.core.on_behalf.commands import request_authorization, revoke_authorization
from openpartner.core.on_behalf.models import Authorization
from openpartner.core.on_behalf.vocabulary import State, Work
from openpartner.project.reference.whole import pages
from tests.console.organization.people import browser, member
from tests.on_behalf.support import allow, authorize
from tests.support.people import Person, World

pytestmark = pytest.mark.django_db

KEY = re.compile(r'name="form_key" value="([0-9a-f-]{36})"')
FOR = re.compile(r'name="acting_for" value="(\d+)"')
CODE = re.compile(r"\b\d{6}\b")
BANNER = "You act on behalf of"


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def sent(client: Client, address: str, **given: object) -> tuple[int, str]:
    """Status and text of a form that is sent as a browser sends it."""
    page = client.get(address).content.decode()
    hidden = {"form_key": KEY.findall(page)[-1], **({"acting_for": FOR.findall(page)[-1]} if FOR.search(page) else {})}
    answer = client.post(address, {**hidden, **given})
    return answer.status_code, answer.content.decode()


def code() -> str:
    mails = OutgoingMail.objects.everything(reason="test").filter(template="verification-code")
    return CODE.findall(mails.latest("pk").text)[0]


def switched(partner: Person, customer: Person) -> Client:
    """A browser of the partner that acts on behalf of the customer."""
    client = browser(partner)
    answer = client.post(f"/customers/{customer.account_id}/switch-role/")
    assert answer.headers["Location"] == f"/customers/{customer.account_id}/"
    return client


def test_from_the_request_to_the_revocation(world: World, pia: Person, dora: Person) -> None:
    """huawei:B10, step by step, with both letters and both codes."""
    publish_samples(pia.caller)
    cora, partner, customer = world.cora, browser(dora), browser(world.cora)
    assert "Request authorization" in text(partner, f"/customers/{cora.account_id}/")
    ask = f"/customers/{cora.account_id}/request-authorization/"
    assert "commitment letter" in text(partner, ask)
    assert sent(partner, ask, works=["orders"], text="For you.")[0] == 422, "the letter was not accepted"
    assert sent(partner, ask, works=["orders"], text="For you.", letter="on")[0] == 302
    row = Authorization.objects.everything(reason="test").get()
    assert "For you." in text(customer, "/my-partner/authorizations/")
    grant = f"/my-partner/authorizations/{row.pk}/grant/"
    version = re.findall(r'name="version" value="(\d+)"', text(customer, grant))[0]
    assert sent(customer, grant, version=version)[0] == 422, "the letter was not accepted"
    given = {"version": version, "letter": "on"}
    assert 'name="verification_code"' in sent(customer, grant, **given)[1]
    assert sent(customer, grant, **given, confirm="1")[0] == 422, "no code"
    sent(customer, grant, **given, send_code="1")
    wrong = "000000" if code() != "000000" else "111111"
    assert sent(customer, grant, **given, confirm="1", verification_code=wrong)[0] == 422
    row.refresh_from_db()
    assert row.state == State.REQUESTED
    assert sent(customer, grant, **given, confirm="1", verification_code=code())[0] == 302
    row.refresh_from_db()
    assert (row.state, row.letter is not None) == (State.GRANTED, True)
    assert "Switch role" in text(partner, f"/customers/{cora.account_id}/")
    revoke = f"/my-partner/authorizations/{row.pk}/revoke/"
    sent(customer, revoke, reason="Enough.")
    assert sent(customer, revoke, reason="Enough.", confirm="1", verification_code=code())[0] == 422, "another's code"


def test_a_session_acts_under_a_banner_on_every_page(world: World, dora: Person) -> None:
    authorize(dora, world.cora)
    client = switched(dora, world.cora)
    pages()
    for page in PAGES:
        if "GET" not in page.methods or "<" in page.route:
            continue
        answer = client.get(f"/{page.route}")
        assert answer.status_code < 500, page.route
        if answer.status_code not in {301, 302, 405} and b"<!doctype html" in answer.content:
            shown = answer.content.decode()
            assert BANNER in shown, page.route
            assert world.cora.legal_name in shown, page.route
    assert BANNER in client.get("/no/such/page/").content.decode()


def test_only_what_is_granted_is_open(world: World, dora: Person) -> None:
    authorize(dora, world.cora, Work.ORDERS)
    client = switched(dora, world.cora)
    for address, status in (
        ("/vouchers/", 200),
        (f"/customers/{world.cora.account_id}/", 200),
        ("/expenditure/", 403),  # of operations
        ("/bills/", 403),
        ("/members/", 403),
        ("/keys/", 403),
        ("/audit-log/", 403),
        ("/my-partner/authorizations/", 403),
        ("/customers/", 404),  # a customer has none
        (f"/customers/{world.chen.account_id}/", 404),
        ("/resellers/", 403),
        ("/authorizations/", 404),
    ):
        assert client.get(address).status_code == status, address
    answer = client.post(f"/customers/{world.cora.account_id}/", {"reveal": "*"})
    assert answer.status_code == 403, "personal data in full is the customer's own"


def test_oneself_one_stays(world: World, dora: Person) -> None:
    """Language, theme and profile are of the person at the browser, whomever it acts for."""
    authorize(dora, world.cora)
    client = switched(dora, world.cora)
    shown = text(client, "/profile/")
    assert BANNER in shown
    assert dora.email in shown
    assert sent(client, "/profile/", name="dora", language="en", time_zone="UTC", theme="dark")[0] in {200, 302}
    assert world.cora.user.theme == "auto"


def test_switching_back(world: World, dora: Person) -> None:
    authorize(dora, world.cora)
    client = switched(dora, world.cora)
    for _ in range(2):
        assert client.post("/switch-back/").headers["Location"] == "/"
    shown = text(client, "/customers/")
    assert BANNER not in shown
    assert str(world.chen.uin) in shown
    told = AuditEvent.objects.everything(reason="test").filter(action__startswith="role.").order_by("pk")
    assert [(one.action, one.actor_name, one.on_behalf_name) for one in told] == [
        ("role.switched", "dora_account/dora", "cora_account"),
        ("role.switched-back", "dora_account/dora", "cora_account"),
    ]


def test_it_leaves_the_role_when_it_is_revoked(world: World, dora: Person) -> None:
    """What was asked for in the customer's name is done in nobody's."""
    row = authorize(dora, world.cora)
    client, other = switched(dora, world.cora), switched(dora, world.cora)
    revoke_authorization(world.cora.caller, authorization=row.pk, reason="enough")
    answer = client.get("/vouchers/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    shown = text(client, "/")
    assert "The authorization has ended" in shown
    assert BANNER not in shown
    partial = other.get("/vouchers/", headers={"HX-Request": "true"})
    assert (partial.status_code, partial.headers["HX-Redirect"]) == (204, "/")


def test_a_form_of_another_role_is_not_carried_out(world: World, dora: Person) -> None:
    """Two tabs, one session: what was filled in as the partner is not done as the customer, nor the other way round."""
    authorize(dora, world.cora)
    client = browser(dora)
    address = f"/customers/{world.cora.account_id}/tags/"
    before = KEY.findall(text(client, address))[-1]
    client.post(f"/customers/{world.cora.account_id}/switch-role/")
    answer = client.post("/profile/", {"form_key": before, "name": "x", "language": "en", "time_zone": "UTC"})
    assert answer.status_code == 409
    assert "switched role" in answer.content.decode()
    page = text(client, "/profile/")
    acting = {"form_key": KEY.findall(page)[-1], "acting_for": FOR.findall(page)[-1]}
    client.post("/switch-back/")
    assert client.post(address, {**acting, "labels": "x"}).status_code == 409


def test_another_users_session_does_not_inherit_the_role(world: World, dora: Person) -> None:
    authorize(dora, world.cora)
    client = switched(dora, world.cora)
    session = client.session
    session["acting"] = {**session["acting"], "user": world.rita.user_pk}
    session.save()
    assert BANNER not in text(client, "/")


def test_who_may_not_act_is_offered_nothing(world: World, dora: Person) -> None:
    authorize(dora, world.cora)
    page = f"/customers/{world.cora.account_id}/"
    reader = browser(member(dora, "reader", Preset.READ_ONLY))
    assert "Switch role" not in text(reader, page)
    assert reader.post(f"{page}switch-role/").status_code == 403
    assert reader.get(f"{page}request-authorization/").status_code == 403
    assert browser(world.olga).post(f"{page}switch-role/").status_code == 404
    assert browser(dora).post(f"/customers/{world.chen.account_id}/switch-role/").status_code == 409


def test_a_reseller_without_the_permission_is_told_to_ask(world: World, rita: Person, carl: Person) -> None:
    page = f"/customers/{carl.account_id}/"
    assert "Request authorization" not in text(browser(rita), page)
    answer = browser(rita).get(f"{page}request-authorization/")
    assert answer.status_code == 403
    assert "your distributor" in answer.content.decode()


def test_a_distributor_grants_and_withdraws_permissions(world: World, dora: Person, rita: Person) -> None:
    """huawei:B19: budgets, freezes, on behalf, quotas."""
    client, tab = browser(dora), f"/resellers/{rita.account_id}/permissions/"
    assert "Permissions" in text(client, f"/resellers/{rita.account_id}/")
    assert text(client, tab).count("Not granted") == len(Right)
    for right in Right:
        assert sent(client, f"{tab}{right}/", what="grant")[0] == 302
    assert rights_of(rita.account_pk) == frozenset(Right)
    row = authorize(rita, world.carl)
    assert sent(client, f"{tab}{Right.OPERATIONS_ON_BEHALF}/", what="withdraw")[0] == 302
    row.refresh_from_db()
    assert row.works == "orders"
    assert client.get(f"{tab}nonsense/").status_code == 404
    reader = browser(member(dora, "reader", Preset.READ_ONLY))
    assert "Withdraw" not in text(reader, tab)
    assert reader.get(f"{tab}{Right.SET_BUDGET}/").status_code == 403
    for stranger in (world.olga, rita, world.pia):
        assert browser(stranger).get(tab).status_code in {403, 404}, stranger.name


def test_the_customer_reads_what_was_done(world: World, dora: Person) -> None:
    row = authorize(dora, world.cora)
    switched(dora, world.cora)
    for reader, address in (
        (world.cora, f"/my-partner/authorizations/{row.pk}/"),
        (dora, f"/authorizations/{row.pk}/"),
    ):
        assert "dora_account/dora on behalf of cora_account" in text(browser(reader), address)
    shown = text(browser(world.cora), "/audit-log/?is_on_behalf=yes")
    assert "cora_account" in shown
    assert "dora_account/dora" in shown


def test_lists_lead_to_their_authorization(world: World, dora: Person, rita: Person) -> None:
    made = request_authorization(dora.caller, account_id=world.cora.account_id, works=[Work.ORDERS])
    allow(dora, rita)
    theirs = authorize(rita, world.carl)
    shown = text(browser(dora), "/authorizations/")
    assert f"/authorizations/{made.pk}/" in shown
    assert f"/authorizations/{theirs.pk}/" not in shown, "without the flag a distributor sees its own customers"
    assert browser(dora).get(f"/authorizations/{theirs.pk}/").status_code == 404
    assert sent(browser(dora), f"/authorizations/{made.pk}/give-back/")[0] == 302
    made.refresh_from_db()
    assert made.state == State.ENDED
