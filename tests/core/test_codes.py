"""Verification codes: one receiver, one purpose, one use, ten minutes, five tries, and not too many of them.

The limits are the vendors': a minute between two (tencent:D.1), 15 an hour and 60 a day for each receiver (huawei:C11).
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from openpartner.core.access.codes import LIFE, Purpose, Verdict, make_code, use_code
from openpartner.core.access.expiry import expired_rows
from openpartner.core.access.models import VerificationCode
from openpartner.core.base.errors import LimitReached, TooSoon
from openpartner.kit import clock

pytestmark = pytest.mark.django_db

DORA = "dora@example.com"
CRITICAL = Purpose.CRITICAL_OPERATION


def other(code: str) -> str:
    """A code of the same shape that is not this one."""
    return f"{(int(code) + 1) % 10**6:06}"


def test_it_is_good_once_for_what_it_was_made_for() -> None:
    code = make_code(CRITICAL, DORA, about="freeze")
    assert len(code) == 6
    assert use_code(CRITICAL, "rita@example.com", code, about="freeze") is Verdict.EXPIRED
    assert use_code(CRITICAL, DORA, code, about="budget") is Verdict.EXPIRED
    assert use_code(CRITICAL, DORA, other(code), about="freeze") is Verdict.WRONG
    assert use_code(CRITICAL, "Dora@Example.com ", f" {code[:3]} {code[3:]}", about="freeze") is Verdict.GOOD
    assert use_code(CRITICAL, DORA, code, about="freeze") is Verdict.EXPIRED


def test_neither_code_nor_receiver_can_be_read_from_its_row() -> None:
    code = make_code(CRITICAL, DORA)
    kept = " ".join(str(value) for value in VerificationCode.objects.values_list().get())
    assert DORA not in kept
    assert code not in kept.replace(str(VerificationCode.objects.get().sent_at), "")


def test_it_lasts_ten_minutes() -> None:
    moment = clock.now()
    with clock.frozen(moment):
        code = make_code(CRITICAL, DORA)
    with clock.frozen(moment + LIFE):
        assert use_code(CRITICAL, DORA, code) is Verdict.EXPIRED
    with clock.frozen(moment + LIFE - timedelta(seconds=1)):
        assert use_code(CRITICAL, DORA, code) is Verdict.GOOD


def test_five_tries_and_a_new_code_begins_anew() -> None:
    moment = clock.now()
    with clock.frozen(moment):
        code = make_code(CRITICAL, DORA)
        tries = [use_code(CRITICAL, DORA, other(code)) for _ in range(6)]
        assert tries == [Verdict.WRONG] * 4 + [Verdict.EXHAUSTED] * 2
        assert use_code(CRITICAL, DORA, code) is Verdict.EXHAUSTED, "also the right one comes too late"
    with clock.frozen(moment + timedelta(minutes=1)):
        fresh = make_code(CRITICAL, DORA)
        assert use_code(CRITICAL, DORA, fresh) is Verdict.GOOD


def test_one_a_minute_fifteen_an_hour_sixty_a_day() -> None:
    moment, sent, late = clock.now(), 0, timedelta()
    refusals: dict[int, str] = {}
    for minute in range(24 * 60):
        late = timedelta(minutes=minute)
        with clock.frozen(moment + late):
            try:
                make_code(CRITICAL, DORA)
                sent += 1
            except LimitReached:
                refusals.setdefault(sent, "limit")
        if sent == 60 and 60 in refusals:
            break
    assert refusals == dict.fromkeys((15, 30, 45, 60), "limit")
    with clock.frozen(moment + timedelta(hours=23, minutes=59)), pytest.raises(LimitReached):
        make_code(CRITICAL, DORA)
    with clock.frozen(moment + timedelta(days=1)):
        make_code(CRITICAL, DORA)
    with clock.frozen(moment + timedelta(days=1, seconds=59)):
        with pytest.raises(TooSoon) as refused:
            make_code(CRITICAL, DORA)
        assert refused.value.retry_after_seconds == 1
        make_code(CRITICAL, "rita@example.com")


def test_a_row_is_forgotten_after_a_day_and_not_before() -> None:
    moment = clock.now()
    with clock.frozen(moment):
        make_code(CRITICAL, DORA)
    for late, left in ((timedelta(days=1), 1), (timedelta(days=1, seconds=1), 0)):
        with clock.frozen(moment + late):
            for rows in expired_rows():
                rows.delete()
        assert VerificationCode.objects.count() == left
