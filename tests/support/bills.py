"""Bills of the people of tests: given lines become a published month, by the product's own writing and publishing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from itertools import count, groupby
from typing import Any

import duckdb

from openpartner.core.accounts.models import Account
from openpartner.core.billing.lake import working_lake
from openpartner.core.billing.models import BillMonth, BillVersion, MonthState, Reason
from openpartner.core.billing.months import first_day, month_of, month_text
from openpartner.core.billing.publishing import Publication, current_files, month_row, new_token, publish, stage
from openpartner.lake import schema
from openpartner.lake.store import quoted
from openpartner.lake.summaries import write_summary
from openpartner.lake.write import write_files
from openpartner.listings import bill_figures
from tests.support.people import Person, World

_numbers = count(1)


def line(customer: Person, day: date, total: str = "1", **values: Any) -> dict[str, Any]:
    """One line of a customer under its present partner: postpaid usage that costs so much, unless said otherwise."""
    account = Account.objects.everything(reason="test").select_related("partner").get(pk=customer.account_pk)
    assert account.partner is not None
    return {
        "payer_id": account.payer_id,
        "partner_id": account.partner_id,
        "customer_id": account.pk,
        "bill_day": day,
        "line_id": 10**18 + next(_numbers),
        "cloud": "tencent",
        "currency": "USD",
        "charge_category": "Usage",
        "charging": schema.Charging.POSTPAID.value,
        "action": schema.Action.USAGE_HOURLY.value,
        "service_code": "p_cvm",
        "service_name": "Cloud Virtual Machine (CVM)",
        "product_code": "sp_cvm_s5",
        "product_name": "CVM Standard S5",
        "region_code": "8",
        "region_name": "North China (Beijing)",
        "billing_account": str(account.payer_id),
        "sub_account": str(customer.uin),
        "customer_discount_rate": "1",
        "partner_discount_rate": "1",
        "list_cost": total,
        "cost_after_discount": total,
        "total_cost": total,
        "billed_delivered": total,
        "list_delivered": total,
        **values,
    }


def publish_lines(
    world: World,
    month: str,
    lines: Sequence[Mapping[str, Any]],
    *,
    cloud: str = "tencent",
    state: MonthState = MonthState.OPEN,
    by_day: bool = False,
    lines_a_file: int = 600_000,
) -> BillVersion:
    """Replace a month of a cloud by these lines, such as 2026-10; an amount is a text. Files by day if asked for."""
    lake = working_lake()
    row = month_row(world.pia.account_pk, cloud, month_of(month))
    before = [file.pk for file in current_files(row)]
    token = new_token()
    with closing(lake.connect()) as connection:
        connection.execute(schema.create_table("given"))
        _insert(connection, [{**dict.fromkeys(schema.AMOUNTS, "0"), "cloud": cloud, **one} for one in lines])
        days: list[date | None] = [None]
        if by_day:
            days = [
                found for (found,) in connection.execute("SELECT DISTINCT bill_day FROM given ORDER BY 1").fetchall()
            ]
        files = [
            file
            for day in days
            for file in write_files(
                lake,
                connection,
                f"SELECT * FROM given{f' WHERE bill_day = DATE {quoted(str(day))}' if day else ''}",
                month=month_text(row.month),
                day=day,
                lines=lines_a_file,
            )
        ]
        stage(row, token, files)
        summary = write_summary(lake, connection, [file.name for file in files], month_text(row.month))
    # What a page has read of another test's month of the same second, version and keys is not of this one.
    bill_figures._kept.clear()
    reason = Reason.RESTATE if row.state == MonthState.FINAL else Reason.IMPORT
    return publish(
        world.pia.caller,
        row,
        Publication(token=token, drop=before, summary=summary, reason=reason, state=state),
    )


def month_state(world: World, month: str, cloud: str = "tencent") -> BillMonth:
    """The row of a month."""
    return BillMonth.objects.everything(reason="test").get(
        provider=world.pia.account_pk, cloud=cloud, month=month_of(month)
    )


def day_of(month: str, day: int) -> date:
    """A day of a month such as 2026-10."""
    return first_day(month_of(month)).replace(day=day)


def exact(amounts: Sequence[str]) -> Decimal:
    """The sum of some amounts, exactly."""
    return sum((Decimal(amount) for amount in amounts), Decimal(0))


def _insert(connection: duckdb.DuckDBPyConnection, lines: Sequence[Mapping[str, Any]]) -> None:
    """Put lines into the table `given`, those with the same columns at once."""
    for columns, of_columns in groupby(sorted(lines, key=sorted), key=sorted):
        unknown = set(columns) - set(schema.NAMES)
        assert not unknown, unknown
        some = list(of_columns)
        connection.execute(
            f"INSERT INTO given ({', '.join(columns)}) SELECT {', '.join('unnest(?)' for _ in columns)}",
            [[_plain(one[column]) for one in some] for column in columns],
        )


def _plain(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value
