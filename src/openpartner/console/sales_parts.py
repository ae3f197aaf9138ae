"""What the pages of sales share: the page of one row with its history, data shown on request, forms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Button
from openpartner.console.detail_page import detail_page
from openpartner.console.form_page import Ask, add_refusal, done, form_page
from openpartner.core.access.managers import manager_choices
from openpartner.core.access.reveals import record_reveal
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, LimitReached
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.catalogue.countries import all_countries
from openpartner.core.catalogue.industries import all_sections
from openpartner.core.sales.models import HistoryEntry, Opportunity, ReportedCustomer, SalesTask
from openpartner.core.sales.steps import CURRENCIES
from openpartner.kit.masks import Mask
from openpartner.kit.money import DECIMALS, Money
from openpartner.listings.declare import Words
from openpartner.listings.sales_words import DEEDS, STAGES
from openpartner.listings.widgets import DayInput

MASKED = {"company": Mask.NAME, "contact": Mask.NAME, "email": Mask.EMAIL, "mobile": Mask.MOBILE}
DEED_TONES = {"accepted": "good", "registered": "good", "won": "good", "achieved": "good", "taken": "good"} | {
    "refused": "bad",
    "lost": "bad",
    "missed": "bad",
    "declined": "bad",
    "reported": "warn",
    "offered": "warn",
}
AMOUNT_DIGITS = 18
TEXT_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Fact:
    """One line about a row: a text, an amount, an instant, or texts each on its own."""

    label: Words
    text: Words = ""
    amount: Money | None = None
    at: datetime | None = None
    address: str = ""
    tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a history as people read it."""

    at: datetime
    word: Words
    tone: str
    stage: Words
    percent: int | None
    text: str
    by: str


class AmountBox(forms.DecimalField):
    """An expected amount, nothing or more."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            min_value=0,
            max_digits=AMOUNT_DIGITS,
            decimal_places=DECIMALS,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            **options,
        )


class DayBox(forms.DateField):
    """A day, which is the same in every zone."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=DayInput(), **options)


class TextForm(forms.Form):
    """What is told about a step."""

    text = forms.CharField(label=__("What happened"), max_length=TEXT_MAX, widget=forms.Textarea(attrs={"rows": 4}))

    def optional(self, label: Words) -> TextForm:
        """The same under another name, to be left out."""
        self.fields["text"].label, self.fields["text"].required = str(label), False
        return self

    def named(self, label: Words, note: Words = "") -> TextForm:
        """The same under another name."""
        self.fields["text"].label, self.fields["text"].help_text = str(label), str(note)
        return self


def takes_part(caller: Caller) -> bool:
    """Whether the caller has pages of sales at all: everybody but customers."""
    return caller.kind is not AccountKind.CUSTOMER


def may_write(caller: Caller) -> bool:
    """Whether the caller changes something in sales."""
    return Permission.SALES_WRITE in caller.permissions


def currency_field(caller: Caller) -> forms.ChoiceField:
    """The currency of an expected amount; that of the caller's site stands first."""
    own = "CNY" if caller.site == "cn" else "USD"
    ordered = dict.fromkeys((own, *CURRENCIES))
    return forms.ChoiceField(label=__("Currency"), choices=[(one, one) for one in ordered])


def country_field() -> forms.ChoiceField:
    """A country, or none."""
    named = sorted((one.name, one.iso2) for one in all_countries())
    return forms.ChoiceField(
        label=__("Country or region"),
        required=False,
        choices=[("", __("Not known")), *((code, name) for name, code in named)],
    )


def industry_field() -> forms.ChoiceField:
    """A section of ISIC, or none."""
    return forms.ChoiceField(
        label=__("Industry"),
        required=False,
        choices=[("", __("Not known")), *((one.id, one.name) for one in all_sections())],
    )


def manager_field(caller: Caller) -> forms.TypedChoiceField | None:
    """Who looks after it; nobody to choose from for those who see their own alone, or without people."""
    if caller.scope.manager is not None or not caller.kind.is_partner:
        return None
    return forms.TypedChoiceField(
        label=__("Account manager"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", __("Nobody")), *manager_choices(caller)],
    )


def item_page(
    request: HttpRequest,
    caller: Caller,
    row: ReportedCustomer | Opportunity | SalesTask,
    template: str,
    *,
    title: Words,
    back: tuple[str, Words],
    steps: Sequence[HistoryEntry],
    values: dict[str, Any],
) -> HttpResponse:
    """The page of one row with its history. A POST shows personal data in full, after recording it."""
    is_revealed = request.method == "POST" and request.POST.get("reveal") == "*"
    if is_revealed:
        caller.must(Permission.CUSTOMER_REVEAL)
        record_reveal(caller, listing=back[0].replace("_", "-"), columns=sorted(MASKED), subjects=[row.pk])
    personal = {name: str(getattr(row, name)) for name in MASKED}
    if not is_revealed:
        personal = {name: MASKED[name].hide(value) for name, value in personal.items()}
    common = {
        "row": row,
        "personal": personal,
        "is_revealed": is_revealed,
        "can_reveal": Permission.CUSTOMER_REVEAL in caller.permissions,
        "history": [_step(one) for one in steps],
    }
    shown = title or personal["company"]
    return detail_page(request, caller, template, title=shown, back=back, values={**common, **values})


def button(name: str, label: Words, icon: str, *args: object, is_primary: bool = False) -> Button:
    """A button that leads to a page."""
    return Button(label, reverse(name, args=args), icon, is_primary=is_primary)


def carry_out(
    request: HttpRequest, caller: Caller, form: forms.Form, ask: Ask, act: Callable[[dict[str, Any]], tuple[str, str]]
) -> HttpResponse:
    """The form; when it is right, what it asks for is done, and the page goes on with the words and address told.

    A refusal stands beside the field that it names, or above the form.
    """
    if request.method == "POST" and form.is_valid():
        try:
            told, address = act(form.cleaned_data)
            return done(request, told, address)
        except Invalid as error:
            add_refusal(form, error)
        except (Conflict, LimitReached) as error:
            form.add_error(None, _(error.message))
    return form_page(request, caller, form, ask)


def products_in(text: str) -> tuple[str, ...]:
    """The products that a text names, separated by commas or lines."""
    return tuple(one.strip() for one in text.replace("\n", ",").replace("\uff0c", ",").split(",") if one.strip())


def _step(one: HistoryEntry) -> Step:
    return Step(
        one.at,
        DEEDS[one.deed],
        DEED_TONES.get(one.deed, "calm"),
        STAGES.get(one.stage, "") if one.deed in {"moved", "noted"} else "",
        one.percent if one.deed in {"noted", "achieved", "missed"} else None,
        one.text,
        f"{one.by} · {one.account.called}",
    )
