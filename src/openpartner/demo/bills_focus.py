"""A FOCUS file of a third cloud, imported and its month closed: some of its accounts are nobody's, which is work to do.

Its services and regions are those of the catalogue's vocabulary. It is imported by the job of anybody's file.
"""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from openpartner.core.base.caller import Caller
from openpartner.core.billing.imports import KIND as IMPORT
from openpartner.core.billing.imports import start_import
from openpartner.core.billing.models import CloudAccount
from openpartner.core.billing.months import first_day, month_text
from openpartner.core.catalogue.entries import MICROSOFT
from openpartner.core.catalogue.vocabulary import regions, services
from openpartner.core.closing.commands import KIND as CLOSE
from openpartner.core.closing.commands import close_month
from openpartner.core.jobs.claim import claim, process_token
from openpartner.core.jobs.models import Job, JobState
from openpartner.core.jobs.run import run_claimed
from openpartner.demo.bills_tables import insert
from openpartner.kit import clock
from openpartner.lake.store import STAGING, Lake, quoted
from openpartner.worker.callers import rebuild

if TYPE_CHECKING:
    import duckdb

BY = "demo"
BILLING_ACCOUNT, BILLING_NAME = "EA-7731045", "Northlight Enterprise Agreement"
SUB_ACCOUNTS = (
    ("sub-0f3a", "Web shop"), ("sub-1b77", "Data platform"), ("sub-29c0", "Back office"), ("sub-3e15", "Games"),
    ("sub-4d68", "Unnamed subscription"), ("sub-5aa1", "Migration sandbox"),
)  # fmt: skip  # ids and names
MAPPED = 4
LINES = 2_400
SINCE = timedelta(days=365)

ROWS = """
SELECT 'Microsoft' AS ProviderName, 'Microsoft' AS PublisherName, 'Microsoft' AS InvoiceIssuerName,
       '{account}' AS BillingAccountId, '{name}' AS BillingAccountName, sub AS SubAccountId, sub_name AS SubAccountName,
       'USD' AS BillingCurrency, '{first} 00:00:00' AS BillingPeriodStart, '{next} 00:00:00' AS BillingPeriodEnd,
       strftime(day, '%Y-%m-%d 00:00:00') AS ChargePeriodStart,
       strftime(day + INTERVAL 1 DAY, '%Y-%m-%d 00:00:00') AS ChargePeriodEnd, 'Usage' AS ChargeCategory,
       'Usage-Based' AS ChargeFrequency, 'Standard' AS PricingCategory, service AS ServiceName,
       category AS ServiceCategory, subcategory AS ServiceSubcategory, service || ' usage' AS ChargeDescription,
       region AS RegionId, region_name AS RegionName,
       '/subscriptions/' || sub || '/resources/' || lower(to_hex(hash(h % 97) % 4294967296)) AS ResourceId,
       CAST(quantity AS DECIMAL(12, 4)) AS ConsumedQuantity, 'Hours' AS ConsumedUnit,
       CAST(quantity AS DECIMAL(12, 4)) AS PricingQuantity, 'Hours' AS PricingUnit,
       CAST(price AS DECIMAL(12, 8)) AS ListUnitPrice, amount AS ListCost, amount AS ContractedCost,
       amount AS EffectiveCost, amount AS BilledCost, line AS Id
FROM (SELECT *, CAST(CAST(quantity AS DECIMAL(12, 4)) * CAST(price AS DECIMAL(12, 8)) AS DECIMAL(24, 12)) AS amount
      FROM (SELECT *, DATE '{first}' + CAST(h % {days} AS INTEGER) AS day,
                   CAST((h >> 12) % 24000 + 1 AS BIGINT) * CAST(0.001 AS DECIMAL(4, 3)) AS quantity,
                   CAST((h >> 30) % 90000 + 500 AS BIGINT) * CAST(0.00000731 AS DECIMAL(10, 8)) AS price
            FROM (SELECT range AS line, hash({seed}, range) AS h FROM range({lines}))
            JOIN sub_account ON sub_account.place = CAST(CASE WHEN (h >> 5) % 16 < 15
                 THEN (h >> 9) % {mapped} ELSE {mapped} + (h >> 9) % ({subs} - {mapped}) END AS INTEGER)
            JOIN focus_service ON focus_service.place = CAST((h >> 20) % {services} AS INTEGER)
            JOIN focus_region ON focus_region.place = CAST((h >> 8) % 5 AS INTEGER)))
ORDER BY line
"""


def build(caller: Caller, lake: Lake, connection: duckdb.DuckDBPyConnection, *, month: int, seed: int) -> None:
    """Write the file of a month that is over, map some of its accounts to customers, import it and close the month."""
    customers = connection.execute(f"SELECT customer FROM member ORDER BY weight DESC LIMIT {MAPPED}").fetchall()  # noqa: S608  # a number
    first = first_day(month)
    for (sub, _name), (customer,) in zip(SUB_ACCOUNTS, customers, strict=False):
        CloudAccount.objects.create(
            provider_id=caller.account,
            cloud=MICROSOFT,
            billing_account=BILLING_ACCOUNT,
            sub_account=sub,
            customer_id=customer,
            since=first - SINCE,
            added_at=clock.now(),
            added_by=BY,
        )
    folder = lake.path(f"{STAGING}/demo")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"microsoft-focus-{month_text(month)}.csv"
    try:
        _write(connection, path, month, seed)
        start_import(caller, path, dry_run=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _run(IMPORT)
    close_month(caller, cloud=MICROSOFT, month=month)
    _run(CLOSE)


def _run(kind: str) -> None:
    """Do here what a worker would do: figures of a month that is over are no estimates when the demo opens."""
    claimed = claim(process_token(), [kind])
    assert claimed is not None
    run_claimed(claimed, rebuild)
    ended = Job.objects.everything(reason="the demo has just asked for it").filter(kind=kind).latest("pk")
    assert ended.state == JobState.DONE, ended.error


def _write(connection: duckdb.DuckDBPyConnection, path: Path, month: int, seed: int) -> None:
    tables = {
        "sub_account": ("place INTEGER, sub VARCHAR, sub_name VARCHAR", SUB_ACCOUNTS),
        "focus_service": (
            "place INTEGER, service VARCHAR, category VARCHAR, subcategory VARCHAR",
            [(one.name, one.category, one.subcategory) for one in services()],
        ),
        "focus_region": ("place INTEGER, region VARCHAR, region_name VARCHAR", regions()[:5]),
    }
    for name, (columns, rows) in tables.items():
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")
        insert(connection, name, columns, [(place, *row) for place, row in enumerate(rows)])
    first, following = first_day(month), first_day(month + 1)
    sql = ROWS.format(
        account=BILLING_ACCOUNT,
        name=BILLING_NAME,
        first=first,
        next=following,
        days=(following - first).days,
        seed=seed,
        lines=LINES,
        subs=len(SUB_ACCOUNTS),
        mapped=MAPPED,
        services=len(services()),
    )
    connection.execute(f"COPY ({sql}) TO {quoted(path)} (FORMAT csv, HEADER true)")
