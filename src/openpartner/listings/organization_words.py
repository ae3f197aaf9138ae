"""The words of roles, of the states of people, jobs and mails, and of what was done through which door."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.core.access.queries import MemberState
from openpartner.core.access.roles import Preset
from openpartner.core.audit.events import SENTENCES
from openpartner.core.jobs.models import JobState
from openpartner.core.mail.models import MailState
from openpartner.core.mail.templates import Template
from openpartner.listings.declare import Words

PRESETS: dict[str, Words] = {
    Preset.ADMINISTRATOR: _("Administrator"),
    Preset.ACCOUNT_MANAGER: _("Account manager"),
    Preset.ACCOUNT_DIRECTOR: _("Account director"),
    Preset.FINANCE: _("Finance"),
    Preset.OPERATIONS: _("Operations"),
    Preset.READ_ONLY: _("Read only"),
}
PRESET_NOTES: dict[str, Words] = {
    Preset.ADMINISTRATOR: _("May do everything, and has no other role."),
    Preset.ACCOUNT_MANAGER: _("Looks after the customers assigned to them, and without another role sees no others."),
    Preset.ACCOUNT_DIRECTOR: _("Assigns account managers, and looks after all customers."),
    Preset.FINANCE: _("Sees and changes credit and vouchers, and sees bills and commissions."),
    Preset.OPERATIONS: _("Creates, changes and suspends customers, orders for them, imports files."),
    Preset.READ_ONLY: _("Sees customers, partners, bills and orders, and changes nothing."),
}
MEMBER_STATES: dict[str, Words] = {
    MemberState.ACTIVE: pgettext_lazy("member", "Active"),
    MemberState.INVITED: pgettext_lazy("member", "Invited"),
    MemberState.LOCKED: pgettext_lazy("member", "Locked for a while"),
    MemberState.DISABLED: pgettext_lazy("member", "Disabled"),
}
MEMBER_TONES: dict[str, str] = {
    MemberState.ACTIVE: "good",
    MemberState.INVITED: "calm",
    MemberState.LOCKED: "warn",
    MemberState.DISABLED: "bad",
}
SECOND_FACTORS: dict[int, Words] = {True: _("On"), False: _("Off")}
SECOND_FACTOR_TONES: dict[int, str] = {True: "good", False: "warn"}
JOB_KINDS: dict[str, Words] = {
    "accounts.import": _("Import of accounts"),
    "bill.import": _("Import of bills"),
    "bill.place": _("Finding the customers of bill lines"),
    "bill.close": _("Closing of a bill month"),
    "bill.file": _("A file of bills"),
    "bill.file-forget": _("Deletion of old files of bills"),
    "bill.sweep": _("Deletion of replaced bills"),
    "vouchers.expire": _("Expiry of vouchers"),
    "budget.check": _("A look at budgets"),
    "consumption.check": _("A look at consumption quotas"),
    "budget.months": _("Budgets of a new month"),
    "credit.reassess": _("A look at credit"),
    "listing.export": _("Export of a list"),
    "mail.deliver": _("Delivery of a mail"),
    "upkeep.prune": _("Upkeep"),
}
JOB_STATES: dict[str, Words] = {
    JobState.QUEUED: pgettext_lazy("job", "Waiting"),
    JobState.RUNNING: pgettext_lazy("job", "Running"),
    JobState.DONE: pgettext_lazy("job", "Done"),
    JobState.FAILED: pgettext_lazy("job", "Failed"),
    JobState.CANCELLED: pgettext_lazy("job", "Cancelled"),
}
JOB_TONES: dict[str, str] = {
    JobState.QUEUED: "calm",
    JobState.RUNNING: "warn",
    JobState.DONE: "good",
    JobState.FAILED: "bad",
    JobState.CANCELLED: "calm",
}
MAILS: dict[str, Words] = {
    Template.CREDIT_LOW: _("Alert of low credit"),
    Template.SERVICES_STOPPED: _("Notice of stopped services"),
    Template.SERVICES_RESUMED: _("Notice of resumed services"),
    Template.BUDGET_REACHED: _("Alert of a budget"),
    Template.CONSUMPTION_REACHED: _("Alert of a consumption quota"),
    Template.PASSWORD_RESET: _("Link to set a new password"),
    Template.PASSWORD_CHANGED: _("Notice of a changed password"),
    Template.SIGN_IN_LOCKED: _("Notice of a locked sign-in"),
    Template.SECOND_FACTOR_CHANGED: _("Notice of a changed second factor"),
    Template.KEY_CREATED: _("Notice of a new access key"),
    Template.EXPORT_READY: _("Notice of a finished export"),
    Template.IMPORT_FINISHED: _("Notice of a finished import"),
    Template.INVITATION: _("Invitation"),
    Template.VERIFICATION_CODE: _("Verification code"),
    Template.TEST: _("Test"),
}
MAIL_STATES: dict[str, Words] = {
    MailState.WAITING: pgettext_lazy("mail", "Waiting"),
    MailState.SENT: pgettext_lazy("mail", "Sent"),
    MailState.FAILED: pgettext_lazy("mail", "Not sent"),
}
MAIL_TONES: dict[str, str] = {MailState.WAITING: "warn", MailState.SENT: "good", MailState.FAILED: "bad"}
DOORS: dict[str, Words] = {
    "console": _("Console"),
    "huawei": _("Huawei Cloud API"),
    "tencent": _("Tencent Cloud API"),
    "job": _("Job"),
    "cli": _("Command line"),
}
SEALS: dict[int, Words] = {True: _("Sealed"), False: _("Not sealed yet")}
SEAL_TONES: dict[int, str] = {True: "good", False: "warn"}
EVENTS: dict[str, Words] = {action: _(sentence) for action, sentence in SENTENCES.items()}
"""What each audit event says."""
