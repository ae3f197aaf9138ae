"""The jobs that look at budgets and at consumption quotas."""

from __future__ import annotations

from openpartner.core.budgets.alerts import check
from openpartner.core.budgets.commands import CHECK
from openpartner.core.budgets.consumption import CHECK_CONSUMPTION
from openpartner.core.budgets.quota_alerts import check_quotas
from openpartner.core.jobs.registry import job
from openpartner.core.jobs.work import Work

AT_ONCE = 100


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


@job(CHECK_CONSUMPTION)
def check_consumption(work: Work) -> None:
    """Tell partners that have used much of their consumption quota."""
    with work.step():
        check_quotas(work.args["partners"])
