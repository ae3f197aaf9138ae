"""Sending a code to somebody whose account is to be created, for both generations."""

from __future__ import annotations

import re
from datetime import timedelta

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.kinds import Site
from openpartner.core.eligibility.causes import Barred
from openpartner.core.onboarding.creating import send_code
from openpartner.core.onboarding.mailed_codes import mail_account_code
from openpartner.huawei.customers.registrations import check_chinese, told

SMS, MAIL = 1, 2
LIFE_MINUTES, LIFE_MINUTES_MAX, LIFE_MINUTES_BEYOND = 10, 60, 5
"""huawei:D1: ten minutes unless said otherwise; above sixty it is five."""
LANGUAGES = {"zh-cn": "zh", "en-us": "en"}
REGISTRATION = 29
CHINESE = "0086"
COUNTRY = re.compile(r"00[0-9]{1,6}")


def life_of(field: str, minutes: int | None) -> timedelta:
    """How long a code is good; Invalid for less than a minute."""
    if minutes is None:
        return timedelta(minutes=LIFE_MINUTES)
    if minutes < 1:
        raise Invalid(field, "must be a number of minutes from 1")
    return timedelta(minutes=minutes if minutes <= LIFE_MINUTES_MAX else LIFE_MINUTES_BEYOND)


def language_of(caller: Caller, field: str, lang: str | None) -> str:
    """The language of the message; without one Chinese on the China site and English elsewhere."""
    if lang is None:
        return "zh" if caller.site is Site.CN else "en"
    if lang not in LANGUAGES:
        raise Invalid(field, "must be zh-cn or en-us")
    return LANGUAGES[lang]


def mail(caller: Caller, email: str, *, life: timedelta, language: str) -> None:
    """Mail a code; refused by its code when too many were sent."""
    try:
        mail_account_code(caller, email=email, life=life, language=language)
    except Barred as error:
        raise told(error) from error


def text(caller: Caller, country_code: str, mobile: str) -> None:
    """Send a code by SMS; refused by its code when too many were sent, or the number has too many accounts."""
    if not COUNTRY.fullmatch(country_code):
        raise Invalid("countryCode", "must be a dialling code such as 0086")
    if country_code == CHINESE:
        check_chinese(mobile)
    try:
        send_code(caller, country_code=country_code, mobile=mobile)
    except Barred as error:
        raise told(error) from error
