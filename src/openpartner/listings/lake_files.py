"""Files of bill lines that DuckDB writes: Parquet with the columns of the list, and FOCUS 1.2 as CSV or Parquet."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, time
from pathlib import Path
from typing import Any

from openpartner.core.base.scope import Scope
from openpartner.core.billing.lake import working_lake
from openpartner.core.billing.months import first_day
from openpartner.core.billing.queries import Dimension, copying, sums
from openpartner.kit.files import MODE_PRIVATE
from openpartner.lake.schema import COLUMNS, create_table
from openpartner.lake.store import quoted
from openpartner.listings.bill_filters import ZONE_OF_BILLS
from openpartner.listings.bill_people import KEYS, People, split
from openpartner.listings.bill_words import CLOUDS
from openpartner.listings.declare import Cell, Column, Source
from openpartner.listings.lake_rows import Asks, LineTexts, masked_sql, text_sql
from openpartner.listings.records import Format, cell_of

PARQUET = "FORMAT parquet, COMPRESSION zstd"
CSV = "FORMAT csv, HEADER false, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%SZ'"
FORMATS = (Format.PARQUET, Format.FOCUS, Format.FOCUS_PARQUET)
"""What DuckDB writes whole; a list's own CSV and XLSX are made of its texts."""
EARLIEST = 12 * 2000
WAITING_SECONDS = 2.0
"""So often a job is told how far its file is, which also keeps the job."""
BEHIND_UTC = "INTERVAL 8 HOUR"
BEIJING = "cloud IN ('tencent', 'huawei')"
"""The clouds whose bill months and days begin in UTC+8; the others' are UTC."""


@dataclass(frozen=True, slots=True)
class LineFiles:
    """The files of a listing of lines."""

    asks: Asks

    def source(self, columns: Sequence[Column], behind: Sequence[str], *, unmasked: bool) -> Source[Any]:
        """The lines as marked text."""
        return LineTexts(self.asks, tuple(columns), tuple(behind), unmasked)

    def write(
        self,
        scope: Scope,
        where: Any,  # noqa: ANN401  # of the listing
        columns: Sequence[Column],
        *,
        order: str,  # there is one
        unmasked: bool,
        file_format: str,
        target: Path,
    ) -> Iterator[int]:
        """Write a file month by month, and tell how many lines are done."""
        asked = self.asks(scope, where)
        names = target.with_name(f"{target.name}-names")
        is_csv = file_format == Format.FOCUS
        tail = ""
        if file_format == Format.PARQUET:
            people = People(scope)
            people.know(
                key for row in sums(scope, asked, (Dimension.CUSTOMER, Dimension.PARTNER), ()) for key in row[:2]
            )
            tail = _with_names(names, people, columns, unmasked=unmasked)
        done, parts = 0, []
        with ThreadPoolExecutor(max_workers=1) as thread:
            for month in range(asked.first_month, asked.last_month + 1):
                part = target.with_name(f"{target.name}-{month}")
                parts.append(part)
                select = (
                    _shown(columns, unmasked=unmasked)
                    if file_format == Format.PARQUET
                    else focus_select(month, unmasked=unmasked)
                )
                options = CSV if is_csv else PARQUET
                of_month = replace(asked, first_month=month, last_month=month)
                working = thread.submit(copying(scope, of_month, select, str(part), options, tail=tail))
                for _tick in _until(working):
                    yield done
                done += working.result()
            if not is_csv and not any(part.exists() for part in parts):
                _write_empty(f"SELECT {select} FROM nothing {tail}", parts[0])  # noqa: S608  # of ours
            for _tick in _until(thread.submit(_join, parts, target, is_csv=is_csv)):
                yield done
        names.unlink(missing_ok=True)
        target.chmod(MODE_PRIVATE)
        yield done


def _until(working: Future[Any]) -> Iterator[None]:
    """Now and then until something is done; its failure is raised here."""
    while not working.done():
        try:
            working.result(timeout=WAITING_SECONDS)
        except TimeoutError:
            yield None
    working.result()


def _join(parts: Sequence[Path], target: Path, *, is_csv: bool) -> None:
    """The files of the months as one."""
    found = [part for part in parts if part.exists()]
    if is_csv:
        with target.open("wb") as whole:
            whole.write(",".join(focus_columns()).encode() + b"\n")
            for part in found:
                with part.open("rb") as file:
                    shutil.copyfileobj(file, whole, 1 << 20)
    elif len(found) == 1:
        found[0].rename(target)
    elif found:
        files = ", ".join(quoted(part) for part in found)
        with closing(working_lake().connect()) as connection:
            connection.execute(f"COPY (SELECT * FROM read_parquet([{files}])) TO {quoted(target)} ({PARQUET})")  # noqa: S608  # of ours
    for part in found:
        part.unlink(missing_ok=True)


def _write_empty(query: str, part: Path) -> None:
    """A file without lines, which has columns all the same."""
    with closing(working_lake().connect()) as connection:
        connection.execute(create_table("nothing"))
        connection.execute(f"COPY ({query}) TO {quoted(part)} ({PARQUET})")


def _with_names(file: Path, people: People, columns: Sequence[Column], *, unmasked: bool) -> str:
    """A file of what is shown of customers and partners, and the joins that bring it to their lines."""
    asked = [(column, of) for column in columns if (of := split(str(column.value))) is not None]
    fields = ", ".join(["key BIGINT", *(f'"{column.key}" VARCHAR' for column, _of in asked)])
    rows = [
        [key, *(str(cell_of(column, people.fact(key, name), unmasked=unmasked)) for column, (_key, name) in asked)]
        for key in people.keys
    ]
    with closing(working_lake().connect()) as connection:
        connection.execute(f"CREATE TABLE names ({fields})")
        if rows:
            marks = ", ".join("?" for _ in rows[0])
            connection.executemany(f"INSERT INTO names VALUES ({marks})", rows)  # noqa: S608  # marks
        connection.execute(f"COPY names TO {quoted(file)} ({PARQUET})")
    return " ".join(
        [
            "AS line",
            *(f"LEFT JOIN read_parquet({quoted(file)}) AS of_{key} ON of_{key}.key = line.{key}" for key in KEYS),
        ]
    )


def _shown(columns: Sequence[Column], *, unmasked: bool) -> str:
    """The columns of a list under their keys: amounts as decimals, instants as instants, choices as words."""
    parts = []
    for column in columns:
        name = str(column.value)
        of = split(name)
        if of is not None:
            value = f"coalesce(of_{of[0]}.\"{column.key}\", '')"
        elif column.shows is Cell.CHOICE or (column.mask is not None and not unmasked):
            value = text_sql(column, unmasked=unmasked)
        else:
            value = f"line.{name}"
        parts.append(f'{value} AS "{column.key}"')
    return ", ".join(parts)


def _instants(month: int) -> dict[str, str]:
    """The columns of FOCUS that tell when: UTC, whatever zone the bill is in."""
    zone = f"CASE WHEN {BEIJING} THEN {BEHIND_UTC} ELSE INTERVAL 0 HOUR END"
    end = (
        "greatest(coalesce(usage_to, usage_from + INTERVAL 1 DAY,"
        f" CAST(bill_day AS TIMESTAMP) + INTERVAL 1 DAY - {zone}),"
        " coalesce(usage_from, usage_to) + INTERVAL 1 SECOND)"
    )
    return {
        "BillingPeriodStart": _begin(month),
        "BillingPeriodEnd": _begin(month + 1),
        "ChargePeriodStart": f"coalesce(usage_from, CAST(bill_day AS TIMESTAMP) - {zone})",
        # Most lines tell both, and to work out what the others end with is dear.
        "ChargePeriodEnd": f"CASE WHEN usage_to >= usage_from + INTERVAL 1 SECOND THEN usage_to ELSE {end} END",
    }


def _begin(month: int) -> str:
    """SQL of the instant a bill month begins at: one of two, which no line has to work out."""
    utc = datetime.combine(first_day(month), time())
    return f"CASE WHEN {BEIJING} THEN TIMESTAMP '{utc - ZONE_OF_BILLS}' ELSE TIMESTAMP '{utc}' END"


def _provider() -> str:
    whens = " ".join(f"WHEN {quoted(cloud)} THEN {quoted(str(word))}" for cloud, word in CLOUDS.items())
    return f"CASE cloud {whens} ELSE cloud END"


def _focus(month: int, *, unmasked: bool) -> dict[str, str]:
    """Column of FOCUS 1.2 -> SQL over the lake's columns. What must not be empty has something to fall back on."""
    found = {column.focus: column.name for column in COLUMNS if column.focus}
    if not unmasked:
        found |= {name: masked_sql(found[name]) for name in ("BillingAccountName", "SubAccountName")}
    found |= _instants(month)
    found |= {
        "ProviderName": _provider(),
        "PublisherName": f"coalesce(publisher, {_provider()})",
        "InvoiceIssuerName": f"coalesce(invoice_issuer, {_provider()})",
        "BillingAccountId": "coalesce(billing_account, '')",
        "BillingCurrency": "currency",
        "ChargeCategory": "coalesce(charge_category, 'Usage')",
        "ChargeDescription": "coalesce(charge_description, product_name, service_name)",
        "ServiceCategory": "coalesce(service_category, 'Other')",
        "ServiceName": "coalesce(service_name, service_code, 'Other')",
        "PricingQuantity": "coalesce(pricing_quantity, usage)",
        "PricingUnit": "coalesce(pricing_unit, usage_unit)",
    }
    return found


def focus_select(month: int, *, unmasked: bool) -> str:
    """The select list of a FOCUS 1.2 file of one month, in the order of the columns' names."""
    found = _focus(month, unmasked=unmasked)
    assert sorted(found) == focus_columns()
    return ", ".join(f"{found[name]} AS {name}" for name in sorted(found))


def focus_columns() -> list[str]:
    """The columns of a FOCUS 1.2 file, by name."""
    return sorted(_focus(EARLIEST, unmasked=True))
