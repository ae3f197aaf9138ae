"""Submitting a verification, by a partner for its customer or by the customer itself, and deciding it.

The account's own `verification` repeats the result. A change to a company leaves it verified until it is decided.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from openpartner.core.access.models import User
from openpartner.core.access.sealing import seal, unsealed
from openpartner.core.accounts.models import Account, EnterpriseMember
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind, CustomerType, Verification
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.customers.queries import get_direct_customer
from openpartner.core.verification.models import (
    OPINION_MAX,
    TRANSITIONS,
    State,
    VerificationPolicy,
    VerificationSubmission,
)
from openpartner.core.verification.notices import tell_result
from openpartner.core.verification.queries import folder_of, get_submission, policy_of
from openpartner.core.verification.rules import Fault, Given, VerificationRefused, check, file_fault, masked_number
from openpartner.kit import clock

AT_ONCE_MAX = 1_000
WHY = "the account is locked"
BY_RULES = "no review"
"""Who decided what nobody had to look at."""


@command(Action.VERIFICATION_SUBMITTED, permission=Permission.CUSTOMER_CREATE)
def submit(caller: Caller, *, account_id: str, given: Given) -> VerificationSubmission:
    """Submit a direct customer's verification, and return it: in review, or passed where no review is needed.

    Invalid for what is not well formed, VerificationRefused with the fault for what is not possible now.
    """
    customer = get_direct_customer(caller, account_id=account_id)
    return _submit(caller, customer, given, has_folder=folder_of(caller.account) is not None)


@command(Action.VERIFICATION_SUBMITTED, permission=Permission.CONSENT)
def submit_own(caller: Caller, *, given: Given) -> VerificationSubmission:
    """Submit the verification of the calling customer itself, otherwise as `submit`. Its files are https links."""
    if caller.kind is not AccountKind.CUSTOMER:
        raise NotVisible("customer")
    own = Account.objects.everything(reason="the caller's own row").get(pk=caller.account)
    return _submit(caller, own, given, has_folder=False)


@command(Action.VERIFICATION_PASSED, permission=Permission.VERIFICATION_REVIEW)
def pass_submission(caller: Caller, *, number: int, opinion: str = "") -> VerificationSubmission:
    """Let a submission pass; the account is verified as what it says. Conflict when it was decided meanwhile."""
    return _review(caller, number, State.PASSED, opinion)


@command(Action.VERIFICATION_REJECTED, permission=Permission.VERIFICATION_REVIEW)
def reject_submission(caller: Caller, *, number: int, opinion: str) -> VerificationSubmission:
    """Reject a submission with an opinion that its customer reads. Conflict when it was decided meanwhile."""
    if not opinion.strip():
        raise Invalid("opinion", "is empty")
    return _review(caller, number, State.REJECTED, opinion)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one submission of several: decided, or why not."""

    number: int
    why: str = ""


@command(
    Action.VERIFICATIONS_DECIDED,
    Action.VERIFICATION_PASSED,
    Action.VERIFICATION_REJECTED,
    permission=Permission.VERIFICATION_REVIEW,
)
def decide_several(caller: Caller, *, numbers: Sequence[int], passes: bool, opinion: str = "") -> list[Outcome]:
    """Pass or reject several submissions alike; each has an outcome of its own. Invalid for none, or too many."""
    wanted = list(dict.fromkeys(numbers))
    if not 1 <= len(wanted) <= AT_ONCE_MAX:
        raise Invalid("numbers", f"from one to {AT_ONCE_MAX} verifications are decided at once")
    if not passes and not opinion.strip():
        raise Invalid("opinion", "is empty")
    found = {}
    for number in sorted(wanted):  # in one order, so that two reviewers never wait for each other
        try:
            with transaction.atomic():
                _review(caller, number, State.PASSED if passes else State.REJECTED, opinion)
            found[number] = Outcome(number)
        except (Conflict, NotVisible) as error:
            found[number] = Outcome(number, error.message)
    done = sum(1 for one in found.values() if not one.why)
    record(caller, Action.VERIFICATIONS_DECIDED, passed=passes, counts={"done": done, "refused": len(found) - done})
    return [found[number] for number in wanted]


@command(Action.VERIFICATION_POLICY_SET, permission=Permission.VERIFICATION_REVIEW)
def set_policy(
    caller: Caller, *, reviews_persons: bool, reviews_companies: bool, attempts_max: int, accounts_max: int
) -> VerificationPolicy:
    """Say what the calling provider reviews by hand, and how often; returns the rules. What is in review stays so."""
    if caller.kind is not AccountKind.PROVIDER:
        raise NotVisible("policy")
    for field, value in (("attempts_max", attempts_max), ("accounts_max", accounts_max)):
        if not 1 <= value <= AT_ONCE_MAX:
            raise Invalid(field, f"is not between 1 and {AT_ONCE_MAX}")
    lock_account(caller.account)
    row = policy_of(caller.account)
    row.reviews_persons, row.reviews_companies = reviews_persons, reviews_companies
    row.attempts_max, row.accounts_max = attempts_max, accounts_max
    row.save()
    record(
        caller,
        Action.VERIFICATION_POLICY_SET,
        persons=reviews_persons,
        companies=reviews_companies,
        attempts=attempts_max,
        accounts=accounts_max,
    )
    return row


def reseal() -> int:
    """Seal every stored number anew, and return how many there were; for the rotation of keys."""
    count = 0
    rows = VerificationSubmission.objects.everything(reason="rotation touches every secret")
    for row in rows.iterator(chunk_size=1000):
        row.number = seal(unsealed(row.number))
        row.legal_person_number = seal(unsealed(row.legal_person_number)) if row.legal_person_number else ""
        row.save(update_fields=["number", "legal_person_number"])
        count += 1 + bool(row.legal_person_number)
    return count


def _submit(caller: Caller, customer: Account, given: Given, *, has_folder: bool) -> VerificationSubmission:
    given = replace(given, name=given.name.strip(), number=given.number.strip())
    check(given)
    for fault in (file_fault(one, has_folder=has_folder) for one in given.files):
        if fault is not None:
            raise VerificationRefused(fault)
    customer = lock_account(customer.pk)  # whoever submits or decides at the same time waits here
    assert customer.provider_id is not None  # every account has one, bound or not
    policy = policy_of(customer.provider_id)
    attempts = VerificationSubmission.objects.everything(reason=WHY).filter(customer=customer).count()
    digest = _digest(given.number)
    for fault in _faults(customer, given, policy, attempts, digest):
        raise VerificationRefused(fault)
    is_reviewed = policy.reviews_persons if given.customer_type is CustomerType.PERSON else policy.reviews_companies
    user = User.objects.everything(reason="the caller itself").filter(pk=caller.user or 0).first()
    row = VerificationSubmission(
        **_tenants(customer),
        attempt=attempts + 1,
        customer_type=given.customer_type,
        is_change=given.is_change,
        document=given.document,
        name=given.name,
        number=seal(given.number),
        number_masked=masked_number(given.number),
        number_digest=digest,
        region=given.region,
        address=given.address,
        legal_person=given.legal_person,
        legal_person_number=seal(given.legal_person_number) if given.legal_person_number else "",
        files=json.dumps(list(given.files), ensure_ascii=False),
        is_reviewed=is_reviewed,
        submitted_at=clock.now(),
        submitted_by=caller.user_name,
        submitter_id=caller.account,
        mail=user.email if user else "",
        language=user.language if user else caller.language,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:  # the lock makes it impossible; the constraint says it again
        raise VerificationRefused(Fault.VERIFIED) from error
    record(
        caller,
        Action.VERIFICATION_SUBMITTED,
        subject=customer,
        attempt=row.attempt,
        type=given.customer_type.label,
        change=given.is_change,
        review=is_reviewed,
    )
    if is_reviewed:
        if not given.is_change:
            customer.verification = Verification.IN_REVIEW
            customer.save(update_fields=["verification"])
    else:
        _decide(row, customer, State.PASSED, "", by=BY_RULES)
    return row


def _faults(customer: Account, given: Given, policy: VerificationPolicy, attempts: int, digest: str) -> list[Fault]:
    """What is against it now, the first reason first."""
    rows = VerificationSubmission.objects.everything(reason=WHY)
    state, is_company = Verification(customer.verification), customer.customer_type == CustomerType.ENTERPRISE
    in_review = state is Verification.IN_REVIEW or rows.filter(customer=customer, state=State.IN_REVIEW).exists()
    is_verified = state is Verification.VERIFIED
    members = EnterpriseMember.objects.everything(reason=WHY).filter(master=customer, until__isnull=True)
    same = rows.filter(number_digest=digest, state=State.PASSED).exclude(customer=customer)
    is_person = given.customer_type is CustomerType.PERSON
    found = {
        Fault.VERIFIED: in_review or (is_verified and (is_company or not given.is_change)),
        Fault.NOT_A_PERSON: given.is_change and not is_verified,
        Fault.ATTEMPTS: attempts >= policy.attempts_max,
        Fault.HAS_MEMBERS: is_person and members.exists(),
        Fault.NUMBER_USED: same.values("customer").distinct().count() >= policy.accounts_max,
    }
    return [fault for fault, holds in found.items() if holds]


def _review(caller: Caller, number: int, state: State, opinion: str) -> VerificationSubmission:
    opinion = opinion.strip()
    if len(opinion) > OPINION_MAX:
        raise Invalid("opinion", f"is longer than {OPINION_MAX} characters")
    if caller.kind is not AccountKind.PROVIDER:
        raise NotVisible("verification")
    customer = lock_account(get_submission(caller.scope, number).customer_id)
    row = get_submission(caller.scope, number)  # as it is now that the account is locked
    if state not in TRANSITIONS[State(row.state)]:
        raise Conflict("the verification was decided already")
    _decide(row, customer, state, opinion, by=caller.user_name)
    action = Action.VERIFICATION_PASSED if state is State.PASSED else Action.VERIFICATION_REJECTED
    record(caller, action, subject=customer, attempt=row.attempt, opinion=opinion)
    return row


def _decide(row: VerificationSubmission, customer: Account, state: State, opinion: str, *, by: str) -> None:
    """Write the decision, and what the locked account repeats of it."""
    moment = clock.now()
    row.state, row.opinion, row.decided_by = state, opinion, by
    row.decided_at = max(moment, row.submitted_at)
    row.save(update_fields=["state", "opinion", "decided_by", "decided_at"])
    if state is State.PASSED:
        customer.verification, customer.verified_at = Verification.VERIFIED, moment
        customer.customer_type, customer.legal_name = CustomerType(row.customer_type), row.name
        customer.fold_names()
    elif not row.is_change:  # who fails to become a company is still the person it was verified as
        customer.verification = Verification.REJECTED
    changed = ["verification", "verified_at", "customer_type", "legal_name", *Account.FOLDED]
    customer.save(update_fields=changed)
    tell_result(row, customer)


def _tenants(customer: Account) -> dict[str, Any]:
    return {
        "provider_id": customer.provider_id,
        "payer_id": customer.payer_id,
        "partner_id": customer.partner_id,
        "customer": customer,
    }


def _digest(number: str) -> str:
    folded = "".join(sign for sign in number.casefold() if sign.isalnum())
    return salted_hmac("openpartner.verification.number", folded, algorithm="sha256").hexdigest()
