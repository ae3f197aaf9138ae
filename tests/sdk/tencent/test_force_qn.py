"""ForceQN through the official SDK. Rules: tencent:D.3, tencent:B.2, tencent:A.4, tencent:F.18."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sdk.tencent.modes import NOBODY, WRITE_MODES, Mode, People, Tencent, ask, refusal

ACTION = "ForceQN"
NORMAL, FORCED = 0, 2

pytestmark = pytest.mark.filterwarnings("ignore:parameter `[CM]` is deprecated:DeprecationWarning")


def force(client: Any, uin: int, kind: int) -> Any:
    return ask(client, ACTION, ClientUin=uin, Type=kind)


def status(tencent: Tencent, people: People, partner: str = "dora", customer: str = "cora") -> str:
    (row,) = ask(tencent(people[partner]), "DescribeCustomerInfo", CustomerUin=[people[customer].uin]).Data
    return str(row.AccountStatus)


@pytest.fixture(autouse=True)
def put_back(tencent: Tencent, people: People) -> Iterator[None]:
    """Begin and end with nobody suspended."""

    def put() -> None:
        # v1, because its nonce makes two equal writes of one second two requests.
        force(tencent(people["dora"], sign="HmacSHA256"), people["cora"].uin, NORMAL)
        force(tencent(people["rita"], sign="HmacSHA256"), people["carl"].uin, NORMAL)

    put()
    yield
    put()


@pytest.mark.parametrize("mode", WRITE_MODES)
def test_it_suspends_and_lifts(tencent: Tencent, people: People, mode: Mode) -> None:
    answer = force(tencent(people["dora"], **mode), people["cora"].uin, FORCED)
    assert (answer.C, answer.M) == (0, "success")
    assert status(tencent, people) == "2"
    force(tencent(people["dora"], **mode), people["cora"].uin, NORMAL)
    assert status(tencent, people) == "0"


def test_a_repeat_changes_nothing(tencent: Tencent, people: People) -> None:
    client = tencent(people["dora"], sign="HmacSHA256")
    for kind, due in ((FORCED, "2"), (FORCED, "2"), (NORMAL, "0"), (NORMAL, "0")):
        force(client, people["cora"].uin, kind)
        assert status(tencent, people) == due


def test_a_second_level_reseller_inherits_the_flag(tencent: Tencent, people: People) -> None:
    force(tencent(people["rita"]), people["carl"].uin, FORCED)
    assert status(tencent, people, "rita", "carl") == "2"


def test_without_the_flag_it_is_refused(tencent: Tencent, people: People) -> None:
    code, _ = refusal(tencent(people["sol"]), ACTION, ClientUin=people["cato"].uin, Type=FORCED)
    assert code == "UnauthorizedOperation.UinNoAuth"
    assert status(tencent, people, "sol", "cato") == "0"


@pytest.mark.parametrize("who", ["otto", "cato", "carl", "rita", "dora"])
def test_it_refuses_a_strangers_customer_like_an_absent_one(tencent: Tencent, people: People, who: str) -> None:
    client = tencent(people["dora"])
    seen = [refusal(client, ACTION, ClientUin=uin, Type=FORCED) for uin in (people[who].uin, NOBODY)]
    assert seen[0] == seen[1]
    assert seen[0][0] == "UnauthorizedOperation.UinNoAuth"


@pytest.mark.parametrize("who", ["carl", "pia"])
def test_it_refuses_who_is_no_partner(tencent: Tencent, people: People, who: str) -> None:
    code, _ = refusal(tencent(people[who]), ACTION, ClientUin=people["cora"].uin, Type=FORCED)
    assert code == "UnauthorizedOperation.UinNoAuth"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Type": 1}, "InvalidParameterValue"),  # "not supported yet"
        ({"Type": 3}, "InvalidParameterValue"),
        ({"ClientUin": 0}, "InvalidParameterValue"),
        ({"Type": None}, "MissingParameter"),
        ({"ClientUin": None}, "MissingParameter"),
    ],
    ids=str,
)
def test_it_refuses_values_out_of_range(tencent: Tencent, people: People, changed: Mode, code: str) -> None:
    given = {"ClientUin": people["cora"].uin, "Type": FORCED, **changed}
    assert refusal(tencent(people["dora"]), ACTION, **given)[0] == code
    assert status(tencent, people) == "0"
