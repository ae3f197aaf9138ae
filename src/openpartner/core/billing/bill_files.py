"""Making a file of bills: one statement for each CSV file of it, straight from the lines to the disk."""

from __future__ import annotations

import csv
import os
import secrets
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.scope import Scope
from openpartner.core.billing.columns import Level, Query, query
from openpartner.core.billing.downloads import Holds, name_of, path_of, versions_of
from openpartner.core.billing.models import BillDownload
from openpartner.core.billing.months import month_text
from openpartner.core.billing.queries import BillFilter, Dimension, copying, sums
from openpartner.kit import clock
from openpartner.kit.files import MODE_PRIVATE, MODE_PRIVATE_FOLDER, sync_folder

OPTIONS = "FORMAT csv, HEADER true"
BOM = "\ufeff"
"""Begins a file for spreadsheets, which otherwise take UTF-8 for the encoding of their own country."""
UNFINISHED = ".new"
COPIED_AT_ONCE = 1 << 20


class Outdated(Exception):
    """The month was published again while its file was made."""


@dataclass(frozen=True, slots=True)
class Part:
    """One CSV file: which lines it has, and whose uin names it."""

    uin: int
    where: BillFilter


Run = Callable[[Callable[[], int]], int]
"""Runs something slow that asks the database nothing, in whatever way its caller waits for it."""


def write_bill_file(caller: Caller, row: BillDownload, run: Run) -> None:
    """Write the file of a row to its place and set its size, number of rows and `ready_at`, without saving them.

    Outdated when the lines are no longer of the version that was asked for.
    """
    level, holds = Level(row.level), Holds(row.holds)
    scope = caller.scope
    pays = AccountKind(caller.kind).pays or caller.kind is AccountKind.PROVIDER
    asked = query(level, month_text(row.month), row.language, with_partner_costs=pays and holds is Holds.EVERYBODY)
    target = path_of(row.stored)
    target.parent.mkdir(parents=True, exist_ok=True, mode=MODE_PRIVATE_FOLDER)
    # Of this attempt alone: another, which was believed dead, may still be writing its own.
    new = target.with_name(f"{target.name}.{secrets.token_hex(4)}{UNFINISHED}")
    part_path = new.with_suffix(".part")
    try:
        if holds.is_pack:
            row.rows = _write_pack(caller, row, asked, new, part_path, run)
        else:
            (part,) = _parts(caller, row)
            row.rows = _write_csv(scope, part.where, asked, new, run)
        if versions_of(scope, row.month) != row.versions:
            raise Outdated
        with new.open("rb") as file:
            os.fsync(file.fileno())
        new.chmod(MODE_PRIVATE)
        new.replace(target)
        sync_folder(target.parent)
    finally:
        for left in (new, part_path):
            with suppress(FileNotFoundError):
                left.unlink()
    row.size = target.stat().st_size
    row.ready_at = clock.now()


def _write_pack(caller: Caller, row: BillDownload, asked: Query, target: Path, part_path: Path, run: Run) -> int:
    mark = row.stored[:6]
    rows = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as pack:
        for part in _parts(caller, row):
            rows += _write_csv(caller.scope, part.where, asked, part_path, run)
            pack.write(part_path, name_of(Level(row.level), part.uin, row.month, mark))
    return rows


def _write_csv(scope: Scope, where: BillFilter, asked: Query, target: Path, run: Run) -> int:
    """Write one file with its header and return how many lines it has."""
    select = asked.select.replace(' AS "', f' AS "{BOM}', 1)
    tail = f"{_uins(scope, where)} {asked.tail}"
    rows = run(copying(scope, where, select, str(target), OPTIONS, tail=tail))
    if not rows:
        with target.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow(asked.header)
    return rows


def _uins(scope: Scope, where: BillFilter) -> str:
    """SQL that gives each line the uins of its three accounts beside their keys."""
    keys = {
        key
        for row in sums(scope, where, (Dimension.PAYER, Dimension.PARTNER, Dimension.CUSTOMER), ())
        for key in row[:3]
    }
    accounts = Account.objects.everything(reason="named by lines within the scope").filter(pk__in=keys)
    values = ", ".join(f"({key}, {uin})" for key, uin in accounts.values_list("pk", "uin")) or "(0, 0)"
    return " ".join(
        f"LEFT JOIN (VALUES {values}) AS {name}({name}_key, {name}_uin) ON {column} = {name}_key"
        for name, column in (("payer", "payer_id"), ("reseller", "partner_id"), ("owner", "customer_id"))
    )


def _parts(caller: Caller, row: BillDownload) -> Iterator[Part]:
    """The CSV files of a row, in the order of their accounts."""
    where = BillFilter.month(row.month)
    match Holds(row.holds):
        case Holds.ONE:
            yield Part(caller.uin, replace(where, partner=row.partner or None, customer=row.customer or None))
            return
        case Holds.EVERYBODY:
            yield Part(caller.uin, where)
            return
        case Holds.CUSTOMERS:
            own = replace(where, partner=caller.account)
            found = sums(caller.scope, own, (Dimension.CUSTOMER,), ())
            parts: dict[tuple[int, ...], BillFilter] = {(key,): replace(own, customer=key) for key, _lines in found}
        case Holds.RESELLERS:
            found = sums(caller.scope, where, (Dimension.PARTNER,), ())
            parts = {(key,): replace(where, partner=key) for key, _lines in found if key != caller.account}
        case Holds.RESELLERS_CUSTOMERS:
            found = sums(caller.scope, where, (Dimension.PARTNER, Dimension.CUSTOMER), ())
            parts = {
                (partner, key): replace(where, partner=partner, customer=key)
                for partner, key, _lines in found
                if partner != caller.account
            }
    accounts = Account.objects.everything(reason="named by lines within the scope")
    uins = dict(accounts.filter(pk__in={key[-1] for key in parts}).values_list("pk", "uin"))
    for key in sorted(parts):
        yield Part(uins[key[-1]], parts[key])
