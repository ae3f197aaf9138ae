"""What templates draw: icons and initials."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.http import HttpRequest
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from openpartner.console.acting import FIELD, mark_of
from openpartner.console.cells import initials
from openpartner.console.icons import ICONS, icon_html
from openpartner.console.once import FORM_KEY
from openpartner.console.rows import rows_html
from openpartner.core.audit.events import SENTENCES, Action
from openpartner.kit.ids import mint_request_id
from openpartner.listings.declare import Words

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon; decoration unless it has a label."""
    if not label:
        return icon_html(name)
    drawing = mark_safe(ICONS[name])  # noqa: S308  # our own drawings
    return format_html('<svg class="icon" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', label, drawing)


@register.simple_tag(takes_context=True)
def form_key(context: Context) -> SafeString:
    """What makes this rendering of a form one write, however often it is sent, and for whom the page acts."""
    request = context.get("request")
    delegation = mark_of(request) if isinstance(request, HttpRequest) else None
    field = '<input type="hidden" name="{}" value="{}">'
    fields = [(FORM_KEY, mint_request_id()), *([(FIELD, delegation)] if delegation is not None else [])]
    return format_html_join("", field, fields)


@register.filter
def grouped(number: int) -> str:
    """A whole number in groups of three, as English, Chinese and Japanese write it."""
    return f"{number:,}"


@register.filter
def word(value: object, words: Mapping[object, Words]) -> Words:
    """The word of a value of a closed vocabulary."""
    return words.get(value, "")


@register.filter
def get(tones: Mapping[object, str], value: object) -> str:
    """The tone of a value."""
    return tones.get(value, "calm")


@register.filter
def sentence(action: str) -> Words:
    """What an audit event says."""
    return _(SENTENCES[Action(action)])


register.filter("initials", initials)
register.simple_tag(rows_html, name="rows")
