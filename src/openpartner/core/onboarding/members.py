"""The master of an enterprise creates the account of a member: a code to a telephone, then account and membership."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from openpartner.core.access import throttle
from openpartner.core.access.codes import Purpose, Verdict, make_code, use_code
from openpartner.core.accounts.models import Account, EnterpriseMember
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, TooSoon
from openpartner.core.base.kinds import AccountingMode, AssociationKind, CustomerType, Suspension
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.customers.organizations import checked_display_name, get_organization, must_be_master
from openpartner.core.eligibility.causes import Barred, Cause
from openpartner.core.eligibility.marks import marks_of
from openpartner.core.eligibility.models import Mark
from openpartner.core.onboarding.registering import NewAccount, bind_new, register_account
from openpartner.core.sms.outbox import post
from openpartner.core.sms.templates import Template
from openpartner.kit import clock
from openpartner.kit.masks import mask_mobile
from openpartner.kit.numbers import international

HOUR = timedelta(hours=1)
TRIES_PER_ENTERPRISE = 60
"""Creations that one enterprise may try in an hour."""
MEMBERS_MAX = 32
"""Of one enterprise (huawei:A4)."""


class NotSent(Conflict):
    """The number is none that an SMS can be sent to."""


class CreatedElsewhere(Conflict):
    """The enterprise creates its members on another platform."""


class PartnerLeaves(Conflict):
    """The partner of the enterprise takes no new customers any more."""


class NotReady(Conflict):
    """The enterprise cannot have another member as it stands."""


class CodeWrong(Conflict):
    """The verification code is wrong."""


class CodeExpired(Conflict):
    """The verification code was used, is too old, or was never sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMember:
    """A member that shall be created. `organization` is a number; the master's own uin is the enterprise itself."""

    account_name: str
    password: str
    organization: int
    display_name: str = ""
    mode: AccountingMode = AccountingMode.INDEPENDENT
    country_code: str = ""
    mobile: str = ""
    """Without a number the member has the master's."""
    code: str = ""


@command(Action.REGISTRATION_CODE_SENT, permission=Permission.MEMBER_MANAGE)
def send_member_code(
    caller: Caller, *, country_code: str, mobile: str, life: timedelta, language: str, member: str
) -> None:
    """Send a code by SMS to the telephone of who will be a member under the name of `member`.

    UnifiedMember and NotMaster for accounts that lead no enterprise, TooSoon and LimitReached as for every code,
    NotSent when the number is none.
    """
    must_be_master(lock_account(caller.account))
    number = international(country_code, mobile)
    code = make_code(Purpose.REGISTRATION, number or mobile, about=_about(caller), life=life)
    if not number:
        raise NotSent("this is no number that an SMS can be sent to")
    minutes = int(life.total_seconds()) // 60
    post(
        Template.MEMBER_CODE,
        {"code": code, "minutes": minutes, "name": member},
        to_country=country_code,
        to_number=mobile,
        language=language,
        account=caller.account,
        user=caller.user,
    )
    record(caller, Action.REGISTRATION_CODE_SENT, number=mask_mobile(number))


def create_member(caller: Caller, new: NewMember) -> EnterpriseMember:
    """Create the account of a member of the calling master, bound to the master's partner, and return the membership.

    Tries are counted by what is written here, so they must not be taken back. NotMaster, UnifiedMember,
    CreatedElsewhere, PartnerLeaves, NotReady, CodeWrong and CodeExpired as they say; NotVisible for an organization of
    others, TooSoon after too many attempts, Invalid and Barred as of `register_account`.
    """
    caller.must(Permission.MEMBER_MANAGE)
    tried = throttle.count("enterprise-members", str(caller.account), window=HOUR)
    if tried > TRIES_PER_ENTERPRISE:
        raise TooSoon("there were too many attempts; try again in an hour", int(HOUR.total_seconds()))
    master = Account.objects.everything(reason="the caller's own row").select_related("partner").get(pk=caller.account)
    _check_master(master)
    verdict, made = Verdict.GOOD, None
    with transaction.atomic():  # what creating fails by takes the use of a good code back
        if new.mobile:
            number = international(new.country_code, new.mobile) or new.mobile
            verdict = use_code(Purpose.REGISTRATION, number, new.code, about=_about(caller))
        if verdict is Verdict.GOOD:
            made = create_proven_member(caller, new=new)
    if made is not None:
        return made
    if verdict is Verdict.EXPIRED:
        raise CodeExpired("the verification code was used, has expired, or none was sent")
    raise CodeWrong("the verification code is wrong")


@command(Action.MEMBER_CREATED, permission=Permission.MEMBER_MANAGE)
def create_proven_member(caller: Caller, *, new: NewMember) -> EnterpriseMember:
    """Create the account of a member whose telephone has been proven."""
    master = lock_account(caller.account)
    _check_master(master)
    above = get_organization(caller.scope, new.organization) if new.organization != master.uin else None
    siblings = EnterpriseMember.objects.everything(reason="the master is locked").filter(
        master=master, until__isnull=True
    )
    if siblings.count() >= MEMBERS_MAX:
        raise NotReady(f"an enterprise has at most {MEMBERS_MAX} members")
    country, mobile = (new.country_code, new.mobile) if new.mobile else (master.country_code, master.mobile)
    theirs = Account.objects.everything(reason="members of the master").filter(pk__in=siblings.values("member"))
    if new.mobile and theirs.filter(country_code=country, mobile=mobile).exists():
        raise Barred(Cause.PHONE_EXISTS)
    facts = NewAccount(
        account_name=new.account_name,
        legal_name=master.legal_name,
        country_code=country,
        mobile=mobile,
        region=master.region,
        industry=master.industry,
        customer_type=CustomerType.ENTERPRISE,
        language=caller.language,
    )
    account = register_account(facts, password=new.password, by=caller)
    assert master.partner_id is not None
    assert master.association_kind is not None
    bind_new(caller, account, master.partner_id, AssociationKind(master.association_kind), suspend=False)
    made = EnterpriseMember.objects.create(
        master=master,
        member=account,
        mode=new.mode,
        organization=above,
        display_name=checked_display_name(new.display_name),
        since=clock.now(),
    )
    record(caller, Action.MEMBER_CREATED, subject=account, mode=new.mode.label)
    return made


def _check_master(master: Account) -> None:
    """Whether the enterprise can have another member at all (huawei:D7a)."""
    must_be_master(master)
    known = marks_of([one for one in (master.pk, master.partner_id) if one is not None])
    if Mark.GROUP_ORGANIZATION in known.get(master.pk, set()):
        raise CreatedElsewhere("this enterprise creates its members on another platform")
    if master.partner_id is None:
        raise NotReady("the enterprise has no partner")
    if Mark.BARRED_PARTNER in known.get(master.partner_id, set()):
        raise PartnerLeaves("the partner of this enterprise takes no new customers")
    if master.suspension != Suspension.NONE:
        raise NotReady("the enterprise is suspended")


def _about(caller: Caller) -> str:
    """A code counts for the enterprise that asked for it alone."""
    return f"member-of:{caller.account}"
