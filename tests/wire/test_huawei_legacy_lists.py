"""The v1.0 customer queries on the wire: the tables of huawei:C9, cell by cell (pages offl_00004, 0077254158)."""

from __future__ import annotations

from typing import Any

import pytest

from openpartner.core.access.keys import add_key
from openpartner.core.access.roles import Preset
from openpartner.core.access.users import create_user
from openpartner.core.accounts.models import Account
from openpartner.core.base.kinds import Suspension
from openpartner.core.customers.commands import assign_manager
from tests.support.people import PASSWORD, Person
from tests.wire.conftest import Configure
from tests.wire.huawei import QUERY, Reply, ask, get

INVALID = (400, "CBC.0100")
START, END = "2024-03-04T00:00:00Z", "2024-03-05T00:00:00Z"
ALL = ["cyro_account", "chen_account", "cora_account"]


@pytest.fixture(autouse=True)
def _lifted(configure: Configure) -> None:
    configure(rate_limit_scale=0, failed_signatures_per_minute=0)


def listed(reply: Reply) -> list[str]:
    """The login names of a successful answer of either query."""
    assert reply.status == 200, reply.body
    body = reply.json
    assert (body["error_code"], body["error_msg"]) == ("CBC.0000", "success")
    if "customer_info_list" in body:
        return [row["domain_name"] for row in body["customer_info_list"]]
    return [row["domainName"] for row in body["customerInfoList"]]


def change(person: Person, **values: Any) -> None:
    """Set columns of an account, names folded as they are."""
    row = person.account
    for name, value in values.items():
        setattr(row, name, value)
    row.fold_names()
    row.save()


# ---------------------------------------------------------------------------- GET detail


def test_a_customer_reads_as_the_page_shows_it(dora: Person, world: dict[str, Person]) -> None:
    reply = get(dora, {"domain_name": "chen"})
    assert reply.json == {
        "error_code": "CBC.0000",
        "error_msg": "success",
        "count": 1,
        "customer_info_list": [
            {
                "corp_name": "上海晨光科技有限公司",
                "domain_name": "chen_account",
                "customer_id": world["chen"].account_id,
                "start_time": "2024-03-04T00:00:00Z",
                "cooperation_type": "3",
                "label": "Gold",
                "telephone": "13900000009",
                "verifiedStatus": "2",
                "countryCode": "0086",
            }
        ],
    }


def test_corp_name_is_always_there_and_may_be_null(dora: Person, world: dict[str, Person]) -> None:
    """huawei:F6: documented as mandatory, null in the sample."""
    change(world["chen"], legal_name="")
    (row,) = get(dora, {"domain_name": "chen"}).json["customer_info_list"]
    assert row["corp_name"] is None


# Each cell of the table: parameter, spelling, and what comes of it (None: no condition, so everybody).
SPELLINGS = {"bare": "", "empty": '""', "null": "null"}
CELLS = [
    ("domain_name", "bare", None),
    ("domain_name", "empty", []),
    ("domain_name", "null", []),
    ("corp_name", "bare", None),
    ("corp_name", "empty", []),
    ("corp_name", "null", []),
    ("label", "bare", None),
    ("label", "empty", ["cyro_account", "cora_account"]),  # they have no label
    ("label", "null", []),
    ("page_no", "bare", None),
    ("page_no", "empty", INVALID),
    ("page_no", "null", None),
    ("page_size", "bare", None),
    ("page_size", "empty", INVALID),
    ("page_size", "null", None),
    ("cooperationType", "bare", None),
    ("cooperationType", "empty", INVALID),
    ("cooperationType", "null", INVALID),
    ("cooperationTimeStart", "bare", INVALID),
    ("cooperationTimeStart", "empty", INVALID),
    ("cooperationTimeStart", "null", INVALID),
    ("cooperationTimeEnd", "bare", INVALID),
    ("cooperationTimeEnd", "empty", INVALID),
    ("cooperationTimeEnd", "null", INVALID),
]


@pytest.mark.parametrize(("parameter", "spelling", "expected"), CELLS)
def test_absent_bare_empty_and_null_are_four_things(
    dora: Person, parameter: str, spelling: str, expected: list[str] | tuple[int, str] | None
) -> None:
    query = {parameter: SPELLINGS[spelling]}
    if parameter == "cooperationTimeStart":
        query["cooperationTimeEnd"] = END
    elif parameter == "cooperationTimeEnd":
        query["cooperationTimeStart"] = START
    reply = get(dora, query)
    if isinstance(expected, tuple):
        assert reply.code == expected
        assert parameter in reply.json["error_msg"]
    else:
        assert listed(reply) == (ALL if expected is None else expected)


def test_a_key_without_an_equals_sign_is_bare_too(dora: Person) -> None:
    from tests.wire.huawei import DETAIL, Raw, send

    environ = Raw(method="GET", path=DETAIL, person=dora, query=[("label", "")]).environ()
    assert environ["QUERY_STRING"] == "label="
    # `label` and `label=` are one canonical query, so the signature covers both spellings.
    assert listed(send(environ | {"QUERY_STRING": "label"})) == ALL


@pytest.mark.parametrize("column", ["account_name", "legal_name", "labels"])
def test_empty_and_null_match_like_any_other_text(dora: Person, world: dict[str, Person], column: str) -> None:
    """ "Filters" on the empty text is equality with it; on null it is the word, for the query has only words."""
    parameter = {"account_name": "domain_name", "legal_name": "corp_name", "labels": "label"}[column]
    change(world["chen"], **{column: "so-null-it-is"})
    assert listed(get(dora, {parameter: "null"})) == [world["chen"].account.account_name]
    change(world["chen"], **{column: ""})
    expected = {world["chen"].account.account_name} | (
        {"cora_account", "cyro_account"} if column == "labels" else set()
    )
    assert set(listed(get(dora, {parameter: '""'}))) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ALL),
        ({"domain_name": "chen"}, ["chen_account"]),  # prefix
        ({"domain_name": "yro_account"}, ["cyro_account"]),  # suffix
        ({"domain_name": "_acc"}, ALL),  # middle, and _ is no wildcard
        ({"domain_name": "%"}, []),
        ({"domain_name": "CHEN"}, ["chen_account"]),  # huawei:F29: an account name in any case
        ({"domain_name": "chen account"}, []),  # spaces are not supported
        ({"domain_name": " "}, []),
        ({"domain_name": "x" * 128}, []),  # huawei:F3: 128 on v1.0
        ({"corp_name": "上海"}, ["chen_account"]),
        ({"corp_name": "公司"}, ["chen_account"]),
        ({"corp_name": "ón Caf"}, []),
        ({"corp_name": "cafés"}, ["cora_account"]),
        ({"label": "Go"}, ["chen_account"]),
        ({"label": "ld"}, ["chen_account"]),
        ({"label": "ol"}, ["chen_account"]),
        ({"label": "gold"}, []),  # only a label's own case matches
        ({"label": "GOLD"}, []),
        ({"domain_name": "carl"}, []),  # somebody else's customer, and nobody at all
        ({"domain_name": "no-such"}, []),
        ({"cooperationType": "1"}, []),
        ({"cooperationType": "2"}, []),  # huawei:F4: of the China site, so no rows here
        ({"cooperationType": "3"}, ALL),
        ({"cooperationTimeStart": START, "cooperationTimeEnd": END}, ["cyro_account", "chen_account"]),
        ({"cooperationTimeStart": START, "cooperationTimeEnd": START}, ["chen_account"]),
        ({"cooperationTimeStart": END, "cooperationTimeEnd": START}, []),
        ({"page_size": "2"}, ["cyro_account", "chen_account"]),
        ({"page_no": "2", "page_size": "2"}, ["cora_account"]),
        ({"page_no": "999999999999", "page_size": "100"}, []),
        ({"domain_name": "chen", "label": "Gold", "corp_name": "晨光", "cooperationType": "3"}, ["chen_account"]),
        ({"domain_name": "chen", "label": "Silver"}, []),
        ({"no_such_parameter": "1"}, ALL),
    ],
    ids=str,
)
def test_it_filters_and_pages(dora: Person, query: dict[str, str], expected: list[str]) -> None:
    assert listed(get(dora, query)) == expected


def test_the_count_is_of_all_pages(dora: Person) -> None:
    assert get(dora, {"page_no": "2", "page_size": "2"}).json["count"] == 3
    assert get(dora, {"page_no": "3", "page_size": "2"}).json["count"] == 3


@pytest.mark.parametrize(
    "query",
    [
        {"domain_name": "x" * 129},
        {"corp_name": "x" * 129},
        {"label": "x" * 65},
        {"page_no": "0"},
        {"page_no": "-1"},
        {"page_no": "1.0"},
        {"page_no": "1e2"},
        {"page_no": "one"},
        {"page_no": "１"},
        {"page_size": "0"},
        {"page_size": "101"},
        {"cooperationType": "4"},
        {"cooperationType": "x"},
        {"cooperationTimeStart": START},
        {"cooperationTimeEnd": END},
        {"cooperationTimeStart": "2024-03-04", "cooperationTimeEnd": END},
        {"cooperationTimeStart": START, "cooperationTimeEnd": "2024-03-05T00:00:00+00:00"},
        {"domain_name": "nul\0"},
    ],
    ids=str,
)
def test_it_refuses_values_out_of_range(dora: Person, query: dict[str, str]) -> None:
    reply = get(dora, query)
    assert reply.code == INVALID
    assert reply.json["error_msg"] != "success"


@pytest.mark.parametrize("partner_id", ["whoever", "a" * 200, "%E4%BC%99%E4%BC%B4"])
def test_the_partner_id_is_not_verified(dora: Person, olga: Person, partner_id: str) -> None:
    """huawei:F22: it is ignored, and never an authorization."""
    for written in (partner_id, olga.account_id):
        assert listed(get(dora, path=f"/v1.0/{written}/partner/customer-mgr/detail")) == ALL
        assert listed(ask(dora, {}, path=f"/v1.0/{written}/partner/customer-mgr/query")) == ALL


@pytest.mark.parametrize("who", ["rita", "carl", "pia"])
def test_the_kinds_the_pages_do_not_admit_are_refused(world: dict[str, Person], who: str) -> None:
    for reply in (get(world[who]), ask(world[who], {}, path=QUERY)):
        assert reply.code == (403, "CBC.0151")


def test_a_setting_lets_second_level_resellers_in_for_their_own(rita: Person, configure: Configure) -> None:
    """huawei:F27."""
    configure(serve_second_level_resellers=True)
    assert listed(get(rita)) == ["cleo_account", "carl_account"]


def test_everybody_sees_their_own_customers_alone(sol: Person, olga: Person) -> None:
    assert listed(get(sol)) == ["cato_account"]
    assert listed(get(olga)) == ["oona_account"]
    assert listed(ask(sol, {}, path=QUERY)) == ["cato_account"]
    assert listed(ask(olga, {"domainName": "chen"}, path=QUERY)) == []


def test_an_account_manager_sees_the_customers_assigned_to_it(dora: Person, world: dict[str, Person]) -> None:
    """huawei:A5."""
    user = create_user(
        dora.caller, name="mia", email="mia@example.com", password=PASSWORD, presets=[Preset.ACCOUNT_MANAGER]
    )
    assign_manager(dora.caller, account_id=world["chen"].account_id, manager_id=user.pk)
    pair = add_key(user)
    mia = Person(**{**_facts(dora), "access_key": pair.access_key, "secret_key": pair.secret_key})
    assert listed(get(mia)) == ["chen_account"]
    assert listed(ask(mia, {}, path=QUERY)) == ["chen_account"]


def _facts(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in Person.__slots__}


def test_the_china_site_has_its_own_association_types(world: dict[str, Person]) -> None:
    """huawei:A2: 1 and 2 there. vendor doc silent: 3 there, answered as 2 is on the international site."""
    song = world["song"]
    assert listed(get(song, {"cooperationType": "2"})) == ["su_account"]
    assert listed(get(song, {"cooperationType": "1"})) == []
    assert listed(get(song, {"cooperationType": "3"})) == []
    assert get(song).json["customer_info_list"][0]["cooperation_type"] == "2"
    assert get(song, {"cooperationType": "9"}).code == INVALID


# ---------------------------------------------------------------------------- POST query


def test_the_posted_query_reads_as_its_page_shows_it(dora: Person, world: dict[str, Person]) -> None:
    Account.objects.everything(reason="test").filter(pk=world["chen"].account_pk).update(suspension=Suspension.ACCOUNT)
    reply = ask(dora, {"domainName": "chen"}, path=QUERY)
    assert reply.json == {
        "error_code": "CBC.0000",
        "error_msg": "success",
        "count": 1,
        "customerInfoList": [
            {
                "name": "上海晨光科技有限公司",
                "domainName": "chen_account",
                "customerId": world["chen"].account_id,
                "cooperationTime": "2024-03-04T00:00:00Z",
                "cooperationType": "3",
                "label": "Gold",
                "telephone": "13900000009",
                "verifiedStatus": "2",
                "countryCode": "0086",
                "customerType": 1,
                "isFrozen": 1,
            }
        ],
    }


@pytest.mark.parametrize(
    "parameter",
    [
        "domainName",
        "name",
        "label",
        "cooperationType",
        "offset",
        "limit",
        "cooperationTimeStart",
        "cooperationTimeEnd",
    ],
)
@pytest.mark.parametrize("value", ["", None], ids=["empty", "null"])
def test_absent_empty_and_null_are_no_condition_when_posted(dora: Person, parameter: str, value: str | None) -> None:
    """The page says so of the first four; of the others it is ours, marked where it is declared."""
    assert listed(ask(dora, {parameter: value}, path=QUERY)) == ALL


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, ALL),
        ({"limit": 2}, ["cyro_account", "chen_account"]),
        ({"offset": 2, "limit": 2}, ["cora_account"]),  # a page number, not a number of rows
        ({"offset": 200_000, "limit": 100}, []),
        ({"domainName": "CHEN_"}, ["chen_account"]),
        ({"domainName": "chen account"}, []),
        ({"domainName": "null"}, []),
        ({"name": "cafés"}, ["cora_account"]),
        ({"label": "gold"}, []),
        ({"label": "old"}, ["chen_account"]),
        ({"cooperationType": "2"}, []),
        ({"cooperationType": "3"}, ALL),
        ({"cooperationTimeStart": START}, ["cyro_account", "chen_account"]),
        ({"cooperationTimeEnd": START}, ["chen_account", "cora_account"]),
        ({"cooperationTimeStart": START, "cooperationTimeEnd": START}, ["chen_account"]),
    ],
    ids=str,
)
def test_the_posted_query_filters_and_pages(dora: Person, body: dict[str, object], expected: list[str]) -> None:
    assert listed(ask(dora, body, path=QUERY)) == expected


@pytest.mark.parametrize(
    "body",
    [
        {"offset": 0},
        {"offset": 200_001},
        {"offset": "1"},
        {"limit": 0},
        {"limit": 101},
        {"domainName": "x" * 129},
        {"name": 7},
        {"label": "x" * 65},
        {"cooperationType": "4"},
        {"cooperationType": 3},
        {"cooperationTimeStart": "yesterday"},
    ],
    ids=str,
)
def test_the_posted_query_refuses_values_out_of_range(dora: Person, body: dict[str, object]) -> None:
    reply = ask(dora, body, path=QUERY)
    assert reply.code == INVALID
    assert next(iter(body)) in reply.json["error_msg"]
