"""Pages of budgets: setting one with before and after, several with the result of each, quotas of resellers."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.db import transaction
from django.test import Client

from openpartner.core.access.roles import Preset
from openpartner.core.accounts.models import Flag
from openpartner.core.base.kinds import Suspension
from openpartner.core.budgets.alerts import check
from openpartner.core.budgets.commands import Wanted, set_budget
from openpartner.core.budgets.models import Budget, BudgetKind, BudgetRecord, Exhaustion
from openpartner.core.budgets.quota_alerts import check_quotas
from openpartner.core.budgets.rights import quotas_of
from openpartner.core.customers.models import Right
from openpartner.core.customers.rights import grant_right
from openpartner.core.customers.suspension import freeze
from openpartner.core.ledger.models import Use
from openpartner.core.mail.models import OutgoingMail
from openpartner.core.partners.commands import grant_flag
from openpartner.kit import clock
from tests.budgets.spending import OCTOBER, spend
from tests.budgets.test_consumption import put
from tests.console.organization.people import browser, member
from tests.console.test_credit import KEY, confirmed, sent, text_of
from tests.support.people import Person, World

pytestmark = pytest.mark.django_db

UNIT = 1_000_000


def given(amount: str, kind: BudgetKind = BudgetKind.MONTHLY, **more: str) -> dict[str, str]:
    """A form that sets a budget."""
    return {"amount": amount, "kind": str(kind.value), "exhaustion": "0", **more}


def budget(customer: Person) -> Budget | None:
    return Budget.objects.everything(reason="test").filter(customer=customer.account_pk).first()


def test_setting_a_budget_shows_what_will_be_and_then_does_it_once(world: World) -> None:
    """huawei:E1: a monthly budget counts the month's list price; 30 of 120 are 25 %."""
    with clock.frozen(OCTOBER):
        spend(world, world.cora, "2026-10", "30")
        client, address = browser(world.dora), f"/customers/{world.cora.account_id}/budget/"
        assert "No budget" in text_of(client, address)
        status, page = sent(client, f"{address}set/", **given("120", exhaustion="1"))
        assert status == 200
        sums = re.findall(r'<td class="number"><span class="sum">([0-9,.]+)', page)
        assert sums == ["0.00", "120.00", "0.00", "30.00", "0.00", "90.00"]
        assert budget(world.cora) is None, "a preview changes nothing"
        told = confirmed(client, f"{address}set/", **given("120", exhaustion="1"))
        assert "The budget is 120.00 USD now; 90.00 USD of it is left." in told
        assert re.search(r"Used 30\.00 USD 25 %", told), told
        held = budget(world.cora)
        assert held is not None
        assert (held.micros, held.kind, held.exhaustion) == (120 * UNIT, BudgetKind.MONTHLY, Exhaustion.ACCOUNT)
        assert BudgetRecord.objects.everything(reason="test").filter(customer=world.cora.account_pk).count() == 1
        overview = text_of(client, f"/customers/{world.cora.account_id}/")
        assert re.search(r"Budget · Monthly 25 % 30\.00 USD / 120\.00 USD", overview), overview
        # One-time counts from now on: what was spent of the month is not of it.
        _, page = sent(client, f"{address}set/", **given("20", BudgetKind.PACKAGE))
        assert "Monthly → One-time" in page
        assert "used up at once" not in page
        assert "used up at once" in sent(client, f"{address}set/", **given("30"))[1]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"amount": "0"}, "greater than or equal to 0.000001"),
        ({"amount": "1.001"}, "has more than two decimals"),
        ({"amount": "2147483648"}, "at most 2147483647"),
        ({"amount": "NaN"}, "Enter a number"),
        ({"amount": ""}, "This field is required"),
        ({"kind": "3"}, "Select a valid choice"),
        ({"exhaustion": "9"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(world: World, change: dict[str, str], why: str) -> None:
    """huawei:E1: (0, 2147483647], two decimals."""
    address = f"/customers/{world.cora.account_id}/budget/set/"
    for step in ({}, {"confirm": "1"}):
        status, page = sent(browser(world.dora), address, **{**given("5"), **change, **step})
        assert (status, why in page) == (422, True)
    assert budget(world.cora) is None


def test_setting_a_budget_can_lift_a_suspension(world: World) -> None:
    """huawei:B5, "Unfreeze now"."""
    freeze(world.dora.caller, account_ids=[world.cora.account_id], level=Suspension.ACCOUNT, reason="test")
    client, address = browser(world.dora), f"/customers/{world.cora.account_id}/budget/set/"
    assert "The customer stays suspended." in sent(client, address, **given("5"))[1]
    confirmed(client, address, **given("5"))
    assert world.cora.account.suspension == Suspension.ACCOUNT
    confirmed(client, address, **given("5", is_resuming="on"))
    assert world.cora.account.suspension == Suspension.NONE
    assert "is_resuming" not in client.get(address).content.decode()


def test_several_are_set_at_once_with_the_result_of_each(world: World) -> None:
    client, address = browser(world.dora), "/customers/budgets/"
    rows = [world.cora.account_id, world.chen.account_id, world.otto.account_id]
    first = client.post(address, {"row": rows})
    assert first.status_code == 200
    key = KEY.findall(first.content.decode())[-1]
    answers = [client.post(address, {"row": rows, "confirm": "1", "form_key": key, **given("9.5")}) for _ in range(2)]
    assert answers[0].content == answers[1].content
    page = answers[0].content.decode()
    assert "2 customers were changed." in page
    assert "Not one of your own customers" in page
    for name in ("cora", "chen"):
        held = budget(world[name])
        assert held is not None
        assert held.micros == 9_500_000
    assert budget(world.otto) is None
    assert client.post(address, {"row": rows, "confirm": "1", **given("0")}).status_code == 422


def test_records_tell_every_setting(world: World) -> None:
    client, address = browser(world.dora), f"/customers/{world.cora.account_id}/budget/"
    for amount in ("5", "7.25"):
        confirmed(client, f"{address}set/", **given(amount))
    rows = client.get(f"{address}records.json").json()["rows"]
    assert [row["amount"] for row in rows] == ["7.250000", "5.000000"]
    assert re.search(r"Set Monthly 7\.25 USD Nothing by itself dora", text_of(client, address))


def test_quotas_bound_what_a_reseller_sets(world: World) -> None:
    """huawei:E1, 9: without a quota no budget; together no more than it; taken away, budgets stay."""
    grant_right(world.dora.caller, reseller=world.rita.account_id, right=Right.SET_BUDGET)
    dora, rita = browser(world.dora), browser(world.rita)
    quotas = f"/resellers/{world.rita.account_id}/budget-quotas/"
    address = f"/customers/{world.carl.account_id}/budget/set/"
    status, page = sent(rita, address, **given("10"))
    assert (status, "has not granted this reseller a quota" in page) == (422, True), page
    monthly = {"kind": "1", "amount": "100"}
    told = confirmed(dora, quotas, way="grant", **monthly)
    assert re.search(r"Monthly: 100\.00 USD", told), told
    assert sent(rita, address, **given("100.01"))[0] == 422
    confirmed(rita, address, **given("100"))
    confirmed(dora, quotas, way="revoke", kind="1")
    assert quotas_of(world.rita.account_pk) == {}
    assert budget(world.carl) is not None
    assert sent(dora, quotas, way="revoke", kind="1")[0] == 422
    assert sent(dora, quotas, way="grant", kind="1", amount="")[0] == 422
    text_of(dora, f"/resellers/{world.ruth.account_id}/budget-quotas/", 404)
    text_of(browser(world.pia), quotas, 404)


def test_budgets_of_others_are_not_there(world: World) -> None:
    for name in ("olga", "sol", "cora", "pia", "rita"):
        text_of(browser(world[name]), f"/customers/{world.cora.account_id}/budget/", 404)
    customers = text_of(browser(world.cora), f"/customers/{world.cora.account_id}/")
    assert "Budget" not in customers
    assert browser(world.cora).get(f"/customers/{world.cora.account_id}/budget/records/").status_code == 404
    reader = browser(member(world.dora, "reader", Preset.READ_ONLY))
    assert reader.get(f"/customers/{world.cora.account_id}/budget/").status_code == 200
    assert reader.get(f"/customers/{world.cora.account_id}/budget/set/").status_code == 403


def test_several_are_shown_with_what_they_would_have_before_it_is_done(world: World) -> None:
    """huawei:E1: a new value replaces the old one; of the month's 30 a budget of 120 leaves 90."""
    with clock.frozen(OCTOBER):
        spend(world, world.cora, "2026-10", "30")
        client, address = browser(world.dora), "/customers/budgets/"
        confirmed(client, f"/customers/{world.cora.account_id}/budget/set/", **given("50"))
        rows = [world.cora.account_id, world.chen.account_id]
        assert "50.00" in client.post(address, {"row": rows}).content.decode(), "what there is now"
        page = client.post(address, {"row": rows, "confirm": "1", "try": "1", **given("120")}).content.decode()
        sums = re.findall(r'<span class="sum">([^<]*)', page)
        assert [one.strip() for one in sums] == [
            *("50.00", "120.00", "30.00", "20.00", "90.00"),
            *("0.00", "120.00", "0.00", "0.00", "120.00"),
        ]
        held = budget(world.cora)
        assert held is not None
        assert (held.micros, budget(world.chen)) == (50 * UNIT, None), "a preview changes nothing"
        again = client.post(address, {"row": rows, "confirm": "1", "edit": "1", **given("120")}).content.decode()
        assert 'value="120"' in again
        assert "2 customers were changed." in sent_many(client, address, rows, page, **given("120"))


def sent_many(client: Client, address: str, rows: list[str], page: str, **values: str) -> str:
    """The end of a form for several, sent from its preview."""
    key = KEY.findall(page)[-1]
    return client.post(address, {"row": rows, "confirm": "1", "form_key": key, **values}).content.decode()


def test_a_reseller_that_sets_no_budgets_is_not_offered_to(world: World) -> None:
    """huawei:B19: the distributor lets a reseller set budgets, or does not."""
    rita, row = browser(world.rita), {"row": [world.carl.account_id]}
    assert "Set budget" not in text_of(rita, "/customers/")
    assert rita.post("/customers/budgets/", row).status_code == 404
    grant_right(world.dora.caller, reseller=world.rita.account_id, right=Right.SET_BUDGET)
    assert "Set budget" in text_of(rita, "/customers/")
    assert rita.post("/customers/budgets/", row).status_code == 200


def test_alerts_are_listed_for_partner_and_distributor_and_go_to_the_recipients(world: World) -> None:
    """huawei:B16: 95 of carl's 100 are more than 90 %; the customer and strangers are not told."""
    recipients = "/budgets/alerts/recipients/"
    assert sent(browser(world.dora), recipients, emails="no address")[0] == 422
    assert sent(browser(world.dora), recipients, emails="\n".join(f"a{n}@example.com" for n in range(21)))[0] == 422
    assert sent(browser(world.dora), recipients, emails="ops@example.com\n\n ops@example.com")[0] == 302
    with clock.frozen(OCTOBER):
        spend(world, world.carl, "2026-10", "95")
        wanted = Wanted(amount=Decimal(100))
        set_budget(world.dora.caller, customer=world.carl.account_id, wanted=wanted, reseller=world.rita.account_id)
        with transaction.atomic():
            check([world.carl.account_pk])
    # Of its resellers' customers a distributor sees what the allowlist opens (seed 000).
    grant_flag(world.pia.caller, account_id=world.dora.account_id, flag=Flag.INDIRECT_CUSTOMER_VIEW)
    for name in ("dora", "rita"):
        rows = browser(world[name]).get("/budgets/alerts.json").json()["rows"]
        assert [(row["percent"], row["used"], row["amount"]) for row in rows] == [
            ("90 %", "95.000000", "100.000000"),
            ("75 %", "95.000000", "100.000000"),
        ]
    assert browser(world.ruth).get("/budgets/alerts.json").json()["rows"] == []
    assert browser(world.carl).get("/budgets/alerts/").status_code == 404
    mails = OutgoingMail.objects.everything(reason="test").filter(template="budget-reached")
    assert sorted(mails.values_list("recipient", flat=True)) == sorted(["ops@example.com", world.rita.account.email])


def test_the_quota_of_a_partner_is_told_and_watched(world: World) -> None:
    """huawei:E3: used = due + unbilled - balance - coupons = 700 + 80.5 - 30 - 10 = 740.5, 74 % of 1000."""
    quota = f"/resellers/{world.dora.account_id}/consumption-quota/"
    put(world, (Use.DUE, "dora"), (Use.EARNED, "pia"), "700")
    put(world, (Use.UNBILLED, "dora"), (Use.EARNED, "pia"), "80.5")
    put(world, (Use.OUTSIDE, "pia"), (Use.BALANCE, "dora"), "30")
    put(world, (Use.QUOTA_SOURCE, "pia"), (Use.VOUCHER, "dora"), "10")
    confirmed(browser(world.pia), quota, amount="1000")
    text_of(browser(world.dora), quota, 404)
    text_of(browser(world.pia), f"/resellers/{world.rita.account_id}/consumption-quota/", 404)
    page = text_of(browser(world.dora), "/credit/consumption/")
    assert re.search(r"Used 740\.50 USD 74 % Left 259\.50 USD", page), page
    assert re.search(r"Due 700\.00 USD Not billed yet 80\.50 USD .* 30\.00 USD Less coupons 10\.00 USD", page), page
    text_of(browser(world.rita), "/credit/consumption/", 404)

    def looked() -> int:
        with transaction.atomic():
            return check_quotas([world.dora.account_pk])

    assert looked() == 0, "74 % is below the 80 that nobody has changed"
    threshold = "/credit/consumption/threshold/"
    assert sent(browser(world.dora), threshold, percent="101")[0] == 422
    assert sent(browser(world.dora), threshold, percent="74")[0] == 302
    assert [looked(), looked()] == [1, 0], "told once while it lasts"
    put(world, (Use.OUTSIDE, "pia"), (Use.BALANCE, "dora"), "100")
    assert looked() == 0
    put(world, (Use.DUE, "dora"), (Use.EARNED, "pia"), "100")
    assert looked() == 1, "and again after less was used in between"
    mails = OutgoingMail.objects.everything(reason="test").filter(template="consumption-reached")
    assert list(mails.values_list("recipient", flat=True)) == [world.dora.account.email] * 2
    assert "740.50 USD / 1,000.00 USD" in text_of(browser(world.dora), "/credit/consumption/")
