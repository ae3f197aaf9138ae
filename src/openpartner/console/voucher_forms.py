"""The fields of vouchers: what they pay and until when, filled in or taken from a template (tencent:B.5)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.money_form import AmountField
from openpartner.console.voucher_parts import NAMED, TEXT_OF_NAMES_MAX, key_of
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.vouchers.issuing import Terms, terms_of
from openpartner.core.vouchers.models import TEXT_MAX, VoucherTemplate
from openpartner.core.vouchers.records import get_template
from openpartner.core.vouchers.vocabulary import PaymentMode, Reach, Usage
from openpartner.kit.money import MICROS_PER_UNIT
from openpartner.listings import controls
from openpartner.listings.declare import Reader, Words
from openpartner.listings.voucher_words import PAYMENT_MODES, REACHES, USAGES

DAYS = {"valid_from": __("First day"), "valid_until": __("Last day")}
TERMS = ("valid_from", "valid_until", "usage", "payment_mode", "reach", "products")
"""What a template says in their place."""


class PaysForm(forms.Form):
    """What a voucher may pay, and in which days."""

    usage = forms.ChoiceField(label=__("Usage"), choices=list(USAGES.items()), initial=Usage.OFFER)
    payment_mode = forms.ChoiceField(label=__("Pays"), choices=list(PAYMENT_MODES.items()), initial=PaymentMode.ALL)
    reach = forms.ChoiceField(label=__("Products"), choices=list(REACHES.items()), initial=Reach.ALL)
    products = forms.CharField(
        label=__("Codes of products"),
        required=False,
        max_length=TEXT_OF_NAMES_MAX,
        help_text=__("Separated by commas; where not all products are paid."),
    )

    def __init__(self, caller: Caller, zone: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.reader = Reader(zone)
        add_days(self, caller)
        if caller.kind is AccountKind.SECOND_LEVEL_RESELLER:
            self.fields["usage"].choices = [(Usage.OFFER, USAGES[Usage.OFFER])]  # type: ignore[attr-defined]  # a choice

    def listed_products(self) -> list[str]:
        """The codes that were filled in."""
        return codes_in(self.cleaned_data["products"])


class TermsForm(PaysForm):
    """How much a voucher is worth, with what it pays; from a template, the amount and the reason are left to say."""

    amount = AmountField(label=__("Amount"))
    reason = forms.CharField(
        label=__("Reason"), required=False, max_length=TEXT_MAX, help_text=__("The customer does not see it.")
    )
    template = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, caller: Caller, zone: str, template: VoucherTemplate | None, *args: Any, **options: Any) -> None:
        super().__init__(caller, zone, *args, **options)
        self.source = template
        if template is not None:
            for name in TERMS:
                del self.fields[name]
            self.fields["amount"].initial = template.amount_micros // MICROS_PER_UNIT
            self.fields["template"].initial = str(template.pk)

    @property
    def template_key(self) -> int | None:
        """The key of the template, if there is one."""
        return self.source.pk if self.source is not None else None

    def terms(self) -> Terms:
        """What a valid form says about what vouchers pay and when."""
        given = self.cleaned_data
        if self.source is not None:
            return terms_of(self.source, given["reason"])
        since, until = given["valid_from"], given["valid_until"]
        return Terms(
            valid_from=controls.begin_of_day(since, self.reader) if since else None,
            valid_until=end_after(until, self.reader) if until else None,
            usage=Usage(given["usage"]),
            reach=Reach(given["reach"]),
            products=self.listed_products(),
            payment_mode=PaymentMode(given["payment_mode"]),
            reason=given["reason"],
        )

    def facts(self) -> list[tuple[Words, Words]]:
        """The terms of a valid form, as a preview tells them."""
        terms = self.terms()
        until = last_day(terms.valid_until, self.reader) if terms.valid_until else None
        return [
            *([(_("Template"), self.source.name)] if self.source is not None else []),
            (_("Last day"), f"{until:%Y-%m-%d}" if until else _("That of the quota")),
            (_("Usage"), USAGES[terms.usage]),
            (_("Pays"), PAYMENT_MODES[terms.payment_mode]),
            (_("Products"), REACHES[terms.reach]),
        ]


def template_asked(caller: Caller, given: str) -> VoucherTemplate | None:
    """The caller's template that an address or a form names; NotVisible when it has none with this key."""
    return get_template(caller.own(), key_of(given, "template")) if given else None


def add_days(form: forms.Form, caller: Caller) -> None:
    """Give a form its first and its last day."""
    for name, label in DAYS.items():
        form.fields[name] = controls.day()(caller)
        form.fields[name].label = label
    form.fields["valid_from"].required = False
    form.fields["valid_from"].help_text = _("Empty: from now on.")


def end_after(day: date, reader: Reader) -> datetime:
    """The instant just before which a voucher whose last day this is ends."""
    return controls.begin_of_day(day + timedelta(days=1), reader)


def last_day(end: datetime, reader: Reader) -> date:
    """The day of the last instant before an end, where the reader is."""
    return day_of(end - timedelta(microseconds=1), reader)


def day_of(moment: datetime, reader: Reader) -> date:
    """The day of an instant, where the reader is."""
    return moment.astimezone(ZoneInfo(reader.zone)).date()


def codes_in(text: str) -> list[str]:
    """The codes that a text names."""
    return [one for one in NAMED.split(text) if one]
