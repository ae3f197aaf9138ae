"""Freezes and budgets on the wire: absent, empty and null, cell by cell (huawei:C9, other stated rules)."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from openpartner.core.base.kinds import Suspension
from openpartner.core.budgets.models import Budget, Exhaustion
from tests.support.people import Person, World
from tests.wire.conftest import Configure
from tests.wire.huawei import Reply, ask, get

FREEZE = "/v2/partners/sub-customers/freeze"
UNFREEZE = "/v2/partners/sub-customers/unfreeze"
BUDGET = "/v2/partners/sub-customers/budget"
RECORDS = "/v2/partners/sub-customers/budget/records"
INVALID = (400, "CBC.0100")
DONE = 204
_numbers = count()


@pytest.fixture(autouse=True)
def _lifted(configure: Configure) -> None:
    configure(rate_limit_scale=0, failed_signatures_per_minute=0)


def freeze(world: World, path: str = FREEZE, **more: Any) -> Reply:
    given = {"customer_ids": [world.cora.account_id], "reason": f"reason {next(_numbers)}", **more}
    return ask(world.dora, given, path=path)


def put(world: World, **more: Any) -> Reply:
    given = {"customer_id": world.cora.account_id, "budget_amount": 100 + next(_numbers), **more}
    return ask(world.dora, given, path=BUDGET)


def held() -> Budget:
    return Budget.objects.everything(reason="test").get()


@pytest.mark.parametrize("given", [{}, {"freeze_type": None}, {"freeze_type": "ACCOUNT"}], ids=str)
def test_absent_and_null_freeze_the_account(world: World, given: dict[str, Any]) -> None:
    assert freeze(world, **given).status == DONE
    assert world.cora.account.suspension == Suspension.ACCOUNT
    back = {name.replace("freeze", "unfreeze"): value for name, value in given.items()}
    assert freeze(world, UNFREEZE, **back).status == DONE
    assert world.cora.account.suspension == Suspension.NONE


@pytest.mark.parametrize("wrong", ["", "RESOURCE", 1, True, ["ACCOUNT"]], ids=str)
def test_any_other_type_is_refused(world: World, wrong: object) -> None:
    assert freeze(world, freeze_type=wrong).code == INVALID
    assert freeze(world, UNFREEZE, unfreeze_type=wrong).code == INVALID
    assert world.cora.account.suspension == Suspension.NONE


@pytest.mark.parametrize("wrong", [None, "", 1], ids=str)
def test_a_reason_is_given(world: World, wrong: object) -> None:
    assert freeze(world, reason=wrong).code == INVALID
    assert freeze(world, UNFREEZE, reason=wrong).code == INVALID


@pytest.mark.parametrize("wrong", [None, "", [], [None], ["x" * 65], "cora"], ids=str)
def test_customers_are_a_list_of_ids(world: World, wrong: object) -> None:
    assert freeze(world, customer_ids=wrong).code == INVALID


@pytest.mark.parametrize("none", [None, ""], ids=str)
def test_no_reseller_is_the_callers_own_customers(world: World, none: str | None) -> None:
    assert freeze(world, indirect_partner_id=none).status == DONE
    assert put(world, indirect_partner_id=none).status == DONE


@pytest.mark.parametrize("given", [{}, {"cancel_partner_frozen": None}, {"cancel_partner_frozen": ""}], ids=str)
def test_absent_empty_and_null_do_not_unfreeze(world: World, given: dict[str, Any]) -> None:
    freeze(world)
    assert put(world, **given).status == DONE
    assert world.cora.account.suspension == Suspension.ACCOUNT
    assert put(world, cancel_partner_frozen="1").status == DONE
    assert world.cora.account.suspension == Suspension.NONE


@pytest.mark.parametrize("given", [{}, {"budget_type": None}, {"budget_type": "MONTHLY"}], ids=str)
def test_absent_and_null_are_monthly(world: World, given: dict[str, Any]) -> None:
    put(world, budget_type="PACKAGE")
    assert put(world, **given).status == DONE
    assert held().kind == 1


@pytest.mark.parametrize("given", [{}, {"frozen_operate_type": None}, {"frozen_operate_type": ""}], ids=str)
def test_absent_null_and_empty_leave_what_holds(world: World, given: dict[str, Any]) -> None:
    assert put(world, **given).status == DONE
    assert held().exhaustion == Exhaustion.MANUAL
    put(world, frozen_operate_type=1)
    assert put(world, **given).status == DONE
    assert held().exhaustion == Exhaustion.ACCOUNT


@pytest.mark.parametrize(
    "wrong",
    [
        {"budget_type": ""},
        {"budget_amount": None},
        {"budget_amount": ""},
        {"budget_amount": True},
        {"budget_amount": [1]},
        {"frozen_operate_type": "1"},
        {"frozen_operate_type": 2},
        {"cancel_partner_frozen": 1},
        {"customer_id": None},
    ],
    ids=str,
)
def test_other_values_are_refused(world: World, wrong: dict[str, Any]) -> None:
    assert put(world, **wrong).code == INVALID
    assert not Budget.objects.everything(reason="test").exists()


@pytest.mark.parametrize("name", ["operation_type", "budget_type"])
def test_conditions_of_the_records_are_absent_or_real(dora: Person, world: World, name: str) -> None:
    put(world)
    asked = {"customer_id": world.cora.account_id}
    assert get(dora, asked, path=RECORDS).json["total_count"] == 1
    for wrong in ("", '""', "null", "x"):
        assert get(dora, {**asked, name: wrong}, path=RECORDS).code == INVALID
