"""Vouchers: the list, one with what it has paid, how it is taken back, and the log (tencent:B.5, huawei:B17)."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Button
from openpartner.console.detail_page import detail_page
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.money_form import Figure
from openpartner.console.page import FORM, LISTING, page
from openpartner.console.voucher_parts import (
    Decision,
    Fact,
    LogLine,
    RemarkForm,
    ask_about,
    button,
    decide,
    decides,
    found_voucher,
    has_parts,
    issues_vouchers,
    key_of,
    may_write,
    name_of,
    named,
    own_voucher,
    parts,
    sees_reasons,
)
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.months import month_text
from openpartner.core.customers.queries import get_customer
from openpartner.core.partners.queries import viewed
from openpartner.core.vouchers import records
from openpartner.core.vouchers.ending import reclaim_voucher, withdraw_voucher
from openpartner.core.vouchers.purses import currency_of, own_account
from openpartner.core.vouchers.queries import VoucherRow, list_uses, pool_of_partner
from openpartner.core.vouchers.records import LogFilter, Usable, get_use, usable_of
from openpartner.core.vouchers.vocabulary import Reach, Standing, VoucherKind
from openpartner.kit.money import Money
from openpartner.kit.slices import Slice
from openpartner.listings.bill_words import CHARGINGS
from openpartner.listings.voucher_quotas import VOUCHER_RECORDS
from openpartner.listings.voucher_words import (
    PAYMENT_MODES,
    REACHES,
    STANDING_TONES,
    STANDINGS,
    USAGES,
    VOUCHER_KINDS,
    VOUCHER_OPERATIONS,
)
from openpartner.listings.vouchers import VOUCHER_USES, VOUCHERS

SHOWN = 8
ENDS = __("The customer cannot use it any more; what is left returns to where it came from. It cannot be undone.")
RUNNING = frozenset({Standing.USABLE, Standing.INACTIVE})


def vouchers_of(caller: Caller, customer: Account) -> Usable | None:
    """What a customer, read within what the caller views, can use now; None when nothing, or not to be told."""
    return usable_of(viewed(caller), customer.pk) if Permission.VOUCHER_READ in caller.permissions else None


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
        buttons=_issuing(caller),
        above=has_parts(caller),
        empty=_("Vouchers appear here when they are issued."),
        values=parts(caller, "vouchers"),
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
        lead="" if caller.account == found.pk else named(found),
        back=(reverse("customer", args=[found.account_id]), _("Customer")),
        buttons=[Button(_("Issue a voucher"), issue, "plus")] if can_issue else [],
        fixed={"holder": found.account_id},
        empty=_("Vouchers appear here when they are issued."),
    )
    return list_page(request, VOUCHERS, caller, extras)


@page("vouchers/records/", Permission.VOUCHER_READ, methods=LISTING, is_for=sees_reasons, is_list=True)
def voucher_records(request: HttpRequest, caller: Caller) -> HttpResponse:
    """What was done with vouchers, by whom and why; also who got none."""
    extras = Extras(
        title=_("Vouchers"),
        lead=_("What was done with vouchers, by whom and why. Customers do not see it."),
        above=has_parts(caller),
        empty=_("Everything that is done with a voucher appears here, and stays."),
        values=parts(caller, "voucher_records"),
    )
    return list_page(request, VOUCHER_RECORDS, caller, extras)


@page("vouchers/<str:code>/", Permission.VOUCHER_READ)
def voucher(request: HttpRequest, caller: Caller, code: str) -> HttpResponse:
    """What a voucher may pay, what is left on it, what it has paid, and what was done with it."""
    row = found_voucher(caller, code)
    one, tells_why = row.voucher, caller.kind is not AccountKind.CUSTOMER
    log = records.voucher_records(viewed(caller), LogFilter(voucher=one.code)).order_by("-at", "-pk")[:SHOWN]
    values = {
        "voucher": one,
        "facts": _facts(row, tells_why=tells_why),
        "standing": (STANDINGS[row.standing], STANDING_TONES[row.standing]),
        "tags": [USAGES[one.usage]],
        "buttons": _buttons(caller, row),
        "uses": list_uses(viewed(caller), one, Slice(0, SHOWN)).items,
        "opens_lines": Permission.BILL_READ in caller.permissions,
        "chargings": CHARGINGS,
        "log": [LogLine.of(line, VOUCHER_OPERATIONS, line.micros) for line in log],
    }
    title = _("Voucher %(code)s") % {"code": one.code}
    return detail_page(request, caller, "voucher", title=title, back=("vouchers", _("Vouchers")), values=values)


@page("vouchers/<str:code>/uses/", Permission.VOUCHER_READ, is_list=True)
def voucher_uses(request: HttpRequest, caller: Caller, code: str) -> HttpResponse:
    """Every bill line that the voucher has paid."""
    row = found_voucher(caller, code)
    extras = Extras(
        lead=row.voucher.code,
        back=(reverse("voucher", args=[row.voucher.code]), _("Voucher")),
        fixed={"voucher": row.voucher.code},
        empty=_("The voucher has not paid anything yet."),
    )
    return list_page(request, VOUCHER_USES, caller, extras)


@page("vouchers/uses/<str:use>/", Permission.BILL_READ)
def voucher_use(_request: HttpRequest, caller: Caller, use: str) -> HttpResponse:
    """Go on to the bill line that a voucher has paid."""
    caller.must(Permission.VOUCHER_READ)
    found = get_use(viewed(caller), key_of(use, "use"))
    named_by = {"transaction": found.bill_id, "order": found.order_id, "service": found.service_code}
    name = next((one for one, value in named_by.items() if value), "")
    query = {"month": month_text(found.month), "cloud": found.cloud, "zeros": "yes", name: named_by.get(name, "")}
    given = urlencode({one: value for one, value in query.items() if value})
    return HttpResponseRedirect(f"{reverse('expenditure_details')}?{given}")


@page("vouchers/<str:code>/withdraw/", Permission.VOUCHER_WRITE, methods=FORM, is_for=issues_vouchers)
def withdraw_one(request: HttpRequest, caller: Caller, code: str) -> HttpResponse:
    """Take back a voucher that nobody has used; its amount returns to where it came from."""
    row = own_voucher(caller, code, VoucherKind.CUSTOMER)
    decision = Decision(
        ask=ask_about(row, _("Withdraw the voucher"), is_dangerous=True),
        figures=_figures(row),
        effects=[ENDS],
        told=_("The voucher was withdrawn."),
        act=lambda remark: withdraw_voucher(caller, code=code, remark=remark),
    )
    return decide(request, caller, RemarkForm(request.POST or None), decision)


@page("vouchers/<str:code>/reclaim/", Permission.VOUCHER_WRITE, methods=FORM, is_for=issues_vouchers)
def reclaim_one(request: HttpRequest, caller: Caller, code: str) -> HttpResponse:
    """Take back all that is left of a voucher, whether or not it was used (huawei:E4)."""
    row = own_voucher(caller, code, VoucherKind.CUSTOMER)
    decision = Decision(
        ask=ask_about(row, _("Reclaim the voucher"), is_dangerous=True),
        figures=_figures(row),
        effects=[ENDS, _("What it has paid stays paid.")],
        told=_("The voucher was reclaimed."),
        act=lambda remark: reclaim_voucher(caller, code=code, remark=remark),
    )
    return decide(request, caller, RemarkForm(request.POST or None), decision)


def _figures(row: VoucherRow) -> list[Figure]:
    currency = row.voucher.currency
    return [
        Figure(_("Amount"), Money(currency, row.voucher.face_micros)),
        Figure(_("Left"), Money(currency, row.shown_micros)),
    ]


def _buttons(caller: Caller, row: VoucherRow) -> list[Button]:
    """What the caller may do with a voucher now."""
    one = row.voucher
    if not may_write(caller):
        return []
    if one.kind == VoucherKind.CUSTOMER and issues_vouchers(caller) and one.partner_id == caller.account:
        if row.standing not in RUNNING:
            return []
        if one.used_at is None:
            return [button("withdraw_one", _("Withdraw"), "trash", one.code)]
        return [button("reclaim_one", _("Reclaim what is left"), "trash", one.code)]
    if row.standing is not Standing.UNDER_REVIEW:
        return []
    if decides(caller):
        return [
            button("approve_one", _("Approve"), "check", one.code, is_primary=True),
            button("reject_one", _("Reject"), "close", one.code),
        ]
    if issues_vouchers(caller) and one.partner_id == caller.account:
        return [button("cancel_one", _("Cancel the application"), "close", one.code)]
    return []


def _facts(row: VoucherRow, *, tells_why: bool) -> list[Fact]:
    one, customer = row.voucher, row.customer
    is_told = customer is not None and tells_why
    facts = [
        Fact(_("Amount"), amount=Money(one.currency, one.face_micros)),
        Fact(_("Left"), amount=Money(one.currency, row.shown_micros)),
        Fact(_("Customer"), name_of(customer), note=str(customer.uin)) if customer is not None and is_told else None,
        Fact(_("Type"), VOUCHER_KINDS[one.kind]) if tells_why else None,
        Fact(_("Pays"), PAYMENT_MODES[one.payment_mode]),
        Fact(_("Products"), REACHES[one.reach], codes=_codes(one.products) if one.reach != Reach.ALL else ()),
        Fact(_("Valid from"), at=one.valid_from),
        Fact(_("Valid until"), at=one.valid_until),
        Fact(_("Issued"), at=one.issued_at, note=one.issued_by if tells_why else ""),
        Fact(_("Reason"), one.reason) if tells_why and one.reason else None,
    ]
    return [fact for fact in facts if fact is not None]


def _codes(column: str) -> list[str]:
    return [code for code in column.split(",") if code]


def _issuing(caller: Caller) -> list[Button]:
    """How the caller issues vouchers: a partner to its customers, the provider to partners."""
    if _may_issue(caller):
        return [button("issue_voucher", _("Issue vouchers"), "plus", is_primary=True)]
    if decides(caller) and may_write(caller):
        return [button("issue_partner_voucher", _("Give a partner a voucher"), "plus", is_primary=True)]
    return []


def _may_issue(caller: Caller) -> bool:
    return issues_vouchers(caller) and Permission.VOUCHER_WRITE in caller.permissions


def _pool(caller: Caller) -> str:
    """The caller's pool in one sentence."""
    own = own_account(caller)
    pool, currency = pool_of_partner(own.pk), currency_of(own)
    told = _("Left in your voucher pool: %(left)s of %(total)s; vouchers issued: %(issued)s.")
    left, total = Money(currency, pool.left_micros), Money(currency, pool.total_micros)
    return told % {"left": left.spoken, "total": total.spoken, "issued": pool.issued}
