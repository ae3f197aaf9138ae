"""The cells of a table as HTML. Drawn here and not by a template: a page has five hundred, and an include costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from openpartner.listings.declare import Cell
from openpartner.listings.shown import Shown

NAMING = frozenset({Cell.TEXT, Cell.CHOICE})
"""What names a row where it is linked; other links are cells like their neighbours."""


def initials(name: str) -> str:
    """Up to two letters that stand for a name; one for a name in an East Asian script."""
    words = [word for word in name.replace("*", " ").split() if word[:1].isalnum()]
    if not words:
        return name[:1]
    return words[0][:1] if len(words) == 1 or ord(words[0][0]) > 0x2E7F else words[0][:1] + words[1][:1]


def cell_html(cell: Shown, lines: Sequence[Shown], identity: str) -> SafeString:
    """One cell, with the lines that stand under it."""
    column = cell.column
    if column.link and column.shows in NAMING and identity:
        return mark_safe(_lead(cell, lines, identity))  # noqa: S308  # every value in it was escaped
    draw = _DRAWN.get(column.shows)
    if draw is not None:
        return mark_safe(f'<td class="cell-{column.shows}">{draw(cell)}{_below(lines)}</td>')  # noqa: S308  # likewise
    masked = " masked" if cell.is_masked else ""
    text = f"{escape(cell.text)}{_below(lines)}"
    if column.link and cell.text and identity:
        text = f'<a href="{escape(reverse(column.link, args=[identity]))}">{text}</a>'
    return mark_safe(f'<td class="cell-{column.shows}{masked}">{text}</td>')  # noqa: S308  # likewise


def _lead(cell: Shown, lines: Sequence[Shown], identity: str) -> str:
    """The cell that names the row and opens its page."""
    text = str(cell.text) or identity
    avatar = ""
    if cell.column.has_initials:
        avatar = f'<span class="avatar small" aria-hidden="true">{escape(initials(text))}</span>'
    address = escape(reverse(cell.column.link, args=[identity]))
    name = f'<span class="stacked"><span>{escape(text)}</span>{_below(lines)}</span>'
    return f'<th scope="row" class="cell-lead"><a href="{address}">{avatar}{name}</a></th>'


def _below(lines: Sequence[Shown]) -> str:
    return "".join(f"<small>{escape(line.text)}</small>" for line in lines)


def _choice(cell: Shown) -> str:
    return f'<span class="badge {cell.tone}">{escape(cell.text)}</span>' if cell.text else ""


def _tags(cell: Shown) -> str:
    return "".join(f'<span class="tag">{escape(tag)}</span>' for tag in cell.tags)


def _progress(cell: Shown) -> str:
    if not cell.text:
        return ""
    share, label = escape(cell.text), escape(cell.column.label)
    bar = f'<progress class="progress" max="100" value="{share}" aria-label="{label}"></progress>'
    return f"{bar}<small>{share} %</small>"


def amount_html(amount: Decimal | str) -> SafeString:
    """An amount, exactly: in groups of three with two decimals, and what lies below a hundredth small beside it."""
    text = f"{Decimal(amount):f}"
    whole, _point, decimals = text.removeprefix("-").partition(".")
    sign = "\N{MINUS SIGN}" if text.startswith("-") and Decimal(text) else ""
    decimals = f"{decimals:0<2}"
    fine = decimals[2:].rstrip("0")
    below = f'<span class="fine">{fine}</span>'
    return mark_safe(f"{sign}{int(whole):,}.{decimals[:2]}{below}")  # noqa: S308  # digits


def _amount(cell: Shown) -> str:
    return amount_html(str(cell.text)) if cell.text else ""


_DRAWN: dict[Cell, Callable[[Shown], str]] = {
    Cell.CHOICE: _choice,
    Cell.TAGS: _tags,
    Cell.PROGRESS: _progress,
    Cell.AMOUNT: _amount,
}
