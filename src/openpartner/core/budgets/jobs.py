"""The jobs that look at budgets and at consumption quotas."""

from __future__ import annotations

from openpartner.core.budgets.alerts import check
from openpartner.core.budgets.commands import CHECK
from openpartner.core.budgets.consumption import CHECK_CONSUMPTION
from openpartner.core.budgets.quota_alerts import check_quotas
from openpartner.core.budgets.usage import are_stale, look_at_months
from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.jobs.registry import job
from openpartner.core.jobs.schedule import recurring
from openpartner.core.jobs.work import Work

AT_ONCE = 100
CHECK_MONTHS = "budget.months"


@job(CHECK)
def check_budgets(work: Work) -> None:
    """Tell of budgets that have reached a threshold, and suspend customers whose budget says so."""
    keys: list[int] = work.args["customers"]
    done = int(work.cursor or 0)
    while done < len(keys):
        with work.step():
            check(keys[done : done + AT_ONCE])
            done = min(done + AT_ONCE, len(keys))
            work.checkpoint(str(done), done=done, total=len(keys))


@job(CHECK_MONTHS)
def check_months(work: Work) -> None:
    """Let budgets begin anew with a month in lists too; those of one transaction are few."""
    done, found = int(work.cursor or 0), AT_ONCE
    while found == AT_ONCE:
        with work.step():
            found = look_at_months(AT_ONCE)
            done += found
            work.checkpoint(str(done), done=done)


@recurring("budget.months", every_seconds=600)
def look_for_a_new_month() -> None:
    """Have budgets looked at that nobody has looked at since their month began."""
    if are_stale():
        enqueue(None, CHECK_MONTHS, {})


@job(CHECK_CONSUMPTION)
def check_consumption(work: Work) -> None:
    """Tell partners that have used much of their consumption quota."""
    with work.step():
        check_quotas(work.args["partners"])
