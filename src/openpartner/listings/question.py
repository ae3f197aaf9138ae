"""What somebody asks of a list: an address's query string, checked against the listing's declaration.

A page, a file and a saved view are the same question; none of them can ask what the others cannot.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Generic

from django import forms
from django.http import QueryDict

from openpartner.core.base.caller import Caller
from openpartner.core.base.scope import Scope
from openpartner.kit.slices import Slice
from openpartner.listings.declare import Column, Filter, Listing, Reader, Tab, Where
from openpartner.listings.registry import LISTINGS

SIZES = (20, 50, 100, 200)
SIZE = 50
PAGES_MAX = 100_000_000
SORT, COLUMNS, TAB, NUMBER, SIZE_OF, EXACT = "sort", "columns", "tab", "page", "size", "exact"
RESERVED = frozenset({SORT, COLUMNS, TAB, NUMBER, SIZE_OF, EXACT})
"""Parameters that no filter may be called."""
UNSET: tuple[Any, ...] = (None, "", [])


@dataclass(frozen=True, slots=True)
class Question(Generic[Where]):
    """A checked question. `where` is None when the form says what is wrong or the tab is closed: nothing is read."""

    listing: Listing[Where]
    caller: Caller
    form: forms.Form
    where: Where | None
    tab: Tab | None
    columns: tuple[Column, ...]
    order: str
    number: int
    size: int
    is_exact: bool
    query: QueryDict

    @property
    def window(self) -> Slice:
        """The rows of the page that is asked for."""
        return Slice.page(self.number, self.size)

    @property
    def given(self) -> dict[str, Any]:
        """The filters that are set, by key, as the form understood them."""
        cleaned: dict[str, Any] = getattr(self.form, "cleaned_data", {})
        return {key: value for key, value in cleaned.items() if value not in UNSET}

    @property
    def scope(self) -> Scope:
        """Whose rows are asked for."""
        narrow = self.tab.scope if self.tab else None
        return (narrow or self.listing.scope)(self.caller)

    def address(self, **changes: str | int | None) -> str:
        """The query string with changes; None removes a parameter. Starts with a question mark."""
        query = self.query.copy()
        for name, value in changes.items():
            query.pop(name, None)
            if value is not None:
                query[name] = str(value)
        return f"?{query.urlencode()}"


def ask(
    listing: Listing[Where],
    caller: Caller,
    query: QueryDict,
    *,
    reader: Reader,
    columns: str = "",
    size: int = SIZE,
) -> Question[Where]:
    """Check a query string. `columns` and `size` are what the person prefers where the address does not say."""
    tab = _tab(listing, caller, query.get(TAB, ""))
    filters = filters_for(listing, caller, tab)
    form = _form(filters, caller, query)
    where = None
    if form.is_valid() and not (tab and tab.closed(caller)):
        values = {
            one.key: one.convert(value, reader) for one in filters if (value := form.cleaned_data[one.key]) not in UNSET
        }
        where = listing.where(**{**values, **(tab.conditions if tab else {})})
    return Question(
        listing=listing,
        caller=caller,
        form=form,
        where=where,
        tab=tab,
        columns=_columns(listing, caller, tab, query.get(COLUMNS, "") or columns),
        order=_order(listing, caller, tab, query.get(SORT, "")),
        number=_whole(query.get(NUMBER, ""), PAGES_MAX) or 1,
        size=_whole(query.get(SIZE_OF, ""), SIZES[-1]) or size,
        is_exact=query.get(EXACT) == "1",
        query=_kept(query, {one.key for one in filters}),
    )


def fixed_in(name: str, query: str) -> dict[str, str]:
    """What the page has set in a query string of this list, by key: nobody can take it away."""
    given = QueryDict(query)
    listing = LISTINGS.get(name)
    return {one.key: given.get(one.key, "") for one in listing.filters if one.is_fixed} if listing else {}


def filters_for(listing: Listing[Where], caller: Caller, tab: Tab | None) -> list[Filter]:
    """The filters this caller has in a tab."""
    without = tab.without if tab else frozenset()
    return [one for one in listing.filters if one.is_for(caller) and one.key not in without]


def columns_for(listing: Listing[Where], caller: Caller, tab: Tab | None) -> list[Column]:
    """The columns this caller can choose from in a tab."""
    without = tab.without if tab else frozenset()
    own = [column for column in listing.columns if column.is_for(caller) and column.key not in without]
    return [column if not column.link or column.is_linked_for(caller) else replace(column, link="") for column in own]


def tabs_for(listing: Listing[Where], caller: Caller) -> list[Tab]:
    """The tabs this caller sees, open or closed."""
    return [tab for tab in listing.tabs if tab.is_for(caller)]


def _tab(listing: Listing[Where], caller: Caller, key: str) -> Tab | None:
    tabs = tabs_for(listing, caller)
    return next((tab for tab in tabs if tab.key == key), tabs[0] if tabs else None)


def _form(filters: list[Filter], caller: Caller, query: QueryDict) -> forms.Form:
    fields: dict[str, forms.Field] = {}
    for one in filters:
        assert one.key not in RESERVED, one.key
        control = one.control(caller)
        control.required, control.label = False, one.label  # type: ignore[assignment]  # a lazy text is a label
        fields[one.key] = control
    form = type("Filters", (forms.Form,), fields)(query, prefix=None, auto_id="filter-%s")
    assert isinstance(form, forms.Form)
    return form


def _columns(listing: Listing[Where], caller: Caller, tab: Tab | None, chosen: str) -> tuple[Column, ...]:
    """The chosen columns in the chosen order; unknown keys are passed over, and none at all means the default."""
    own = {column.key: column for column in columns_for(listing, caller, tab)}
    keys = [key for key in dict.fromkeys(chosen.split(",")) if key in own]
    if not keys:
        keys = [key for key in tab.columns if key in own] if tab else []
    if not keys:
        keys = [key for key, column in own.items() if column.is_default]
    return tuple(own[key] for key in keys)


def _order(listing: Listing[Where], caller: Caller, tab: Tab | None, asked: str) -> str:
    """The order that is asked for, if a column has it that the caller can choose: an order tells of its column."""
    known = {column.order for column in columns_for(listing, caller, tab) if column.order}
    return asked if asked.removeprefix("-") in known else listing.order


def _whole(text: str, most: int) -> int | None:
    """The whole number from 1 to `most` that a text spells; None for any other text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most else None


def _kept(query: QueryDict, filters: set[str]) -> QueryDict:
    """The parameters that mean something here and are set, so that shared addresses are short."""
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        some = [value for value in values if value]
        if some and (name in filters or name in RESERVED):
            kept.setlist(name, some)
    return kept
