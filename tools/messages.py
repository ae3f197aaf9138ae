"""Keeps the catalogues of translations: `python -m tools.messages [--check | --missing | --fill FILE]`.

Without an option: takes the words that people see out of Python and templates into
`openpartner/console/locale/*/LC_MESSAGES/django.po`, keeps the translations of those that stay, drops the rest, and
compiles. `--check` writes nothing and exits with 1 if a catalogue is not current. `--missing` prints what has no
translation, as JSON that `--fill` takes back with the texts put in. No GNU gettext is needed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = ROOT / "src" / "openpartner"
LOCALES = PRODUCT / "console" / "locale"
LANGUAGES = {"zh_Hans": "Simplified Chinese", "ja": "Japanese"}
"""Neither counts in plurals, so each message has one translation."""

ONE, PLURAL, CONTEXT, CONTEXT_PLURAL = (1,), (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS: dict[str, Any] = {
    "_": ONE,
    "__": ONE,  # gettext_lazy, where gettext is the other
    "gettext": ONE,
    "gettext_lazy": ONE,
    "gettext_noop": ONE,
    "ngettext": PLURAL,
    "ngettext_lazy": PLURAL,
    "pgettext": CONTEXT,
    "pgettext_lazy": CONTEXT,
    "npgettext": CONTEXT_PLURAL,
    "npgettext_lazy": CONTEXT_PLURAL,
}
ERRORS: dict[str, Any] = {"Invalid": (2,), "Conflict": ONE, "LimitReached": ONE, "NotAllowed": ONE, "TooSoon": ONE}
"""Sentences of the core's errors, which the console translates when it tells them. Those with a value in them are no
fixed text and stay as they are; what the vendors' dialects refuse is told to programs."""
DIALECTS = ("huawei/", "tencent/", "apikit/")
FOR_TRANSLATORS = ("Translators:",)
HEADER = """\
# {name} of Open Partner Center. `make messages` writes this file; only the lines of msgstr are written by people.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: {language}\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\w*\}")
TAG = re.compile(r"</?[a-z][a-z0-9]*")


class Refused(Exception):
    """What was given cannot be taken; the message says why."""


def extracted() -> Catalog:
    """Every message of the product, in English, with the files it occurs in."""
    found = Catalog(charset="utf-8")
    for path in sorted([*PRODUCT.rglob("*.py"), *PRODUCT.rglob("templates/**/*.html")]):
        name = path.relative_to(PRODUCT).as_posix()
        text = path.read_text("utf-8")
        source = text if path.suffix == ".py" else _as_python(text, name)
        words = KEYWORDS if name.startswith(DIALECTS) else KEYWORDS | ERRORS
        calls = extract("python", BytesIO(source.encode()), words, FOR_TRANSLATORS)
        for _line, message, comments, context in calls:
            if message and message != " ":  # a separator of an error that is joined from several
                found.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    return found


def _as_python(template: str, name: str) -> str:
    """A template as calls of gettext, the rest made of letters that mean nothing."""
    from django.utils.translation.template import templatize  # noqa: PLC0415  # it reads settings

    # What stands between the calls keeps its indentation, which Python's tokenizer would take for blocks.
    return "\n".join(line.strip() for line in templatize(template, origin=name).splitlines())


def path_of(language: str) -> Path:
    """Where a language's catalogue lies."""
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def kept(language: str) -> Catalog:
    """A language's catalogue as it is in the tree; empty if there is none yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def forms_of(message: Message) -> list[str]:
    """The English text; singular and plural where there are two."""
    return [message.id] if isinstance(message.id, str) else list(message.id)


def key_of(message: Message) -> tuple[str, str]:
    """What a message is looked up by: its context, if any, and its singular."""
    return (message.context or "", forms_of(message)[0])


def entries(catalogue: Catalog) -> list[Message]:
    """The messages in the order of their files: by text, then context; the header is left out."""
    return sorted((message for message in catalogue if message.id), key=lambda message: key_of(message)[::-1])


def text_of(message: Message) -> str:
    """The one translation; empty if there is none."""
    string = message.string or ""
    return string if isinstance(string, str) else string[0]


def current(language: str, words: Catalog) -> Catalog:
    """A language's catalogue with the messages of `words`, and its translations of those that it had."""
    had = {key_of(message): message for message in kept(language) if message.id}
    made = Catalog(locale=language, charset="utf-8")
    for message in entries(words):
        before = had.get(key_of(message))
        text = text_of(before) if before else ""
        made.add(
            message.id,
            (text,) if message.pluralizable else text,
            locations=sorted(set(message.locations)),
            flags=[flag for flag in (before.flags if before else ()) if flag == "fuzzy"],
            auto_comments=message.auto_comments,
            context=message.context,
        )
    return made


def as_file(language: str, catalogue: Catalog) -> bytes:
    """A catalogue as its file: no line numbers and no dates, so that a difference is a difference of words."""
    body = BytesIO()
    write_po(body, catalogue, omit_header=True, include_lineno=False, width=0)
    return HEADER.format(name=LANGUAGES[language], language=language).encode() + body.getvalue()


def update() -> None:
    """Bring every catalogue up to date and compile it."""
    words = extracted()
    for language in LANGUAGES:
        _write(language, current(language, words))


def stale() -> list[Path]:
    """The catalogues that `update` would change."""
    words = extracted()
    wanted = {path_of(language): as_file(language, current(language, words)) for language in LANGUAGES}
    return [path for path, text in wanted.items() if not path.exists() or path.read_bytes() != text]


def missing() -> list[dict[str, Any]]:
    """What lacks a translation in some language: id, plural, context, files, and the text or null by language."""
    words = extracted()
    texts = {
        language: {key_of(message): text_of(message) for message in kept(language) if message.id and not message.fuzzy}
        for language in LANGUAGES
    }
    found = []
    for message in entries(words):
        key = key_of(message)
        given = {language: texts[language].get(key) or None for language in LANGUAGES}
        if not all(given.values()):
            entry: dict[str, Any] = {"id": key[1]}
            entry |= {"plural": forms_of(message)[1]} if message.pluralizable else {}
            entry |= {"context": message.context} if message.context else {}
            found.append({**entry, "where": sorted({name for name, _line in message.locations}), **given})
    return found


def fill(given: list[dict[str, Any]]) -> int:
    """Put translations in, all or none; returns how many. Raises Refused for an unknown message or a bad text."""
    words = extracted()
    catalogues = {language: current(language, words) for language in LANGUAGES}
    count, faults = 0, []
    for entry in given:
        for language, catalogue in catalogues.items():
            text = entry.get(language)
            if text is None:
                continue
            message = catalogue.get(entry["id"], entry.get("context"))
            if message is None:
                faults.append(f"no such message: {entry['id']!r}")
                continue
            message.string = (text,) if message.pluralizable else text
            message.flags.discard("fuzzy")
            faults += [f"{language}: {fault}" for fault in faults_of(message)]
            count += 1
    if faults:
        raise Refused("\n".join(faults))
    for language, catalogue in catalogues.items():
        _write(language, catalogue)
    return count


def faults_of(message: Message) -> Iterator[str]:
    """What is wrong with a message's translation: each fault a sentence."""
    text = text_of(message)
    whole = forms_of(message)[-1]  # a singular may leave its number out
    if not text:
        yield f"{whole!r} is not translated"
        return
    if message.fuzzy:
        yield f"{whole!r} is marked fuzzy"
    for what, pattern in (("placeholders", PLACEHOLDER), ("tags", TAG)):
        if Counter(pattern.findall(whole)) != Counter(pattern.findall(text)):
            yield f"{whole!r} and {text!r} differ in their {what}"
    if (whole[:1].isspace(), whole[-1:].isspace()) != (text[:1].isspace(), text[-1:].isspace()):
        yield f"{whole!r} and {text!r} differ in the space at their ends"


def _write(language: str, catalogue: Catalog) -> None:
    from hatch_build import compile_words  # noqa: PLC0415  # the build's own way; it needs hatchling

    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(as_file(language, catalogue))
    compile_words(ROOT)


def main() -> int:
    """Do what the command line says; the exit status is 1 when a check fails or an input is refused."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--check", action="store_true")
    chosen.add_argument("--missing", action="store_true")
    chosen.add_argument("--fill", type=Path, metavar="FILE")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")
    if options.check:
        found = stale()
        print(*[f"{path.relative_to(ROOT)} is not current: make messages" for path in found], sep="\n", end="")
        return 1 if found else 0
    if options.missing:
        json.dump(missing(), sys.stdout, ensure_ascii=False, indent=1)
        return 0
    if options.fill:
        try:
            print(f"{fill(json.loads(options.fill.read_text('utf-8')))} translations")
        except Refused as error:
            print(error, file=sys.stderr)
            return 1
        return 0
    update()
    for language in LANGUAGES:
        catalogue = entries(kept(language))
        print(f"{language}: {len(catalogue)} messages, {sum(not text_of(one) for one in catalogue)} not translated")
    return 0


if __name__ == "__main__":
    sys.exit(main())
