"""Sums that were asked for lately. Summaries never change under their names, so what was read of them stays true.

Who may see them is decided before: the door is part of what is remembered. A publication brings new names, and what
was remembered of the old ones is forgotten as the oldest.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

Rows = list[tuple[Any, ...]]

ANSWERS_MAX = 256
ROWS_MAX = 10_000
"""Of all answers together, some 25 MB at worst."""
ROWS_OF_ONE_MAX = 1_000

_lock = Lock()
_kept: OrderedDict[Hashable, Rows] = OrderedDict()
_rows = 0


def remembered(key: Hashable, read: Callable[[], Rows]) -> Rows:
    """What was read for the key, or what is read now."""
    global _rows  # noqa: PLW0603  # one memory for the process
    with _lock:
        found = _kept.get(key)
        if found is not None:
            _kept.move_to_end(key)
            return list(found)
    found = read()
    if len(found) <= ROWS_OF_ONE_MAX:
        with _lock:
            if key not in _kept:
                _kept[key] = found
                _rows += len(found)
            while len(_kept) > ANSWERS_MAX or _rows > ROWS_MAX:
                _rows -= len(_kept.popitem(last=False)[1])
    return list(found)


def forget() -> None:
    """As in a process that has just started."""
    global _rows  # noqa: PLW0603  # likewise
    with _lock:
        _kept.clear()
        _rows = 0
