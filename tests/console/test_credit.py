"""Pages of credit: what remains, allocations with preview, pools and lines, statements that open to their causes."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from openpartner.core.access.roles import Preset
from openpartner.core.accounts.models import Flag
from openpartner.core.audit.models import AuditEvent
from openpartner.core.billing.models import MonthState
from openpartner.core.credit.allocations import allocate_credit, allocate_pool
from openpartner.core.credit.grants import grant_line
from openpartner.core.credit.models import CreditAllocation
from openpartner.core.credit.queries import credit_of, credit_of_partner
from openpartner.core.jobs.results import open_result
from openpartner.core.ledger.models import Transfer
from openpartner.core.mail.models import OutgoingMail
from openpartner.core.partners.commands import grant_flag
from openpartner.kit.money import Money
from openpartner.listings.exports import fetch_export, start_export
from openpartner.listings.records import Format
from openpartner.worker.run import Worker
from tests.console.organization.people import browser, member
from tests.support import bills
from tests.support.people import World

pytestmark = pytest.mark.django_db

KEY = re.compile(r'name="form_key" value="([0-9a-f-]{36})"')


def usd(amount: str) -> Money:
    return Money.of(Decimal(amount), "USD")


@pytest.fixture
def lined(world: World) -> World:
    """dora's line is 1050.1, of which cora has 50 (tencent:D.3, QueryPartnerCredit); rita's pool is 100."""
    grant_line(world.pia.caller, partner=world.dora.account, change=usd("1050.1"), key="line")
    allocate_credit(world.dora.caller, customer=world.cora.account, change=usd("50"), remark="first", key="cora")
    allocate_pool(world.dora.caller, reseller=world.rita.account, change=usd("100"), key="rita")
    return world


def text_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def sent(client: Client, address: str, **given: str) -> tuple[int, str]:
    """The status and text of a form that is sent as a browser sends it."""
    key = KEY.findall(client.get(address).content.decode())[-1]
    answer = client.post(address, {"form_key": key, **given})
    return answer.status_code, answer.content.decode()


def confirmed(client: Client, address: str, **given: str) -> str:
    """Send a form, confirm its preview twice, as a double click does, and read the page that follows."""
    status, page = sent(client, address, **given)
    assert status == 200
    confirmation = {**given, "form_key": KEY.findall(page)[-1], "confirm": "1"}
    answers = [client.post(address, confirmation) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302], answers[0].content.decode()
    return text_of(client, answers[1]["Location"])


def test_setting_credit_shows_what_will_be_and_then_does_it_once(lined: World) -> None:
    client = browser(lined.dora)
    address = f"/customers/{lined.cora.account_id}/credit/set/"
    assert "900.10" in text_of(client, address), "left: 1050.1 - 50 - 100"
    status, page = sent(client, address, way="give", amount="10.000001", remark="for <you>")
    assert status == 200
    assert re.findall(r'<td class="number"><span class="sum">(.*?)</span></td>', page) == [
        f"{amount} <small>USD</small>"
        for amount in (
            '50.00<span class="fine"></span>',
            '60.00<span class="fine">0001</span>',
            '50.00<span class="fine"></span>',
            '60.00<span class="fine">0001</span>',
            '900.10<span class="fine"></span>',
            '890.09<span class="fine">9999</span>',
        )
    ]
    assert "for &lt;you&gt;" in page
    assert credit_of(lined.cora.account).total == 50_000_000, "a preview changes nothing"
    told = confirmed(client, address, way="give", amount="10.000001", remark="for <you>")
    assert "The credit was changed by 10.000001 USD. Available now: 60.000001 USD." in told
    assert credit_of(lined.cora.account).total == 60_000_001
    assert credit_of_partner(lined.dora.account).remaining == usd("890.099999")
    assert CreditAllocation.objects.everything(reason="test").filter(remark="for <you>").count() == 1
    told = confirmed(client, address, way="take", amount="60.000001", remark="")
    assert "The credit was changed by \N{MINUS SIGN}60.000001 USD. Available now: 0.00 USD." in told


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"way": "give", "amount": "900.100001"}, "more than may still be allocated"),
        ({"way": "take", "amount": "50.000001"}, "more than is available"),
        ({"way": "give", "amount": "0"}, "greater than or equal to 0.000001"),
        ({"way": "give", "amount": "-1"}, "greater than or equal to 0.000001"),
        ({"way": "give", "amount": "0.0000001"}, "no more than 6 decimal places"),
        ({"way": "give", "amount": "NaN"}, "Enter a number"),
        ({"way": "give", "amount": "1e30"}, "no more than 18 digits"),
        ({"way": "give", "amount": ""}, "This field is required"),
        ({"way": "both", "amount": "1"}, "Select a valid choice"),
        ({"way": "give", "amount": "1", "remark": "x" * 256}, "at most 255 characters"),
    ],
)
@pytest.mark.parametrize("step", [{}, {"confirm": "1"}])
def test_what_cannot_be_is_refused_beside_its_field(
    lined: World, given: dict[str, str], why: str, step: dict[str, str]
) -> None:
    client = browser(lined.dora)
    status, page = sent(client, f"/customers/{lined.cora.account_id}/credit/set/", **given, **step)
    assert status == 422
    assert why in page
    assert credit_of(lined.cora.account).total == 50_000_000


def test_a_preview_can_be_changed_again(lined: World) -> None:
    client = browser(lined.dora)
    address = f"/customers/{lined.cora.account_id}/credit/set/"
    _, page = sent(client, address, way="take", amount="5", remark="wait")
    key = KEY.findall(page)[-1]
    again = client.post(address, {"way": "take", "amount": "5", "remark": "wait", "form_key": key, "edit": "1"})
    form = again.content.decode()
    assert 'value="5"' in form
    assert "wait</textarea>" in form
    assert re.search(r'value="take"[^>]*checked', form)


@pytest.mark.parametrize("who", ["otto", "carl", "rita", "oona"])
def test_credit_of_others_is_not_there(lined: World, who: str) -> None:
    """carl is a customer of dora's reseller: only rita gives to him; the pages of others look like nobody's."""
    client = browser(lined.dora)
    assert client.get(f"/customers/{lined[who].account_id}/credit/set/").status_code == 404
    assert client.get(f"/customers/{'f' * 32}/credit/set/").status_code == 404


def test_a_statement_has_the_running_balance_and_opens_to_causes(lined: World) -> None:
    client = browser(lined.dora)
    allocate_credit(lined.dora.caller, customer=lined.cora.account, change=usd("-20.5"), remark="back", key="two")
    text = text_of(client, f"/customers/{lined.cora.account_id}/credit/statement/")
    assert re.search(r"Credit reclaimed −20.50 29.50 USD .*Credit allocated 50.00 50.00 USD", text), text
    data = client.get(f"/customers/{lined.cora.account_id}/credit/statement.json").json()
    assert [(row["change"], row["after"]) for row in data["rows"]] == [
        ("-20.500000", "29.500000"),
        ("50.000000", "50.000000"),
    ]
    posting = Transfer.objects.order_by("-pk").first()
    assert posting is not None
    page = text_of(client, f"/postings/{posting.pk}/")
    for words in ("Credit reclaimed", "−20.50", "29.50", "dora_account/", "back"):
        assert words in page, words


def test_a_posting_shows_each_side_to_whom_it_belongs(lined: World) -> None:
    posting = Transfer.objects.get(key=f"credit_allocation:{row_of('first')}")
    address = f"/postings/{posting.pk}/"
    assert "Credit to allocate" in text_of(browser(lined.dora), address)
    customers = text_of(browser(lined.cora), address)
    assert "Available credit" in customers
    for hidden in ("Credit to allocate", "dora_account/", "first", "1,000"):
        assert hidden not in customers, hidden
    for stranger in ("rita", "olga", "otto", "sol"):
        text_of(browser(lined[stranger]), address, 404)
    text_of(browser(lined.dora), "/postings/999999999/", 404)


def row_of(remark: str) -> int:
    return CreditAllocation.objects.everything(reason="test").get(remark=remark).pk


def test_a_partner_sees_its_credit_at_a_glance(lined: World) -> None:
    text = text_of(browser(lined.dora), "/credit/")
    assert re.search(r"Left to allocate 900.10 USD of 1,050.10 USD in all", text), text
    assert re.search(r"Allocated 150.00 USD", text)
    assert re.search(r"Credit of your customers 50.00 USD", text)
    provider = text_of(browser(lined.pia), "/credit/")
    assert re.search(r"Credit lines granted 1,050.10 USD Not given to customers yet: 1,000.10 USD", provider), provider


def test_customers_in_arrears_are_named(lined: World) -> None:
    bills.publish_lines(lined, "2026-10", [bills.line(lined.cora, date(2026, 10, 5), "50.5")])
    while Worker().once():
        pass
    assert re.search(r"In arrears C\*+ −0.50 USD", text_of(browser(lined.dora), "/credit/"))
    page = text_of(browser(lined.dora), f"/customers/{lined.cora.account_id}/credit/")
    assert "In arrears: services stop" in page


def test_a_customer_sees_its_own_credit_and_not_who_gave_it(lined: World) -> None:
    client = browser(lined.cora)
    assert client.get("/credit/")["Location"] == f"/customers/{lined.cora.account_id}/credit/"
    text = text_of(client, f"/customers/{lined.cora.account_id}/credit/")
    assert "50.00 USD" in text
    for hidden in ("first", "dora_account/", "Set credit", "Allocation records"):
        assert hidden not in text, hidden
    records = text_of(client, f"/customers/{lined.cora.account_id}/credit/records/")
    assert "first" not in records


def test_a_distributor_changes_a_pool_and_the_provider_a_line(lined: World) -> None:
    address = f"/resellers/{lined.rita.account_id}/credit/set/"
    told = confirmed(browser(lined.dora), address, way="give", amount="11.25", remark="more")
    assert "It comes to 111.25 USD now." in told
    assert "An empty pool stops nobody" in told
    status, page = sent(browser(lined.dora), address, way="take", amount="111.250001")
    assert (status, "more than is available" in page) == (422, True)
    line = f"/resellers/{lined.dora.account_id}/credit/set/"
    assert "It comes to 1,051.10 USD now." in confirmed(browser(lined.pia), line, way="give", amount="1", remark="")
    assert credit_of_partner(lined.dora.account).total == usd("1051.1")
    # A pool is its distributor's: the provider looks at it and does not change it.
    text_of(browser(lined.pia), f"/resellers/{lined.rita.account_id}/credit/", 200)
    text_of(browser(lined.pia), address, 404)
    text_of(browser(lined.dora), f"/resellers/{lined.ruth.account_id}/credit/", 404)


def test_a_policy_is_tried_before_it_is_decided(lined: World) -> None:
    """tencent:F.1: at zero nothing stops unless the policy says so; the dry run names whom it would stop."""
    allocate_credit(lined.dora.caller, customer=lined.cora.account, change=usd("-50"), key="all back")
    client = browser(lined.dora)
    status, page = sent(client, "/credit/policy/", stop_at_zero="yes")
    assert status == 200
    assert "1 customer stops now: C" in page
    confirmed(client, "/credit/policy/", stop_at_zero="yes")
    assert "resumes now" in sent(client, "/credit/policy/", stop_at_zero="no")[1]


def test_alerts_and_privileges_of_a_customer(lined: World) -> None:
    client = browser(lined.dora)
    address = f"/customers/{lined.cora.account_id}/credit/terms/"
    assert "non-stop" not in client.get(address).content.decode()
    assert sent(client, address, thresholds="50, 25, 5 %")[0] == 302
    assert re.search(r"Alerts at 50 % 25 % 10 % 5 % 0 %", text_of(client, address.replace("terms/", "")))
    for wrong in ("100", "-1", "half", "1.5", ",".join(str(one) for one in range(30, 60))):
        assert sent(client, address, thresholds=wrong)[0] == 422, wrong
    grant_flag(lined.pia.caller, account_id=lined.dora.account_id, flag=Flag.NON_STOP)
    assert sent(client, address, thresholds="", is_non_stop="on")[0] == 302
    assert "never: non-stop privilege" in text_of(client, address.replace("terms/", ""))


def test_every_change_is_recorded(lined: World) -> None:
    def recorded() -> int:
        return AuditEvent.objects.everything(reason="test").filter(action="credit.allocated").count()

    before = recorded()
    client, address = browser(lined.dora), f"/customers/{lined.cora.account_id}/credit/set/"
    sent(client, address, way="give", amount="1", remark="")
    assert recorded() == before
    confirmed(client, address, way="give", amount="1", remark="")
    assert recorded() == before + 1


def test_people_without_the_permission_see_and_change_nothing(lined: World) -> None:
    reader = browser(member(lined.dora, "reader", Preset.READ_ONLY))
    assert reader.get(f"/customers/{lined.cora.account_id}/credit/").status_code == 200
    assert reader.get(f"/customers/{lined.cora.account_id}/credit/set/").status_code == 403
    assert reader.get("/credit/policy/").status_code == 403


def test_lists_tell_credit_and_expenditure(lined: World) -> None:
    """The columns join the lists of customers and resellers, on the page as in its files."""
    lines = [bills.line(lined[name], date(2026, 10, 5), amount) for name, amount in (("cora", "12.5"), ("carl", "3"))]
    bills.publish_lines(lined, "2026-10", lines, state=MonthState.FINAL)
    client = browser(lined.dora)
    columns = "columns=uin,available,credit,spent,currency"
    rows = client.get(f"/customers.json?{columns}").json()["rows"]
    told = {row["uin"]: (row["available"], row["credit"], row["spent"], row["currency"]) for row in rows}
    assert told[str(lined.cora.uin)] == ("37.500000", "50.000000", "12.500000", "USD")
    assert told[str(lined.chen.uin)] == ("", "", "", "USD"), "never had credit or a bill"
    page = text_of(client, f"/customers/?{columns}")
    assert re.search(r"37.50 50.00 12.50 USD", page), page
    pools = client.get("/resellers.json?columns=uin,credit,credit_left").json()["rows"]
    assert pools == [{"uin": str(lined.rita.uin), "credit": "100.000000", "credit_left": "100.000000"}]
    job = start_export(lined.dora.caller, listing="customers", query=columns, file_format=Format.CSV)
    assert Worker().once() >= 1
    with open_result(lined.dora.caller, fetch_export(lined.dora.caller, job_id=job.pk))[1] as file:
        assert f'"{lined.cora.uin}",37.500000,50.000000,12.500000,"USD"' in file.read().decode()


def test_alerts_go_to_the_recipients_and_stand_in_the_list(lined: World) -> None:
    """tencent:B.2: at 25, 10 and 0 percent of the total, to partner and customer."""
    client = browser(lined.dora)
    address = "/credit/alerts/recipients/"
    assert sent(client, address, emails="desk@example.com\n\n till@example.com ")[0] == 302
    assert "desk@example.com\ntill@example.com</textarea>" in client.get(address).content.decode()
    status, page = sent(client, address, emails="desk@example.com\nnobody")
    assert (status, "no address" in page) == (422, True)
    lines = [bills.line(lined.cora, date(2026, 10, 5), "44")]  # 6 of 50 are left: below 25, above 10 percent
    bills.publish_lines(lined, "2026-10", lines)
    while Worker().once():
        pass
    told = {mail.recipient for mail in OutgoingMail.objects.everything(reason="test").filter(template="credit-low")}
    assert told == {"desk@example.com", "till@example.com", "cora@example.com"}
    rows = client.get("/credit/alerts.json").json()["rows"]
    assert [(row["notice"], row["percent"], row["available"]) for row in rows] == [("Credit is low", 25, "6.000000")]
    assert "Credit is low" in text_of(browser(lined.cora), "/credit/alerts/")
    assert "Credit is low · 25 %" in text_of(client, f"/customers/{lined.cora.account_id}/credit/")
    for other in ("rita", "sol", "carl"):
        assert browser(lined[other]).get("/credit/alerts.json").json()["rows"] == []
    assert browser(lined.cora).get(address).status_code in {403, 404}
