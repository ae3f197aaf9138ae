"""Account balances through the official SDKs. Rules: huawei:D3, huawei:D7a, huawei:D7b, huawei:E3, the SDK's models."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any
from uuid import uuid4

import huaweicloudsdkbss.v2 as china
import huaweicloudsdkbssintl.v2 as intl
import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from tests.sdk.clients import HuaweiClient
from tests.support.people import Person

People = dict[str, Person]
Client = Callable[[str], HuaweiClient]
NOBODY = "f" * 32
DEBIT, CREDIT = "BALANCE_TYPE_DEBIT", "BALANCE_TYPE_CREDIT"
_cents = count(1)
"""Make each transfer another one: two equal requests of one second are one write."""


@pytest.fixture
def cn(huawei: Callable[..., HuaweiClient], people: People) -> Client:
    """The China site's SDK with somebody's key."""
    return lambda who: huawei(people[who], sdk=china.BssClient)


def amount() -> float:
    return round(1 + next(_cents) / 100, 2)


def balance(client: HuaweiClient, **query: Any) -> float:
    (held,) = client.list_partner_balances(china.ListPartnerBalancesRequest(**query)).account_balances
    return float(held.amount)


def give(client: HuaweiClient, customer: str, **more: Any) -> Any:
    body = china.AdjustAccountReq(**{"customer_id": customer, "amount": amount(), **more})
    return client.update_customer_account_amount(china.UpdateCustomerAccountAmountRequest(body=body))


def take(client: HuaweiClient, customer: str, **more: Any) -> Any:
    body = china.ReclaimToPartnerAccountBalancesReq(**{"customer_id": customer, "amount": amount(), **more})
    return client.reclaim_to_partner_account(china.ReclaimToPartnerAccountRequest(body=body))


def detail(client: HuaweiClient, *ids: str, **more: Any) -> dict[str, float]:
    infos = [china.CustomerInfoV2(customer_id=one) for one in ids]
    body = china.QueryCustomersBalancesReq(customer_infos=infos, **more)
    found = client.list_customers_balances_detail(china.ListCustomersBalancesDetailRequest(body=body))
    return {one.customer_id: float(one.amount) for one in found.customer_balances}


def refused(ask: Callable[[], Any]) -> tuple[int, str]:
    with pytest.raises(ClientRequestException) as caught:
        ask()
    return caught.value.status_code, caught.value.error_code


def test_a_partners_balance(cn: Client, people: People) -> None:
    (held,) = cn("song").list_partner_balances(china.ListPartnerBalancesRequest()).account_balances
    assert (held.account_type, held.currency, held.measure_id) == (1, "CNY", 1)
    assert (float(held.designated_amount), held.credit_amount, held.memo) == (0, None, None)
    assert held.account_id == f"{people['song'].uin}01"
    assert balance(cn("sol")) == 0


def test_money_goes_to_a_customer_and_back(cn: Client, people: People) -> None:
    client, su = cn("song"), people["su"].account_id
    mine, theirs = balance(client), detail(client, su)[su]
    given = give(client, su, amount=20.5)
    assert len(given.transfer_id) == 32
    assert (balance(client), detail(client, su)[su]) == (mine - 20.5, theirs + 20.5)
    taken = take(client, su, amount=20.5)
    assert taken.trans_id != given.transfer_id
    assert (balance(client), detail(client, su)[su]) == (mine, theirs)


def test_what_is_not_there_is_not_moved(cn: Client, people: People) -> None:
    client, su = cn("song"), people["su"].account_id
    before = balance(client), detail(client, su)[su]
    assert refused(lambda: give(client, su, amount=before[0] + 0.01)) == (400, "CBC.5003")
    assert refused(lambda: take(client, su, amount=before[1] + 0.01)) == (400, "CBC.5003")
    assert (balance(client), detail(client, su)[su]) == before


@pytest.mark.parametrize("stranger", ["cora", "otto", "song", "dora", "nobody"])
def test_a_strange_customer_reads_like_an_absent_one(cn: Client, people: People, stranger: str) -> None:
    client = cn("song")
    named = people[stranger].account_id if stranger in people else NOBODY
    for act in (give, take):
        assert refused(lambda act=act: act(client, named)) == (400, "CBC.99000035")  # type: ignore[misc]  # bound
    assert detail(client, named) == {}


@pytest.mark.parametrize("wrong", [0, -1, 1.001, 2147483648])
def test_amounts_are_above_zero_with_two_decimals(cn: Client, people: People, wrong: float) -> None:
    client, su = cn("song"), people["su"].account_id
    for act in (give, take):
        assert refused(lambda act=act: act(client, su, amount=wrong)) == (400, "CBC.0100")  # type: ignore[misc]  # bound


def test_other_associations_get_no_money(cn: Client, people: People) -> None:
    client, rita = cn("dora"), people["rita"].account_id
    assert refused(lambda: give(client, people["cora"].account_id)) == (400, "CBC.5024")
    given = {"indirect_partner_id": rita}
    assert refused(lambda: give(client, people["carl"].account_id, **given)) == (400, "CBC.5024")
    assert detail(client, people["cora"].account_id) == {}


def to_reseller(client: HuaweiClient, named: str, **more: Any) -> Any:
    body = china.AdjustToIndirectPartnerReq(**{"indirect_partner_id": named, "amount": amount(), **more})
    return client.update_indirect_partner_account(china.UpdateIndirectPartnerAccountRequest(body=body))


def from_reseller(client: HuaweiClient, named: str, **more: Any) -> Any:
    body = china.ReclaimIndirectPartnerAccountReq(**{"indirect_partner_id": named, "amount": amount(), **more})
    return client.reclaim_indirect_partner_account(china.ReclaimIndirectPartnerAccountRequest(body=body))


def test_a_distributor_gives_its_resellers_money(cn: Client, people: People) -> None:
    client, rita = cn("dora"), people["rita"].account_id
    mine, theirs = balance(client), balance(client, indirect_partner_id=rita)
    assert to_reseller(client, rita, amount=30).transfer_id
    assert (balance(client), balance(client, indirect_partner_id=rita)) == (mine - 30, theirs + 30)
    assert from_reseller(client, rita, amount=30).trans_id
    assert (balance(client), balance(client, indirect_partner_id=rita)) == (mine, theirs)
    assert refused(lambda: from_reseller(client, rita, amount=theirs + 1)) == (400, "CBC.5003")


@pytest.mark.parametrize("stranger", ["ruth", "sol", "cora", "nobody"])
def test_a_strange_reseller_reads_like_an_absent_one(cn: Client, people: People, stranger: str) -> None:
    client = cn("dora")
    named = people[stranger].account_id if stranger in people else NOBODY
    asks: list[Callable[[], Any]] = [
        lambda: to_reseller(client, named),
        lambda: from_reseller(client, named),
        lambda: balance(client, indirect_partner_id=named),
        lambda: give(client, people["carl"].account_id, indirect_partner_id=named),
        lambda: changes(client, indirect_partner_id=named),
        lambda: adjusted(client, indirect_partner_id=named),
        lambda: detail(client, people["carl"].account_id, indirect_partner_id=named),
    ]
    for ask in asks:
        assert refused(ask) == (400, "CBC.99000037")


def changes(client: HuaweiClient, **query: Any) -> Any:
    request = china.ListPartnerAccountChangeRecordsRequest(**{"balance_type": DEBIT, "limit": 100, **query})
    return client.list_partner_account_change_records(request)


def adjusted(client: HuaweiClient, **query: Any) -> Any:
    return client.list_partner_adjust_records(china.ListPartnerAdjustRecordsRequest(**{"limit": 100, **query}))


def test_movements_of_a_partner(cn: Client, people: People) -> None:
    client, su = cn("song"), people["su"]
    given = give(client, su.account_id, amount=3.25)
    answer = changes(client)
    assert (answer.currency, answer.total_count) == ("CNY", len(answer.records))
    last = answer.records[0]
    assert (last.trade_detail_type, last.trade_id, last.change_amount, last.type) == (
        "SOURCE_OPERATION_BEADJUST",
        given.transfer_id,
        "3.25",
        "2",
    )
    assert (last.customer_id, last.account_name) == (su.account_id, "su_account")
    assert float(last.balance_after_change) == balance(client)
    assert last.trade_time.endswith("Z")
    (paid,) = changes(client, trade_type="RECHARGE").records
    assert (paid.trade_detail_type, paid.type, paid.customer_id) == ("SOURCE_OPERAIION_RECHARGE", "1", None)
    assert changes(client, trade_type="REFUND").total_count == 0
    assert changes(client, balance_type=CREDIT).total_count == 0
    assert changes(client, trade_time_begin="2020-01-01", trade_time_end="2020-12-31").total_count == 0


def test_transfers_of_a_partner(cn: Client, people: People) -> None:
    client, su = cn("song"), people["su"]
    number = give(client, su.account_id, amount=4).transfer_id
    (one,) = adjusted(client, trans_id=number).records
    assert (one.customer_id, one.customer_name, one.operation_type) == (
        su.account_id,
        su.legal_name,
        "SOURCE_OPERATION_BEADJUST",
    )
    assert (one.amount, one.currency, one.measure_id, one.trans_id) == ("4.00", "CNY", 1, number)
    whole = adjusted(client).total_count
    assert adjusted(client, customer_id=su.account_id).total_count == whole
    assert adjusted(client, customer_id=NOBODY).total_count == 0
    for kind in ("BEADJUST", "BERETRIEVE", "BEUNBIND"):
        found = adjusted(client, operation_type=f"SOURCE_OPERATION_{kind}").records
        assert {row.operation_type for row in found} <= {f"SOURCE_OPERATION_{kind}"}
    at = one.operation_time
    assert adjusted(client, operation_time_begin=at, operation_time_end=at, trans_id=number).total_count == 1
    assert adjusted(client, operation_time_end="2020-01-01T00:00:00Z").total_count == 0
    rita = people["rita"].account_id
    assert adjusted(cn("dora"), customer_id=rita).total_count >= 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"balance_type": "CASH"},
        {"trade_type": "GIFT"},
        {"trade_time_begin": "2020-1-1"},
        {"trade_time_end": "2020-02-30"},
        {"limit": 0},
        {"offset": -1},
    ],
    ids=str,
)
def test_movements_refuse_values_out_of_range(cn: Client, wrong: dict[str, Any]) -> None:
    assert refused(lambda: changes(cn("song"), **wrong)) == (400, "CBC.0100")


def own(client: HuaweiClient, **query: Any) -> Any:
    request = china.ListCustomerAccountChangeRecordsRequest(**{"balance_type": DEBIT, "limit": 100, **query})
    return client.list_customer_account_change_records(request)


def test_a_customers_own_movements(cn: Client, people: People) -> None:
    number = give(cn("song"), people["su"].account_id, amount=6).transfer_id
    (one,) = own(cn("su"), trade_id=number).records
    assert (one.revenue_expense_type, one.change_amount, one.account_name) == ("REVENUE", "6.00", "su_account")
    assert own(cn("su"), trade_id=number, revenue_expense_type="EXPENSE").total_count == 0
    assert own(cn("su"), payment_channel_id="1").total_count == 0
    assert refused(lambda: own(cn("carl"))) == (400, "CBC.99000084")
    assert refused(lambda: own(cn("song"))) == (403, "CBC.0151")


def test_a_customers_own_balance(huawei: Callable[..., HuaweiClient], people: People) -> None:
    answer = huawei(people["su"]).show_customer_account_balances(intl.ShowCustomerAccountBalancesRequest())
    (held,) = answer.account_balances
    assert (held.account_type, held.currency, answer.currency, answer.measure_id) == (1, "CNY", "CNY", 1)
    assert float(held.amount) > 0
    assert float(answer.debt_amount) == 0
    with pytest.raises(ClientRequestException):
        huawei(people["dora"]).show_customer_account_balances(intl.ShowCustomerAccountBalancesRequest())


def test_a_resellers_customer_has_no_expenditure_quota(huawei: Callable[..., HuaweiClient], people: People) -> None:
    """huawei:E3."""
    request = intl.ShowCustomerExpenditureQuotaRequest()
    answer = huawei(people["carl"]).show_customer_expenditure_quota(request)
    assert answer.to_json_object() == {}
    answer = huawei(people["su"]).show_customer_expenditure_quota(request)
    assert (float(answer.granting_amount), float(answer.percentage_granting_amount_used)) == (0, 0)


def test_the_old_balances(huawei: Callable[..., HuaweiClient], people: People) -> None:
    client, path = huawei(people["song"]), "/v1.0/whoever/partner/account-mgr/balances"
    mine = client.raw("LegacyListBalances", "GET", path)
    assert mine["error_code"] == "CBC.0000"
    assert mine["accountBalances"][0]["currency"] == "CNY"
    query = [("customer_id", people["su"].account_id)]
    (held,) = client.raw("LegacyListBalances", "GET", path, query=query)["accountBalances"]
    assert held["amount"] > 0
    for stranger in (people["cora"].account_id, NOBODY):
        query = [("customer_id", stranger)]
        assert refused(lambda query=query: client.raw("LegacyListBalances", "GET", path, query=query)) == (  # type: ignore[misc]  # bound
            400,
            "CBC.99000035",
        )


def within(client: HuaweiClient, verb: str, member: str, **more: Any) -> Any:
    given = {"customer_id": member, "amount": f"{amount():.2f}", **more}
    if verb == "transfer":
        body = china.TransferEnterpriseMultiAccountReq(**given)
        return client.update_sub_enterprise_amount(china.UpdateSubEnterpriseAmountRequest(body=body))
    back = china.RetrieveEnterpriseMultiAccountReq(**given)
    return client.reclaim_sub_enterprise_amount(china.ReclaimSubEnterpriseAmountRequest(body=back))


def left(client: HuaweiClient, kind: str = DEBIT) -> list[float]:
    answer = client.show_multi_account_transfer_amount(china.ShowMultiAccountTransferAmountRequest(balance_type=kind))
    assert answer.total_count == len(answer.amount_infos)
    return [float(one.avail_transfer_amount) for one in answer.amount_infos]


def back(client: HuaweiClient, member: str, kind: str = DEBIT) -> list[float]:
    request = china.ListEnterpriseMultiAccountRequest(sub_customer_id=member, balance_type=kind)
    return [float(one.avail_retrieve_amount) for one in client.list_enterprise_multi_account(request).amount_infos]


def test_a_master_gives_members_money_and_takes_it_back(cn: Client, people: People) -> None:
    client, chen = cn("cyro"), people["chen"].account_id
    (mine,), (theirs,) = left(client), back(client, chen)
    assert within(client, "transfer", chen, amount="12.50").status_code == 204
    assert (left(client), back(client, chen)) == ([mine - 12.5], [theirs + 12.5])
    assert within(client, "retrieve", chen, amount="12.5").status_code == 204
    assert (left(client), back(client, chen)) == ([mine], [theirs])
    assert refused(lambda: within(client, "retrieve", chen, amount=f"{theirs + 1:.2f}")) == (400, "CBC.5003")
    assert refused(lambda: within(client, "transfer", chen, amount=f"{mine + 1:.2f}")) == (400, "CBC.5003")


def test_a_number_given_again_moves_nothing_more(cn: Client, people: People) -> None:
    client, chen, number = cn("cyro"), people["chen"].account_id, str(uuid4())
    (theirs,) = back(client, chen)
    for _again in range(2):
        assert within(client, "transfer", chen, amount="2", trans_id=number).status_code == 204
    assert back(client, chen) == [theirs + 2]
    assert refused(lambda: within(client, "transfer", chen, amount="3", trans_id=number)) == (400, "CBC.0100")


def test_nobody_has_a_credit_account(cn: Client, people: People) -> None:
    client, chen = cn("cyro"), people["chen"].account_id
    assert (left(client, CREDIT), back(client, chen, CREDIT)) == ([], [])
    assert refused(lambda: within(client, "transfer", chen, balance_type=CREDIT)) == (400, "CBC.5003")


@pytest.mark.parametrize("stranger", ["cora", "otto", "cyro", "nobody"])
def test_who_is_no_member_reads_like_an_absent_one(cn: Client, people: People, stranger: str) -> None:
    client = cn("cyro")
    named = people[stranger].account_id if stranger in people else NOBODY
    for verb in ("transfer", "retrieve"):
        assert refused(lambda verb=verb: within(client, verb, named)) == (400, "CBC.99000000")  # type: ignore[misc]  # bound
    assert refused(lambda: back(client, named)) == (400, "CBC.99000000")


@pytest.mark.parametrize("wrong", ["0", "-1", "1.001", "x", "", "1e3", "NaN"])
def test_amounts_of_an_enterprise_are_texts(cn: Client, people: People, wrong: str) -> None:
    client, chen = cn("cyro"), people["chen"].account_id
    for verb in ("transfer", "retrieve"):
        assert refused(lambda verb=verb: within(client, verb, chen, amount=wrong)) == (400, "CBC.0100")  # type: ignore[misc]  # bound


@pytest.mark.parametrize("who", ["rita", "su", "pia"])
def test_it_is_for_those_who_pay(cn: Client, people: People, who: str) -> None:
    client = cn(who)
    asks: list[Callable[[], Any]] = [
        lambda: balance(client),
        lambda: give(client, NOBODY),
        lambda: take(client, NOBODY),
        lambda: to_reseller(client, NOBODY),
        lambda: changes(client),
        lambda: adjusted(client),
        lambda: detail(client, NOBODY),
    ]
    for ask in asks:
        assert refused(ask) == (403, "CBC.0151")
