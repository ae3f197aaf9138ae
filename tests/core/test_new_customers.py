"""Which customers are new. The rule is ours (huawei:D7a says nothing): twelve months from the month of the binding."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from openpartner.core.billing.months import month_of
from openpartner.core.billing.new_customers import Newness, newness
from openpartner.kit import clock
from openpartner.kit.slices import Slice
from tests.support.bills import day_of, line, publish_lines
from tests.support.people import World

pytestmark = pytest.mark.django_db


def test_a_customer_is_new_for_a_year_and_won_by_its_first_bill(world: World) -> None:
    """cora was bound to dora on 3 March 2024, chen on the 4th, cyro on the 5th."""

    def found(moment: datetime) -> dict[str, Newness]:
        with clock.frozen(moment):
            rows = newness(world.dora.caller.scope, world.dora.account_pk, Slice(0, 10))
        return {row.account.account_name: row.newness for row in rows}

    publish_lines(world, "2024-05", [line(world.cora, day_of("2024-05", 2), "1", partner_cost="1")])
    last = found(datetime(2025, 2, 28, 12, tzinfo=UTC))
    assert last == {"cyro_account": "open", "chen_account": "open", "cora_account": "won"}
    assert set(found(datetime(2025, 3, 1, 12, tzinfo=UTC)).values()) == {Newness.OLD}
    with clock.frozen(datetime(2024, 6, 1, tzinfo=UTC)):
        (one,) = newness(world.dora.caller.scope, world.dora.account_pk, Slice(0, 10), [world.cora.account_id])
    assert (one.first_month, one.last_month) == (month_of("2024-03"), month_of("2025-02"))
