"""The words of sales: states of reports, stages of opportunities, kinds and states of tasks, and what was done."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.core.catalogue.industries import all_sections
from openpartner.core.sales.parts import BASICS, CLOUD, DEVELOPMENT, INVENTIONS, RELATIONS
from openpartner.core.sales.vocabulary import Deed, Origin, ReportState, Stage, TaskKind, TaskState
from openpartner.listings.declare import Words

REPORT_STATES: dict[str, Words] = {
    ReportState.REPORTED: pgettext_lazy("report", "Waiting for review"),
    ReportState.ACCEPTED: pgettext_lazy("report", "Accepted"),
    ReportState.REFUSED: pgettext_lazy("report", "Refused"),
    ReportState.WITHDRAWN: pgettext_lazy("report", "Withdrawn"),
    ReportState.EXPIRED: pgettext_lazy("report", "Expired"),
    ReportState.REGISTERED: pgettext_lazy("report", "Registered"),
}
REPORT_TONES: dict[str, str] = {
    ReportState.REPORTED: "warn",
    ReportState.ACCEPTED: "good",
    ReportState.REFUSED: "bad",
    ReportState.WITHDRAWN: "calm",
    ReportState.EXPIRED: "calm",
    ReportState.REGISTERED: "good",
}
STAGES: dict[str, Words] = {
    Stage.OFFERED: pgettext_lazy("opportunity", "Offered"),
    Stage.FOUND: pgettext_lazy("opportunity", "Found"),
    Stage.QUALIFIED: pgettext_lazy("opportunity", "Qualified"),
    Stage.PROPOSED: pgettext_lazy("opportunity", "Proposal made"),
    Stage.NEGOTIATING: pgettext_lazy("opportunity", "In negotiation"),
    Stage.WON: pgettext_lazy("opportunity", "Won"),
    Stage.LOST: pgettext_lazy("opportunity", "Lost"),
}
STAGE_TONES: dict[str, str] = {
    Stage.OFFERED: "warn",
    Stage.FOUND: "calm",
    Stage.QUALIFIED: "calm",
    Stage.PROPOSED: "calm",
    Stage.NEGOTIATING: "warn",
    Stage.WON: "good",
    Stage.LOST: "bad",
}
ORIGINS: dict[str, Words] = {Origin.PARTNER: _("Partner"), Origin.PROVIDER: _("Provider")}
SHARED: dict[int, Words] = {True: _("Shared with the provider"), False: _("The partner's own")}
SHARED_TONES: dict[int, str] = {True: "good", False: "calm"}
TASK_KINDS: dict[str, Words] = {TaskKind.EXPANSION: _("Sales expansion"), TaskKind.RENEWAL: _("Large renewal")}
TASK_STATES: dict[str, Words] = {
    TaskState.WAITING: pgettext_lazy("task", "To be processed"),
    TaskState.WORKING: pgettext_lazy("task", "Being processed"),
    TaskState.ACHIEVED: pgettext_lazy("task", "Achieved"),
    TaskState.MISSED: pgettext_lazy("task", "Not achieved"),
    TaskState.CANCELLED: pgettext_lazy("task", "Cancelled"),
}
TASK_TONES: dict[str, str] = {
    TaskState.WAITING: "warn",
    TaskState.WORKING: "calm",
    TaskState.ACHIEVED: "good",
    TaskState.MISSED: "bad",
    TaskState.CANCELLED: "calm",
}
DEEDS: dict[str, Words] = {
    Deed.REPORTED: pgettext_lazy("history", "Reported"),
    Deed.CHANGED: pgettext_lazy("history", "Changed"),
    Deed.ACCEPTED: pgettext_lazy("history", "Accepted by the provider"),
    Deed.REFUSED: pgettext_lazy("history", "Refused by the provider"),
    Deed.WITHDRAWN: pgettext_lazy("history", "Withdrawn"),
    Deed.EXPIRED: pgettext_lazy("history", "The protection ran out"),
    Deed.REGISTERED: pgettext_lazy("history", "The customer was bound"),
    Deed.ADDED: pgettext_lazy("history", "Added"),
    Deed.OFFERED: pgettext_lazy("history", "Offered by the provider"),
    Deed.TAKEN: pgettext_lazy("history", "Taken"),
    Deed.DECLINED: pgettext_lazy("history", "Declined"),
    Deed.SHARED: pgettext_lazy("history", "Shared with the provider"),
    Deed.MOVED: pgettext_lazy("history", "Moved on"),
    Deed.WON: pgettext_lazy("history", "Won"),
    Deed.LOST: pgettext_lazy("history", "Lost"),
    Deed.GIVEN: pgettext_lazy("history", "Given"),
    Deed.STARTED: pgettext_lazy("history", "Processing began"),
    Deed.NOTED: pgettext_lazy("history", "Progress"),
    Deed.ACHIEVED: pgettext_lazy("history", "Achieved"),
    Deed.MISSED: pgettext_lazy("history", "Not achieved"),
    Deed.CANCELLED: pgettext_lazy("history", "Cancelled"),
}
PARTS: dict[str, Words] = {
    BASICS: _("Basic information"),
    RELATIONS: _("Relations"),
    CLOUD: _("Use of clouds"),
    DEVELOPMENT: _("Development"),
    INVENTIONS: _("Intellectual property"),
}
INDUSTRIES: dict[str, Words] = {one.id: one.name for one in all_sections()}
"""By the id of the section, in the words of ISIC, which has them in English alone."""
