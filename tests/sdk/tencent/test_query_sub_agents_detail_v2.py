"""QuerySubAgentsDetailV2 through the official SDK. Expectations: tencent:D.2 (1085/69497) and the SDK's model."""

from __future__ import annotations

import pytest

from tests.sdk.tencent.conftest import Credit
from tests.sdk.tencent.modes import MODES, NOBODY, Mode, People, Tencent, ask, refusal

ACTION = "QuerySubAgentsDetailV2"


@pytest.mark.parametrize("mode", MODES)
def test_it_lists_the_resellers_of_a_distributor(tencent: Tencent, people: People, mode: Mode) -> None:
    answer = ask(tencent(people["dora"], **mode), ACTION, Page=1, PageSize=100)
    assert answer.Total == 1
    (rita,) = answer.Data
    assert (rita.SubAgentUin, rita.Name, rita.Remark) == (people["rita"].uin, "Rita Resale KK", "remark of rita")
    assert rita.Mobile == "139****0004"  # masked like the example 188****1234
    assert rita.Email == "rita@example.com"
    assert rita.CountOfCustomers == 2
    assert rita.BindTime == "2024-02-01 08:00:00"  # UTC+8


def test_who_was_given_no_vouchers_has_none(tencent: Tencent, people: People) -> None:
    """A pool that there is: tests/sdk/tencent/vouchers."""
    (rita,) = ask(tencent(people["dora"]), ACTION, Page=1, PageSize=1).Data
    assert [rita.Voucher, rita.RemainingVoucher] == [0, 0]


def test_it_tells_the_pool_of_credit(tencent: Tencent, people: People, credit: Credit) -> None:
    """Credit is what the pool was given in all, RemainingCredit what is not given to customers yet."""
    credit.line("dora", "1000")
    before = ask(tencent(people["dora"]), ACTION, Page=1, PageSize=1).Data[0]
    pool = tencent(people["dora"], sign="HmacSHA256")
    ask(pool, "AllocateCreditPool", SubAgentUin=people["rita"].uin, Credit=50)
    ask(tencent(people["rita"]), "AllocateCustomerCredit", ClientUin=people["carl"].uin, AddedCredit=20)
    after = ask(tencent(people["dora"]), ACTION, Page=1, PageSize=1).Data[0]
    assert after.Credit == before.Credit + 50
    assert after.RemainingCredit == before.RemainingCredit + 30


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        ("Name", "resale", 1),  # fuzzy, whatever the case
        ("Name", "ruth", 0),
        ("Remark", "of rit", 1),
        ("Remark", "%", 0),
        ("Mobile", "0000004", 1),
        ("Email", "rita@example.com", 1),
        ("Email", "rita@example", 0),  # exact
        ("SubAgentUin", "rita", 1),
        ("SubAgentUin", "ruth", 0),
        ("SubAgentUin", "carl", 0),
        ("ClientUin", "carl", 1),  # the reseller of this customer
        ("ClientUin", "cora", 0),  # a direct customer has none
        ("ClientUin", "otto", 0),
        ("ClientUin", str(NOBODY), 0),
        ("", "resale", 1),  # vendor doc silent: a value without a kind filters nothing
        ("Name", "", 1),
    ],
)
def test_it_filters(tencent: Tencent, people: People, kind: str, value: str, found: int) -> None:
    if kind.endswith("Uin") and value in people:
        value = str(people[value].uin)
    answer = ask(tencent(people["dora"]), ACTION, Page=1, PageSize=10, FilterType=kind, Filter=value)
    assert (answer.Total, len(answer.Data)) == (found, found)


@pytest.mark.parametrize("order", ["desc", "acs", "asc", "DESC", "Acs", "", None])
def test_it_takes_the_printed_orders(tencent: Tencent, people: People, order: str | None) -> None:
    """tencent:D.2: `acs` is the vendor's spelling; asc and any case are taken too."""
    assert ask(tencent(people["dora"]), ACTION, Page=1, PageSize=10, Order=order).Total == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Order": "newest"}, "InvalidParameterValue"),
        ({"FilterType": "Phone", "Filter": "1"}, "InvalidParameterValue"),
        ({"FilterType": "name", "Filter": "1"}, "InvalidParameterValue"),
        ({"FilterType": "SubAgentUin", "Filter": "rita"}, "InvalidParameterValue"),
        ({"FilterType": "ClientUin", "Filter": "1" * 19}, "InvalidParameterValue"),
        ({"FilterType": "Name", "Filter": "x" * 201}, "InvalidParameterValue"),
        ({"Filter": 5}, "InvalidParameter"),
        ({"PageSize": 101}, "InvalidParameterValue"),
        ({"Page": 0}, "InvalidParameterValue"),
        ({"Page": None}, "MissingParameter"),
    ],
)
def test_it_refuses_values_out_of_range(tencent: Tencent, people: People, changed: Mode, code: str) -> None:
    assert refusal(tencent(people["dora"]), ACTION, **{"Page": 1, "PageSize": 10, **changed})[0] == code


@pytest.mark.parametrize("who", ["sol", "rita", "carl", "pia"])
def test_it_refuses_everybody_but_distributors(tencent: Tencent, people: People, who: str) -> None:
    assert refusal(tencent(people[who]), ACTION, Page=1, PageSize=10)[0] == "UnauthorizedOperation.UinNoAuth"
