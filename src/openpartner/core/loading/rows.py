"""Rows on their way into a table in large numbers: plain values, no model instances."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import islice
from operator import attrgetter
from typing import Any, cast

from django.db import connection, models

from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import set_tenants
from openpartner.core.base.kinds import AssociationKind, CustomerType, Site, Suspension, Verification

BATCH = 20_000
"""Rows handed to the database at a time; bounds the memory of a load."""


@dataclass(slots=True, kw_only=True)
class AccountRow:
    """One account as the table holds it. Numbers and texts are plain, because drivers take enumerations apart."""

    id: int
    uin: int
    account_id: str
    kind: int
    site: str = Site.INTL.value
    account_name: str
    legal_name: str = ""
    country_code: str = ""
    mobile: str = ""
    email: str = ""
    region: str = ""
    industry: str = ""
    customer_type: int = CustomerType.NONE.value
    customer_level: str = "V0"
    verification: int = Verification.NONE.value
    verified_at: datetime | None = None
    registered_at: datetime
    labels: str = ""
    remark: str = ""
    external_id: str = ""
    external_platform: str = ""
    suspension: int = Suspension.NONE.value
    suspended_at: datetime | None = None
    bills_visible: bool = True
    provider_id: int | None = None
    payer_id: int | None = None
    partner_id: int | None = None
    manager_id: int | None = None
    association_kind: int | None = None
    associated_at: datetime | None = None
    account_name_folded: str = ""
    legal_name_folded: str = ""
    search_key: str = ""
    search_bigrams: str = ""

    @property
    def pk(self) -> int:
        """The key, under the name that models give it."""
        return self.id

    def bind(self, partner: AccountRow, since: datetime, kind: AssociationKind = AssociationKind.RESALE) -> None:
        """Put the account under a partner, or a partner under the provider, by the rules of `placing`."""
        set_tenants(cast(Account, self), cast(Account, partner), kind=kind, since=since)
        self.site = str(self.site)
        self.association_kind = int(kind)

    def fold(self) -> None:
        """Derive the columns that searches read, as the account itself does."""
        Account.fold_names(cast(Account, self))


COLUMNS = tuple(field.name for field in fields(AccountRow))
as_tuple: Callable[[AccountRow], tuple[Any, ...]] = attrgetter(*COLUMNS)

assert set(COLUMNS) == {field.attname for field in Account._meta.concrete_fields}, "a column is missing or too many"


def insert_accounts(rows: Iterable[AccountRow], tell: Callable[[int], None] = lambda _: None) -> int:
    """Insert accounts and return how many; `tell` hears after each batch how many there are."""
    return insert_rows(Account, COLUMNS, map(as_tuple, rows), tell)


def insert_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
    tell: Callable[[int], None] = lambda _: None,
) -> int:
    """Insert rows of plain values through the driver's fastest way and return how many. Instants are UTC."""
    assert connection.in_atomic_block, "a load is all or nothing"
    fields_by_column = {field.attname: field for field in model._meta.concrete_fields}
    chosen = [fields_by_column[name] for name in columns]
    names = ", ".join(connection.ops.quote_name(field.attname) for field in chosen)
    table = connection.ops.quote_name(model._meta.db_table)
    instants = [place for place, field in enumerate(chosen) if isinstance(field, models.DateTimeField)]
    done = 0
    for batch in batches(rows):
        if connection.vendor == "sqlite":
            _executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})", instants, batch)  # noqa: S608  # names of columns
        else:
            _copy(f"COPY {table} ({names}) FROM STDIN", batch)
        done += len(batch)
        tell(done)
    return done


def batches(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """The rows in lists of bounded length."""
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        yield batch


def sqlite_instant(moment: datetime | None) -> str | None:
    """An instant of whole seconds in UTC as Django keeps it on SQLite; a fifth of the cost of asking Django."""
    return None if moment is None else moment.isoformat(" ")[:19]


def _field(column: str) -> str:
    return (
        column.removesuffix("_id") if column.endswith("_id") and column not in {"account_id", "external_id"} else column
    )


def _executemany(sql: str, instants: Sequence[int], batch: list[tuple[Any, ...]]) -> None:
    def adapted() -> Iterator[list[Any]]:
        for row in batch:
            values = list(row)
            for place in instants:
                values[place] = sqlite_instant(values[place])
            yield values

    connection.ensure_connection()
    # The driver itself: Django's wrapper would rewrite the text and log each batch.
    connection.connection.executemany(sql, adapted())


def _copy(sql: str, batch: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(sql) as copy:
        for row in batch:
            copy.write_row(row)
