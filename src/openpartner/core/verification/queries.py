"""Reading verifications: the queue, one submission, how an account stands, and the rules in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from openpartner.core.accounts.models import Account
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import CustomerType
from openpartner.core.base.scope import Scope
from openpartner.core.verification.models import State, VerificationFolder, VerificationPolicy, VerificationSubmission
from openpartner.kit.folding import fold_keeping_spaces
from openpartner.kit.ids import UIN_MAX

WHY = "of an account that was read within the scope, or is the caller's own"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionFilter:
    """Conditions on a list of submissions; None means no condition."""

    text: str | None = None
    state: State | None = None
    customer_type: CustomerType | None = None
    document: str | None = None
    is_change: bool | None = None
    is_reviewed: bool | None = None
    since: datetime | None = None
    until: datetime | None = None


def submissions(scope: Scope, where: SubmissionFilter) -> QuerySet[VerificationSubmission]:
    """The submissions a scope shows, in no order. `text` is a uin, an account id, or a part of a name."""
    rows = VerificationSubmission.objects.within(scope)
    if where.text is not None:
        rows = rows.filter(_named(where.text))
    exact = {name: getattr(where, name) for name in ("state", "customer_type", "document", "is_change", "is_reviewed")}
    rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
    if where.since is not None:
        rows = rows.filter(submitted_at__gte=where.since)
    if where.until is not None:
        rows = rows.filter(submitted_at__lte=where.until)
    return rows


def get_submission(scope: Scope, number: int) -> VerificationSubmission:
    """The submission with this key; NotVisible when the scope does not show it."""
    found = VerificationSubmission.objects.within(scope).select_related("customer", "partner").filter(pk=number).first()
    if found is None:
        raise NotVisible("verification")
    return found


def newest_of(customer: Account) -> VerificationSubmission | None:
    """The last submission of a customer that was read within a scope, whoever made it."""
    rows = VerificationSubmission.objects.everything(reason=WHY).filter(customer=customer)
    return rows.order_by("-id").first()


def submissions_of(scope: Scope, customer: Account) -> list[VerificationSubmission]:
    """Those submissions of a customer that the scope shows, newest first."""
    return list(VerificationSubmission.objects.within(scope).filter(customer=customer).order_by("-id"))


def policy_of(provider: int) -> VerificationPolicy:
    """The rules of a provider; the defaults where it has decided nothing."""
    rows = VerificationPolicy.objects.everything(reason="the provider of an account that was read within the scope")
    return rows.filter(provider=provider).first() or VerificationPolicy(provider_id=provider)


def folder_of(partner: int) -> VerificationFolder | None:
    """Where the files of a partner stand that it names by paths; None when it has not said so."""
    return VerificationFolder.objects.everything(reason=WHY).filter(partner=partner).first()


def _named(text: str) -> Q:
    folded = fold_keeping_spaces(text)
    found = Q(customer__legal_name_folded__contains=folded) | Q(customer__account_name_folded__contains=folded)
    found |= Q(customer__account_id=text) | Q(name__icontains=text)
    if text.isascii() and text.isdigit() and int(text) <= UIN_MAX:
        found |= Q(customer__uin=int(text))
    return found
