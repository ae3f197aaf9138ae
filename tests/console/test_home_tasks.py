"""What the start page asks of somebody: each answer that others wait for, counted, and told to nobody else."""

from __future__ import annotations

import pytest

from openpartner.console.home_tasks import AWAITED
from openpartner.core.parting.unbinding import ask_to_leave, ask_to_release
from openpartner.core.parting.vocabulary import MigrationState, Side
from openpartner.core.sales.reports import NewReport, report_customer
from tests.console.organization.people import browser
from tests.console.test_home import home, tasks, total
from tests.parting.support import WHY, asked, started
from tests.support.people import World

pytestmark = pytest.mark.django_db

OF_PARTING = (
    "Customers that ask to leave",
    "Customers that agreed to move away",
    "Migrations to approve or reject",
    "Requests of your partner to part",
    "Moves to another partner to answer",
)


def told(world: World, part: tuple[str, ...] = OF_PARTING) -> dict[str, dict[str, int]]:
    """By person, what the start page asks them."""
    seen = {name: tasks(home(browser(world[name]))) for name in world}
    found = {name: {label: count for label, (count, _) in one.items() if label in part} for name, one in seen.items()}
    return {name: one for name, one in found.items() if one}


def test_a_customer_that_asks_is_the_partners_to_answer(world: World) -> None:
    ask_to_leave(world.cora.caller, reason=WHY)
    assert told(world) == {"dora": {"Customers that ask to leave": 1}}
    client = browser(world.dora)
    _, address = tasks(home(client))["Customers that ask to leave"]
    assert total(client, address) == 1


def test_a_partner_that_asks_is_the_customers_to_answer(world: World) -> None:
    row = ask_to_release(world.dora.caller, account_id=world.cora.account_id, reason=WHY)
    assert told(world) == {"cora": {"Requests of your partner to part": 1}}
    client = browser(world.cora)
    _, address = tasks(home(client))["Requests of your partner to part"]
    assert f"/my-partner/requests/{row.pk}/" in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("until", "name", "label"),
    [
        (MigrationState.WAITS_FOR_CUSTOMER, "cora", "Moves to another partner to answer"),
        (MigrationState.WAITS_FOR_PARTNER, "dora", "Customers that agreed to move away"),
        (MigrationState.WAITS_FOR_PROVIDER, "pia", "Migrations to approve or reject"),
    ],
)
def test_a_migration_is_asked_of_one_after_the_other(
    world: World, until: MigrationState, name: str, label: str
) -> None:
    """tencent:A.2: the customer confirms, then the partner that it leaves, and the provider may have the last word."""
    row = started(world, "sol", "cora", until)
    assert told(world) == {name: {label: 1}}
    client = browser(world[name])
    _, address = tasks(home(client))[label]
    if name == "cora":
        assert f"/my-partner/moves/{asked(row, Side.CUSTOMER)}/" in client.get(address).content.decode()
    else:
        assert total(client, address) == 1


def test_a_report_is_the_providers_to_review(world: World) -> None:
    report_customer(world.dora.caller, new=NewReport(company="Acme Ltd"))
    label = "Reported customers to review"
    assert told(world, (label,)) == {"pia": {label: 1}}
    client = browser(world.pia)
    assert total(client, tasks(home(client))[label][1]) == 1


def test_every_label_is_said_once() -> None:
    labels = [str(one.label) for one in AWAITED]
    assert len(labels) == len(set(labels))
