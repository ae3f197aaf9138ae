"""The words of the closed vocabularies, the same on every page and in every file."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.core.accounts.models import Flag
from openpartner.core.base.kinds import AccountKind, AssociationKind, CustomerType, Suspension, Verification
from openpartner.listings.declare import Words

ASSOCIATIONS: dict[int, Words] = {
    AssociationKind.REFERRAL: _("Referral"),
    AssociationKind.AGENCY: _("Agency sale"),
    AssociationKind.RESALE: _("Resale"),
}
SUSPENSIONS: dict[int, Words] = {
    Suspension.NONE: pgettext_lazy("suspension", "Normal"),
    Suspension.ACCOUNT: _("Suspended"),
    Suspension.ACCOUNT_AND_RESOURCES: _("Suspended with resources"),
}
SUSPENSION_TONES: dict[int, str] = {
    Suspension.NONE: "good",
    Suspension.ACCOUNT: "warn",
    Suspension.ACCOUNT_AND_RESOURCES: "bad",
}
VERIFICATIONS: dict[int, Words] = {
    Verification.NONE: _("Not verified"),
    Verification.IN_REVIEW: _("In review"),
    Verification.REJECTED: _("Rejected"),
    Verification.VERIFIED: _("Verified"),
}
VERIFICATION_TONES: dict[int, str] = {
    Verification.NONE: "calm",
    Verification.IN_REVIEW: "warn",
    Verification.REJECTED: "bad",
    Verification.VERIFIED: "good",
}
CUSTOMER_TYPES: dict[int, Words] = {
    CustomerType.NONE: _("Not chosen"),
    CustomerType.PERSON: _("Person"),
    CustomerType.ENTERPRISE: _("Enterprise"),
}
ACCOUNT_KINDS: dict[int, Words] = {
    AccountKind.PROVIDER: _("Provider"),
    AccountKind.DISTRIBUTOR: _("Distributor"),
    AccountKind.RESELLER: _("Reseller"),
    AccountKind.SECOND_LEVEL_RESELLER: _("Second-level reseller"),
    AccountKind.CUSTOMER: _("Customer"),
}
FLAGS: dict[str, Words] = {
    Flag.API_CUSTOMER_CREATION: _("Create customer accounts by API"),
    Flag.API_INVITATIONS: _("Invite and review customers by API"),
    Flag.FORCED_SUSPENSION: _("Suspend customers by force"),
    Flag.SPECIAL_SUSPENSION_RULES: _("Stop pay-as-you-go at once"),
    Flag.NON_STOP: _("Let customers run at negative credit"),
    Flag.INDIRECT_CUSTOMER_VIEW: _("See customers of second-level resellers"),
    Flag.CUSTOMER_DISCOUNTS: _("Set discounts for customers"),
    Flag.POLICY_PRODUCTS: _("See the policy product list"),
    Flag.BILL_STORAGE: _("Have bills pushed to a bucket"),
    Flag.REFERRAL: _("Associate customers by referral"),
}
