"""What was published and what was accepted is history: neither is changed or deleted."""

from __future__ import annotations

from openpartner.core.base.triggers import Trigger

VERSION_REFUSAL = "a published agreement never changes; another version follows it"
ACCEPTANCE_REFUSAL = "an acceptance is never deleted and never becomes another"
FIXED = (
    "id",
    "provider_id",
    "account_id",
    "version_id",
    "agreement",
    "about",
    "language",
    "accepted_at",
    "accepted_by",
    "user_id",
    "source",
    "previous_id",
    "valid_from",
    "valid_until",
)
"""What an acceptance is; its state and the work on it are what changes."""


def _refusing(function: str, text: str) -> str:
    # integrity_constraint_violation, so that both databases raise Django's IntegrityError.
    return f"""
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION '{text}' USING ERRCODE = 'integrity_constraint_violation';
END $body$;
"""


_VERSION, _ACCEPTANCE = "refuse_agreement_version_change", "refuse_acceptance_change"
_REFUSE_VERSION = _refusing(_VERSION, VERSION_REFUSAL)
_REFUSE_ACCEPTANCE = _refusing(_ACCEPTANCE, ACCEPTANCE_REFUSAL)
_SAME_SQLITE = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in FIXED)
_SAME_POSTGRES = " AND ".join(f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in FIXED)


def _when(name: str, table: str, event: str, condition: str) -> Trigger:
    """A trigger that refuses a change of a published version, told by its own row."""
    return Trigger(
        name,
        table,
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, '{VERSION_REFUSAL}'); END",
        f"{_REFUSE_VERSION} CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW"
        f" WHEN ({condition}) EXECUTE FUNCTION {_VERSION}()",
    )


def _of_text(event: str, row: str) -> Trigger:
    """A trigger that refuses a change of a published version's text: PostgreSQL asks for it inside of a function."""
    name, function = f"agreement_text_no_{event.lower()}", f"refuse_agreement_text_{event.lower()}"
    asked = f"EXISTS (SELECT 1 FROM agreement_version WHERE id = {row}.version_id AND published_at IS NOT NULL)"  # noqa: S608  # constants alone
    body = f"""
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF {asked} THEN
    RAISE EXCEPTION '{VERSION_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN {"OLD" if event == "DELETE" else "NEW"};
END $body$;
"""
    return Trigger(
        name,
        "agreement_text",
        f"CREATE TRIGGER {name} BEFORE {event} ON agreement_text WHEN {asked}"
        f" BEGIN SELECT RAISE(ABORT, '{VERSION_REFUSAL}'); END",
        f"{body} CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON agreement_text FOR EACH ROW"
        f" EXECUTE FUNCTION {function}()",
    )


TRIGGERS = [
    _when("agreement_version_no_update", "agreement_version", "UPDATE", "OLD.published_at IS NOT NULL"),
    _when("agreement_version_no_delete", "agreement_version", "DELETE", "OLD.published_at IS NOT NULL"),
    _of_text("INSERT", "NEW"),
    _of_text("UPDATE", "OLD"),
    _of_text("DELETE", "OLD"),
    Trigger(
        "acceptance_stays_itself",
        "acceptance",
        f"CREATE TRIGGER acceptance_stays_itself BEFORE UPDATE ON acceptance WHEN NOT ({_SAME_SQLITE})"
        f" BEGIN SELECT RAISE(ABORT, '{ACCEPTANCE_REFUSAL}'); END",
        f"{_REFUSE_ACCEPTANCE} CREATE OR REPLACE TRIGGER acceptance_stays_itself BEFORE UPDATE ON acceptance"
        f" FOR EACH ROW WHEN (NOT ({_SAME_POSTGRES})) EXECUTE FUNCTION {_ACCEPTANCE}()",
    ),
    Trigger(
        "acceptance_no_delete",
        "acceptance",
        "CREATE TRIGGER acceptance_no_delete BEFORE DELETE ON acceptance"
        f" BEGIN SELECT RAISE(ABORT, '{ACCEPTANCE_REFUSAL}'); END",
        f"{_REFUSE_ACCEPTANCE} CREATE OR REPLACE TRIGGER acceptance_no_delete BEFORE DELETE ON acceptance"
        f" FOR EACH ROW EXECUTE FUNCTION {_ACCEPTANCE}()",
    ),
]
