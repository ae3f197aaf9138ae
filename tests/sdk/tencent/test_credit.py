"""Credit through the official SDK. Expectations: tencent:D.3, tencent:E.1, tencent:F.3, tencent:F.4.

The server is shared, so amounts are compared with what was there before.
"""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.sdk.tencent.conftest import Credit
from tests.sdk.tencent.modes import MODES, NOBODY, WRITE_MODES, Mode, People, Tencent, ask, refusal

V1 = {"sign": "HmacSHA256"}
NO_AUTH = "UnauthorizedOperation.UinNoAuth"
OUT_OF_RANGE = "InvalidParameterValue.CreditAmountOutOfRange"
POOL_OUT_OF_RANGE = "InvalidParameterValue.VoucherAmountOutOfRange"
INSUFFICIENT = "FailedOperation.BalanceInsufficient"


def give(client: Any, uin: int, amount: float, **more: object) -> Any:
    return ask(client, "AllocateCustomerCredit", ClientUin=uin, AddedCredit=amount, **more)


def have(client: Any, uin: int) -> tuple[float, float]:
    (one,) = ask(client, "QueryCreditByUinList", UinList=[uin]).Data
    assert one.Uin == uin
    return one.TotalCredit, one.RemainingCredit


# ------------------------------------------------------------------------------------- AllocateCustomerCredit


@pytest.mark.parametrize("mode", WRITE_MODES)
def test_it_adds_credit(tencent: Tencent, people: People, credit: Credit, mode: Mode) -> None:
    """The worked example: +10 answers the new total and the new remainder."""
    credit.line("dora", "100")
    client, uin = tencent(people["dora"], **mode), people["cora"].uin
    total, left = have(tencent(people["dora"]), uin)
    answer = give(client, uin, 10, Remark="trial")
    assert (answer.TotalCredit, answer.RemainingCredit) == (total + 10, left + 10)
    assert have(tencent(people["dora"]), uin) == (total + 10, left + 10)


def test_a_client_with_90_gets_10_more(tencent: Tencent, people: People, credit: Credit) -> None:
    """tencent:D.3: client +10 -> 100 and 100."""
    credit.line("olga", "200")
    client, uin = tencent(people["olga"], **V1), people["oona"].uin
    total, _ = have(client, uin)
    give(client, uin, 90 - total)
    answer = give(client, uin, 10)
    assert (answer.TotalCredit, answer.RemainingCredit) == (100, 100)


def test_it_takes_back_what_is_left_and_no_more(tencent: Tencent, people: People, credit: Credit) -> None:
    credit.line("dora", "100")
    client, uin = tencent(people["dora"], **V1), people["chen"].uin
    total, left = have(client, uin)
    give(client, uin, 0.1)
    assert refusal(client, "AllocateCustomerCredit", ClientUin=uin, AddedCredit=-left - 0.2)[0] == INSUFFICIENT
    answer = give(client, uin, -0.1)
    assert (answer.TotalCredit, answer.RemainingCredit) == (total, left)


def test_it_gives_no_more_than_the_caller_has(tencent: Tencent, people: People, credit: Credit) -> None:
    credit.line("sol", "10")
    client, uin = tencent(people["sol"], **V1), people["cato"].uin
    left = ask(client, "QueryPartnerCredit").RemainingCredit
    code, _ = refusal(client, "AllocateCustomerCredit", ClientUin=uin, AddedCredit=left + 0.01)
    assert code == OUT_OF_RANGE
    give(client, uin, left)
    assert refusal(client, "AllocateCustomerCredit", ClientUin=uin, AddedCredit=0.01)[0] == OUT_OF_RANGE
    give(client, uin, -left)


@pytest.mark.parametrize("who", ["otto", "cato", "carl", "rita", "dora"])
def test_it_refuses_a_strangers_customer_like_an_absent_one(tencent: Tencent, people: People, who: str) -> None:
    client = tencent(people["dora"])
    seen = [
        refusal(client, "AllocateCustomerCredit", ClientUin=uin, AddedCredit=1) for uin in (people[who].uin, NOBODY)
    ]
    assert seen[0] == seen[1]
    assert seen[0][0] == NO_AUTH


@pytest.mark.parametrize("who", ["carl", "pia"])
def test_it_refuses_who_is_no_partner(tencent: Tencent, people: People, who: str) -> None:
    client = tencent(people[who])
    assert refusal(client, "AllocateCustomerCredit", ClientUin=people["cora"].uin, AddedCredit=1)[0] == NO_AUTH


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"AddedCredit": 0}, OUT_OF_RANGE),  # vendor doc silent
        ({"AddedCredit": 0.0000001}, OUT_OF_RANGE),  # vendor doc silent: finer than a millionth
        ({"AddedCredit": 1e13}, OUT_OF_RANGE),
        ({"AddedCredit": -1e13}, OUT_OF_RANGE),
        ({"AddedCredit": 1e300}, OUT_OF_RANGE),
        ({"AddedCredit": "1"}, "InvalidParameter"),
        ({"AddedCredit": True}, "InvalidParameter"),
        ({"AddedCredit": None}, "MissingParameter"),
        ({"ClientUin": 0}, "InvalidParameterValue"),
        ({"ClientUin": None}, "MissingParameter"),
        ({"Remark": "x" * 256}, "InvalidParameterValue"),
    ],
)
def test_it_refuses_values_out_of_range_and_changes_nothing(
    tencent: Tencent, people: People, changed: Mode, code: str
) -> None:
    client, uin = tencent(people["dora"]), people["cora"].uin
    before = have(client, uin)
    given = {"ClientUin": uin, "AddedCredit": 1, **changed}
    assert refusal(client, "AllocateCustomerCredit", **given)[0] == code
    assert have(client, uin) == before


def test_a_replayed_allocation_happens_once_and_a_new_one_again(
    tencent: Tencent, people: People, credit: Credit
) -> None:
    """A bit-identical request gets the first answer; a newly signed one is another allocation (tencent:D.3)."""
    credit.line("dora", "100")
    client, other, uin = tencent(people["dora"]), tencent(people["dora"], **V1), people["cyro"].uin
    total, _ = have(other, uin)
    while time.time() % 1 > 0.7:  # TC3 signs whole seconds; both calls belong into one
        time.sleep(0.05)
    first = give(client, uin, 1)
    assert give(client, uin, 1).RequestId == first.RequestId
    assert have(other, uin)[0] == total + 1
    give(other, uin, 1)
    give(other, uin, 1)
    assert have(other, uin)[0] == total + 3


# ------------------------------------------------------------------------------------- AllocateCreditPool


def test_it_fills_a_pool(tencent: Tencent, people: People, credit: Credit) -> None:
    """The worked example gives 234.345; what remains counts what customers have not got yet."""
    credit.line("dora", "1000")
    client, uin = tencent(people["dora"], **V1), people["rita"].uin
    before = ask(client, "AllocateCreditPool", SubAgentUin=uin, Credit=1)
    answer = ask(client, "AllocateCreditPool", SubAgentUin=uin, Credit=234.345)
    assert answer.TotalCredit == pytest.approx(before.TotalCredit + 234.345)
    assert answer.RemainingCredit == pytest.approx(before.RemainingCredit + 234.345)
    give(tencent(people["rita"], **V1), people["cleo"].uin, 34.345)
    after = ask(client, "AllocateCreditPool", SubAgentUin=uin, Credit=-100)
    assert after.TotalCredit == pytest.approx(before.TotalCredit + 134.345)
    assert after.RemainingCredit == pytest.approx(before.RemainingCredit + 100)
    too_much = after.RemainingCredit + 0.0001
    assert refusal(client, "AllocateCreditPool", SubAgentUin=uin, Credit=-too_much)[0] == POOL_OUT_OF_RANGE


@pytest.mark.parametrize("amount", [0, 1_000_000.01, -1_000_000.01, 0.0000001, 1e300])
def test_a_pool_changes_within_bounds(tencent: Tencent, people: People, amount: float) -> None:
    """tencent:F.4."""
    client = tencent(people["dora"])
    given = {"SubAgentUin": people["rita"].uin, "Credit": amount}
    assert refusal(client, "AllocateCreditPool", **given)[0] == POOL_OUT_OF_RANGE


def test_a_pool_is_of_an_own_reseller(tencent: Tencent, people: People) -> None:
    client = tencent(people["dora"])
    seen = [
        refusal(client, "AllocateCreditPool", SubAgentUin=uin, Credit=1)
        for uin in (people["ruth"].uin, people["cora"].uin, people["sol"].uin, NOBODY)
    ]
    assert len(set(seen)) == 1
    assert seen[0][0] == NO_AUTH
    for who in ("sol", "rita", "carl", "pia"):
        code, _ = refusal(tencent(people[who]), "AllocateCreditPool", SubAgentUin=people["rita"].uin, Credit=1)
        assert code == NO_AUTH


# ------------------------------------------------------------------------------------- QueryPartnerCredit


@pytest.mark.parametrize("mode", MODES)
def test_it_tells_the_callers_figures(tencent: Tencent, people: People, credit: Credit, mode: Mode) -> None:
    """The worked example: total 1050.1, allocated 50, remaining 1000.1 (tencent:F.3)."""
    client = tencent(people["song"], **mode)
    before = ask(client, "QueryPartnerCredit")
    credit.line("song", f"{1050.1 - before.TotalCredit:.1f}" if before.TotalCredit != 1050.1 else "1")
    if before.TotalCredit == 1050.1:
        credit.line("song", "-1")
    writer, uin = tencent(people["song"], **V1), people["su"].uin
    total, _ = have(writer, uin)
    if total != 50:
        give(writer, uin, 50 - total)
    found = ask(client, "QueryPartnerCredit")
    assert (found.TotalCredit, found.AllocatedCredit, found.RemainingCredit) == (1050.1, 50, 1000.1)
    assert (found.CustomerTotalCredit, found.CustomerRemainingCredit) == (50, 50)


def test_figures_are_for_partners(tencent: Tencent, people: People) -> None:
    for who in ("carl", "pia"):
        assert refusal(tencent(people[who]), "QueryPartnerCredit")[0] == NO_AUTH


# ------------------------------------------------------------------------------------- lists of customers


def test_it_lists_customers_with_their_credit(tencent: Tencent, people: People, credit: Credit) -> None:
    credit.line("dora", "100")
    client = tencent(people["dora"], **V1)
    give(client, people["cora"].uin, 12.5)
    total, left = have(client, people["cora"].uin)
    answer = ask(client, "QueryCustomersCredit")
    assert [one.ClientUin for one in answer.Data] == [people[name].uin for name in ("cyro", "chen", "cora")]
    assert answer.Total == 3
    cora = answer.Data[2]
    assert (cora.Credit, cora.RemainingCredit) == (total, left)
    assert (cora.Name, cora.Type, cora.Arrears) == ("Corazón Cafés", "new", "-")
    assert cora.AssociationTime == "2024-03-03 08:00:00"
    assert (cora.IdentifyType, cora.Force) == (0, 0)  # cora is not verified
    assert answer.Data[1].IdentifyType == 2  # chen is a verified enterprise
    assert cora.RecentExpiry is None  # pending
    assert "cora@" not in cora.Email


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        ("ClientUin", "cora", ["cora"]),
        ("ClientUin", "carl", []),
        ("Name", "corazón", ["cora"]),
        ("Name", "CAF", ["cora"]),
        ("Email", "chen@example.com", ["chen"]),
        ("Email", "chen@example", []),
        ("Remark", "remark of chen", ["chen"]),
        ("Remark", "remark of carl", []),
        ("Name", "", ["cyro", "chen", "cora"]),
        ("", "x", ["cyro", "chen", "cora"]),
    ],
)
def test_it_filters_customers(tencent: Tencent, people: People, kind: str, value: str, found: list[str]) -> None:
    if kind == "ClientUin":
        value = str(people[value].uin)
    answer = ask(tencent(people["dora"]), "QueryCustomersCredit", FilterType=kind, Filter=value)
    assert [one.ClientUin for one in answer.Data] == [people[name].uin for name in found]
    assert answer.Total == len(found)


def test_it_pages_in_both_orders(tencent: Tencent, people: People) -> None:
    client = tencent(people["dora"])
    for order, names in (("desc", ["cyro", "chen", "cora"]), ("asc", ["cora", "chen", "cyro"])):
        seen = []
        for page in (1, 2, 3, 4):
            answer = ask(client, "QueryCustomersCredit", Page=page, PageSize=1, Order=order)
            assert answer.Total == 3
            seen += [one.ClientUin for one in answer.Data]
        assert seen == [people[name].uin for name in names]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"FilterType": "ClientUin", "Filter": "cora"}, "InvalidParameterValue.InvalidUin"),
        ({"FilterType": "ClientUin", "Filter": "0"}, "InvalidParameterValue.InvalidUin"),
        ({"FilterType": "Mobile", "Filter": "1"}, "InvalidParameterValue"),
        ({"Page": 0}, "InvalidParameterValue"),
        ({"PageSize": 0}, "InvalidParameterValue"),
        ({"PageSize": 201}, "InvalidParameterValue"),
        ({"Order": "newest"}, "InvalidParameterValue"),
    ],
)
def test_it_refuses_what_it_cannot_list_by(tencent: Tencent, people: People, given: Mode, code: str) -> None:
    assert refusal(tencent(people["dora"]), "QueryCustomersCredit", **given)[0] == code


def test_it_lists_all_direct_customers(tencent: Tencent, people: People) -> None:
    answer = ask(tencent(people["dora"]), "QueryDirectCustomersCredit")
    assert [one.Uin for one in answer.Data] == sorted(people[name].uin for name in ("cora", "chen", "cyro"))
    for one in answer.Data:
        assert (one.TotalCredit, one.RemainingCredit) == have(tencent(people["dora"]), one.Uin)
    for who in ("carl", "pia"):
        assert refusal(tencent(people[who]), "QueryDirectCustomersCredit")[0] == NO_AUTH
        assert refusal(tencent(people[who]), "QueryCustomersCredit")[0] == NO_AUTH


def test_it_answers_for_named_customers(tencent: Tencent, people: People) -> None:
    client = tencent(people["dora"])
    uins = [people[name].uin for name in ("cyro", "cora", "cyro")]
    assert [one.Uin for one in ask(client, "QueryCreditByUinList", UinList=uins).Data] == uins[:2]
    strange = [
        refusal(client, "QueryCreditByUinList", UinList=[uins[0], uin])
        for uin in (people["otto"].uin, people["carl"].uin, NOBODY, 0, 2**63)
    ]
    assert len(set(strange)) == 1
    assert strange[0][0] == "UnauthorizedOperation.NotCustomerUin"
    for bad in ([], [uins[0]] * 51):
        assert refusal(client, "QueryCreditByUinList", UinList=bad)[0] == "InvalidParameterValue.UinList"
    code, _ = refusal(tencent(people["carl"]), "QueryCreditByUinList", UinList=uins)
    assert code == "FailedOperation.UinNotAgent"


# ------------------------------------------------------------------------------------- QueryCreditAllocationHistory


def test_it_tells_each_allocation(tencent: Tencent, people: People, credit: Credit) -> None:
    """The worked example: Credit 0.1 beside what there was afterwards; the operator is the company or user."""
    credit.line("dora", "100")
    client, uin = tencent(people["dora"], **V1), people["chen"].uin
    known = ask(client, "QueryCreditAllocationHistory", ClientUin=uin).Total
    for amount, remark in ((0.1, "one"), (5, "two"), (-0.1, "")):
        last = give(client, uin, amount, Remark=remark)
    answer = ask(client, "QueryCreditAllocationHistory", ClientUin=uin, Page=1, PageSize=2)
    assert (answer.Total, len(answer.History)) == (known + 3, 2)
    newest, before = answer.History
    assert (newest.Credit, newest.Remark) == (-0.1, "")
    assert (newest.AllocatedCredit, newest.ClientCreditAfter) == (last.TotalCredit, last.RemainingCredit)
    assert (before.Credit, before.Remark) == (5, "two")
    assert newest.Operator == "dora_account/dora"
    assert len(newest.AllocatedTime) == len("2022-07-28 15:04:08")
    (third,) = ask(client, "QueryCreditAllocationHistory", ClientUin=uin, Page=3, PageSize=1).History
    assert (third.Credit, third.Remark) == (0.1, "one")


def test_a_history_is_of_an_own_customer(tencent: Tencent, people: People) -> None:
    client = tencent(people["dora"])
    seen = [
        refusal(client, "QueryCreditAllocationHistory", ClientUin=uin)
        for uin in (people["otto"].uin, people["carl"].uin, NOBODY)
    ]
    assert len(set(seen)) == 1
    assert seen[0][0] == "FailedOperation"
    for given in ({"Page": 0}, {"PageSize": 0}, {"PageSize": 101}):
        code, _ = refusal(client, "QueryCreditAllocationHistory", ClientUin=people["cora"].uin, **given)
        assert code == "FailedOperation"


# ------------------------------------------------------------------------------------- QueryCustomerBillingQuota


@pytest.mark.filterwarnings("ignore:parameter:DeprecationWarning")
def test_a_customer_reads_its_own_limits(tencent: Tencent, people: People, credit: Credit) -> None:
    credit.line("olga", "100")
    pool = tencent(people["olga"], **V1)
    ask(pool, "AllocateCreditPool", SubAgentUin=people["ruth"].uin, Credit=20)
    given = give(tencent(people["ruth"], **V1), people["otto"].uin, 10.129)
    answer = ask(tencent(people["otto"]), "QueryCustomerBillingQuota", EventId=7, ComponentName="x").Data
    # Two decimals, never more than there is.
    assert answer.TotalCredit == pytest.approx(int(given.TotalCredit * 100 + 1e-6) / 100)
    assert answer.RemainingCredit == pytest.approx(int(given.RemainingCredit * 100 + 1e-6) / 100)
    assert (answer.PrepayFrozen, answer.PostpayFrozen, answer.Force) == (0, 0, 0)
    for who in ("dora", "rita", "sol", "pia"):
        assert refusal(tencent(people[who]), "QueryCustomerBillingQuota")[0] == NO_AUTH
