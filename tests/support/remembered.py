"""The rows that building the world leaves, kept after the first time: a test puts them back in a tenth of the time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.apps import apps
from django.db import connection, models

from openpartner.kit import clock

T = TypeVar("T")
Rows = list[models.Model]


@dataclass(frozen=True)
class Remembered:
    """The rows by table, with their keys, and when they were made."""

    tables: list[Rows]
    began: datetime
    ended: datetime

    def put_back(self, renew: Callable[[models.Model], None]) -> None:
        """Insert the same rows, each renewed before; what was new then is new now.

        Keys on PostgreSQL are drawn after these: a sequence that went past them never returns.
        """
        now = clock.now()
        for rows in self.tables:
            fresh = [self._dated(row, now) for row in rows]
            for row in fresh:
                renew(row)
            type(fresh[0])._base_manager.bulk_create(fresh)

    def _dated(self, row: models.Model, now: datetime) -> models.Model:
        fields = row._meta.concrete_fields
        values = {field.attname: getattr(row, field.attname) for field in fields}
        for name, value in values.items():
            if isinstance(value, datetime) and self.began <= value <= self.ended:
                values[name] = now
        return type(row)(**values)


def remembered(build: Callable[[], T]) -> tuple[T, Remembered]:
    """Build in an empty database; what was built, and the rows of it."""
    assert not _rows(), "what is there before would be taken for a part of it"
    began = clock.now()
    built = build()
    return built, Remembered(_rows(), began, clock.now())


def _rows() -> list[Rows]:
    return [rows for model in _ours() if (rows := list(model._base_manager.order_by("pk")))]


def _ours() -> Iterator[type[models.Model]]:
    there = set(connection.introspection.table_names())
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.startswith("openpartner.") and model._meta.db_table in there:
            yield model
