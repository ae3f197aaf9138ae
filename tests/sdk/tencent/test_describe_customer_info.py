"""DescribeCustomerInfo through the official SDK. Expectations: tencent:D.2, tencent:F.15, tencent:F.18."""

from __future__ import annotations

import pytest

from tests.sdk.tencent.modes import MODES, NOBODY, Mode, People, Tencent, ask, refusal

ACTION = "DescribeCustomerInfo"


@pytest.mark.parametrize("mode", MODES)
def test_it_shows_named_customers_in_the_order_asked(tencent: Tencent, people: People, mode: Mode) -> None:
    uins = [people["chen"].uin, people["cora"].uin]
    answer = ask(tencent(people["dora"], **mode), ACTION, CustomerUin=uins)
    assert [row.CustomerUin for row in answer.Data] == [str(uin) for uin in uins]
    chen, cora = answer.Data
    assert (chen.Email, chen.Phone, chen.Mark) == ("chen@example.com", "13900000009", "remark of chen")
    assert (chen.Name, chen.BindTime) == ("上海晨光科技有限公司", "2024-03-04 08:00:00")  # UTC+8
    assert (chen.AccountStatus, chen.AuthStatus, chen.AuthType) == ("0", "3", 1)  # normal, passed, enterprise
    assert chen.CidRegisterTime == chen.UinRegisterTime == "2023-12-01 20:00:09"
    assert chen.AuthPassTime == "2024-04-01 08:00:00"
    assert (cora.AuthStatus, cora.AuthType, cora.AuthPassTime) == ("-1", -1, "")  # nothing was submitted


def test_it_makes_up_no_expense(tencent: Tencent, people: People) -> None:
    """HasExpense is pending: left out."""
    (cora,) = ask(tencent(people["dora"]), ACTION, CustomerUin=[people["cora"].uin]).Data
    assert cora.HasExpense is None


@pytest.mark.parametrize(("who", "customer"), [("sol", "cato"), ("rita", "carl"), ("dora", "cora")])
def test_every_partner_asks_for_its_direct_customers(tencent: Tencent, people: People, who: str, customer: str) -> None:
    (row,) = ask(tencent(people[who]), ACTION, CustomerUin=[people[customer].uin]).Data
    assert row.Name == people[customer].legal_name


def test_a_customer_named_twice_is_shown_once(tencent: Tencent, people: People) -> None:
    """vendor doc silent."""
    assert len(ask(tencent(people["dora"]), ACTION, CustomerUin=[people["cora"].uin] * 20).Data) == 1


@pytest.mark.parametrize("stranger", ["otto", "cato", "carl", "rita", "dora", "pia"])
def test_one_that_is_not_the_callers_refuses_the_call_like_an_absent_one(
    tencent: Tencent, people: People, stranger: str
) -> None:
    client = tencent(people["dora"])
    seen = [refusal(client, ACTION, CustomerUin=[people["cora"].uin, uin]) for uin in (people[stranger].uin, NOBODY)]
    assert seen[0] == seen[1]
    assert seen[0][0] == "UnauthorizedOperation.UinNoAuth"


@pytest.mark.parametrize("who", ["carl", "pia"])
def test_it_refuses_who_is_no_partner(tencent: Tencent, people: People, who: str) -> None:
    assert (
        refusal(tencent(people[who]), ACTION, CustomerUin=[people["carl"].uin])[0] == "UnauthorizedOperation.UinNoAuth"
    )


@pytest.mark.parametrize(
    ("uins", "code"),
    [
        ([], "InvalidParameterValue"),
        (list(range(1, 22)), "InvalidParameterValue"),  # 1 to 20
        ([0], "InvalidParameterValue"),
        ([10**18], "InvalidParameterValue"),
        ([-1], "InvalidParameter"),
        (["x"], "InvalidParameter"),
        (200_000_000_008, "InvalidParameter"),
        (None, "MissingParameter"),
    ],
)
def test_it_refuses_lists_out_of_range(tencent: Tencent, people: People, uins: object, code: str) -> None:
    assert refusal(tencent(people["dora"]), ACTION, CustomerUin=uins)[0] == code


def test_the_message_names_the_element(tencent: Tencent, people: People) -> None:
    """tencent:C.6: the path of a nested value is `A.0.B`."""
    _, message = refusal(tencent(people["dora"]), ACTION, CustomerUin=[people["cora"].uin, "x"])
    assert message.startswith("The value type of parameter `CustomerUin.1` is not valid")
