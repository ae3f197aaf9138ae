"""The SMS there are, the values each needs, and their words in three languages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources

from openpartner.kit.wording import one_line, spoken

VALUE_MAX = 60
"""Longer values are cut: an SMS is paid by the piece, and the name of somebody's account is no place for a letter."""
TEXT = "text"


class Template(StrEnum):
    """One kind of SMS; its words stand under this name in each language's file."""

    REGISTRATION_CODE = "registration-code"
    AUTHORIZATION_CODE = "authorization-code"
    VERIFICATION_CODE = "verification-code"
    MEMBER_CODE = "member-code"
    TEST = "test"


VALUES: dict[Template, frozenset[str]] = {
    Template.REGISTRATION_CODE: frozenset({"code", "minutes"}),
    Template.AUTHORIZATION_CODE: frozenset({"code", "minutes", "partner"}),
    Template.VERIFICATION_CODE: frozenset({"code", "minutes", "what"}),
    Template.MEMBER_CODE: frozenset({"code", "minutes", "name"}),
    Template.TEST: frozenset(),
}
"""What each template's braces may name; an SMS is refused unless it gives exactly these.

`minutes` says how long `code` is good, `partner` is the name of who may act for the reader once the code is given away,
`what` the words of the page that asks for it, `name` the account that an enterprise creates for a member.
"""


def rendered(template: Template, language: str, values: Mapping[str, object]) -> str:
    """The text of an SMS in a language, on one line."""
    assert values.keys() == VALUES[template], f"{template} takes {sorted(VALUES[template])}"
    lines = {name: one_line(str(value), VALUE_MAX) for name, value in values.items()}
    return one_line(texts(spoken(language))[template][TEXT].format(**lines))


@cache
def texts(language: str) -> dict[str, dict[str, str]]:
    """All templates of a language."""
    return tomllib.loads(resources.files(__package__).joinpath("texts", f"{language}.toml").read_text("utf-8"))
