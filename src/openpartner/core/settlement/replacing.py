"""Placing published lines anew, after the table of cloud accounts or an association has changed.

Month by month: the accounts whose lines would now belong to somebody else are found first, and their lines alone are
written again. A final month that changes by it is restated, and says so.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.db.models import F

from openpartner.core.billing import composing
from openpartner.core.billing.booking import make_residues
from openpartner.core.billing.formats.known import FORMATS
from openpartner.core.billing.imports import own_imports
from openpartner.core.billing.models import BillFile, BillImport, BillMonth, ControlTotal, Reason
from openpartner.core.billing.months import month_text
from openpartner.core.billing.placing import Source, load_places, place_sql
from openpartner.core.billing.publishing import Stale, current_files
from openpartner.core.billing.reading import LINE_BITS
from openpartner.core.catalogue.entries import HUAWEI, TENCENT
from openpartner.core.jobs.patience import Patience
from openpartner.core.jobs.work import Work
from openpartner.core.settlement.months import Lines, publish_plans, stage_month
from openpartner.core.settlement.settle import mode_of
from openpartner.lake import schema
from openpartner.lake.schema import Action
from openpartner.lake.store import Lake
from openpartner.lake.write import lines_of

if TYPE_CHECKING:
    import duckdb

ROUNDS_MAX = 5
REPLACES = ("billing_account", "sub_account")
OWN_IDS = {TENCENT: "uin", HUAWEI: "account_id"}
OWN_FORMATS = [key for key, one in FORMATS.items() if one.own_ids]
RESIDUES_FROM, RESIDUES_A_JOB = 1 << 32, 1 << 20
"""Residues that are worked out anew are numbered by their job, apart from those of the import itself."""
KEYS = ("payer_id", "partner_id", "customer_id")


class Replacing:
    """One run of the job. Each month that is done is a checkpoint."""

    def __init__(self, work: Work, lake: Lake, connection: duckdb.DuckDBPyConnection) -> None:
        self.work, self.lake, self.connection = work, lake, connection
        self.run = Patience(work, connection.interrupt)
        self.provider = work.caller.account
        asked = work.args["accounts"]
        self.accounts = None if asked is None else {Source(*one) for one in asked}

    def finish(self) -> None:
        """Go on from the checkpoint to the last month."""
        after = int(json.loads(self.work.cursor)["month"]) if self.work.cursor else 0
        rows = BillMonth.objects.within(self.work.caller.scope).filter(
            version__gt=0, cloud__in=self.work.args["clouds"]
        )
        months = list(rows.order_by("pk"))
        changed = 0
        for place, month in enumerate(months, 1):
            if month.pk > after:
                changed += self._replace(month, place, len(months))
        self.work.result = {"months": len(months), "lines": changed}

    def _replace(self, month: BillMonth, place: int, total: int) -> int:
        cursor = json.dumps({"phase": "placing", "month": month.pk})
        for _round in range(ROUNDS_MAX):
            month.refresh_from_db()
            try:
                return self._attempt(month, cursor, place, total)
            except Stale:
                continue
        raise Stale

    def _attempt(self, month: BillMonth, cursor: str, place: int, total: int) -> int:
        files = current_files(month)
        moved = self._moved(month, files) if files else []
        if not moved:
            self.work.checkpoint(cursor, place, total)
            return 0
        self._cover(moved)
        composer = composing.Composer(self.lake, self.connection, self.run, month_text(month.month))
        counts = composing.affected(composer, files, REPLACES)
        held = composing.covered_lines(composer, [file for file in files if file.pk in counts], REPLACES)
        before = f"SELECT *, {month.month} AS month FROM ({held})"  # noqa: S608  # of ours
        others = f"SELECT * EXCLUDE ({', '.join(KEYS)}) FROM ({before}) WHERE action <> '{Action.ROUNDING}'"  # noqa: S608  # ours
        placed = place_sql(others, self._is_own())
        above = RESIDUES_FROM + (self.work.id * RESIDUES_A_JOB) % RESIDUES_FROM
        kept = f"SELECT * FROM ({before}) WHERE action = '{Action.ROUNDING}'"  # noqa: S608  # of ours
        residues = self.run(lambda: make_residues(self.connection, placed, LINE_BITS, above=above, kept=kept))
        plan = stage_month(
            self.lake,
            self.connection,
            self.run,
            month,
            replaces=REPLACES,
            lines=Lines(sql=f"{placed} UNION ALL BY NAME {residues}", columns=(*schema.NAMES, "month")),
            mode=mode_of(self.provider, month.cloud),
            files=files,
        )
        parked = self._parked(placed, before)
        with self.work.step():
            self.work.checkpoint(cursor, place, total)
            publish_plans(
                self.work.caller,
                self.provider,
                [plan],
                reason=Reason.PLACE,
                job=self.work.id,
                changes={"accounts": len(moved)},
            )
            self._correct_controls(month, parked)
        return int(plan.changes["lines_replaced"])

    def _moved(self, month: BillMonth, files: list[BillFile]) -> list[tuple[str, str]]:
        """The accounts some of whose lines would now have another customer, partner or payer."""
        names = [file.name for file in files]
        found = self.run(
            lambda: self.connection.execute(
                f"SELECT DISTINCT billing_account, coalesce(sub_account, '') FROM ({lines_of(self.lake, names)})"  # noqa: S608  # of ours
                " WHERE billing_account IS NOT NULL"
            ).fetchall()
        )
        asked = [Source(month.cloud, *one) for one in found]
        if self.accounts is not None:
            accounts = self.accounts
            asked = [one for one in asked if one in accounts or one._replace(sub_account="") in accounts]
        if not asked:
            return []
        load_places(self.connection, self.provider, asked, OWN_IDS.get(month.cloud, ""))
        self._cover([(one.billing_account, one.sub_account) for one in asked])
        old = ", ".join(f"{key} AS old_{key}" for key in KEYS)
        source = f"({lines_of(self.lake, names)}) l WHERE {composing.is_covered(REPLACES)}"
        lines = f"SELECT l.* EXCLUDE ({', '.join(KEYS)}), {old} FROM {source}"  # noqa: S608  # of ours
        differs = " OR ".join(f"{key} <> old_{key}" for key in KEYS)
        placed = place_sql(lines, self._is_own())
        return self.run(
            lambda: self.connection.execute(
                f"SELECT DISTINCT billing_account, coalesce(sub_account, '') FROM ({placed})"  # noqa: S608  # of ours
                f" WHERE action <> '{Action.ROUNDING}' AND ({differs})"
            ).fetchall()
        )

    def _cover(self, accounts: list[tuple[str, str]]) -> None:
        columns = [[one[place] for one in accounts] for place in range(len(REPLACES))]
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {composing.COVERED} AS"  # of ours
            " SELECT unnest($1::VARCHAR[]) AS billing_account, unnest($2::VARCHAR[]) AS sub_account",
            columns,
        )

    def _is_own(self) -> str:
        own = own_imports(self.provider, OWN_FORMATS)
        return f"l.import_id IN ({', '.join(map(str, own))})" if own else "false"

    def _parked(self, placed: str, before: str) -> list[tuple[int, str, str, int]]:
        """By how many the lines without a customer are more than before."""
        one = "SELECT import_id, billing_account, currency"
        return self.run(
            lambda: self.connection.execute(
                f"{one}, CAST(sum(number) AS BIGINT) FROM ("  # of ours
                f" {one}, 1 AS number FROM ({placed}) WHERE customer_id = 0"
                f" UNION ALL {one}, -1 FROM ({before}) WHERE customer_id = 0 AND action <> '{Action.ROUNDING}')"
                " GROUP BY 1, 2, 3"
            ).fetchall()
        )

    def _correct_controls(self, month: BillMonth, parked: list[tuple[int, str, str, int]]) -> None:
        """How many lines of an import wait for a customer. Its sums stay: residues add up to the same as before."""
        totals = ControlTotal.objects.within(self.work.caller.scope).filter(cloud=month.cloud, month=month.month)
        for source, account, currency, more in parked:
            if more:
                found = totals.filter(source=source, billing_account=account[:128], currency=currency)
                found.update(parked=F("parked") + more)
                rows = BillImport.objects.within(self.work.caller.scope).filter(pk=source)
                rows.update(parked=F("parked") + more)
