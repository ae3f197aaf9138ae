"""Budgets and quotas through the official SDK. Rules: huawei:D3, huawei:D7b, huawei:C9, huawei:E1, huawei:E3."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from huaweicloudsdkbssintl.v2 import (
    ListSubCustomerBudgetRecordsRequest,
    ListSubCustomerBudgetReq,
    ListSubCustomerBudgetRequest,
    ModSubCustomerBudgetReq,
    ShowPartnerConsumptionQuotaRequest,
    ShowSubCustomerBudgetRequest,
    UpdateSubCustomerBudgetRequest,
)
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from openpartner.kit import clock
from tests.sdk import evidence
from tests.sdk.clients import HuaweiClient
from tests.sdk.huawei.test_freezes import freeze, is_frozen, unfreeze
from tests.support.people import Person

People = dict[str, Person]
Huawei = Callable[[Person], HuaweiClient]
NOBODY = "f" * 32
_cents = count(1)
"""Make each setting another one: two equal requests of one second are one write."""


def amount() -> float:
    return 100 + next(_cents) / 100


def put(client: HuaweiClient, person: Person | str, **more: Any) -> Any:
    named = person if isinstance(person, str) else person.account_id
    body = ModSubCustomerBudgetReq(**{"customer_id": named, "budget_amount": amount(), **more})
    return client.update_sub_customer_budget(UpdateSubCustomerBudgetRequest(body=body))


def show(client: HuaweiClient, person: Person, **more: Any) -> Any:
    return client.show_sub_customer_budget(ShowSubCustomerBudgetRequest(customer_id=person.account_id, **more))


def listed(client: HuaweiClient, ids: list[str], **more: Any) -> Any:
    body = ListSubCustomerBudgetReq(customer_ids=ids, **more)
    return client.list_sub_customer_budget(ListSubCustomerBudgetRequest(body=body))


def records(client: HuaweiClient, person: Person, **more: Any) -> Any:
    query = ListSubCustomerBudgetRecordsRequest(customer_id=person.account_id, **more)
    return client.list_sub_customer_budget_records(query)


def refused(ask: Callable[[], Any]) -> tuple[int, str]:
    with pytest.raises(ClientRequestException) as caught:
        ask()
    return caught.value.status_code, caught.value.error_code


@pytest.mark.parametrize("kind", ["MONTHLY", "PACKAGE"])
def test_a_budget_is_set_and_shown(huawei: Huawei, people: People, kind: str) -> None:
    client, wanted = huawei(people["dora"]), amount()
    answer = put(client, people["cora"], budget_amount=wanted, budget_type=kind)
    assert (answer.status_code, answer.raw_content) == (204, b"")
    shown = show(client, people["cora"])
    assert (float(shown.budget_amount), float(shown.used_amount)) == (wanted, 0)
    assert (shown.measure_id, shown.currency, shown.budget_type) == (1, "USD", kind)


def test_an_absent_type_is_monthly(huawei: Huawei, people: People) -> None:
    client = huawei(people["dora"])
    put(client, people["cora"], budget_type="PACKAGE")
    put(client, people["cora"])
    assert show(client, people["cora"]).budget_type == "MONTHLY"


def test_without_a_budget_there_is_no_amount(huawei: Huawei, people: People) -> None:
    """vendor doc silent."""
    shown = show(huawei(people["sol"]), people["cato"])
    assert (shown.budget_amount, shown.used_amount, shown.budget_type) == (None, None, None)
    assert shown.currency == "USD"


def test_setting_a_budget_can_unfreeze(huawei: Huawei, people: People) -> None:
    client, chen = huawei(people["dora"]), people["chen"]
    for kind in ("ACCOUNT", "ACCOUNT_AND_RESOURCE"):
        unfreeze(client, chen.account_id, unfreeze_type=kind)
        freeze(client, chen.account_id, freeze_type=kind)
        for given in ({}, {"cancel_partner_frozen": "0"}, {"cancel_partner_frozen": ""}):
            put(client, chen, **given)
            assert is_frozen(client, chen) == 1
        put(client, chen, cancel_partner_frozen="1")
        assert is_frozen(client, chen) == 0


def test_several_budgets_are_listed_and_strangers_left_out(huawei: Huawei, people: People) -> None:
    client = huawei(people["dora"])
    put(client, people["cora"], budget_type="PACKAGE", budget_amount=7.5)
    put(client, people["chen"])
    ids = [people[one].account_id for one in ("chen", "otto", "carl", "cora")] + [NOBODY]
    answer = listed(client, ids)
    assert (answer.measure_id, answer.currency) == (1, "USD")
    assert [one.customer_id for one in answer.budget_infos] == [ids[0], ids[3]]
    last = answer.budget_infos[1]
    assert (float(last.budget_amount), float(last.used_amount), last.budget_type) == (7.5, 0, "PACKAGE")


def test_customers_of_agency_sale_are_left_out_and_refused(huawei: Huawei, people: People) -> None:
    client = huawei(people["song"])
    assert listed(client, [people["su"].account_id]).budget_infos == []
    assert refused(lambda: put(client, people["su"])) == (400, "CBC.5024")
    assert refused(lambda: show(client, people["su"])) == (400, "CBC.5024")


def test_each_setting_is_recorded(huawei: Huawei, people: People) -> None:
    client, cyro = huawei(people["dora"]), people["cyro"]
    before = records(client, cyro).total_count
    put(client, cyro, budget_amount=11, budget_type="PACKAGE")
    put(client, cyro, budget_amount=12.5)
    answer = records(client, cyro, limit=1)
    assert (answer.total_count, answer.measure_id, answer.currency) == (before + 2, 1, "USD")
    (last,) = answer.record_list
    assert (float(last.budget_amount), last.operation_type, last.budget_type) == (12.5, "SETTING", "MONTHLY")
    assert (last.operator, last.partner_account_name) == ("dora", "dora_account")
    assert last.partner_corp_name == "Dora Distribution Ltd"
    at = datetime.strptime(last.operation_time, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert abs(clock.now() - at) < timedelta(minutes=5)
    (one,) = records(client, cyro, budget_type="PACKAGE", operation_type="SETTING", limit=1).record_list
    assert one.budget_type == "PACKAGE"
    assert records(client, cyro, operation_type="DELETE").total_count == 0


def test_a_distributor_acts_for_its_resellers_customers(huawei: Huawei, people: People) -> None:
    client, rita = huawei(people["dora"]), people["rita"].account_id
    put(client, people["carl"], indirect_partner_id=rita, budget_amount=33)
    assert float(show(client, people["carl"], indirect_partner_id=rita).budget_amount) == 33
    assert len(listed(client, [people["carl"].account_id], indirect_partner_id=rita).budget_infos) == 1
    assert records(client, people["carl"], indirect_partner_id=rita).record_list[0].partner_account_name == (
        "rita_account"
    )
    assert refused(lambda: put(client, people["carl"])) == (400, "CBC.99000035")


@pytest.mark.parametrize("stranger", ["ruth", "sol", "dora", "nobody"])
def test_a_strange_reseller_reads_like_an_absent_one(huawei: Huawei, people: People, stranger: str) -> None:
    client, carl = huawei(people["dora"]), people["carl"]
    named = {"indirect_partner_id": people[stranger].account_id if stranger in people else NOBODY}
    for ask in (put, show, records):
        assert refused(lambda ask=ask: ask(client, carl, **named)) == (400, "CBC.99000037")  # type: ignore[misc]  # bound
    assert refused(lambda: listed(client, [carl.account_id], **named)) == (400, "CBC.99000037")


@pytest.mark.parametrize("stranger", ["otto", "carl", "cato", "rita", "dora", "nobody"])
def test_a_strange_customer_reads_like_an_absent_one(huawei: Huawei, people: People, stranger: str) -> None:
    client = huawei(people["dora"])
    named = people[stranger].account_id if stranger in people else NOBODY
    assert refused(lambda: put(client, named)) == (400, "CBC.99000035")


@pytest.mark.parametrize("who", ["rita", "carl", "pia"])
def test_it_is_for_those_who_pay(huawei: Huawei, people: People, who: str) -> None:
    client, carl = huawei(people[who]), people["carl"]
    for ask in (put, show, records):
        assert refused(lambda ask=ask: ask(client, carl)) == (403, "CBC.0151")  # type: ignore[misc]  # bound
    assert refused(lambda: listed(client, [carl.account_id])) == (403, "CBC.0151")
    assert refused(lambda: quota(client)) == (403, "CBC.0151")


@pytest.mark.parametrize(
    "changed",
    [
        {"budget_amount": 0},
        {"budget_amount": -1},
        {"budget_amount": 2147483647.01},
        {"budget_amount": 1.001},
        {"budget_type": ""},
        {"budget_type": "YEARLY"},
        {"frozen_operate_type": 2},
        {"cancel_partner_frozen": "2"},
        {"customer_id": ""},
        {"customer_id": "x" * 65},
        {"indirect_partner_id": "x" * 65},
    ],
    ids=str,
)
def test_it_refuses_values_out_of_range(huawei: Huawei, people: People, changed: dict[str, Any]) -> None:
    client = huawei(people["dora"])
    before = show(client, people["cora"]).to_json_object()
    assert refused(lambda: put(client, people["cora"], **changed)) == (400, "CBC.0100")
    assert show(client, people["cora"]).to_json_object() == before


@pytest.mark.parametrize(
    "changed",
    [
        {"operation_type": ""},
        {"operation_type": "SET"},
        {"budget_type": ""},
        {"limit": 0},
        {"limit": 101},
        {"offset": -1},
    ],
    ids=str,
)
def test_records_refuse_values_out_of_range(huawei: Huawei, people: People, changed: dict[str, Any]) -> None:
    client = huawei(people["dora"])
    assert refused(lambda: records(client, people["cora"], **changed)) == (400, "CBC.0100")


@pytest.mark.parametrize("ids", [[], [NOBODY[:28] + f"{number:04d}" for number in range(101)], ["x" * 65]], ids=len)
def test_the_list_refuses_values_out_of_range(huawei: Huawei, people: People, ids: list[str]) -> None:
    assert refused(lambda: listed(huawei(people["dora"]), ids)) == (400, "CBC.0100")


def quota(client: HuaweiClient) -> Any:
    return client.show_partner_consumption_quota(ShowPartnerConsumptionQuotaRequest())


def test_the_consumption_quota_is_told_in_texts(huawei: Huawei, people: People) -> None:
    """huawei:E3: used = due + unbilled - balance - coupons."""
    answer = quota(huawei(people["olga"]))
    parts = (answer.due_amount, answer.unbilled_amount, answer.amount, answer.coupon_amount)
    due, unbilled, balance, coupons = map(float, parts)
    assert float(answer.used_consumption_quota) == due + unbilled - balance - coupons
    assert (answer.consumption_quota, answer.measure_id, answer.currency) == ("0.00", 1, "USD")


def legacy(client: HuaweiClient, verb: str, **given: Any) -> Any:
    path = "/v1.0/whoever/partner/account-mgr/credit"
    if verb == "GET":
        return client.raw("LegacyShowCustomerCredit", "GET", path, query=list(given.items()))
    answer = client.sdk.do_http_request(
        method="POST",
        resource_path=path,
        header_params={"Content-Type": "application/json"},
        body=given,
        response_type="UpdateSubCustomerBudgetResponse",
    )
    evidence.called("huawei", "LegacySetCustomerCredit")  # `raw` decodes a body, and here is none
    return answer


def test_credit_is_the_old_name_of_the_budget(huawei: Huawei, people: People) -> None:
    client, cyro = huawei(people["dora"]), people["cyro"]
    wanted = amount()
    answer = legacy(client, "POST", customerId=cyro.account_id, adjustmentAmount=wanted, measureId=1)
    assert answer.status_code == 204
    shown = legacy(client, "GET", customer_id=cyro.account_id)
    assert shown == {
        "error_code": "CBC.0000",
        "error_msg": "success",
        "creditAmount": wanted,
        "usedAmount": 0,
        "measureId": 1,
        "currency": "USD",
    }
    assert float(show(client, cyro).budget_amount) == wanted


def test_the_old_credit_refuses_like_the_new_budget(huawei: Huawei, people: People) -> None:
    client = huawei(people["dora"])
    for stranger in (people["otto"].account_id, people["carl"].account_id, NOBODY):
        assert refused(lambda one=stranger: legacy(client, "GET", customer_id=one)) == (400, "CBC.99000035")  # type: ignore[misc]  # bound
        given = {"customerId": stranger, "adjustmentAmount": amount()}
        assert refused(lambda given=given: legacy(client, "POST", **given)) == (400, "CBC.99000035")  # type: ignore[misc]  # bound
    for wrong in ({"adjustmentAmount": 0}, {"adjustmentAmount": 1, "measureId": 2}, {}):
        given = {"customerId": people["cyro"].account_id, **wrong}
        assert refused(lambda given=given: legacy(client, "POST", **given)) == (400, "CBC.0100")  # type: ignore[misc]  # bound
