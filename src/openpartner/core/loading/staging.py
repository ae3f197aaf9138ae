"""The first pass of an import: lines become staged rows, each cell judged by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, cast

from openpartner.core.accounts.models import Account
from openpartner.core.base.kinds import PARENT_KINDS, AccountKind, AssociationKind, Site, Suspension, Verification
from openpartner.core.loading.columns import BY_NAME, BadCell
from openpartner.core.loading.files import Line
from openpartner.core.loading.models import Fate, ImportFault, StagedAccount
from openpartner.core.loading.rows import insert_rows
from openpartner.kit.ids import mint_account_id, mint_uin

LINES_AT_ONCE = 5_000
FAULTS_MAX = 1_000
"""Faults that are kept and told; beyond them an import only counts."""
SAYS_MAX = 300
A_DAY = timedelta(days=1)
COLUMNS = tuple(field.attname for field in StagedAccount._meta.concrete_fields if field.attname != "id")
FAULT_COLUMNS = ("owner", "job", "line", "column", "says")

Fault = tuple[int, str, str]
"""Line, column and what is wrong."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What every line of one import shares."""

    owner: int
    owner_kind: AccountKind
    owner_uin: int
    job: int
    at: datetime
    """When the import was asked for: stands in for times that the file leaves out, the same after every restart."""


def stage(basis: Basis, lines: list[Line], faults_before: int) -> int:
    """Insert the staged rows of these lines and their faults; returns how many faults there are."""
    faults: list[Fault] = []
    rows = [_staged(basis, line, faults) for line in lines]
    insert_rows(StagedAccount, COLUMNS, rows)
    return keep_faults(basis, faults, faults_before)


def keep_faults(basis: Basis, faults: list[Fault], before: int) -> int:
    """Insert the faults that are still to be told and return how many there are of them in all."""
    room = max(0, FAULTS_MAX - before)
    told = ((basis.owner, basis.job, line, column[:64], says[:SAYS_MAX]) for line, column, says in islice(faults, room))
    insert_rows(ImportFault, FAULT_COLUMNS, told)
    return len(faults)


def _staged(basis: Basis, line: Line, faults: list[Fault]) -> tuple[Any, ...]:
    found: list[Fault] = [(line.number, column, says) for column, says in line.problems]
    values: dict[str, Any] = {}
    for name, text in line.cells.items():
        column = BY_NAME[name]
        try:
            values[column.field] = column.read(text)
        except BadCell as error:
            found.append((line.number, name, f"{error}: {text[:60]!r}"))
    values.setdefault("kind", AccountKind.CUSTOMER.value)
    _complete(basis, line, values, found)
    row = StagedAccount(
        owner=basis.owner,
        job=basis.job,
        line=line.number,
        given="," + "".join(f"{name}," for name in line.cells),
        fate=(Fate.INVALID if found else Fate.UNKNOWN).value,
        **values,
    )
    faults.extend(found)
    fold(row)
    return tuple(getattr(row, name) for name in COLUMNS)


def fold(row: StagedAccount) -> None:
    """Derive the columns that searches read, as the account itself does."""
    Account.fold_names(cast(Account, row))


def _complete(basis: Basis, line: Line, values: dict[str, Any], faults: list[Fault]) -> None:
    """What follows from the other cells, and what must not be left out."""
    if "verified_at" in values and values.get("verification") != Verification.VERIFIED:
        faults.append((line.number, "verified_at", "needs `verified` in the column verification"))
    if "suspended_at" in values and not values.get("suspension"):
        faults.append((line.number, "suspended_at", "needs the column suspension to say what is suspended"))
    if values.get("associated_at", basis.at) > basis.at + A_DAY:
        faults.append((line.number, "associated_at", "lies in the future"))
    if "account_name" not in values:
        values["account_name"] = ""
        if not any(column == "account_name" for _, column, _ in faults):
            faults.append((line.number, "account_name", "is needed"))
    kind = AccountKind(values["kind"])
    if "partner_reference" not in values and basis.owner_kind in PARENT_KINDS[kind]:
        values["partner_reference"] = str(basis.owner_uin)
    if kind != AccountKind.CUSTOMER and "manager_email" in values:
        faults.append((line.number, "account_manager", "belongs to customers only"))
    if not kind.pays and "site" in values:
        faults.append((line.number, "site", "belongs to distributors and resellers; the others have their partner's"))
    values.setdefault("uin", mint_uin())
    values.setdefault("account_id", mint_account_id())
    values.setdefault("site", Site.INTL.value)
    values.setdefault("legal_name", "")
    values.setdefault("association_kind", AssociationKind.RESALE.value)
    moment = values.get("associated_at", values.get("registered_at", basis.at))
    values.setdefault("registered_at", moment)
    values.setdefault("associated_at", moment)
    if values.get("verification") == Verification.VERIFIED:
        values.setdefault("verified_at", values["registered_at"])
    if values.get("suspension", Suspension.NONE) != Suspension.NONE:
        values.setdefault("suspended_at", basis.at)


def taken(items: Iterable[Line], count: int) -> list[Line]:
    """The next lines, at most so many."""
    return list(islice(items, count))
