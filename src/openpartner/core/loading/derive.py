"""What follows from loaded accounts: their associations, counters, assignments and the next free keys.

Set operations in the database, for both of them; `openpartner verify` re-derives the same and compares.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import DateTimeField, Exists, F, OuterRef, Value
from django.db.models.functions import Greatest

from openpartner.core.accounts.models import Account
from openpartner.core.customers.models import SuspensionCause, SuspensionRecord
from openpartner.kit import clock

MONTH = {
    "sqlite": "(CAST(substr({0}, 1, 4) AS integer) * 12 + CAST(substr({0}, 6, 2) AS integer) - 1)",
    "postgresql": "(CAST(extract(year FROM {0} AT TIME ZONE 'UTC') AS integer) * 12"
    " + CAST(extract(month FROM {0} AT TIME ZONE 'UTC') AS integer) - 1)",
}
"""SQL of `placing.month_of` on each database."""
CUSTOMER = 5


def month_sql(column: str) -> str:
    """The UTC month of a column as one number, in the connected database's SQL."""
    return MONTH[connection.vendor].format(column)


def last_key(table: str) -> int:
    """The highest primary key of a table, 0 when it is empty."""
    return int(_one(f"SELECT coalesce(max(id), 0) FROM {connection.ops.quote_name(table)}"))  # noqa: S608  # a table of ours


def continue_keys(table: str) -> None:
    """Let the next generated key follow the highest one, after rows were inserted with keys of their own."""
    if connection.vendor == "postgresql":
        name = connection.ops.quote_name(table)
        _run(
            f"SELECT setval(pg_get_serial_sequence(%s, 'id'), greatest((SELECT max(id) FROM {name}), 1))",  # noqa: S608  # a table of ours
            name,
        )


def begin_associations(above: int, by: str) -> int:
    """Insert the current association of each account above a key that is bound and has none; returns how many."""
    return _run(
        "INSERT INTO association (provider_id, payer_id, partner_id, child_id, kind, since, until, bound_by, ended_by,"
        " labels, remark)"
        " SELECT provider_id, payer_id, partner_id, id, association_kind, associated_at, NULL, %s, '', '', ''"
        " FROM account WHERE partner_id IS NOT NULL AND id > %s AND NOT EXISTS"
        " (SELECT 1 FROM association WHERE child_id = account.id AND until IS NULL) ORDER BY id",
        by,
        above,
    )


def count_associations(above: int) -> None:
    """Add the customers above a key to their partners' counters."""
    month = month_sql("associated_at")
    # A partner has one payer and one provider, so min() only names them.
    _run(
        "INSERT INTO association_count (provider_id, payer_id, partner_id, month, customers)"  # noqa: S608  # an expression of ours
        f" SELECT min(provider_id), min(payer_id), partner_id, {month}, count(*) FROM account"
        f" WHERE kind = {CUSTOMER} AND partner_id IS NOT NULL AND id > %s GROUP BY partner_id, {month}"
        " ON CONFLICT (partner_id, month) DO UPDATE SET customers = association_count.customers + excluded.customers",
        above,
    )


def begin_assignments(above: int, by: str) -> int:
    """Insert the current assignment of each customer above a key that has an account manager; returns how many."""
    return _run(
        "INSERT INTO manager_assignment (partner_id, customer_id, manager_id, since, until, assigned_by)"  # noqa: S608  # a constant
        " SELECT partner_id, id, manager_id, associated_at, NULL, %s FROM account"
        f" WHERE kind = {CUSTOMER} AND manager_id IS NOT NULL AND id > %s ORDER BY id",
        by,
        above,
    )


def begin_suspensions(by: str, cause: SuspensionCause, reason: str = "") -> int:
    """Insert the record of each suspended customer that has none; returns how many."""
    return _run(
        "INSERT INTO suspension_record (provider_id, payer_id, partner_id, customer_id, level, cause, reason, since,"  # noqa: S608  # a constant
        " begun_by, until, ended_by, end_reason, resources_kept_until)"
        " SELECT provider_id, payer_id, partner_id, id, suspension, %s, %s, suspended_at, %s, NULL, '', '', NULL"
        f" FROM account WHERE kind = {CUSTOMER} AND associated_at IS NOT NULL AND suspension > 0"
        " AND suspended_at IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM suspension_record r WHERE r.customer_id = account.id AND r.until IS NULL) ORDER BY id",
        cause,
        reason,
        by,
    )


def end_suspensions(by: str) -> int:
    """End the record of each suspension that is no longer what the account says; returns how many."""
    why = "the accounts are being loaded"
    same = Account.objects.everything(reason=why).filter(pk=OuterRef("customer_id"), suspension=OuterRef("level"))
    rows = SuspensionRecord.objects.everything(reason=why).filter(~Exists(same), until__isnull=True)
    return rows.update(until=Greatest(F("since"), Value(clock.now(), DateTimeField())), ended_by=by)


def _run(sql: str, *values: int | str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def _one(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])
