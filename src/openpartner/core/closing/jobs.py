"""The job that closes a bill month."""

from __future__ import annotations

import json
from contextlib import closing

from openpartner.core.base.errors import TooSoon
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.billing.composing import Composer
from openpartner.core.billing.imports import must_be_provider
from openpartner.core.billing.lake import working_lake
from openpartner.core.billing.models import BillMonth, MonthState, Reason
from openpartner.core.billing.months import month_text
from openpartner.core.billing.publishing import Publication, Stale, new_token, publish
from openpartner.core.closing.commands import KIND, check_open
from openpartner.core.closing.compacting import compact
from openpartner.core.jobs.patience import Patience
from openpartner.core.jobs.registry import job
from openpartner.core.jobs.work import Work

TRIES = 3
PAUSE_SECONDS = 60
PUBLISHED = "published"


@job(KIND, permission=Permission.IMPORT)
def close_bills(work: Work) -> None:
    """Lay out a month's lines by payer and make its figures final, in one publication."""
    if _phase(work) == PUBLISHED:
        work.result = json.loads(work.cursor)["result"]
        return
    provider = must_be_provider(work.caller)
    row = BillMonth.objects.within(Scope(provider=provider)).get(pk=work.args["month"])
    for _try in range(TRIES):
        check_open(row)
        try:
            _close(work, row)
        except Stale:
            row.refresh_from_db()
        else:
            return
    raise TooSoon("others keep publishing this month; it is tried again", PAUSE_SECONDS)


def _close(work: Work, row: BillMonth) -> None:
    def tell(done: int, total: int) -> None:
        work.checkpoint(json.dumps({"phase": "compacting"}), done=done, total=total)

    lake = working_lake()
    with closing(lake.connect()) as connection:
        run = Patience(work, connection.interrupt)
        made = compact(Composer(lake, connection, run, month_text(row.month)), row, new_token(), tell)
    with work.step():
        version = publish(
            work.caller,
            row,
            Publication(
                token=made.token,
                drop=made.drop,
                summary=made.summary,
                reason=Reason.CLOSE,
                job=work.id,
                state=MonthState.FINAL,
            ),
        )
        result = {"version": version.number, "files": made.files, "lines": made.lines}
        work.checkpoint(json.dumps({"phase": PUBLISHED, "result": result}), done=made.lines, total=made.lines)
    work.result = result


def _phase(work: Work) -> str:
    return str(json.loads(work.cursor)["phase"]) if work.cursor else ""
