"""QueryAccountVerificationStatus through the official SDK. Expectations: tencent:D.2, tencent:F.15, its model."""

from __future__ import annotations

import pytest

from tests.sdk.tencent.modes import MODES, NOBODY, Mode, People, Tencent, ask, refusal

ACTION = "QueryAccountVerificationStatus"


@pytest.mark.parametrize("mode", MODES)
def test_it_tells_whether_a_customer_is_verified(tencent: Tencent, people: People, mode: Mode) -> None:
    client = tencent(people["dora"], **mode)
    assert ask(client, ACTION, ClientUin=people["chen"].uin).AccountStatus is True
    assert ask(client, ACTION, ClientUin=people["cora"].uin).AccountStatus is False


@pytest.mark.parametrize(("who", "customer"), [("sol", "cato"), ("rita", "carl")])
def test_every_partner_may_ask(tencent: Tencent, people: People, who: str, customer: str) -> None:
    """tencent:F.15: second-level resellers too."""
    assert ask(tencent(people[who]), ACTION, ClientUin=people[customer].uin).AccountStatus is False


@pytest.mark.parametrize("stranger", ["otto", "cato", "carl", "rita", "dora"])
def test_it_refuses_a_strangers_customer_like_an_absent_one(tencent: Tencent, people: People, stranger: str) -> None:
    client = tencent(people["dora"])
    seen = [refusal(client, ACTION, ClientUin=uin) for uin in (people[stranger].uin, NOBODY)]
    assert seen[0] == seen[1]
    assert seen[0][0] == "UnauthorizedOperation.NotCustomerUin"


@pytest.mark.parametrize(
    ("uin", "code"),
    [
        (0, "FailedOperation.UinInvalid"),
        (10**18, "FailedOperation.UinInvalid"),
        (-5, "InvalidParameter"),
        ("x", "InvalidParameter"),
        (True, "InvalidParameter"),
        (None, "MissingParameter"),
    ],
)
def test_it_refuses_what_is_no_uin(tencent: Tencent, people: People, uin: object, code: str) -> None:
    assert refusal(tencent(people["dora"]), ACTION, ClientUin=uin)[0] == code


@pytest.mark.parametrize("who", ["carl", "pia"])
def test_it_refuses_who_is_no_partner(tencent: Tencent, people: People, who: str) -> None:
    assert refusal(tencent(people[who]), ACTION, ClientUin=people["carl"].uin)[0] == "UnauthorizedOperation.UinNoAuth"
