"""Telling a partner that it has used much of its consumption quota, at a threshold of its own (huawei:B16)."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings

from openpartner.core.access.models import User
from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.budgets.consumption import CHECK_CONSUMPTION, Consumption, consumption
from openpartner.core.budgets.models import ConsumptionAlert, ConsumptionQuota, ConsumptionThreshold
from openpartner.core.budgets.queries import recipients
from openpartner.core.command import command
from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.mail.outbox import post
from openpartner.core.mail.templates import Template
from openpartner.kit import clock

PERCENT = 80
"""What a partner is told at that has chosen nothing."""
PERCENT_MAX = 100
WHY = "the partner is the caller, or one whose bills were published"


@command(Action.CONSUMPTION_THRESHOLD_SET, permission=Permission.CREDIT_WRITE)
def set_consumption_threshold(caller: Caller, *, percent: int) -> ConsumptionThreshold:
    """Say at how many percent of its quota the calling partner is told, from 1 to 100, and return it."""
    if not caller.kind.pays:
        raise NotVisible("partner")
    if not 1 <= percent <= PERCENT_MAX:
        raise Invalid("percent", f"is from 1 to {PERCENT_MAX}")
    lock_account(caller.account)
    rows = ConsumptionThreshold.objects.everything(reason="the caller's own")
    kept, _ = rows.update_or_create(partner_id=caller.account, defaults={"percent": percent})
    record(caller, Action.CONSUMPTION_THRESHOLD_SET, percent=percent)
    enqueue(None, CHECK_CONSUMPTION, {"partners": [caller.account]})
    return kept


def threshold_of(partner: int) -> int:
    """At how many percent a partner, which was read within a scope, is told."""
    rows = ConsumptionThreshold.objects.everything(reason=WHY).filter(partner=partner)
    return rows.values_list("percent", flat=True).first() or PERCENT


def newest_alerts(partner: int, most: int) -> list[ConsumptionAlert]:
    """What a partner, which was read within a scope, was told, newest first."""
    rows = ConsumptionAlert.objects.everything(reason=WHY).filter(partner=partner)
    return list(rows.order_by("-at", "-id")[:most])


def check_quotas(partners: Collection[int]) -> int:
    """Look at the quotas of these partners, within a transaction, and return how many alerts are new."""
    quotas = ConsumptionQuota.objects.everything(reason=WHY).filter(partner__in=partners, until__isnull=True)
    held = {one.partner_id: one for one in quotas}
    return sum(_check(lock_account(partner), held.get(partner)) for partner in sorted(partners))


def _check(partner: Account, quota: ConsumptionQuota | None) -> bool:
    found, percent = consumption(partner), threshold_of(partner.pk)
    rows = ConsumptionAlert.objects.everything(reason=WHY).filter(partner=partner, until__isnull=True)
    current = rows.first()
    is_reached = quota is not None and found.percent is not None and found.percent >= percent
    if current is not None and (not is_reached or current.percent != percent):
        rows.update(until=max(clock.now(), current.at))
        current = None
    if quota is None or not is_reached or current is not None:
        return False
    ConsumptionAlert.objects.create(
        provider_id=quota.provider_id,
        partner=partner,
        currency=found.quota.currency,
        micros=found.quota.micros,
        used_micros=found.used.micros,
        percent=percent,
        at=clock.now(),
    )
    _mail(partner, percent, found)
    return True


def _mail(partner: Account, percent: int, found: Consumption) -> None:
    for address in recipients(partner.pk) or [partner.email]:
        if not address:
            continue
        user = User.objects.everything(reason=WHY).filter(email=address).first()
        values = {
            "account": partner.called,
            "percent": percent,
            "used": str(found.used),
            "amount": str(found.quota),
            "link": f"{settings.OPENPARTNER.url}/credit/consumption/",
        }
        language = user.language if user is not None else "en"
        post(Template.CONSUMPTION_REACHED, values, to=address, language=language, account=partner.pk)
