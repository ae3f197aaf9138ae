"""The tool that keeps the catalogues of translations."""

from __future__ import annotations

import json
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from tools import messages

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
A = _("Customers")
# Translators: of a bill
B = pgettext("bill", "Open")
C = ngettext("%(n)s row", "%(n)s rows", 2)
"""
TEMPLATE = """{% load i18n %}
  <p title="{% translate "A 'title'" %}">{% translate "Open" context "door" %} {{ total|default:_("none") }}
   {% blocktranslate trimmed count n=total %}
      {{ n }} customer
   {% plural %}
      {{ n }} customers
   {% endblocktranslate %}
 {% blocktranslate with name=person.name %}Hello {{ name }}, 100%{% endblocktranslate %}</p>
{% comment %}Translators: not a word{% endcomment %}{# {% translate "hidden" %} #}
"""


@pytest.fixture
def product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A product of one module and one template."""
    (tmp_path / "templates" / "deep").mkdir(parents=True)
    (tmp_path / "module.py").write_text(PYTHON, "utf-8")
    (tmp_path / "templates" / "deep" / "page.html").write_text(TEMPLATE, "utf-8")
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "PRODUCT", tmp_path)
    monkeypatch.setattr(messages, "LOCALES", tmp_path / "src/openpartner/console/locale")
    return tmp_path


def test_it_finds_the_words_of_python_and_templates(product: Path) -> None:
    found = {(message.context, *messages.forms_of(message)) for message in messages.entries(messages.extracted())}
    assert found == {
        (None, "Customers"),
        ("bill", "Open"),
        (None, "%(n)s row", "%(n)s rows"),
        (None, "A 'title'"),
        ("door", "Open"),
        (None, "none"),
        (None, "%(n)s customer", "%(n)s customers"),
        (None, "Hello %(name)s, 100%%"),
    }


def test_what_is_missing_comes_back_filled_and_works(product: Path) -> None:
    given = messages.missing()
    assert len(given) == 8
    for entry in given:
        plural = entry.get("plural", entry["id"])
        entry["ja"] = f"日 {plural}"
        entry["zh_Hans"] = f"中 {plural}"
    assert messages.fill(json.loads(json.dumps(given))) == 16
    assert messages.missing() == []
    assert messages.stale() == []
    with messages.path_of("ja").with_suffix(".mo").open("rb") as file:
        japanese = GNUTranslations(file)
    assert japanese.gettext("Customers") == "日 Customers"
    assert japanese.pgettext("door", "Open") == "日 Open"
    assert japanese.ngettext("%(n)s row", "%(n)s rows", 1) == "日 %(n)s rows"


def test_translations_of_words_that_stay_are_kept_and_others_dropped(product: Path) -> None:
    messages.fill([{"id": "Customers", "ja": "お客様"}, {"id": "none", "ja": "なし"}])
    (product / "templates" / "deep" / "page.html").unlink()
    assert [path.parts[-3] for path in messages.stale()] == ["zh_Hans", "ja"]
    messages.update()
    assert messages.stale() == []
    kept = {message.id: messages.text_of(message) for message in messages.kept("ja") if messages.text_of(message)}
    assert {name: text for name, text in kept.items() if name} == {"Customers": "お客様"}
    assert "module.py:" not in messages.path_of("ja").read_text("utf-8")


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"id": "Elephants", "ja": "象"}, "no such message"),
        ({"id": "Hello %(name)s, 100%%", "ja": "こんにちは"}, "placeholders"),
        ({"id": "%(n)s row", "ja": "%(m)s 行"}, "placeholders"),
        ({"id": "Customers", "ja": "<b>顧客"}, "tags"),
        ({"id": "Customers", "ja": ""}, "not translated"),
        ({"id": "Customers", "ja": "顧客 "}, "space"),
    ],
)
def test_it_refuses_what_cannot_be_right(product: Path, entry: dict[str, str], told: str) -> None:
    with pytest.raises(messages.Refused, match=told):
        messages.fill([{"id": "none", "ja": "なし"}, entry])
    assert not messages.path_of("ja").exists()


def test_a_fuzzy_translation_is_a_fault() -> None:
    assert list(messages.faults_of(Message("Yes", "はい", flags=["fuzzy"]))) == ["'Yes' is marked fuzzy"]
