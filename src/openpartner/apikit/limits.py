"""How often: per caller and operation, and how many failed signatures a source may send."""

from __future__ import annotations

import threading
import time

from django.conf import settings

COUNTERS_MAX = 50_000


class Windows:
    """Counts per key in windows of whole seconds or minutes, in this process.

    One web process serves SQLite installs, where a shared row would queue every reader behind a write lock;
    with several processes the rates are divided by their number.
    """

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._counts: dict[object, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def add(self, key: object, amount: int = 1) -> int:
        """Count one more and return how many there are in this window."""
        window = int(time.monotonic()) // self._seconds
        with self._lock:
            seen, count = self._counts.get(key, (window, 0))
            count = count + amount if seen == window else amount
            if len(self._counts) >= COUNTERS_MAX and key not in self._counts:
                self._counts = {k: v for k, v in self._counts.items() if v[0] == window}
            self._counts[key] = (window, count)
            return count

    def count(self, key: object) -> int:
        """How many there are in this window."""
        seen, count = self._counts.get(key, (0, 0))
        return count if seen == int(time.monotonic()) // self._seconds else 0


_calls = Windows(1)
_failures = Windows(60)


def over_rate(who: int | str, operation: str, per_second: int) -> tuple[int, int] | None:
    """Count a call of an account (of a stranger: its address); (calls, limit) when it is one too many, else None."""
    scale = settings.OPENPARTNER.rate_limit_scale
    if scale == 0:
        return None
    limit = max(1, int(per_second * scale / settings.OPENPARTNER.web_processes))
    calls = _calls.add((who, operation))
    return (calls, limit) if calls > limit else None


def too_many_failures(source: str) -> bool:
    """Whether a source has used up its failed signatures for this minute."""
    limit = settings.OPENPARTNER.failed_signatures_per_minute
    return limit > 0 and _failures.count(source) >= limit


def count_failure(source: str) -> None:
    """Remember one failed signature of a source."""
    _failures.add(source)
