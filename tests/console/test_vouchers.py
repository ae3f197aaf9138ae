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
from openpartner.core.vouchers.ending import withdraw_voucher
from openpartner.core.vouchers.issuing import Terms
from openpartner.core.vouchers.models import Voucher, VoucherQuota, VoucherTemplate
from openpartner.core.vouchers.queries import pool_of_partner
from openpartner.core.vouchers.using import Draft, post_uses, stage_uses
from openpartner.core.vouchers.vocabulary import QuotaKind, Usage, VoucherKind, VoucherState
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
    assert f"{address}withdraw/" not in client.get(address).content.decode()
    assert "a mistake" in text_of(client, address), "the log tells why"
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
    (line_page,) = re.findall(r'href="(/vouchers/uses/[0-9]+/)"', client.get(address).content.decode())
    # 24321 is 2026 * 12 + 9; the transaction is what a bill line is known by (tencent:B.7).
    lines = f"/expenditure/details/?month=2026-10&cloud=huawei&zeros=yes&transaction={line.bill_id}"
    for who in ("dora", "cora"):
        assert browser(filled[who]).get(line_page)["Location"] == lines
    text_of(browser(filled.rita), line_page, 404)


def test_what_is_left_of_a_used_voucher_is_reclaimed(filled: World) -> None:
    """huawei:E4: reclaim takes the whole rest, of usable vouchers alone."""
    voucher = give(filled.dora, filled.cora, 100)
    stage_uses(
        filled.pia.account_pk, "huawei", 24321, "token", [Draft(voucher.pk, 30 * UNIT, bill_line(1, clock.now()))]
    )
    post_uses("token")
    client, address = browser(filled.dora), f"/vouchers/{voucher.code}/"
    assert "The voucher was reclaimed." in confirmed(client, f"{address}reclaim/", remark="left")
    assert again(voucher).state == VoucherState.RECLAIMED
    assert pool_of_partner(filled.dora.account_pk).left_micros == 970 * UNIT
    assert "not usable" in sent(client, f"{address}reclaim/", remark="")[1]
    assert browser(filled.pia).get(f"{address}reclaim/").status_code == 404


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


TEMPLATE = {
    "name": "Trial offer",
    "usage": "trial",
    "amount": "20",
    "valid_from": "",
    "valid_until": "",
    "valid_days": "30",
    "payment_mode": "postpaid",
    "reach": "listed",
    "products": "p_cvm, p_cbs",
    "description": "For <trials>",
}


def test_a_template_is_changed_until_it_is_used_and_retired(filled: World) -> None:
    """tencent:B.5: editable until the first issue, then frozen."""
    client = browser(filled.dora)
    status, page = sent(client, "/vouchers/templates/new/", **{**TEMPLATE, "name": "Offer 1"})
    assert (status, "letters and spaces" in page) == (422, True)
    status, page = sent(client, "/vouchers/templates/new/", **{**TEMPLATE, "valid_until": "2030-12-31"})
    assert (status, "either a last instant or a number of days" in page) == (422, True)
    assert sent(client, "/vouchers/templates/new/", **TEMPLATE)[0] == 302
    (row,) = client.get("/vouchers/templates.json").json()["rows"]
    assert (row["name"], row["standing"], row["amount"]) == ("Trial offer", "Open to changes", "20.000000")
    template = VoucherTemplate.objects.everything(reason="test").get()
    address = f"/vouchers/templates/{template.pk}/"
    assert "For &lt;trials&gt;" in client.get(address).content.decode()
    assert sent(client, f"{address}edit/", **{**TEMPLATE, "amount": "25"})[0] == 302
    issue = {"customers": str(filled.cora.uin), "amount": "30", "reason": "", "template": str(template.pk)}
    status, page = sent(client, f"{ISSUE}?template={template.pk}", **issue)
    assert (status, "Product trial" in page, "Pay-as-you-go alone" in page) == (200, True, True)
    client.post(ISSUE, {**issue, "form_key": KEY.findall(page)[-1], "confirm": "1"})
    (voucher,) = issued(filled)
    assert (voucher.template_id, voucher.face_micros, voucher.products) == (template.pk, 30 * UNIT, "p_cvm,p_cbs")
    assert voucher.code in text_of(client, address)
    status, page = sent(client, f"{address}edit/", **TEMPLATE)
    assert (status, "so it is fixed" in page) == (422, True)
    assert sent(client, f"{address}retire/")[0] == 302
    assert "the template was retired" in sent(client, f"{ISSUE}?template={template.pk}", **issue)[1]
    for other in (filled.olga, filled.rita):
        text_of(browser(other), address, 404)


def test_the_fields_are_there_again_when_a_preview_is_edited(filled: World) -> None:
    client, given = browser(filled.dora), asked(str(filled.cora.uin), reach="listed", products="p_cvm")
    page = sent(client, ISSUE, **given)[1]
    page = client.post(ISSUE, {**given, "form_key": KEY.findall(page)[-1], "edit": "1"}).content.decode()
    assert f"{filled.cora.uin}</textarea>" in page
    assert '<option value="listed" selected>' in page
    assert 'value="2030-12-31"' in page


def test_a_partner_applies_for_a_trial_and_cancels_it(filled: World) -> None:
    """tencent:B.5, type II: cancellable while it is under review; its amount is held back from the pool."""
    client = browser(filled.dora)
    given = {"customer": str(filled.cora.uin), "amount": "60", "valid_until": "2030-12-31", "payment_mode": "all"}
    given |= {"reach": "all", "reason": "a test"}
    for wrong, why in (
        ({"customer": str(filled.otto.uin)}, "your own customers"),
        ({"amount": "1001"}, "Not enough is left."),
    ):
        status, page = sent(client, "/vouchers/apply/", **{**given, **wrong})
        assert (status, why in page) == (422, True), page
    told = confirmed(client, "/vouchers/apply/", **given)
    assert "The voucher was applied for." in told
    assert pool_of_partner(filled.dora.account_pk).left_micros == 940 * UNIT
    trial = Voucher.objects.everything(reason="test").get(kind=VoucherKind.TRIAL)
    assert (trial.state, trial.usage, trial.face_micros) == (VoucherState.UNDER_REVIEW, Usage.TRIAL, 60 * UNIT)
    for who in ("dora", "pia"):
        rows = browser(filled[who]).get("/vouchers/applications.json").json()["rows"]
        assert [(row["code"], row["state"]) for row in rows] == [(trial.code, "Under review")], who
    for who in ("rita", "cora"):  # no payer: not theirs to apply for
        text_of(browser(filled[who]), "/vouchers/applications/", 404)
        assert browser(filled[who]).get("/vouchers/apply/").status_code in {403, 404}
    assert "cancelled" in confirmed(client, f"/vouchers/{trial.code}/cancel/")
    assert (again(trial).state, pool_of_partner(filled.dora.account_pk).left_micros) == (
        VoucherState.CANCELLED,
        1000 * UNIT,
    )
    assert client.get("/vouchers/applications.json?state=8").json()["rows"][0]["state"] == "Cancelled"


def test_a_quota_is_granted_shared_and_taken_back_with_records(filled: World) -> None:
    """huawei:E4, huawei:D7a: by the provider, to resellers with a result each, and all that is left of it back."""
    pia, dora = browser(filled.pia), browser(filled.dora)
    grant = {"partner": filled.dora.account_id, "kind": "1", "amount": "100", "valid_from": "", "remark": "for autumn"}
    grant |= {"valid_until": "2030-12-31", "services": "", "products": "p_cvm"}
    for wrong, why in (
        ({"kind": "10"}, "A pool has none"),
        ({"valid_until": "2020-01-01"}, "later than now"),
        ({"amount": "0.001"}, "at most 2 decimals"),
        ({"partner": filled.rita.account_id}, "Select a valid choice"),
    ):
        status, page = sent(pia, "/vouchers/quotas/grant/", **{**grant, **wrong})
        assert (status, why in page) == (422, True), why
    assert "The quota was granted." in confirmed(pia, "/vouchers/quotas/grant/", **grant)
    quota = VoucherQuota.objects.everything(reason="test").get(kind=QuotaKind.CASH)
    address = f"/vouchers/quotas/{quota.code}/"
    share = {"resellers": f"{filled.rita.uin} {filled.ruth.uin}", "amount": "60"}
    status, page = sent(dora, f"{address}share/", **share)
    assert (status, f"{filled.ruth.uin}: Not one of your resellers" in page) == (200, True)
    done = dora.post(f"{address}share/", {**share, "form_key": KEY.findall(page)[-1], "confirm": "1"})
    assert "1 reseller got a quota." in done.content.decode()
    given = VoucherQuota.objects.everything(reason="test").get(parent=quota)
    assert (given.partner_id, balance(Use.QUOTA, given.pk), balance(Use.QUOTA, quota.pk)) == (
        filled.rita.account_pk,
        60,
        40,
    )
    form = asked(str(filled.carl.uin), quota=given.code, amount="10", valid_until="")  # rita has no pool; its own end
    assert "1 voucher was issued." in _issued_by(browser(filled.rita), form)
    assert "The quota was taken back." in confirmed(dora, f"/vouchers/quotas/{given.code}/reclaim/", remark="over")
    assert (balance(Use.QUOTA, given.pk), balance(Use.QUOTA, quota.pk)) == (0, 90)
    rows = dora.get("/vouchers/quotas/records.json?columns=operation,quota,change,remark").json()["rows"]
    assert [(row["operation"], row["quota"], row["change"], row["remark"]) for row in rows][:3] == [
        ("Taken back", given.code, "-50.000000", "over"),
        ("Granted", given.code, "60.000000", ""),
        ("Granted", quota.code, "100.000000", "for autumn"),
    ]
    told = confirmed(pia, f"{address}state/", state="5", remark="audit")
    assert "Frozen" in told
    assert "the quota is frozen" in sent(dora, f"{address}share/", **share)[1]
    for who, step in (("rita", ""), ("olga", ""), ("olga", "records/"), ("rita", "share/"), ("dora", "reclaim/")):
        text_of(browser(filled[who]), f"{address}{step}", 404)
    text_of(browser(filled.cora), "/vouchers/quotas/", 404)


def _issued_by(client: Client, form: dict[str, str]) -> str:
    """Issue what a form says, and read the page that tells the result."""
    page = sent(client, ISSUE, **form)[1]
    return client.post(ISSUE, {**form, "form_key": KEY.findall(page)[-1], "confirm": "1"}).content.decode()


def test_a_customer_tells_its_vouchers_apart_by_tabs(filled: World) -> None:
    """tencent:B.5: the customer's view has the tabs Unused, Used and Expired."""
    whole, used = give(filled.dora, filled.cora, 100), give(filled.dora, filled.cora, 30)
    later = give(filled.dora, filled.cora, 50, valid_from=clock.now() + timedelta(days=3))
    taken, over = (
        give(filled.dora, filled.cora, 5),
        give(filled.dora, filled.cora, 7, until=clock.now() + timedelta(days=1)),
    )
    stage_uses(filled.pia.account_pk, "huawei", 24321, "token", [Draft(used.pk, 30 * UNIT, bill_line(1, clock.now()))])
    post_uses("token")
    withdraw_voucher(filled.dora.caller, code=taken.code)
    with clock.frozen(clock.now() + timedelta(days=2)):
        client = browser(filled.cora)

        def codes(tab: str) -> set[str]:
            return {row["code"] for row in client.get(f"/vouchers.json?tab={tab}").json()["rows"]}

        assert codes("unused") == codes("") == {whole.code, later.code}
        assert codes("used") == {used.code}
        assert codes("expired") == {over.code, taken.code}
    page = text_of(browser(filled.cora), "/vouchers/")
    assert re.search(r"Unused Used Expired", page), page
    assert "Unused" not in text_of(browser(filled.dora), "/vouchers/")


def test_the_provider_gives_a_partner_a_voucher_for_its_own_cost(world: World) -> None:
    """tencent:B.5, type I: for the cost of those who pay the provider, out of nobody's pool, once."""
    pia, address = browser(world.pia), "/vouchers/for-partners/new/"
    given = {"partner": world.dora.account_id, "form": "4", "amount": "250", "valid_until": "2030-12-31"}
    given |= {"usage": "offer", "payment_mode": "all", "reach": "all", "reason": "incentive"}
    for wrong in ({"partner": world.rita.account_id}, {"amount": "0"}, {"valid_until": "2020-01-01"}):
        assert sent(pia, address, **{**given, **wrong})[0] == 422, wrong
    status, page = sent(pia, address, **given)
    assert (status, "250.00 USD" in page) == (200, True)
    assert not Voucher.objects.everything(reason="test").exists(), "a preview issues nothing"
    confirmation = {**given, "form_key": KEY.findall(page)[-1], "confirm": "1"}
    first, second = (pia.post(address, confirmation) for _ in range(2))
    assert (first.status_code, first["Location"]) == (302, second["Location"])
    row = Voucher.objects.everything(reason="test").get()
    assert (row.kind, row.face_micros, row.partner_id) == (VoucherKind.PARTNER, 250 * UNIT, world.dora.account_pk)
    assert "Give a partner a voucher" in text_of(pia, "/vouchers/")
    assert browser(world.dora).get(address).status_code == 404
