"""The catalogue through the official SDK. Expectations: huawei:D5, huawei:C9, the SDK's models and their examples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import huaweicloudsdkbssintl.v2 as sdk
import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from tests.sdk.clients import HuaweiClient
from tests.support.people import Person

People = dict[str, Person]
Huawei = Callable[[Person], HuaweiClient]

OPERATIONS = (
    "list_service_types",
    "list_resource_types",
    "list_service_resources",
    "list_usage_types",
    "list_measure_units",
    "list_conversions",
)
ENGLISH = "en_US"
VM = "hws.resource.type.vm"


def ask(client: HuaweiClient, operation: str, **parameters: object) -> Any:
    request = getattr(sdk, "".join(part.title() for part in operation.split("_")) + "Request")
    if operation == "list_service_resources":
        parameters = {"service_type_code": "hws.service.type.obs", **parameters}
    return getattr(client, operation)(request(**parameters))


def refused(client: HuaweiClient, operation: str, **parameters: object) -> tuple[int, str]:
    with pytest.raises(ClientRequestException) as refusal:
        ask(client, operation, **parameters)
    return refusal.value.status_code, refusal.value.error_code


@pytest.fixture
def dora(huawei: Huawei, people: People) -> HuaweiClient:
    return huawei(people["dora"])


def test_it_lists_service_types(dora: HuaweiClient) -> None:
    answer = ask(dora, "list_service_types", limit=1000, x_language=ENGLISH)
    found = {one.service_type_code: (one.service_type_name, one.abbreviation) for one in answer.service_types}
    assert found["hws.service.type.obs"] == ("Object Storage Service", "OBS")
    assert answer.total_count == len(found) >= 10
    assert list(found) == sorted(found)


def test_it_speaks_chinese_unless_asked_for_english(dora: HuaweiClient) -> None:
    """The model's text: zh_CN or en_US, zh_CN when absent. `弹性云服务器` is its name of the service of a vm."""
    spoken = {
        language: ask(dora, "list_usage_types", resource_type_code=VM, **parameters).usage_types[0]
        for language, parameters in {
            "none": {},
            "chinese": {"x_language": "zh_CN"},
            "english": {"x_language": ENGLISH},
            "spelt otherwise": {"x_language": "EN_us"},
        }.items()
    }
    assert {name: (one.service_type_name, one.resource_type_name) for name, one in spoken.items()} == {
        "none": ("弹性云服务器", "云主机"),
        "chinese": ("弹性云服务器", "云主机"),
        "english": ("Elastic Cloud Server", "Cloud Host"),
        "spelt otherwise": ("Elastic Cloud Server", "Cloud Host"),
    }


@pytest.mark.parametrize(
    ("name", "language", "codes"),
    [
        ("object", ENGLISH, ["hws.service.type.obs"]),  # prefix, in any case
        ("Storage Serv", ENGLISH, ["hws.service.type.obs"]),  # in the middle
        ("对象存储", "zh_CN", ["hws.service.type.obs"]),
        ("对象存储", ENGLISH, []),  # names are those of the asked language
        ("no such service", ENGLISH, []),
        ("%", ENGLISH, []),
    ],
)
def test_service_types_are_found_by_name(dora: HuaweiClient, name: str, language: str, codes: list[str]) -> None:
    answer = ask(dora, "list_service_types", service_type_name=name, x_language=language)
    assert [one.service_type_code for one in answer.service_types] == codes
    assert answer.total_count == len(codes)


def test_a_blank_name_is_no_condition(dora: HuaweiClient) -> None:
    everything = ask(dora, "list_service_types").total_count
    for blank in ("", '""', "null"):
        assert ask(dora, "list_service_types", service_type_name=blank).total_count == everything


def test_it_lists_resource_types_with_their_service(dora: HuaweiClient) -> None:
    answer = ask(dora, "list_resource_types", limit=1000, x_language=ENGLISH)
    found = {one.resource_type_code: one for one in answer.resource_types}
    assert (found[VM].resource_type_name, found[VM].service_type_code) == ("Cloud Host", "hws.service.type.ec2")
    assert found["hws.resource.type.general"].service_type_code == "hws.service.type.offline"  # the model's example
    assert answer.total_count == len(found)


def test_it_lists_the_resource_types_of_one_service(dora: HuaweiClient) -> None:
    """The model's example: `hws.resource.type.general` is `通用规格` of `hws.service.type.offline`."""
    answer = ask(dora, "list_service_resources", service_type_code="hws.service.type.offline")
    (info,) = answer.infos
    told = info.basic_info
    assert (told.resource_type_code, told.product_owner_service, told.name) == (
        "hws.resource.type.general",
        "hws.service.type.offline",
        "通用规格",
    )
    assert answer.total_count == 1
    nobody = ask(dora, "list_service_resources", service_type_code="hws.service.type.none")
    assert (nobody.total_count, nobody.infos) == (0, [])


def test_it_lists_usage_types(dora: HuaweiClient) -> None:
    """The model's example: `reqNumber` is `调用次数`."""
    answer = ask(dora, "list_usage_types", resource_type_code="hws.resource.type.obs", limit=100)
    found = {one.code: one for one in answer.usage_types}
    assert found["reqNumber"].name == "调用次数"
    assert {one.service_type_code for one in found.values()} == {"hws.service.type.obs"}
    assert answer.total_count == len(found) < ask(dora, "list_usage_types").total_count


@pytest.mark.parametrize("code", ['""', "null", "no.such.type"])
def test_an_empty_or_null_resource_type_is_one_that_nothing_has(dora: HuaweiClient, code: str) -> None:
    answer = ask(dora, "list_usage_types", resource_type_code=code)
    assert (answer.total_count, answer.usage_types) == (0, [])


def test_a_blank_resource_type_is_no_condition(dora: HuaweiClient) -> None:
    everything = ask(dora, "list_usage_types").total_count
    assert ask(dora, "list_usage_types", resource_type_code="").total_count == everything


@pytest.mark.parametrize("operation", OPERATIONS[:4])
def test_pages_make_the_whole_list(dora: HuaweiClient, operation: str) -> None:
    def codes(**parameters: object) -> list[str]:
        answer = ask(dora, operation, **parameters)
        rows = next(value for value in answer.to_json_object().values() if isinstance(value, list))
        assert answer.total_count == total
        return [str(row) for row in rows]

    total = ask(dora, operation, limit=1).total_count
    whole = codes(limit=100)
    assert codes(offset=0, limit=1) + codes(offset=1, limit=100) == whole
    assert codes() == whole[:10]  # the default
    assert codes(offset=total) == []
    assert codes(offset="", limit="" if operation != "list_service_resources" else None) == whole[:10]
    assert codes(offset="null") == whole[:10]


LIMITS = {
    "list_service_types": (1000, 10**9),
    "list_resource_types": (1000, 10**9),
    "list_service_resources": (100, 10**7),
    "list_usage_types": (100, 10**8),
}


@pytest.mark.parametrize(("operation", "limits"), LIMITS.items(), ids=list(LIMITS))
def test_they_refuse_what_is_out_of_range(dora: HuaweiClient, operation: str, limits: tuple[int, int]) -> None:
    most, furthest = limits
    assert ask(dora, operation, limit=most, offset=furthest).total_count >= 1
    for bad in ({"limit": 0}, {"limit": most + 1}, {"offset": -1}, {"offset": furthest + 1},
                {"offset": '""'}, {"limit": '""'}):  # fmt: skip
        assert refused(dora, operation, **bad) == (400, "CBC.0100"), bad


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("list_service_types", {"service_type_name": "x" * 129}),
        ("list_service_resources", {"service_type_code": None}),
        ("list_service_resources", {"service_type_code": ""}),
        ("list_service_resources", {"service_type_code": "x" * 65}),
        ("list_service_resources", {"limit": ""}),
        ("list_service_resources", {"limit": "null"}),
        ("list_usage_types", {"resource_type_code": "x" * 65}),
        ("list_conversions", {"measure_type": 0}),
        ("list_conversions", {"measure_type": 2**31}),
        ("list_conversions", {"measure_type": '""'}),
        ("list_conversions", {"measure_type": "x"}),
    ],
    ids=str,
)
def test_they_refuse_what_no_page_allows(dora: HuaweiClient, operation: str, parameters: dict[str, object]) -> None:
    assert refused(dora, operation, **parameters) == (400, "CBC.0100")


def test_it_lists_measure_units(dora: HuaweiClient) -> None:
    """The models' examples: 10 is GB; 14 a count, 15 Mbit/s and 17 GB for sizes; 1 the major currency unit."""
    units = {one.measure_id: one for one in ask(dora, "list_measure_units", x_language=ENGLISH).measure_units}
    assert (units[10].measure_name, units[10].abbreviation, units[10].measure_type) == ("GB", "GB", 3)
    assert [units[number].measure_type for number in (1, 14, 15, 17)] == [1, 12, 16, 7]
    in_chinese = {one.measure_id: one.measure_name for one in ask(dora, "list_measure_units").measure_units}
    assert (units[4].measure_name, in_chinese[4]) == ("Hour", "小时")


def test_conversions_are_exact_and_agree_with_each_other(dora: HuaweiClient) -> None:
    """The model's example: 1 GB (10) is 1024 MB (11); and whatever way from unit to unit, the ratio is the same."""
    found = ask(dora, "list_conversions").conversions
    ratios = {(one.measure_id, one.ref_measure_id): one.conversion_ratio for one in found}
    assert ratios[10, 11] == 1024
    assert len(ratios) == len(found)
    for (unit, into), ratio in ratios.items():
        assert ratio > 1
        for (other, further), next_ratio in ratios.items():
            if other == into:
                assert ratios[unit, further] == ratio * next_ratio


def test_conversions_stay_within_a_type(dora: HuaweiClient) -> None:
    types = {one.measure_id: one.measure_type for one in ask(dora, "list_measure_units").measure_units}
    by_type: defaultdict[int, int] = defaultdict(int)
    for one in ask(dora, "list_conversions").conversions:
        assert types[one.measure_id] == types[one.ref_measure_id] == one.measure_type
        by_type[one.measure_type] += 1
    for number, count in by_type.items():
        assert len(ask(dora, "list_conversions", measure_type=number).conversions) == count
    assert ask(dora, "list_conversions", measure_type=20).conversions == []  # one unit, nothing to convert
    assert ask(dora, "list_conversions", measure_type=99999).conversions == []
    for blank in ("", "null"):
        assert len(ask(dora, "list_conversions", measure_type=blank).conversions) == sum(by_type.values())


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("who", ["dora", "sol", "carl", "song", "su"])
def test_partners_and_customers_may_ask(huawei: Huawei, people: People, who: str, operation: str) -> None:
    assert ask(huawei(people[who]), operation).to_json_object()


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("who", ["pia", "rita"])
def test_others_may_not(huawei: Huawei, people: People, who: str, operation: str) -> None:
    assert refused(huawei(people[who]), operation) == (403, "CBC.0151")


def test_everybody_is_told_the_same(huawei: Huawei, people: People) -> None:
    answers = [str(ask(huawei(people[who]), "list_resource_types", limit=1000)) for who in ("dora", "olga", "carl")]
    assert len(set(answers)) == 1
