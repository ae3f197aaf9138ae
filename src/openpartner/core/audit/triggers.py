"""Events, links and seals are inserted and never changed: the database refuses everything else."""

from __future__ import annotations

from openpartner.core.base.triggers import Trigger

INSERTED_ONLY = {"audit_event": ("id",), "audit_link": ("position", "event"), "audit_seal": ("id",)}
"""Table and the columns that are unique in it."""


def inserted_only(table: str, unique: tuple[str, ...]) -> list[Trigger]:
    """The triggers that make a table append-only."""
    return [_refuse(table, "update"), _refuse(table, "delete"), _no_replace(table, unique), _no_truncate(table)]


def _refuse(table: str, verb: str) -> Trigger:
    name = f"{table}_no_{verb}"
    return Trigger(
        name,
        table,
        f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
        f"{REFUSE_POSTGRES}"
        f" CREATE OR REPLACE TRIGGER {name} BEFORE {verb.upper()} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    )


def _no_replace(table: str, unique: tuple[str, ...]) -> Trigger:
    """SQLite's INSERT OR REPLACE deletes the old row without firing a DELETE trigger."""
    name = f"{table}_no_replace"
    taken = " OR ".join(f"{column} = NEW.{column}" for column in unique)
    return Trigger(
        name,
        table,
        f"CREATE TRIGGER {name} BEFORE INSERT ON {table}"  # noqa: S608  # names of our own tables
        f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken})"
        f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
        "",
    )


def _no_truncate(table: str) -> Trigger:
    """PostgreSQL's TRUNCATE fires no DELETE trigger."""
    name = f"{table}_no_truncate"
    return Trigger(
        name,
        table,
        "",
        f"{REFUSE_POSTGRES}"
        f" CREATE OR REPLACE TRIGGER {name} BEFORE TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    )


# integrity_constraint_violation, so that both databases raise Django's IntegrityError.
REFUSE_POSTGRES = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $body$;
"""

TRIGGERS = [trigger for table, unique in INSERTED_ONLY.items() for trigger in inserted_only(table, unique)]
