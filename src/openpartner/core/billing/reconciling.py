"""Keeping what an import holds: its control totals, its summary, and the codes it names things by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

from openpartner.core.billing.booking import Control, exact_sum, plain
from openpartner.core.billing.models import BillImport, ControlTotal
from openpartner.core.billing.months import month_text
from openpartner.core.catalogue.entries import HUAWEI, Entry, Level
from openpartner.core.catalogue.names import remember

if TYPE_CHECKING:
    import duckdb

ROWS_AT_ONCE = 1_000
CODES_MAX = 20_000
"""Codes of one level that one import can add: prices of components can be as many as lines."""
NAMED = {
    Level.SERVICE: ("service_code", "service_name", "''"),
    Level.PRODUCT: ("product_code", "product_name", "service_code"),
    Level.COMPONENT_TYPE: ("component_type_code", "component_type_name", "coalesce(resource_type_code, product_code)"),
    Level.COMPONENT: ("component_code", "component_name", "component_type_code"),
    Level.RESOURCE_TYPE: ("resource_type_code", "resource_type_name", "service_code"),
    Level.REGION: ("region_code", "region_name", "''"),
    Level.ZONE: ("zone_code", "zone_name", "region_code"),
}
FIRST_HAN, LAST_HAN = "\u2e80", "\u9fff"


def keep_controls(row: BillImport, found: Iterable[Control]) -> None:
    """Store the control totals of an import in place of what it had. Part of the caller's transaction."""
    ControlTotal.objects.everything(reason="of the import itself").filter(source=row).delete()
    ControlTotal.objects.bulk_create(
        [
            ControlTotal(
                source=row,
                provider_id=row.provider_id,
                cloud=one.cloud,
                month=one.month,
                billing_account=one.billing_account[:128],
                currency=one.currency[:8],
                lines=one.lines,
                parked=one.parked,
                billed_delivered=plain(one.delivered),
                billed_booked=plain(one.booked),
                residue=plain(one.residue),
                left_over=plain(one.left_over),
            )
            for one in found
        ],
        batch_size=ROWS_AT_ONCE,
    )


def summary_of(found: list[Control], version: str) -> dict[str, Any]:
    """The months of an import, as people read them: lines, lines without a customer, and what was delivered."""
    months = [
        {
            "cloud": cloud,
            "month": month_text(month),
            "currency": currency,
            "accounts": len(some),
            "lines": sum(one.lines for one in some),
            "parked": sum(one.parked for one in some),
            "delivered": plain(exact_sum(one.delivered for one in some)),
            "booked": plain(exact_sum(one.booked for one in some)),
        }
        for (cloud, month, currency), some in _grouped(found)
    ]
    return {"version": version, "months": months}


def _grouped(found: list[Control]) -> Iterator[tuple[tuple[str, int, str], list[Control]]]:
    def key(one: Control) -> tuple[str, int, str]:
        return one.cloud, one.month, one.currency

    for group, some in groupby(sorted(found, key=key), key):
        yield group, list(some)


def remember_names(connection: duckdb.DuckDBPyConnection, lines: str) -> None:
    """Add the codes and names of lines to the catalogue."""
    for level, (code, name, parent) in NAMED.items():
        found = connection.execute(
            f"SELECT cloud, {code}, coalesce(max({name}), ''), coalesce(max({parent}), '') FROM ({lines})"  # noqa: S608  # of ours
            f" WHERE {code} IS NOT NULL GROUP BY cloud, {code} LIMIT {CODES_MAX}"
        ).fetchall()
        remember(_entry(level, *row) for row in found)


def _entry(level: Level, cloud: str, code: str, name: str, parent: str) -> Entry:
    if level is Level.COMPONENT_TYPE and cloud == HUAWEI:
        level = Level.USAGE_TYPE
    is_chinese = any(FIRST_HAN <= char <= LAST_HAN for char in name)
    return Entry(
        cloud, level, code, name_en="" if is_chinese else name, name_zh=name if is_chinese else "", parent=parent
    )
