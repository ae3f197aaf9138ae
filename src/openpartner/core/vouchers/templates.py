"""Templates: what a partner issues vouchers from, open to changes until the first one (tencent:B.5)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.vouchers.lists import joined
from openpartner.core.vouchers.models import TEXT_MAX, VoucherTemplate
from openpartner.core.vouchers.purses import own_account, positive_micros
from openpartner.core.vouchers.vocabulary import PaymentMode, Reach, Usage
from openpartner.kit import clock

NAME = re.compile(r"[^\W\d_](?:[^\W\d_]| ){0,19}")
DAYS_MAX = 3650


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateValues:
    """What a template says. The amount is whole units; one of `valid_until` and `valid_days` is given."""

    name: str
    usage: Usage
    amount: Decimal
    reach: Reach = Reach.ALL
    products: Sequence[str] = field(default_factory=tuple)
    payment_mode: PaymentMode = PaymentMode.ALL
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    valid_days: int | None = None
    description: str = ""


@command(Action.VOUCHER_TEMPLATE_SAVED, permission=Permission.VOUCHER_WRITE)
def save_template(caller: Caller, *, values: TemplateValues, template: int | None = None) -> VoucherTemplate:
    """Make a template, or change one of which nothing was issued yet, and return it.

    Invalid when a value is out of range or the name is taken, Conflict when something was issued from it or it is
    retired.
    """
    if not caller.kind.is_partner:
        raise NotVisible("template")
    columns = _columns(caller, values)
    own = VoucherTemplate.objects.within(caller.scope).filter(partner_id=caller.account)
    if own.filter(name=values.name).exclude(pk=template or 0).exists():
        raise Invalid("name", "is taken")
    partner = own_account(caller)
    if template is None:
        assert partner.provider_id is not None
        assert partner.payer_id is not None
        row = VoucherTemplate.objects.create(  # type: ignore[misc]  # the other columns are one dict
            partner=partner,
            provider_id=partner.provider_id,
            payer_id=partner.payer_id,
            created_at=clock.now(),
            **columns,
        )
    else:
        row = _locked(own, template)
        if row.issued_at is not None:
            raise Conflict("vouchers were issued from it, so it is fixed")
        if row.retired_at is not None:
            raise Conflict("the template was retired")
        for name, value in columns.items():
            setattr(row, name, value)
        row.save()
    record(caller, Action.VOUCHER_TEMPLATE_SAVED, template=row.name, amount=str(values.amount))
    return row


@command(Action.VOUCHER_TEMPLATE_SAVED, permission=Permission.VOUCHER_WRITE)
def retire_template(caller: Caller, *, template: int, is_retired: bool = True) -> VoucherTemplate:
    """Let nothing be issued from a template any more, or again, and return it. Vouchers issued from it stay."""
    if not caller.kind.is_partner:
        raise NotVisible("template")
    row = _locked(VoucherTemplate.objects.within(caller.scope).filter(partner_id=caller.account), template)
    if (row.retired_at is not None) != is_retired:
        row.retired_at = clock.now() if is_retired else None
        row.save(update_fields=["retired_at"])
    record(caller, Action.VOUCHER_TEMPLATE_SAVED, template=row.name, retired=is_retired)
    return row


def _locked(own: QuerySet[VoucherTemplate], template: int) -> VoucherTemplate:
    found = own.select_for_update(no_key=True, of=("self",)).filter(pk=template).first()
    if found is None:
        raise NotVisible("template")
    return found


def _columns(caller: Caller, values: TemplateValues) -> dict[str, Any]:
    if not NAME.fullmatch(values.name):
        raise Invalid("name", "must be 1 to 20 letters and spaces")
    if caller.kind is AccountKind.SECOND_LEVEL_RESELLER and values.usage is Usage.TRIAL:
        raise Invalid("usage", "a second-level reseller issues offers alone")
    if (values.valid_until is None) == (values.valid_days is None):
        raise Invalid("valid_until", "either a last instant or a number of days is needed")
    if values.valid_days is not None and not 1 <= values.valid_days <= DAYS_MAX:
        raise Invalid("valid_days", f"must be 1 to {DAYS_MAX}")
    if values.valid_from and values.valid_until and values.valid_from >= values.valid_until:
        raise Invalid("valid_until", "must be after the beginning")
    if values.valid_until and values.valid_until <= clock.now():
        raise Invalid("valid_until", "must be later than now")
    if len(values.description) > TEXT_MAX:
        raise Invalid("description", f"is longer than {TEXT_MAX} characters")
    products = joined("products", values.products)
    if (values.reach is Reach.ALL) == bool(products):
        raise Invalid("products", "are listed exactly where the reach is not all products")
    return {
        "name": values.name,
        "usage": values.usage,
        "reach": values.reach,
        "products": products,
        "payment_mode": values.payment_mode,
        "amount_micros": positive_micros("amount", values.amount, decimals=0),
        "valid_from": values.valid_from,
        "valid_until": values.valid_until,
        "valid_days": values.valid_days,
        "description": values.description,
    }
