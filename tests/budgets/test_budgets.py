"""Budgets. Rules: huawei:E1 by number, huawei:D3, huawei:B5, huawei:B16, huawei:B19."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import transaction

from openpartner.core.base.errors import Invalid, LimitReached, NotAllowed, NotVisible
from openpartner.core.base.kinds import Suspension
from openpartner.core.budgets.alerts import check
from openpartner.core.budgets.commands import (
    CHECK,
    Wanted,
    WrongAssociation,
    grant_quota,
    revoke_quota,
    set_budget,
    set_budgets,
    set_recipients,
)
from openpartner.core.budgets.models import BudgetAlert, BudgetKind, BudgetOperation, BudgetRecord, Exhaustion
from openpartner.core.budgets.queries import records, standings
from openpartner.core.budgets.rights import GivenAway, seller_of
from openpartner.core.customers.bulk import Outcome
from openpartner.core.customers.models import Right, SuspensionCause, SuspensionRecord
from openpartner.core.customers.rights import grant_right, withdraw_right
from openpartner.core.customers.suspension import freeze, unfreeze
from openpartner.core.jobs.claim import claim, process_token
from openpartner.core.jobs.models import JobState
from openpartner.core.jobs.run import run_claimed
from openpartner.core.mail.models import OutgoingMail
from openpartner.core.parting.ending import disassociate
from openpartner.kit import clock
from openpartner.kit.slices import Slice
from openpartner.worker.callers import rebuild
from tests.budgets.spending import OCTOBER, spend
from tests.support.people import Person, World

MONTHLY, PACKAGE = BudgetKind.MONTHLY, BudgetKind.PACKAGE
NOVEMBER = datetime(2026, 10, 31, 16, 0, 1, tzinfo=UTC)
"""The first of November in Beijing, and still October in UTC."""
ALL = Slice(0, 100)


def budget(
    world: World, partner: str, customer: str, amount: str = "100", reseller: str | None = None, **more: object
) -> None:
    wanted = Wanted(amount=Decimal(amount), **more)  # type: ignore[arg-type]  # of the caller
    named = world[reseller].account_id if reseller else None
    set_budget(world[partner].caller, customer=world[customer].account_id, wanted=wanted, reseller=named)


def used(world: World, partner: str, customer: str) -> str | None:
    one = world[customer].account_id
    held = standings(seller_of(world[partner].caller, None), [one]).get(one)
    return None if held is None else f"{held.used.amount:.2f}"


def looked(world: World, customer: str) -> int:
    with transaction.atomic():
        return check([world[customer].account_pk])


def mails() -> list[tuple[str, str]]:
    rows = OutgoingMail.objects.everything(reason="test").filter(template="budget-reached").order_by("pk")
    return [(one.recipient, one.subject) for one in rows]


def percents(world: World) -> list[int]:
    return list(BudgetAlert.objects.everything(reason="test").order_by("pk").values_list("percent", flat=True))


def test_a_monthly_budget_counts_the_months_list_price_and_begins_anew(world: World) -> None:
    """1 and 2, at Beijing's month boundary."""
    with clock.frozen(OCTOBER):
        spend(world, world.cora, "2026-09", "70")
        spend(world, world.cora, "2026-10", "40.50")
        budget(world, "dora", "cora")
        assert used(world, "dora", "cora") == "40.50"
    with clock.frozen(NOVEMBER):
        assert used(world, "dora", "cora") == "0.00"
        spend(world, world.cora, "2026-11", "1")
        assert used(world, "dora", "cora") == "1.00"


def test_a_one_time_budget_counts_everything_since_it_was_set(world: World) -> None:
    """2: never begins anew by itself."""
    with clock.frozen(OCTOBER):
        spend(world, world.cora, "2026-10", "40")
        budget(world, "dora", "cora", kind=PACKAGE)
        assert used(world, "dora", "cora") == "0.00"
        spend(world, world.cora, "2026-10", "55")
        assert used(world, "dora", "cora") == "15.00"
    with clock.frozen(NOVEMBER):
        spend(world, world.cora, "2026-11", "10")
        assert used(world, "dora", "cora") == "25.00"


def test_another_type_takes_effect_at_once(world: World) -> None:
    """4: after PACKAGE to MONTHLY the month's spend so far counts."""
    with clock.frozen(OCTOBER):
        spend(world, world.cora, "2026-10", "40")
        budget(world, "dora", "cora", kind=PACKAGE)
        assert used(world, "dora", "cora") == "0.00"
        budget(world, "dora", "cora", kind=MONTHLY)
        assert used(world, "dora", "cora") == "40.00"


def test_what_is_spent_under_another_partner_or_currency_does_not_count(world: World) -> None:
    with clock.frozen(OCTOBER):
        budget(world, "dora", "cora")
        spend(world, world.cora, "2026-10", "40", currency="EUR")
        spend(world, world.otto, "2026-10", "40")
        assert used(world, "dora", "cora") == "0.00"


@pytest.mark.parametrize(
    "amount", ["0", "-1", "2147483647.01", "2147483648", "1.001", "NaN", "Infinity", "1e400", "1e-9"]
)
def test_amounts_are_in_range(world: World, amount: str) -> None:
    """5."""
    with pytest.raises(Invalid):
        budget(world, "dora", "cora", amount)
    assert used(world, "dora", "cora") is None


@pytest.mark.parametrize("amount", ["0.01", "2147483647", "1.10", "5e2"])
def test_amounts_at_the_bounds(world: World, amount: str) -> None:
    budget(world, "dora", "cora", amount)
    assert used(world, "dora", "cora") == "0.00"


def test_an_absent_policy_leaves_the_stored_one(world: World, dora: Person) -> None:
    """6: manual when first set without a choice."""
    one = world.cora.account_id

    def policy() -> int:
        return standings(seller_of(dora.caller, None), [one])[one].budget.exhaustion

    budget(world, "dora", "cora")
    assert policy() == Exhaustion.MANUAL
    budget(world, "dora", "cora", exhaustion=Exhaustion.ACCOUNT)
    budget(world, "dora", "cora", "200")
    assert policy() == Exhaustion.ACCOUNT


def test_alerts_are_told_once_for_each_threshold_and_period(world: World) -> None:
    """7, huawei:B16: to the partner and its distributor."""
    with clock.frozen(OCTOBER):
        budget(world, "dora", "carl", reseller="rita")
        for amount, due in (("74.99", []), ("75", [75]), ("76", [75]), ("95", [75, 90]), ("120", [75, 90, 100])):
            spend(world, world.carl, "2026-10", amount)
            looked(world, "carl")
            looked(world, "carl")
            assert percents(world) == due
        subjects = [f"{percent} % of the budget of Carl Coffee Co is used" for percent in (75, 90, 100)]
        assert mails() == [(to, one) for one in subjects for to in ("rita@example.com", "dora@example.com")]
    with clock.frozen(NOVEMBER):
        spend(world, world.carl, "2026-11", "80")
        assert looked(world, "carl") == 1


def test_of_thresholds_reached_at_once_the_highest_is_mailed(world: World) -> None:
    with clock.frozen(OCTOBER):
        budget(world, "dora", "cora")
        spend(world, world.cora, "2026-10", "100")
        assert looked(world, "cora") == 3
        assert mails() == [("dora@example.com", "100 % of the budget of Corazón Cafés is used")]


def test_alerts_go_to_those_who_were_named(world: World, dora: Person) -> None:
    """huawei:B16."""
    set_recipients(dora.caller, emails=["b@example.com", "a@example.com", "b@example.com", " "])
    with clock.frozen(OCTOBER):
        budget(world, "dora", "cora")
        spend(world, world.cora, "2026-10", "80")
        looked(world, "cora")
    assert [to for to, _ in mails()] == ["a@example.com", "b@example.com"]
    with pytest.raises(Invalid):
        set_recipients(dora.caller, emails=["nobody"])


@pytest.mark.parametrize(
    ("policy", "level"),
    [
        (Exhaustion.MANUAL, Suspension.NONE),
        (Exhaustion.ACCOUNT, Suspension.ACCOUNT),
        (Exhaustion.ACCOUNT_AND_RESOURCES, Suspension.ACCOUNT_AND_RESOURCES),
    ],
)
@pytest.mark.parametrize(("customer", "reseller"), [("cora", None), ("carl", "rita")])
def test_at_100_percent_the_policy_acts(
    world: World, customer: str, reseller: str | None, policy: Exhaustion, level: Suspension
) -> None:
    """6."""
    with clock.frozen(OCTOBER):
        budget(world, "dora", customer, reseller=reseller, exhaustion=policy)
        spend(world, world[customer], "2026-10", "99.99")
        looked(world, customer)
        assert world[customer].account.suspension == Suspension.NONE
        spend(world, world[customer], "2026-10", "100")
        looked(world, customer)
        assert world[customer].account.suspension == level
    rows = SuspensionRecord.objects.everything(reason="test").filter(customer=world[customer].account_pk)
    told = [(one.cause, one.begun_by, one.reason) for one in rows]
    assert told == ([] if level is Suspension.NONE else [(SuspensionCause.BUDGET, "system", "the budget is used up")])


def test_a_customer_is_suspended_once(world: World, dora: Person) -> None:
    """Whoever is let go on by hand is not stopped again by the same budget in the same month."""
    with clock.frozen(OCTOBER):
        budget(world, "dora", "cora", exhaustion=Exhaustion.ACCOUNT)
        spend(world, world.cora, "2026-10", "100")
        looked(world, "cora")
        unfreeze(dora.caller, account_ids=[world.cora.account_id], level=Suspension.ACCOUNT, reason="has paid")
        spend(world, world.cora, "2026-10", "130")
        looked(world, "cora")
        assert world.cora.account.suspension == Suspension.NONE
        budget(world, "dora", "cora", "120")
        looked(world, "cora")
        assert world.cora.account.suspension == Suspension.ACCOUNT


def test_a_budget_survives_a_freeze_and_setting_one_can_unfreeze(world: World, dora: Person) -> None:
    """11."""
    budget(world, "dora", "cora")
    freeze(dora.caller, account_ids=[world.cora.account_id], level=Suspension.ACCOUNT_AND_RESOURCES, reason="r")
    assert used(world, "dora", "cora") == "0.00"
    budget(world, "dora", "cora")
    assert world.cora.account.suspension == Suspension.ACCOUNT_AND_RESOURCES
    budget(world, "dora", "cora", is_resuming=True)
    assert world.cora.account.suspension == Suspension.NONE


def test_only_resale_customers_have_budgets(world: World) -> None:
    """1."""
    with pytest.raises(WrongAssociation):
        budget(world, "song", "su")


def test_budgets_are_set_for_ones_own_customers(world: World) -> None:
    for partner, customer, reseller in (
        ("dora", "otto", None),
        ("dora", "carl", None),
        ("dora", "cora", "rita"),
        ("dora", "otto", "ruth"),
        ("sol", "cora", None),
        ("pia", "cora", None),
    ):
        with pytest.raises(NotVisible):
            budget(world, partner, customer, reseller=reseller)
    assert BudgetRecord.objects.everything(reason="test").count() == 0


def test_a_distributor_that_gave_the_right_away_does_not_set(world: World, dora: Person) -> None:
    """huawei:D3, huawei:B19: revoking returns the work to the distributor."""
    rita = world.rita.account_id
    grant_right(dora.caller, reseller=rita, right=Right.SET_BUDGET)
    with pytest.raises(GivenAway):
        budget(world, "dora", "carl", reseller="rita")
    withdraw_right(dora.caller, reseller=rita, right=Right.SET_BUDGET)
    budget(world, "dora", "carl", reseller="rita")


def test_a_resellers_budgets_add_up_to_its_quota(world: World, dora: Person) -> None:
    """9: lacking a type's quota means that type cannot be set; revoking leaves customers' budgets in place."""
    rita = world.rita.account_id
    with pytest.raises(NotAllowed):
        budget(world, "rita", "carl")
    grant_right(dora.caller, reseller=rita, right=Right.SET_BUDGET)
    with pytest.raises(LimitReached):
        budget(world, "rita", "carl")
    grant_quota(dora.caller, reseller=rita, kind=MONTHLY, amount=Decimal(150))
    budget(world, "rita", "carl")
    with pytest.raises(LimitReached):
        budget(world, "rita", "cleo", "50.01")
    budget(world, "rita", "cleo", "50")
    budget(world, "rita", "carl", "100")
    with pytest.raises(LimitReached):
        budget(world, "rita", "cleo", "1", kind=PACKAGE)
    grant_quota(dora.caller, reseller=rita, kind=PACKAGE, amount=Decimal(1))
    budget(world, "rita", "cleo", "1", kind=PACKAGE)
    budget(world, "rita", "carl", "150")
    revoke_quota(dora.caller, reseller=rita, kind=MONTHLY)
    assert used(world, "rita", "carl") == "0.00"
    with pytest.raises(LimitReached):
        budget(world, "rita", "carl", "1")


@pytest.mark.parametrize("who", ["olga", "sol", "rita", "carl"])
def test_quotas_are_granted_to_ones_own_resellers(world: World, who: str) -> None:
    with pytest.raises((NotVisible, NotAllowed)):
        grant_quota(world[who].caller, reseller=world.rita.account_id if who != "rita" else world.ruth.account_id,
                    kind=MONTHLY, amount=Decimal(1))  # fmt: skip  # reads as one


def test_settings_and_the_end_of_an_association_are_recorded(world: World, dora: Person) -> None:
    """10."""
    cora = world.cora.account
    budget(world, "dora", "cora")
    budget(world, "dora", "cora", "200", kind=PACKAGE)
    disassociate(world.pia.caller, account_id=cora.account_id)
    seller = seller_of(dora.caller, None)
    found = records(seller, cora, ALL, None, None).items
    assert [(one.operation, one.kind, f"{one.amount.amount:.2f}", one.operator) for one in found] == [
        (BudgetOperation.DELETE, PACKAGE, "200.00", "pia"),
        (BudgetOperation.SETTING, PACKAGE, "200.00", "dora"),
        (BudgetOperation.SETTING, MONTHLY, "100.00", "dora"),
    ]
    assert records(seller, cora, ALL, BudgetOperation.SETTING, MONTHLY).total == 1
    assert records(seller_of(world.sol.caller, None), cora, ALL, None, None).total == 0


def test_several_are_set_at_once_each_with_its_result(world: World, dora: Person) -> None:
    """4: batch set overwrites."""
    budget(world, "dora", "cora", "1")
    ids = [world[one].account_id for one in ("cora", "chen", "otto")]
    results = set_budgets(dora.caller, account_ids=ids, wanted=Wanted(amount=Decimal(70)))
    assert [one.outcome for one in results] == [Outcome.DONE, Outcome.DONE, Outcome.NOT_VISIBLE]
    found = standings(seller_of(dora.caller, None), ids)
    assert [f"{found[one].budget.amount.amount:.2f}" for one in ids[:2]] == ["70.00", "70.00"]


def test_a_worker_looks_after_each_setting(world: World) -> None:
    with clock.frozen(OCTOBER):
        spend(world, world.cora, "2026-10", "500")
        budget(world, "dora", "cora", exhaustion=Exhaustion.ACCOUNT)
        assert world.cora.account.suspension == Suspension.NONE
        claimed = claim(process_token(), [CHECK])
        assert claimed is not None
        assert run_claimed(claimed, rebuild) == JobState.DONE
        assert world.cora.account.suspension == Suspension.ACCOUNT
