"""DescribeCustomerUin through the official SDK. Expectations: tencent:D.2, tencent:F.16 and the SDK's model."""

from __future__ import annotations

import pytest

from tests.sdk.tencent.modes import MODES, Mode, People, Tencent, ask, refusal

ACTION = "DescribeCustomerUin"


@pytest.mark.parametrize("mode", MODES)
def test_it_lists_uins_newest_binding_first(tencent: Tencent, people: People, mode: Mode) -> None:
    answer = ask(tencent(people["dora"], **mode), ACTION, Page=1, PageSize=10)
    assert answer.Total == "3"  # a text by schema
    assert [row.CustomerUin for row in answer.Data] == [str(people[name].uin) for name in ("cyro", "chen", "cora")]


@pytest.mark.parametrize(("who", "names"), [("rita", ["cleo", "carl"]), ("sol", ["cato"]), ("olga", ["oona"])])
def test_every_partner_sees_its_direct_customers(tencent: Tencent, people: People, who: str, names: list[str]) -> None:
    answer = ask(tencent(people[who]), ACTION, Page=1, PageSize=100)
    assert [row.CustomerUin for row in answer.Data] == [str(people[name].uin) for name in names]


def test_it_pages(tencent: Tencent, people: People) -> None:
    client = tencent(people["dora"])
    assert [row.CustomerUin for row in ask(client, ACTION, Page=2, PageSize=2).Data] == [str(people["cora"].uin)]
    beyond = ask(client, ACTION, Page=3, PageSize=2)
    assert (beyond.Total, beyond.Data) == ("3", [])


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Page": 0}, "InvalidParameter.Page"),
        ({"PageSize": 0}, "InvalidParameter.Page"),
        ({"PageSize": 101}, "InvalidParameter.Page"),
        ({"Page": None}, "MissingParameter"),
        ({"Page": "one"}, "InvalidParameter"),
    ],
)
def test_it_refuses_bad_pages(tencent: Tencent, people: People, changed: Mode, code: str) -> None:
    assert refusal(tencent(people["dora"]), ACTION, **{"Page": 1, "PageSize": 10, **changed})[0] == code


@pytest.mark.parametrize("who", ["carl", "pia"])
def test_it_refuses_who_is_no_partner(tencent: Tencent, people: People, who: str) -> None:
    assert refusal(tencent(people[who]), ACTION, Page=1, PageSize=10)[0] == "UnauthorizedOperation.UinNoAuth"
