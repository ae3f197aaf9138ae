"""Time: one source of now, the vendors' zones, and the vendors' spellings of an instant."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "UTC+08:00")
"""Zone of Tencent's timestamps and of both vendors' bill cycles."""

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """The current instant in UTC, whole seconds: no vendor carries a finer one."""
    return (_frozen.get() or datetime.now(UTC)).replace(microsecond=0)


def epoch_seconds() -> int:
    """The current instant as unix seconds."""
    return int(now().timestamp())


@contextlib.contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Hold the clock still at a moment, for tests."""
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


def utc_second(moment: datetime) -> str:
    """Huawei's spelling, UTC: 2019-05-06T08:05:01Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def beijing_second(moment: datetime) -> str:
    """Tencent's spelling, UTC+8: 2019-05-06 16:05:01."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def parse_utc_second(text: str) -> datetime:
    """Read Huawei's spelling; ValueError when the text is anything else."""
    if len(text) != len("2019-05-06T08:05:01Z") or not text.isascii():
        raise ValueError(text)
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
