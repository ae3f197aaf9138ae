"""Vouchers: the list, one of them with what it has paid, and how it ends or is decided on (tencent:B.5, huawei:B17)."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Button
from openpartner.console.detail_page import detail_page
from openpartner.console.form_page import Ask, done
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.money_form import REMARK_MAX, Figure, Preview, Steps, money_form, rehearsed
from openpartner.console.page import FORM, LISTING, page
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.queries import get_customer
from openpartner.core.partners.queries import viewed
from openpartner.core.vouchers.approvals import approve_voucher, reject_voucher
from openpartner.core.vouchers.ending import withdraw_voucher
from openpartner.core.vouchers.models import Voucher
from openpartner.core.vouchers.purses import currency_of, own_account
from openpartner.core.vouchers.queries import VoucherRow, list_uses, pool_of_partner
from openpartner.core.vouchers.records import Usable, get_listed, usable_of
from openpartner.core.vouchers.vocabulary import Reach, Standing, VoucherKind
from openpartner.kit.masks import mask_name
from openpartner.kit.money import Money
from openpartner.kit.slices import Slice
from openpartner.listings.bill_words import CHARGINGS
from openpartner.listings.voucher_words import (
    PAYMENT_MODES,
    REACHES,
    STANDING_TONES,
    STANDINGS,
    USAGES,
    VOUCHER_KINDS,
)
from openpartner.listings.vouchers import VOUCHER_USES, VOUCHERS

SHOWN = 8


class RemarkForm(forms.Form):
    """Why, for the log of vouchers."""

    remark = forms.CharField(
        label=__("Remark"), required=False, max_length=REMARK_MAX, widget=forms.Textarea(attrs={"rows": 2})
    )


class ApproveForm(RemarkForm):
    """Approving, perhaps with a voucher for the customer beside the partner's own."""

    for_customer = forms.BooleanField(label=__("Give the customer a voucher of the same amount"), required=False)


def issues_vouchers(caller: Caller) -> bool:
    """Whether the caller issues vouchers: a partner, and nobody who sees assigned customers alone."""
    return caller.kind.is_partner and caller.scope.manager is None


def vouchers_of(caller: Caller, customer: Account) -> Usable | None:
    """What a customer, read within what the caller views, can use now; None when nothing, or not to be told."""
    return usable_of(viewed(caller), customer.pk) if Permission.VOUCHER_READ in caller.permissions else None


def _decides(caller: Caller) -> bool:
    return caller.kind is AccountKind.PROVIDER


@page(
    "vouchers/",
    Permission.VOUCHER_READ,
    menu=Menu(Group.MONEY, __("Vouchers"), "tag", "v"),
    methods=LISTING,
    is_list=True,
)
def vouchers(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Every voucher; a partner's with its pool, a customer's own."""
    extras = Extras(
        lead=_pool(caller) if issues_vouchers(caller) else "",
        buttons=[Button(_("Issue vouchers"), reverse("issue_voucher"), "plus", is_primary=True)]
        if _may_issue(caller)
        else [],
        empty=_("Vouchers appear here when they are issued."),
    )
    return list_page(request, VOUCHERS, caller, extras)


@page("customers/<str:account_id>/vouchers/", Permission.VOUCHER_READ, methods=LISTING, is_list=True)
def customer_vouchers(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """The vouchers of one customer."""
    caller.must(Permission.CUSTOMER_READ)
    found = get_customer(viewed(caller), account_id=account_id)
    can_issue = _may_issue(caller) and found.partner_id == caller.account
    issue = f"{reverse('issue_voucher')}?customers={found.uin}"
    extras = Extras(
        lead="" if caller.account == found.pk else f"{mask_name(found.legal_name or found.account_name)} · {found.uin}",
        back=(reverse("customer", args=[found.account_id]), _("Customer")),
        buttons=[Button(_("Issue a voucher"), issue, "plus")] if can_issue else [],
        fixed={"holder": found.account_id},
        empty=_("Vouchers appear here when they are issued."),
    )
    return list_page(request, VOUCHERS, caller, extras)


@page("vouchers/<str:code>/", Permission.VOUCHER_READ)
def voucher(request: HttpRequest, caller: Caller, code: str) -> HttpResponse:
    """What a voucher may pay, what is left on it, and what it has paid."""
    row = _found(caller, code)
    one, writes = row.voucher, Permission.VOUCHER_WRITE in caller.permissions
    is_issuer = one.partner_id == caller.account and caller.kind.is_partner
    untouched = row.standing in {Standing.USABLE, Standing.INACTIVE} and one.used_at is None
    values = {
        "voucher": one,
        "customer": row.customer if caller.kind is not AccountKind.CUSTOMER else None,
        "customer_name": mask_name(row.customer.legal_name or row.customer.account_name) if row.customer else "",
        "face": Money(one.currency, one.face_micros),
        "left": Money(one.currency, row.shown_micros),
        "standing": (STANDINGS[row.standing], STANDING_TONES[row.standing]),
        "kind": VOUCHER_KINDS[one.kind],
        "usage": USAGES[one.usage],
        "payment_mode": PAYMENT_MODES[one.payment_mode],
        "reach": REACHES[one.reach],
        "products": [] if one.reach == Reach.ALL else [product for product in one.products.split(",") if product],
        "uses": list_uses(viewed(caller), one, Slice(0, SHOWN)).items,
        "chargings": CHARGINGS,
        "tells_why": caller.kind is not AccountKind.CUSTOMER,
        "can_withdraw": writes and is_issuer and one.kind == VoucherKind.CUSTOMER and untouched,
        "can_decide": writes and _decides(caller) and row.standing is Standing.UNDER_REVIEW,
    }
    title = _("Voucher %(code)s") % {"code": one.code}
    return detail_page(request, caller, "voucher", title=title, back=("vouchers", _("Vouchers")), values=values)


@page("vouchers/<str:code>/uses/", Permission.VOUCHER_READ, is_list=True)
def voucher_uses(request: HttpRequest, caller: Caller, code: str) -> HttpResponse:
    """Every bill line that the voucher has paid."""
    row = _found(caller, code)
    extras = Extras(
        lead=row.voucher.code,
        back=(reverse("voucher", args=[row.voucher.code]), _("Voucher")),
        fixed={"voucher": row.voucher.code},
        empty=_("The voucher has not paid anything yet."),
    )
    return list_page(request, VOUCHER_USES, caller, extras)


@page("vouchers/<str:code>/withdraw/", Permission.VOUCHER_WRITE, methods=FORM, is_for=issues_vouchers)
def withdraw_one(request: HttpRequest, caller: Caller, code: str) -> HttpResponse:
    """Take back a voucher that nobody has used; its amount returns to the pool."""
    row = _own(caller, code, VoucherKind.CUSTOMER)
    form = RemarkForm(request.POST or None)

    def act(remark: str) -> Voucher:
        return withdraw_voucher(caller, code=code, remark=remark)

    ask = _ask(row, _("Withdraw the voucher"), is_dangerous=True)
    effects = [_("The customer cannot use it any more; its amount returns to your pool. It cannot be undone.")]
    return _decide(request, caller, form, ask, (row, effects, _("The voucher was withdrawn.")), act)


@page("vouchers/<str:code>/approve/", Permission.VOUCHER_WRITE, methods=FORM, is_for=_decides)
def approve_one(request: HttpRequest, caller: Caller, code: str) -> HttpResponse:
    """Let a partner have the voucher for a trial that it has applied for."""
    row = _own(caller, code, VoucherKind.TRIAL)
    form = ApproveForm(request.POST or None)

    def act(remark: str) -> Voucher:
        return approve_voucher(caller, code=code, remark=remark, for_customer=form.cleaned_data["for_customer"])

    effects = [_("The partner's cost for this customer is paid by it, up to its amount.")]
    ask = _ask(row, _("Approve the voucher"))
    return _decide(request, caller, form, ask, (row, effects, _("The voucher was approved.")), act)


@page("vouchers/<str:code>/reject/", Permission.VOUCHER_WRITE, methods=FORM, is_for=_decides)
def reject_one(request: HttpRequest, caller: Caller, code: str) -> HttpResponse:
    """Turn down a voucher that a partner has applied for."""
    row = _own(caller, code, VoucherKind.TRIAL)
    form = RemarkForm(request.POST or None)

    def act(remark: str) -> Voucher:
        return reject_voucher(caller, code=code, remark=remark)

    effects = [_("Its amount is free in the partner's pool again.")]
    ask = _ask(row, _("Reject the voucher"), is_dangerous=True)
    return _decide(request, caller, form, ask, (row, effects, _("The voucher was rejected.")), act)


def _decide(
    request: HttpRequest,
    caller: Caller,
    form: forms.Form,
    ask: Ask,
    about: tuple[VoucherRow, list[str], str],
    act: Callable[[str], Voucher],
) -> HttpResponse:
    """A form with one remark, whose command is tried before it is run."""
    row, effects, told = about

    def preview() -> Preview:
        remark = form.cleaned_data["remark"]
        rehearsed(lambda: act(remark))
        facts = [(_("Remark"), remark)] if remark else []
        if form.cleaned_data.get("for_customer"):
            facts.append((_("For the customer"), _("A voucher of the same amount")))
        return Preview(facts=facts, effects=effects)

    def run(_key: str) -> HttpResponse:
        act(form.cleaned_data["remark"])
        return done(request, told, ask.back)

    figures = [Figure(_("Amount"), Money(row.voucher.currency, row.voucher.face_micros))]
    steps = Steps(figures=figures, preview=preview, act=run, fields={"remark": "remark"})
    return money_form(request, caller, form, ask, steps)


def _ask(row: VoucherRow, title: str, *, is_dangerous: bool = False) -> Ask:
    customer = row.customer
    name = f" · {mask_name(customer.legal_name or customer.account_name)}" if customer is not None else ""
    return Ask(
        title=title,
        lead=f"{row.voucher.code}{name}",
        submit=title,
        back=reverse("voucher", args=[row.voucher.code]),
        back_label=_("Voucher"),
        is_dangerous=is_dangerous,
    )


def _found(caller: Caller, code: str) -> VoucherRow:
    row = get_listed(viewed(caller), code)
    if row is None:
        raise NotVisible("voucher")
    return row


def _own(caller: Caller, code: str, kind: VoucherKind) -> VoucherRow:
    """A voucher of a kind that the caller may decide about: its own, or any for the provider."""
    row = _found(caller, code)
    if row.voucher.kind != kind or (not _decides(caller) and row.voucher.partner_id != caller.account):
        raise NotVisible("voucher")
    return row


def _may_issue(caller: Caller) -> bool:
    return issues_vouchers(caller) and Permission.VOUCHER_WRITE in caller.permissions


def _pool(caller: Caller) -> str:
    """The caller's pool in one sentence."""
    own = own_account(caller)
    pool, currency = pool_of_partner(own.pk), currency_of(own)
    told = _("Left in your voucher pool: %(left)s of %(total)s; vouchers issued: %(issued)s.")
    left, total = Money(currency, pool.left_micros), Money(currency, pool.total_micros)
    return told % {"left": left.spoken, "total": total.spoken, "issued": pool.issued}
