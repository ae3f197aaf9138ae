"""Rows that the tests of a file share: built once, in a transaction around them all, and taken back after the last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction


@pytest.fixture(scope="module")
def shared_rows(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A transaction around a file's tests. What a fixture of the file builds in it every test finds as it was built,
    because each test's own changes are taken back; none of them may be transactional.
    """
    with django_db_blocker.unblock():
        around: Any = transaction.atomic()
        around._from_testcase = True  # as Django's own tests say: what must be outermost may stand in here
        with around:
            yield
            transaction.set_rollback(True)
