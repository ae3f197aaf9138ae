"""Inserting a row by a statement that is built once for each table: Django builds its own anew each time.

For rows that are written with every write that an API carries out. Defaults and conversions of fields are left out, so
the values must be what the columns hold.
"""

from __future__ import annotations

from functools import cache

from django.db import models

from openpartner.core.base.compiled import prepared


def insert(row: models.Model) -> None:
    """Insert a new row and set its key. IntegrityError as Django raises it."""
    sql, names = _statement(type(row))
    ((row.pk,),) = prepared(sql, [getattr(row, name) for name in names])
    row._state.adding = False  # as save() does


def insert_unless_there(row: models.Model, unique: str) -> bool:
    """The same; False, and nothing is inserted, when there is a row with this value of a unique column already.

    Waits for whoever may be inserting one.
    """
    sql, names = _statement(type(row), unique)
    found = prepared(sql, [getattr(row, name) for name in names])
    if found:
        ((row.pk,),) = found
        row._state.adding = False
    return bool(found)


@cache
def _statement(model: type[models.Model], unique: str = "") -> tuple[str, tuple[str, ...]]:
    """The statement, and the names of its values in their order."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    unless = f'ON CONFLICT ("{unique}") DO NOTHING ' if unique else ""
    sql = (
        f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({", ".join(["%s"] * len(fields))})'  # noqa: S608  # names of ours
        f' {unless}RETURNING "{model._meta.pk.column}"'
    )
    return sql, tuple(field.attname for field in fields)
