"""What each permission allows, in the words of those who give it, and how they are grouped in the form of a role."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from openpartner.core.base.permissions import Permission
from openpartner.listings.declare import Words

P = Permission


@dataclass(frozen=True, slots=True)
class Group:
    """Permissions that stand together."""

    label: Words
    permissions: tuple[P, ...]


GROUPS = (
    Group(
        _("Customers"),
        (
            P.CUSTOMER_READ,
            P.CUSTOMER_WRITE,
            P.CUSTOMER_CREATE,
            P.CUSTOMER_ASSIGN,
            P.ASSOCIATION_END,
            P.ON_BEHALF,
            P.FREEZE,
            P.CUSTOMER_REVEAL,
            P.CUSTOMER_EXPORT,
            P.EXPORT_UNMASKED,
        ),
    ),
    Group(_("Partners"), (P.PARTNER_READ, P.PARTNER_WRITE, P.FLAG_GRANT)),
    Group(
        _("Money"),
        (P.CREDIT_READ, P.CREDIT_WRITE, P.VOUCHER_READ, P.VOUCHER_WRITE, P.BILL_READ, P.COMMISSION_READ),
    ),
    Group(_("Sales"), (P.SALES_READ, P.SALES_WRITE)),
    Group(_("Orders"), (P.ORDER_READ, P.ORDER_WRITE)),
    Group(_("Consents"), (P.CONSENT, P.AGREEMENT_PUBLISH, P.VERIFICATION_REVIEW)),
    Group(_("Organization"), (P.MEMBER_MANAGE, P.KEY_MANAGE_OWN, P.PROFILE_READ)),
    Group(_("Records"), (P.AUDIT_READ, P.JOB_READ, P.IMPORT)),
)
WORDS: dict[P, Words] = {
    P.CUSTOMER_READ: _("See customers"),
    P.CUSTOMER_WRITE: _("Change tags, remarks and what customers see"),
    P.CUSTOMER_CREATE: _("Invite, create and approve customers"),
    P.ASSOCIATION_END: _("End associations with customers, and take customers over"),
    P.ON_BEHALF: _("Ask to act for customers, and act for them"),
    P.CUSTOMER_ASSIGN: _("Assign account managers"),
    P.CUSTOMER_EXPORT: _("Export the list of customers"),
    P.CUSTOMER_REVEAL: _("Show masked personal data in full; each time is recorded"),
    P.EXPORT_UNMASKED: _("Export personal data in full; each file is marked and recorded"),
    P.FREEZE: _("Suspend and resume customers"),
    P.PARTNER_READ: _("See partners"),
    P.PARTNER_WRITE: _("Create and change partners"),
    P.FLAG_GRANT: _("Put partners on allowlists"),
    P.SALES_READ: _("See reported customers, opportunities and tasks"),
    P.SALES_WRITE: _("Report customers, and write opportunities and tasks"),
    P.CONSENT: _("Consent for the organization: sign agreements, authorize, agree to end or move associations"),
    P.AGREEMENT_PUBLISH: _("Publish agreements"),
    P.VERIFICATION_REVIEW: _("Review real-name verifications"),
    P.CREDIT_READ: _("See credit"),
    P.CREDIT_WRITE: _("Change credit"),
    P.VOUCHER_READ: _("See vouchers"),
    P.VOUCHER_WRITE: _("Issue and recall vouchers"),
    P.BILL_READ: _("See bills"),
    P.COMMISSION_READ: _("See commissions"),
    P.ORDER_READ: _("See orders"),
    P.ORDER_WRITE: _("Place and change orders"),
    P.MEMBER_MANAGE: _("Manage members, roles and the mail log"),
    P.KEY_MANAGE_OWN: _("Have access keys of one's own"),
    P.PROFILE_READ: _("See the profile of the account"),
    P.AUDIT_READ: _("Read the audit log"),
    P.JOB_READ: _("See jobs and fetch their files"),
    P.IMPORT: _("Import files"),
}


def grouped(offered: Collection[P], held: Collection[P]) -> list[tuple[Words, list[tuple[P, Words, bool]]]]:
    """The groups that offer something: label, then permission, its words and whether it is held."""
    return [
        (group.label, some)
        for group in GROUPS
        if (some := [(one, WORDS[one], one in held) for one in group.permissions if one in offered])
    ]
