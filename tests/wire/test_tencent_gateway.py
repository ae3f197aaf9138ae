"""What a live server cannot show: keys switched off, users without rights, a database that fails."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import OperationalError

from openpartner.core.access.models import AccessKey
from openpartner.core.access.roles import Preset
from openpartner.tencent import gateway
from tests.support.people import Person, World
from tests.wire.tencent_inside import call, code, colleague


def test_it_works(dora: Person, world: World) -> None:
    response = call(dora, "DescribeCustomerInfo", {"CustomerUin": [world.cora.uin]})
    assert [row["Name"] for row in response["Data"]] == ["Corazón Cafés"]


def test_a_disabled_key_reads_like_an_unknown_one(dora: Person) -> None:
    unknown = call(replace(dora, access_key="A" * 20), "GetCountryCodes", {})
    AccessKey.objects.everything(reason="test").filter(access_key=dora.access_key).update(is_active=False)
    disabled = call(dora, "GetCountryCodes", {})
    assert disabled["Error"] == unknown["Error"]
    assert code(disabled) == "AuthFailure.SecretIdNotFound"


def test_a_user_without_the_permission_is_refused_before_the_schema(dora: Person, world: World) -> None:
    """tencent:C.6: CAM, then the schema. Reading stays allowed."""
    reader = colleague(dora, Preset.READ_ONLY)
    assert code(call(reader, "ModifyClientRemark", {"Other": 1})) == "AuthFailure.UnauthorizedOperation"
    assert code(call(reader, "DescribeCustomerInfo", {"CustomerUin": [world.cora.uin]})) == ""
    writer = colleague(dora, Preset.OPERATIONS)
    remark = {"ClientUin": str(world.cora.uin), "Remark": "by operations"}
    assert code(call(writer, "ModifyClientRemark", remark)) == ""


def test_an_account_of_the_wrong_kind_is_told_so_whatever_its_users_may(carl: Person) -> None:
    """A customer's users never hold customer.write; the answer is about the role, after the schema."""
    assert code(call(carl, "ModifyClientRemark", {"Other": 1})) == "UnknownParameter"
    remark = {"ClientUin": "1", "Remark": ""}
    assert code(call(carl, "ModifyClientRemark", remark)) == "UnauthorizedOperation.UinNoAuth"


def test_an_account_manager_sees_assigned_customers_alone(dora: Person, world: World) -> None:
    from openpartner.core.customers.commands import assign_manager

    manager = colleague(dora, Preset.ACCOUNT_MANAGER)
    info = {"CustomerUin": [world.cora.uin]}
    assert code(call(manager, "DescribeCustomerInfo", info)) == "UnauthorizedOperation.UinNoAuth"
    assign_manager(dora.caller, account_id=world.cora.account_id, manager_id=manager.user_pk)
    assert code(call(manager, "DescribeCustomerInfo", info)) == ""
    assert call(manager, "DescribeCustomerUin", {"Page": 1, "PageSize": 9})["Total"] == "1"


def test_statuses_are_the_vendors(dora: Person, world: World) -> None:
    """tencent:D.2 and tencent:F.18: a suspension is forced arrears; review and rejection have their own codes."""
    from openpartner.core.accounts.models import Account
    from openpartner.core.base.kinds import CustomerType, Suspension, Verification

    expected = {
        (Verification.NONE, CustomerType.ENTERPRISE, Suspension.NONE): ("-1", -1, "0"),
        (Verification.IN_REVIEW, CustomerType.PERSON, Suspension.ACCOUNT): ("1", 0, "2"),
        (Verification.REJECTED, CustomerType.ENTERPRISE, Suspension.ACCOUNT_AND_RESOURCES): ("2", 1, "2"),
        (Verification.VERIFIED, CustomerType.NONE, Suspension.NONE): ("3", -1, "0"),
    }
    for (verification, customer_type, suspension), (auth, kind, status) in expected.items():
        Account.objects.everything(reason="test").filter(pk=world.cora.account_pk).update(
            verification=verification, customer_type=customer_type, suspension=suspension
        )
        (row,) = call(dora, "DescribeCustomerInfo", {"CustomerUin": [world.cora.uin]})["Data"]
        assert (row["AuthStatus"], row["AuthType"], row["AccountStatus"]) == (auth, kind, status)
        verified = call(dora, "QueryAccountVerificationStatus", {"ClientUin": world.cora.uin})["AccountStatus"]
        assert verified is (auth == "3")


def test_a_database_that_fails_is_busy(dora: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page lists OperationDenied.ServiceBusy: something behind the service fails, try later."""

    def fail(_: str) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(gateway, "find_signer", fail)
    assert code(call(dora, "GetCountryCodes", {})) == "OperationDenied.ServiceBusy"


def test_our_own_failure_tells_nothing(dora: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(gateway, "find_signer", fail)
    response = call(dora, "GetCountryCodes", {})
    assert code(response) == "InternalError"
    assert "secret detail" not in response["Error"]["Message"]
