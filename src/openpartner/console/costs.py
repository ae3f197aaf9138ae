"""The cost explorer: any question about costs by an address, as a chart and as the same in a table (tencent:D.6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.utils.translation import pgettext, pgettext_lazy

from openpartner.console.bill_state import shown_state
from openpartner.console.lists import FORMATS, can_export, chips_of, list_data
from openpartner.console.menu import Group, Menu
from openpartner.console.page import FORMAT, page
from openpartner.console.preferences import ListPreferences, reader_of
from openpartner.core.access.models import User
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.months import month_text
from openpartner.listings.bill_filters import NOTHING
from openpartner.listings.bill_lines import BILL_LINES
from openpartner.listings.bill_words import AMOUNTS, STATE_TONES, STATES
from openpartner.listings.costs import COSTS, GROUPINGS, TAG, CostFilter, Exploration, explore, period_text
from openpartner.listings.costs import Group as CostGroup
from openpartner.listings.declare import Words
from openpartner.listings.question import Question, ask
from openpartner.listings.records import Format

ASKED = frozenset({"by", "amount", "per", "top", "compare", "chart", "tag_key", "month", "until_month"})
"""The parameters that say how costs are summed, not which lines."""
COLOURS = 10
"""Groups that have a colour of their own; the others share one."""
CHART_GROUPS = 10
CHARTS: dict[str, Words] = {"bars": __("Bars"), "lines": pgettext_lazy("kind of chart", "Lines")}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table."""

    label: str
    mark: int
    """The number of its colour; -1 for none."""
    cells: list[tuple[Decimal, str]]
    """For each period the amount, and the address of its lines."""
    total: Decimal
    address: str
    share: Decimal | None
    before: Decimal
    change: Decimal | None


@page("costs/", Permission.BILL_READ, menu=Menu(Group.BILLS, __("Cost explorer"), "costs", "o"), is_list=True)
def costs(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Costs grouped by anything, with everything the question says in its address."""
    user = request.user
    assert isinstance(user, User)
    question = ask(COSTS, caller, request.GET, reader=reader_of(user))
    if question.where is not None and question.where.by == TAG and not question.where.tag_key:
        question.form.add_error("tag_key", _("Give the key of the tag to group by."))
        question = replace(question, where=None)
    if request.META.get(FORMAT):
        return list_data(question, Format(request.META[FORMAT]))
    closed = question.tab.closed(caller) if question.tab else ""
    values: dict[str, Any] = {
        "caller": caller,
        "question": question,
        "listing": COSTS,
        "closed": closed,
        "preferences": ListPreferences.of(user, COSTS.name),
        "own_query": question.address(page=None)[1:],
        "formats": [(one, FORMATS[one]) for one in COSTS.formats],
        "can_export": can_export(COSTS, caller),
        "always": [field for field in question.form if _is_always(field.name)],
        "further": [field for field in question.form if not _is_always(field.name)],
        "chips": chips_of(question, but=ASKED),
        "further_set": len(question.given.keys() - {one.key for one in COSTS.filters if one.is_always_shown}),
    }
    if question.where is not None and not closed:
        values |= _answer(question, question.where)
    return render(request, "console/costs.html", values, status=422 if question.where is None and not closed else 200)


def _is_always(key: str) -> bool:
    return any(one.key == key and one.is_always_shown for one in COSTS.filters)


def _answer(question: Question[CostFilter], where: CostFilter) -> dict[str, Any]:
    found = explore(question.scope, where)
    drill = _Drill(question, where, found)
    lines = _lines(found, where, drill)
    shown = found.groups[: where.top]
    return {
        "found": found,
        "where": where,
        "grouping": GROUPINGS[where.by].label,
        "amount_word": AMOUNTS[where.amount],
        "state": shown_state(found.as_of, found.first, found.last),
        "periods": [_head(found, period) for period in found.periods] if not found.is_by_day else [],
        "lines": lines,
        "days": [_day_line(found, shown, day, drill) for day in reversed(found.periods)] if found.is_by_day else [],
        "sum": _sum(found, where, drill),
        "average": found.total() / len(found.periods) if found.periods else Decimal(0),
        "compare_address": question.address(compare=None if where.compare else "yes"),
        "charts": [
            (one, word, question.address(chart=one))
            for one, word in (("bars", _("Bars")), ("lines", pgettext("kind of chart", "Lines")))
        ],
        "others": max(0, len(found.groups) - where.top),
        "currencies": [(one, question.address(currency=one)) for one in found.currencies],
        "drawing": _drawing(found, where, drill),
        "lines_address": drill.address(None, None),
    }


class _Drill:
    """The addresses of the lines behind figures."""

    def __init__(self, question: Question[CostFilter], where: CostFilter, found: Exploration) -> None:
        known = {one.key for one in BILL_LINES.filters if one.is_for(question.caller)}
        query = {name: question.query[name] for name in question.query if name in known - ASKED}
        if len(found.currencies) > 1:
            query["currency"] = found.currency
        self._base = {**query, "zeros": "yes"}
        self._path = reverse("expenditure_details")
        self._key = GROUPINGS[where.by].filter_key if GROUPINGS[where.by].filter_key in known else ""
        self._months = (month_text(found.first), month_text(found.last))

    def address(self, group: CostGroup | None, period: Any) -> str:  # noqa: ANN401  # a month's number or a day
        """Of one group and period; of all where nothing is given. None of lines that lack something: no filter asks."""
        if group is not None and self._key == "tag" and group.value == NOTHING:
            return ""
        query = dict(self._base)
        if group is not None and self._key:
            query[self._key] = group.value
        if isinstance(period, date):
            query |= {"since": str(period), "until": str(period)}
        elif period is not None:
            query["month"] = month_text(period)
        elif "since" not in query and "until" not in query:
            query |= {"month": self._months[0], "until_month": self._months[1]}
        return f"{self._path}?{urlencode(query)}"


def _head(found: Exploration, period: int) -> dict[str, Any]:
    state = found.as_of.of_month(period)
    return {"text": period_text(period), "word": STATES.get(state, ""), "tone": STATE_TONES.get(state, "calm")}


def _lines(found: Exploration, where: CostFilter, drill: _Drill) -> list[Line]:
    """The groups that cost most, and all others together."""
    total = found.total()
    periods = [] if found.is_by_day else found.periods
    lines = [
        Line(
            group.label,
            min(place, COLOURS),
            [(group.amounts.get(one, Decimal(0)), drill.address(group, one)) for one in periods],
            group.total,
            drill.address(group, None),
            group.total / total if total else None,
            group.before,
            _change(group.total, group.before),
        )
        for place, group in enumerate(found.groups[: where.top])
    ]
    rest = found.groups[where.top :]
    if rest:
        cells = [(sum((one.amounts.get(period, Decimal(0)) for one in rest), Decimal(0)), "") for period in periods]
        whole, before = sum((one.total for one in rest), Decimal(0)), sum((one.before for one in rest), Decimal(0))
        share = whole / total if total else None
        label = _("%(count)s others") % {"count": f"{len(rest):,}"}
        lines.append(Line(label, COLOURS, cells, whole, "", share, before, _change(whole, before)))
    return lines


def _sum(found: Exploration, where: CostFilter, drill: _Drill) -> Line:
    periods = [] if found.is_by_day else found.periods
    cells = [(found.total(one), drill.address(None, one)) for one in periods]
    change = _change(found.total(), found.before) if where.compare else None
    return Line(_("Total"), -1, cells, found.total(), drill.address(None, None), None, found.before, change)


def _day_line(found: Exploration, shown: list[CostGroup], day: date, drill: _Drill) -> dict[str, Any]:
    """One day: what its groups cost, those that share a column, and all of them."""
    amounts = [group.amounts.get(day, Decimal(0)) for group in shown]
    total = found.total(day)
    rest = [total - sum(amounts, Decimal(0))] if len(found.groups) > len(shown) else []
    return {"text": period_text(day), "address": drill.address(None, day), "amounts": amounts + rest, "total": total}


def _change(now: Decimal, before: Decimal) -> Decimal | None:
    return (now - before) / abs(before) if before else None


def _drawing(found: Exploration, where: CostFilter, drill: _Drill) -> dict[str, Any]:
    """What the script draws: a series for each group that has a colour, and one for the others."""
    shown = found.groups[: min(where.top, CHART_GROUPS)]
    rest = found.groups[len(shown) :]
    series = [
        {
            "name": group.label,
            "values": [_plain(group.amounts.get(period, Decimal(0))) for period in found.periods],
            "address": drill.address(group, None),
        }
        for group in shown
    ]
    if rest:
        values = [sum((one.amounts.get(period, Decimal(0)) for one in rest), Decimal(0)) for period in found.periods]
        series.append({"name": _("Others"), "values": [_plain(one) for one in values], "address": ""})
    return {
        "kind": where.chart,
        "stacked": where.chart == "bars",
        "currency": found.currency,
        "labels": [period_text(period) for period in found.periods],
        "by_day": found.is_by_day,
        "series": series,
    }


def _plain(amount: Decimal) -> float:
    """Rounded to the cent: a picture shows no more."""
    return float(round(amount, 2))
