"""Pages of sales: lists with masks, filters and files as seed 002 wants them, forms that refuse, and who sees what."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from openpartner.core.access.roles import Preset
from openpartner.core.audit.events import Action
from openpartner.core.audit.models import AuditEvent
from openpartner.core.sales.models import EnterpriseFact, Opportunity, ReportedCustomer, SalesTask
from openpartner.core.sales.opportunities import NewOpportunity, add_opportunity
from openpartner.core.sales.reports import NewReport, report_customer
from openpartner.core.sales.tasks import NewTask, give_task
from openpartner.core.sales.vocabulary import ReportState, Stage, TaskKind, TaskState
from openpartner.kit import clock
from tests.console.organization.people import browser, member
from tests.console.test_credit import sent, text_of
from tests.support.people import World

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 3, 1, tzinfo=UTC)
REPORT = {"company": "Quayside Foods", "email": "ann@quay.example", "amount": "1200", "currency": "USD"}


def followed(client: Client, address: str, **given: str) -> str:
    """The text of the page that a form leads to."""
    status, page = sent(client, address, **given)
    assert status == 302, page
    return page


def test_a_report_is_made_and_reviewed(world: World) -> None:
    dora, pia, sol = (browser(world[name]) for name in ("dora", "pia", "sol"))
    followed(dora, "/reported-customers/new/", **REPORT)
    row = ReportedCustomer.objects.everything(reason="test").get()
    status, page = sent(sol, "/reported-customers/new/", **REPORT)
    assert (status, "it is protected by an earlier report, or it has a partner already" in page) == (422, True)
    assert "dora" not in page.casefold()
    assert "Q**** Waiting for review" in text_of(pia, f"/reported-customers/{row.pk}/")
    followed(pia, f"/reported-customers/{row.pk}/accept/", days="30", remark="go on")
    row.refresh_from_db()
    assert row.state == ReportState.ACCEPTED
    assert "go on" in text_of(dora, f"/reported-customers/{row.pk}/")
    for stranger in ("sol", "olga", "rita"):
        assert browser(world[stranger]).get(f"/reported-customers/{row.pk}/").status_code == 404
    assert pia.get(f"/reported-customers/{row.pk}/withdraw/").status_code == 404
    assert dora.get(f"/reported-customers/{row.pk}/accept/").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"company": ""}, "This field is required"),
        ({"email": "ann"}, "no address that mail can be sent to"),
        ({"mobile": "call me"}, "no telephone number"),
        ({"amount": "-1"}, "greater than or equal to 0"),
        ({"amount": "x"}, "Enter a number"),
        ({"currency": "ABC"}, "Select a valid choice"),
        ({"region": "XX"}, "Select a valid choice"),
        ({"manager": "1"}, "Select a valid choice"),
    ],
)
def test_a_wrong_report_says_why_beside_its_field(world: World, wrong: dict[str, str], why: str) -> None:
    status, page = sent(browser(world.dora), "/reported-customers/new/", **{**REPORT, **wrong})
    assert (status, why in page) == (422, True), why
    assert not ReportedCustomer.objects.everything(reason="test").exists()


def test_personal_data_is_masked_until_it_is_revealed_and_recorded(world: World) -> None:
    """Seed 002: columns are hidden by default, the eye shows one of them whole."""
    row = report_customer(world.dora.caller, new=NewReport(company="Quayside Foods", contact="Ann Lee"))
    dora = browser(world.dora)
    for address in ("/reported-customers/", f"/reported-customers/{row.pk}/"):
        assert "Quayside" not in text_of(dora, address)
        shown = dora.post(address, {"reveal": "company" if address.endswith("customers/") else "*"})
        assert (shown.status_code, b"Quayside" in shown.content) == (200, True)
    events = AuditEvent.objects.everything(reason="test").filter(action=Action.REVEALED)
    assert events.count() == 2
    rosa = browser(member(world.dora, "rosa", Preset.READ_ONLY))
    assert rosa.post(f"/reported-customers/{row.pk}/", {"reveal": "*"}).status_code == 403


def test_tasks_are_filtered_by_customer_and_time_and_exported(world: World) -> None:
    """Seed 002: query by customer name and by the time of creation, then export what was found; masked."""
    for number, company in enumerate(("Quayside Foods", "Harbour Tools")):
        with clock.frozen(DAY + timedelta(days=number)):
            new = NewTask(kind=TaskKind.EXPANSION, title=f"Task {number}", company=company, amount=Decimal(5))
            give_task(world.pia.caller, partner=world.dora.account_id, new=new)
    dora = browser(world.dora)
    for query, seen in (
        ("customer_name_contains=quay", [True, False]),
        ("since=2026-03-02", [False, True]),
        ("until=2026-03-01", [True, False]),
        ("since=2026-03-01&until=2026-03-02", [True, True]),
        ("tab=renewal", [False, False]),
    ):
        text = text_of(dora, f"/sales-tasks/?{query}")
        assert ["Task 0" in text, "Task 1" in text] == seen, query
    rows = list(csv.DictReader(io.StringIO(dora.get("/sales-tasks.csv?since=2026-03-02").content.decode("utf-8-sig"))))
    assert [(row["Task"], row["Customer"]) for row in rows] == [("Task 1", "H****")]
    assert dora.get("/sales-tasks/?since=yesterday").status_code == 422


def test_a_task_is_processed_on_its_pages(world: World) -> None:
    new = NewTask(kind=TaskKind.RENEWAL, title="Renew", customer=world.cora.account_id, ends_on=DAY.date())
    row = give_task(world.pia.caller, partner=world.dora.account_id, new=new)
    dora, pia, address = browser(world.dora), browser(world.pia), f"/sales-tasks/{row.pk}/"
    assert "Process the task" in text_of(dora, address)
    followed(dora, f"{address}start/", text="on it")
    assert sent(dora, f"{address}progress/", percent="101", text="x")[0] == 422
    followed(dora, f"{address}progress/", percent="40", text="met them")
    followed(dora, f"{address}opportunity/", name="Renewal", amount="7", currency="USD")
    assert "40 %" in text_of(pia, address)
    assert sent(dora, f"{address}end/", end="achieved", text="")[0] == 422
    followed(dora, f"{address}end/", end="achieved", text="signed")
    row.refresh_from_db()
    assert (row.state, row.outcome) == (TaskState.ACHIEVED, "signed")
    assert "Renewal" in text_of(pia, "/opportunities/")
    status, page = sent(pia, f"{address}cancel/", text="late")
    assert (status, "already" in page) == (422, True)


def test_a_file_of_tasks_is_checked_before_it_is_given(world: World) -> None:
    pia = browser(world.pia)
    text = f"kind,partner,company,title\nexpansion,{world.dora.uin},Acme,Sell\ngift,{world.dora.uin},Acme,Sell\n"

    def brought(content: str, **more: str) -> tuple[int, str]:
        answer = pia.post("/sales-tasks/file/", {"file": SimpleUploadedFile("t.csv", content.encode()), **more})
        return answer.status_code, re.sub(r"<[^>]*>", " ", answer.content.decode())

    status, told = brought(text, apply="on")
    assert (status, "is neither expansion nor renewal" in told) == (422, True)
    assert brought("nothing\n1\n")[0] == 422
    status, told = brought(text.partition("gift")[0])
    assert (status, "New: 1" in told) == (200, True)
    assert not SalesTask.objects.everything(reason="test").exists()
    assert brought(text.partition("gift")[0], apply="on")[0] == 302
    assert SalesTask.objects.everything(reason="test").count() == 1
    assert browser(world.sol).get("/sales-tasks/file/").status_code == 404
    assert pia.get("/sales-tasks/template/").content.decode("utf-8-sig").startswith("number,kind,partner")


def test_an_opportunity_goes_its_way_on_its_pages(world: World) -> None:
    dora, pia = browser(world.dora), browser(world.pia)
    form = {"customer": str(world.cora.uin), "name": "Move", "amount": "9.5", "currency": "USD", "products": "ECS, OBS"}
    assert sent(dora, "/opportunities/new/", **{**form, "customer": str(world.otto.uin)})[0] == 422
    followed(dora, "/opportunities/new/", **form)
    row = Opportunity.objects.everything(reason="test").get()
    address = f"/opportunities/{row.pk}/"
    assert pia.get(address).status_code == 404
    followed(dora, f"{address}share/")
    assert "Move" in text_of(pia, address)
    assert sent(dora, f"{address}progress/", stage="found", text="")[0] == 422
    followed(dora, f"{address}progress/", stage="proposed", text="sent")
    followed(dora, f"{address}edit/", name="Move all", amount="10", currency="USD", products="")
    followed(dora, f"{address}end/", end="lost", text="too dear")
    row.refresh_from_db()
    assert (row.stage, row.name, row.reason) == (Stage.LOST, "Move all", "too dear")
    assert "Note progress" not in text_of(dora, address)


def test_an_offer_is_answered(world: World) -> None:
    pia, rita = browser(world.pia), browser(world.rita)
    form = {"customer": str(world.carl.uin), "name": "Renew", "currency": "USD"}
    assert sent(pia, "/opportunities/offer/", **{**form, "customer": str(world.dora.uin)})[0] == 422
    followed(pia, "/opportunities/offer/", **form)
    row = Opportunity.objects.everything(reason="test").get()
    assert row.partner_id == world.rita.account_pk
    status, page = sent(rita, f"/opportunities/{row.pk}/answer/", answer="decline", text="")
    assert (status, "is needed" in page) == (422, True)
    followed(rita, f"/opportunities/{row.pk}/answer/", answer="take")
    assert browser(world.dora).get(f"/opportunities/{row.pk}/").status_code == 404, "without the flag"


def test_links_of_facts_open_apart_and_are_https(world: World) -> None:
    row = report_customer(world.dora.caller, new=NewReport(company="Acme"))
    dora, address = browser(world.dora), f"/reported-customers/{row.pk}/"
    form = {"part": "cloud", "label": "Website", "text": "a <b>shop</b>"}
    assert sent(dora, f"{address}facts/new/", **form, link="http://acme.example")[0] == 422
    followed(dora, f"{address}facts/new/", **form, link="https://acme.example/x")
    page = dora.get(address).content.decode()
    assert 'href="https://acme.example/x" rel="noopener noreferrer" target="_blank"' in page
    assert "a &lt;b&gt;shop" in page
    assert EnterpriseFact.objects.everything(reason="test").count() == 1


def test_an_account_manager_works_with_its_own(world: World) -> None:
    """huawei:A5."""
    kim = browser(member(world.dora, "kim", Preset.ACCOUNT_MANAGER))
    other = report_customer(world.dora.caller, new=NewReport(company="Acme"))
    followed(kim, "/reported-customers/new/", company="Kim's Kites", currency="USD")
    own = ReportedCustomer.objects.everything(reason="test").get(company="Kim's Kites")
    assert own.manager is not None
    assert kim.get(f"/reported-customers/{own.pk}/").status_code == 200
    assert kim.get(f"/reported-customers/{other.pk}/").status_code == 404
    row = add_opportunity(world.dora.caller, new=NewOpportunity(name="x", customer=world.cora.account_id))
    assert kim.get(f"/opportunities/{row.pk}/").status_code == 404


def test_customers_have_no_pages_of_sales(world: World) -> None:
    carl = browser(world.carl)
    for address in ("/reported-customers/", "/opportunities/", "/sales-tasks/"):
        assert carl.get(address).status_code == 403


def test_a_customers_page_tells_its_opportunities(world: World) -> None:
    """huawei:B4: how many there are, and a way to add one. A customer does not see what is sold to it."""
    add_opportunity(world.dora.caller, new=NewOpportunity(name="Quay shop", customer=world.cora.account_id))
    address = f"/customers/{world.cora.account_id}/"
    page = browser(world.dora).get(address).content.decode()
    assert f"/opportunities/new/?customer={world.cora.uin}" in page
    assert "Quay shop" in page
    assert "Quay shop" not in browser(world.pia).get(address).content.decode(), "it is not shared"
    assert "Quay shop" not in browser(world.cora).get(address).content.decode()
