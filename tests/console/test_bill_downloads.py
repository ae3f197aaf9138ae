"""Files of bills in the browser: every level, whoever asks. Levels and packs: tencent:E.5, tencent:D.5."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from openpartner.core.accounts.models import Account, Flag
from openpartner.core.billing.downloads import KIND
from openpartner.core.billing.models import BillDownload, MonthState
from openpartner.core.jobs.claim import claim, process_token
from openpartner.core.jobs.run import run_claimed
from openpartner.core.partners.commands import grant_flag
from openpartner.kit import clock
from openpartner.worker.callers import rebuild
from tests.console.test_customers_page import signed_in
from tests.support.bills import line, publish_lines
from tests.support.people import World

pytestmark = pytest.mark.django_db
LEVELS = ["L1", "L2", "L3", "L3-monthly"]


@pytest.fixture
def bills(world: World) -> World:
    """September is final: 1.5 of cora in two lines, 2 of chen, 8 of carl. October is open."""
    lines = [
        line(world.cora, date(2026, 9, 3), "1"),
        line(world.cora, date(2026, 9, 4), "0.5"),
        line(world.chen, date(2026, 9, 4), "2"),
        line(world.carl, date(2026, 9, 4), "8"),
    ]
    publish_lines(world, "2026-09", lines, state=MonthState.FINAL)
    publish_lines(world, "2026-10", [line(world.cora, date(2026, 10, 1), "4")])
    return world


def work() -> None:
    while claimed := claim(process_token(), [KIND]):
        run_claimed(claimed, rebuild)


def asked(client: Client, **values: str) -> Any:
    given = {"month": "2026-09", "level": "L3", "language": "en", **values}
    return client.post("/bill-downloads/new/", given)


def fetched(client: Client) -> bytes:
    """The newest file of the list."""
    page = client.get("/bill-downloads/").content.decode()
    address = re.search(r'action="(/bill-downloads/\d+/fetch/)"', page)
    assert address, page
    answer = client.post(address[1])
    assert answer.status_code == 302
    file: Any = Client().get(answer["Location"])
    return bytes(file.getvalue())


def total_of(content: bytes) -> Decimal:
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    names = [name for name in rows[0] if name.startswith("Total Cost")]
    return sum((Decimal(row[names[0]]) for row in rows), Decimal(0))


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_can_be_asked_for(bills: World, level: str) -> None:
    client = signed_in(bills.cora)
    answer = asked(client, level=level)
    assert answer.status_code == 302, answer.content.decode()
    assert 'hx-trigger="every 2s"' in client.get("/bill-downloads/").content.decode()
    work()
    assert "every 2s" not in client.get("/bill-downloads/").content.decode()
    assert total_of(fetched(client)) == Decimal("1.5")


def test_the_same_file_is_made_once(bills: World) -> None:
    client = signed_in(bills.cora)
    asked(client)
    work()
    asked(client)
    assert BillDownload.objects.everything(reason="test").count() == 1


def test_a_partner_asks_for_one_customer_or_a_pack(bills: World) -> None:
    client = signed_in(bills.dora)
    assert asked(client, holds="one", customer=str(bills.chen.uin)).status_code == 302
    work()
    assert total_of(fetched(client)) == Decimal(2)
    assert asked(client, holds="customers", level="L1").status_code == 302
    work()
    with zipfile.ZipFile(io.BytesIO(fetched(client))) as pack:
        assert sorted(total_of(pack.read(name)) for name in pack.namelist()) == [Decimal("1.5"), Decimal(2)]


def test_a_pack_waits_for_the_month_to_be_final(bills: World) -> None:
    answer = asked(signed_in(bills.dora), holds="customers", month="2026-10")
    assert answer.status_code == 422
    assert "The month is not final yet" in answer.content.decode()
    assert not BillDownload.objects.everything(reason="test").exists()


def test_customers_of_resellers_are_for_those_with_the_flag(bills: World) -> None:
    """Seed 000: a distributor looks at its resellers' customers with the feature flag alone."""
    client = signed_in(bills.dora)
    for given in (
        {"holds": "everybody"},
        {"holds": "resellers"},
        {"holds": "reseller-customers"},
        {"holds": "one", "customer": str(bills.carl.uin)},
    ):
        assert asked(client, **given).status_code == 422, given
    grant_flag(bills.pia.caller, account_id=bills.dora.account_id, flag=Flag.INDIRECT_CUSTOMER_VIEW)
    assert asked(client, holds="everybody").status_code == 302
    work()
    assert total_of(fetched(client)) == Decimal("11.5")


def test_the_provider_has_all_in_one_file(bills: World) -> None:
    client = signed_in(bills.pia)
    assert asked(client, holds="everybody", level="L2").status_code == 302
    work()
    assert total_of(fetched(client)) == Decimal("11.5")


@pytest.mark.parametrize(
    "given",
    [
        {"month": "2026-08"},
        {"level": "L4"},
        {"holds": "one", "customer": "nobody"},
        {"holds": "one"},
        {"holds": "one", "customer": "200000000007"},
        {"language": "fr"},
    ],
)
def test_a_wrong_wish_is_told_beside_its_field(bills: World, given: dict[str, str]) -> None:
    # tests/support/people.py: 200000000007 is otto, whose partner is olga's reseller.
    answer = asked(signed_in(bills.rita), **{"holds": "customers", **given})
    assert answer.status_code == 422
    assert not BillDownload.objects.everything(reason="test").exists()


def test_others_files_are_nobodys(bills: World) -> None:
    asked(signed_in(bills.cora))
    work()
    row = BillDownload.objects.everything(reason="test").get()
    for name in ("pia", "dora", "chen"):
        client = signed_in(bills[name])
        assert client.post(f"/bill-downloads/{row.pk}/fetch/").status_code == 404
        assert row.name not in client.get("/bill-downloads/").content.decode()
    with clock.frozen(datetime(2027, 11, 20, tzinfo=UTC)):
        assert signed_in(bills.cora).post(f"/bill-downloads/{row.pk}/fetch/").status_code == 404


def test_a_customer_whose_bills_are_closed_gets_none(bills: World) -> None:
    asked(signed_in(bills.cora))
    work()
    row = BillDownload.objects.everything(reason="test").get()
    Account.objects.everything(reason="test").filter(pk=bills.cora.account_pk).update(bills_visible=False)
    client = signed_in(bills.cora)
    assert row.name not in client.get("/bill-downloads/").content.decode()
    assert asked(client).status_code == 403
    assert client.post(f"/bill-downloads/{row.pk}/fetch/").status_code == 403
