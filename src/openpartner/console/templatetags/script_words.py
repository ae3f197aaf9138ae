"""The words that scripts say. A page carries them as JSON, in its reader's language; words.js looks them up."""

from __future__ import annotations

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from openpartner.listings.declare import Words

register = template.Library()

WORDS: dict[str, Words] = {
    "unreachable": _("The server did not answer. Check the connection, then try again."),
}
"""By the name that `say("...")` gives. What stands on one element alone is better a data attribute of that element."""


@register.simple_tag
def script_words() -> SafeString:
    """All of them in a block of JSON, which the content security policy lets stand: nothing runs it."""
    return json_script({name: str(text) for name, text in WORDS.items()}, "words")
