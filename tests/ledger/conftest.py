"""What suites of the ledger share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection


def fetch(sql: str) -> Sequence[Sequence[Any]]:
    """All rows of a statement in this test's own transaction, as the independent checker reads them."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()
