"""Re-deriving what the database repeats: each check returns a sentence for every difference it finds.

The rows are compared in the database, in set operations, so that a million customers take seconds. Names are folded
in Python and therefore only sampled unless all are asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import SystemRandom
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import Mod

from openpartner.core.access.models import User
from openpartner.core.access.roles import Preset
from openpartner.core.access.users import permissions_of
from openpartner.core.accounts.models import Account
from openpartner.core.audit.chain import ChainKeyWrong
from openpartner.core.audit.verify import FaultKind
from openpartner.core.audit.verify import verify as walk_audit
from openpartner.core.base import bulk, triggers
from openpartner.core.base.kinds import PARENT_KINDS, AccountKind
from openpartner.core.loading.derive import month_sql

SAMPLE = 20_000
"""Accounts whose folded names are compared when not all are."""
TOLD_MAX = 100
"""Differences of one check that are told one by one; all are counted."""
READ_AT_ONCE = 5_000
WHY = "verification spans all tenants"

Found = Iterator[str]


@dataclass(slots=True)
class Report:
    """What one check found: how many differences, and the first of them as sentences."""

    name: str
    count: int = 0
    told: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is compared: `find` yields a sentence for each difference. `thorough` looks at every row."""

    name: str
    find: Callable[[], Found]
    thorough: Callable[[], Found] | None = None


def verify(*, everything: bool = False, tell: Callable[[str], None] = lambda _: None) -> list[Report]:
    """Run every check and return what each found. `everything` also folds every name instead of a sample.

    `tell` hears the name of each check before it runs. Other processes may write meanwhile: each check is one
    statement, or compares one row at a time.
    """
    reports = []
    for check in CHECKS:
        tell(check.name)
        report = Report(check.name)
        find = check.thorough if everything and check.thorough else check.find
        for says in find():
            report.count += 1
            if report.count <= TOLD_MAX:
                report.told.append(says)
        reports.append(report)
    return reports


def _tenants() -> Found:
    """The columns of an account that repeat its current association, and what they inherit from the partner."""
    columns = {
        "partner": _differ("a.partner_id", "s.partner_id"),
        "association kind": _differ("a.association_kind", "s.kind"),
        "time of association": _differ("a.associated_at", "s.since"),
        "provider": f"s.id IS NOT NULL AND {_differ('a.provider_id', _PROVIDER)}"
        f" OR a.kind = {AccountKind.PROVIDER} AND {_differ('a.provider_id', 'a.id')}",
        "payer": _differ("a.payer_id", _PAYER),
        "site": f"p.kind <> {AccountKind.PROVIDER} AND a.site <> p.site",
        "provider of the association": f"s.id IS NOT NULL AND {_differ('s.provider_id', _PROVIDER)}",
        "payer of the association": f"s.id IS NOT NULL AND {_differ('s.payer_id', _PAYER)}",
        "kind beside that of its partner": f"s.id IS NOT NULL AND NOT ({_FITS})",
    }
    flags = ", ".join(f"CASE WHEN {wrong} THEN 1 ELSE 0 END AS f{i}" for i, wrong in enumerate(columns.values()))
    anything = " OR ".join(f"f{i} = 1" for i in range(len(columns)))
    rows = _rows(
        f"SELECT * FROM (SELECT a.uin, {flags} FROM account a"  # noqa: S608  # expressions of ours
        " LEFT JOIN association s ON s.child_id = a.id AND s.until IS NULL"
        f" LEFT JOIN account p ON p.id = s.partner_id) AS compared WHERE {anything}"
    )
    for uin, *wrong in rows:
        names = [name for name, flag in zip(columns, wrong, strict=True) if flag]
        yield f"account {uin}: {', '.join(names)} differ from its current association"


_PROVIDER = f"(CASE WHEN p.kind = {AccountKind.PROVIDER} THEN p.id ELSE p.provider_id END)"
_PAYER = (
    "(CASE WHEN s.id IS NULL THEN NULL"
    f" WHEN a.kind IN ({AccountKind.DISTRIBUTOR}, {AccountKind.RESELLER}) THEN a.id ELSE p.payer_id END)"
)
_FITS = " OR ".join(
    f"a.kind = {kind} AND p.kind IN ({', '.join(str(int(parent)) for parent in sorted(parents))})"
    for kind, parents in PARENT_KINDS.items()
    if parents
)


def _history() -> Found:
    """Two associations of one account that hold at the same time."""
    for uin, first, second in _rows(
        "SELECT a.uin, s.since, t.since FROM association s"
        " JOIN association t ON t.child_id = s.child_id AND t.id <> s.id"
        " AND (t.since > s.since OR t.since = s.since AND t.id > s.id)"
        " AND (s.until IS NULL OR t.since < s.until)"
        " JOIN account a ON a.id = s.child_id"
    ):
        yield f"account {uin}: its association of {first} still holds when the one of {second} begins"


def _counts() -> Found:
    """Customers by partner and month, counted anew from the current associations."""
    truth = (
        "WITH truth AS (SELECT s.partner_id AS partner_id,"  # noqa: S608  # expressions of ours
        f" {month_sql('s.since')} AS month, count(*) AS customers,"
        " min(s.provider_id) AS provider_id, min(s.payer_id) AS payer_id"
        " FROM association s JOIN account a ON a.id = s.child_id"
        f" WHERE s.until IS NULL AND a.kind = {AccountKind.CUSTOMER} GROUP BY 1, 2)"
    )
    for uin, month, counted, told, same in _rows(
        f"{truth} SELECT p.uin, t.month, t.customers, c.customers,"  # noqa: S608  # expressions of ours
        " CASE WHEN c.provider_id = t.provider_id AND c.payer_id = t.payer_id THEN 1 ELSE 0 END FROM truth t"
        " LEFT JOIN association_count c ON c.partner_id = t.partner_id AND c.month = t.month"
        " JOIN account p ON p.id = t.partner_id"
        " WHERE c.id IS NULL OR c.customers <> t.customers"
        " OR c.provider_id <> t.provider_id OR c.payer_id <> t.payer_id"
        " UNION ALL SELECT p.uin, c.month, 0, c.customers, 1 FROM association_count c"
        " LEFT JOIN truth t ON c.partner_id = t.partner_id AND c.month = t.month"
        " JOIN account p ON p.id = c.partner_id WHERE t.partner_id IS NULL AND c.customers <> 0"
    ):
        when = f"{month // 12}-{month % 12 + 1:02d}"
        if told is not None and told == counted and not same:
            yield f"partner {uin}, {when}: the counter names another provider or payer"
        else:
            yield f"partner {uin}, {when}: {counted} customers, but the counter says {told or 0}"


def _managers() -> Found:
    """The account manager of each customer, from the current assignment; it is the partner's own staff."""
    for uin, other, elsewhere in _rows(
        "SELECT * FROM (SELECT a.uin,"  # noqa: S608  # expressions of ours
        f" CASE WHEN {_differ('a.manager_id', 'm.manager_id')} THEN 1 ELSE 0 END AS other,"
        f" CASE WHEN m.id IS NOT NULL AND ({_differ('m.partner_id', 'a.partner_id')}"
        f" OR {_differ('u.account_id', 'a.partner_id')}) THEN 1 ELSE 0 END AS elsewhere FROM account a"
        " LEFT JOIN manager_assignment m ON m.customer_id = a.id AND m.until IS NULL"
        f" LEFT JOIN {connection.ops.quote_name('user')} u ON u.id = m.manager_id) AS compared"
        " WHERE other = 1 OR elsewhere = 1"
    ):
        if other:
            yield f"account {uin}: its account manager differs from its current assignment"
        if elsewhere:
            yield f"account {uin}: its account manager is not one of its partner's people"


def _folded() -> Found:
    """The columns that searches read, folded anew from the names."""
    yield from _refolded(Account.objects.everything(reason=WHY))


def _folded_sample() -> Found:
    rows = Account.objects.everything(reason=WHY)
    step = max(1, math.ceil(rows.count() / SAMPLE))
    # Another remainder each time, so that repeated runs come past every row.
    yield from _refolded(rows.annotate(rest=Mod(F("id"), step)).filter(rest=SystemRandom().randrange(step)))


def _refolded(rows: QuerySet[Account]) -> Found:
    for row in rows.only("uin", "account_name", "legal_name", *Account.FOLDED).iterator(READ_AT_ONCE):
        stored = [getattr(row, name) for name in Account.FOLDED]
        row.fold_names()
        wrong = [name for name, old in zip(Account.FOLDED, stored, strict=True) if getattr(row, name) != old]
        if wrong:
            yield f"account {row.uin}: {', '.join(wrong)} do not follow from its names"


def _suspensions() -> Found:
    """The level of an associated customer, beside the record of its current suspension."""
    rows = _rows(
        "SELECT a.uin FROM account a LEFT JOIN suspension_record r ON r.customer_id = a.id AND r.until IS NULL"  # noqa: S608  # a constant
        f" WHERE a.kind = {AccountKind.CUSTOMER} AND a.associated_at IS NOT NULL"
        " AND a.suspension <> coalesce(r.level, 0)"
    )
    for (uin,) in rows:
        yield f"account {uin}: its suspension differs from the record of it"


def _permissions() -> Found:
    """What each user may do and whether it sees assigned customers only, from its roles."""
    users = User.objects.everything(reason=WHY).order_by("id").prefetch_related("roles__custom")
    for user in users.iterator(READ_AT_ONCE):
        roles = list(user.roles.all())
        presets = [role.preset for role in roles if role.preset]
        if user.permissions != permissions_of(presets, [role.custom.permissions for role in roles if role.custom]):
            yield f"user {user.pk}: its permissions do not follow from its roles"
        if user.only_assigned != (presets == [Preset.ACCOUNT_MANAGER] and len(roles) == 1):
            yield f"user {user.pk}: whether it sees assigned customers only does not follow from its roles"


def _references() -> Found:
    """Rows that name a row which is not there. PostgreSQL refuses them at any time, SQLite could be told not to."""
    if connection.vendor != "sqlite":
        return
    for table, row, parent, _constraint in _rows("PRAGMA foreign_key_check"):
        yield f"row {row} of {table} names a row of {parent} that is not there"


def _triggers() -> Found:
    for name in triggers.missing():
        yield f"the trigger {name} is missing or altered; `openpartner migrate` installs it"


def _rebuilt() -> Found:
    for aside in bulk.ASIDES.values():
        yield from aside.verify()


def _audit() -> Found:
    try:
        report = walk_audit()
    except ChainKeyWrong as error:
        yield str(error)
        return
    for fault in report.faults:
        if fault.kind is FaultKind.UNSEALED:
            continue  # no worker has run yet: nothing differs; `openpartner audit verify` tells it
        yield f"audit log, {fault.kind}: {fault.says}"


CHECKS: Sequence[Check] = (
    Check("tenants of accounts", _tenants),
    Check("history of associations", _history),
    Check("counters of customers", _counts),
    Check("account managers", _managers),
    Check("suspensions", _suspensions),
    Check("folded names", _folded_sample, thorough=_folded),
    Check("permissions of users", _permissions),
    Check("references", _references),
    Check("triggers", _triggers),
    Check("search index", _rebuilt),
    Check("audit log", _audit),
)


def _differ(left: str, right: str) -> str:
    """SQL of `not equal, where NULL equals NULL`."""
    return f"{left} {'IS NOT' if connection.vendor == 'sqlite' else 'IS DISTINCT FROM'} {right}"


def _rows(sql: str) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        while batch := cursor.fetchmany(READ_AT_ONCE):
            yield from batch
