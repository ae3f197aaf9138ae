"""The job that looks at standings again."""

from __future__ import annotations

from openpartner.core.credit.asking import REASSESS
from openpartner.core.credit.standing import LOCKED_AT_ONCE, reassess, reassess_known
from openpartner.core.jobs.registry import job
from openpartner.core.jobs.schedule import recurring
from openpartner.core.jobs.work import Work


@job(REASSESS)
def reassess_customers(work: Work) -> None:
    """Bring customers' standings to what the ledger says, after charges or another policy."""
    keys: list[int] = work.args["customers"]
    done = int(work.cursor or 0)
    while done < len(keys):
        with work.step():
            reassess(keys[done : done + LOCKED_AT_ONCE])
            done = min(done + LOCKED_AT_ONCE, len(keys))
            work.checkpoint(str(done), done=done, total=len(keys))


@recurring("credit.standings", every_seconds=3600)
def look_again() -> None:
    """Look again at who is in arrears: feature flags come and go without asking."""
    reassess_known()
