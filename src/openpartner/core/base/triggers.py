"""Triggers declared in code: installed after every migrate, and compared with the catalogue before anything runs.

Django remakes a SQLite table when a column changes and silently drops its triggers, so a migration is no place
for one. A capability registers its triggers when its app is ready; `openpartner migrate` installs what is missing
or different, and `check` refuses to serve or to work without them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models.signals import post_migrate


class TriggersMissing(RuntimeError):
    """The database lacks a guard that the product relies on."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """One trigger and how each database spells it; an empty spelling means that database does not need it.

    `sqlite_sql` is one CREATE TRIGGER statement. `postgres_sql` may hold several statements and ends up with a
    trigger of this name on this table; it uses CREATE OR REPLACE throughout, so that it can run again.
    """

    name: str
    table: str
    sqlite_sql: str
    postgres_sql: str
    caught_up: Callable[[], None] | None = None
    """Called after the trigger was installed anew, to do what it would have done while it was missing."""

    @property
    def sql(self) -> str:
        """The spelling of the connected database."""
        return self.sqlite_sql if connection.vendor == "sqlite" else self.postgres_sql

    @property
    def mark(self) -> str:
        """What the catalogue says of the trigger when it stands as declared.

        SQLite keeps the statement. PostgreSQL rewrites it, so its digest is kept as the trigger's comment.
        """
        if connection.vendor == "sqlite":
            return _plain(self.sqlite_sql)
        return f"openpartner {hashlib.sha256(_plain(self.postgres_sql).encode()).hexdigest()[:32]}"


TRIGGERS: dict[str, Trigger] = {}
"""Every registered trigger by name."""


def register(*triggers: Trigger) -> None:
    """Add triggers to those that `migrate` installs and `check` demands. Called once, when an app is ready."""
    for trigger in triggers:
        assert trigger.name not in TRIGGERS, trigger.name
        assert all(trigger.name in sql for sql in (trigger.sqlite_sql, trigger.postgres_sql) if sql), trigger.name
        TRIGGERS[trigger.name] = trigger
    post_migrate.connect(_after_migrate, dispatch_uid="openpartner triggers")


def install_all() -> list[str]:
    """Install every registered trigger that is missing or different; returns their names.

    A trigger whose table does not exist yet is left for the migration that makes the table.
    """
    absent = missing()
    if not absent:
        return []
    tables = set(connection.introspection.table_names())
    wanted = [TRIGGERS[name] for name in absent if TRIGGERS[name].table in tables]
    with transaction.atomic():
        with connection.cursor() as cursor:
            for trigger in wanted:
                if connection.vendor == "sqlite":
                    cursor.execute(f'DROP TRIGGER IF EXISTS "{trigger.name}"')
                    cursor.execute(trigger.sql)
                else:
                    cursor.execute(trigger.sql)
                    cursor.execute(f"COMMENT ON TRIGGER {trigger.name} ON {trigger.table} IS '{trigger.mark}'")
        for catch_up in dict.fromkeys(trigger.caught_up for trigger in wanted if trigger.caught_up):
            catch_up()
    return [trigger.name for trigger in wanted]


def remove_all() -> None:
    """Drop every registered trigger, for a test that empties its tables; `install_all` brings them back."""
    installed = _installed()
    with transaction.atomic(), connection.cursor() as cursor:
        for trigger in TRIGGERS.values():
            if trigger.name in installed:
                on = "" if connection.vendor == "sqlite" else f" ON {trigger.table}"
                cursor.execute(f'DROP TRIGGER IF EXISTS "{trigger.name}"{on}')


def missing() -> list[str]:
    """The names of registered triggers that the database lacks, has switched off, or has in another spelling."""
    installed = _installed()
    return [
        name
        for name, trigger in TRIGGERS.items()
        if trigger.sql and installed.get(name) != (trigger.table, trigger.mark)
    ]


def check() -> None:
    """Raise TriggersMissing, with a sentence that says what to do, unless every trigger stands."""
    absent = missing()
    if absent:
        raise TriggersMissing(
            f"the database lacks {len(absent)} of its triggers ({', '.join(absent)}), which keep records from being "
            "changed; run `openpartner migrate` and start again"
        )


def _plain(sql: str) -> str:
    return " ".join(sql.split()).rstrip("; ")


def _installed() -> dict[str, tuple[str, str]]:
    """Table and mark of each trigger in the catalogue, by name."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
            return {name: (table, _plain(sql)) for name, table, sql in cursor.fetchall()}
        # tgenabled D is a trigger switched off, R one that fires on replicas only.
        cursor.execute(
            "SELECT t.tgname, c.relname, coalesce(obj_description(t.oid, 'pg_trigger'), '') FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND pg_table_is_visible(c.oid)"
        )
        return {name: (table, mark) for name, table, mark in cursor.fetchall()}


def _after_migrate(**_: object) -> None:
    # Sent once per app: all calls but the first find nothing to do.
    install_all()
