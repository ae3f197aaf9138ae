"""The database has every constraint and index that the models declare: a migration may lose one without a word."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, models

MODELS = [model for model in apps.get_models() if model.__module__.startswith("openpartner.")]


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_what_a_model_declares_is_there(model: type[models.Model]) -> None:
    declared = {one.name for one in (*model._meta.constraints, *model._meta.indexes)}
    assert declared - names_in_the_database(model._meta.db_table, declared) == set()


def names_in_the_database(table: str, declared: set[str]) -> set[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return set(connection.introspection.get_constraints(cursor, table))
        # Django's reader of SQLite's schema stumbles over CHECK (... IN (...)), so the names are looked up in its text.
        cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL", [table])
        text = " ".join(row[0] for row in cursor.fetchall())
    return {name for name in declared if f'"{name}"' in text}
