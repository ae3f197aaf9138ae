"""Showing masked personal data in full: what is shown, to whom and when is recorded before it is."""

from __future__ import annotations

from collections.abc import Sequence

from openpartner.core.audit.events import Action
from openpartner.core.audit.models import AuditEvent
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command

REVEALED_AT_ONCE = 1_000
COLUMNS_MAX = 50


@command(Action.REVEALED, permission=Permission.CUSTOMER_REVEAL)
def record_reveal(caller: Caller, *, listing: str, columns: Sequence[str], subjects: Sequence[int]) -> AuditEvent:
    """Record that columns of some rows are shown in full, and return the event. `subjects` are primary keys.

    Invalid without a column, and beyond 50 columns or 1,000 rows at once.
    """
    if not 1 <= len(columns) <= COLUMNS_MAX:
        raise Invalid("columns", f"from one to {COLUMNS_MAX} columns are shown in full")
    if len(subjects) > REVEALED_AT_ONCE:
        raise Invalid("subjects", f"at most {REVEALED_AT_ONCE} rows are shown in full at once")
    return record(caller, Action.REVEALED, listing=listing, columns=sorted(columns), subjects=sorted(subjects))
