"""Quotas and pools: granted by the provider, shared out by a distributor, taken back, with records (huawei:E4)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.utils.translation import ngettext

from openpartner.console.actions import Button
from openpartner.console.audiences import is_distributor, is_provider
from openpartner.console.detail_page import detail_page
from openpartner.console.form_page import Ask, done
from openpartner.console.lists import Extras, list_page
from openpartner.console.money_form import AmountField, Figure, Preview, Steps, money_form, rehearsed
from openpartner.console.page import FORM, LISTING, page
from openpartner.console.preferences import zone_of
from openpartner.console.reseller_credit import sees_partners_credit
from openpartner.console.voucher_forms import add_days, codes_in, end_after
from openpartner.console.voucher_parts import (
    TEXT_OF_NAMES_MAX,
    Decision,
    Fact,
    Line,
    LogLine,
    NamesField,
    RemarkForm,
    button,
    decide,
    has_parts,
    ids_of,
    issues_vouchers,
    lines_of,
    may_write,
    name_of,
    named,
    parts,
    results_page,
    sees_reasons,
    told_bad,
    told_good,
)
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.partners.queries import partners
from openpartner.core.vouchers import records
from openpartner.core.vouchers.models import VoucherQuota
from openpartner.core.vouchers.queries import QuotaRow, pool_of_partner
from openpartner.core.vouchers.quotas import (
    QUOTAS_AT_ONCE,
    NewQuota,
    change_pool,
    grant_quota,
    set_quota_state,
    share_quota,
    take_quotas_back,
)
from openpartner.core.vouchers.records import LogFilter, get_quota
from openpartner.core.vouchers.vocabulary import QuotaKind, QuotaState
from openpartner.kit.money import Money
from openpartner.listings import controls
from openpartner.listings.declare import Reader, Words
from openpartner.listings.voucher_quotas import QUOTA_RECORDS, VOUCHER_QUOTAS
from openpartner.listings.voucher_words import (
    QUOTA_KINDS,
    QUOTA_OPERATIONS,
    QUOTA_STATES,
    QUOTA_TONES,
)

SHOWN = 8
FIELDS = {
    "amount": "amount",
    "quota_amount": "amount",
    "indirect_partner_ids": "resellers",
    **{name: name for name in ("valid_until", "services", "products")},
}
STATES = (QuotaState.NORMAL, QuotaState.ADJUSTING, QuotaState.FROZEN, QuotaState.INVALID)


class GrantForm(RemarkForm):
    """To whom, of which kind, how much, and how long. A pool is an amount alone."""

    partner = forms.ChoiceField(label=__("Partner"))
    kind = forms.TypedChoiceField(
        label=__("Type"),
        choices=list(QUOTA_KINDS.items()),
        coerce=lambda one: QuotaKind(int(one)),
        initial=QuotaKind.POOL,
        help_text=__("A pool is added to what is there. A quota stands by itself, with its own end and limits."),
    )
    amount = AmountField(label=__("Amount"))
    services = forms.CharField(
        label=__("Codes of services"),
        required=False,
        max_length=TEXT_OF_NAMES_MAX,
        help_text=__("Separated by commas. Empty: all services."),
    )
    products = forms.CharField(
        label=__("Codes of products"),
        required=False,
        max_length=TEXT_OF_NAMES_MAX,
        help_text=__("Separated by commas. Empty: all products."),
    )

    def __init__(self, caller: Caller, zone: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._reader = Reader(zone)
        choices = [("", _("Choose …")), *((one.account_id, named(one)) for one in _children(caller))]
        self.fields["partner"].choices = choices  # type: ignore[attr-defined]  # a choice
        if is_distributor(caller):  # it gives out of its own pool; its quotas are shared from their own pages
            for name in ("kind", "services", "products"):
                del self.fields[name]
            self.fields["partner"].label = _("Reseller")
        else:
            add_days(self, caller)
            self.fields["valid_until"].required = False
            self.fields["valid_until"].help_text = _("Empty: no end.")
        self.order_fields(["partner", "kind", "amount", "valid_from", "valid_until", "services", "products", "remark"])

    @property
    def is_pool(self) -> bool:
        """Whether a valid form adds to a pool."""
        return self.cleaned_data.get("kind", QuotaKind.POOL) is QuotaKind.POOL

    def clean(self) -> None:
        """A pool has neither an end nor limits."""
        if not self.is_pool:
            return
        for name in ("valid_from", "valid_until", "services", "products"):
            if self.cleaned_data.get(name):
                self.add_error(name, _("A pool has none: leave it empty."))

    def new_quota(self) -> NewQuota:
        """The quota that a valid form asks for."""
        given = self.cleaned_data
        since, until = given["valid_from"], given["valid_until"]
        return NewQuota(
            kind=given["kind"],
            amount=given["amount"],
            valid_from=controls.begin_of_day(since, self._reader) if since else None,
            valid_until=end_after(until, self._reader) if until else None,
            services=codes_in(given["services"]),
            products=codes_in(given["products"]),
        )


class ShareForm(forms.Form):
    """To which resellers, and how much each."""

    resellers = NamesField(
        most=QUOTAS_AT_ONCE,
        label=__("Resellers"),
        help_text=__("UINs or account IDs of your resellers, at most a hundred, one a line or with commas between."),
    )
    amount = AmountField(label=__("Amount for each"))


class StateForm(RemarkForm):
    """Whether a quota can be used."""

    state = forms.TypedChoiceField(
        label=__("Status"),
        choices=[(one.value, QUOTA_STATES[one]) for one in STATES],
        coerce=lambda one: QuotaState(int(one)),
        widget=forms.RadioSelect,
    )
    field_order = ("state", "remark")


@page("vouchers/quotas/", Permission.VOUCHER_READ, methods=LISTING, is_for=sees_reasons, is_list=True)
def voucher_quotas(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The quotas and pools that the caller has or has given."""
    grant = [button("grant_voucher_quota", _grant_words(caller), "plus", is_primary=True)]
    extras = Extras(
        title=_("Vouchers"),
        lead=_("What vouchers and coupons are issued out of: pools, and quotas with an end and limits of their own."),
        buttons=[
            *(grant if sees_partners_credit(caller) and may_write(caller) else []),
            button("voucher_quota_records", _("Records of quotas"), "audit"),
        ],
        above=has_parts(caller),
        empty=_("Quotas appear here when they are granted."),
        values=parts(caller, "voucher_quotas"),
    )
    return list_page(request, VOUCHER_QUOTAS, caller, extras)


@page("vouchers/quotas/records/", Permission.VOUCHER_READ, methods=LISTING, is_for=sees_reasons, is_list=True)
def voucher_quota_records(request: HttpRequest, caller: Caller) -> HttpResponse:
    """What was granted, shared and taken back."""
    extras = Extras(
        back=(reverse("voucher_quotas"), _("Quotas")),
        empty=_("Everything that is done with a quota appears here, and stays."),
    )
    return list_page(request, QUOTA_RECORDS, caller, extras)


@page("vouchers/quotas/grant/", Permission.VOUCHER_WRITE, methods=FORM, is_for=sees_partners_credit)
def grant_voucher_quota(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Grant a partner a quota, or add to its pool, after seeing what it will have."""
    form = GrantForm(caller, zone_of(request), request.POST or None, initial={"partner": request.GET.get("partner")})
    is_shared = is_distributor(caller)

    def granted(key: str | None) -> VoucherQuota:
        given = form.cleaned_data
        partner, remark = given["partner"], given["remark"]
        if form.is_pool:
            return change_pool(caller, partner=partner, amount=given["amount"], remark=remark, key=key)
        return grant_quota(caller, partner=partner, new=form.new_quota(), remark=remark, key=key)

    def preview() -> Preview:
        mine, amount = pool_of_partner(caller.account).left_micros, form.cleaned_data["amount"]
        then = rehearsed(lambda: granted(None))
        change, total = Money.of(amount, then.currency), Money(then.currency, then.granted_micros)
        own = Money(then.currency, mine)
        left = [Figure(_("Left in your voucher pool"), own, own - change)] if is_shared else []
        facts: list[tuple[Words, Words]] = [(_("Partner"), named(then.partner)), (_("Type"), QUOTA_KINDS[then.kind])]
        if then.valid_until:
            facts.append((_("Last day"), f"{form.cleaned_data['valid_until']:%Y-%m-%d}"))
        if form.cleaned_data["remark"]:
            facts.append((_("Remark"), form.cleaned_data["remark"]))
        return Preview(figures=[Figure(_("Granted"), total - change, total), *left], facts=facts)

    def act(key: str) -> HttpResponse:
        made = granted(key)
        return done(request, _("The quota was granted."), reverse("voucher_quota", args=[made.code]))

    title = _grant_words(caller)
    effects = [_("The partner may issue vouchers to its customers out of it, and no more. It takes effect at once.")]
    ask = Ask(title=title, effects=effects, submit=title, back=reverse("voucher_quotas"), back_label=_("Quotas"))
    return money_form(request, caller, form, ask, Steps(preview=preview, act=act, fields=FIELDS))


@page("vouchers/quotas/<str:quota>/", Permission.VOUCHER_READ, is_for=sees_reasons)
def voucher_quota(request: HttpRequest, caller: Caller, quota: str) -> HttpResponse:
    """What a quota may be used for, what is left of it, and what was done with it."""
    row = get_quota(caller.scope, quota)
    log = records.quota_records(caller.scope, LogFilter(quota=row.quota.code)).order_by("-at", "-pk")[:SHOWN]
    values = {
        "standing": (QUOTA_STATES[row.state], QUOTA_TONES[row.state]),
        "tags": [QUOTA_KINDS[row.quota.kind]],
        "facts": _facts(caller, row),
        "buttons": _buttons(caller, row) if may_write(caller) else [],
        "log": [LogLine.of(one, QUOTA_OPERATIONS, one.change) for one in log],  # type: ignore[attr-defined]  # annotated
        "all_of_log": reverse("one_voucher_quota_records", args=[row.quota.code]),
        "issued": f"{reverse('voucher_records')}?{urlencode({'quota': row.quota.code})}",
    }
    title = _("Quota %(code)s") % {"code": row.quota.code}
    return detail_page(
        request, caller, "voucher_quota", title=title, back=("voucher_quotas", _("Quotas")), values=values
    )


@page(
    "vouchers/quotas/<str:quota>/records/",
    Permission.VOUCHER_READ,
    methods=LISTING,
    is_for=sees_reasons,
    is_list=True,
)
def one_voucher_quota_records(request: HttpRequest, caller: Caller, quota: str) -> HttpResponse:
    """What was done with one quota."""
    row = get_quota(caller.scope, quota)
    extras = Extras(
        lead=row.quota.code,
        back=(reverse("voucher_quota", args=[row.quota.code]), _("Quota")),
        fixed={"quota": row.quota.code},
        empty=_("Everything that is done with a quota appears here, and stays."),
    )
    return list_page(request, QUOTA_RECORDS, caller, extras)


@page("vouchers/quotas/<str:quota>/share/", Permission.VOUCHER_WRITE, methods=FORM, is_for=is_distributor)
def share_voucher_quota(request: HttpRequest, caller: Caller, quota: str) -> HttpResponse:
    """Give resellers quotas out of one's own, after seeing who gets one and what stays (huawei:D7a)."""
    row = get_quota(caller.scope, quota)
    if row.quota.partner_id != caller.account or row.quota.kind == QuotaKind.POOL:
        raise NotVisible("quota")
    left = Money(row.quota.currency, row.left_micros)
    form = ShareForm(request.POST or None)

    def shared(key: str | None) -> list[Line]:
        rows = partners(caller.scope, {AccountKind.SECOND_LEVEL_RESELLER})
        given = ids_of(rows, form.cleaned_data["resellers"])
        amount, chosen = form.cleaned_data["amount"], list(dict.fromkeys(given.values()))
        results = share_quota(caller, quota=quota, resellers=chosen, amount=amount, key=key)
        told = [(one.id, one.quota.code if one.quota else "", one.error) for one in results]
        return lines_of(rows, given, told, _("Not one of your resellers"))

    def preview() -> Preview:
        lines = rehearsed(lambda: shared(None))
        amount = form.cleaned_data["amount"]
        spent = Money.of(amount * sum(1 for one in lines if not one.why), row.quota.currency)
        return Preview(
            figures=[Figure(_("Left"), left, left - spent)],
            facts=[
                (_("Resellers"), told_good(lines)),
                (_("Amount for each"), str(Money.of(amount, row.quota.currency))),
            ],
            warnings=told_bad(lines),
        )

    def act(key: str) -> HttpResponse:
        lines = shared(key)
        good = sum(1 for one in lines if not one.why)
        lead = ngettext("%(n)s reseller got a quota.", "%(n)s resellers got a quota.", good) % {"n": good}
        return results_page(request, caller, ask, lines, lead, "voucher_quota")

    ask = Ask(
        title=_("Share the quota"),
        lead=row.quota.code,
        effects=[
            _("Each reseller gets a quota of its own, of the same type, with the same end and the same limits."),
            _("What a reseller has not issued can be taken back."),
        ],
        submit=_("Share"),
        back=reverse("voucher_quota", args=[row.quota.code]),
        back_label=_("Quota"),
    )
    steps = Steps(figures=[Figure(_("Left"), left)], preview=preview, act=act, fields=FIELDS)
    return money_form(request, caller, form, ask, steps)


@page("vouchers/quotas/<str:quota>/reclaim/", Permission.VOUCHER_WRITE, methods=FORM, is_for=sees_partners_credit)
def reclaim_voucher_quota(request: HttpRequest, caller: Caller, quota: str) -> HttpResponse:
    """Take back all that is left of a quota that the caller has given."""
    row = get_quota(caller.scope, quota)
    if row.quota.giver_id != caller.account or row.quota.kind == QuotaKind.POOL:
        raise NotVisible("quota")

    def act(remark: str) -> None:
        (one,) = take_quotas_back(caller, quotas=[quota], remark=remark)
        if one.error is not None:
            raise one.error

    decision = Decision(
        ask=_ask(row, _("Take the quota back"), is_dangerous=True),
        figures=[Figure(_("Left"), Money(row.quota.currency, row.left_micros))],
        effects=[
            _("All that is left returns to where it came from, and nothing is issued out of the quota any more."),
            _("Vouchers that were issued out of it stay as they are."),
        ],
        told=_("The quota was taken back."),
        act=act,
    )
    return decide(request, caller, RemarkForm(request.POST or None), decision)


@page("vouchers/quotas/<str:quota>/state/", Permission.VOUCHER_WRITE, methods=FORM, is_for=is_provider)
def change_voucher_quota_state(request: HttpRequest, caller: Caller, quota: str) -> HttpResponse:
    """Freeze a quota, call it invalid, or let it be used again."""
    row = get_quota(caller.scope, quota)
    form = StateForm(request.POST or None, initial={"state": row.quota.state})
    decision = Decision(
        ask=_ask(row, _("Change the status of the quota")),
        figures=[Figure(_("Left"), Money(row.quota.currency, row.left_micros))],
        effects=[
            _("Vouchers are issued out of a usable quota alone. Vouchers that were issued out of it stay as they are.")
        ],
        told=_("The status of the quota was changed."),
        act=lambda remark: set_quota_state(caller, quota=quota, state=form.cleaned_data["state"], remark=remark),
        facts=lambda: [(_("Status"), QUOTA_STATES[form.cleaned_data["state"]])],
    )
    return decide(request, caller, form, decision)


def _children(caller: Caller) -> list[Account]:
    """The partners that the caller grants to: its own."""
    found = partners(caller.scope).filter(partner_id=caller.account)
    return list(found.order_by("uin"))


def _grant_words(caller: Caller) -> str:
    return _("Add to a reseller's pool") if is_distributor(caller) else _("Grant a quota")


def _ask(row: QuotaRow, title: str, *, is_dangerous: bool = False) -> Ask:
    return Ask(
        title=title,
        lead=f"{row.quota.code} · {name_of(row.quota.partner)}",
        submit=title,
        back=reverse("voucher_quota", args=[row.quota.code]),
        back_label=_("Quota"),
        is_dangerous=is_dangerous,
    )


def _buttons(caller: Caller, row: QuotaRow) -> list[Button]:
    """What the caller may do with a quota now."""
    one = row.quota
    is_pool, is_given = one.kind == QuotaKind.POOL, one.giver_id == caller.account and sees_partners_credit(caller)
    found = []
    if one.partner_id == caller.account and issues_vouchers(caller) and row.state is QuotaState.NORMAL:
        query = "" if is_pool else f"?{urlencode({'quota': one.code})}"
        found.append(Button(_("Issue vouchers"), f"{reverse('issue_voucher')}{query}", "plus", is_primary=True))
        if is_distributor(caller) and not is_pool:
            found.append(button("share_voucher_quota", _("Share with resellers"), "resellers", one.code))
    if is_given and is_pool:
        found.append(button("change_voucher_pool", _("Change the pool"), "edit", one.partner.account_id))
    if is_given and not is_pool and (row.state is not QuotaState.RECLAIMED or row.left_micros):
        found.append(button("reclaim_voucher_quota", _("Take it back"), "trash", one.code))
    if is_provider(caller) and row.state is not QuotaState.RECLAIMED:
        found.append(button("change_voucher_quota_state", _("Change the status"), "lock", one.code))
    return found


def _facts(caller: Caller, row: QuotaRow) -> list[Fact]:
    one = row.quota
    is_others = one.partner_id != caller.account
    knows_parent = one.parent is not None and caller.account in {one.giver_id, one.provider_id}
    facts = [
        Fact(_("Granted"), amount=Money(one.currency, one.granted_micros)),
        Fact(_("Left"), amount=Money(one.currency, row.left_micros)),
        Fact(_("Partner"), name_of(one.partner), note=str(one.partner.uin)) if is_others else None,
        Fact(_("Shared out of"), one.parent.code) if one.parent is not None and knows_parent else None,
        Fact(_("Valid from"), at=one.valid_from) if one.valid_from else None,
        Fact(_("Valid until"), at=one.valid_until) if one.valid_until else None,
        Fact(_("Services"), codes=one.services.split(",")) if one.services else None,
        Fact(_("Products"), codes=one.products.split(",")) if one.products else None,
        Fact(_("Created"), at=one.created_at),
        Fact(_("Changed"), at=one.changed_at),
    ]
    return [fact for fact in facts if fact is not None]
