"""ListSubCustomers through the official SDK. Expectations: huawei:C9, huawei:D2 (mc_00021) and the SDK's model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from huaweicloudsdkbssintl.v2 import ListSubCustomersRequest, QuerySubCustomerListReq
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from tests.sdk.clients import HuaweiClient
from tests.support.people import Person

People = dict[str, Person]
Huawei = Callable[[Person], HuaweiClient]


def ask(client: HuaweiClient, **parameters: object) -> Any:
    return client.list_sub_customers(ListSubCustomersRequest(body=QuerySubCustomerListReq(**parameters)))


def names(answer: Any) -> list[str]:
    return [info.account_name for info in answer.customer_infos]


def test_it_lists_own_customers_newest_first(huawei: Huawei, people: People) -> None:
    answer = ask(huawei(people["dora"]))
    assert answer.count == 3
    assert names(answer) == ["cyro_account", "chen_account", "cora_account"]
    chen = answer.customer_infos[1]
    assert chen.customer == "上海晨光科技有限公司"
    assert chen.customer_id == people["chen"].account_id
    assert chen.associated_on == "2024-03-04T00:00:00Z"
    assert chen.association_type == "3"
    assert chen.verified_status == "2"
    assert chen.label == "Gold"
    assert chen.is_frozen == 0
    assert chen.customer_type == 1
    assert chen.country_code == "0086"
    assert chen.account_managers == []
    assert chen.customer_level == "V0"
    assert chen.email == "chen@example.com"


def test_it_lists_a_resellers_customers_for_its_distributor(huawei: Huawei, people: People) -> None:
    answer = ask(huawei(people["dora"]), indirect_partner_id=people["rita"].account_id)
    assert names(answer) == ["cleo_account", "carl_account"]


@pytest.mark.parametrize("stranger", ["ruth", "olga", "sol", "carl"])
def test_it_refuses_a_strangers_reseller_like_an_absent_one(huawei: Huawei, people: People, stranger: str) -> None:
    seen = []
    for partner_id in (people[stranger].account_id, "f" * 32):
        with pytest.raises(ClientRequestException) as refusal:
            ask(huawei(people["dora"]), indirect_partner_id=partner_id)
        seen.append((refusal.value.status_code, refusal.value.error_code, refusal.value.error_msg))
    assert seen[0] == seen[1]
    assert seen[0][:2] == (400, "CBC.99000037")


@pytest.mark.parametrize("who", ["rita", "carl", "pia"])
def test_it_refuses_the_kinds_the_page_does_not_admit(huawei: Huawei, people: People, who: str) -> None:
    with pytest.raises(ClientRequestException) as refusal:
        ask(huawei(people[who]))
    assert (refusal.value.status_code, refusal.value.error_code) == (403, "CBC.0151")


def test_it_pages(huawei: Huawei, people: People) -> None:
    client = huawei(people["dora"])
    assert names(ask(client, offset=1, limit=1)) == ["chen_account"]
    beyond = ask(client, offset=40_000_000, limit=100)
    assert (beyond.count, beyond.customer_infos) == (3, [])


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"account_name": "CHEN"}, ["chen_account"]),  # names match whatever the case
        ({"account_name": "_acc"}, ["cyro_account", "chen_account", "cora_account"]),  # middle; _ is no wildcard
        ({"account_name": "%"}, []),
        ({"customer": "晨光"}, ["chen_account"]),
        ({"customer": "CAFÉS"}, ["cora_account"]),
        ({"customer": "n Cafés"}, []),  # a space is unsupported and matches nothing
        ({"label": "Gold"}, ["chen_account"]),
        ({"label": "gold"}, []),  # a label's case decides
        ({"label": "ol"}, ["chen_account"]),
        ({"association_type": "1"}, []),
        ({"association_type": "3"}, ["cyro_account", "chen_account", "cora_account"]),
        ({"associated_on_begin": "2024-03-04T00:00:00Z"}, ["cyro_account", "chen_account"]),
        ({"associated_on_end": "2024-03-04T00:00:00Z"}, ["chen_account", "cora_account"]),
        ({"customer_id": "0" * 32}, []),  # unknown customer: 200 and an empty list
        ({"account_name": "", "customer": "", "label": "", "association_type": "", "customer_id": ""}, 3),
        ({"indirect_partner_id": ""}, 3),
    ],
)
def test_it_filters(huawei: Huawei, people: People, parameters: dict[str, str], expected: list[str] | int) -> None:
    answer = ask(huawei(people["dora"]), **parameters)
    if isinstance(expected, int):
        assert answer.count == expected
    else:
        assert names(answer) == expected
        assert answer.count == len(expected)


@pytest.mark.parametrize(
    "parameters",
    [
        {"limit": 0},
        {"limit": 101},
        {"offset": -1},
        {"account_name": "x" * 65},
        {"association_type": "2"},  # agency sale is the China site's
        {"association_type": "9"},
        {"associated_on_begin": "2024-03-04"},
        {"associated_on_end": ""},
    ],
)
def test_it_refuses_values_out_of_range(huawei: Huawei, people: People, parameters: dict[str, object]) -> None:
    with pytest.raises(ClientRequestException) as refusal:
        ask(huawei(people["dora"]), **parameters)
    assert (refusal.value.status_code, refusal.value.error_code) == (400, "CBC.0100")
    assert refusal.value.request_id


def test_it_refuses_a_wrong_secret(huawei: Huawei, people: People) -> None:
    from dataclasses import replace

    with pytest.raises(ClientRequestException) as refusal:
        ask(huawei(replace(people["dora"], secret_key="x" * 40)))
    assert (refusal.value.status_code, refusal.value.error_code) == (401, "APIG.0301")
