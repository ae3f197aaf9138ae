"""Telling customer and partner that credit is low and what stopped or resumed: by mail and in the console.

Each threshold at most once a calendar day of UTC+8 (tencent:B.2).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.conf import settings

from openpartner.core.access.models import User
from openpartner.core.accounts.models import Account
from openpartner.core.credit import purses
from openpartner.core.credit.models import CreditNotice, Notice
from openpartner.core.credit.queries import Credit
from openpartner.core.credit.recipients import recipients
from openpartner.core.mail.outbox import post
from openpartner.core.mail.templates import Template
from openpartner.kit import clock
from openpartner.kit.clock import BEIJING
from openpartner.kit.money import plain

WHY = "of customers whose standing was just looked at"
TEMPLATES = {
    Notice.LOW: Template.CREDIT_LOW,
    Notice.STOPPED: Template.SERVICES_STOPPED,
    Notice.RESUMED: Template.SERVICES_RESUMED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was found out about one customer."""

    customer: Account
    credit: Credit
    reached: tuple[int, ...]
    stopped: bool
    resumed: bool


def tell(found: Collection[Told]) -> None:
    """Write the notices that are due, and mail them to customer and partner. Part of the caller's transaction."""
    due = [one for one in found if one.reached or one.stopped or one.resumed]
    if not due:
        return
    moment = clock.now()
    day = moment.astimezone(BEIJING).date()
    rows = CreditNotice.objects.everything(reason=WHY).filter(
        customer__in=[one.customer.pk for one in due], day=day, notice=Notice.LOW
    )
    already = set(rows.values_list("customer", "percent"))
    partners = Account.objects.everything(reason=WHY).in_bulk({one.customer.partner_id for one in due})
    made: list[tuple[CreditNotice, Account, Account]] = []
    for one in due:
        assert one.customer.partner_id is not None
        assert one.customer.payer_id is not None
        assert one.customer.provider_id is not None
        partner = partners[one.customer.partner_id]
        for notice, percent, is_mailed in _due(one, already):
            row = CreditNotice(
                provider_id=one.customer.provider_id,
                payer_id=one.customer.payer_id,
                partner=partner,
                customer=one.customer,
                notice=notice,
                percent=percent,
                total=one.credit.total,
                available=one.credit.available,
                currency=purses.currency_of(partner),
                day=day,
                at=moment,
                is_mailed=is_mailed,
            )
            made.append((row, one.customer, partner))
    CreditNotice.objects.bulk_create([row for row, _, _ in made])
    _mail([one for one in made if one[0].is_mailed])


def _due(one: Told, already: set[tuple[int, int]]) -> list[tuple[Notice, int, bool]]:
    """Which notices, and which of them are mailed: of thresholds reached at once the lowest speaks for all."""
    fresh = [percent for percent in one.reached if (one.customer.pk, percent) not in already]
    due = [(Notice.LOW, percent, percent == min(fresh)) for percent in fresh]
    if one.stopped:
        due.append((Notice.STOPPED, 0, True))
    if one.resumed:
        due.append((Notice.RESUMED, 0, True))
    return due


def _mail(made: Sequence[tuple[CreditNotice, Account, Account]]) -> None:
    told = {account.pk: _addresses(account) for _, *both in made for account in both}
    users = User.objects.everything(reason=WHY).filter(email__in={one for some in told.values() for one in some})
    languages = dict(users.values_list("email", "language"))
    for row, customer, partner in made:
        for account in (customer, partner):
            values = {
                "account": customer.legal_name or customer.account_name,
                "uin": customer.uin,
                "available": f"{plain(row.available)} {row.currency}",
                "total": f"{plain(row.total)} {row.currency}",
                "link": settings.OPENPARTNER.url,
            }
            if row.notice == Notice.LOW:
                values["percent"] = row.percent
            for address in told[account.pk]:
                post(
                    TEMPLATES[Notice(row.notice)],
                    values,
                    to=address,
                    language=languages.get(address, "en"),
                    account=account.pk,
                )


def _addresses(account: Account) -> list[str]:
    """To whom alerts of an account go: a partner names recipients, everybody else has one address or none."""
    return recipients(account.pk) or [one for one in (account.email,) if one]
