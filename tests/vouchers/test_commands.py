"""Quota, issue, withdrawal, reclaim, approval, expiry: the states of tencent:E.4 and huawei:E4."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner

from openpartner.core.base.errors import ChannelError, Conflict, Invalid, LimitReached, NotVisible
from openpartner.core.jobs.schedule import RECURRING
from openpartner.core.ledger.models import Use
from openpartner.core.ledger.verify import faults
from openpartner.core.parting.ending import disassociate
from openpartner.core.vouchers.approvals import apply_for_voucher, approve_voucher, cancel_application, reject_voucher
from openpartner.core.vouchers.ending import reclaim_voucher, withdraw_voucher
from openpartner.core.vouchers.expiry import expire_due
from openpartner.core.vouchers.issuing import NotAgency, Terms, issue_card, issue_to_partner, issue_vouchers, terms_of
from openpartner.core.vouchers.models import VoucherRecord
from openpartner.core.vouchers.queries import VoucherFilter, find_voucher, pool_of_partner, usable_balance
from openpartner.core.vouchers.quotas import (
    NewQuota,
    change_pool,
    grant_quota,
    pool_of,
    set_quota_state,
    share_quota,
    take_quotas_back,
)
from openpartner.core.vouchers.templates import TemplateValues, retire_template, save_template
from openpartner.core.vouchers.vocabulary import (
    Operation,
    QuotaKind,
    QuotaState,
    Reach,
    Standing,
    Usage,
    VoucherKind,
    VoucherState,
)
from openpartner.kit import clock
from openpartner.project.commands import money
from tests.core.test_bill_import import work
from tests.support.people import World
from tests.vouchers.support import UNIT, again, balance, fill, give

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 3, 1, tzinfo=UTC)
MONTH = timedelta(days=30)


@pytest.fixture(autouse=True)
def ledger_adds_up() -> Iterator[None]:
    yield
    assert list(faults()) == []


def left(world: World, name: str) -> int:
    return pool_of_partner(world[name].account_pk).left_micros // UNIT


def test_a_pool_is_granted_and_shared(world: World) -> None:
    """tencent:B.4: the distributor gives to and takes from its reseller's pool; both show what remains."""
    fill(world, 100)
    fill(world, 40, to="rita", by="dora")
    change_pool(world.dora.caller, partner=world.rita.account_id, amount=Decimal("-15.5"))
    assert pool_of_partner(world.rita.account_pk).total_micros == 24_500_000
    assert pool_of_partner(world.dora.account_pk).left_micros == 75_500_000


def test_nobody_grants_what_it_has_not(world: World) -> None:
    fill(world, 10)
    with pytest.raises(LimitReached):
        fill(world, 11, to="rita", by="dora")
    with pytest.raises(LimitReached):
        change_pool(world.pia.caller, partner=world.dora.account_id, amount=Decimal(-11))
    assert (left(world, "dora"), left(world, "rita")) == (10, 0)


def test_a_distributor_without_a_pool_grants_nothing(world: World) -> None:
    """tencent:B.4: what a reseller's pool holds comes out of its distributor's."""
    with pytest.raises(LimitReached):
        fill(world, 1, to="rita", by="dora")
    assert pool_of_partner(world.rita.account_pk).total_micros == 0


@pytest.mark.parametrize(
    ("by", "to"), [("dora", "ruth"), ("dora", "sol"), ("dora", "dora"), ("pia", "rita"), ("rita", "dora")]
)
def test_a_pool_is_granted_to_ones_own_partners_alone(world: World, by: str, to: str) -> None:
    with pytest.raises(NotVisible):
        change_pool(world[by].caller, partner=world[to].account_id, amount=Decimal(1))


def test_a_key_grants_once(world: World) -> None:
    for _time in range(2):
        with contextlib.suppress(Conflict):
            change_pool(world.pia.caller, partner=world.dora.account_id, amount=Decimal(5), key="form-1")
    assert left(world, "dora") == 5


def test_vouchers_are_issued_to_several_with_a_result_each(world: World) -> None:
    fill(world, 25)
    names = ["cora", "carl", "chen", "cyro"]  # carl is a reseller's
    results = issue_vouchers(
        world.dora.caller,
        customers=[world[name].account_id for name in names],
        amount=Decimal(10),
        terms=Terms(valid_until=clock.now() + MONTH),
    )
    seen = [type(one.error).__name__ if one.error else one.voucher and one.voucher.customer_id for one in results]
    assert seen == [world.cora.account_pk, "NotVisible", world.chen.account_pk, "NotCovered"]
    assert left(world, "dora") == 5
    assert pool_of_partner(world.dora.account_pk).issued == 2
    assert usable_balance(world.cora.account_pk) == 10 * UNIT
    failed = VoucherRecord.objects.everything(reason="a test").filter(operation=Operation.ISSUE, is_done=False)
    assert [one.customer_id for one in failed] == [world.cyro.account_pk]


def test_a_pool_of_a_reseller_limits_what_it_issues(world: World) -> None:
    """tencent:B.5: what a second-level reseller issued is at most the pool from its distributor."""
    fill(world, 100)
    fill(world, 30, to="rita", by="dora")
    give(world.rita, world.carl, 30)
    (second,) = issue_vouchers(
        world.rita.caller,
        customers=[world.cleo.account_id],
        amount=Decimal(1),
        terms=Terms(valid_until=clock.now() + MONTH),
    )
    assert isinstance(second.error, LimitReached)


def test_withdrawal_gives_the_quota_back(world: World) -> None:
    fill(world, 100)
    voucher = give(world.dora, world.cora, 40)
    assert left(world, "dora") == 60
    withdraw_voucher(world.dora.caller, code=voucher.code)
    assert (left(world, "dora"), pool_of_partner(world.dora.account_pk).issued) == (100, 0)
    assert again(voucher).state == VoucherState.WITHDRAWN
    assert again(voucher).left_micros == 40 * UNIT
    with pytest.raises(Conflict):
        withdraw_voucher(world.dora.caller, code=voucher.code)
    with pytest.raises(Conflict):
        reclaim_voucher(world.dora.caller, code=voucher.code)


@pytest.mark.parametrize("who", ["rita", "olga", "sol", "pia"])
def test_a_voucher_is_its_issuers_to_take_back(world: World, who: str) -> None:
    fill(world, 100)
    voucher = give(world.dora, world.cora, 40)
    for command in (withdraw_voucher, reclaim_voucher):
        with pytest.raises(NotVisible):
            command(world[who].caller, code=voucher.code)
    assert balance(Use.VOUCHER, voucher.pk) == 40


def test_expiry_gives_the_unused_part_back_once(world: World) -> None:
    fill(world, 100)
    with clock.frozen(DAY):
        voucher = give(world.dora, world.cora, 40, until=DAY + MONTH)
    with clock.frozen(DAY + MONTH - timedelta(seconds=1)):
        assert expire_due() == 0
        assert usable_balance(world.cora.account_pk) == 40 * UNIT
    with clock.frozen(DAY + MONTH):
        found = find_voucher(world.dora.caller.scope, VoucherFilter(standings=frozenset({Standing.EXPIRED})))
        assert found is not None  # before the job has been there
        assert usable_balance(world.cora.account_pk) == 0
        with pytest.raises(Conflict):
            reclaim_voucher(world.dora.caller, code=voucher.code)
        assert [expire_due(), expire_due()] == [1, 0]
    assert left(world, "dora") == 100
    assert again(voucher).state == VoucherState.EXPIRED


def test_a_voucher_begins_when_it_says(world: World) -> None:
    fill(world, 100)
    with clock.frozen(DAY):
        give(world.dora, world.cora, 40, valid_from=DAY + timedelta(days=1), until=DAY + MONTH)
        assert usable_balance(world.cora.account_pk) == 0
        assert (
            find_voucher(world.cora.caller.scope, VoucherFilter(standings=frozenset({Standing.INACTIVE}))) is not None
        )
    assert usable_balance(world.cora.account_pk, DAY + timedelta(days=1)) == 40 * UNIT


def test_a_trial_is_reviewed(world: World) -> None:
    """tencent:B.5 type II: cancellable while under review; rejection frees the quota (tencent:E.4)."""
    fill(world, 100)
    terms = Terms(valid_until=clock.now() + MONTH, usage=Usage.TRIAL)

    def ask() -> str:
        return apply_for_voucher(
            world.dora.caller, customer=world.cora.account_id, amount=Decimal(60), terms=terms
        ).code

    first = ask()
    with pytest.raises(LimitReached):
        ask()
    cancel_application(world.dora.caller, code=first)
    second = ask()
    reject_voucher(world.pia.caller, code=second, remark="no")
    third = ask()
    assert left(world, "dora") == 40
    approved = approve_voucher(world.pia.caller, code=third, for_customer=True)
    assert (approved.state, balance(Use.VOUCHER, approved.pk), left(world, "dora")) == (VoucherState.ISSUED, 60, 40)
    assert usable_balance(world.cora.account_pk) == 60 * UNIT  # the linked one, at the provider's cost
    for command in (approve_voucher, reject_voucher):
        with pytest.raises(Conflict):
            command(world.pia.caller, code=third)
        with pytest.raises(NotVisible):
            command(world.dora.caller, code=third)


def test_a_review_that_takes_too_long_frees_the_quota(world: World) -> None:
    fill(world, 100)
    terms = Terms(valid_until=DAY + MONTH)
    with clock.frozen(DAY):
        apply_for_voucher(world.dora.caller, customer=world.cora.account_id, amount=Decimal(60), terms=terms)
    with clock.frozen(DAY + MONTH):
        assert (left(world, "dora"), expire_due(), left(world, "dora")) == (40, 1, 100)


def test_the_worker_ends_what_has_run_out(world: World) -> None:
    fill(world, 100)
    with clock.frozen(DAY):
        give(world.dora, world.cora, 40, until=DAY + MONTH)
    RECURRING["vouchers.expire"].run()
    work()
    assert left(world, "dora") == 100


def test_a_template_is_fixed_by_its_first_issue(world: World) -> None:
    fill(world, 100)
    values = TemplateValues(name="Spring offer", usage=Usage.OFFER, amount=Decimal(20), valid_days=10)
    template = save_template(world.dora.caller, values=values)
    save_template(world.dora.caller, values=values, template=template.pk)
    with clock.frozen(DAY):
        (one,) = issue_vouchers(
            world.dora.caller,
            customers=[world.cora.account_id],
            amount=Decimal(15),  # may differ from the template's
            terms=terms_of(template),
            template=template.pk,
        )
    assert one.voucher is not None
    assert one.voucher.valid_until == DAY + timedelta(days=10)
    with pytest.raises(Conflict):
        save_template(world.dora.caller, values=values, template=template.pk)
    with pytest.raises(NotVisible):
        save_template(world.olga.caller, values=values, template=template.pk)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", {"name": "a" * 21}),
        ("name", {"name": "Offer 1"}),
        ("amount", {"amount": Decimal("1.5")}),
        ("amount", {"amount": Decimal("NaN")}),
        ("amount", {"amount": Decimal(0)}),
        ("products", {"reach": Reach.LISTED}),
        ("valid_until", {"valid_days": None}),
    ],
)
def test_a_template_is_checked(world: World, field: str, values: dict[str, object]) -> None:
    """tencent:B.5: a name of up to 20 letters and spaces, a whole amount."""
    given = {"name": "Offer", "usage": Usage.OFFER, "amount": Decimal(1), "valid_days": 1, **values}
    with pytest.raises(Invalid) as refused:
        save_template(world.dora.caller, values=TemplateValues(**given))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_nothing_is_issued_from_a_retired_template(world: World) -> None:
    fill(world, 100)
    values = TemplateValues(name="Spring offer", usage=Usage.OFFER, amount=Decimal(20), valid_days=10)
    template = save_template(world.dora.caller, values=values)

    def issue() -> None:
        issue_vouchers(
            world.dora.caller,
            customers=[world.cora.account_id],
            amount=Decimal(15),
            terms=terms_of(template),
            template=template.pk,
        )

    retire_template(world.dora.caller, template=template.pk)
    with pytest.raises(Conflict):
        issue()
    with pytest.raises(Conflict):
        save_template(world.dora.caller, values=values, template=template.pk)
    with pytest.raises(NotVisible):
        retire_template(world.olga.caller, template=template.pk)
    retire_template(world.dora.caller, template=template.pk, is_retired=False)
    issue()
    assert left(world, "dora") == 85


def test_a_second_level_reseller_gives_no_trial(world: World) -> None:
    fill(world, 100)
    fill(world, 50, to="rita", by="dora")
    with pytest.raises(Invalid):
        give(world.rita, world.carl, 1, usage=Usage.TRIAL)


def test_a_china_quota_limits_its_coupons(world: World) -> None:
    """huawei:E4: limits only become narrower; a coupon goes to customers by agency sale."""
    new = NewQuota(
        kind=QuotaKind.CASH, amount=Decimal(100), valid_until=clock.now() + MONTH, services=("hws.service.type.ec2",)
    )
    quota = grant_quota(world.pia.caller, partner=world.song.account_id, new=new)

    def issue(**terms: object) -> ChannelError | None:
        (one,) = issue_vouchers(
            world.song.caller,
            customers=[world.su.account_id],
            amount=Decimal(10),
            terms=Terms(**terms),  # type: ignore[arg-type]
            quota=quota.code,
        )
        return one.error

    assert issue() is None
    with pytest.raises(Invalid):
        issue(services=("hws.service.type.ebs",))
    with pytest.raises(Invalid):
        issue(valid_until=clock.now() + 2 * MONTH)
    set_quota_state(world.pia.caller, quota=quota.code, state=QuotaState.FROZEN)
    with pytest.raises(Conflict):
        issue()
    assert balance(Use.QUOTA, quota.pk) == 90


def test_a_referral_customer_of_the_china_site_gets_no_coupon(world: World) -> None:
    from openpartner.core.accounts.models import Account
    from openpartner.core.base.kinds import AssociationKind

    rows = Account.objects.everything(reason="a test").filter(pk=world.su.account_pk)
    rows.update(association_kind=AssociationKind.REFERRAL)
    new = NewQuota(kind=QuotaKind.VOUCHER, amount=Decimal(100), valid_until=clock.now() + MONTH)
    quota = grant_quota(world.pia.caller, partner=world.song.account_id, new=new)
    (one,) = issue_vouchers(
        world.song.caller, customers=[world.su.account_id], amount=Decimal(1), terms=Terms(), quota=quota.code
    )
    assert isinstance(one.error, NotAgency)


def test_a_reclaim_takes_all_that_is_left(world: World) -> None:
    fill(world, 100)
    voucher = give(world.dora, world.cora, 40)
    reclaim_voucher(world.dora.caller, code=voucher.code)
    assert (balance(Use.VOUCHER, voucher.pk), left(world, "dora")) == (0, 100)


def test_a_customer_that_leaves_leaves_its_vouchers(world: World) -> None:
    """huawei:E4: operation 3 of the log."""
    fill(world, 100)
    voucher = give(world.dora, world.cora, 40)
    disassociate(world.pia.caller, account_id=world.cora.account_id)
    assert (again(voucher).state, left(world, "dora")) == (VoucherState.RECLAIMED, 100)
    assert usable_balance(world.cora.account_pk) == 0
    log = VoucherRecord.objects.everything(reason="a test").filter(voucher=voucher).order_by("pk")
    assert [one.operation for one in log] == [Operation.ISSUE, Operation.UNBIND]


def test_a_distributor_shares_a_quota_out_and_takes_it_back(world: World) -> None:
    """huawei:D7a: a result for each reseller; what is taken back is all that is left."""
    new = NewQuota(kind=QuotaKind.VOUCHER, amount=Decimal(100), valid_until=clock.now() + MONTH)
    quota = grant_quota(world.pia.caller, partner=world.dora.account_id, new=new)
    good, bad = share_quota(
        world.dora.caller,
        quota=quota.code,
        resellers=[world.rita.account_id, world.ruth.account_id],
        amount=Decimal("60.25"),
    )
    assert good.quota is not None
    assert isinstance(bad.error, NotVisible)
    assert balance(Use.QUOTA, quota.pk) == 39
    (short,) = share_quota(
        world.dora.caller, quota=quota.code, resellers=[world.rita.account_id], amount=Decimal("39.76")
    )
    assert isinstance(short.error, LimitReached)
    back, unknown = take_quotas_back(world.dora.caller, quotas=[good.quota.code, quota.code], remark="enough")
    assert back.error is None
    assert isinstance(unknown.error, NotVisible)  # its own quota is not one that it shared out
    assert (balance(Use.QUOTA, quota.pk), balance(Use.QUOTA, good.quota.pk)) == (100, 0)


def test_the_provider_gives_a_partner_a_voucher_of_its_own(world: World) -> None:
    """tencent:B.5 type I, huawei:E4: issued by the vendor to the partner; no customer sees it."""
    voucher = issue_to_partner(
        world.pia.caller, partner=world.dora.account_id, amount=Decimal(7), terms=Terms(valid_until=clock.now() + MONTH)
    )
    assert balance(Use.VOUCHER, voucher.pk) == 7
    assert pool_of(world.dora.account) is None
    with pytest.raises(NotVisible):
        issue_to_partner(
            world.dora.caller,
            partner=world.rita.account_id,
            amount=Decimal(7),
            terms=Terms(valid_until=clock.now() + MONTH),
        )


def test_the_provider_takes_back_what_it_has_granted(world: World) -> None:
    """huawei:E4, quota status 6; what a voucher gives back afterwards is taken back by a second time."""
    new = NewQuota(kind=QuotaKind.VOUCHER, amount=Decimal(100), valid_until=clock.now() + MONTH)
    quota = grant_quota(world.pia.caller, partner=world.dora.account_id, new=new)
    (one,) = issue_vouchers(
        world.dora.caller, customers=[world.cora.account_id], amount=Decimal(30), terms=Terms(), quota=quota.code
    )

    def take(who: str) -> ChannelError | None:
        return take_quotas_back(world[who].caller, quotas=[quota.code])[0].error

    assert isinstance(take("olga"), NotVisible)
    assert isinstance(take("dora"), NotVisible), "she has it, and has not given it"
    assert take("pia") is None
    assert (balance(Use.QUOTA, quota.pk), balance(Use.VOUCHER, one.voucher.pk if one.voucher else 0)) == (0, 30)
    assert isinstance(take("pia"), Conflict)
    assert one.voucher is not None
    withdraw_voucher(world.dora.caller, code=one.voucher.code)
    assert (balance(Use.QUOTA, quota.pk), take("pia"), balance(Use.QUOTA, quota.pk)) == (30, None, 0)
    with pytest.raises(Conflict):
        set_quota_state(world.pia.caller, quota=quota.code, state=QuotaState.NORMAL)


def test_a_pool_is_changed_and_neither_shared_nor_taken_back_as_a_quota(world: World) -> None:
    """tencent:B.4: a pool has +/- amounts; a quota's state would leave its partner without one for ever."""
    fill(world, 100)
    fill(world, 40, to="rita", by="dora")
    own, given = pool_of(world.dora.account), pool_of(world.rita.account)
    assert own is not None
    assert given is not None
    with pytest.raises(NotVisible):
        share_quota(world.dora.caller, quota=own.code, resellers=[world.rita.account_id], amount=Decimal(1))
    (refused,) = take_quotas_back(world.dora.caller, quotas=[given.code])
    assert isinstance(refused.error, NotVisible)
    assert (left(world, "dora"), left(world, "rita")) == (60, 40)


def test_a_card_is_its_customers_money_and_not_its_partners_to_take(world: World) -> None:
    card = issue_card(
        world.pia.caller,
        customer=world.cora.account_id,
        amount=Decimal(30),
        name="A card",
        valid_until=DAY + 12 * MONTH,
    )
    for command in (withdraw_voucher, reclaim_voucher):
        with pytest.raises(NotVisible):
            command(world.dora.caller, code=card.code)
    assert balance(Use.VOUCHER, card.pk) == 30


def test_the_command_line_issues_a_card_once_for_a_key(world: World) -> None:
    words = ["card", world.cora.account_id, "30.00", "--name", "A card", "--until", "2099-01-01", "--key", "k"]
    done = CliRunner().invoke(money.command, words)
    assert done.exit_code == 0, done.output
    code = done.output.removeprefix("The card ").partition(" ")[0]
    found = find_voucher(world.cora.caller.scope, VoucherFilter(code=code, kinds=frozenset({VoucherKind.CARD})))
    assert found is not None
    card = found.voucher
    assert (balance(Use.VOUCHER, card.pk), card.reason, card.valid_until) == (
        30,
        "A card",
        datetime(2099, 1, 1, tzinfo=UTC),
    )
    assert done.output.endswith(" holds USD 30.00.\n")
    done = CliRunner().invoke(money.command, words)
    assert (done.exit_code, done.output) == (1, "Error: this key was used for another transfer\n")


def test_the_command_line_names_what_is_wrong_with_a_card(world: World) -> None:
    for customer, amount, until, why in (
        (world.cora.account_id, "0", "2099-01-01", "amount: must be above zero"),
        ("0" * 32, "5", "2099-01-01", "no such customer"),
        (world.cora.account_id, "5", "2000-01-01", "valid_until: must be later"),
    ):
        done = CliRunner().invoke(money.command, ["card", customer, amount, "--name", "A card", "--until", until])
        assert (done.exit_code, why in done.output) == (1, True), done.output
