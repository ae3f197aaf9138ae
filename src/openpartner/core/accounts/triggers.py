"""Who was bound to whom is history: an association may be ended once, and nothing else happens to it."""

from __future__ import annotations

from openpartner.core.base.triggers import Trigger

FIXED = ("id", "provider_id", "payer_id", "partner_id", "child_id", "kind", "since", "bound_by")
"""The columns an ending leaves alone; it writes until, ended_by and the partner's notes (labels, remark)."""
REFUSAL = "an association is ended once and never changed or deleted"

_SAME_SQLITE = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in FIXED)
_SAME_POSTGRES = " AND ".join(f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in FIXED)

# integrity_constraint_violation, so that both databases raise Django's IntegrityError.
_REFUSE_POSTGRES = f"""
CREATE OR REPLACE FUNCTION refuse_association_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END $body$;
"""

TRIGGERS = [
    Trigger(
        "association_ended_once",
        "association",
        "CREATE TRIGGER association_ended_once BEFORE UPDATE ON association"
        f" WHEN NOT (OLD.until IS NULL AND NEW.until IS NOT NULL AND {_SAME_SQLITE})"
        f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        f"{_REFUSE_POSTGRES} CREATE OR REPLACE TRIGGER association_ended_once BEFORE UPDATE ON association FOR EACH ROW"
        f" WHEN (NOT (OLD.until IS NULL AND NEW.until IS NOT NULL AND {_SAME_POSTGRES}))"
        " EXECUTE FUNCTION refuse_association_change()",
    ),
    Trigger(
        "association_no_delete",
        "association",
        "CREATE TRIGGER association_no_delete BEFORE DELETE ON association"
        f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        f"{_REFUSE_POSTGRES} CREATE OR REPLACE TRIGGER association_no_delete BEFORE DELETE ON association FOR EACH ROW"
        " EXECUTE FUNCTION refuse_association_change()",
    ),
    Trigger(
        "association_no_replace",
        "association",
        # SQLite's INSERT OR REPLACE deletes the old row without firing a DELETE trigger.
        "CREATE TRIGGER association_no_replace BEFORE INSERT ON association WHEN"  # noqa: S608  # constants alone
        " EXISTS (SELECT 1 FROM association WHERE id = NEW.id)"
        " OR NEW.until IS NULL AND EXISTS (SELECT 1 FROM association WHERE child_id = NEW.child_id AND until IS NULL)"
        f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        "",
    ),
    Trigger(
        "association_no_truncate",
        "association",
        "",
        f"{_REFUSE_POSTGRES} CREATE OR REPLACE TRIGGER association_no_truncate BEFORE TRUNCATE ON association"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_association_change()",
    ),
]
