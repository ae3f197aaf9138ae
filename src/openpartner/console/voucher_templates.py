"""Templates: what a partner issues vouchers from; open to changes until the first one, then fixed (tencent:B.5)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Button
from openpartner.console.detail_page import detail_page
from openpartner.console.form_page import Ask, add_refusal, done, form_page
from openpartner.console.lists import Extras, list_page
from openpartner.console.page import FORM, LISTING, page
from openpartner.console.preferences import zone_of
from openpartner.console.voucher_applications import applies
from openpartner.console.voucher_forms import PaysForm, day_of, end_after, last_day
from openpartner.console.voucher_parts import (
    Fact,
    button,
    has_parts,
    issues_vouchers,
    key_of,
    may_write,
    parts,
)
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.models import TEXT_MAX, VoucherTemplate
from openpartner.core.vouchers.purses import currency_of, own_account
from openpartner.core.vouchers.queries import VoucherFilter, voucher_rows, vouchers
from openpartner.core.vouchers.records import get_template
from openpartner.core.vouchers.templates import DAYS_MAX, TemplateValues, retire_template, save_template
from openpartner.core.vouchers.vocabulary import PaymentMode, Reach, TemplateStanding, Usage, VoucherKind
from openpartner.kit.money import MICROS_PER_UNIT, Money
from openpartner.listings import controls
from openpartner.listings.declare import Reader
from openpartner.listings.voucher_quotas import VOUCHER_TEMPLATES
from openpartner.listings.voucher_words import (
    PAYMENT_MODES,
    REACHES,
    STANDING_TONES,
    STANDINGS,
    TEMPLATE_STANDINGS,
    TEMPLATE_TONES,
    USAGES,
)

NAME_MAX = 20
AMOUNT_DIGITS_MAX = 10
SHOWN = 8
KINDS = frozenset({VoucherKind.CUSTOMER, VoucherKind.TRIAL})


class TemplateForm(PaysForm):
    """What a template says."""

    name = forms.CharField(
        label=__("Name"), max_length=NAME_MAX, help_text=__("Up to 20 letters and spaces; yours alone.")
    )
    amount = forms.DecimalField(
        label=__("Amount"),
        min_value=1,
        max_digits=AMOUNT_DIGITS_MAX,
        decimal_places=0,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=__("Whole units. Another amount can be said when a voucher is issued."),
    )
    valid_days = forms.IntegerField(
        label=__("Days from the issue"),
        required=False,
        min_value=1,
        max_value=DAYS_MAX,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=__("In place of a last day."),
    )
    description = forms.CharField(
        label=__("Description"), required=False, max_length=TEXT_MAX, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, caller: Caller, zone: str, *args: Any, **options: Any) -> None:
        super().__init__(caller, zone, *args, **options)
        self.fields["valid_from"].help_text = _("Empty: from the issue on.")
        self.fields["valid_until"].required = False
        self.order_fields(["name", "usage", "amount", "valid_from", "valid_until", "valid_days"])

    def values(self) -> TemplateValues:
        """What a valid form says."""
        given = self.cleaned_data
        since, until = given["valid_from"], given["valid_until"]
        return TemplateValues(
            name=given["name"],
            usage=Usage(given["usage"]),
            amount=given["amount"],
            reach=Reach(given["reach"]),
            products=self.listed_products(),
            payment_mode=PaymentMode(given["payment_mode"]),
            valid_from=controls.begin_of_day(since, self.reader) if since else None,
            valid_until=end_after(until, self.reader) if until else None,
            valid_days=given["valid_days"],
            description=given["description"],
        )


@page("vouchers/templates/", Permission.VOUCHER_READ, methods=LISTING, is_for=issues_vouchers, is_list=True)
def voucher_templates(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The caller's templates."""
    new = [button("new_voucher_template", _("New template"), "plus", is_primary=True)] if may_write(caller) else []
    extras = Extras(
        title=_("Vouchers"),
        lead=_("What vouchers are issued from. A template can be changed until the first voucher."),
        buttons=new,
        above=has_parts(caller),
        empty=_("Templates appear here when you make one."),
        values=parts(caller, "voucher_templates"),
    )
    return list_page(request, VOUCHER_TEMPLATES, caller, extras)


@page("vouchers/templates/new/", Permission.VOUCHER_WRITE, methods=FORM, is_for=issues_vouchers)
def new_voucher_template(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Make a template."""
    form = TemplateForm(caller, zone_of(request), request.POST or None)
    ask = Ask(
        title=_("New template"),
        effects=[_("It can be changed until a voucher is issued from it, and retired at any time.")],
        submit=_("Save"),
        back=reverse("voucher_templates"),
        back_label=_("Templates"),
    )
    return _saved(request, caller, form, ask, None)


@page("vouchers/templates/<str:template>/", Permission.VOUCHER_READ, is_for=issues_vouchers)
def voucher_template(request: HttpRequest, caller: Caller, template: str) -> HttpResponse:
    """What a template says, and the newest of what was issued from it."""
    row, currency = _own(caller, template), currency_of(own_account(caller))
    standing = TemplateStanding(row.standing)  # type: ignore[attr-defined]  # annotated
    made = vouchers(caller.own(), VoucherFilter(template=row.pk, kinds=KINDS)).select_related("customer")
    values = {
        "template": row,
        "standing": (TEMPLATE_STANDINGS[standing], TEMPLATE_TONES[standing]),
        "tags": [USAGES[row.usage]],
        "facts": _facts(row, currency),
        "buttons": _buttons(caller, row, standing) if may_write(caller) else [],
        "made": voucher_rows(list(made.order_by("-issued_at", "-pk")[:SHOWN])),
        "standings": STANDINGS,
        "standing_tones": STANDING_TONES,
        "all_made": f"{reverse('vouchers')}?{urlencode({'template': row.pk})}",
    }
    back = ("voucher_templates", _("Templates"))
    return detail_page(request, caller, "voucher_template", title=row.name, back=back, values=values)


@page("vouchers/templates/<str:template>/edit/", Permission.VOUCHER_WRITE, methods=FORM, is_for=issues_vouchers)
def edit_voucher_template(request: HttpRequest, caller: Caller, template: str) -> HttpResponse:
    """Change a template of which nothing was issued yet."""
    row, reader = _own(caller, template), Reader(zone_of(request))
    kept = {name: getattr(row, name) for name in ("name", "usage", "payment_mode", "reach", "products", "description")}
    kept |= {
        "amount": row.amount_micros // MICROS_PER_UNIT,
        "valid_from": row.valid_from and day_of(row.valid_from, reader),
        "valid_until": row.valid_until and last_day(row.valid_until, reader),
        "valid_days": row.valid_days,
    }
    form = TemplateForm(caller, reader.zone, request.POST or None, initial=kept)
    ask = Ask(
        title=_("Change the template"),
        lead=row.name,
        effects=[_("It can be changed until a voucher is issued from it.")],
        submit=_("Save"),
        back=reverse("voucher_template", args=[row.pk]),
        back_label=_("Template"),
    )
    return _saved(request, caller, form, ask, row.pk)


@page("vouchers/templates/<str:template>/retire/", Permission.VOUCHER_WRITE, methods=FORM, is_for=issues_vouchers)
def retire_voucher_template(request: HttpRequest, caller: Caller, template: str) -> HttpResponse:
    """Let nothing be issued from a template any more, or again."""
    row = _own(caller, template)
    is_retired = row.retired_at is not None
    back = reverse("voucher_template", args=[row.pk])
    if request.method == "POST":
        retire_template(caller, template=row.pk, is_retired=not is_retired)
        told = _("The template can be used again.") if is_retired else _("The template was retired.")
        return done(request, told, back)
    ask = Ask(
        title=_("Use the template again") if is_retired else _("Retire the template"),
        lead=row.name,
        effects=[
            _("Vouchers can be issued from it again.")
            if is_retired
            else _("Nothing is issued from it any more. Vouchers that were issued stay as they are.")
        ],
        submit=_("Use again") if is_retired else _("Retire"),
        back=back,
        back_label=_("Template"),
    )
    return form_page(request, caller, forms.Form(), ask)


def _own(caller: Caller, template: str) -> VoucherTemplate:
    return get_template(caller.own(), key_of(template, "template"))


def _saved(request: HttpRequest, caller: Caller, form: TemplateForm, ask: Ask, key: int | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            row = save_template(caller, values=form.values(), template=key)
            return done(request, _("The template was saved."), reverse("voucher_template", args=[row.pk]))
        except Invalid as error:
            add_refusal(form, error)
        except Conflict as error:
            form.add_error(None, _(error.message))
    return form_page(request, caller, form, ask)


def _buttons(caller: Caller, row: VoucherTemplate, standing: TemplateStanding) -> list[Button]:
    """What can be done with a template now."""
    again = button("retire_voucher_template", _("Use again"), "check", str(row.pk))
    if standing is TemplateStanding.RETIRED:
        return [again]
    query = urlencode({"template": row.pk})
    found = [Button(_("Issue vouchers"), f"{reverse('issue_voucher')}?{query}", "plus", is_primary=True)]
    if row.usage == Usage.TRIAL and applies(caller):
        found.append(Button(_("Apply for a voucher"), f"{reverse('apply_for')}?{query}", "plus"))
    if standing is TemplateStanding.EDITABLE:
        found.append(button("edit_voucher_template", _("Edit"), "edit", str(row.pk)))
    return [*found, button("retire_voucher_template", _("Retire"), "lock", str(row.pk))]


def _facts(row: VoucherTemplate, currency: str) -> list[Fact]:
    days = Fact(_("Days from the issue"), str(row.valid_days))
    facts = [
        Fact(_("Amount"), amount=Money(currency, row.amount_micros)),
        Fact(_("Pays"), PAYMENT_MODES[row.payment_mode]),
        Fact(_("Products"), REACHES[row.reach], codes=row.products.split(",") if row.products else ()),
        Fact(_("Valid from"), at=row.valid_from) if row.valid_from else None,
        Fact(_("Valid until"), at=row.valid_until) if row.valid_until else days,
        Fact(_("Vouchers issued"), str(row.issued)),  # type: ignore[attr-defined]  # annotated
        Fact(_("Created"), at=row.created_at),
        Fact(_("Description"), row.description) if row.description else None,
    ]
    return [fact for fact in facts if fact is not None]
