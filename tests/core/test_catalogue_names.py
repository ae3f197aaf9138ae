"""The catalogue that imports extend: the seed first, then what was remembered, in both databases."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openpartner.core.catalogue.entries import Entry, Level, seeded
from openpartner.core.catalogue.models import CODE_MAX, NAME_MAX, CatalogueEntry
from openpartner.core.catalogue.names import listed, name_of, names_of, remember

pytestmark = pytest.mark.django_db

NEW = Entry("huawei", Level.SERVICE, "hws.service.type.new", "New Service", "新服务")


def test_the_seed_names_what_the_vendors_name() -> None:
    """tencent:D.7 and the SDKs' examples."""
    assert name_of("tencent", Level.SERVICE, "p_cvm") == "Cloud Virtual Machine(CVM)"
    assert name_of("tencent", Level.REGION, "8") == "North China (Beijing)"
    assert name_of("tencent", Level.REGION, "4") == "East China (Shanghai)"
    assert name_of("huawei", Level.REGION, "ap-southeast-1", "zh_CN") == "中国-香港"
    assert name_of("huawei", Level.USAGE_TYPE, "reqNumber", "zh", space="hws.resource.type.obs") == "调用次数"


def test_an_unknown_code_is_its_own_name() -> None:
    assert name_of("aws", Level.SERVICE, "AmazonEC2") == "AmazonEC2"
    assert names_of("aws", Level.SERVICE, {"AmazonEC2"}) == {"AmazonEC2": "AmazonEC2"}


def test_what_an_import_brings_is_named_and_listed_from_then_on() -> None:
    assert remember([NEW]) == 1
    assert name_of("huawei", Level.SERVICE, NEW.code) == "New Service"
    assert name_of("huawei", Level.SERVICE, NEW.code, "zh-hans") == "新服务"
    assert NEW in listed("huawei", Level.SERVICE)
    assert [one.code for one in listed("huawei", Level.SERVICE, named="NEW SERV")] == [NEW.code]
    assert listed("huawei", Level.SERVICE, named="NEW SERV", language="zh") == []
    assert name_of("tencent", Level.SERVICE, NEW.code) == NEW.code  # another cloud's codes are other codes


def test_the_same_again_writes_nothing() -> None:
    remember([NEW])
    with CaptureQueriesContext(connection) as queries:
        assert remember([NEW, NEW]) == 0
    assert not [query for query in queries if query["sql"].startswith(("INSERT", "UPDATE"))]


def test_a_later_name_counts_and_an_empty_one_does_not() -> None:
    remember([NEW])
    assert remember([Entry("huawei", Level.SERVICE, NEW.code, "Newer Service", "")]) == 1
    assert remember([Entry("huawei", Level.SERVICE, NEW.code)]) == 0
    (row,) = CatalogueEntry.objects.filter(code=NEW.code)
    assert (row.name_en, row.name_zh) == ("Newer Service", "新服务")


def test_names_of_one_import_are_put_together() -> None:
    """English and Chinese files name the same codes."""
    assert remember([Entry("aws", Level.REGION, "r1", "One"), Entry("aws", Level.REGION, "r1", "", "一", "above")]) == 1
    assert listed("aws", Level.REGION) == [Entry("aws", Level.REGION, "r1", "One", "一", "above")]


def test_the_seed_is_not_overwritten() -> None:
    assert remember([Entry("tencent", Level.SERVICE, "p_cvm", "Something else", "别的")]) == 0
    assert not CatalogueEntry.objects.exists()
    assert name_of("tencent", Level.SERVICE, "p_cvm") == "Cloud Virtual Machine(CVM)"


def test_a_row_the_seed_has_learnt_since_is_listed_once() -> None:
    """An upgrade may seed what an import had brought before."""
    CatalogueEntry.objects.create(cloud="tencent", level=Level.SERVICE, code="p_cvm", name_en="Older")
    assert [one.name_en for one in listed("tencent", Level.SERVICE) if one.code == "p_cvm"] == [
        "Cloud Virtual Machine(CVM)"
    ]


def test_a_usage_type_is_one_of_its_resource_type() -> None:
    usages = [Entry("huawei", Level.USAGE_TYPE, "hours", f"Hours of {one}", "", one) for one in ("a", "b")]
    assert remember(usages) == 2
    assert name_of("huawei", Level.USAGE_TYPE, "hours", space="a") == "Hours of a"
    assert name_of("huawei", Level.USAGE_TYPE, "hours", space="b") == "Hours of b"
    assert listed("huawei", Level.USAGE_TYPE, parent="b") == [usages[1]]


def test_what_is_no_code_is_left_out_and_a_long_name_is_cut() -> None:
    odd = [
        Entry("aws", Level.SERVICE, "", "no code"),
        Entry("aws", Level.SERVICE, "x" * (CODE_MAX + 1), "too long"),
        Entry("aws", Level.SERVICE, "a\0b", "not text"),
        Entry("aws", Level.SERVICE, "long", "n" * (NAME_MAX + 1)),
        Entry("aws", Level.SERVICE, "odd", " a\0b "),
    ]
    assert remember(odd) == 2
    assert names_of("aws", Level.SERVICE, {"long", "odd"}) == {"long": "n" * NAME_MAX, "odd": "ab"}


def test_many_codes_take_few_statements() -> None:
    entries = [Entry("aws", Level.RESOURCE_TYPE, f"type-{number}", f"Type {number}") for number in range(1_200)]
    with CaptureQueriesContext(connection) as queries:
        assert remember(entries) == 1_200
    assert len([query for query in queries if query["sql"].startswith(("SELECT", "INSERT"))]) <= 15
    with CaptureQueriesContext(connection) as queries:
        names = names_of("aws", Level.RESOURCE_TYPE, {entry.code for entry in entries})
    assert names["type-7"] == "Type 7"
    assert len(queries) == 1


def test_names_from_the_seed_ask_no_database() -> None:
    codes = {code for _, code in seeded("tencent", Level.REGION)}
    with CaptureQueriesContext(connection) as queries:
        assert names_of("tencent", Level.REGION, codes, "zh")["1"] == "华南地区（广州）"
        assert name_of("tencent", Level.REGION, "1") == "South China (Guangzhou)"
    assert not queries
