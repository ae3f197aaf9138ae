"""Each cause provoked, and told with the vendors' codes (tencent:D.1, huawei:A3, huawei:C8)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from openpartner.core.accounts.models import Account, EnterpriseMember, Flag
from openpartner.core.accounts.placing import bind, release
from openpartner.core.balances.commands import top_up
from openpartner.core.balances.models import MovementKind
from openpartner.core.balances.moving import Move, move
from openpartner.core.base.errors import Conflict, Invalid, NotAllowed, NotVisible
from openpartner.core.base.kinds import (
    AccountingMode,
    AccountKind,
    AssociationKind,
    CustomerType,
    Site,
    Suspension,
    Verification,
)
from openpartner.core.credit.policies import set_terms
from openpartner.core.customers.suspension import freeze
from openpartner.core.eligibility.bars import bars_of_partner, bars_to_association, bars_to_release
from openpartner.core.eligibility.causes import CAUSES, Barred, Cause
from openpartner.core.eligibility.marks import end_mark, marks, set_mark
from openpartner.core.eligibility.models import AccountMark, Mark
from openpartner.core.eligibility.quotas import set_bind_quota
from openpartner.core.ledger.models import LedgerAccount, Use
from openpartner.core.onboarding.registering import NewAccount, register_account
from openpartner.core.partners.commands import grant_flag
from openpartner.core.sales.reports import NewReport, report_customer
from openpartner.kit import clock
from openpartner.kit.money import Money
from tests.onboarding.people import DOOR, RESELLER, START, cause_of, plain
from tests.support.people import Person, World

RESALE, REFERRAL = AssociationKind.RESALE, AssociationKind.REFERRAL
HUAWEI = {
    *("CBC.0101", "CBC.0151", "CBC.0156", "CBC.5001", "CBC.5006", "CBC.50010085", "CBC.50010086"),
    *("CBC.99000029", "CBC.99000030"),
    *("CBC.99000031", "CBC.99000035", "CBC.99000036", "CBC.99000037", "CBC.99000050", "CBC.99000051"),
    *("CBC.99004015", "CBC.99007004", "CBC.99008040"),
}
"""Of huawei:C8."""
VENDORS = Path(__file__).parents[2] / "docs" / "reference" / "vendors"


def _mark(mark: Mark) -> Callable[[World, Account], None]:
    def do(world: World, account: Account) -> None:
        set_mark(world.pia.caller, account_id=account.account_id, mark=mark)

    return do


def _change(**values: Any) -> Callable[[World, Account], None]:
    def do(_world: World, account: Account) -> None:
        Account.objects.everything(reason="test").filter(pk=account.pk).update(**values)
        account.refresh_from_db()

    return do


def _member(mode: AccountingMode, *, is_master: bool = False) -> Callable[[World, Account], None]:
    def do(_world: World, account: Account) -> None:
        other = plain()
        pair = (account, other) if is_master else (other, account)
        EnterpriseMember.objects.create(master=pair[0], member=pair[1], mode=mode, since=clock.now())

    return do


def _owes(world: World, account: Account) -> None:
    """What an earlier partner gave was overspent, and the debt stayed with it."""
    bind(account, world.sol.account, kind=RESALE, since=clock.now(), by="test")
    _overspent(account, world.sol.account)
    release(account, until=clock.now(), by="test")


def _overspent(account: Account, giver: Account) -> None:
    LedgerAccount.objects.create(
        use=Use.AVAILABLE,
        holder=account,
        giver=giver,
        currency="USD",
        debits=1,
        provider_id=giver.provider_id or 0,
        payer_id=giver.payer_id,
        partner=giver,
        customer=account,
    )


def _bound(world: World, account: Account) -> None:
    bind(account, world.sol.account, kind=RESALE, since=clock.now(), by="test")


def _reported(world: World, account: Account) -> None:
    report_customer(world.sol.caller, new=NewReport(company=account.legal_name))


# How an account, and what it wants, is barred from dora: what is done before, and the cause; the kind when it matters.
OF_ACCOUNT: list[tuple[Callable[[World, Account], None], Cause]] = [
    (_bound, Cause.ALREADY_CUSTOMER),
    (_mark(Mark.OTHER_SITE), Cause.OTHER_SITE),
    (_change(site=Site.CN), Cause.OTHER_SITE),
    (_mark(Mark.PARTNER_APPLICANT), Cause.PARTNER_APPLICANT),
    (_mark(Mark.KEY_ACCOUNT), Cause.KEY_ACCOUNT),
    (_mark(Mark.GROUP_ORGANIZATION), Cause.GROUP_ORGANIZATION),
    (_mark(Mark.SAVINGS_PLAN), Cause.SAVINGS_PLAN),
    (_mark(Mark.SHARED_UNIT_OWNER), Cause.SHARED_UNIT_OWNER),
    (_mark(Mark.SHARED_UNIT_MEMBER), Cause.SHARED_UNIT_MEMBER),
    (_mark(Mark.SPECIAL_CONTRACT), Cause.SPECIAL_CONTRACT),
    (_mark(Mark.SERVICES_CONTRACT), Cause.SERVICES_CONTRACT),
    (_mark(Mark.RESERVED_INSTANCE), Cause.RESERVED_INSTANCE),
    (_mark(Mark.LEAD), Cause.LEAD),
    (_owes, Cause.OWES),
    (_member(AccountingMode.UNIFIED), Cause.UNIFIED_MEMBER),
    (_member(AccountingMode.INDEPENDENT), Cause.ENTERPRISE_MEMBER),
    (_member(AccountingMode.INDEPENDENT, is_master=True), Cause.HAS_MEMBERS),
    (_reported, Cause.REPORTED_BY_OTHER),
]
BY_RESALE_ALONE = {
    Cause.SERVICES_CONTRACT,
    Cause.RESERVED_INSTANCE,
    Cause.ENTERPRISE_MEMBER,
    Cause.HAS_MEMBERS,
}


@pytest.mark.parametrize(("before", "cause"), OF_ACCOUNT, ids=[f"{n}-{one[1]}" for n, one in enumerate(OF_ACCOUNT)])
def test_what_bars_an_account(world: World, before: Callable[[World, Account], None], cause: Cause) -> None:
    grant_flag(world.pia.caller, account_id=world.dora.account_id, flag=Flag.REFERRAL)
    account = plain("barred", legal_name="Barred Bakery")
    assert bars_to_association(account, world.dora.account, RESALE) == []
    before(world, account)
    account.refresh_from_db()
    assert bars_to_association(account, world.dora.account, RESALE) == [cause]
    by_referral = bars_to_association(account, world.dora.account, REFERRAL)
    assert by_referral == ([] if cause in BY_RESALE_ALONE else [cause])


def test_partners_are_no_customers(world: World) -> None:
    for who, cause in (
        ("rita", Cause.ALREADY_RESELLER),
        ("sol", Cause.ALREADY_PARTNER),
        ("pia", Cause.ALREADY_PARTNER),
    ):
        assert bars_to_association(world[who].account, world.dora.account, RESALE) == [cause]


def test_what_bars_the_partner(world: World) -> None:
    pia, rita, dora = world.pia.caller, world.rita.account, world.dora.account
    assert bars_of_partner(rita, RESALE) == []
    assert bars_of_partner(world.carl.account, RESALE) == [Cause.NOT_A_PARTNER]
    assert bars_of_partner(rita, RESALE, as_role=RESELLER) == [Cause.NOT_A_PARTNER]
    assert bars_of_partner(rita, REFERRAL) == [Cause.NO_REFERRAL]
    set_mark(pia, account_id=dora.account_id, mark=Mark.BARRED_PARTNER)
    assert bars_of_partner(rita, RESALE) == [Cause.DISTRIBUTOR_BARRED]  # huawei:C8, 50010086
    assert bars_of_partner(dora, RESALE) == [Cause.PARTNER_BARRED]
    end_mark(pia, account_id=dora.account_id, mark=Mark.BARRED_PARTNER)
    set_mark(pia, account_id=dora.account_id, mark=Mark.PREPAID_PARTNER)
    assert bars_of_partner(dora, RESALE) == [Cause.PREPAID_PARTNER]
    assert Cause.PREPAID_PARTNER not in bars_of_partner(dora, REFERRAL)


def test_a_partner_has_so_many_customers_at_most(world: World) -> None:
    pia, rita = world.pia.caller, world.rita.account  # rita has carl and cleo
    set_bind_quota(pia, account_id=rita.account_id, customers_max=3)
    assert bars_of_partner(rita, RESALE) == []
    set_bind_quota(pia, account_id=rita.account_id, customers_max=2)
    assert bars_of_partner(rita, RESALE) == [Cause.BIND_QUOTA_USED]
    set_bind_quota(pia, account_id=rita.account_id, customers_max=None)
    assert bars_of_partner(rita, RESALE) == []
    with pytest.raises(Invalid):
        set_bind_quota(pia, account_id=rita.account_id, customers_max=-1)
    with pytest.raises(NotAllowed):
        set_bind_quota(world.dora.caller, account_id=rita.account_id, customers_max=1)


def test_who_becomes_a_reseller_is_a_verified_company(world: World) -> None:
    """tencent:A.3, and each code of its list."""
    account, dora = plain("firm"), world.dora.account

    def bars(customer_type: CustomerType, verification: Verification) -> list[Cause]:
        account.customer_type, account.verification = customer_type, verification
        return bars_to_association(account, dora, RESALE, as_role=RESELLER, is_new=True)

    firm = CustomerType.ENTERPRISE
    assert bars(CustomerType.NONE, Verification.NONE) == [Cause.NOT_A_COMPANY]
    assert bars(CustomerType.PERSON, Verification.VERIFIED) == [Cause.VERIFICATION_OF_WRONG_KIND]
    assert bars(firm, Verification.NONE) == [Cause.NOT_VERIFIED]
    assert bars(firm, Verification.IN_REVIEW) == [Cause.VERIFICATION_IN_REVIEW]
    assert bars(firm, Verification.REJECTED) == [Cause.VERIFICATION_REJECTED]
    assert bars(firm, Verification.VERIFIED) == []
    assert bars_to_association(account, dora, RESALE, as_role=RESELLER) == [Cause.NOT_NEW]


def test_an_old_account_is_minded_where_the_installation_says_so(world: World, settings: Any) -> None:
    """huawei:A3: registered more than seven days ago, or has spent; a report by the partner itself spares it both."""
    dora = world.dora
    with clock.frozen(START):
        account = plain("aged", legal_name="Aged Arts", email="aged@example.com")
    assert bars_to_association(account, dora.account, RESALE) == []
    settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, association_within_days=7)
    with clock.frozen(START + timedelta(days=7)):
        assert bars_to_association(account, dora.account, RESALE) == []
    _spend(world, account)
    with clock.frozen(START + timedelta(days=7, seconds=1)):
        both = [Cause.REGISTERED_LONG_AGO, Cause.HAS_SPENT]
        assert bars_to_association(account, dora.account, RESALE) == both
        assert bars_to_association(account, dora.account, RESALE, is_new=True) == []
        report_customer(dora.caller, new=NewReport(company="Aged Arts", email="aged@example.com"))
        assert bars_to_association(account, dora.account, RESALE) == []


def _spend(world: World, account: Account) -> None:
    amount = Money.of(Decimal(5), "USD")
    dora = world.dora.account
    top_up(world.pia.caller, partner=dora.account_id, amount=Decimal(10))
    bind(account, dora, kind=RESALE, since=clock.now(), by="test")
    there = Move(kind=MovementKind.TRANSFER, source=dora, target=account, amount=amount, operator="test")
    move(there)
    move(replace(there, kind=MovementKind.RECLAIM, source=account, target=dora))
    release(account, until=clock.now(), by="test")


def _suspend(world: World, account: Account) -> None:
    freeze(world.dora.caller, account_ids=[account.account_id], level=Suspension.ACCOUNT, reason="test")


def _non_stop(world: World, account: Account) -> None:
    grant_flag(world.pia.caller, account_id=world.dora.account_id, flag=Flag.NON_STOP)
    set_terms(world.dora.caller, customer=account.uin, is_non_stop=True)


def _supported_member(world: World, account: Account) -> None:
    member = plain()
    EnterpriseMember.objects.create(master=account, member=member, mode=AccountingMode.UNIFIED, since=clock.now())
    set_mark(world.pia.caller, account_id=member.account_id, mark=Mark.SUPPORT_PLAN)


# tencent:A.2 and huawei:A3.
LEAVING: list[tuple[Callable[[World, Account], None], Cause]] = [
    (_suspend, Cause.SUSPENDED),
    (lambda world, account: _overspent(account, world.dora.account), Cause.CREDIT_NEGATIVE),
    (_non_stop, Cause.NON_STOP),
    (_mark(Mark.RESERVED_INSTANCE), Cause.RESERVED_INSTANCE),
    (_mark(Mark.SUPPORT_PLAN), Cause.SUPPORT_PLAN),
    (_member(AccountingMode.INDEPENDENT, is_master=True), Cause.INDEPENDENT_MEMBERS),
    (_supported_member, Cause.MEMBER_SUPPORT_PLAN),
]


@pytest.mark.parametrize(("before", "cause"), LEAVING, ids=[one[1] for one in LEAVING])
def test_what_keeps_a_customer(world: World, before: Callable[[World, Account], None], cause: Cause) -> None:
    account = world.cora.account
    assert bars_to_release(account, world.dora.account) == []
    before(world, account)
    account.refresh_from_db()
    assert bars_to_release(account, world.dora.account) == [cause]


def test_what_bars_a_registration(world: World) -> None:
    """Each told with a field, so that a form says it there."""
    plain("taken", country_code="0049", mobile="15100000001")
    for _ in range(4):
        plain(country_code="0049", mobile="15100000001")
    led = plain("led", email="led@example.com")
    set_mark(world.pia.caller, account_id=led.account_id, mark=Mark.LEAD)
    cases = [
        (NewAccount(account_name="taken"), Cause.NAME_TAKEN, "account_name"),
        (NewAccount(account_name="two words"), Cause.NAME_INVALID, "account_name"),
        (NewAccount(email="TAKEN@example.com"), Cause.MAIL_TAKEN, "email"),
        (NewAccount(email=world.carl.email), Cause.MAIL_TAKEN, "email"),
        (NewAccount(email="led@example.com"), Cause.LEAD, "email"),
        (NewAccount(country_code="0049", mobile="15100000001"), Cause.PHONE_FULL, "mobile"),
        (NewAccount(industry="kghy_9999"), Cause.INDUSTRY_WRONG, "industry"),
    ]
    before = Account.objects.everything(reason="test").count()
    for new, cause, field in cases:
        with pytest.raises(Barred) as refused:
            register_account(new, password=None, by=DOOR)
        assert (cause_of(refused.value), refused.value.told.field) == (cause, field)
    for new, field in (
        (NewAccount(email="no address"), "email"),
        (NewAccount(mobile="+49"), "mobile"),
        (NewAccount(mobile="151"), "mobile"),
        (NewAccount(country_code="49", mobile="151"), "country_code"),
        (NewAccount(region="de"), "region"),
        (NewAccount(legal_name="a\nb"), "legal_name"),
    ):
        with pytest.raises(Invalid) as wrong:
            register_account(new, password=None, by=DOOR)
        assert wrong.value.field == field
    with pytest.raises(Invalid, match="password"):
        register_account(NewAccount(), password="1234", by=DOOR)
    assert Account.objects.everything(reason="test").count() == before


def test_an_account_without_an_address_or_a_name_gets_on(world: World) -> None:
    account = register_account(NewAccount(), password=None, by=world.dora.caller)
    assert (len(account.account_name), account.email, account.partner_id) == (32, "", None)
    assert account.kind == AccountKind.CUSTOMER
    assert account.provider_id == world.pia.account_pk


def test_marks_are_the_providers(world: World, pia: Person, dora: Person) -> None:
    account = plain("marked")
    set_mark(pia.caller, account_id=account.account_id, mark=Mark.KEY_ACCOUNT, note="since 2020")
    set_mark(pia.caller, account_id=account.account_id, mark=Mark.KEY_ACCOUNT)  # again changes nothing
    (row,) = marks(pia.caller.scope, account)
    assert (row.note, row.set_by) == ("since 2020", "pia")
    end_mark(pia.caller, account_id=account.account_id, mark=Mark.KEY_ACCOUNT)
    with pytest.raises(Conflict):
        end_mark(pia.caller, account_id=account.account_id, mark=Mark.KEY_ACCOUNT)
    with pytest.raises(NotAllowed):
        set_mark(dora.caller, account_id=world.cora.account_id, mark=Mark.LEAD)
    with pytest.raises(NotVisible):
        set_mark(pia.caller, account_id="0" * 32, mark=Mark.LEAD)
    assert AccountMark.objects.within(pia.caller.scope).filter(until__isnull=True).count() == 0


def test_every_cause_is_told_in_codes_that_the_vendors_have() -> None:
    assert set(CAUSES) == set(Cause)
    tencent = (VENDORS / "tencent.md").read_text("utf-8")
    for cause, told in CAUSES.items():
        assert told.sentence.endswith("."), cause
        if told.tencent:
            assert re.search(rf"\b{told.tencent.rpartition('.')[2]}\b", tencent), told.tencent
        assert not told.huawei or told.huawei in HUAWEI, told.huawei
    assert {Cause.MAIL_TAKEN, Cause.LEAD} <= {one for one in Cause if CAUSES[one].field == "email"}
