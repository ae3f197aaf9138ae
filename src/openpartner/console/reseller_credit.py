"""A partner's credit seen from above: its line from the provider, or its pool from its distributor (tencent:B.4)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from openpartner.console.audiences import is_distributor, is_provider
from openpartner.console.form_page import Ask, done
from openpartner.console.lists import Extras, list_page
from openpartner.console.money_form import ChangeForm, Figure, Preview, Steps, money_form, rehearsed
from openpartner.console.page import FORM, LISTING, page
from openpartner.console.resellers import has_partners, reseller_page
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.budgets.consumption import consumption
from openpartner.core.budgets.rights import quotas_of
from openpartner.core.credit.allocations import Allocation, allocate_pool
from openpartner.core.credit.grants import grant_line
from openpartner.core.credit.purses import currency_of
from openpartner.core.credit.queries import credit_of_partner, partner_credit, pool_allocations
from openpartner.core.credit.records import stated_account
from openpartner.core.ledger.balances import statement
from openpartner.core.partners.queries import get_partner
from openpartner.core.vouchers.queries import pool_of_partner
from openpartner.kit.masks import mask_name
from openpartner.kit.money import Money
from openpartner.kit.slices import Slice
from openpartner.listings.budgets import BUDGET_KINDS
from openpartner.listings.credit import CREDIT_STATEMENT, PARTNER_CREDIT
from openpartner.listings.credit_words import KIND_TONES, KINDS

SHOWN = 8


def sees_partners_credit(caller: Caller) -> bool:
    """Whether there can be credit of partners for the caller to see: not for people with assigned customers."""
    return has_partners(caller) and caller.scope.manager is None


@page("resellers/<str:account_id>/credit/", Permission.CREDIT_READ, methods=LISTING, is_for=sees_partners_credit)
def reseller_credit(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """What the partner may give to its customers, and what it has given."""
    caller.must(Permission.PARTNER_READ)
    found = get_partner(caller.scope, account_id=account_id)
    account = stated_account(caller.scope, account_id)
    assert found.partner_id is not None
    values = {
        "credit": credit_of_partner(found),
        "is_pool": _is_pool(found),
        "records": pool_allocations(found, found.partner_id, Slice(0, SHOWN)).items,
        "postings": statement(account, Slice(0, SHOWN)).items if account is not None else [],
        "kinds": KINDS,
        "kind_tones": KIND_TONES,
        "vouchers": pool_of_partner(found.pk) if Permission.VOUCHER_READ in caller.permissions else None,
        "currency": currency_of(found),
        "quotas": [(BUDGET_KINDS[kind], one.amount) for kind, one in sorted(quotas_of(found.pk).items())],
        "consumption": consumption(found) if AccountKind(found.kind).pays else None,
        "can_set_consumption": is_provider(caller) and Permission.CREDIT_WRITE in caller.permissions,
        "can_grant_quotas": is_distributor(caller) and Permission.CREDIT_WRITE in caller.permissions,
        "can_grant_vouchers": found.partner_id == caller.account and Permission.VOUCHER_WRITE in caller.permissions,
        "can_allocate": found.partner_id == caller.account and Permission.CREDIT_WRITE in caller.permissions,
    }
    return reseller_page(request, caller, found, "reseller_credit", values)


@page(
    "resellers/<str:account_id>/credit/records/",
    Permission.CREDIT_READ,
    methods=LISTING,
    is_for=sees_partners_credit,
    is_list=True,
)
def reseller_credit_records(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """How the line or pool was changed."""
    found = get_partner(caller.scope, account_id=account_id)
    return list_page(request, PARTNER_CREDIT, caller, _fixed(found, _("Allocation records")))


@page(
    "resellers/<str:account_id>/credit/statement/",
    Permission.CREDIT_READ,
    is_for=sees_partners_credit,
    is_list=True,
)
def reseller_credit_statement(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Every posting of what the partner may give."""
    found = get_partner(caller.scope, account_id=account_id)
    return list_page(request, CREDIT_STATEMENT, caller, _fixed(found, _("Credit statement")))


@page("resellers/<str:account_id>/credit/set/", Permission.CREDIT_WRITE, methods=FORM, is_for=sees_partners_credit)
def set_partner_credit(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Change the line of a partner, or the pool of a second-level reseller, after seeing what will be left."""
    found = get_partner(caller.scope, account_id=account_id)
    if found.partner_id != caller.account:
        raise NotVisible("partner")
    currency, credit = currency_of(found), credit_of_partner(found)
    own = None if is_provider(caller) else partner_credit(caller)
    form = ChangeForm(request.POST or None)
    back = reverse("reseller_credit", args=[account_id])

    def order(change: Money, remark: str, key: str) -> Allocation:
        if _is_pool(found):
            return allocate_pool(caller, reseller=found, change=change, remark=remark, key=key)
        return grant_line(caller, partner=found, change=change, remark=remark, key=key)

    def preview() -> Preview:
        change, remark = form.change(currency), form.cleaned_data["remark"]
        then = rehearsed(lambda: order(change, remark, "preview"))
        figures = [
            Figure(_("Total"), credit.total, then.total),
            Figure(_("Not given to customers yet"), credit.remaining, then.available),
        ]
        if own is not None:
            figures.append(Figure(_("Left for you to allocate"), own.remaining, own.remaining - change))
        return Preview(figures=figures, facts=[(_("Remark"), remark)] if remark else [])

    def act(key: str) -> HttpResponse:
        result = order(form.change(currency), form.cleaned_data["remark"], key)
        told = _("The credit was changed by %(change)s. It comes to %(total)s now.")
        return done(request, told % {"change": result.change.spoken, "total": result.total.spoken}, back)

    ask = Ask(
        title=_("Change the credit pool") if _is_pool(found) else _("Change the credit line"),
        lead=f"{mask_name(found.called)} · {found.uin}",
        effects=_effects(found),
        submit=_("Change the credit"),
        back=back,
        back_label=_("Credit"),
    )
    figures = [Figure(_("Total"), credit.total), Figure(_("Not given to customers yet"), credit.remaining)]
    if own is not None:
        figures.append(Figure(_("Left for you to allocate"), own.remaining))
    return money_form(request, caller, form, ask, Steps(figures=figures, preview=preview, act=act))


def _is_pool(found: Account) -> bool:
    return AccountKind(found.kind) is AccountKind.SECOND_LEVEL_RESELLER


def _effects(found: Account) -> list[str]:
    if _is_pool(found):
        return [
            _("The reseller may give to its customers what is in its pool, and no more."),
            _("An empty pool stops nobody: customers' services depend on their own credit."),
            _("At most what the reseller has not given on can be taken back."),
        ]
    return [
        _("The partner may give to its customers what is in its line, and no more."),
        _("At most what the partner has not given on can be taken back."),
    ]


def _fixed(found: Account, title: str) -> Extras:
    return Extras(
        title=title,
        lead=f"{mask_name(found.called)} · {found.uin}",
        back=(reverse("reseller_credit", args=[found.account_id]), _("Credit")),
        fixed={"holder": found.account_id},
        empty=_("Every change of the credit appears here, and stays."),
    )
