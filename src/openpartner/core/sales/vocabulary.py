"""The closed vocabularies of sales, and which state leads to which: tables, so that pages, commands and tests agree."""

from __future__ import annotations

from django.db import models


class ReportState(models.TextChoices):
    """How a reported customer stands."""

    REPORTED = "reported"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REGISTERED = "registered"


REPORT_MOVES: dict[ReportState, frozenset[ReportState]] = {
    ReportState.REPORTED: frozenset(ReportState) - {ReportState.REPORTED},
    ReportState.ACCEPTED: frozenset({ReportState.WITHDRAWN, ReportState.EXPIRED, ReportState.REGISTERED}),
    ReportState.REFUSED: frozenset(),
    ReportState.WITHDRAWN: frozenset(),
    ReportState.EXPIRED: frozenset(),
    ReportState.REGISTERED: frozenset(),
}
LIVE_REPORTS = frozenset({ReportState.REPORTED, ReportState.ACCEPTED})
"""Those that protect their customer from other partners' reports."""


class Stage(models.TextChoices):
    """How far an opportunity has come."""

    OFFERED = "offered"  # by the provider, and not answered yet
    FOUND = "found"
    QUALIFIED = "qualified"
    PROPOSED = "proposed"
    NEGOTIATING = "negotiating"
    WON = "won"
    LOST = "lost"


OPEN_STAGES = (Stage.FOUND, Stage.QUALIFIED, Stage.PROPOSED, Stage.NEGOTIATING)
"""Between which an opportunity moves as its partner says, forwards and back."""
STAGE_MOVES: dict[Stage, frozenset[Stage]] = {
    Stage.OFFERED: frozenset({Stage.FOUND, Stage.LOST}),
    **{one: frozenset({*OPEN_STAGES, Stage.WON, Stage.LOST}) - {one} for one in OPEN_STAGES},
    Stage.WON: frozenset(),
    Stage.LOST: frozenset(),
}
ENDED_STAGES = frozenset({Stage.WON, Stage.LOST})


class Origin(models.TextChoices):
    """Whose opportunity it was first (huawei:B13): the partner's, or handed over by the provider."""

    PARTNER = "partner"
    PROVIDER = "provider"


class TaskKind(models.TextChoices):
    """What a task asks for (seed 002, huawei:B13)."""

    EXPANSION = "expansion"
    """To sell more to a customer."""
    RENEWAL = "renewal"
    """To have a large subscription renewed before it ends."""


class TaskState(models.TextChoices):
    """How a task stands."""

    WAITING = "waiting"
    WORKING = "working"
    ACHIEVED = "achieved"
    MISSED = "missed"
    CANCELLED = "cancelled"


TASK_MOVES: dict[TaskState, frozenset[TaskState]] = {
    TaskState.WAITING: frozenset({TaskState.WORKING, TaskState.CANCELLED}),
    TaskState.WORKING: frozenset({TaskState.ACHIEVED, TaskState.MISSED, TaskState.CANCELLED}),
    TaskState.ACHIEVED: frozenset(),
    TaskState.MISSED: frozenset(),
    TaskState.CANCELLED: frozenset(),
}
OPEN_TASKS = frozenset({TaskState.WAITING, TaskState.WORKING})


class Deed(models.TextChoices):
    """What an entry of a history tells."""

    REPORTED = "reported"
    CHANGED = "changed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REGISTERED = "registered"
    ADDED = "added"
    OFFERED = "offered"
    TAKEN = "taken"
    DECLINED = "declined"
    SHARED = "shared"
    MOVED = "moved"
    WON = "won"
    LOST = "lost"
    GIVEN = "given"
    STARTED = "started"
    NOTED = "noted"
    ACHIEVED = "achieved"
    MISSED = "missed"
    CANCELLED = "cancelled"
