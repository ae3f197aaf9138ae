"""QueryT1IndirectCustomersDetail through the SDK. Expectations: tencent:A.1, tencent:C.6, tencent:D.2 (1085/69083)."""

from __future__ import annotations

import pytest

from tests.sdk.tencent.modes import MODES, NOBODY, Mode, People, Tencent, ask, refusal

ACTION = "QueryT1IndirectCustomersDetail"


@pytest.mark.parametrize("mode", MODES)
def test_it_lists_a_resellers_customers_newest_first(tencent: Tencent, people: People, mode: Mode) -> None:
    answer = ask(tencent(people["dora"], **mode), ACTION, SubAgentUin=people["rita"].uin, Page=1, PageSize=100)
    assert (answer.Total, answer.SubAgentUin, answer.SubAgentName) == (2, people["rita"].uin, "Rita Resale KK")
    assert [(row.ClientUin, row.ClientName, row.ClientBindTime) for row in answer.Data] == [
        (people["cleo"].uin, "Cleo Clinics", "2024-03-06 08:00:00"),  # UTC+8
        (people["carl"].uin, "Carl Coffee Co", "2024-03-01 18:00:00"),
    ]
    assert answer.RequestId


def test_it_needs_no_feature_flag(tencent: Tencent, people: People) -> None:
    """vendor doc silent: the allowlist gates the console's page; this action's page names the role alone."""
    assert ask(tencent(people["olga"]), ACTION, SubAgentUin=people["ruth"].uin, Page=1, PageSize=1).Total == 1


def test_it_pages(tencent: Tencent, people: People) -> None:
    client = tencent(people["dora"])
    second = ask(client, ACTION, SubAgentUin=people["rita"].uin, Page=2, PageSize=1)
    assert (second.Total, [row.ClientName for row in second.Data]) == (2, ["Carl Coffee Co"])
    beyond = ask(client, ACTION, SubAgentUin=people["rita"].uin, Page=2**62, PageSize=100)
    assert (beyond.Total, beyond.Data) == (2, [])


@pytest.mark.parametrize("stranger", ["ruth", "olga", "sol", "carl", "dora"])
def test_it_refuses_a_strangers_reseller_like_an_absent_one(tencent: Tencent, people: People, stranger: str) -> None:
    client = tencent(people["dora"])
    seen = [refusal(client, ACTION, SubAgentUin=uin, Page=1, PageSize=10) for uin in (people[stranger].uin, NOBODY)]
    assert seen[0] == seen[1]
    assert seen[0][0] == "FailedOperation.InvalidSubAgentUin"


@pytest.mark.parametrize("who", ["sol", "rita", "carl", "pia"])
def test_it_refuses_everybody_but_distributors(tencent: Tencent, people: People, who: str) -> None:
    code, _ = refusal(tencent(people[who]), ACTION, SubAgentUin=people["rita"].uin, Page=1, PageSize=10)
    assert code == "UnauthorizedOperation.UinNoAuth"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"SubAgentUin": 0}, "FailedOperation.InvalidSubAgentUin"),
        ({"SubAgentUin": 10**18}, "FailedOperation.InvalidSubAgentUin"),  # uins have at most 18 digits
        ({"SubAgentUin": 2**64}, "InvalidParameter"),
        ({"Page": 0}, "InvalidParameterValue"),
        ({"Page": -1}, "InvalidParameter"),  # tencent:C.6: a negative number for an unsigned field
        ({"Page": "1 "}, "InvalidParameter"),
        ({"Page": 1.0}, "InvalidParameter"),
        ({"PageSize": 0}, "InvalidParameterValue"),
        ({"PageSize": 101}, "InvalidParameterValue"),
        ({"PageSize": None}, "MissingParameter"),  # the SDK leaves out what is None
        ({"SubAgentUin": None}, "MissingParameter"),
    ],
)
def test_it_refuses_values_out_of_range(tencent: Tencent, people: People, changed: Mode, code: str) -> None:
    given = {"SubAgentUin": people["rita"].uin, "Page": 1, "PageSize": 10, **changed}
    assert refusal(tencent(people["dora"]), ACTION, **given)[0] == code


def test_it_takes_digits_for_integers(tencent: Tencent, people: People) -> None:
    """tencent:F.9: the vendor's worked examples send "PageSize":"10"."""
    assert ask(tencent(people["dora"]), ACTION, SubAgentUin=str(people["rita"].uin), Page="1", PageSize="10").Total == 2
