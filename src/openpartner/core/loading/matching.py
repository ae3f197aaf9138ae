"""The second pass of an import: each staged row is compared with the accounts there are, and its fate decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from openpartner.core.access.models import User
from openpartner.core.accounts.models import Account
from openpartner.core.base.kinds import PARENT_KINDS, AccountKind, Suspension, Verification
from openpartner.core.base.scope import Scope
from openpartner.core.loading.columns import BY_NAME, COLUMNS
from openpartner.core.loading.models import Fate, StagedAccount
from openpartner.core.loading.staging import FAULTS_MAX, Basis, Fault, fold
from openpartner.kit.ids import UIN_MAX, is_account_id, mint_account_id, mint_uin

ROWS_AT_ONCE = 2_000
WHY = "uins, ids and names are unique across all tenants"
FIXED = {"kind", "uin", "account_id", "partner", "association_type", "associated_at", "site", "account_manager"}
DESCRIPTIVE = {column.name: column.field for column in COLUMNS if column.name not in FIXED}
"""Columns of the file that an import may change in an account that exists, and the account's columns."""
WRITTEN = (
    "fate", "target", "changes", "seen_key", "seen_partner", "partner_uin", "manager_id", "uin", "account_id",
    "verified_at", "suspended_at", *Account.FOLDED,
)  # fmt: skip  # what a comparison leaves in a staged row


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner that a row may be bound to: an account, or a row of the same file (without a key)."""

    uin: int
    kind: AccountKind
    key: int | None


class Known:
    """The accounts, partners and users that one batch of rows speaks of, read at once."""

    def __init__(self, basis: Basis, scope: Scope, rows: list[StagedAccount]) -> None:
        everything = Account.objects.everything(reason=WHY)
        found = [
            *everything.filter(uin__in=[row.uin for row in rows]),
            *everything.filter(account_id__in=[row.account_id for row in rows]),
            *everything.filter(account_name__in=[row.account_name for row in rows if row.account_name]),
        ]
        self.by_uin = {account.uin: account for account in found}
        self.by_id = {account.account_id: account for account in found}
        self.by_name = {account.account_name: account for account in found}
        keys = {account.pk for account in found}
        self.visible = set(Account.objects.within(scope).filter(pk__in=keys).values_list("pk", flat=True))
        self.partners = _partners(basis, scope, {row.partner_reference for row in rows} - {""})
        emails = {row.manager_email.casefold() for row in rows} - {""}
        users = User.objects.everything(reason="a partner's people, compared by its key").filter(
            email__in=emails, is_active=True
        )
        self.users = {(user.account_id, user.email): user.pk for user in users}


def match(basis: Basis, scope: Scope, rows: list[StagedAccount]) -> list[Fault]:
    """Decide the fate of these rows, save it, and return what is wrong."""
    known = Known(basis, scope, rows)
    faults: list[Fault] = []
    for row in rows:
        found: list[Fault] = []
        _match(basis, known, row, found)
        if found:
            row.fate = Fate.INVALID.value
            faults += found
    _save(rows)
    return faults


def next_rows(job: int, kind: int, after: int) -> list[StagedAccount]:
    """The next rows of a kind that are not known to be wrong, in the order of the file."""
    rows = StagedAccount.objects.everything(reason="rows of the job that runs")
    return list(
        rows.filter(job=job, kind=kind, line__gt=after).exclude(fate=Fate.INVALID).order_by("line")[:ROWS_AT_ONCE]
    )


def duplicates(job: int) -> list[Fault]:
    """Rows that repeat an identifier of an earlier row; identifiers that were minted are minted anew instead."""
    faults: list[Fault] = []
    mints: dict[str, Callable[[], object]] = {"uin": mint_uin, "account_id": mint_account_id}
    for column in ("uin", "account_id", "account_name"):
        for line, given, first, first_given in _run(
            "SELECT * FROM (SELECT line, given, first_value(line) OVER same AS first_line,"  # noqa: S608  # a column of ours
            " first_value(given) OVER same AS first_given FROM staged_account"
            f" WHERE job = %s AND account_name <> '' WINDOW same AS (PARTITION BY {column} ORDER BY line)) AS grouped"
            " WHERE line <> first_line ORDER BY line LIMIT %s",
            job,
            FAULTS_MAX,
        ):
            minted = [n for n, names in ((line, given), (first, first_given)) if f",{column}," not in names]
            if column in mints and minted:
                _run(
                    f"UPDATE staged_account SET {column} = %s WHERE job = %s AND line = %s",  # noqa: S608  # a column of ours
                    mints[column](),
                    job,
                    minted[0],
                )
            else:
                faults.append((line, column, f"is that of line {first} already"))
    return faults


def doubles(job: int) -> list[Fault]:
    """Rows that speak of the account of an earlier row under another identifier."""
    return [
        (last, "", f"speaks of the account of line {first} already")
        for first, last in _run(
            "SELECT min(line), max(line) FROM staged_account WHERE job = %s AND target IS NOT NULL"
            " GROUP BY target HAVING count(*) > 1 ORDER BY 2 LIMIT %s",
            job,
            FAULTS_MAX,
        )
    ]


def _match(basis: Basis, known: Known, row: StagedAccount, faults: list[Fault]) -> None:
    row.target, row.changes, row.partner_uin, row.manager_id = None, "", None, None

    def wrong(column: str, says: str) -> None:
        faults.append((row.line, column, says))

    target = _target(known, row, wrong)
    if faults:
        return
    partner = known.partners.get(row.partner_reference)
    if row.partner_reference and partner is None:
        wrong("partner", "there is no such partner")
    elif partner is not None and partner.kind not in PARENT_KINDS[AccountKind(row.kind)]:
        wrong("partner", f"a {AccountKind(row.kind).label} is not bound to a {partner.kind.label}")
    elif partner is None and (target is None or target.partner_id is None):
        wrong("partner", f"is needed for a {AccountKind(row.kind).label} that is not bound yet")
    if faults:
        return
    row.partner_uin = partner.uin if partner else None
    if target is None:
        row.fate = Fate.NEW
        _mint_unused(known, row)
        holder = partner.key if partner else None
    else:
        _compare(basis, row, target, partner, wrong)
        holder = target.partner_id if target.partner_id is not None else (partner.key if partner else None)
    if row.manager_email:
        _assign(known, row, target, holder, wrong)
    if target is not None and row.fate == Fate.CHANGED and not row.changes:
        row.fate = Fate.UNCHANGED


def _target(known: Known, row: StagedAccount, wrong: Callable[[str, str], None]) -> Account | None:
    """The account that the row speaks of, None for a new one."""
    by_uin = known.by_uin.get(row.uin) if ",uin," in row.given else None
    by_id = known.by_id.get(row.account_id) if ",account_id," in row.given else None
    by_name = known.by_name.get(row.account_name)
    target = by_uin or by_id
    named_by = "uin" if by_uin else "account_id"
    if by_uin and ",account_id," in row.given and by_uin.account_id != row.account_id:
        wrong("account_id", "is not that of the account with this uin")
    elif by_id and ",uin," in row.given and by_id.uin != row.uin:
        wrong("uin", "is not that of the account with this account id")
    elif target is None and by_name is not None and (",uin," in row.given or ",account_id," in row.given):
        wrong("account_name", "is taken by an account with another uin or account id")
    elif target is not None and by_name is not None and by_name.pk != target.pk:
        wrong("account_name", "is taken by another account")
    elif target is None and by_name is not None:
        target, named_by = by_name, "account_name"
    if target is not None and target.pk not in known.visible:
        wrong(named_by, "is taken by an account that is not yours")
    elif target is not None and target.kind != row.kind:
        wrong("kind", f"is a {AccountKind(target.kind).label} and stays one")
    return target


def _compare(
    basis: Basis, row: StagedAccount, target: Account, partner: Partner | None, wrong: Callable[[str, str], None]
) -> None:
    """What the row would change in an account that exists."""
    row.target, row.uin, row.account_id = target.pk, target.uin, target.account_id
    row.seen_key, row.seen_partner = target.search_key, target.partner_id
    row.fate = Fate.BOUND if target.partner_id is None else Fate.CHANGED
    given = [name for name in row.given.split(",") if name]
    if target.partner_id is not None:
        if "partner" in given and (partner is None or partner.key != target.partner_id):
            wrong("partner", "the account is bound to another partner; release it first")
        if "association_type" in given and row.association_kind != target.association_kind:
            wrong("association_type", "the account is bound in another way; release it first")
        if "associated_at" in given and row.associated_at != target.associated_at:
            wrong(
                "associated_at", f"the account is bound since {target.associated_at:%F %T} UTC; history stays as it is"
            )
    if "site" in given and row.site != target.site:
        wrong("site", f"is {target.site} and stays it")
    changes = [name for name in given if name in DESCRIPTIVE and _value(row, name) != _value(target, name)]
    for name, moment, none in (
        ("verification", "verified_at", row.verification != Verification.VERIFIED),
        ("suspension", "suspended_at", row.suspension == Suspension.NONE),
    ):
        if name in changes and moment not in given:
            setattr(row, moment, None if none else basis.at)
            changes.append(moment)
    for name in ("account_name", "legal_name"):
        if name not in given:
            setattr(row, name, getattr(target, name))
    fold(row)
    row.changes = f",{','.join(changes)}," if changes else ""


def _value(row: StagedAccount | Account, column: str) -> object:
    found: object = getattr(row, DESCRIPTIVE[column])
    return found


def _assign(
    known: Known, row: StagedAccount, target: Account | None, holder: int | None, wrong: Callable[[str, str], None]
) -> None:
    row.manager_id = known.users.get((holder, row.manager_email.casefold())) if holder is not None else None
    if row.manager_id is None:
        wrong("account_manager", "is not a user of the customer's partner")
    elif target is not None and target.manager_id != row.manager_id:
        row.changes = f"{row.changes or ','}account_manager,"


def _mint_unused(known: Known, row: StagedAccount) -> None:
    """Another number for a minted one that an account has: a chance of one in a million for each million rows."""
    while ",uin," not in row.given and row.uin in known.by_uin:
        row.uin = mint_uin()
    while ",account_id," not in row.given and row.account_id in known.by_id:
        row.account_id = mint_account_id()


def _partners(basis: Basis, scope: Scope, references: set[str]) -> dict[str, Partner]:
    """The partners that these references name: accounts the caller sees, its own, and those of the file."""
    names = sorted(references)
    uins = [int(name) for name in names if name.isascii() and name.isdigit() and int(name) <= UIN_MAX]
    ids = [name.lower() for name in names if is_account_id(name.lower())]
    own = Account.objects.everything(reason="the caller's own row").filter(pk=basis.owner)
    seen = Account.objects.within(scope).exclude(kind=AccountKind.CUSTOMER)
    staged = StagedAccount.objects.everything(reason="rows of the job that runs").filter(job=basis.job)
    staged = staged.exclude(kind=AccountKind.CUSTOMER)
    found: dict[str, Partner] = {}
    # The last one written wins: the file, then what is seen, then the caller; names, then ids, then uins.
    for column, values in (("account_name", names), ("account_id", ids), ("uin", uins)):
        wanted = {f"{column}__in": values}
        for row in staged.filter(**wanted):
            found[str(getattr(row, column))] = Partner(row.uin, AccountKind(row.kind), row.target)
        for account in _both(seen.filter(**wanted), own.filter(**wanted)):
            found[str(getattr(account, column))] = Partner(account.uin, AccountKind(account.kind), account.pk)
    return {name: found[key] for name in names for key in (name, name.lower()) if key in found}


def _both(first: Iterable[Account], second: Iterable[Account]) -> Iterable[Account]:
    yield from first
    yield from second


def _save(rows: list[StagedAccount]) -> None:
    fields = [StagedAccount._meta.get_field(name) for name in WRITTEN]
    sql = f"UPDATE staged_account SET {', '.join(f'{name} = %s' for name in WRITTEN)} WHERE id = %s"  # noqa: S608  # columns of ours
    with connection.cursor() as cursor:
        cursor.executemany(
            sql,
            [
                [*(field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields), row.pk]  # type: ignore[union-attr]  # plain columns
                for row in rows
            ],
        )


def _run(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


assert BY_NAME.keys() >= FIXED
