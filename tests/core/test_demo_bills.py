"""The bills of `openpartner demo`: what issue 4, section 6 promises of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from msgspec import structs

from openpartner.core.access.models import User
from openpartner.core.access.users import caller_of
from openpartner.core.accounts.models import Association
from openpartner.core.base.kinds import AccountKind
from openpartner.core.billing.lake import working_lake
from openpartner.core.billing.models import BillFile, BillImport, BillMonth, BillVersion, MonthState, Reason
from openpartner.core.billing.months import month_of
from openpartner.core.billing.unassigned import unassigned_accounts
from openpartner.core.billing.verifying import verify_lake
from openpartner.demo import build, plan
from openpartner.kit import clock
from openpartner.kit.clock import BEIJING
from openpartner.lake.store import quoted
from openpartner.lake.write import lines_of

WHY = "test"
LINES = 1_200
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=BEIJING)


# The files are the same whatever database lists them; test_demo.py builds a channel on both.
pytestmark = [pytest.mark.django_db, pytest.mark.engine("sqlite")]


@pytest.fixture(scope="module", autouse=True)
def built(shared_rows: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A channel of a hundred customers and its bills, in a lake of its own."""
    data = tmp_path_factory.mktemp("demo")
    with (
        # Six passwords of each channel would cost more than the channel.
        override_settings(
            OPENPARTNER=structs.replace(settings.OPENPARTNER, data=str(data)),
            PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        ),
        clock.frozen(NOW),
    ):
        build.build(customers=100, seed=7, fixed_secrets=True, tell=lambda *_: None, lines=LINES)
        yield


def read(sql: str) -> list[tuple[Any, ...]]:
    """From the lines that the demo makes itself; the third cloud's come from a file."""
    months = BillMonth.objects.everything(reason=WHY).filter(cloud__in=["tencent", "huawei"])
    files = BillFile.objects.everything(reason=WHY).filter(until__isnull=True, since__isnull=False, month__in=months)
    lake = working_lake()
    with closing(lake.connect()) as connection:
        source = lines_of(lake, list(files.order_by("name").values_list("name", flat=True)))
        return connection.execute(sql.replace("LINES", f"({source})")).fetchall()


def test_thirteen_months_of_two_clouds_stand_and_the_last_is_open() -> None:
    months = list(BillMonth.objects.everything(reason=WHY).filter(cloud__in=["tencent", "huawei"]))
    newest = 2026 * 12 + 10  # November 2026, the month of NOW
    assert {(one.cloud, one.month) for one in months} == {
        (cloud, newest - ago) for cloud in ("tencent", "huawei") for ago in range(13)
    }
    assert {one.month for one in months if one.state == MonthState.OPEN} == {newest}
    days = BillFile.objects.everything(reason=WHY).filter(month__in=[one for one in months if one.month == newest])
    assert max(one.day for one in days if one.day) == date(2026, 11, 20)
    assert list(verify_lake()) == []


def test_one_month_was_restated() -> None:
    versions = list(BillVersion.objects.everything(reason=WHY).filter(reason=Reason.RESTATE).select_related("month"))
    assert [(one.month.cloud, one.month.month, one.number) for one in versions] == [("tencent", 2026 * 12 + 7, 2)]
    assert versions[0].month.restated_at is not None
    first = BillVersion.objects.everything(reason=WHY).get(month=versions[0].month, number=1)
    assert first.totals != versions[0].totals
    assert first.lines == versions[0].lines


def test_a_customer_is_billed_while_associated_and_under_the_partner_of_the_day() -> None:
    bonds: dict[int, list[Association]] = {}
    for one in Association.objects.everything(reason=WHY).filter(child__kind=AccountKind.CUSTOMER):
        bonds.setdefault(one.child_id, []).append(one)
    keys = read("SELECT DISTINCT payer_id, partner_id, customer_id, bill_day FROM LINES WHERE cloud <> 'aws'")
    assert len(keys) > 500
    for payer, partner, customer, day in keys:
        noon = datetime.combine(day, datetime.min.time(), BEIJING) + timedelta(hours=12)
        held = [one for one in bonds[customer] if one.since <= noon and (one.until is None or noon < one.until)]
        assert [(one.payer_id, one.partner_id) for one in held] == [(payer, partner)]


def test_lines_are_of_every_kind_and_add_up() -> None:
    found = read("SELECT DISTINCT charging || ' ' || action FROM LINES WHERE cloud = 'tencent'")
    assert {one for (one,) in found} >= {
        "prepaid renewal", "prepaid purchase", "prepaid refund", "postpaid usage-hourly", "postpaid usage-daily",
        "reserved reservation-hourly",
    }  # fmt: skip  # section 6: refunds, reserved instances, prepaid and postpaid
    ((wrong,),) = read(
        "SELECT count(*) FROM LINES WHERE total_cost <> cost_after_discount - voucher_deduction"
        " OR total_cost <> cash_paid + credit_paid OR voucher_deduction <> 0 OR billed_delivered <> total_cost"
    )
    assert wrong == 0
    # tencent:E.7: original cost is list price x usage x duration; the discount comes after reserved instances.
    rows = read(
        "SELECT list_unit_price * CAST(usage AS DECIMAL(18, 3)), duration, list_cost, reservation_deduction,"
        " customer_discount_rate, total_cost FROM (SELECT * REPLACE (CAST(list_unit_price AS DECIMAL(18, 8)) AS"
        " list_unit_price) FROM LINES WHERE cloud = 'tencent') ORDER BY line_id LIMIT 2000"
    )
    smallest = Decimal("0.00000001")
    for price, duration, listed, reserved, rate, total in rows:
        assert abs(listed) == (price * duration).quantize(smallest)
        assert total == ((listed - reserved) * rate).quantize(smallest)


def test_few_customers_have_most_lines() -> None:
    counts = [count for (count,) in read("SELECT count(*) AS n FROM LINES GROUP BY customer_id ORDER BY n DESC")]
    assert sum(counts[:10]) > sum(counts) // 4  # a tenth of the customers
    ((persona,),) = read(f"SELECT count(*) FROM LINES WHERE sub_account_name = {quoted(plan.CUSTOMER_PERSONA[3])}")
    assert persona > 20


def test_the_third_cloud_is_imported_and_closed_with_work_left_to_do() -> None:
    """Issue 4, sections 2 and 6: a FOCUS file; accounts that nobody has mapped are shown as work to do."""
    month = BillMonth.objects.everything(reason=WHY).get(cloud="microsoft")
    assert (month.month, month.state) == (month_of("2026-10"), MonthState.FINAL)
    brought = BillImport.objects.everything(reason=WHY).get(format="focus")
    assert (brought.state, brought.lines) == ("published", 2_400)
    assert 0 < brought.parked < 2_400
    user = User.objects.everything(reason=WHY).filter(account=month.provider_id).earliest("pk")
    assert len(unassigned_accounts(caller_of(user, via="test"))) == 2
