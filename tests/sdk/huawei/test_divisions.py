"""Provinces, cities, counties and tags of new customers through the China site's SDK.

Expectations: huawei:D7a, the SDK's models, GB/T 2260 (the codes of China's divisions).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import huaweicloudsdkbss.v2 as china
import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from tests.sdk.clients import HuaweiClient
from tests.support.people import Person

People = dict[str, Person]
Client = Callable[[str], HuaweiClient]


@pytest.fixture
def cn(huawei: Callable[..., HuaweiClient], people: People) -> Client:
    """The China site's SDK with somebody's key."""
    return lambda who: huawei(people[who], sdk=china.BssClient)


def refused(ask: Callable[[], Any]) -> tuple[int, str]:
    with pytest.raises(ClientRequestException) as caught:
        ask()
    return caught.value.status_code, caught.value.error_code


def test_china_is_walked_from_province_to_county(cn: Client) -> None:
    client = cn("carl")
    found = client.list_provinces(china.ListProvincesRequest(limit=1000))
    assert found.count == len(found.provinces) == 34
    assert {one.code: one.name for one in found.provinces}["440000"] == "广东省"
    cities = client.list_cities(china.ListCitiesRequest(province_code="440000", limit=1000))
    assert cities.count == len(cities.cities) == 21
    assert {one.code: one.name for one in cities.cities}["440300"] == "深圳市"
    counties = client.list_counties(china.ListCountiesRequest(city_code="440300", limit=1000))
    assert {one.code: one.name for one in counties.counties}["440304"] == "福田区"
    assert counties.count == len(counties.counties)


def test_divisions_come_in_pages(cn: Client) -> None:
    client = cn("song")
    first = client.list_provinces(china.ListProvincesRequest())
    assert [len(first.provinces), first.count, first.provinces[0].name] == [10, 34, "北京市"]
    next_one = client.list_provinces(china.ListProvincesRequest(offset=10, limit=1))
    assert [one.code for one in next_one.provinces] == ["330000"]
    assert client.list_cities(china.ListCitiesRequest(province_code="999999")).count == 0
    assert client.list_counties(china.ListCountiesRequest(city_code="710000")).count == 0
    assert refused(lambda: client.list_provinces(china.ListProvincesRequest(limit=1001))) == (400, "CBC.0100")
    assert refused(lambda: client.list_counties(china.ListCountiesRequest(city_code="x" * 65))) == (400, "CBC.0100")


def tags(client: HuaweiClient, **query: Any) -> list[Any]:
    asked = china.ListSubCustomerNewTagRequest(body=china.ListSubCustomerNewTagReq(**query))
    found: list[Any] = client.list_sub_customer_new_tag(asked).new_customer_tags
    return found


def test_tags_of_new_customers(cn: Client, people: People) -> None:
    """cora was bound on 3 March 2024; the rule is ours: new for twelve months (docs/explanation/fidelity.md)."""
    (cora,) = tags(cn("dora"), customer_ids=[people["cora"].account_id])
    assert (cora.customer_id, cora.customer_tag_type) == (people["cora"].account_id, "SMB")
    assert (cora.new_customer_tag, cora.effective_time, cora.expire_time) == ("N", "2024-03", "2025-02")
    own = {people[name].account_id for name in ("cora", "chen", "cyro")}
    assert {one.customer_id for one in tags(cn("dora"))} == own
    assert len(tags(cn("dora"), limit=2)) == 2
    strangers = [people[name].account_id for name in ("otto", "carl")] + ["f" * 32]
    assert tags(cn("dora"), customer_ids=strangers) == []
    rita = people["rita"].account_id
    assert [one.customer_id for one in tags(cn("dora"), customer_ids=strangers, indirect_partner_id=rita)] == [
        people["carl"].account_id
    ]


def test_tags_of_strangers(cn: Client, people: People) -> None:
    ruth = people["ruth"].account_id
    assert refused(lambda: tags(cn("dora"), indirect_partner_id=ruth)) == (400, "CBC.99000037")
    assert refused(lambda: tags(cn("carl"))) == (403, "CBC.0151")
    assert refused(lambda: tags(cn("dora"), limit=101)) == (400, "CBC.0100")
