"""The v1.0 customer queries through the SDK's own request machinery: it signs, sends and reads, without a method.

Expectations: huawei:C9 and huawei:D7b, pages offl_00004 and 0077254158. Cell by cell: tests/wire.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from tests.sdk.clients import HuaweiClient
from tests.support.people import Person

People = dict[str, Person]
Huawei = Callable[[Person], HuaweiClient]
ALL = ["cyro_account", "chen_account", "cora_account"]


def details(client: HuaweiClient, partner_id: str = "whoever", **query: str) -> Any:
    path = f"/v1.0/{partner_id}/partner/customer-mgr/detail"
    return client.raw("LegacyListCustomerDetails", "GET", path, query=list(query.items()))


def posted(client: HuaweiClient, **body: object) -> Any:
    path = "/v1.0/whoever/partner/customer-mgr/query"
    return client.raw("LegacyQueryCustomers", "POST", path, body=body)


def test_the_old_list(huawei: Huawei, people: People) -> None:
    client = huawei(people["dora"])
    answer = details(client)
    assert (answer["error_code"], answer["error_msg"], answer["count"]) == ("CBC.0000", "success", 3)
    assert [row["domain_name"] for row in answer["customer_info_list"]] == ALL
    (chen,) = details(client, corp_name="晨光", page_size="1")["customer_info_list"]
    assert chen == {
        "corp_name": "上海晨光科技有限公司",
        "domain_name": "chen_account",
        "customer_id": people["chen"].account_id,
        "start_time": "2024-03-04T00:00:00Z",
        "cooperation_type": "3",
        "label": "Gold",
        "telephone": "13900000009",
        "verifiedStatus": "2",
        "countryCode": "0086",
    }


def test_the_old_list_keeps_bare_empty_and_null_apart(huawei: Huawei, people: People) -> None:
    client = huawei(people["dora"])
    assert details(client, domain_name="")["count"] == 3
    assert details(client, domain_name='""')["count"] == 0
    assert details(client, domain_name="null")["count"] == 0
    assert details(client, page_no="null", page_size="")["count"] == 3
    with pytest.raises(ClientRequestException) as refusal:
        details(client, page_no='""')
    assert (refusal.value.status_code, refusal.value.error_code) == (400, "CBC.0100")


def test_an_unknown_customer_is_200_and_an_empty_list(huawei: Huawei, people: People) -> None:
    client = huawei(people["dora"])
    assert details(client, domain_name="no-such") == {
        "error_code": "CBC.0000",
        "error_msg": "success",
        "customer_info_list": [],
        "count": 0,
    }
    assert posted(client, domainName="no-such") == {
        "error_code": "CBC.0000",
        "error_msg": "success",
        "customerInfoList": [],
        "count": 0,
    }


def test_the_old_posted_query(huawei: Huawei, people: People) -> None:
    client = huawei(people["dora"])
    answer = posted(client, offset=2, limit=2)
    assert (answer["error_code"], answer["count"]) == ("CBC.0000", 3)
    (cora,) = answer["customerInfoList"]
    assert (cora["domainName"], cora["name"], cora["isFrozen"]) == ("cora_account", "Corazón Cafés", 0)
    assert posted(client, label="Gold")["customerInfoList"][0]["customerId"] == people["chen"].account_id


def test_a_strangers_customers_are_not_there(huawei: Huawei, people: People) -> None:
    client = huawei(people["sol"])
    for name in ("chen", "oona", "no-such"):
        assert details(client, domain_name=name)["count"] == 0
        assert posted(client, domainName=name)["count"] == 0
    # Whatever the path names, it is the caller's own list.
    assert (
        details(client, partner_id=people["olga"].account_id)["customer_info_list"][0]["domain_name"] == "cato_account"
    )


@pytest.mark.parametrize("who", ["rita", "carl", "pia"])
@pytest.mark.parametrize("ask", [details, posted])
def test_the_kinds_the_pages_do_not_admit_are_refused(
    huawei: Huawei, people: People, who: str, ask: Callable[..., Any]
) -> None:
    with pytest.raises(ClientRequestException) as refusal:
        ask(huawei(people[who]))
    assert (refusal.value.status_code, refusal.value.error_code) == (403, "CBC.0151")
