"""Pages of vouchers: the list, issuing to several with the result of each, withdrawing, pools, trials decided on."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from openpartner.core.access.roles import Preset
from openpartner.core.ledger.models import Use
from openpartner.core.vouchers.approvals import apply_for_voucher
from openpartner.core.vouchers.issuing import Terms
from openpartner.core.vouchers.models import Voucher
from openpartner.core.vouchers.queries import pool_of_partner
from openpartner.core.vouchers.using import Draft, post_uses, stage_uses
from openpartner.core.vouchers.vocabulary import Usage, VoucherKind, VoucherState
from openpartner.kit import clock
from tests.console.organization.people import browser, member
from tests.console.test_credit import KEY, confirmed, sent, text_of
from tests.support.people import World
from tests.vouchers.support import UNIT, again, balance, bill_line, fill, give

pytestmark = pytest.mark.django_db

ISSUE = "/vouchers/issue/"


@pytest.fixture
def filled(world: World) -> World:
    """dora has a pool of 1000."""
    fill(world)
    return world


def asked(customers: str, **more: str) -> dict[str, str]:
    """A form of issuing 100 to each until the end of 2030."""
    given = {"customers": customers, "amount": "100", "valid_until": "2030-12-31", "usage": "offer"}
    return {**given, "payment_mode": "all", "reach": "all", **more}


def issued(world: World) -> list[Voucher]:
    rows = Voucher.objects.everything(reason="test").filter(partner=world.dora.account_pk, kind=VoucherKind.CUSTOMER)
    return list(rows.order_by("pk"))


def done_twice(client: Client, given: dict[str, str]) -> str:
    """Issue, confirming the preview twice as a double click does; the page that tells the result."""
    status, page = sent(client, ISSUE, **given)
    assert status == 200, page
    confirmation = {**given, "form_key": KEY.findall(page)[-1], "confirm": "1"}
    first, second = (client.post(ISSUE, confirmation) for _ in range(2))
    assert (first.status_code, first.content) == (200, second.content)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", first.content.decode()))


def test_issuing_to_several_tells_what_becomes_of_each(filled: World) -> None:
    """otto is olga's reseller's customer: he stands there as refused, and the others get theirs, once."""
    client = browser(filled.dora)
    given = asked(f"{filled.cora.uin}, {filled.chen.account_id}\n{filled.otto.uin}")
    status, page = sent(client, ISSUE, **given)
    assert status == 200
    assert f"{filled.otto.uin}: Not one of your own customers" in page
    assert re.findall(r'<td class="number"><span class="sum">([0-9,.]+)', page) == ["1,000.00", "800.00"]
    assert issued(filled) == [], "a preview issues nothing"
    told = done_twice(client, given)
    assert "2 vouchers were issued." in told
    assert "Not one of your own customers" in told
    vouchers = issued(filled)
    assert [(one.customer_id, one.face_micros) for one in vouchers] == [
        (filled.cora.account_pk, 100 * UNIT),
        (filled.chen.account_pk, 100 * UNIT),
    ]
    assert pool_of_partner(filled.dora.account_pk).left_micros == 800 * UNIT
    # dora reads in UTC: the last day is 2030-12-31 whole.
    assert f"{vouchers[0].valid_until:%Y-%m-%d %H:%M}" == "2031-01-01 00:00"


def test_a_pool_that_is_not_enough_gives_to_the_first(filled: World) -> None:
    given = asked(f"{filled.cora.uin} {filled.chen.uin}", amount="600")
    told = done_twice(browser(filled.dora), given)
    assert "1 voucher was issued." in told
    assert [one.customer_id for one in issued(filled)] == [filled.cora.account_pk]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"customers": ""}, "This field is required"),
        ({"customers": "<b>"}, "no UIN and no account ID"),
        ({"amount": "0"}, "greater than or equal to 0.000001"),
        ({"amount": "NaN"}, "Enter a number"),
        ({"amount": "1000000001"}, "must be an amount up to"),
        ({"valid_until": "2020-01-01"}, "must be later than the beginning and than now"),
        ({"valid_until": ""}, "This field is required"),
        ({"valid_until": "9999-12-31"}, "between 2000 and 2100"),
        ({"usage": "gift"}, "Select a valid choice"),
        ({"reach": "listed"}, "must be listed"),
        ({"reason": "x" * 256}, "at most 255 characters"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(filled: World, change: dict[str, str], why: str) -> None:
    client = browser(filled.dora)
    for step in ({}, {"confirm": "1"}):
        status, page = sent(client, ISSUE, **{**asked(str(filled.cora.uin)), **change, **step})
        assert (status, why in page) == (422, True), why
    assert issued(filled) == []


def test_without_a_pool_nothing_is_issued(world: World) -> None:
    status, page = sent(browser(world.dora), ISSUE, **asked(str(world.cora.uin)))
    assert (status, "there is no voucher pool" in page) == (422, True)


def test_customers_of_the_list_are_filled_in(filled: World) -> None:
    client = browser(filled.dora)
    rows = [filled.cora.account_id, filled.otto.account_id]
    page = client.get(client.post("/customers/vouchers/", {"row": rows})["Location"]).content.decode()
    assert f"{filled.cora.uin}</textarea>" in page
    assert str(filled.otto.uin) not in page
    assert client.post("/customers/vouchers/", {}).status_code == 422


def test_an_unused_voucher_is_withdrawn_and_returns_to_the_pool(filled: World) -> None:
    voucher = give(filled.dora, filled.cora, 100)
    client, address = browser(filled.dora), f"/vouchers/{voucher.code}/"
    assert "Withdraw" in text_of(client, address)
    assert "The voucher was withdrawn." in confirmed(client, f"{address}withdraw/", remark="a mistake")
    assert again(voucher).state == VoucherState.WITHDRAWN
    assert pool_of_partner(filled.dora.account_pk).left_micros == 1000 * UNIT
    assert "Withdraw" not in text_of(client, address)
    assert "not usable" in sent(client, f"{address}withdraw/", remark="")[1]


def test_a_used_voucher_tells_what_it_has_paid_and_stays(filled: World) -> None:
    voucher = give(filled.dora, filled.cora, 100)
    line = bill_line(1, clock.now())
    stage_uses(filled.pia.account_pk, "huawei", 24321, "token", [Draft(voucher.pk, 30 * UNIT, line)])
    post_uses("token")
    client, address = browser(filled.dora), f"/vouchers/{voucher.code}/"
    page = text_of(client, address)
    assert re.search(r"30\.00 USD Cloud Virtual Machine \(CVM\) CVM Standard S5 Prepaid", page), page
    assert re.search(r"Left 70\.00 USD", page), page
    assert "Withdraw" not in page
    rows = client.get(f"{address}uses.json").json()["rows"]
    assert [(row["paid"], row["order"]) for row in rows] == [("30.000000", "order-1")]
    assert "was used is not withdrawn" in sent(client, f"{address}withdraw/", remark="")[1]
    assert balance(Use.VOUCHER, voucher.pk) == 70


def test_the_list_is_filtered_by_what_a_voucher_is_now(filled: World) -> None:
    usable = give(filled.dora, filled.cora, 100)
    later = give(filled.dora, filled.chen, 50, valid_from=clock.now() + timedelta(days=3))
    client = browser(filled.dora)

    def codes(query: str) -> list[str]:
        return [row["code"] for row in client.get(f"/vouchers.json?columns=code&{query}").json()["rows"]]

    assert codes("") == [later.code, usable.code]
    assert codes("standing=2") == [usable.code]
    assert codes("standing=1") == [later.code]
    assert codes(f"uin={filled.chen.uin}") == [later.code]
    assert codes("payment_mode=prepaid") == []
    assert codes("usage=offer") == [later.code, usable.code]
    page = text_of(client, f"/customers/{filled.cora.account_id}/vouchers/")
    assert (usable.code in page, later.code in page) == (True, False)
    assert "850.00 USD of 1,000.00 USD" in text_of(client, "/vouchers/").replace("1000.00", "1,000.00")


def test_others_have_no_such_voucher(filled: World) -> None:
    voucher = give(filled.dora, filled.cora, 100, reason="because")
    for name in ("olga", "rita", "otto", "chen", "sol"):
        for step in ("", "uses/"):
            text_of(browser(filled[name]), f"/vouchers/{voucher.code}/{step}", 404)
    assert browser(filled.olga).get(f"/vouchers/{voucher.code}/withdraw/").status_code == 404
    own = text_of(browser(filled.cora), f"/vouchers/{voucher.code}/")
    assert "100.00 USD" in own
    assert "because" not in own
    assert browser(filled.cora).get(ISSUE).status_code in {403, 404}
    reader = browser(member(filled.dora, "reader", Preset.READ_ONLY))
    assert reader.get(f"/vouchers/{voucher.code}/").status_code == 200
    assert reader.get(f"/vouchers/{voucher.code}/withdraw/").status_code == 403


def test_a_customers_overview_tells_what_ends_within_a_week(filled: World) -> None:
    """huawei:B4: cash coupons available, and expiring within 7 days."""
    give(filled.dora, filled.cora, 100, until=clock.now() + timedelta(days=6))
    give(filled.dora, filled.cora, 11, until=clock.now() + timedelta(days=8))
    for who in ("dora", "cora"):
        page = text_of(browser(filled[who]), f"/customers/{filled.cora.account_id}/")
        assert re.search(r"Vouchers to use 111\.00 USD 2 vouchers Ending within 7 days 100\.00 USD", page), page
    assert "Vouchers to use" not in text_of(browser(filled.dora), f"/customers/{filled.chen.account_id}/")


def test_pools_are_filled_by_the_provider_and_shared_by_a_distributor(filled: World) -> None:
    """tencent:B.4: +/- on the pool of a second-level reseller, out of the distributor's own."""
    pia, dora = browser(filled.pia), browser(filled.dora)
    told = confirmed(pia, f"/resellers/{filled.dora.account_id}/vouchers/", way="give", amount="500", remark="")
    assert "The voucher pool comes to 1500.00 USD now." in told.replace(",", "")
    address = f"/resellers/{filled.rita.account_id}/vouchers/"
    told = confirmed(dora, address, way="give", amount="200", remark="for autumn")
    assert re.search(r"Voucher pool 200\.00 USD Not issued yet: 200\.00 USD", told), told
    assert pool_of_partner(filled.dora.account_pk).left_micros == 1300 * UNIT
    confirmed(dora, address, way="take", amount="50", remark="")
    assert pool_of_partner(filled.rita.account_pk).left_micros == 150 * UNIT
    for amount, way in (("1350.01", "give"), ("150.01", "take")):
        assert sent(dora, address, way=way, amount=amount)[0] == 422
    text_of(dora, f"/resellers/{filled.ruth.account_id}/vouchers/", 404)
    text_of(pia, address, 404)  # a reseller's pool is its distributor's


def test_the_provider_decides_about_trials(filled: World) -> None:
    """tencent:B.5, type II; the linked voucher of type III is given with the approval."""
    terms = Terms(valid_until=clock.now() + timedelta(days=30), usage=Usage.TRIAL)
    trials = [
        apply_for_voucher(filled.dora.caller, customer=filled.cora.account_id, amount=Decimal(20), terms=terms)
        for _ in range(2)
    ]
    client = browser(filled.pia)
    addresses = [f"/vouchers/{one.code}/" for one in trials]
    assert "Approve" in text_of(client, addresses[0])
    assert "Approve" not in text_of(browser(filled.dora), addresses[0])
    assert browser(filled.dora).get(f"{addresses[0]}approve/").status_code == 404
    text_of(browser(filled.cora), addresses[0], 404)  # it pays dora's cost
    confirmed(client, f"{addresses[0]}approve/", remark="welcome", for_customer="on")
    confirmed(client, f"{addresses[1]}reject/", remark="no budget")
    assert [again(one).state for one in trials] == [VoucherState.ISSUED, VoucherState.REJECTED]
    assert [one.parent_id for one in issued(filled)] == [trials[0].pk]
    assert "not under review" in sent(client, f"{addresses[1]}approve/", remark="")[1]
