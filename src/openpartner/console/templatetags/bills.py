"""How templates show amounts."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from openpartner.console.cells import amount_html
from openpartner.kit.money import Money

register = template.Library()


@register.filter
def money(amount: Decimal) -> SafeString:
    """An amount to the cent, grouped; all its digits are told when it is pointed at."""
    shown = f"{amount:,.2f}".replace("-", "\N{MINUS SIGN}")
    return format_html('<span title="{}">{}</span>', f"{amount:f}", shown)


@register.filter("sum")
def whole_sum(amount: Money) -> SafeString:
    """An amount of money with its currency, every digit of it."""
    return format_html('<span class="sum">{} <small>{}</small></span>', amount_html(amount.amount), amount.currency)


@register.filter
def micros(number: int, currency: str) -> SafeString:
    """The same, given in millionths."""
    return whole_sum(Money(currency, number))


register.filter("exactly", amount_html)


@register.filter
def percent(share: Decimal | None) -> str:
    """A share of one as a percentage with one decimal; a dash where there is nothing to compare with."""
    return "—" if share is None else f"{share * 100:,.1f} %".replace("-", "\N{MINUS SIGN}")
