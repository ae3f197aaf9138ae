"""What moved is history: a transfer is never changed or deleted, an account never becomes another's."""

from __future__ import annotations

from openpartner.core.base.triggers import Trigger

TRANSFER_REFUSAL = "a transfer is never changed or deleted; a correction is another transfer"
ACCOUNT_REFUSAL = "a ledger account is never deleted and never becomes another"
FIXED = (
    "id",
    "use",
    "holder_id",
    "giver_id",
    "subject",
    "currency",
    "provider_id",
    "payer_id",
    "partner_id",
    "customer_id",
)
"""What a ledger account is; its counters and its floor are what changes."""


def _refusing(function: str, text: str) -> str:
    # integrity_constraint_violation, so that both databases raise Django's IntegrityError.
    return f"""
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION '{text}' USING ERRCODE = 'integrity_constraint_violation';
END $body$;
"""


_REFUSE_TRANSFER = _refusing("refuse_ledger_transfer_change", TRANSFER_REFUSAL)
_REFUSE_ACCOUNT = _refusing("refuse_ledger_account_change", ACCOUNT_REFUSAL)
_SAME_SQLITE = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in FIXED)
_SAME_POSTGRES = " AND ".join(f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in FIXED)


def _fixed(table: str, word: str, function: str, refusal: str, body: str) -> Trigger:
    """A trigger that refuses a whole statement kind on a table."""
    name = f"{table}_no_{word}"
    return Trigger(
        name,
        table,
        f"CREATE TRIGGER {name} BEFORE {word.upper()} ON {table} BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
        f"{body} CREATE OR REPLACE TRIGGER {name} BEFORE {word.upper()} ON {table} FOR EACH ROW"
        f" EXECUTE FUNCTION {function}()",
    )


def _no_truncate(table: str, function: str, body: str) -> Trigger:
    name = f"{table}_no_truncate"
    return Trigger(
        name,
        table,
        "",
        f"{body} CREATE OR REPLACE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
        f" EXECUTE FUNCTION {function}()",
    )


def _no_replace(table: str, refusal: str, same: str) -> Trigger:
    """SQLite's INSERT OR REPLACE deletes the old row without firing a DELETE trigger."""
    name = f"{table}_no_replace"
    return Trigger(
        name,
        table,
        f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608  # constants alone
        f" BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
        "",
    )


TRIGGERS = [
    _fixed("ledger_transfer", "update", "refuse_ledger_transfer_change", TRANSFER_REFUSAL, _REFUSE_TRANSFER),
    _fixed("ledger_transfer", "delete", "refuse_ledger_transfer_change", TRANSFER_REFUSAL, _REFUSE_TRANSFER),
    _no_truncate("ledger_transfer", "refuse_ledger_transfer_change", _REFUSE_TRANSFER),
    _no_replace("ledger_transfer", TRANSFER_REFUSAL, "id = NEW.id OR key = NEW.key"),
    _fixed("ledger_account", "delete", "refuse_ledger_account_change", ACCOUNT_REFUSAL, _REFUSE_ACCOUNT),
    _no_truncate("ledger_account", "refuse_ledger_account_change", _REFUSE_ACCOUNT),
    Trigger(
        "ledger_account_stays_itself",
        "ledger_account",
        "CREATE TRIGGER ledger_account_stays_itself BEFORE UPDATE ON ledger_account"
        f" WHEN NOT ({_SAME_SQLITE}) BEGIN SELECT RAISE(ABORT, '{ACCOUNT_REFUSAL}'); END",
        f"{_REFUSE_ACCOUNT} CREATE OR REPLACE TRIGGER ledger_account_stays_itself BEFORE UPDATE ON ledger_account"
        f" FOR EACH ROW WHEN (NOT ({_SAME_POSTGRES})) EXECUTE FUNCTION refuse_ledger_account_change()",
    ),
    _no_replace(
        "ledger_account",
        ACCOUNT_REFUSAL,
        "id = NEW.id OR holder_id = NEW.holder_id AND use = NEW.use AND giver_id = NEW.giver_id"
        " AND subject = NEW.subject AND currency = NEW.currency",
    ),
]
