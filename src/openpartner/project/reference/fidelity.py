"""The page of choices: where a vendor's documentation is silent, collected from the marked comments of the code."""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import openpartner
from openpartner.project.reference import markdown

SOURCE = Path(openpartner.__path__[0])
MARK = "vendor doc silent: "
MARKED = re.compile(rf"(?:^|(?<=[\s(])){MARK}")

INTRODUCTION = """\
The aim is that a program written for a vendor cannot tell the difference. What the vendor documents is followed to
the letter, and what its SDK does is taken as true where the pages differ; the rules are written down, with their
sources, as [Huawei Cloud](../reference/vendors/huawei.md) and [Tencent Cloud](../reference/vendors/tencent.md) state
them. Four kinds of cases remain.

**The vendor contradicts itself.** Pages of different age, examples against schemas, prose against the SDK. Each case
has a row, with what was chosen: [Huawei Cloud](../reference/vendors/huawei.md#f-contradictions-and-what-was-chosen),
[Tencent Cloud](../reference/vendors/tencent.md#f-contradictions-and-what-was-chosen). Mostly the wider limit and the
newer page win.

**The vendor says nothing.** Then the choice is marked where it is made, by a comment that begins with
`vendor doc silent`, and pinned by a test. The tables below are those comments.

**What no server can see to.** Some rules are the partner's own to keep. Whoever creates a customer by Huawei's
`CreateSubCustomer` must show it the user agreement and the privacy statement on its own page; here the account is
created at once, bound by a worker, and bound suspended unless the [setting](../reference/settings.md)
`OPENPARTNER_SUSPEND_CREATED_CUSTOMERS` says otherwise. Files for a verification are named and never fetched, so nobody
but the reviewer learns that one is missing or too large.

**We differ on purpose.** An id that belongs to somebody else is answered like one that does not exist, even where a
vendor has two codes, because the difference would tell one competitor about another. Payloads that are not signed are
refused for writes, and by Huawei's protocol for every JSON body, unless the [setting](../reference/settings.md)
`OPENPARTNER_ALLOW_UNSIGNED_PAYLOAD` allows them. What is known and not built yet says so in the vendor's shape, with
the header `X-Openpartner-Coverage: declared`, and is never filled with invented values."""

TITLES = {"huawei": "Huawei Cloud", "tencent": "Tencent Cloud"}


class Choice(NamedTuple):
    """One marked comment: the file, as a path inside the package, and what it says."""

    path: str
    sentence: str


def fidelity_page() -> str:
    """Where the vendors are silent or contradict themselves, and what was chosen."""
    found = choices(SOURCE)
    groups = [(title, [one for one in found if one.path.startswith(f"{name}/")]) for name, title in TITLES.items()]
    groups.append(("Both", [one for one in found if one.path.partition("/")[0] not in TITLES]))
    return markdown.page("Fidelity", INTRODUCTION, *[_part(title, group) for title, group in groups if group])


def choices(source: Path) -> list[Choice]:
    """Every marked comment and docstring below a folder, by path and then in the order of the file."""
    return [
        Choice(path.relative_to(source).as_posix(), sentence)
        for path in sorted(source.rglob("*.py"))
        if path != Path(__file__)
        for sentence in sentences(path.read_text("utf-8"))
    ]


def sentences(text: str) -> Iterator[str]:
    """What follows each mark of a module, to the end of its comment or paragraph, as one line with a capital."""
    # A mark may be broken over lines, its words are not; most modules have none and need no reading.
    if not all(word in text for word in MARK.split()):
        return
    for passage in _passages(text):
        for paragraph in passage.split("\n\n"):
            _, *marked = MARKED.split(" ".join(paragraph.split()))
            for sentence in marked:
                told = sentence.strip()
                yield told[:1].upper() + told[1:] if told.split(" ")[0].isalpha() else told


def _passages(text: str) -> Iterator[str]:
    """Comments, neighbouring lines of one column joined, and strings, in the order of the module."""
    block, below = "", (0, 0)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            if token.start != below:
                yield block
                block = ""
            block += token.string.lstrip("#") + "\n"
            below = (token.start[0] + 1, token.start[1])
        elif token.type == tokenize.STRING and MARK in token.string:
            yield block
            yield textwrap.dedent(str(ast.literal_eval(token.string)))
            block = ""
    yield block


def _part(title: str, found: list[Choice]) -> str:
    rows = [(one.sentence, f"[{one.path.rpartition('/')[2]}](../../src/openpartner/{one.path})") for one in found]
    return f"## {title}\n\n{markdown.table(('Not said, and what was chosen', 'Where'), rows)}"
