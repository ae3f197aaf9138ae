"""The words of roles, of the states of people, jobs and mails, and of what was done through which door."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.core.access.queries import MemberState
from openpartner.core.access.roles import Preset
from openpartner.core.audit.events import SENTENCES
from openpartner.core.jobs.models import JobState
from openpartner.core.mail.templates import Template
from openpartner.core.outgoing.models import OutgoingState
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
    "sales.expire": _("Expiry of reported customers"),
    "budget.check": _("A look at budgets"),
    "consumption.check": _("A look at consumption quotas"),
    "budget.months": _("Budgets of a new month"),
    "credit.reassess": _("A look at credit"),
    "listing.export": _("Export of a list"),
    "mail.deliver": _("Delivery of a mail"),
    "agreements.contracts": _("A look at contracts"),
    "onboarding.upkeep": _("A look at invitations"),
    "onboarding.bind": _("Binding of a created account"),
    "parting.pass-time": _("A look at ends of associations and migrations"),
    "authorization.lapse": _("A look at requests for authorization"),
    "sms.deliver": _("Delivery of an SMS"),
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
    Template.ASSOCIATION_END_ASKED: _("Request to end an association"),
    Template.ASSOCIATION_END_DUE: _("Request to end an association, with its term"),
    Template.ASSOCIATION_END_REFUSED: _("Refusal to end an association"),
    Template.ASSOCIATION_END_WITHDRAWN: _("Withdrawn request to end an association"),
    Template.ASSOCIATION_ENDED: _("Notice of an association that has ended"),
    Template.ASSOCIATION_NOT_ENDED: _("Notice of an association that could not end"),
    Template.MIGRATION_ASKED: _("Request to a customer to migrate"),
    Template.MIGRATION_TO_CONFIRM: _("Migration to be confirmed"),
    Template.MIGRATION_TO_REVIEW: _("Migration to be reviewed"),
    Template.MIGRATION_STOPPED: _("Notice of a migration that does not take place"),
    Template.MIGRATION_DONE: _("Notice of a migration that is done"),
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
    Template.CUSTOMER_INVITATION: _("Invitation of a customer"),
    Template.RESELLER_INVITATION: _("Invitation of a second-level reseller"),
    Template.APPLICATION_MADE: _("Notice of an application"),
    Template.APPLICATION_PASSED: _("Application approved"),
    Template.APPLICATION_REJECTED: _("Application rejected"),
    Template.VERIFICATION_CODE: _("Verification code"),
    Template.AUTHORIZATION_REQUESTED: _("Authorization requested"),
    Template.AUTHORIZATION_GRANTED: _("Authorization granted"),
    Template.AUTHORIZATION_REFUSED: _("Authorization refused"),
    Template.AUTHORIZATION_REVOKED: _("Authorization revoked"),
    Template.AUTHORIZATION_ENDED: _("Authorization ended"),
    Template.REGISTRATION_CODE: _("Code to register"),
    Template.ACCOUNT_CODE: _("Code for a new account"),
    Template.ALREADY_REGISTERED: _("Notice of an account that exists"),
    Template.VERIFICATION_PASSED: _("Verification passed"),
    Template.VERIFICATION_REJECTED: _("Verification rejected"),
    Template.CONTRACT_RENEWABLE: _("Notice of a contract that can be renewed"),
    Template.CONTRACT_RENEWED: _("Notice of a renewed contract"),
    Template.CONTRACT_ENDING: _("Notice of a contract that will end"),
    Template.CONTRACT_ENDED: _("Notice of a contract that has ended"),
    Template.REPORT_ACCEPTED: _("Notice of an accepted report"),
    Template.REPORT_REFUSED: _("Notice of a refused report"),
    Template.TASK_GIVEN: _("Notice of a new task"),
    Template.TASKS_GIVEN: _("Notice of new tasks"),
    Template.TEST: _("Test"),
}
DELIVERIES: dict[str, Words] = {
    OutgoingState.WAITING: pgettext_lazy("mail", "Waiting"),
    OutgoingState.SENT: pgettext_lazy("mail", "Sent"),
    OutgoingState.FAILED: pgettext_lazy("mail", "Not sent"),
}
DELIVERY_TONES: dict[str, str] = {
    OutgoingState.WAITING: "warn",
    OutgoingState.SENT: "good",
    OutgoingState.FAILED: "bad",
}
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
