"""Declared operations: every row of the inventories has one, with a struct that decodes as the row says."""

from decimal import Decimal

import pytest

from openpartner.apikit.codec import build
from openpartner.apikit.declared import declare
from openpartner.apikit.inventory import NAMES, load
from openpartner.apikit.operation import Operation, Registry
from openpartner.core.access.roles import BY_KIND
from openpartner.core.base.errors import Invalid
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.huawei.base import HuaweiRequest
from openpartner.tencent.base import TencentRequest


def declared() -> dict[str, Operation]:
    huawei, tencent = Registry("huawei"), Registry("tencent")
    declare(huawei, [load(name) for name in NAMES if name.startswith("huawei")], base=HuaweiRequest)
    declare(tencent, [load("tencent_intlpartnersmgt")], base=TencentRequest)
    return {**huawei.operations, **tencent.operations}


OPERATIONS = declared()
ROWS = {row.name: row for name in NAMES for row in load(name).operations}


def test_every_row_is_an_operation_without_a_function() -> None:
    """55 of the international SDK, 48 of the China SDK, 33 of the v1.0 pages, 46 of Tencent's SDK."""
    assert OPERATIONS.keys() == ROWS.keys()
    assert len(OPERATIONS) == 55 + 48 + 33 + 46
    assert all(operation.run is None for operation in OPERATIONS.values())


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda operation: operation.name)
def test_whoever_may_call_can_hold_the_permission(operation: Operation) -> None:
    """A permission that a kind of account cannot hold would close the operation to all of that kind."""
    assert {kind.label for kind in operation.kinds if operation.permission not in {None, *BY_KIND[kind]}} == set()


def test_a_write_of_an_account_that_is_not_the_callers_needs_a_permission() -> None:
    open_writes = {name for name, operation in OPERATIONS.items() if operation.writes and operation.permission is None}
    assert open_writes == {
        "CreateEnterpriseProjectAuth",  # a customer's own project
        "SendVerificationMessageCode",  # a code to a telephone: changes no account
        "SendSmsVerificationCode",
        "SendVerifyCode",
        "LegacySendVerificationCode",
    }


def test_an_implementation_keeps_its_name_and_its_route() -> None:
    registry = Registry("huawei")
    mine = OPERATIONS["ListSubCustomers"]
    registry.add(mine)
    declare(registry, [load("huawei_bssintl")])
    assert registry.operations["ListSubCustomers"] is mine
    assert len(registry.operations) == 55


def test_fields_are_typed_as_the_sdk_types_them() -> None:
    """Page bpconsole/mt_01005: customer_id text and budget_amount exact, both required."""
    budget = OPERATIONS["UpdateSubCustomerBudget"]
    built = build({"customer_id": "a", "budget_amount": Decimal("10.50")}, budget.request)
    assert str(built.budget_amount) == "10.50"  # type: ignore[attr-defined]  # made from the inventory
    assert budget.permission is Permission.CREDIT_WRITE
    assert budget.kinds == {AccountKind.DISTRIBUTOR, AccountKind.RESELLER}
    with pytest.raises(Invalid, match="customer_id"):
        build({"budget_amount": 1}, budget.request)
    with pytest.raises(Invalid, match="customer_id"):
        build({"customer_id": 5, "budget_amount": 1}, budget.request)


def test_structures_nest() -> None:
    """SDK 3.1.219: `product_infos` is a list of DemandProductInfo, whose `id` is text."""
    rating = OPERATIONS["ListRateOnPeriodDetail"].request
    with pytest.raises(Invalid, match=r"product_infos\[0\]"):
        build({"project_id": "p", "product_infos": [{"id": 1}]}, rating)


def test_path_values_that_are_never_read_are_not_asked_for() -> None:
    """huawei:F22: partner_id and domain_id are not verified; order_id is a real parameter."""
    assert "partner_id" not in OPERATIONS["LegacyListCustomerDetails"].request.__struct_fields__
    assert "order_id" in OPERATIONS["ShowCustomerOrderDetails"].request.__struct_fields__
    assert "X-Language" not in OPERATIONS["ShowCustomerOrderDetails"].request.__struct_fields__


def test_wire_names_stay_as_the_sdk_spells_them() -> None:
    """SDK 3.1.193: AllocateCreditPool takes SubAgentUin and Credit, which a base that renames must not touch."""
    assert OPERATIONS["AllocateCreditPool"].request.__struct_encode_fields__ == ("SubAgentUin", "Credit")
