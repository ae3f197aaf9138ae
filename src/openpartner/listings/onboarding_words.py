"""The words of joining: invitations, what happened to them, and applications."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.core.eligibility.models import Mark
from openpartner.core.onboarding.vocabulary import ApplicationState, Happening, InvitationState
from openpartner.listings.declare import Words

MAILED, LINK, STANDING = 0, 1, 2
WAYS: dict[int, Words] = {
    MAILED: _("By mail"),
    LINK: _("Link for one"),
    STANDING: _("Standing link"),
}
"""How an invitation reaches somebody."""
INVITATION_STATES: dict[str, Words] = {
    InvitationState.OPEN: pgettext_lazy("invitation", "Open"),
    InvitationState.USED: pgettext_lazy("invitation", "Used"),
    InvitationState.REVOKED: pgettext_lazy("invitation", "Revoked"),
    InvitationState.EXPIRED: pgettext_lazy("invitation", "Expired"),
}
INVITATION_TONES: dict[str, str] = {
    InvitationState.OPEN: "warn",
    InvitationState.USED: "good",
    InvitationState.REVOKED: "bad",
    InvitationState.EXPIRED: "calm",
}
APPLICATION_STATES: dict[str, Words] = {
    ApplicationState.REVIEWING: _("In review"),
    ApplicationState.PASSED: pgettext_lazy("application", "Passed"),
    ApplicationState.REJECTED: _("Rejected"),
    ApplicationState.WITHDRAWN: pgettext_lazy("application", "Withdrawn"),
}
APPLICATION_TONES: dict[str, str] = {
    ApplicationState.REVIEWING: "warn",
    ApplicationState.PASSED: "good",
    ApplicationState.REJECTED: "bad",
    ApplicationState.WITHDRAWN: "calm",
}
HAPPENINGS: dict[str, Words] = {
    Happening.SENT: _("The invitation was made."),
    Happening.SENT_AGAIN: _("It was mailed again."),
    Happening.APPLIED: _("Somebody applied with it."),
    Happening.FAILED: _("Somebody tried to apply and could not."),
    Happening.PASSED: _("The application was passed, and the account is bound."),
    Happening.REJECTED: _("The application was rejected."),
    Happening.WITHDRAWN: _("The applicant took the application back."),
    Happening.REVOKED: _("It was revoked; its link is void."),
    Happening.EXPIRED: _("It expired without being used."),
}
MARKS: dict[str, Words] = {
    Mark.KEY_ACCOUNT: _("Key account of the provider"),
    Mark.GROUP_ORGANIZATION: _("Belongs to a group organization"),
    Mark.SAVINGS_PLAN: _("Owns a savings plan"),
    Mark.SHARED_UNIT_OWNER: _("Has created a shared unit"),
    Mark.SHARED_UNIT_MEMBER: _("Has joined a shared unit"),
    Mark.SPECIAL_CONTRACT: _("Has a special contract"),
    Mark.SERVICES_CONTRACT: _("Has a contract for professional services"),
    Mark.RESERVED_INSTANCE: _("Has a valid reserved instance"),
    Mark.SUPPORT_PLAN: _("Has a valid support plan"),
    Mark.LEAD: _("The provider's own lead"),
    Mark.OTHER_SITE: _("Registered on another site"),
    Mark.PARTNER_APPLICANT: _("Has applied to become a partner"),
    Mark.BARRED_PARTNER: _("May not take new customers"),
    Mark.PREPAID_PARTNER: _("Pays in advance"),
}
"""What the provider knows of an account."""
