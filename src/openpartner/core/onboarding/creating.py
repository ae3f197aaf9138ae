"""A partner creates a customer's account by API: a code to the customer's telephone, then account and association.

The partner types in the code that the customer reads out to it, so a code counts only for the partner that asked for
it. Whoever asks knows the number already: that it has as many accounts as it may have is told, as the vendor does.
"""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from openpartner.core.access import throttle
from openpartner.core.access.codes import LIFE, Purpose, Verdict, make_code, use_code
from openpartner.core.access.models import User
from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, LimitReached, TooSoon
from openpartner.core.base.kinds import AssociationKind
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.customers.registration import ACCOUNTS_PER_MOBILE_MAX, count_accounts_with_mobile
from openpartner.core.eligibility.bars import bars_of_partner, must_not_be_barred
from openpartner.core.eligibility.causes import Barred, Cause
from openpartner.core.onboarding.registering import NewAccount, bind_new, register_account
from openpartner.core.sms.outbox import post
from openpartner.core.sms.templates import Template
from openpartner.kit.masks import mask_mobile

HOUR = timedelta(hours=1)
CODES_PER_ACCOUNT = 600
"""SMS that one account may have sent in an hour: they cost money, and whoever gets them did not ask."""
TAKEN_PER_ACCOUNT = 60
"""How often in an hour a partner is told that an address or a number has an account already."""
TELLING = frozenset({Cause.MAIL_TAKEN, Cause.NAME_TAKEN, Cause.LEAD, Cause.PHONE_FULL})
"""Refusals that tell of others' accounts."""
REMARK_MAX = 255


@command(Action.REGISTRATION_CODE_SENT, permission=None)
def send_code(caller: Caller, *, country_code: str, mobile: str) -> None:
    """Send a code by SMS to a telephone; `country_code` is written with 00, as in 0086.

    Barred with PHONE_FULL, with CODE_TOO_SOON within a minute of the last code to this number, and with CODES_EXHAUSTED
    after fifteen in an hour or sixty in a day, or when the caller's account asks for too many.
    """
    if count_accounts_with_mobile(country_code, mobile) >= ACCOUNTS_PER_MOBILE_MAX:
        raise Barred(Cause.PHONE_FULL)
    if throttle.count("registration-sms-of-account", str(caller.account), window=HOUR) > CODES_PER_ACCOUNT:
        raise Barred(Cause.CODES_EXHAUSTED)
    try:
        code = make_code(Purpose.REGISTRATION, _number(country_code, mobile), about=_about(caller))
    except TooSoon as error:
        raise Barred(Cause.CODE_TOO_SOON, retry_after_seconds=error.retry_after_seconds) from error
    except LimitReached as error:
        raise Barred(Cause.CODES_EXHAUSTED) from error
    post(
        Template.REGISTRATION_CODE,
        {"code": code, "minutes": int(LIFE.total_seconds()) // 60},
        to_country=country_code,
        to_number=mobile,
        language=caller.language,
        account=caller.account,
        user=caller.user,
    )
    record(caller, Action.REGISTRATION_CODE_SENT, number=mask_mobile(_number(country_code, mobile)))


def check_code(caller: Caller, *, country_code: str, mobile: str, code: str) -> Verdict:
    """What a code is worth that the caller has had sent to this telephone; it is used up when it is good.

    Wrong ones are counted by what is written here, so it must not be taken back.
    """
    return use_code(Purpose.REGISTRATION, _number(country_code, mobile), code, about=_about(caller))


def is_telling_too_much(caller: Caller) -> bool:
    """Count that the caller was refused for a cause of TELLING; whether that were too many in this hour.

    What is written here must not be taken back either.
    """
    return throttle.count("taken-of-account", str(caller.account), window=HOUR) > TAKEN_PER_ACCOUNT


@command(Action.ACCOUNT_CREATED, permission=Permission.CUSTOMER_CREATE)
def create_bound(caller: Caller, *, new: NewAccount, password: str, remark: str = "") -> Account:
    """Create a customer's account bound to the calling partner by resale, running, and return it.

    The password is the partner's choice and follows the vendor's rule, which is looser than ours: it is refused only
    when it is a common one. Invalid and Barred as `register_account` and `bars_of_partner` say, in this order.
    """
    if len(remark) > REMARK_MAX:
        raise Invalid("remark", f"is longer than {REMARK_MAX} characters")
    try:
        CommonPasswordValidator().validate(password)
    except ValidationError as error:
        raise Barred(Cause.PASSWORD_INVALID) from error
    account = register_account(new, password=None, by=caller)
    user = User.objects.everything(reason="made a moment ago").get(account=account)
    user.set_password(password)
    user.save(update_fields=["password"])
    must_not_be_barred(bars_of_partner(lock_account(caller.account), AssociationKind.RESALE))
    bind_new(caller, account, caller.account, AssociationKind.RESALE, suspend=False)
    if remark:
        Account.objects.within(caller.own()).filter(pk=account.pk).update(remark=remark)
        account.remark = remark
    return account


def _number(country_code: str, mobile: str) -> str:
    return f"+{country_code.removeprefix('00')}{mobile}"


def _about(caller: Caller) -> str:
    return str(caller.account)
