"""Codes, accounts, invitations and applications by API: every error code of every action, and what is told when.

The lists of codes are those of the vendor's Go SDK, kept in docs/reference/vendors/tencent.md under D.1, and a test
fails when one of them is provoked by no case here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.db import OperationalError

from openpartner.core.access.codes import Purpose, make_code
from openpartner.core.access.models import User
from openpartner.core.accounts.models import Account, Association, Flag
from openpartner.core.accounts.placing import bind, lock_account
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.kinds import (
    AccountingMode,
    AccountKind,
    AssociationKind,
    CustomerType,
    Suspension,
    Verification,
)
from openpartner.core.customers.commands import associate
from openpartner.core.customers.enterprise import add_member
from openpartner.core.eligibility.marks import set_mark
from openpartner.core.eligibility.models import Mark
from openpartner.core.eligibility.quotas import set_bind_quota
from openpartner.core.ledger.models import LedgerAccount, Use
from openpartner.core.onboarding import creating
from openpartner.core.onboarding.applying import Facts, apply, withdraw
from openpartner.core.onboarding.inviting import invite, revoke
from openpartner.core.onboarding.models import Application
from openpartner.kit import clock
from openpartner.tencent import gateway
from tests.support.onboarding import CUSTOMER, RESELLER, applicant, grant, newest_code, person_of, plain
from tests.support.people import Person, World
from tests.support.tencent_codes import ONBOARDING as ACTIONS
from tests.support.tencent_codes import full, listed
from tests.wire.tencent_inside import call, code

PHONE = {"CountryCode": "852", "PhoneNum": "61234567"}
NEW = {
    **PHONE,
    "AccountType": "company",
    "Mail": "Nora@New.Example.com",
    "Password": "ABCabc1!",
    "ConfirmPassword": "ABCabc1!",
    "Area": "HK",
    "VerifyCode": "000000",
    "TradeOne": "kghy_01",
    "TradeTwo": "kghy_0101",
    "CustomerName": "New Ltd",
}
PAGE = {"Page": 1, "PageSize": 10}
FAULTY: dict[str, dict[str, str]] = {
    "IPV.AccountTypeEmpty": {"AccountType": ""},
    "IPV.MailEmpty": {"Mail": ""},
    "IPV.PasswordEmpty": {"Password": ""},
    "IPV.PhoneNumEmpty": {"PhoneNum": ""},
    "IPV.CountryCodeEmpty": {"CountryCode": ""},
    "IPV.AreaEmpty": {"Area": ""},
    "IPV.TradeInfoEmpty": {"TradeTwo": ""},
    "IP.MailFormatIncorrect": {"Mail": "nora at example.com"},
    "IP.PasswordFormatIncorrect": {"Password": "ABC abc1!"},
    "IP.PhoneNumFormatIncorrect": {"PhoneNum": "6123 4567"},
    "IP.CountryCodeFormatIncorrect": {"CountryCode": "+852"},
    "IP.AreaFormatIncorrect": {"Area": "hk"},
    "IP.AccountTypeContentIncorrect": {"AccountType": "firm"},
    "IP.PasswordContentIncorrect": {"Password": "ABCabc123"},
    "IP.ConfirmPasswordContentIncorrect": {"ConfirmPassword": "ABCabc2!"},
    "IP.CountryCodeContentIncorrect": {"CountryCode": "999"},
    "IPV.UnSupportArea": {"CountryCode": "86", "Area": "CN"},
    "IP.AreaContentIncorrect": {"Area": "DE"},
    "FO.TradeInfoIncorrect": {"TradeTwo": "kghy_0201"},
    "FO.VerificationCodeIllegal": {},
}
"""What CreateAccount is told of a request with this fault, in the order in which faults are told (tencent:D.1)."""


@dataclass
class Stage:
    """Who asks, and what a case may change to be refused."""

    world: World
    monkeypatch: pytest.MonkeyPatch
    settings: Any
    folder: Path

    def ask(self, person: str, action: str, parameters: dict[str, Any]) -> str:
        """The code of the answer; a refusal has changed nothing."""
        before = self._state()
        told = code(call(self.world[person], action, parameters))
        assert told == "" or self._state() == before, action
        return told

    def code_sent(self, person: str = "dora") -> str:
        """The code that SendVerifyCode has put into the outbox."""
        assert code(call(self.world[person], "SendVerifyCode", PHONE)) == ""
        return newest_code()

    def number_is_full(self) -> None:
        """Five accounts have the number already."""
        keys = [self.world[name].account_pk for name in ("cora", "chen", "cyro", "cleo", "cato")]
        rows = Account.objects.everything(reason="test").filter(pk__in=keys)
        rows.update(country_code="00852", mobile=PHONE["PhoneNum"])

    def limit(self, customers: int) -> None:
        set_bind_quota(self.world.pia.caller, account_id=self.world.dora.account_id, customers_max=customers)

    def database_fails(self) -> None:
        """As when it is locked for too long; test_tencent_gateway has the same for what every action does."""

        def fail(_: str) -> None:
            raise OperationalError("database is locked")

        self.monkeypatch.setattr(gateway, "find_signer", fail)

    def loses_keys(self) -> None:
        """The key ring in the data folder is another one, so that no stored secret opens."""
        self.settings.OPENPARTNER = msgspec.structs.replace(self.settings.OPENPARTNER, data=str(self.folder))

    @staticmethod
    def _state() -> tuple[object, ...]:
        accounts = Account.objects.everything(reason="test")
        return (
            accounts.count(),
            User.objects.everything(reason="test").count(),
            Association.objects.everything(reason="test").count(),
            sorted(Application.objects.everything(reason="test").values_list("pk", "state")),
        )


@pytest.fixture
def stage(world: World, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Stage:
    """dora and sol may create and invite by API; the vendor's rates have their own tests."""
    settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, rate_limit_scale=0)
    grant(world.dora, Flag.API_CUSTOMER_CREATION, Flag.API_INVITATIONS)
    return Stage(world, monkeypatch, settings, tmp_path)


Case = Callable[[Stage], str]
CASES: dict[tuple[str, str], Case] = {}


def case(action: str, short: str) -> Callable[[Case], Case]:
    def decorate(provoke: Case) -> Case:
        assert (action, short) not in CASES
        CASES[action, short] = provoke
        return provoke

    return decorate


def valid(action: str, uin: int = 1) -> dict[str, Any]:
    """A request of an action in which nothing is wrong but what the case makes so."""
    requests: dict[str, dict[str, Any]] = {
        "SendVerifyCode": PHONE,
        "CreateAccount": NEW,
        "CreateAndSendClientInvitationMail": {"Email": "nora@new.example.com"},
        "QueryInvitationInfo": {"InvitationToken": ["0" * 32]},
        "QueryPendingClientsV2": PAGE,
        "ApproveClientApply": {"ClientUin": uin, "ApproveType": "pass"},
        "QueryPendingSubAgentsV2": PAGE,
        "ApproveSubAgentApply": {"SubAgentUin": uin, "ApproveType": "pass"},
    }
    return requests[action]


# Codes.


@case("SendVerifyCode", "FO.PhoneBindUpper")
def _(stage: Stage) -> str:
    stage.number_is_full()
    return stage.ask("dora", "SendVerifyCode", PHONE)


@case("SendVerifyCode", "FO.SendVerifyCodeLimit60")
def _(stage: Stage) -> str:
    with clock.frozen(clock.now() - timedelta(seconds=50)):
        make_code(Purpose.REGISTRATION, "+85261234567", about="somebody else")
    return stage.ask("dora", "SendVerifyCode", PHONE)


@case("SendVerifyCode", "FO.SendVerifyCodeLimit")
def _(stage: Stage) -> str:
    for minutes in range(15, 0, -1):
        with clock.frozen(clock.now() - timedelta(minutes=2 * minutes)):
            make_code(Purpose.REGISTRATION, "+85261234567", about="somebody else")
    return stage.ask("dora", "SendVerifyCode", PHONE)


@case("SendVerifyCode", "IPV")
def _(stage: Stage) -> str:
    return stage.ask("dora", "SendVerifyCode", {**PHONE, "PhoneNum": "6123-4567"})


@case("SendVerifyCode", "IPV.UnSupportArea")
def _(stage: Stage) -> str:
    return stage.ask("dora", "SendVerifyCode", {**PHONE, "CountryCode": "86"})


# Accounts.


def faulty(changes: dict[str, str]) -> Case:
    return lambda stage: stage.ask("dora", "CreateAccount", {**NEW, **changes})


for _short, _changes in FAULTY.items():
    CASES["CreateAccount", _short] = faulty(_changes)


@case("CreateAccount", "FO.MailIsRegistered")
def _(stage: Stage) -> str:
    taken = {"Mail": stage.world.otto.email, "VerifyCode": stage.code_sent()}
    return stage.ask("dora", "CreateAccount", {**NEW, **taken})


@case("CreateAccount", "FO.PhoneBindUpper")
def _(stage: Stage) -> str:
    sent = stage.code_sent()
    stage.number_is_full()
    return stage.ask("dora", "CreateAccount", {**NEW, "VerifyCode": sent})


@case("CreateAccount", "FO.ExceedMaxBindCount")
def _(stage: Stage) -> str:
    stage.limit(3)  # she has three
    return stage.ask("dora", "CreateAccount", {**NEW, "VerifyCode": stage.code_sent()})


@case("CreateAccount", "UO")
def _(stage: Stage) -> str:
    assert stage.ask("carl", "CreateAccount", NEW) == "UnauthorizedOperation"
    return stage.ask("sol", "CreateAccount", NEW)  # has not been granted it


@case("CreateAccount", "AuthFailure")
def _(stage: Stage) -> str:
    stage.world["dora"] = replace(stage.world.dora, secret_key="x" * 40)
    told = stage.ask("dora", "CreateAccount", NEW)
    assert told == "AuthFailure.SignatureFailure"  # the vendor sends the finer codes of its common list (tencent:C.7)
    return told.partition(".")[0]


@case("CreateAccount", "InternalError")
def _(stage: Stage) -> str:
    stage.loses_keys()
    return stage.ask("dora", "CreateAccount", NEW)


# Invitations.


@case("CreateAndSendClientInvitationMail", "FO.SendMailLimit180")
def _(stage: Stage) -> str:
    action = "CreateAndSendClientInvitationMail"
    assert stage.ask("dora", action, valid(action)) == ""
    return stage.ask("dora", action, {**valid(action), "InvitationRole": "SubAgent"})


@case("CreateAndSendClientInvitationMail", "RequestLimitExceeded")
def _(stage: Stage) -> str:
    stage.settings.OPENPARTNER = msgspec.structs.replace(stage.settings.OPENPARTNER, rate_limit_scale=1)
    for number in range(40):  # a new second may begin meanwhile
        asked = {"Email": f"nora{number}@new.example.com"}
        if told := stage.ask("dora", "CreateAndSendClientInvitationMail", asked):
            return told
    return ""


# Applications, of customers and of resellers.

APPROVALS = {"ApproveClientApply": CUSTOMER, "ApproveSubAgentApply": RESELLER}


def passed(stage: Stage, action: str, spoil: Callable[[Stage, Account], None]) -> str:
    """What dora is told when she passes an application after something about the account has changed."""
    account = applicant(stage.world.dora, APPROVALS[action])
    spoil(stage, account)
    return stage.ask("dora", action, valid(action, account.uin))


def mark(what: Mark) -> Callable[[Stage, Account], None]:
    def spoil(stage: Stage, account: Account) -> None:
        set_mark(stage.world.pia.caller, account_id=account.account_id, mark=what)

    return spoil


def owes(stage: Stage, account: Account) -> None:
    pia = stage.world.pia.account_pk
    LedgerAccount.objects.create(
        use=Use.BALANCE, holder=account, giver_id=pia, currency="USD", debits=1, provider_id=pia, customer=account
    )


def is_bound_elsewhere(stage: Stage, account: Account) -> None:
    associate(stage.world.sol.caller, account_id=account.account_id, kind=AssociationKind.RESALE)


def is_member(_stage: Stage, account: Account) -> None:
    add_member(person_of(plain("master@new.example.com")), account_id=account.account_id, mode=AccountingMode.UNIFIED)


def quota_is_used(stage: Stage, _account: Account) -> None:
    stage.limit(3)


def changed(**values: Any) -> Callable[[Stage, Account], None]:
    def spoil(_stage: Stage, account: Account) -> None:
        Account.objects.everything(reason="test").filter(pk=account.pk).update(**values)

    return spoil


def is_reseller_elsewhere(stage: Stage, account: Account) -> None:
    changed(kind=AccountKind.SECOND_LEVEL_RESELLER)(stage, account)
    olga = lock_account(stage.world.olga.account_pk)
    bind(lock_account(account.pk), olga, kind=AssociationKind.RESALE, since=clock.now(), by="the test")


SPOILT: dict[str, Callable[[Stage, Account], None]] = {
    "FO.BindOrganizationAccount": mark(Mark.GROUP_ORGANIZATION),
    "FO.ClientBalanceIsLessOrEqualZero": owes,
    "FO.ClientBuySP": mark(Mark.SAVINGS_PLAN),
    "FO.ClientCreateShareUnit": mark(Mark.SHARED_UNIT_OWNER),
    "FO.ClientJoinShareUnit": mark(Mark.SHARED_UNIT_MEMBER),
    "FO.ExceedMaxBindCount": quota_is_used,
    "FO.UinAlreadyKA": mark(Mark.KEY_ACCOUNT),
    "IPV.UinAlreadyClient": is_bound_elsewhere,
    "IPV.UinIsSubAccount": is_member,
}
SPOILT_RESELLER: dict[str, Callable[[Stage, Account], None]] = {
    **SPOILT,
    "FO.AccountTypeNotCompany": changed(customer_type=CustomerType.PERSON, verification=Verification.NONE),
    "FO.RealNameNotCompleted": changed(verification=Verification.NONE),
    "FO.RealNameInApproval": changed(verification=Verification.IN_REVIEW),
    "FO.RealNameReject": changed(verification=Verification.REJECTED),
    "FO.RealNameTypeIllegal": changed(customer_type=CustomerType.PERSON),
    "FO.UinAppliedAgent": mark(Mark.PARTNER_APPLICANT),
    "IPV.UinAlreadyReseller": is_reseller_elsewhere,
}


def passing(action: str, spoil: Callable[[Stage, Account], None]) -> Case:
    return lambda stage: passed(stage, action, spoil)


for _short, _spoil in SPOILT.items():
    CASES["ApproveClientApply", _short] = passing("ApproveClientApply", _spoil)
for _short, _spoil in SPOILT_RESELLER.items():
    CASES["ApproveSubAgentApply", _short] = passing("ApproveSubAgentApply", _spoil)


@case("ApproveClientApply", "FO.ClientNotApply")
def _(stage: Stage) -> str:
    theirs = applicant(stage.world.olga)
    told = {
        stage.ask("dora", "ApproveClientApply", valid("ApproveClientApply", uin))
        for uin in (theirs.uin, stage.world.cora.uin, 999_999_999_999)
    }
    assert len(told) == 1  # whose application it is, and whether there is such an account, is not told
    return told.pop()


@case("ApproveSubAgentApply", "FO.ResellerNotApply")
def _(stage: Stage) -> str:
    theirs = applicant(stage.world.olga, RESELLER)
    told = {
        stage.ask("dora", "ApproveSubAgentApply", valid("ApproveSubAgentApply", uin))
        for uin in (theirs.uin, stage.world.rita.uin, 999_999_999_999)
    }
    assert len(told) == 1
    return told.pop()


@case("ApproveSubAgentApply", "IPV.UinAlreadyAppliedClient")
def _(stage: Stage) -> str:
    account = applicant(stage.world.dora, RESELLER)
    withdraw(person_of(account))
    _invitation, token = invite(stage.world.sol.caller, email=account.email)
    apply(person_of(account), token, Facts())
    return stage.ask("dora", "ApproveSubAgentApply", valid("ApproveSubAgentApply", account.uin))


@case("ApproveClientApply", "IPV.InvalidUin")
def _(stage: Stage) -> str:
    return stage.ask("dora", "ApproveClientApply", valid("ApproveClientApply", 0))


@case("ApproveClientApply", "FO.UinNotReseller")
def _(stage: Stage) -> str:
    return stage.ask("carl", "ApproveClientApply", valid("ApproveClientApply"))


@case("ApproveSubAgentApply", "FO.UinNotReseller")
def _(stage: Stage) -> str:
    return stage.ask("carl", "ApproveSubAgentApply", valid("ApproveSubAgentApply"))


@case("ApproveClientApply", "UO.UinNoAuth")
def _(stage: Stage) -> str:
    account = applicant(stage.world.sol)
    return stage.ask("sol", "ApproveClientApply", valid("ApproveClientApply", account.uin))  # not granted to sol


@case("ApproveSubAgentApply", "UO.UinNoAuth")
def _(stage: Stage) -> str:
    assert stage.ask("rita", "ApproveSubAgentApply", valid("ApproveSubAgentApply")) == full("UO.UinNoAuth")
    return stage.ask("sol", "ApproveSubAgentApply", valid("ApproveSubAgentApply"))


@case("QueryPendingSubAgentsV2", "UO.UinNoAuth")
def _(stage: Stage) -> str:
    return stage.ask("sol", "QueryPendingSubAgentsV2", PAGE)


def busy(action: str) -> Case:
    def provoke(stage: Stage) -> str:
        stage.database_fails()
        return stage.ask("dora", action, valid(action))

    return provoke


for _action in ACTIONS[2:]:
    CASES[_action, "OD.ServiceBusy"] = busy(_action)


def test_every_code_of_the_vendors_list_is_provoked() -> None:
    assert set(CASES) == {(action, short) for action, codes in listed(ACTIONS).items() for short in codes}


@pytest.mark.parametrize(("action", "short"), list(CASES), ids=lambda part: part)
def test_the_code(stage: Stage, action: str, short: str) -> None:
    assert CASES[action, short](stage) == full(short)


# What the list does not say.


@pytest.mark.parametrize("action", ["CreateAndSendClientInvitationMail", "QueryPendingClientsV2"])
def test_the_gated_actions_without_a_code_of_their_own(stage: Stage, action: str) -> None:
    """tencent:A.4: no list of theirs has a code for a caller without the feature flag, or of the wrong role."""
    for who in ("sol", "rita", "carl"):
        assert stage.ask(who, action, valid(action)) == "UnauthorizedOperation.UinNoAuth"


def test_faults_of_an_account_are_told_in_order(stage: Stage) -> None:
    """One request with every fault; they are mended one by one, and each time the next one is told (tencent:D.1)."""
    asked: dict[str, str] = {}
    for changes in reversed(FAULTY.values()):
        asked |= changes
    assert stage.ask("dora", "CreateAccount", {**NEW, **asked}) == full("IPV.AccountTypeEmpty")
    shorts = list(FAULTY)
    for place, short in enumerate(shorts):
        later: dict[str, str] = {}
        for other in reversed(shorts[place:]):
            later |= FAULTY[other]
        assert stage.ask("dora", "CreateAccount", {**NEW, **later}) == full(short), short


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"AccountType": "business"}, "FO.VerificationCodeIllegal"),  # the examples say so (tencent:F.8)
        ({"CustomerName": ""}, "FO.VerificationCodeIllegal"),
        ({"CustomerName": "1"}, "IPV"),
        ({"CustomerName": "20261121"}, "IPV"),
        ({"CustomerName": "x" * 201}, "IPV"),
        ({"Extended": "x" * 256}, "IPV"),
        ({"Password": "Aa1!" * 6}, "IP.PasswordFormatIncorrect"),
        ({"Password": "Aa1!Aa1"}, "IP.PasswordFormatIncorrect"),
        ({"ConfirmPassword": ""}, "IP.ConfirmPasswordContentIncorrect"),
        ({"PhoneNum": "6" * 33}, "IP.PhoneNumFormatIncorrect"),
        ({"PhoneNum": "６１２３４５６７"}, "IP.PhoneNumFormatIncorrect"),
        ({"CountryCode": "7", "Area": "KZ"}, "IPV.UnSupportArea"),
        ({"CountryCode": "1", "Area": "CA"}, "FO.VerificationCodeIllegal"),  # a code of many countries
        ({"TradeOne": "kghy_99", "TradeTwo": "kghy_9901"}, "FO.TradeInfoIncorrect"),
        ({"VerifyCode": ""}, "FO.VerificationCodeIllegal"),
    ],
    ids=str,
)
def test_further_faults_of_an_account(stage: Stage, changes: dict[str, str], told: str) -> None:
    assert stage.ask("dora", "CreateAccount", {**NEW, **changes}) == full(told)


def test_an_account_is_created_and_bound(stage: Stage) -> None:
    answer = call(stage.world.dora, "CreateAccount", {**NEW, "VerifyCode": stage.code_sent(), "Extended": "by phone"})
    assert answer.keys() == {"Uin", "Reason", "RequestId"}
    assert answer["Reason"] == "success"
    account = Account.objects.everything(reason="test").get(uin=int(answer["Uin"]))
    assert (account.partner_id, account.suspension) == (stage.world.dora.account_pk, Suspension.NONE)
    assert (account.country_code, account.mobile, account.region) == ("00852", "61234567", "HK")
    assert (account.legal_name, account.customer_type) == ("New Ltd", CustomerType.ENTERPRISE)
    assert account.remark == "by phone"
    user = User.objects.everything(reason="test").get(account=account)
    assert user.check_password(NEW["Password"])
    assert user.email == "nora@new.example.com"
    told = list(AuditEvent.objects.everything(reason="test").filter(actor_user=stage.world.dora.user_pk).order_by("pk"))
    assert [event.action for event in told][-3:] == ["registration.code-sent", "account.created", "association.begun"]
    assert NEW["Password"] not in str(list(AuditEvent.objects.everything(reason="test").values()))


def test_a_code_is_good_for_whoever_asked_for_it(stage: Stage) -> None:
    grant(stage.world.sol, Flag.API_CUSTOMER_CREATION)
    sent = {**NEW, "VerifyCode": stage.code_sent("dora")}
    assert stage.ask("sol", "CreateAccount", sent) == full("FO.VerificationCodeIllegal")
    assert stage.ask("dora", "CreateAccount", sent) == ""


def test_wrong_codes_are_counted_although_the_call_is_refused(stage: Stage) -> None:
    """A refused write leaves nothing behind, but for this: else a million guesses would cost nothing."""
    sent = stage.code_sent()
    wrong = [f"{number:06}" for number in range(10) if f"{number:06}" != sent]
    for guess in wrong[:5]:
        told = stage.ask("dora", "CreateAccount", {**NEW, "VerifyCode": guess})
        assert told == full("FO.VerificationCodeIllegal")
    assert stage.ask("dora", "CreateAccount", {**NEW, "VerifyCode": sent}) == full("FO.VerificationCodeIllegal")


def test_a_good_code_stays_good_when_something_else_was_wrong(stage: Stage) -> None:
    sent = {**NEW, "VerifyCode": stage.code_sent()}
    assert stage.ask("dora", "CreateAccount", {**sent, "Mail": stage.world.otto.email}) == full("FO.MailIsRegistered")
    assert stage.ask("dora", "CreateAccount", sent) == ""
    again = {**sent, "Mail": "another@new.example.com"}
    assert stage.ask("dora", "CreateAccount", again) == full("FO.VerificationCodeIllegal")  # it was used


def test_who_has_an_account_is_not_told_without_end(stage: Stage) -> None:
    """The vendor tells a taken address from a free one; a list of addresses is not tried on us."""
    stage.monkeypatch.setattr(creating, "TAKEN_PER_ACCOUNT", 2)
    sent = {**NEW, "VerifyCode": stage.code_sent()}
    told = [
        stage.ask("dora", "CreateAccount", {**sent, "Mail": stage.world[name].email}) for name in ("otto", "oona", "su")
    ]
    assert told == [full("FO.MailIsRegistered")] * 2 + ["RequestLimitExceeded"]


def test_one_account_does_not_send_sms_without_end(stage: Stage) -> None:
    stage.monkeypatch.setattr(creating, "CODES_PER_ACCOUNT", 2)
    told = [stage.ask("dora", "SendVerifyCode", {**PHONE, "PhoneNum": f"6123456{n}"}) for n in range(3)]
    assert told == ["", "", full("FO.SendVerifyCodeLimit")]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"Email": "nora at example.com"}, "IPV"),
        ({"Email": ""}, "IPV"),
        ({"InvitationRole": "Partner"}, "IPV"),
        ({"InvitationRole": "SubAgent", "MaterialUrl": "http://new.example.com/papers"}, "IPV"),
        ({"InvitationRole": "SubAgent", "MaterialUrl": "https://u:p@new.example.com/"}, "IPV"),
        ({"InvitationRole": "SubAgent", "MaterialUrl": "javascript:alert(1)"}, "IPV"),
        ({"InvitationRole": "SubAgent", "MaterialUrl": "new.example.com/papers"}, ""),  # as the vendor's example
        ({"MaterialUrl": "anything"}, ""),  # takes effect for resellers alone
    ],
    ids=str,
)
def test_faults_of_an_invitation(stage: Stage, changes: dict[str, str], told: str) -> None:
    action = "CreateAndSendClientInvitationMail"
    assert stage.ask("dora", action, {**valid(action), **changes}) == (told and full(told))


def test_only_a_distributor_invites_resellers(stage: Stage) -> None:
    grant(stage.world.sol, Flag.API_INVITATIONS)
    action = "CreateAndSendClientInvitationMail"
    asked = {**valid(action), "InvitationRole": "SubAgent"}
    assert stage.ask("sol", action, asked) == "UnauthorizedOperation.UinNoAuth"
    assert stage.ask("sol", action, valid(action)) == ""


def test_tokens_that_are_not_ones_own_are_left_out(stage: Stage) -> None:
    world = stage.world
    _mine, mine = invite(world.dora.caller, email="nora@new.example.com")
    _theirs, theirs = invite(world.olga.caller, email="nora@new.example.com")
    _below, below = invite(world.rita.caller, email="nora@new.example.com")
    asked = {"InvitationToken": [below, theirs, "0" * 32, mine, mine, "not a token", mine.upper()]}
    rows = call(world.dora, "QueryInvitationInfo", asked)["InvitationInfo"]
    assert [row["InvitationToken"] for row in rows] == [mine]
    assert rows[0] | {"CreateTime": ""} == {
        "InvitationToken": mine,
        "CreateTime": "",
        "Status": 1,
        "UseTime": "",
        "ClientUin": 0,
        "ClientMail": "n**a@new.example.com",
        "ClientType": 2,
        "BindTime": "",
    }


def test_a_revoked_link_reads_like_an_unused_one(stage: Stage) -> None:
    """The vendor knows no third status (tencent:D.1)."""
    invitation, token = invite(stage.world.dora.caller, email="nora@new.example.com")
    revoke(stage.world.dora.caller, invitation=invitation.pk)
    (row,) = call(stage.world.dora, "QueryInvitationInfo", {"InvitationToken": [token]})["InvitationInfo"]
    assert row["Status"] == 1


@pytest.mark.parametrize("tokens", [[], ["0" * 32] * 101])
def test_a_list_of_tokens_is_neither_empty_nor_endless(stage: Stage, tokens: list[str]) -> None:
    assert stage.ask("dora", "QueryInvitationInfo", {"InvitationToken": tokens}) == "InvalidParameterValue"


@pytest.mark.parametrize("action", APPROVALS)
def test_a_rejection_has_a_reason(stage: Stage, action: str) -> None:
    account = applicant(stage.world.dora, APPROVALS[action])
    asked = {**valid(action, account.uin), "ApproveType": "reject"}
    assert stage.ask("dora", action, asked) == "MissingParameter"
    assert stage.ask("dora", action, {**asked, "RejectReason": "  "}) == "MissingParameter"
    assert stage.ask("dora", action, {**asked, "RejectReason": "x" * 256}) == "InvalidParameterValue"
    assert stage.ask("dora", action, {**asked, "ApproveType": "maybe"}) == "InvalidParameterValue"
    assert stage.ask("dora", action, {**asked, "RejectReason": "no such company"}) == ""
    assert stage.ask("dora", action, {**asked, "RejectReason": "again"}).endswith("NotApply")


def test_applications_of_others_are_not_listed(stage: Stage) -> None:
    world = stage.world
    mine = applicant(world.dora)
    applicant(world.olga, email="theirs@new.example.com")
    applicant(world.rita, email="below@new.example.com")
    applicant(world.dora, RESELLER, email="reseller@new.example.com")
    answer = call(world.dora, "QueryPendingClientsV2", PAGE)
    assert (answer["Total"], [row["ClientUin"] for row in answer["Data"]]) == (1, [mine.uin])
    (row,) = call(world.dora, "QueryPendingSubAgentsV2", PAGE)["Data"]
    assert (row["Email"], row["AuthState"]) == ("reseller@new.example.com", 3)
    beyond = call(world.dora, "QueryPendingClientsV2", {**PAGE, "Page": 2})
    assert (beyond["Total"], beyond["Data"]) == (1, [])


def test_an_account_manager_sees_the_applicants_of_its_own_links(stage: Stage) -> None:
    from openpartner.core.access.roles import Preset
    from tests.wire.tencent_inside import colleague

    applicant(stage.world.dora)
    manager = colleague(stage.world.dora, Preset.ACCOUNT_MANAGER)
    assert call(manager, "QueryPendingClientsV2", PAGE)["Total"] == 0


def test_people_without_the_permission_are_refused(stage: Stage) -> None:
    from openpartner.core.access.roles import Preset
    from tests.wire.tencent_inside import colleague

    reader: Person = colleague(stage.world.dora, Preset.READ_ONLY)
    for action in ("CreateAccount", "CreateAndSendClientInvitationMail", *APPROVALS):
        assert code(call(reader, action, valid(action))) == "AuthFailure.UnauthorizedOperation", action
