"""Codes that a partner has mailed to somebody whose account it creates by API; those by SMS stand in `creating`."""

from __future__ import annotations

from datetime import timedelta

from openpartner.core.access import throttle
from openpartner.core.access.codes import LIFE, Purpose, Verdict, make_code, use_code
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, LimitReached, TooSoon
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.eligibility.causes import Barred, Cause
from openpartner.core.mail.outbox import post
from openpartner.core.mail.templates import Template
from openpartner.core.onboarding.creating import CODES_PER_ACCOUNT, HOUR
from openpartner.kit.addresses import is_address
from openpartner.kit.masks import mask_email


@command(Action.REGISTRATION_CODE_SENT, permission=Permission.CUSTOMER_CREATE)
def mail_account_code(caller: Caller, *, email: str, language: str, life: timedelta = LIFE) -> None:
    """Mail a code to an address, whether or not it has an account: the answer tells nobody.

    Invalid for what is no address; Barred with CODE_TOO_SOON within a minute of the last code to it, and with
    CODES_EXHAUSTED after fifteen in an hour or sixty in a day, or when the caller's account asks for too many.
    """
    if not is_address(email):
        raise Invalid("email", "is no address that mail can be sent to")
    if throttle.count("registration-mails-of-account", str(caller.account), window=HOUR) > CODES_PER_ACCOUNT:
        raise Barred(Cause.CODES_EXHAUSTED)
    try:
        code = make_code(Purpose.REGISTRATION, email, about=_about(caller), life=life)
    except TooSoon as error:
        raise Barred(Cause.CODE_TOO_SOON, retry_after_seconds=error.retry_after_seconds) from error
    except LimitReached as error:
        raise Barred(Cause.CODES_EXHAUSTED) from error
    values = {"partner": caller.account_name, "code": code, "minutes": int(life.total_seconds()) // 60}
    # Without an account: the log of the partner would show it a code that is its reader's alone.
    post(Template.ACCOUNT_CODE, values, to=email, language=language)
    record(caller, Action.REGISTRATION_CODE_SENT, address=mask_email(email))


def check_account_code(caller: Caller, *, email: str, code: str) -> Verdict:
    """What a code is worth that the caller has had mailed to this address; it is used up when it is good.

    Wrong ones are counted by what is written here, so it must not be taken back.
    """
    return use_code(Purpose.REGISTRATION, email, code, about=_about(caller))


def _about(caller: Caller) -> str:
    return str(caller.account)
