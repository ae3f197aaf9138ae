"""The widgets of filters, drawn without templates: a list has a dozen, and drawing them was a fifth of its page."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeAlias

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

Attributes: TypeAlias = dict[str, Any] | None


class Input(forms.TextInput):
    """An input as Django draws it."""

    def render(
        self, name: str, value: object, attrs: Attributes = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        given = {"type": self.input_type, "name": name, **self.build_attrs(self.attrs, attrs)}
        shown = self.format_value(value)
        return format_html("<input{}>", flatatt(given if shown is None else {**given, "value": str(shown)}))


class DayInput(Input):
    """A day, as browsers want it spelled."""

    input_type = "date"

    def format_value(self, value: object) -> str | None:
        return f"{value:%Y-%m-%d}" if isinstance(value, date) else value if isinstance(value, str) else None


class Choice(forms.Select):
    """A select as Django draws it."""

    def render(
        self, name: str, value: object, attrs: Attributes = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        chosen = "" if value is None else str(value)
        drawn = '<option value="{}"{}>{}</option>'
        marks = {True: mark_safe(" selected"), False: ""}
        rows = ((key, marks[str(key) == chosen], word) for key, word in self.choices)
        options = format_html_join("", drawn, rows)
        return format_html(
            "<select{}>{}</select>", flatatt({"name": name, **self.build_attrs(self.attrs, attrs)}), options
        )
