"""Verification codes: made for one receiver and one purpose, known only by their hash, good once and not for long.

How a code reaches its receiver is the business of whoever asks for one: by mail here (`critical.py`), by SMS elsewhere.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from openpartner.core.access.models import TRIES_MAX, Throttle, VerificationCode
from openpartner.core.base.errors import LimitReached, TooSoon
from openpartner.kit import clock

DIGITS = 6
LIFE = timedelta(minutes=10)
BETWEEN = timedelta(seconds=60)
"""Between two codes to one receiver (tencent:D.1)."""
SENT_MAX = {timedelta(hours=1): 15, timedelta(days=1): 60}
"""How many codes one receiver gets in any such time (huawei:C11)."""
REMEMBERED = max(SENT_MAX)


class Purpose(StrEnum):
    """What a code is for. It is no good for anything else."""

    CRITICAL_OPERATION = "critical-operation"
    AUTHORIZATION = "authorization"
    """Confirms that a customer lets its partner act on its behalf, or does so no more."""
    REGISTRATION = "registration"
    """Shows that a mail address or a telephone number is the registering person's own."""


class Verdict(StrEnum):
    """What became of a code that was entered."""

    GOOD = "good"
    WRONG = "wrong"
    EXHAUSTED = "exhausted"
    """It was guessed at too often, and no guess counts any more."""
    EXPIRED = "expired"
    """It was used, is older than its life, or none was sent."""


def make_code(purpose: Purpose, receiver: str, *, about: str = "", life: timedelta = LIFE) -> str:
    """A new code for a receiver, which makes the one before it for the same thing void; six digits, to be sent.

    `receiver` is a mail address or a telephone number, however it is written; `about` narrows the purpose. TooSoon
    within a minute after the last code, LimitReached after fifteen in an hour or sixty in a day.
    """
    assert timedelta() < life <= REMEMBERED, life
    now, key, code = clock.now(), _key_of(receiver), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    with transaction.atomic():
        _take_turn(key)
        sent = VerificationCode.objects.filter(receiver=key)
        for window, most in SENT_MAX.items():
            if sent.filter(sent_at__gt=now - window).count() >= most:
                raise LimitReached("too many codes were sent to this address; try again later")
        VerificationCode.objects.create(
            purpose=purpose,
            about=about,
            receiver=key,
            code_hash=_hash(purpose, about, key, code),
            sent_at=now,
            expires_at=now + life,
        )
    return code


def use_code(purpose: Purpose, receiver: str, code: str, *, about: str = "") -> Verdict:
    """Compare a code with the newest that was made for this, and use it up if it is the right one.

    Every try counts, the first five of a code are looked at. Nothing is raised, because a count must stay: call it
    where what it writes is not taken back when the answer is no.
    """
    key = _key_of(receiver)
    rows = VerificationCode.objects.filter(receiver=key, purpose=purpose, about=about)
    newest = rows.order_by("-sent_at", "-pk").first()
    if newest is None or newest.used_at is not None or newest.expires_at <= clock.now():
        return Verdict.EXPIRED
    only = rows.filter(pk=newest.pk, used_at__isnull=True)
    # The try is counted before it is looked at: guesses sent at once cannot share one.
    if not only.filter(tries__lt=TRIES_MAX).update(tries=F("tries") + 1):
        return Verdict.EXHAUSTED
    given = "".join(code.split())
    if constant_time_compare(newest.code_hash, _hash(purpose, about, key, given)):
        return Verdict.GOOD if only.update(used_at=clock.now()) else Verdict.EXPIRED
    return Verdict.WRONG if only.filter(tries__lt=TRIES_MAX).exists() else Verdict.EXHAUSTED


def _take_turn(key: str) -> None:
    """Let one code a minute through. The row is also the lock: who comes at the same time waits, and is too soon."""
    now, name = clock.now(), hashlib.sha256(f"codes-to\n{key}".encode()).hexdigest()
    if Throttle.objects.filter(key=name, until__lte=now).update(count=1, until=now + BETWEEN):
        return
    turn, is_first = Throttle.objects.get_or_create(key=name, defaults={"count": 1, "until": now + BETWEEN})
    if not is_first:
        wait = max(1, int((turn.until - now).total_seconds()))
        raise TooSoon("a code was sent a moment ago", wait)


def _key_of(receiver: str) -> str:
    """What is kept of a receiver: enough to count, not enough to read who it was."""
    return salted_hmac("openpartner.access.codes.receiver", receiver.strip().casefold(), algorithm="sha256").hexdigest()


def _hash(purpose: str, about: str, key: str, code: str) -> str:
    """With the secret key: a million codes are soon tried by whoever reads the table."""
    return salted_hmac("openpartner.access.codes", f"{purpose}\n{about}\n{key}\n{code}", algorithm="sha256").hexdigest()
