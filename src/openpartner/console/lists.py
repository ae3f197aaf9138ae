"""The one page of a list: filters, chips, table, bulk bar, pager, reveal, all from the listing's declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Bulk, Button
from openpartner.console.page import FORMAT
from openpartner.console.preferences import DENSITIES, ListPreferences, reader_of
from openpartner.console.rows import RowStyle
from openpartner.console.snippets import Snippet
from openpartner.core.access.models import User
from openpartner.core.access.reveals import record_reveal
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotAllowed
from openpartner.core.base.permissions import Permission
from openpartner.listings.declare import Column, Listing, Tab, Where, Words
from openpartner.listings.question import SIZES, Question, ask, columns_for, filters_for, tabs_for
from openpartner.listings.records import Format, as_data
from openpartner.listings.shown import Answer, ShownRow, answer

REVEAL = "reveal"
"""What a POST to a list asks for: the key of a column, or `*` with a row for all of that row."""


FORMATS: dict[str, Words] = {
    Format.XLSX: __("Excel (XLSX)"),
    Format.CSV: "CSV",
    Format.PARQUET: "Parquet",
    Format.FOCUS: __("FOCUS 1.2 (CSV)"),
    Format.FOCUS_PARQUET: __("FOCUS 1.2 (Parquet)"),
}
"""The files of exports, as people choose them."""

PARTS = ("list", "rows")
"""What htmx replaces of the page: the list with its filters, or its rows alone."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set, and the address of the list without it."""

    label: Words
    value: str
    address: str


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column: where sorting leads, and whether the eye is open."""

    column: Column
    address: str
    direction: str
    can_reveal: bool
    is_revealed: bool


@dataclass(frozen=True, slots=True)
class Extras:
    """What a list has beside its rows: buttons above it, what to do with several rows, the call that does the same."""

    buttons: list[Button] = field(default_factory=list)
    bulk: list[Bulk] = field(default_factory=list)
    title: Words = ""
    lead: Words = ""
    snippets: Callable[[Any], list[Snippet]] | None = None
    """Programs that ask the same of the vendors' APIs, given the conditions."""
    empty: Words = ""
    back: tuple[str, Words] | None = None
    above: str = ""
    """A template between the head of the page and the list."""
    fixed: Mapping[str, str] = field(default_factory=dict)
    """The fixed filters, by key."""
    row_buttons: Callable[[ShownRow], list[Button]] | None = None
    """What can be done to one row; each is a page of its own."""
    is_live: Callable[[Answer], bool] = lambda _answer: False
    """Whether something on the page is about to change, so that its rows are read again every two seconds."""
    summary: Callable[[Question[Any]], dict[str, Any]] | None = None
    """What the rows add up to: values for the template of the same name, which stands above them."""
    summary_template: str = ""
    values: dict[str, Any] = field(default_factory=dict)


def list_page(
    request: HttpRequest, listing: Listing[Where], caller: Caller, extras: Extras | None = None
) -> HttpResponse:
    """The page of a list, or for htmx its table alone. A POST reveals what it names, after recording it."""
    user = request.user
    assert isinstance(user, User)
    extras = extras or Extras()
    preferences = ListPreferences.of(user, listing.name)
    reader = reader_of(user)
    asked = request.GET.copy()
    for key, value in extras.fixed.items():
        asked[key] = value
    question = ask(listing, caller, asked, reader=reader, columns=preferences.columns, size=preferences.size)
    if request.META.get(FORMAT):
        return list_data(question, Format(request.META[FORMAT]))
    revealed, row = _asked_to_reveal(request, question)
    found: Answer | None = None
    closed = question.tab.closed(caller) if question.tab else ""
    if question.where is not None and not closed:
        found = answer(question, reader, revealed=revealed, row=row)
        if revealed:
            subjects = [one.subject for one in found.rows if row in {None, one.subject}]
            record_reveal(caller, listing=listing.name, columns=sorted(revealed), subjects=subjects)
    values = {
        "caller": caller,
        "listing": listing,
        "question": question,
        "extras": extras,
        "snippets": extras.snippets(question.where) if extras.snippets and question.where is not None else [],
        "title": extras.title or listing.title,
        "preferences": preferences,
        "zone": reader.zone,
        "answer": found,
        "closed": closed,
        "is_revealed": bool(revealed),
        "formats": [(one, FORMATS[one]) for one in listing.formats],
        "can_export": can_export(listing, caller),
        "can_unmask": Permission.EXPORT_UNMASKED in caller.permissions,
        "summary": extras.summary(question) if extras.summary and found is not None else None,
        "is_live": found is not None and extras.is_live(found),
        **_table(question, found, revealed if row is None else frozenset(), extras.row_buttons),
        **_around(question, caller),
        **extras.values,
    }
    values["row_style"] = RowStyle(
        can_pick=bool(extras.bulk),
        can_reveal=values["can_reveal"],
        has_actions=values["has_row_actions"],
        revealed=row,
    )
    template = "console/table.html" if request.headers.get("HX-Target") in PARTS else "console/list.html"
    status = (403 if "tab" in request.GET else 200) if closed else 422 if question.where is None else 200
    return render(request, template, values, status=200 if template.endswith("table.html") else status)


def list_data(question: Question[Where], file_format: Format) -> HttpResponse:
    """The page on screen as a file, masked, for those who may export the list."""
    if not can_export(question.listing, question.caller):
        raise NotAllowed(_("this list may be exported by others only"))
    if question.tab is not None and (closed := question.tab.closed(question.caller)):
        raise NotAllowed(str(closed))
    if question.where is None:
        raise Invalid(*next((field, str(errors[0])) for field, errors in question.form.errors.items()))
    data = as_data(question, file_format)
    response = HttpResponse(data.content, content_type=data.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{data.name}"'
    return response


def can_export(listing: Listing[Where], caller: Caller) -> bool:
    """Whether the caller may have the list as a file."""
    return (
        listing.export_permission is not None and {listing.export_permission, Permission.JOB_READ} <= caller.permissions
    )


def _asked_to_reveal(request: HttpRequest, question: Question[Where]) -> tuple[frozenset[str], int | None]:
    asked = request.POST.get(REVEAL, "") if request.method == "POST" else ""
    if not asked:
        return frozenset(), None
    question.caller.must(Permission.CUSTOMER_REVEAL)
    masked = frozenset(column.key for column in question.columns if column.mask is not None)
    row = request.POST.get("row", "")
    if asked == "*" and row.isascii() and row.isdigit() and len(row) < 19:
        return masked, int(row)
    if asked not in masked:
        raise Invalid(REVEAL, _("no such column is masked"))
    return frozenset({asked}), None


def _table(
    question: Question[Where],
    found: Answer | None,
    revealed: frozenset[str],
    buttons: Callable[[ShownRow], list[Button]] | None,
) -> dict[str, Any]:
    """Heads, rows and pager."""
    is_masked = any(column.mask is not None for column in question.columns)
    can_reveal = is_masked and Permission.CUSTOMER_REVEAL in question.caller.permissions
    shown = [column for column in question.columns if not _is_below(column, question)]
    total = found.total if found else 0
    last = max(1, -(-total // question.size))
    first_row = (question.number - 1) * question.size + 1
    return {
        "heads": [_head(column, question, revealed, can_reveal=can_reveal) for column in shown],
        "rows": [
            {**_lines(row, question), "buttons": buttons(row) if buttons else []}
            for row in (found.rows if found else [])
        ],
        "has_row_actions": can_reveal or buttons is not None,
        "can_reveal": can_reveal,
        "total": total,
        "has_more": bool(found and found.has_more),
        "exact_address": question.address(exact=1, page=None),
        "last_page": last,
        "first_row": first_row if total else 0,
        "last_row": first_row + len(found.rows) - 1 if found else 0,
        "previous_address": question.address(page=question.number - 1) if question.number > 1 else "",
        "next_address": question.address(page=question.number + 1)
        if found and (question.number < last or found.has_more)
        else "",
        "first_address": question.address(page=None),
        "last_address": question.address(page=last) if found and not found.has_more else "",
        "sizes": [(size, question.address(size=size, page=None)) for size in SIZES],
        "densities": DENSITIES,
    }


def _is_below(column: Column, question: Question[Where]) -> bool:
    return bool(column.below) and any(other.key == column.below for other in question.columns)


def _lines(row: ShownRow, question: Question[Where]) -> dict[str, Any]:
    """A row for the template: each cell with the lines that stand under it."""
    by_host: dict[str, list[Any]] = {}
    for cell in row.cells:
        if _is_below(cell.column, question):
            by_host.setdefault(cell.column.below, []).append(cell)
    cells = [(cell, by_host.get(cell.column.key, [])) for cell in row.cells if not _is_below(cell.column, question)]
    return {"subject": row.subject, "identity": row.identity, "cells": cells}


def _head(column: Column, question: Question[Where], revealed: frozenset[str], *, can_reveal: bool) -> Head:
    direction, address = "", ""
    if column.order:
        is_ascending, is_descending = question.order == column.order, question.order == f"-{column.order}"
        direction = "ascending" if is_ascending else "descending" if is_descending else "none"
        # A first click on a date shows the newest, a first click on a name the first.
        first = f"-{column.order}" if column.shows == "instant" else column.order
        flipped = f"-{column.order}" if is_ascending else column.order
        address = question.address(sort=flipped if is_ascending or is_descending else first, page=None)
    return Head(column, address, direction, can_reveal and column.mask is not None, column.key in revealed)


def _around(question: Question[Where], caller: Caller) -> dict[str, Any]:
    """Filters, chips, tabs and the choice of columns."""
    always = {one.key for one in question.listing.filters if one.is_always_shown}
    filters = [one for one in filters_for(question.listing, caller, question.tab) if not one.is_fixed]
    shown = {one.key for one in filters}
    chosen = {column.key for column in question.columns}
    others = [column for column in columns_for(question.listing, caller, question.tab) if column.key not in chosen]
    return {
        "always": [question.form[one.key] for one in filters if one.key in always],
        "further": [question.form[one.key] for one in filters if one.key not in always],
        "chips": [_chip(question, one.key, one.label) for one in filters if one.key in question.given],
        "further_set": len(question.given.keys() & shown - always),
        "tabs": [_tab_line(tab, question, caller) for tab in tabs_for(question.listing, caller)],
        "column_choices": [(column, True) for column in question.columns] + [(column, False) for column in others],
        "own_query": question.address(page=None)[1:],
    }


def _tab_line(tab: Tab, question: Question[Where], caller: Caller) -> dict[str, Any]:
    return {
        "label": tab.label,
        "address": f"?tab={tab.key}",
        "is_current": question.tab is not None and tab.key == question.tab.key,
        "is_closed": bool(tab.closed(caller)),
    }


def chips_of(question: Question[Where], but: frozenset[str]) -> list[Chip]:
    """What is set, beside some filters that are always seen."""
    labels = {one.key: one.label for one in question.listing.filters if one.key not in but}
    return [_chip(question, key, labels[key]) for key in question.given if key in labels]


def _chip(question: Question[Where], key: str, label: Words) -> Chip:
    value = question.query.get(key, "")
    choices = dict(getattr(question.form.fields[key], "choices", ()))
    return Chip(label, str(choices.get(value, value)), question.address(**{key: None, "page": None}))
