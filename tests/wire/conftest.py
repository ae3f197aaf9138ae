"""What tests of raw requests share: settings changed for one test, and counters of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from msgspec import structs

from openpartner.apikit import limits

Configure = Callable[..., None]


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Configure:
    """`configure(rate_limit_scale=0)` changes settings until the test ends."""

    def change(**values: object) -> None:
        monkeypatch.setattr(settings, "OPENPARTNER", structs.replace(settings.OPENPARTNER, **values))

    return change


@pytest.fixture
def counters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fresh counters of calls and failures, with windows that no test outlives."""
    monkeypatch.setattr(limits, "_calls", limits.Windows(3600))
    monkeypatch.setattr(limits, "_failures", limits.Windows(3600))
