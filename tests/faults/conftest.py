"""Fixtures of the suites about bills."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.bill_installation import Installed


@pytest.fixture
def installed(tmp_path: Path, request: pytest.FixtureRequest) -> Installed:
    return Installed.at(tmp_path, request.node.name[:40])
