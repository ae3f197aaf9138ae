"""What people read is there in every language of the console."""

import re

import pytest

from openpartner.console.templatetags.script_words import WORDS
from tests.tidy.tree import texts
from tools import messages

LANGUAGES = sorted(messages.LANGUAGES)


def test_the_catalogues_are_current() -> None:
    """`make messages` brings them up to date; `python -m tools.messages --missing` lists what is to be translated."""
    assert messages.stale() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated_with_the_same_placeholders(language: str) -> None:
    catalogue = messages.kept(language)
    assert [fault for message in messages.entries(catalogue) for fault in messages.faults_of(message)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_says_how_it_counts(language: str) -> None:
    """Chinese and Japanese have one form for every number; Django's own catalogues of both say so too."""
    assert messages.kept(language).num_plurals == 1


def test_scripts_say_the_words_that_the_page_carries() -> None:
    scripts = [text for name, text in texts().items() if "/static/console/" in name and name.endswith(".js")]
    said = {name for text in scripts for name in re.findall(r"""\bsay\(["'](\w+)""", re.sub(r"//.*", "", text))}
    assert said == set(WORDS)
