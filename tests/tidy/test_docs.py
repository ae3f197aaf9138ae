"""Documents that cannot fall behind: settings, commands, decisions and links are compared with what there is."""

import re
from pathlib import Path

import click
import msgspec
import pytest

from openpartner.project.cli import cli
from openpartner.project.config import PREFIX, Settings
from tests.tidy.tree import ROOT, files, relative, texts

LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\((?P<target>[^)\s]+)(?:\s+\"[^\"]*\")?\)|!\[[^\]\n]*\]\((?P<image>[^)\s]+)\)")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
OUTSIDE = re.compile(r"^[a-z][a-z0-9+.-]*:")
MAKE = re.compile(r"`make ([a-z][\w-]*)|^make ([a-z][\w-]*)", re.MULTILINE)
OURS = re.compile(r"(?:`|^(?:[^\s`]*/)?)openpartner ([a-z][a-z-]*(?: [a-z][a-z-]*)?)", re.MULTILINE)
HARNESS = {"CAMPAIGN", "EVIDENCE", "SEED"}  # read by the tests, not by the product
PARTS = ("## Context", "## Decision", "## Consequences", "## Alternatives")


def documents() -> dict[str, str]:
    found = {name: text for name, text in texts().items() if name.endswith(".md")}
    assert found.keys() >= {"README.md", "CONTRIBUTING.md", "docs/index.md"}
    return found


def anchors(text: str) -> set[str]:
    """The anchors of a page, spelt as the usual renderers of Markdown do."""
    titles = HEADING.findall(FENCE.sub("", text))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_links(tree: dict[str, str], root: Path) -> list[tuple[str, str]]:
    """Links inside the repository whose file or heading is not there."""
    broken = []
    for name, text in tree.items():
        for found in LINK.finditer(FENCE.sub("", text)):
            link = found["target"] or found["image"]
            if OUTSIDE.match(link):
                continue
            path, _, anchor = link.partition("#")
            target = (root / name).parent / path if path else root / name
            if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
                broken.append((name, link))
    return broken


def test_internal_links_resolve() -> None:
    """A link that leads nowhere costs the reader more than no link."""
    assert broken_links(documents(), ROOT) == []


def test_every_setting_is_documented() -> None:
    """An operator finds a setting in the reference or not at all."""
    page = (ROOT / "docs/reference/settings.md").read_text("utf-8")
    names = [f"{PREFIX}{field.name.upper()}" for field in msgspec.structs.fields(Settings)]
    assert [name for name in names if f"`{name}`" not in page] == []


def test_named_settings_exist() -> None:
    """A setting that was renamed must not live on in a how-to, where it would now be refused at start."""
    known = {field.name.upper() for field in msgspec.structs.fields(Settings)}
    named = {
        (name, setting)
        for name, text in documents().items()
        if name != "CHANGELOG.md"
        for setting in re.findall(rf"\b{PREFIX}([A-Z][A-Z_]*[A-Z])\b", text)
        if not setting.startswith("TEST_") and setting not in HARNESS
    }
    assert {(name, setting) for name, setting in named if setting not in known} == set()


def make_targets(makefile: str) -> dict[str, bool]:
    """The targets a person may call, and whether `make help` explains them."""
    phony = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    return {
        target: bool(re.search(rf"^{re.escape(target)}:.*## \w", makefile, re.MULTILINE))
        for line in phony
        for target in line.split()
    }


def test_make_help_explains_every_target() -> None:
    """`make help` is the documentation of the commands; a target without a line there is a secret."""
    targets = make_targets((ROOT / "Makefile").read_text("utf-8"))
    assert {"run", "test", "check", "bench", "prove", "help"} <= targets.keys()
    assert [target for target, explained in targets.items() if not explained] == []


def test_named_make_targets_exist() -> None:
    targets = make_targets((ROOT / "Makefile").read_text("utf-8"))
    named = {(name, one or two) for name, text in documents().items() for one, two in MAKE.findall(text)}
    assert named
    assert {(name, target) for name, target in named if target not in targets} == set()


def known_command(words: list[str], group: click.Group) -> bool:
    """Whether `openpartner <words>` begins with a command of the group, and with one of its own if it has some."""
    context = click.Context(group)
    if words[0] not in group.list_commands(context):
        return False
    command = group.get_command(context, words[0])
    return not isinstance(command, click.Group) or (len(words) > 1 and known_command(words[1:], command))


def test_named_commands_exist() -> None:
    """What a page tells the reader to type must be there to be typed. Commands stand in code, never in prose."""
    named = {(name, tuple(found.split())) for name, text in documents().items() for found in OURS.findall(text)}
    assert named
    assert {(name, words) for name, words in named if not known_command(list(words), cli)} == set()


def test_every_decision_is_in_the_index() -> None:
    """A decision nobody finds is taken again, differently."""
    folder = ROOT / "docs/decisions"
    index = (folder / "index.md").read_text("utf-8")
    records = sorted(path.name for path in files() if path.parent == folder and re.match(r"\d{4}-", path.name))
    assert [int(name[:4]) for name in records] == list(range(1, len(records) + 1))
    assert [name for name in records if f"({name})" not in index] == []
    for name in records:
        text = (folder / name).read_text("utf-8")
        assert [part for part in PARTS if part not in text] == [], name


def test_every_page_can_be_reached() -> None:
    """A page without a link to it is read by nobody and mended by nobody."""
    pages = documents()
    reached: set[str] = set()
    queue = ["README.md"]
    while queue:
        name = queue.pop()
        if name in reached or name not in pages:
            continue
        reached.add(name)
        for found in LINK.finditer(pages[name]):
            path = (found["target"] or "").partition("#")[0]
            target = ((ROOT / name).parent / path).resolve() if path and not OUTSIDE.match(path) else None
            if target and target.is_relative_to(ROOT):
                queue.append(relative(target))
    assert {name for name in pages if name.startswith("docs/")} - reached == set()


def test_the_readme_has_one_place_for_the_numbers() -> None:
    """The coverage in the README is generated; a number typed by hand is wrong by the next commit."""
    text = texts()["README.md"]
    assert text.count("<!-- coverage:start -->") == text.count("<!-- coverage:end -->") == 1
    assert text.index("<!-- coverage:start -->") < text.index("<!-- coverage:end -->")


# The rules themselves.


def test_broken_links_are_found(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/here.md").write_text("# A title, with `code`\n```\n# not a heading\n```\n")
    fine = "[a](here.md) [b](here.md#a-title-with-code) [e](https://example.com/x)\n"
    assert broken_links({"docs/page.md": fine}, tmp_path) == []
    bad = "[c](gone.md) [d](here.md#not-a-heading)\n"
    assert [link for _, link in broken_links({"docs/page.md": bad}, tmp_path)] == ["gone.md", "here.md#not-a-heading"]


def test_unexplained_targets_are_found() -> None:
    assert make_targets(".PHONY: a\na: b ## Does a\n.PHONY: c\nc: a\n") == {"a": True, "c": False}


@pytest.mark.parametrize(
    ("words", "known"),
    [
        ("run", True),
        ("run fast", True),
        ("import customers", True),
        ("import", False),
        ("import x", False),
        ("go", False),
    ],
)
def test_unknown_commands_are_found(words: str, *, known: bool) -> None:
    nested = click.Group(commands={"customers": click.Command("customers")})
    group = click.Group(commands={"run": click.Command("run"), "import": nested})
    assert known_command(words.split(), group) is known
