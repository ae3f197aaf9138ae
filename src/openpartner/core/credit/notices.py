"""Telling customer and partner that credit is low and what stopped or resumed: by mail and in the console.

Each threshold at most once a calendar day of UTC+8 (tencent:B.2).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings

from openpartner.core.access.models import User
from openpartner.core.accounts.models import Account
from openpartner.core.credit import purses
from openpartner.core.credit.models import CreditNotice, Notice
from openpartner.core.credit.queries import Credit
from openpartner.core.credit.recipients import recipients
from openpartner.core.customers.messages import receivers
from openpartner.core.customers.models import MessageKind
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
    partners = {partner.pk: partner for _, _, partner in made}
    of_partners = {key: recipients(key) or [one for one in (row.email,) if one] for key, row in partners.items()}
    told = [_addresses(row, customer, of_partners) for row, customer, _ in made]
    users = User.objects.everything(reason=WHY).filter(email__in={one for some in told for one in some})
    languages = dict(users.values_list("email", "language"))
    for (row, customer, _), addresses in zip(made, told, strict=True):
        values = {
            "account": customer.called,
            "uin": customer.uin,
            "available": f"{plain(row.available)} {row.currency}",
            "total": f"{plain(row.total)} {row.currency}",
            "link": settings.OPENPARTNER.url,
        }
        if row.notice == Notice.LOW:
            values["percent"] = row.percent
        for address, account in addresses.items():
            language = languages.get(address, "en")
            post(TEMPLATES[Notice(row.notice)], values, to=address, language=language, account=account)


def _addresses(row: CreditNotice, customer: Account, of_partners: Mapping[int, Sequence[str]]) -> dict[str, int]:
    """To whom a notice goes, each address once, with the account in whose log it stands.

    A customer is mailed at its own address, unless its partner has taken its messages over (huawei:B20).
    """
    kind = MessageKind.CREDIT if row.notice == Notice.LOW else MessageKind.SERVICES
    found = {
        address: customer.pk if address == customer.email else row.partner_id for address in receivers(customer, kind)
    }
    return {**dict.fromkeys(of_partners[row.partner_id], row.partner_id), **found}
