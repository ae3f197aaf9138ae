"""The controls of filters, and what their values mean to the core."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from openpartner.core.base.caller import Caller
from openpartner.kit.ids import UIN_MAX
from openpartner.kit.money import DECIMALS, exact_micros
from openpartner.listings.declare import Reader, Words
from openpartner.listings.widgets import Choice, DayInput, Input

YEAR_MIN, YEAR_MAX = 2000, 2100
AMOUNT_DIGITS = 18
"""A trillion units with six decimals."""
PERCENT_MAX = 1_000_000_000
Control = Callable[[Caller], forms.Field]


def text(max_length: int = 128, placeholder: Words = "") -> Control:
    """Free text, spaces at its ends taken off."""
    return lambda _caller: forms.CharField(
        max_length=max_length, widget=Input(attrs={"placeholder": placeholder, "autocomplete": "off"})
    )


def search(placeholder: Words) -> Control:
    """The one search box of a list."""
    attributes = {"placeholder": placeholder, "autocomplete": "off", "type": "search"}
    return lambda _caller: forms.CharField(max_length=128, widget=Input(attrs=attributes))


def number() -> Control:
    """A uin."""
    return lambda _caller: forms.IntegerField(
        min_value=1, max_value=UIN_MAX, widget=Input(attrs={"inputmode": "numeric", "autocomplete": "off"})
    )


def amount() -> Control:
    """An amount of money, to a millionth; debts are below zero."""
    return lambda _caller: forms.DecimalField(
        max_digits=AMOUNT_DIGITS,
        decimal_places=DECIMALS,
        widget=Input(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


def percent() -> Control:
    """Whole percents, which may be above a hundred."""
    return lambda _caller: forms.IntegerField(
        min_value=-PERCENT_MAX,
        max_value=PERCENT_MAX,
        widget=Input(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


def in_millionths(value: Decimal, _reader: Reader) -> int:
    """What `amount` means to the core."""
    return exact_micros(value)


def whole_number(value: int, _reader: Reader) -> int:
    """What `percent` means to the core."""
    return value


def day() -> Control:
    """A day in the reader's zone."""
    return lambda _caller: _Day(widget=DayInput())


def choice(words: Mapping[Any, Words]) -> Control:
    """One value of a closed vocabulary of numbers or texts."""
    kind = type(next(iter(words)))
    coerce = int if issubclass(kind, int) else str
    return lambda _caller: forms.TypedChoiceField(
        widget=Choice,
        coerce=coerce,
        empty_value=None,
        choices=[("", _("Any")), *((str(coerce(v)), w) for v, w in words.items())],
    )


def yes_or_no() -> Control:
    """Yes, no, or not asked."""
    return lambda _caller: forms.TypedChoiceField(
        widget=Choice,
        coerce=lambda value: value == "yes",
        empty_value=None,
        choices=[("", _("Any")), ("yes", _("Yes")), ("no", _("No"))],
    )


def one_of(choices: Callable[[Caller], list[tuple[int, str]]]) -> Control:
    """One of the rows that the caller may choose from, by primary key."""
    return lambda caller: forms.TypedChoiceField(
        widget=Choice,
        coerce=int,
        empty_value=None,
        choices=[("", _("Any")), *((str(key), name) for key, name in choices(caller))],
    )


def begin_of_day(value: date, reader: Reader) -> datetime:
    """The first instant of a day where the reader is."""
    return datetime.combine(value, time.min, ZoneInfo(reader.zone))


def end_of_day(value: date, reader: Reader) -> datetime:
    """The last microsecond of a day where the reader is."""
    return begin_of_day(value + timedelta(days=1), reader) - timedelta(microseconds=1)


class _Day(forms.DateField):
    """A day within the years a record can carry, so that no zone pushes it over the edge of time."""

    def clean(self, value: Any) -> Any:  # noqa: ANN401  # Django's own signature
        day = super().clean(value)
        if day is not None and not YEAR_MIN <= day.year <= YEAR_MAX:
            raise forms.ValidationError(_("Choose a day between 2000 and 2100."))
        return day
