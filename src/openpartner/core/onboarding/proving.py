"""Registering by a mailed code: what shows that an address is one's own, and how often anybody may try.

An address that has an account already gets the same answer as a free one, in the same time; what it is mailed differs.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from openpartner.core.access import throttle
from openpartner.core.access.codes import LIFE, Purpose, Verdict, make_code, use_code
from openpartner.core.access.models import User
from openpartner.core.access.signing_in import Door
from openpartner.core.accounts.models import Account
from openpartner.core.base.errors import LimitReached
from openpartner.core.customers.registration import is_email_taken
from openpartner.core.mail.outbox import post
from openpartner.core.mail.templates import Template
from openpartner.core.onboarding.registering import NewAccount, register_account

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CODES_PER_SOURCE, CODES_PER_PARTNER = 30, 600
"""Mails that one source, or everybody with invitations of one partner, may ask for in an hour."""
TRIES_PER_SOURCE, TRIES_PER_PARTNER = 60, 1_200
"""Registrations tried in an hour, likewise."""
TRIES_PER_NUMBER = 20
"""Registrations tried with one telephone number in a day."""
TOO_MANY = "there were too many attempts; try again in an hour"
TOO_MANY_OF_NUMBER = "there were too many attempts with this number; try again tomorrow"
WHY = "registering knows no scope yet"


def mail_code(email: str, partner: Account, door: Door, *, path: str, language: str) -> None:
    """Mail a code to an address, or to one that has an account already how to go on with it at `path` of the console.

    TooSoon and LimitReached as for every code, whether or not anybody has the address; LimitReached also when one
    source, or invitations of one partner, ask too often.
    """
    address = email.strip().casefold()
    _count("registration-codes", door, partner, CODES_PER_SOURCE, CODES_PER_PARTNER)
    with transaction.atomic():
        code = make_code(Purpose.REGISTRATION, address)
        name = partner.called
        if is_email_taken(address):
            owner = User.objects.everything(reason=WHY).select_related("account").filter(email=address).first()
            account = owner.account if owner else None
            values = {
                "partner": name,
                "name": owner.name if owner else address,
                "account": account.account_name if account else address,
                "link": f"{settings.OPENPARTNER.url}{path}",
            }
            spoken = owner.language if owner else language
            key = account.pk if account else None
            post(Template.ALREADY_REGISTERED, values, to=address, language=spoken, account=key)
        else:
            values = {"partner": name, "code": code, "minutes": str(int(LIFE.total_seconds()) // 60)}
            post(Template.REGISTRATION_CODE, values, to=address, language=language)


def register_by_code(new: NewAccount, *, code: str, password: str, partner: Account, door: Door) -> Account | Verdict:
    """The registered account, or what is wrong with the code that should show whose the address is.

    Raises what `register_account` raises, and then the code stays good; LimitReached after too many tries of one
    source, with one telephone number, or with invitations of one partner.
    """
    _count("registrations", door, partner, TRIES_PER_SOURCE, TRIES_PER_PARTNER)
    number = f"{new.country_code} {new.mobile}"
    if new.mobile and throttle.count("registrations-of-number", number, window=DAY) > TRIES_PER_NUMBER:
        raise LimitReached(TOO_MANY_OF_NUMBER)
    with transaction.atomic():
        verdict = use_code(Purpose.REGISTRATION, new.email, code)
        return register_account(new, password=password, by=door) if verdict is Verdict.GOOD else verdict


def count_opening(door: Door) -> None:
    """Count that a source opened the link of an invitation that there is not. LimitReached when it guesses."""
    source = throttle.network_of(door.source)
    if source and throttle.count("invitations-guessed", source, window=HOUR) > CODES_PER_SOURCE:
        raise LimitReached(TOO_MANY)


def _count(kind: str, door: Door, partner: Account, per_source: int, per_partner: int) -> None:
    source = throttle.network_of(door.source)
    by_source = throttle.count(f"{kind}-by-source", source, window=HOUR) if source else 0
    by_partner = throttle.count(f"{kind}-of-partner", str(partner.pk), window=HOUR)
    if by_source > per_source or by_partner > per_partner:
        raise LimitReached(TOO_MANY)
