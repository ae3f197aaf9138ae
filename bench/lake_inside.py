"""What the lake costs inside one process of the product; prints JSON. Run with a store's environment, on one core.

Argument: which part. CPU seconds are those of this process with all its threads; its peak of memory is told beside.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")
django.setup()

import duckdb
from django.conf import settings
from django.db.models import Sum

from openpartner.core.access.models import User
from openpartner.core.access.users import caller_of
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.billing.composing import Composer
from openpartner.core.billing.imports import KIND, start_import
from openpartner.core.billing.lake import working_lake
from openpartner.core.billing.models import BillFile, BillImport, BillMonth, BillRange, BillSpan, BillVersion
from openpartner.core.billing.months import first_day, month_text
from openpartner.core.billing.publishing import current_files, new_token
from openpartner.core.billing.queries import BillFilter, Dimension, count_lines, sums, sums_page
from openpartner.core.billing.remembered import forget
from openpartner.core.closing.compacting import compact
from openpartner.core.jobs.claim import claim, process_token
from openpartner.core.jobs.models import Job, JobState
from openpartner.core.jobs.run import run_claimed
from openpartner.huawei.bills.show_customer_monthly_sum import ShowCustomerMonthlySum, show_customer_monthly_sum
from openpartner.kit.slices import Slice
from openpartner.lake import schema
from openpartner.lake.grains import grains_of
from openpartner.lake.schema import Charging
from openpartner.lake.summaries import carry_summary, write_summary
from openpartner.lake.write import lines_of
from openpartner.listings.lake_files import LineFiles
from openpartner.listings.records import Format
from openpartner.tencent.bills.describe_bill_summary_by_product import (
    DescribeBillSummaryByProduct,
    describe_bill_summary_by_product,
)
from openpartner.worker.callers import rebuild

WHY = "benchmark"
CLOUD = "tencent"
ROUNDS = 15
PARSED = 300_000
MEGA = 1_000_000
AMOUNTS = ("list_cost", "cost_after_discount", "total_cost", "partner_cost")
STATEMENT = ("customer_id", "payer_id", "product_code", "charging", "region_code")
L3 = {
    "Payer Account ID": "billing_account", "Owner Account ID": "sub_account", "Operator Account ID": "operator",
    "Bill Month": "'{month}'", "Product Name": "service_name", "Subproduct Name": "product_name",
    "Component Type": "component_type_name", "Component Name": "component_name", "Product Code": "product_code",
    "Business Code": "service_code", "Component Code": "component_type_code", "Item Code": "component_code",
    "Billing Mode": "CASE charging WHEN 'prepaid' THEN 'Yearly/monthly subscription' WHEN 'reserved' THEN 'Standard RI'"
    " ELSE 'Pay-As-You-Go resources' END", "Project ID": "project_id", "Project Name": "project_name",
    "Region ID": "region_code", "Region": "region_name", "Zone ID": "zone_code", "Availability Zone": "zone_name",
    "Instance ID": "resource_id", "Instance Name": "resource_name", "Action Type": "action_code",
    "Transaction ID": "transaction_id", "Order ID": "order_id",
    "Transaction Time": "{instant}charged_at{shift}", "Usage Start Time": "{instant}usage_from{shift}",
    "Usage End Time": "{instant}usage_to{shift}", "Usage Duration": "duration", "Duration Unit": "duration_unit",
    "Id": "source_line", "Component List Price": "list_unit_price",
    "Component Price Measurement Unit": "pricing_unit", "Component Usage": "usage",
    "Component Usage Unit": "usage_unit", "Original Cost": "list_cost", "RI Deduction": "reservation_deduction",
    "Currency": "currency", "Customer Discount Rate": "customer_discount_rate",
    "Total Amount After Discount": "cost_after_discount", "Voucher Deduction": "voucher_deduction",
    "Total Cost": "total_cost", "Tags": "tags",
}  # fmt: skip  # header -> SQL


def main(part: str, words: list[str]) -> None:
    """Measure one part."""
    found = {"facts": facts, "reads": reads, "export": export, "month": month, "compaction": compaction,
             "imports": imports}[part](*words)  # type: ignore[operator]  # each takes its own words  # fmt: skip
    found.setdefault("peak_mb", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGA)
    json.dump(found, sys.stdout)


def full_month() -> BillMonth:
    """The month that holds the most lines."""
    versions = BillVersion.objects.everything(reason=WHY).filter(month__cloud=CLOUD).order_by("-lines")
    found = versions.select_related("month").first()
    assert found is not None
    return found.month


def provider() -> Caller:
    """Somebody of the provider who may import."""
    people = User.objects.everything(reason=WHY).filter(account__kind=AccountKind.PROVIDER, is_active=True)
    callers = [caller_of(user, via="bench") for user in people.select_related("account")]
    return next(one for one in callers if Permission.IMPORT in one.permissions)


def facts() -> dict[str, Any]:
    """The month, and the largest and the middle customer that a persona may read through its API.

    Of each, a way of paying that some of its lines have: a filter that finds nothing costs less than one that does.
    """
    row = full_month()
    files = [one.pk for one in current_files(row)]
    told: dict[str, Any] = {"month": month_text(row.month), "lines": sum(one.lines for one in current_files(row))}
    personas = json.loads((settings.OPENPARTNER.data_path / "demo-credentials.json").read_text("utf-8"))["personas"]
    for role in ("distributor", "second_level_reseller"):
        partner = Account.objects.everything(reason=WHY).get(uin=personas[role]["uin"])
        rows = BillRange.objects.everything(reason=WHY).filter(file__in=files, partner=partner.pk)
        counted = list(rows.values_list("customer").annotate(lines=Sum("rows")).order_by("-lines", "customer"))
        chosen = {"largest": counted[0], "middle": counted[len(counted) // 2]}
        told[role] = {
            name: {
                "uin": Account.objects.everything(reason=WHY).get(pk=key).uin,
                "lines": lines,
                "pay_mode": _pay_mode(row, partner.pk, key),
            }
            for name, (key, lines) in chosen.items()
        }
    return told


def _pay_mode(row: BillMonth, partner: int, customer: int) -> str:
    where = BillFilter.month(row.month, customer=customer, equal={"charging": (Charging.PREPAID,)})
    return "prePay" if count_lines(Scope(partner=partner), where) else "postPay"


def reads() -> dict[str, Any]:
    """Sums as pages and calls read them, in milliseconds of CPU, and the same of bare DuckDB."""
    row = full_month()
    where = BillFilter.month(row.month, clouds=(CLOUD,))
    files = [one.pk for one in current_files(row)]
    spans = BillSpan.objects.everything(reason=WHY).filter(file__in=files)

    def largest(column: str) -> tuple[int, int]:
        found = spans.values_list(column).annotate(lines=Sum("rows")).order_by("-lines").first()
        assert found is not None
        return found

    payer, payer_lines = largest("payer")
    seconds = Account.objects.everything(reason=WHY).filter(kind=AccountKind.SECOND_LEVEL_RESELLER)
    spans = spans.filter(partner__in=list(seconds.values_list("pk", flat=True)))
    partner, partner_lines = largest("partner")
    everybody = Account.objects.everything(reason=WHY).get(kind=AccountKind.PROVIDER)
    scopes = {"top-level": Scope(payer=payer), "second-level": Scope(partner=partner)}
    told: dict[str, Any] = {"lines": {"top-level": payer_lines, "second-level": partner_lines}}
    for name, scope in scopes.items():
        told[f"{name} by product"] = _cold(partial(sums, scope, where, (Dimension.PRODUCT,), ("total_cost",)))
        told[f"{name} by customer, page of 100"] = _cold(
            partial(sums_page, scope, where, (Dimension.CUSTOMER,), ("total_cost",), Slice(0, 100))
        )
    pair = (Dimension.PRODUCT, Dimension.REGION)
    told["product"] = _cold(lambda: sums(Scope(provider=everybody.pk), where, pair, ("list_cost", "total_cost")))
    told["raw"] = _raw(row)
    return told | _first_times(month_text(row.month))


def _first_times(month: str) -> dict[str, float]:
    """Two operations of one customer without the gateway, as if nobody had asked before."""
    chosen = facts()["distributor"]["middle"]["uin"]
    by_product = DescribeBillSummaryByProduct(bill_month=month, customer_uin=chosen)
    monthly = ShowCustomerMonthlySum(bill_cycle=month, limit=100)
    seller, customer = _persona("distributor"), _persona("customer")
    return {
        "by product, first time": _cold(lambda: describe_bill_summary_by_product(seller, by_product)),
        "monthly sum, first time": _cold(lambda: show_customer_monthly_sum(customer, monthly)),
    }


def _persona(role: str) -> Caller:
    """Somebody of the account that the demo has for a role, who sees all that the account does."""
    personas = json.loads((settings.OPENPARTNER.data_path / "demo-credentials.json").read_text("utf-8"))["personas"]
    people = User.objects.everything(reason=WHY).filter(account__uin=personas[role]["uin"], is_active=True)
    callers = [caller_of(user, via="bench") for user in people.select_related("account")]
    return next(one for one in callers if Permission.BILL_READ in one.permissions and one.scope.manager is None)


def _cold(call: Callable[[], object]) -> float:
    """What it costs when nobody has asked for the same sums before; the files have been read before."""

    def forgotten() -> None:
        forget()
        call()

    return _millis(forgotten)


def _raw(row: BillMonth) -> float:
    version = BillVersion.objects.everything(reason=WHY).get(month=row, number=row.version)
    path = str(working_lake().path(version.summary))
    sql = (
        "SELECT product_code, min(product_name), region_code, min(region_name), sum(lines), sum(list_cost),"
        " sum(total_cost) FROM read_parquet(?) GROUP BY product_code, region_code"
    )
    with contextlib.closing(duckdb.connect(config={"threads": 1})) as bare:
        bare.execute("SET parquet_metadata_cache = true")
        return _millis(lambda: bare.execute(sql, [path]).fetchall())


def _millis(call: Callable[[], object]) -> float:
    call()
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        call()
        taken.append(time.process_time() - began)
    return sorted(taken)[len(taken) // 2] * 1000


def export() -> dict[str, Any]:
    """All lines of the largest second-level reseller as FOCUS, by the product's own writer."""
    row = full_month()
    files = [one.pk for one in current_files(row)]
    seconds = Account.objects.everything(reason=WHY).filter(kind=AccountKind.SECOND_LEVEL_RESELLER)
    spans = BillSpan.objects.everything(reason=WHY).filter(
        file__in=files, partner__in=list(seconds.values_list("pk", flat=True))
    )
    found = spans.values_list("partner").annotate(lines=Sum("rows")).order_by("-lines").first()
    assert found is not None
    told: dict[str, Any] = {"lines": found[1]}
    where = BillFilter.month(row.month, clouds=(CLOUD,))
    folder = settings.OPENPARTNER.data_path / "exports"
    folder.mkdir(exist_ok=True)
    for name, file_format in (("csv", Format.FOCUS), ("parquet", Format.FOCUS_PARQUET)):
        target = folder / f"bench.{name}"
        files_of = LineFiles(lambda _scope, asked: asked)
        began = time.process_time()
        *_, done = files_of.write(
            Scope(partner=found[0]), where, (), order="", unmasked=True, file_format=file_format, target=target
        )
        told[name] = time.process_time() - began
        assert done == found[1], (done, found)
        target.unlink()
    return told


def month() -> dict[str, Any]:
    """The figures of the whole month from its lines: the summary, and what statements are made of."""
    row = full_month()
    lake = working_lake()
    names = [one.name for one in current_files(row)]
    source = lines_of(lake, names)
    statement = ", ".join(STATEMENT)
    told: dict[str, Any] = {"lines": sum(one.lines for one in current_files(row))}
    with contextlib.closing(lake.connect()) as connection:
        raw = ", ".join(f"sum({amount})" for amount in AMOUNTS)
        connection.execute(f"SELECT {raw} FROM ({source})").fetchall()
        told["raw"] = _seconds(lambda: connection.execute(f"SELECT {raw} FROM ({source})").fetchall())
        told["statements"] = _seconds(
            lambda: connection.execute(
                f"CREATE OR REPLACE TEMP TABLE inputs AS SELECT {statement}, {raw} FROM ({source}) GROUP BY {statement}"
            )
        )
        connection.execute("DROP TABLE inputs")
        made: list[tuple[str, str]] = []
        told["anew"] = _seconds(lambda: made.append(write_summary(lake, connection, names, month_text(row.month))))
        told["summary"] = _seconds(lambda: made.append(_carried(row, connection, made[0])))
        for head, _sha in made:
            for part in grains_of(lake, head).parts:
                lake.path(part.name).unlink()
            lake.path(head).unlink()
        told.update(_sizes(connection, names[len(names) // 2]))
    return told


def _carried(row: BillMonth, connection: duckdb.DuckDBPyConnection, made: tuple[str, str]) -> tuple[str, str]:
    """The summary of a month that is closed, as compacting makes it: that of the same lines, checked and copied."""
    version = BillVersion.objects.everything(reason=WHY).get(month=row, number=row.version)
    totals = {name: Decimal(json.loads(version.totals).get(name, 0)).scaleb(-8) for name in schema.AMOUNTS}
    month = month_text(row.month)
    found = carry_summary(working_lake(), connection, *made, month, lines=version.lines, totals=totals)
    assert found is not None
    return found


def _remove(summary: str) -> None:
    lake = working_lake()
    for name in (summary, *(part.name for part in grains_of(lake, summary).parts)):
        lake.path(name).unlink()


def _sizes(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, int]:
    lake = working_lake()
    copy = lake.path("staging/bench.parquet")
    connection.execute(f"COPY ({lines_of(lake, [name])}) TO '{copy}' (FORMAT parquet, COMPRESSION zstd)")
    found = {"size": lake.path(name).stat().st_size, "copy": copy.stat().st_size}
    copy.unlink()
    return found


def _seconds(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began


def compaction() -> dict[str, Any]:
    """The month's files laid out anew by the product's own step, staged and not published."""
    row = full_month()
    lake, token = working_lake(), new_token()
    with contextlib.closing(lake.connect()) as connection:
        began = time.process_time()
        composer = Composer(lake, connection, lambda call: call(), month_text(row.month))
        made = compact(composer, row, token, lambda _done, _total: None)
        told = {"lines": made.lines, "files": made.files, "seconds": time.process_time() - began}
        told["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGA
    for file in BillFile.objects.everything(reason=WHY).filter(staged_by=token):
        lake.path(file.name).unlink()
        file.delete()
    _remove(made.summary[0])
    path = settings.OPENPARTNER.data_path / "imports" / "bench.csv"
    path.parent.mkdir(exist_ok=True)
    names = [one.name for one in current_files(row)]
    with contextlib.closing(lake.connect()) as connection:
        some = f"SELECT * FROM ({lines_of(lake, names)}) LIMIT {PARSED}"
        connection.execute(f"COPY ({some}) TO '{path}' (FORMAT csv, HEADER true)")
    told["parse_a_line"] = _bare(path)["parse"] / min(PARSED, made.lines)
    path.unlink()
    return told


def imports(lines: str) -> dict[str, Any]:
    """A file of Tencent's L3 columns, imported by the product's own job into a month that had none; and DuckDB's."""
    row = full_month()
    taken = BillImport.objects.everything(reason=WHY).filter(name="bench.csv").count()
    before = row.month - 24 - taken  # a month that has nothing yet: nothing is replaced
    path = settings.OPENPARTNER.data_path / "imports" / "bench.csv"
    path.parent.mkdir(exist_ok=True)
    lake = working_lake()
    days = (first_day(row.month) - first_day(before)).days
    shift = f" + INTERVAL 8 HOUR - INTERVAL {days} DAY, '%Y-%m-%d %H:%M:%S')"
    columns = ", ".join(
        f'{sql.format(month=month_text(before), instant="strftime(", shift=shift)} AS "{name}"'
        for name, sql in L3.items()
    )
    names = [one.name for one in current_files(row)]
    with contextlib.closing(lake.connect()) as connection:
        # In the order of the numbers, which is not the lake's: the import has to sort.
        part = f"SELECT * FROM ({lines_of(lake, names)}) ORDER BY hash(line_id) LIMIT {int(lines)}"
        if int(lines) > MEGA:
            part = f"SELECT * FROM ({lines_of(lake, names)}) LIMIT {int(lines)}"
        connection.execute(f"COPY (SELECT {columns} FROM ({part})) TO '{path}' (FORMAT csv, HEADER true)")
    told: dict[str, Any] = {"lines": int(lines), "bytes": path.stat().st_size, **_bare(path)}
    while (waiting := claim(process_token(), [KIND])) is not None:
        run_claimed(waiting, rebuild)  # what the demo has left to the worker
    start_import(provider(), path, dry_run=False)
    began = time.process_time()
    claimed = claim(process_token(), [KIND])
    assert claimed is not None
    run_claimed(claimed, rebuild)
    told["seconds"] = time.process_time() - began
    job = Job.objects.everything(reason=WHY).filter(kind=KIND).order_by("-pk").first()
    assert job is not None
    assert job.state == JobState.DONE, job.error
    told["lines"] = json.loads(job.result)["lines"]
    path.unlink()
    return told


def _bare(path: Path) -> dict[str, float]:
    """DuckDB parsing all columns, typed as it sees them, and copying them unsorted."""
    target = path.with_suffix(".parquet")
    with contextlib.closing(duckdb.connect(config={"threads": 1, "memory_limit": "1GB"})) as bare:
        source = f"read_csv('{path}')"
        parse = _seconds(lambda: bare.execute(f"SELECT count(COLUMNS(*)) FROM {source}").fetchall())
        options = "FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2"
        copy = _seconds(lambda: bare.execute(f"COPY (SELECT * FROM {source}) TO '{target}' ({options})"))
    target.unlink()
    return {"parse": parse, "copy": copy}


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
