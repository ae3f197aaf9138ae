"""The rows of a table as HTML: what is the same in all of them is made once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from openpartner.console.actions import Button
from openpartner.console.cells import cell_html
from openpartner.console.icons import icon_html


@dataclass(frozen=True, slots=True)
class RowStyle:
    """What the rows of one page have beside their cells."""

    can_pick: bool
    can_reveal: bool
    has_actions: bool
    revealed: int | None
    """The row that is shown in full, if one is."""


def rows_html(rows: Sequence[dict[str, Any]], style: RowStyle) -> SafeString:
    """All rows of a page."""
    select, reveal = escape(_("Select")), _reveal_button()
    return mark_safe("".join(_row(row, style, select, reveal) for row in rows))  # noqa: S308  # all values were escaped


def _row(row: dict[str, Any], style: RowStyle, select: str, reveal: str) -> str:
    identity = escape(row["identity"])
    parts = ['<tr tabindex="-1" class="is-revealed">' if row["subject"] == style.revealed else '<tr tabindex="-1">']
    if style.can_pick:
        label = f'aria-label="{select} {identity}"'
        parts.append(f'<td class="pick"><input type="checkbox" form="bulk" name="row" value="{identity}" {label}></td>')
    parts += [cell_html(cell, lines, row["identity"]) for cell, lines in row["cells"]]
    if style.has_actions:
        links = "".join(_link(button) for button in row["buttons"])
        eye = reveal.replace("SUBJECT", str(int(row["subject"]))) if style.can_reveal else ""
        parts.append(f'<td class="more">{links}{eye}</td>')
    return f"{''.join(parts)}</tr>"


def _link(button: Button) -> str:
    label = escape(button.label)
    inner = f'{icon_html(button.icon)}<span class="unseen">{label}</span>'
    return f'<a class="eye" href="{escape(button.address)}" title="{label}">{inner}</a>'


def _reveal_button() -> str:
    """The eye at the end of a row, with a place for the row's key."""
    title, label = escape(_("Show this row in full; it is recorded")), escape(_("Show this row in full"))
    inner = f'{icon_html("eye-off")}<span class="unseen">{label}</span>'
    return f'<button class="eye" form="reveal-row" name="row" value="SUBJECT" title="{title}">{inner}</button>'
