"""Why an account cannot be bound, released or registered: one table with each vendor's code and a sentence.

Adapters translate by this table alone. An empty code means that the vendor has no word for it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext_noop as _

from openpartner.core.base.errors import Conflict


class Cause(StrEnum):
    """One reason why something about an account's life in the channel is refused."""

    # Registering.
    MAIL_TAKEN = "mail-taken"
    NAME_TAKEN = "name-taken"
    NAME_INVALID = "name-invalid"
    PASSWORD_INVALID = "password-invalid"  # noqa: S105  # a cause, not a secret
    PHONE_EXISTS = "phone-exists"
    PHONE_FULL = "phone-full"
    REGION_NOT_SERVED = "region-not-served"
    INDUSTRY_WRONG = "industry-wrong"
    LEAD = "lead"
    # Codes and mails.
    CODE_WRONG = "code-wrong"
    CODE_TOO_SOON = "code-too-soon"
    CODES_EXHAUSTED = "codes-exhausted"
    MAIL_TOO_SOON = "mail-too-soon"
    # The account that would be bound.
    ALREADY_CUSTOMER = "already-customer"
    ALREADY_RESELLER = "already-reseller"
    ALREADY_PARTNER = "already-partner"
    ALREADY_APPLIED = "already-applied"
    PARTNER_APPLICANT = "partner-applicant"
    IS_USER = "is-user"
    KEY_ACCOUNT = "key-account"
    GROUP_ORGANIZATION = "group-organization"
    OWES = "owes"
    SAVINGS_PLAN = "savings-plan"
    SHARED_UNIT_OWNER = "shared-unit-owner"
    SHARED_UNIT_MEMBER = "shared-unit-member"
    OTHER_SITE = "other-site"
    SPECIAL_CONTRACT = "special-contract"
    SERVICES_CONTRACT = "services-contract"
    REGISTERED_LONG_AGO = "registered-long-ago"
    HAS_SPENT = "has-spent"
    UNIFIED_MEMBER = "unified-member"
    ENTERPRISE_MEMBER = "enterprise-member"
    HAS_MEMBERS = "has-members"
    RESERVED_INSTANCE = "reserved-instance"
    NOT_NEW = "not-new"
    NOT_A_COMPANY = "not-a-company"
    NOT_VERIFIED = "not-verified"
    VERIFICATION_IN_REVIEW = "verification-in-review"
    VERIFICATION_REJECTED = "verification-rejected"
    VERIFICATION_OF_WRONG_KIND = "verification-of-wrong-kind"
    # The partner that would bind it.
    NOT_A_PARTNER = "not-a-partner"
    BIND_QUOTA_USED = "bind-quota-used"
    PARTNER_BARRED = "partner-barred"
    DISTRIBUTOR_BARRED = "distributor-barred"
    PREPAID_PARTNER = "prepaid-partner"
    NO_REFERRAL = "no-referral"
    REPORTED_BY_OTHER = "reported-by-other"
    # Nothing there to decide, or the answer still to come.
    NO_APPLICATION = "no-application"
    NO_RESELLER_APPLICATION = "no-reseller-application"
    RESULT_LATE = "result-late"
    # The link of an invitation.
    LINK_UNKNOWN = "link-unknown"
    LINK_EXPIRED = "link-expired"
    LINK_REVOKED = "link-revoked"
    LINK_USED = "link-used"
    LINK_OF_OTHER = "link-of-other"
    # Leaving a partner.
    SUSPENDED = "suspended"
    NON_STOP = "non-stop"
    CREDIT_NEGATIVE = "credit-negative"
    SUPPORT_PLAN = "support-plan"
    INDEPENDENT_MEMBERS = "independent-members"
    MEMBER_SUPPORT_PLAN = "member-support-plan"
    # Moving to another partner.
    RECEIVER_CREDIT_SHORT = "receiver-credit-short"


class Told(NamedTuple):
    """How each vendor and a person are told of a cause; `field` is where a form says it, if it is about one."""

    tencent: str
    huawei: str
    sentence: str
    field: str = ""


CAUSES: dict[Cause, Told] = {
    Cause.MAIL_TAKEN: Told(
        "FailedOperation.MailIsRegistered",
        "CBC.0101",
        _("This e-mail address cannot be used for a new account."),
        "email",
    ),
    Cause.NAME_TAKEN: Told("", "CBC.99000031", _("This account name cannot be used."), "account_name"),
    Cause.NAME_INVALID: Told("", "CBC.99000031", _("This is no account name."), "account_name"),
    Cause.PASSWORD_INVALID: Told(
        "InvalidParameter.PasswordContentIncorrect",
        "CBC.99000036",
        _("The password does not follow the rules."),
        "password",
    ),
    Cause.PHONE_EXISTS: Told(
        "FailedOperation.PhoneBindUpper", "CBC.99000029", _("This telephone number cannot be used."), "mobile"
    ),
    Cause.PHONE_FULL: Told(
        "FailedOperation.PhoneBindUpper",
        "CBC.99000030",
        _("This telephone number has as many accounts as it can have."),
        "mobile",
    ),
    Cause.REGION_NOT_SERVED: Told(
        "InvalidParameterValue.UnSupportArea", "CBC.0101", _("This country is not served."), "country_code"
    ),
    Cause.INDUSTRY_WRONG: Told(
        "FailedOperation.TradeInfoIncorrect", "CBC.0101", _("There is no such industry."), "industry"
    ),
    Cause.LEAD: Told(
        "FailedOperation.MailIsRegistered",
        "CBC.99000051",
        _("The provider itself is in touch with this customer already."),
        "email",
    ),
    Cause.CODE_WRONG: Told(
        "FailedOperation.VerificationCodeIllegal",
        "CBC.0101",
        _("The verification code is wrong, was used or has expired."),
        "code",
    ),
    Cause.CODE_TOO_SOON: Told(
        "FailedOperation.SendVerifyCodeLimit60",
        "CBC.99008040",
        _("A verification code was sent a moment ago; wait a minute."),
        "code",
    ),
    Cause.CODES_EXHAUSTED: Told(
        "FailedOperation.SendVerifyCodeLimit",
        "CBC.99004015",
        _("Too many verification codes were sent; try again later."),
        "code",
    ),
    Cause.MAIL_TOO_SOON: Told(
        "FailedOperation.SendMailLimit180",
        "CBC.99008040",
        _("This address was sent an invitation a moment ago; wait three minutes."),
        "email",
    ),
    Cause.ALREADY_CUSTOMER: Told(
        "InvalidParameterValue.UinAlreadyClient", "CBC.99007004", _("The account is already a partner's customer.")
    ),
    Cause.ALREADY_RESELLER: Told(
        "InvalidParameterValue.UinAlreadyReseller",
        "CBC.99007004",
        _("The account is already a second-level reseller."),
    ),
    Cause.ALREADY_PARTNER: Told(
        "InvalidParameterValue.UinAlreadyReseller", "CBC.99007004", _("The account is itself a partner.")
    ),
    Cause.ALREADY_APPLIED: Told(
        "InvalidParameterValue.UinAlreadyAppliedClient",
        "CBC.99007004",
        _("The account has applied already, and is waiting for an answer."),
    ),
    Cause.PARTNER_APPLICANT: Told(
        "FailedOperation.UinAppliedAgent", "CBC.99007004", _("The account has applied to become a partner.")
    ),
    Cause.IS_USER: Told(
        "InvalidParameterValue.UinIsSubAccount",
        "CBC.99007004",
        _("This is a user within an organization and not an account of its own."),
    ),
    Cause.KEY_ACCOUNT: Told(
        "FailedOperation.UinAlreadyKA", "CBC.99007004", _("The account is a key account of the provider.")
    ),
    Cause.GROUP_ORGANIZATION: Told(
        "FailedOperation.BindOrganizationAccount", "CBC.99007004", _("The account belongs to a group organization.")
    ),
    Cause.OWES: Told(
        "FailedOperation.ClientBalanceIsLessOrEqualZero", "CBC.99007004", _("The account has unpaid debts.")
    ),
    Cause.SAVINGS_PLAN: Told("FailedOperation.ClientBuySP", "CBC.99007004", _("The account owns a savings plan.")),
    Cause.SHARED_UNIT_OWNER: Told(
        "FailedOperation.ClientCreateShareUnit", "CBC.99007004", _("The account has created a shared unit.")
    ),
    Cause.SHARED_UNIT_MEMBER: Told(
        "FailedOperation.ClientJoinShareUnit", "CBC.99007004", _("The account has joined a shared unit.")
    ),
    Cause.OTHER_SITE: Told("", "CBC.0156", _("The account was registered on another site.")),
    Cause.SPECIAL_CONTRACT: Told("", "CBC.99007004", _("The account has a special contract with the provider.")),
    Cause.SERVICES_CONTRACT: Told("", "CBC.99007004", _("The account has a contract for professional services.")),
    Cause.REGISTERED_LONG_AGO: Told("", "CBC.99007004", _("The account was registered too long ago.")),
    Cause.HAS_SPENT: Told("", "CBC.99007004", _("The account has paid for services before.")),
    # What one vendor calls a sub-account belongs to another account, which is what a member of an enterprise does.
    Cause.UNIFIED_MEMBER: Told(
        "InvalidParameterValue.UinIsSubAccount",
        "CBC.99007004",
        _("The account is a member of an enterprise that pays for it."),
    ),
    Cause.ENTERPRISE_MEMBER: Told(
        "InvalidParameterValue.UinIsSubAccount", "CBC.99007004", _("The account is a member of an enterprise.")
    ),
    Cause.HAS_MEMBERS: Told("", "CBC.99007004", _("The account is an enterprise with members.")),
    Cause.RESERVED_INSTANCE: Told("", "CBC.99007004", _("The account has a valid reserved instance.")),
    Cause.NOT_NEW: Told("", "CBC.99007004", _("This invitation is only for accounts that register with it.")),
    Cause.NOT_A_COMPANY: Told(
        "FailedOperation.AccountTypeNotCompany", "CBC.5006", _("A second-level reseller is a company.")
    ),
    Cause.NOT_VERIFIED: Told("FailedOperation.RealNameNotCompleted", "CBC.99007004", _("The company is not verified.")),
    Cause.VERIFICATION_IN_REVIEW: Told(
        "FailedOperation.RealNameInApproval", "CBC.99007004", _("The company's verification is in review.")
    ),
    Cause.VERIFICATION_REJECTED: Told(
        "FailedOperation.RealNameReject", "CBC.99007004", _("The company's verification was rejected.")
    ),
    Cause.VERIFICATION_OF_WRONG_KIND: Told(
        "FailedOperation.RealNameTypeIllegal", "CBC.5006", _("The account was verified as a person, not as a company.")
    ),
    Cause.NOT_A_PARTNER: Told("FailedOperation.UinNotReseller", "CBC.5001", _("Only a partner binds customers.")),
    Cause.BIND_QUOTA_USED: Told(
        "FailedOperation.ExceedMaxBindCount", "CBC.99007004", _("The partner has as many customers as it can have.")
    ),
    Cause.PARTNER_BARRED: Told(
        # The sibling that huawei:C8 names without its number; it stands on the China site's page of mc_00016.
        "UnauthorizedOperation.UinNoAuth",
        "CBC.50010085",
        _("The partner may not take new customers at present."),
    ),
    Cause.DISTRIBUTOR_BARRED: Told(
        "UnauthorizedOperation.UinNoAuth",
        "CBC.50010086",
        _("The partner's distributor may not take new customers at present."),
    ),
    Cause.PREPAID_PARTNER: Told("", "CBC.99007004", _("A partner that pays in advance has no customers by resale.")),
    Cause.NO_REFERRAL: Told("", "CBC.0151", _("The partner has not been granted association by referral."), "kind"),
    Cause.REPORTED_BY_OTHER: Told("", "CBC.99007004", _("Another partner has reported this customer.")),
    Cause.NO_APPLICATION: Told(
        "FailedOperation.ClientNotApply", "CBC.99000035", _("No application of this account waits for an answer.")
    ),
    Cause.NO_RESELLER_APPLICATION: Told(
        "FailedOperation.ResellerNotApply", "CBC.99000037", _("No application of this account waits for an answer.")
    ),
    Cause.RESULT_LATE: Told("", "CBC.99000050", _("The account was created; whether it is bound is known in a while.")),
    Cause.LINK_UNKNOWN: Told("", "CBC.99007004", _("The link is incomplete, or its invitation was deleted.")),
    Cause.LINK_EXPIRED: Told("", "CBC.99007004", _("The invitation has expired.")),
    Cause.LINK_REVOKED: Told("", "CBC.99007004", _("The invitation was revoked.")),
    Cause.LINK_USED: Told("", "CBC.99007004", _("The invitation was used already.")),
    Cause.LINK_OF_OTHER: Told("", "CBC.99007004", _("The invitation was sent to another address.")),
    Cause.SUSPENDED: Told("", "CBC.99007004", _("The account is suspended; that is lifted first.")),
    Cause.NON_STOP: Told(
        "", "CBC.99007004", _("The account keeps running at negative credit; that privilege is ended first.")
    ),
    Cause.CREDIT_NEGATIVE: Told("", "CBC.99007004", _("The available credit is below zero.")),
    Cause.SUPPORT_PLAN: Told("", "CBC.99007004", _("The account has a valid support plan.")),
    Cause.INDEPENDENT_MEMBERS: Told(
        "", "CBC.99007004", _("The account is an enterprise with members that pay for themselves.")
    ),
    Cause.MEMBER_SUPPORT_PLAN: Told(
        "", "CBC.99007004", _("A member that the account pays for has a valid support plan.")
    ),
    Cause.RECEIVER_CREDIT_SHORT: Told(
        "",
        "CBC.99007004",
        _(
            "A second-level reseller takes over a customer only with more credit left to allocate than it has been"
            " given."
        ),
    ),
}
"""tencent:D.1 (the meanings of its codes), huawei:A3 and huawei:C8."""


class Barred(Conflict):
    """Something is refused for a cause that each vendor and a person can be told.

    `retry_after_seconds` is not zero where waiting is all that is needed.
    """

    def __init__(self, cause: Cause, *, retry_after_seconds: int = 0) -> None:
        super().__init__(CAUSES[cause].sentence)
        self.cause = cause
        self.retry_after_seconds = retry_after_seconds

    @property
    def told(self) -> Told:
        """The codes and the sentence of the cause."""
        return CAUSES[self.cause]
