"""What keeps an account from being bound to a partner, and what keeps it from leaving one.

Each answer is a list of causes in a fixed order, empty when nothing does: a command refuses with the first, a page
shows them all.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import F

from openpartner.core.accounts.models import Account, EnterpriseMember, FeatureFlag, Flag
from openpartner.core.base.kinds import (
    AccountingMode,
    AccountKind,
    AssociationKind,
    CustomerType,
    Suspension,
    Verification,
)
from openpartner.core.credit.policies import rules_of
from openpartner.core.credit.queries import credit_of
from openpartner.core.eligibility.causes import Barred, Cause
from openpartner.core.eligibility.marks import marks_of
from openpartner.core.eligibility.models import Mark
from openpartner.core.eligibility.quotas import is_quota_used
from openpartner.core.ledger.models import LedgerAccount, Use
from openpartner.core.sales.models import IS_LIVE, ReportedCustomer
from openpartner.core.sales.reports import reported_by_other
from openpartner.kit import clock

WHY = "whether an account may be bound is asked across partners, and told without their names"

ALWAYS: dict[Mark, Cause] = {
    Mark.OTHER_SITE: Cause.OTHER_SITE,
    Mark.PARTNER_APPLICANT: Cause.PARTNER_APPLICANT,
    Mark.KEY_ACCOUNT: Cause.KEY_ACCOUNT,
    Mark.GROUP_ORGANIZATION: Cause.GROUP_ORGANIZATION,
    Mark.SAVINGS_PLAN: Cause.SAVINGS_PLAN,
    Mark.SHARED_UNIT_OWNER: Cause.SHARED_UNIT_OWNER,
    Mark.SHARED_UNIT_MEMBER: Cause.SHARED_UNIT_MEMBER,
    Mark.SPECIAL_CONTRACT: Cause.SPECIAL_CONTRACT,
    Mark.LEAD: Cause.LEAD,
}
"""Marks that bar every association (tencent:A.2, huawei:A3)."""
BY_RESALE: dict[Mark, Cause] = {
    Mark.SERVICES_CONTRACT: Cause.SERVICES_CONTRACT,
    Mark.RESERVED_INSTANCE: Cause.RESERVED_INSTANCE,
}
"""Marks that bar association by resale alone (huawei:A3)."""
LEAVING: dict[Mark, Cause] = {
    Mark.RESERVED_INSTANCE: Cause.RESERVED_INSTANCE,
    Mark.SUPPORT_PLAN: Cause.SUPPORT_PLAN,
}
"""Marks that bar leaving a partner (huawei:A3)."""
VERIFYING: dict[Verification, Cause] = {
    Verification.NONE: Cause.NOT_VERIFIED,
    Verification.IN_REVIEW: Cause.VERIFICATION_IN_REVIEW,
    Verification.REJECTED: Cause.VERIFICATION_REJECTED,
}
DECIDED_LATER = frozenset(
    {
        Cause.BIND_QUOTA_USED,
        Cause.NOT_A_COMPANY,
        Cause.VERIFICATION_OF_WRONG_KIND,
        *VERIFYING.values(),
    }
)
"""What may still change between an application and its approval, and does not keep anybody from applying."""


def bars_to_association(
    account: Account,
    partner: Account,
    kind: AssociationKind,
    *,
    as_role: AccountKind = AccountKind.CUSTOMER,
    is_new: bool = False,
) -> list[Cause]:
    """Why an account cannot become a customer, or a second-level reseller, of a partner; empty when it can.

    `is_new` says that it registered by this partner's own invitation or API. Both rows were read by whoever asks.
    """
    return [
        *bars_of_partner(partner, kind, as_role=as_role),
        *bars_of_account(account, kind, is_new=is_new or _is_reported_by(partner, account)),
        *_between(account, partner, as_role=as_role, is_new=is_new),
        *(_of_company(account) if as_role is AccountKind.SECOND_LEVEL_RESELLER else []),
    ]


def bars_of_partner(
    partner: Account, kind: AssociationKind, *, as_role: AccountKind = AccountKind.CUSTOMER
) -> list[Cause]:
    """Why a partner cannot take anybody, whoever it is."""
    own = AccountKind(partner.kind)
    takes = own is AccountKind.DISTRIBUTOR if as_role is AccountKind.SECOND_LEVEL_RESELLER else own.is_partner
    if not takes:
        return [Cause.NOT_A_PARTNER]
    keys = [key for key in (partner.pk, partner.partner_id) if key is not None]
    marked = marks_of(keys)
    own_marks = marked.get(partner.pk, set())
    above = marked.get(partner.partner_id or 0, set()) if own is AccountKind.SECOND_LEVEL_RESELLER else set()
    found = []
    if Mark.BARRED_PARTNER in own_marks:
        found.append(Cause.PARTNER_BARRED)
    if Mark.BARRED_PARTNER in above:
        found.append(Cause.DISTRIBUTOR_BARRED)
    if is_quota_used(partner.pk):  # whoever may have no more customers has no use for more resellers (tencent:D.1)
        found.append(Cause.BIND_QUOTA_USED)
    if as_role is not AccountKind.CUSTOMER:
        return found
    if kind is AssociationKind.RESALE and Mark.PREPAID_PARTNER in own_marks:
        found.append(Cause.PREPAID_PARTNER)
    if kind is AssociationKind.REFERRAL and not _has_referral(partner):
        found.append(Cause.NO_REFERRAL)
    return found


def bars_of_account(account: Account, kind: AssociationKind, *, is_new: bool = False) -> list[Cause]:
    """Why an account cannot be bound to anybody."""
    if account.kind == AccountKind.SECOND_LEVEL_RESELLER:
        return [Cause.ALREADY_RESELLER]
    if account.kind != AccountKind.CUSTOMER:
        return [Cause.ALREADY_PARTNER]
    found = [Cause.ALREADY_CUSTOMER] if account.partner_id is not None else []
    marked = marks_of([account.pk]).get(account.pk, set())
    found += [cause for mark, cause in ALWAYS.items() if mark in marked]
    if _owes(account):
        found.append(Cause.OWES)
    if not is_new:
        found += _of_age(account)
    members = EnterpriseMember.objects.everything(reason=WHY).filter(until__isnull=True)
    mode = members.filter(member=account).values_list("mode", flat=True).first()
    if mode == AccountingMode.UNIFIED:
        found.append(Cause.UNIFIED_MEMBER)
    if kind is AssociationKind.RESALE:
        if mode == AccountingMode.INDEPENDENT:
            found.append(Cause.ENTERPRISE_MEMBER)
        if members.filter(master=account).exists():
            found.append(Cause.HAS_MEMBERS)
        found += [cause for mark, cause in BY_RESALE.items() if mark in marked]
    return found


def bars_to_release(account: Account, partner: Account) -> list[Cause]:
    """Why an account cannot leave the partner it is bound to; empty when it can (tencent:A.2, huawei:A3)."""
    found = [Cause.SUSPENDED] if account.suspension != Suspension.NONE else []
    if credit_of(account, partner.pk).available < 0:
        found.append(Cause.CREDIT_NEGATIVE)
    if rules_of({account.pk: partner.pk})[account.pk].is_non_stop:
        found.append(Cause.NON_STOP)
    members = EnterpriseMember.objects.everything(reason=WHY).filter(master=account, until__isnull=True)
    modes = dict(members.values_list("member_id", "mode"))
    marked = marks_of([account.pk, *modes])
    own = marked.get(account.pk, set())
    found += [cause for mark, cause in LEAVING.items() if mark in own]
    if AccountingMode.INDEPENDENT in modes.values():
        found.append(Cause.INDEPENDENT_MEMBERS)
    unified = [key for key, mode in modes.items() if mode == AccountingMode.UNIFIED]
    if any(Mark.SUPPORT_PLAN in marked.get(key, set()) for key in unified):
        found.append(Cause.MEMBER_SUPPORT_PLAN)
    return found


def must_not_be_barred(causes: list[Cause]) -> None:
    """Raise Barred with the first of these causes, if there is one."""
    if causes:
        raise Barred(causes[0])


def _between(account: Account, partner: Account, *, as_role: AccountKind, is_new: bool) -> list[Cause]:
    found = []
    if account.site != partner.site:
        found.append(Cause.OTHER_SITE)
    # Whoever a second-level reseller binds registers for it, and so does a reseller that a distributor invites.
    by_reseller = partner.kind == AccountKind.SECOND_LEVEL_RESELLER
    if as_role is AccountKind.CUSTOMER and reported_by_other(partner.pk, email=account.email, name=account.legal_name):
        found.append(Cause.REPORTED_BY_OTHER)
    if not is_new and (by_reseller or as_role is AccountKind.SECOND_LEVEL_RESELLER):
        found.append(Cause.NOT_NEW)
    return found


def _is_reported_by(partner: Account, account: Account) -> bool:
    """Whether the partner has reported the account's address, which spares it the rules about its age."""
    rows = ReportedCustomer.objects.everything(reason=WHY).filter(IS_LIVE, partner=partner, email=account.email)
    return bool(account.email) and rows.exists()


def _of_company(account: Account) -> list[Cause]:
    """Why an applicant is no verified company (tencent:A.3)."""
    verified = account.verification == Verification.VERIFIED
    if account.customer_type != CustomerType.ENTERPRISE:
        return [Cause.VERIFICATION_OF_WRONG_KIND if verified else Cause.NOT_A_COMPANY]
    return [] if verified else [VERIFYING[Verification(account.verification)]]


def _owes(account: Account) -> bool:
    """Whether it left a debt with an earlier partner, or its own balance is below zero.

    Below alone: one sentence of the vendor says so, though its code's name says zero too (tencent:F.14).
    """
    purses = LedgerAccount.objects.everything(reason=WHY).filter(holder=account, use__in=(Use.AVAILABLE, Use.BALANCE))
    return purses.filter(debits__gt=F("credits")).exists()


def _of_age(account: Account) -> list[Cause]:
    """What an account has been before, where the installation minds it (huawei:A3)."""
    days = settings.OPENPARTNER.association_within_days
    if not days:
        return []
    found = []
    if clock.now() - account.registered_at > timedelta(days=days):
        found.append(Cause.REGISTERED_LONG_AGO)
    purses = LedgerAccount.objects.everything(reason=WHY).filter(holder=account, use=Use.BALANCE)
    if purses.filter(debits__gt=0).exists():
        found.append(Cause.HAS_SPENT)
    return found


def _has_referral(partner: Account) -> bool:
    flags = FeatureFlag.objects.everything(reason=WHY).filter(partner=partner, flag=Flag.REFERRAL, until__isnull=True)
    return flags.exists()
