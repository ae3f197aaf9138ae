"""Bill confirmation in the console: one, several, what comes back, and the records of it (tencent:B.7)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from openpartner.core.billing.models import MonthState
from openpartner.core.credit.allocations import allocate_credit
from openpartner.core.credit.grants import grant_line
from openpartner.core.credit.models import BillConfirmation
from openpartner.core.credit.queries import credit_of
from openpartner.kit.money import Money
from tests.console.organization.people import browser
from tests.support import bills
from tests.support.people import World

pytestmark = pytest.mark.django_db

MONTH = "2026-10"
KEY = re.compile(r'name="form_key" value="([0-9a-f-]{36})"')


def usd(amount: str) -> Money:
    return Money.of(Decimal(amount), "USD")


def publish(world: World, amounts: dict[str, str], state: MonthState = MonthState.FINAL) -> None:
    lines = [bills.line(world[name], date(2026, 10, 5), amount) for name, amount in amounts.items()]
    bills.publish_lines(world, MONTH, lines, state=state)


@pytest.fixture
def billed(world: World) -> World:
    """cora has 50 and spends 12.5, chen has 50 and spends 60; cyro has spent nothing."""
    grant_line(world.pia.caller, partner=world.dora.account, change=usd("1000"), key="line")
    for name in ("cora", "chen"):
        allocate_credit(world.dora.caller, customer=world[name].account, change=usd("50"), key=name)
    publish(world, {"cora": "12.5", "chen": "60", "carl": "7"})
    return world


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def rows(client: Client, query: str = "") -> dict[str, tuple[str, str, str]]:
    data = client.get(f"/bill-confirmations.json?month={MONTH}{query}").json()["rows"]
    return {row["uin"]: (row["state"], row["total"], row["left"]) for row in data}


def test_the_list_has_ones_own_customers_with_a_bill(billed: World) -> None:
    client = browser(billed.dora)
    cora, chen = str(billed.cora.uin), str(billed.chen.uin)
    assert rows(client) == {
        cora: ("Unconfirmed", "12.500000", "12.500000"),
        chen: ("Unconfirmed", "60.000000", "60.000000"),
    }
    assert rows(client, "&state=confirmed") == {}
    assert list(rows(client, f"&uin={cora}")) == [cora]
    assert list(rows(browser(billed.rita))) == [str(billed.carl.uin)]
    assert rows(browser(billed.olga)) == {}
    assert browser(billed.pia).get("/bill-confirmations/").status_code == 404
    assert browser(billed.cora).get("/bill-confirmations/").status_code == 404


def test_confirming_one_shows_what_comes_back_and_does_it_once(billed: World) -> None:
    client = browser(billed.dora)
    address = f"/customers/{billed.cora.account_id}/bills/{MONTH}/confirm/"
    assert credit_of(billed.cora.account).available == 37_500_000
    page = client.post(address, {"remark": "cash", "form_key": KEY.findall(client.get(address).content.decode())[-1]})
    told = text_of(page.content.decode())
    assert re.search(r"Confirmed as paid 0.00 USD 12.50 USD Available credit 37.50 USD 50.00 USD", told), told
    assert not BillConfirmation.objects.everything(reason="test").exists()
    sent = {"remark": "cash", "form_key": KEY.findall(page.content.decode())[-1], "confirm": "1"}
    answers = [client.post(address, sent) for _ in range(2)]
    assert [answer["Location"] for answer in answers] == [f"/bill-confirmations/?month={MONTH}"] * 2
    assert "12.50 USD paid, 12.50 USD restored as credit" in client.get(answers[1]["Location"]).content.decode()
    assert credit_of(billed.cora.account).available == 50_000_000
    assert BillConfirmation.objects.everything(reason="test").count() == 1
    assert rows(client)[str(billed.cora.uin)] == ("Confirmed", "12.500000", "0.000000")
    for query in ("", "&columns=customer,total"):
        shown = client.get(f"/bill-confirmations/?month={MONTH}{query}").content.decode()
        left = [name for name in ("cora", "chen") if f"/customers/{billed[name].account_id}/bills/" in shown]
        assert left == ["chen"], "what is confirmed keeps no button, whether its state is shown or not"
    history = client.get("/bill-confirmations/history.json").json()["rows"]
    assert [(row["month"], row["paid"], row["restored"], row["remark"]) for row in history] == [
        (MONTH, "12.500000", "12.500000", "cash")
    ]
    again = client.post(address, {"remark": ""})
    assert again.status_code == 422
    assert "confirmed already" in again.content.decode()


def test_several_at_once_tell_the_result_of_each(billed: World) -> None:
    client = browser(billed.dora)
    address = f"/bill-confirmations/{MONTH}/confirm/"
    chosen = [billed[name].account_id for name in ("cora", "chen", "otto")]
    preview = client.post(address, {"row": chosen})
    told = text_of(preview.content.decode())
    assert "2 bills can be confirmed." in told
    assert re.search(r"Paid 72.50 USD Credit restored 72.50 USD", told), told
    assert "1 chosen customer has no bill" in told
    assert not BillConfirmation.objects.everything(reason="test").exists()
    key = KEY.findall(preview.content.decode())[-1]
    sent = {"row": chosen[:2], "confirm": "1", "remark": "month end", "form_key": key}
    first, again = (client.post(address, sent) for _ in range(2))
    assert first.content == again.content
    assert "2 bills were confirmed." in text_of(first.content.decode())
    assert BillConfirmation.objects.everything(reason="test").count() == 2
    assert credit_of(billed.chen.account).available == 50_000_000
    later = text_of(client.post(address, {"row": chosen[:2]}).content.decode())
    assert "0 bills can be confirmed." in later
    assert "confirmed already" in later
    for wrong in ([], ["x"], ["f" * 32 + "0"]):
        assert client.post(address, {"row": wrong}).status_code == 422


def test_an_open_month_offers_nothing(billed: World) -> None:
    publish(billed, {"cora": "1"}, state=MonthState.OPEN)
    page = browser(billed.dora).get(f"/bill-confirmations/?month={MONTH}").content.decode()
    assert "The month is not final yet" in page
    assert "/confirm/" not in page
    answer = browser(billed.dora).post(f"/customers/{billed.cora.account_id}/bills/{MONTH}/confirm/", {"remark": ""})
    assert answer.status_code == 422


@pytest.mark.parametrize("who", ["carl", "otto"])
def test_bills_of_others_are_not_there(billed: World, who: str) -> None:
    """carl is rita's customer, otto another distributor's. Nobody's looks the same."""
    client = browser(billed.dora)
    for account_id in (billed[who].account_id, "f" * 32):
        assert client.get(f"/customers/{account_id}/bills/{MONTH}/confirm/").status_code == 404
    assert client.get(f"/customers/{billed.cora.account_id}/bills/2026-13/confirm/").status_code == 404
    assert client.get(f"/customers/{billed.cyro.account_id}/bills/{MONTH}/confirm/").status_code == 409  # has no bill
