"""Telling a customer, and the partner who submitted it, what became of a verification."""

from __future__ import annotations

from django.conf import settings

from openpartner.core.access.models import User
from openpartner.core.accounts.models import Account
from openpartner.core.mail.outbox import post
from openpartner.core.mail.templates import Template
from openpartner.core.verification.models import State, VerificationSubmission

TEMPLATES = {State.PASSED: Template.VERIFICATION_PASSED, State.REJECTED: Template.VERIFICATION_REJECTED}
OWN_PAGE = "/verification/"
PAGE_OF_CUSTOMER = "/customers/{account_id}/verification/"


def tell_result(row: VerificationSubmission, customer: Account) -> None:
    """Post the mails about a decision; part of its transaction. The document is not named in them."""
    users = User.objects.everything(reason="an address of the account's own")
    language = users.filter(email=customer.email).values_list("language", flat=True).first() or row.language
    to = {customer.email: (customer.pk, language, OWN_PAGE)} if customer.email else {}
    if row.mail and row.mail != customer.email:
        is_own = row.submitter_id == customer.pk
        page = OWN_PAGE if is_own else PAGE_OF_CUSTOMER.format(account_id=customer.account_id)
        to[row.mail] = (row.submitter_id, row.language, page)
    for address, (account, tongue, page) in to.items():
        values: dict[str, object] = {
            "account": customer.called,
            "uin": customer.uin,
            "link": f"{settings.OPENPARTNER.url}{page}",
        }
        if row.state == State.REJECTED:
            values["opinion"] = row.opinion
        post(TEMPLATES[State(row.state)], values, to=address, language=tongue, account=account)
