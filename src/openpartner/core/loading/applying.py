"""The end of an import: every staged row becomes what it is to be, in the transaction of the caller."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Count

from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import bind, lock_account
from openpartner.core.base.bulk import deferring
from openpartner.core.base.errors import TooSoon
from openpartner.core.base.kinds import AccountKind, AssociationKind
from openpartner.core.customers.models import SuspensionCause
from openpartner.core.loading import derive
from openpartner.core.loading.matching import DESCRIPTIVE
from openpartner.core.loading.models import Fate, StagedAccount
from openpartner.core.loading.staging import Basis

TABLES = ("account", "association", "association_count", "manager_assignment")
LOCK_WAIT_MILLISECONDS = 800
"""Less than PostgreSQL takes to look for a deadlock: whoever waits for us goes on before one is declared."""
LOCKED_WITHIN_SECONDS = 60
RETRY_AFTER_SECONDS = 60
DEFERRED_FROM = 100_000
"""New rows from which building the indexes anew is cheaper, when they are also most of the table."""
COPIED = (
    "uin", "account_id", "kind", "account_name", "legal_name", "country_code", "mobile", "email", "region", "industry",
    "customer_type", "customer_level", "verification", "verified_at", "registered_at", "labels", "remark",
    "external_id", "external_platform", "suspension", "suspended_at", "bills_visible", "association_kind",
    "associated_at", "manager_id", *Account.FOLDED,
)  # fmt: skip  # columns that a new account has from its staged row
WAVES = ((AccountKind.DISTRIBUTOR, AccountKind.RESELLER), (AccountKind.SECOND_LEVEL_RESELLER,), (AccountKind.CUSTOMER,))
"""Partners before those who are bound to them."""


class Stale(Exception):
    """The accounts have changed since they were compared: compare again."""


def lock() -> None:
    """Keep others from changing accounts until the transaction ends. TooSoon when that cannot be had in a minute.

    Never waits for long while holding something, so no command of anybody's is chosen as a deadlock's victim.
    """
    if connection.vendor == "sqlite":
        return  # the transaction holds the only write lock
    deadline = time.monotonic() + LOCKED_WITHIN_SECONDS
    while True:
        try:
            with transaction.atomic():
                _run("SELECT set_config('lock_timeout', %s, true)", f"{LOCK_WAIT_MILLISECONDS}ms")
                _run(f"LOCK TABLE {', '.join(TABLES)} IN SHARE ROW EXCLUSIVE MODE")
                _run("SELECT set_config('lock_timeout', '0', true)")
            return
        except OperationalError as error:
            if time.monotonic() > deadline:
                raise TooSoon("the accounts are being changed all the time", RETRY_AFTER_SECONDS) from error


def counts(job: int) -> Counter[Fate]:
    """How many staged rows there are of each fate."""
    rows = StagedAccount.objects.everything(reason="rows of the job that runs").filter(job=job)
    return Counter({Fate(fate): n for fate, n in rows.values_list("fate").annotate(n=Count("pk")).order_by()})


def apply(basis: Basis, by: str) -> Counter[Fate]:
    """Make every staged row what it is to be and return how many there were of each fate. Stale when outdated.

    Under the lock. Nothing is recorded here: the job does that, in the same transaction.
    """
    assert connection.in_atomic_block
    _check(basis.job)
    found = counts(basis.job)
    above = derive.last_key("account")
    with _deferred(found[Fate.NEW]):
        inserted = sum(_insert(basis.job, kinds, above) for kinds in WAVES)
        if inserted != found[Fate.NEW]:
            raise Stale
        derive.begin_associations(above, by)
        derive.count_associations(above)
        derive.begin_assignments(above, by)
        _bind(basis, by)
        _change(basis.job)
        _reassign(basis, by)
        derive.end_suspensions(by)
        derive.begin_suspensions(by, SuspensionCause.IMPORT)
    return found


def _deferred(new: int) -> AbstractContextManager[None]:
    if new < DEFERRED_FROM or Account.objects.everything(reason="how large the table is").count() > new:
        return nullcontext()
    return deferring(TABLES)


def _check(job: int) -> None:
    """Stale when anything that was compared is not as it was seen."""
    taken = [
        "SELECT 1 FROM staged_account s JOIN account a ON a.{0} = s.{0} WHERE s.job = %s AND s.fate = %s LIMIT 1"
    ] * 3
    differs = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
    for sql, column in zip(taken, ("uin", "account_id", "account_name"), strict=True):
        if _run(sql.format(column), job, int(Fate.NEW)):
            raise Stale
    if _run(
        "SELECT 1 FROM staged_account s LEFT JOIN account a ON a.id = s.target"  # noqa: S608  # an operator
        f" WHERE s.job = %s AND s.target IS NOT NULL AND (a.id IS NULL OR a.search_key <> s.seen_key"
        f" OR a.partner_id {differs} s.seen_partner) LIMIT 1",
        job,
    ):
        raise Stale
    if _run(
        "SELECT 1 FROM staged_account s JOIN account a ON a.account_name = s.account_name AND a.id <> s.target"
        " WHERE s.job = %s AND s.changes LIKE %s LIMIT 1",
        job,
        "%,account_name,%",
    ):
        raise Stale


def _insert(job: int, kinds: tuple[AccountKind, ...], above: int) -> int:
    provider, paying = AccountKind.PROVIDER.value, ", ".join(str(kind.value) for kind in AccountKind if kind.pays)
    columns = ", ".join(COPIED)
    inserted = _count(
        f"INSERT INTO account ({columns}, site, provider_id, payer_id, partner_id)"  # noqa: S608  # columns and constants
        f" SELECT {', '.join(f's.{name}' for name in COPIED)},"
        f" CASE WHEN p.kind = {provider} THEN s.site ELSE p.site END,"
        f" CASE WHEN p.kind = {provider} THEN p.id ELSE p.provider_id END, p.payer_id, p.id"
        f" FROM staged_account s CROSS JOIN account p WHERE p.uin = s.partner_uin"
        f" AND (p.partner_id IS NOT NULL OR p.kind = {provider})"
        f" AND s.job = %s AND s.fate = %s AND s.kind IN ({', '.join(str(kind.value) for kind in kinds)})"
        " ORDER BY s.associated_at, s.line",
        job,
        int(Fate.NEW),
    )
    if any(kind.pays for kind in kinds):
        _count(f"UPDATE account SET payer_id = id WHERE id > %s AND kind IN ({paying})", above)  # noqa: S608  # constants
    return inserted


def _bind(basis: Basis, by: str) -> None:
    """Bind the accounts that stand unbound; one by one, because they are few."""
    rows = StagedAccount.objects.everything(reason="rows of the job that runs").filter(job=basis.job, fate=Fate.BOUND)
    for row in rows.order_by("kind", "line"):
        named = Account.objects.everything(reason="named by the row").filter(uin=row.partner_uin or 0)
        found = named.first()
        if found is None or row.target is None:
            raise Stale
        partner, child = lock_account(found.pk), lock_account(row.target)
        since = row.associated_at if ",associated_at," in row.given else basis.at
        bind(child, partner, kind=AssociationKind(row.association_kind), since=since, by=by)


def _change(job: int) -> None:
    """Set what differs, column by column, so that nothing is written that the file does not speak of."""
    for name, field in DESCRIPTIVE.items():
        fields = [field, *(Account.FOLDED if name in {"account_name", "legal_name"} else ())]
        _update(job, name, fields)


def _reassign(basis: Basis, by: str) -> None:
    """Give accounts that existed before the account manager of the file; the history keeps the one before."""
    pattern = "%,account_manager,%"
    _count(
        "UPDATE manager_assignment SET until = %s WHERE until IS NULL AND customer_id IN"
        " (SELECT target FROM staged_account WHERE job = %s AND changes LIKE %s)",
        _instant(basis),
        basis.job,
        pattern,
    )
    _count(
        "INSERT INTO manager_assignment (partner_id, customer_id, manager_id, since, until, assigned_by)"
        " SELECT a.partner_id, a.id, s.manager_id, %s, NULL, %s FROM staged_account s CROSS JOIN account a"
        " WHERE a.id = s.target AND s.job = %s AND s.changes LIKE %s ORDER BY s.line",
        _instant(basis),
        by,
        basis.job,
        pattern,
    )
    _update(basis.job, "account_manager", ["manager_id"])


def _update(job: int, change: str, fields: Sequence[str]) -> None:
    """Set columns of the accounts whose rows say so.

    Subqueries and not UPDATE FROM, and CROSS JOIN above: SQLite keeps their order. It would otherwise believe the
    statistics of a table that has grown a thousandfold since, and compare every row with every row.
    """
    columns = ", ".join(fields)
    _count(
        f"UPDATE account SET ({columns}) = (SELECT {columns} FROM staged_account"  # noqa: S608  # columns of ours
        " WHERE job = %s AND target = account.id)"
        " WHERE id IN (SELECT target FROM staged_account WHERE job = %s AND changes LIKE %s)",
        job,
        job,
        f"%,{change},%",
    )


def _instant(basis: Basis) -> str | datetime:
    adapted: str | datetime | None = connection.ops.adapt_datetimefield_value(basis.at)
    assert adapted is not None
    return adapted


def _count(sql: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def _run(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []
