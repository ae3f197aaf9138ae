"""What every test of lists is left with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from openpartner.listings import jobs


@pytest.fixture(autouse=True)
def _no_parts() -> Iterator[None]:
    """A test's database is rolled back, its files are not."""
    yield
    shutil.rmtree(jobs.parts_folder(), ignore_errors=True)
