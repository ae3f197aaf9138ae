"""ModifyClientRemark through the official SDK. Expectations: tencent:D.2, tencent:F.16 and the SDK's model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sdk.tencent.modes import NOBODY, WRITE_MODES, Mode, People, Tencent, ask, refusal

ACTION = "ModifyClientRemark"


@pytest.fixture(autouse=True)
def put_back(tencent: Tencent, people: People) -> Iterator[None]:
    """Begin and end with the remark everybody expects, whoever used the shared server before."""

    def put() -> None:
        # v1, because its nonce makes two equal writes of one second two requests.
        client = tencent(people["dora"], sign="HmacSHA256")
        ask(client, ACTION, ClientUin=str(people["cora"].uin), Remark="remark of cora")

    put()
    yield
    put()


def mark(tencent: Tencent, people: People) -> str:
    """The remark that DescribeCustomerInfo shows."""
    (row,) = ask(tencent(people["dora"]), "DescribeCustomerInfo", CustomerUin=[people["cora"].uin]).Data
    return row.Mark


@pytest.mark.parametrize("mode", WRITE_MODES)
def test_it_sets_the_remark(tencent: Tencent, people: People, mode: Mode) -> None:
    remark = f"a_b é 中 &= {mode['sign']} {mode['method']}"  # the text of the test vectors, tencent:C.8
    answer = ask(tencent(people["dora"], **mode), ACTION, ClientUin=str(people["cora"].uin), Remark=remark)
    assert answer.ClientRemark == remark
    assert mark(tencent, people) == remark


@pytest.mark.parametrize("remark", ["", "x" * 255, "中" * 255])
def test_a_remark_may_be_empty_or_255_characters(tencent: Tencent, people: People, remark: str) -> None:
    """vendor doc silent on the length."""
    ask(tencent(people["dora"]), ACTION, ClientUin=str(people["cora"].uin), Remark=remark)
    assert mark(tencent, people) == remark


@pytest.mark.parametrize("who", ["otto", "cato", "carl", "rita", "dora"])
def test_it_refuses_a_strangers_customer_like_an_absent_one(tencent: Tencent, people: People, who: str) -> None:
    client = tencent(people["dora"])
    seen = [refusal(client, ACTION, ClientUin=str(uin), Remark="mine") for uin in (people[who].uin, NOBODY)]
    assert seen[0] == seen[1]
    assert seen[0][0] == "UnauthorizedOperation.UinNoAuth"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"ClientUin": "cora"}, "InvalidParameterValue.InvalidUin"),
        ({"ClientUin": ""}, "InvalidParameterValue.InvalidUin"),
        ({"ClientUin": "0"}, "InvalidParameterValue.InvalidUin"),
        ({"ClientUin": "200000000008\n"}, "InvalidParameterValue.InvalidUin"),
        ({"ClientUin": "9" * 19}, "InvalidParameterValue.InvalidUin"),
        ({"ClientUin": 200_000_000_008}, "InvalidParameter"),  # tencent:F.9: strict for texts
        ({"Remark": "x" * 256}, "InvalidParameter"),  # vendor doc silent
        ({"Remark": "nul \x00"}, "InvalidParameterValue"),
        ({"Remark": None}, "MissingParameter"),
        ({"ClientUin": None}, "MissingParameter"),
    ],
)
def test_it_refuses_values_out_of_range_and_changes_nothing(
    tencent: Tencent, people: People, changed: Mode, code: str
) -> None:
    given = {"ClientUin": str(people["cora"].uin), "Remark": "new", **changed}
    assert refusal(tencent(people["dora"]), ACTION, **given)[0] == code
    assert mark(tencent, people) == "remark of cora"


@pytest.mark.parametrize("who", ["carl", "pia"])
def test_it_refuses_who_is_no_partner(tencent: Tencent, people: People, who: str) -> None:
    code, _ = refusal(tencent(people[who]), ACTION, ClientUin=str(people["cora"].uin), Remark="new")
    assert code == "UnauthorizedOperation.UinNoAuth"


def test_a_replayed_write_gets_the_first_answer(tencent: Tencent, people: People) -> None:
    """The same TC3 request twice: one write, one answer with one request id, even though another write came between."""
    import time

    client, other = tencent(people["dora"]), tencent(people["dora"], sign="HmacSHA256")
    given = {"ClientUin": str(people["cora"].uin), "Remark": "first"}
    while time.time() % 1 > 0.7:  # TC3 signs whole seconds; both calls belong into one
        time.sleep(0.05)
    first = ask(client, ACTION, **given)
    ask(other, ACTION, **{**given, "Remark": "second"})
    again = ask(client, ACTION, **given)
    assert again.RequestId == first.RequestId
    assert mark(tencent, people) == "second"


def test_an_unsigned_payload_writes_nothing(tencent: Tencent, people: People) -> None:
    client = tencent(people["dora"], unsigned=True)
    code, _ = refusal(client, ACTION, ClientUin=str(people["cora"].uin), Remark="new")
    assert code == "AuthFailure.SignatureFailure"
    assert mark(tencent, people) == "remark of cora"
