"""What templates draw: icons and initials."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from openpartner.console.icons import ICONS

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon; decoration unless it has a label."""
    drawing = mark_safe(ICONS[name])  # noqa: S308  # our own drawings
    if label:
        return format_html('<svg class="icon" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', label, drawing)
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', drawing)


@register.filter
def initials(name: str) -> str:
    """Up to two letters that stand for a name; one for a name in an East Asian script."""
    words = [word for word in name.replace("*", " ").split() if word[:1].isalnum()]
    if not words:
        return name[:1]
    return words[0][:1] if len(words) == 1 or ord(words[0][0]) > 0x2E7F else words[0][:1] + words[1][:1]
