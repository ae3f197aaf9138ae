"""Arrears, stops and warnings. Expectations: tencent:E.3, tencent:F.1, tencent:B.2, tencent:A.4, tencent:F.2."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from openpartner.core.accounts.models import Flag
from openpartner.core.accounts.placing import lock_account, release
from openpartner.core.base.errors import Conflict, Invalid, NotAllowed
from openpartner.core.base.kinds import Suspension
from openpartner.core.credit.allocations import NotAllocable
from openpartner.core.credit.asking import ask_to_reassess
from openpartner.core.credit.models import CreditNotice, CreditStanding, Notice
from openpartner.core.credit.policies import set_policy, set_terms, set_unlimited
from openpartner.core.credit.queries import credit_of, partner_credit
from openpartner.core.credit.standing import (
    in_arrears,
    reassess,
    reassess_known,
    runs,
    standings,
    would_change,
)
from openpartner.core.jobs.models import Job
from openpartner.core.ledger.models import LedgerAccount
from openpartner.core.ledger.verify import faults
from openpartner.core.mail.models import OutgoingMail
from openpartner.core.partners.commands import grant_flag, withdraw_flag
from openpartner.kit import clock
from tests.credit.conftest import Give, Spend, usd
from tests.support.bills import line as bill_line
from tests.support.bills import publish_lines
from tests.support.people import World

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)  # 12:00 in UTC+8


def flag(world: World, who: str, which: Flag) -> None:
    grant_flag(world.pia.caller, account_id=world[who].account_id, flag=which)


def told(world: World, who: str) -> list[tuple[Notice, int]]:
    rows = CreditNotice.objects.everything(reason="test").filter(customer=world[who].account_pk).order_by("pk")
    return [(Notice(row.notice), row.percent) for row in rows]


def mails(template: str) -> list[str]:
    rows = OutgoingMail.objects.everything(reason="test") if hasattr(OutgoingMail.objects, "everything") else None
    found = (rows if rows is not None else OutgoingMail.objects.all()).filter(template=template)
    return sorted(found.values_list("recipient", flat=True))


@pytest.fixture
def cora(world: World, line: Give, give: Give) -> World:
    """cora has 100 of dora's line."""
    line("dora", "1000")
    give("cora", "100")
    return world


def spent(world: World, spend: Spend, amount: str) -> None:
    spend("cora", amount)
    reassess([world.cora.account_pk])


def test_exactly_zero_is_not_arrears(cora: World, spend: Spend) -> None:
    """tencent:E.3."""
    spent(cora, spend, "100")
    assert runs(cora.cora.account)
    assert in_arrears([cora.cora.account_pk]) == set()
    spent(cora, spend, "0.000001")
    assert not runs(cora.cora.account)
    assert in_arrears([cora.cora.account_pk]) == {cora.cora.account_pk}


def test_it_stops_below_zero_and_resumes_with_credit(cora: World, spend: Spend, give: Give) -> None:
    spent(cora, spend, "130")
    (row,) = standings(cora.cora.account, cora.dora.account_pk)
    assert (row.stops, row.until, row.available) == (True, None, usd("-30").micros)
    give("cora", "29")
    assert not runs(cora.cora.account)
    give("cora", "1")
    assert runs(cora.cora.account)
    (row,) = standings(cora.cora.account, cora.dora.account_pk)
    assert row.until is not None
    assert mails("services-stopped") == mails("services-resumed") == ["cora@example.com", "dora@example.com"]


def test_the_policy_stops_at_zero(cora: World, spend: Spend) -> None:
    """tencent:F.1: a switch of the partner, with a dry run before it."""
    spent(cora, spend, "100")
    preview = would_change(cora.dora.caller, stop_at_zero=True)
    assert (preview.stops, preview.resumes) == ((cora.cora.account_pk,), ())
    assert runs(cora.cora.account)
    set_policy(cora.dora.caller, stop_at_zero=True)
    reassess([cora.cora.account_pk])
    assert not runs(cora.cora.account)
    assert would_change(cora.dora.caller, stop_at_zero=True).stops == ()
    assert would_change(cora.dora.caller, stop_at_zero=False).resumes == (cora.cora.account_pk,)
    assert would_change(cora.dora.caller, is_non_stop=True).resumes == (cora.cora.account_pk,)
    assert would_change(cora.olga.caller, stop_at_zero=True).stops == ()


def test_a_privileged_customer_runs_in_arrears(cora: World, spend: Spend) -> None:
    """tencent:A.4: the non-stop privilege needs the partner's flag, and lasts as long as it."""
    uin = cora.cora.uin
    with pytest.raises(NotAllowed):
        set_terms(cora.dora.caller, customer=uin, is_non_stop=True)
    flag(cora, "dora", Flag.NON_STOP)
    set_terms(cora.dora.caller, customer=uin, is_non_stop=True)
    spent(cora, spend, "130")
    assert runs(cora.cora.account)
    (row,) = standings(cora.cora.account, cora.dora.account_pk)
    assert (row.stops, row.until) == (False, None)  # in arrears, and not stopped
    withdraw_flag(cora.pia.caller, account_id=cora.dora.account_id, flag=Flag.NON_STOP)
    reassess([cora.cora.account_pk])
    assert not runs(cora.cora.account)
    assert [one.stops for one in standings(cora.cora.account, cora.dora.account_pk)] == [True, False]


def test_a_suspended_customer_does_not_run_at_any_credit(cora: World) -> None:
    """tencent:E.3: services run when the customer is not frozen and not in arrears."""
    customer = cora.cora.account
    assert runs(customer)
    customer.suspension = Suspension.ACCOUNT
    assert not runs(customer)


def test_special_rules_need_the_flag(cora: World) -> None:
    from openpartner.core.credit.policies import rules_of

    uin, key, dora = cora.cora.uin, cora.cora.account_pk, cora.dora.account_pk
    with pytest.raises(NotAllowed):
        set_terms(cora.dora.caller, customer=uin, is_special=True)
    flag(cora, "dora", Flag.SPECIAL_SUSPENSION_RULES)
    set_terms(cora.dora.caller, customer=uin, is_special=True)
    assert (rules_of({key: dora})[key].is_special, rules_of({key: dora})[key].retention_days) == (True, 15)
    set_policy(cora.dora.caller, retention_days=7)
    assert rules_of({key: dora})[key].retention_days == 7
    with pytest.raises(Invalid):
        set_policy(cora.dora.caller, retention_days=16)


def test_warnings_at_25_10_and_0_percent_once_a_day_each(cora: World, spend: Spend) -> None:
    """tencent:B.2, with "used 75 / 90 / 100 %" reached at exactly that."""
    with clock.frozen(NOON):
        spent(cora, spend, "74.999999")
        assert told(cora, "cora") == []
        spent(cora, spend, "0.000001")
        assert told(cora, "cora") == [(Notice.LOW, 25)]
        spent(cora, spend, "5")
        assert told(cora, "cora") == [(Notice.LOW, 25)]
        spent(cora, spend, "20")
        assert told(cora, "cora")[1:] == [(Notice.LOW, 10), (Notice.LOW, 0)]
    assert mails("credit-low") == sorted(["cora@example.com", "dora@example.com"] * 2)
    with clock.frozen(NOON + timedelta(hours=11)):  # 23:00 of the same day in UTC+8
        spent(cora, spend, "1")
        assert len(told(cora, "cora")) == 4  # and that it stopped
    with clock.frozen(NOON + timedelta(hours=13)):  # the next day there
        spent(cora, spend, "1")
        assert told(cora, "cora")[4:] == [(Notice.LOW, 25), (Notice.LOW, 10), (Notice.LOW, 0)]


def test_a_customer_may_have_thresholds_of_its_own(cora: World, spend: Spend) -> None:
    set_terms(cora.dora.caller, customer=cora.cora.uin, thresholds=[50, 80])
    spent(cora, spend, "60")
    assert told(cora, "cora") == [(Notice.LOW, 80), (Notice.LOW, 50)]
    for bad in ([0], [100], [-1], list(range(1, 12))):
        with pytest.raises(Invalid):
            set_terms(cora.dora.caller, customer=cora.cora.uin, thresholds=bad)


def test_who_was_never_given_credit_is_warned_of_nothing(world: World) -> None:
    reassess([world.chen.account_pk])
    assert told(world, "chen") == []
    assert not CreditStanding.objects.everything(reason="test").exists()


def test_a_publication_asks_for_a_look_at_its_customers(cora: World) -> None:
    publish_lines(cora, "2026-10", [bill_line(cora.cora, date(2026, 10, 3), "130")])
    jobs = Job.objects.everything(reason="test").filter(kind="credit.reassess")
    assert [str(cora.cora.account_pk) in job.args for job in jobs] == [True]
    ask_to_reassess([])
    assert jobs.count() == 1


def asked_for() -> list[str]:
    jobs = Job.objects.everything(reason="test").filter(kind="credit.reassess").order_by("pk")
    return [job.args for job in jobs]


def test_new_rules_ask_for_a_look_at_whom_they_concern(cora: World, spend: Spend, give: Give) -> None:
    give("chen", "10")
    spend("cora", "100")
    set_policy(cora.dora.caller, stop_at_zero=True)
    set_terms(cora.dora.caller, customer=cora.chen.uin, thresholds=[50])
    keys = [cora.cora.account_pk, cora.chen.account_pk]
    assert asked_for() == [f'{{"customers": [{key}]}}' for key in keys]
    reassess(keys)
    reassess_known()  # cora is in arrears now, chen is not
    assert asked_for()[2:] == [f'{{"customers": [{keys[0]}]}}']


def test_leaving_gives_back_what_is_unspent(cora: World, spend: Spend) -> None:
    """Issue 5: disassociation closes credit; arrears stay with the partner they arose with."""
    spend("cora", "30")
    release(lock_account(cora.cora.account_pk), until=clock.now(), by="the test")
    figures = partner_credit(cora.dora.caller)
    assert (figures.remaining, figures.customers_total) == (usd("970"), usd("30"))
    assert credit_of(cora.cora.account, cora.dora.account_pk).available == 0
    assert list(faults()) == []


def test_a_partner_that_leaves_gives_its_pool_or_line_back(world: World, line: Give, pool: Give) -> None:
    line("dora", "1000")
    pool("rita", "60")
    line("sol", "50")
    for name in ("carl", "cleo", "rita", "cato", "sol"):  # whoever sells to nobody any more can leave
        release(lock_account(world[name].account_pk), until=clock.now(), by="the test")
    assert partner_credit(world.dora.caller).remaining == usd("1000")
    issued = LedgerAccount.objects.everything(reason="test").get(holder=world.pia.account_pk)
    assert issued.balance == usd("-1000")
    assert list(faults()) == []


def test_arrears_are_not_given_back(cora: World, spend: Spend) -> None:
    spent(cora, spend, "130")
    release(lock_account(cora.cora.account_pk), until=clock.now(), by="the test")
    assert partner_credit(cora.dora.caller).remaining == usd("900")
    (row,) = CreditStanding.objects.everything(reason="test")
    assert row.until is not None


def test_an_unlimited_partner_gives_more_than_its_line(cora: World, give: Give) -> None:
    """tencent:F.2: remaining falls below zero; the switch ends only once the line covers it."""
    with pytest.raises(NotAllocable):
        give("chen", "900.01")
    set_unlimited(cora.pia.caller, partner=cora.dora.account_id, is_unlimited=True)
    give("chen", "1000")
    assert partner_credit(cora.dora.caller).remaining == usd("-100")
    with pytest.raises(Conflict):
        set_unlimited(cora.pia.caller, partner=cora.dora.account_id, is_unlimited=False)
    give("chen", "-100")
    set_unlimited(cora.pia.caller, partner=cora.dora.account_id, is_unlimited=False)
    with pytest.raises(NotAllocable):
        give("chen", "0.01")
    assert list(faults()) == []
