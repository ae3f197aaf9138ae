"""The neutral errors. Each dialect has one table that turns them into its own codes.

ChannelError
├── Invalid       a value is malformed, out of range or missing; names the field
├── NotVisible    outside the caller's scope, or absent: the two are told the same way
├── NotAllowed    visible, but the caller lacks the right
├── Conflict      the thing is in the wrong state for this
├── LimitReached  a quota would be passed
├── TooSoon       the same again before its time; says when
└── Unavailable   it exists and may be seen, but cannot be read now: its file is damaged or missing
"""

from __future__ import annotations


class ChannelError(Exception):
    """A refusal that changed nothing."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Invalid(ChannelError):
    """A value is malformed, out of range or missing."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


class NotVisible(ChannelError):
    """Outside the caller's scope, or absent: the two must read the same."""

    def __init__(self, what: str) -> None:
        super().__init__(f"no such {what}")
        self.what = what


class NotAllowed(ChannelError):
    """The caller lacks the right."""


class Conflict(ChannelError):
    """The thing is in the wrong state for this."""


class LimitReached(ChannelError):
    """A quota would be passed."""


class Unavailable(ChannelError):
    """It exists and may be seen, but cannot be read now. Never answered with a part of it."""


class TooSoon(ChannelError):
    """The same again before its time."""

    def __init__(self, message: str, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
