"""Every vendor rule the code cites can be read in the repository, and every marked choice stands on the fidelity page.

A citation is `huawei:C9` or `tencent:C.6` for a heading of the vendor's page, `huawei:F27` or `tencent:F.9` for a row
of its table of contradictions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from openpartner.project.reference import fidelity
from tests.tidy.tree import ROOT, texts

VENDORS = ("huawei", "tencent")
CITATION = re.compile(r"\b(huawei|tencent):([A-G]\.?\d[\w.]*)")
OLDER = re.compile(r"\b(?:[Ss]pec|Huawei|Tencent) [A-G]\.?\d")
"""Spellings no reader outside could follow; one form is enough."""
HEADING = re.compile(r"^#{2,4} ([A-G]\.?\d[\w.]*?)\.? ", re.MULTILINE)
PART = re.compile(r"^## ([A-G])\. ", re.MULTILINE)
ROW = re.compile(r"^\| (\d+) \|", re.MULTILINE)


class Citation(NamedTuple):
    where: str
    vendor: str
    rule: str


def page(vendor: str) -> str:
    return (ROOT / "docs" / "reference" / "vendors" / f"{vendor}.md").read_text("utf-8")


def rules(text: str) -> set[str]:
    """What can be cited of a page: its numbered headings, and the numbered rows of its part F."""
    headings = set(HEADING.findall(text))
    dot = "." if any("." in heading for heading in headings) else ""
    parts = PART.split(text)
    rows = [
        f"F{dot}{row}"
        for name, part in zip(parts[1::2], parts[2::2], strict=True)
        if name == "F"
        for row in ROW.findall(part)
    ]
    assert len(rows) == len(set(rows)), "a number of part F stands twice"
    return headings | set(rows)


def citations(tree: dict[str, str]) -> Iterator[Citation]:
    for name, text in tree.items():
        for found in CITATION.finditer(text):
            yield Citation(name, found[1], found[2].rstrip("."))


def unresolved(tree: dict[str, str], pages: dict[str, str]) -> list[Citation]:
    known = {vendor: rules(text) for vendor, text in pages.items()}
    return [one for one in citations(tree) if one.rule not in known[one.vendor]]


def code() -> dict[str, str]:
    """Product, tests and tools, without this file, which makes citations up."""
    here = Path(__file__).relative_to(ROOT).as_posix()
    return {name: text for name, text in texts().items() if name.endswith((".py", ".json")) and name != here}


def test_every_cited_rule_can_be_read() -> None:
    """A comment that cites what the reader cannot see asks for belief instead of giving a reason."""
    assert len(list(citations(code()))) > 100
    assert unresolved(code(), {vendor: page(vendor) for vendor in VENDORS}) == []


def test_rules_are_cited_in_one_way() -> None:
    assert [(name, found[0]) for name, text in code().items() for found in OLDER.finditer(text)] == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_pages_name_their_sources_and_are_no_affiliates(vendor: str) -> None:
    introduction = page(vendor).partition("\n## ")[0]
    assert "trademark" in introduction
    assert "not\naffiliated" in introduction or "not affiliated" in introduction
    assert re.search(r"3\.1\.\d{3}", introduction), "the SDK's version"


def test_every_marked_choice_is_on_the_page() -> None:
    """Counted apart from the generator: as many rows as there are marks in the product."""
    marks = [
        name
        for name, text in texts().items()
        if name.startswith("src/") and not name.endswith("/fidelity.py")
        for _ in re.findall(r"vendor doc silent\b", text)
    ]
    found = fidelity.choices(fidelity.SOURCE)
    assert [f"src/openpartner/{one.path}" for one in found] == sorted(marks)
    text = fidelity.fidelity_page()
    assert [one for one in found if one.sentence.replace("|", "\\|") not in text] == []
    assert min(len(one.sentence) for one in found) > 20, "a choice says what was chosen"


# The rules themselves.

MADE_UP = """# A vendor

## C. Wire

### C9. Empty

| 4 | no rule: this table is not part F |

## F. Contradictions

| # | Issue |
| --- | --- |
| 27 | resellers |
"""


def test_a_made_up_citation_is_found() -> None:
    tree = {"a.py": "# huawei:C9, huawei:F27 and (huawei:C8). By huawei:F4, huawei:C and huawei:C9.\n"}
    assert [one.rule for one in unresolved(tree, {"huawei": MADE_UP})] == ["C8", "F4"]


def test_dots_belong_to_the_number() -> None:
    dotted = MADE_UP.replace("### C9.", "### C.9").replace("27", "9")
    tree = {"a.py": "tencent:C.9. tencent:F.9 tencent:C9 tencent:D.0.1."}
    assert [one.rule for one in unresolved(tree, {"tencent": dotted})] == ["C9", "D.0.1"]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("x = 1  # vendor doc silent: one\n# another comment\n", ["One"]),
        (
            "# a reason\n# vendor doc silent: one that is\n# two lines long\n\n# not this\n",
            ["One that is two lines long"],
        ),
        ('def f():\n    """Title.\n\n    vendor doc silent: `a` is\n    b.\n\n    Not this.\n    """\n', ["`a` is b."]),
        ("# vendor doc silent: first\nx = '# vendor doc silent'\n# vendor doc silent: second\n", ["First", "Second"]),
        ("# no vendor, no doc\n", []),
    ],
)
def test_marked_sentences_are_read_to_their_end(source: str, told: list[str]) -> None:
    assert list(fidelity.sentences(source)) == told
