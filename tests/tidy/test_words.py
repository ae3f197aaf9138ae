"""Words that must not stand in the repository, and names that say nothing."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from tests.tidy.tree import parsed, product_modules, texts

Finding = tuple[str, int, str]

# Spelt in pieces, so that this file passes its own rules.
REGISTRY_HOST = re.compile(r"(pypi|pythonhosted|npmjs|yarnpkg|crates)[.](org|com|io)\b")
INDEX_OPTION = re.compile(r"^\s*(-i\b|--(extra-)?index-url|--find-links|--trusted-host)|@ (https?|file):")
LOCAL_PATH = re.compile(r"(?<![\w.$}/-])/(home|Users|root|wor[k])/\w|\.\./share[d]\b|(?<![\w./-])/wor[k](?![\w/-])")
LEFT_OVER = re.compile(r"\b(FIXM[E]|XX[X]|HAC[K])\b")
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "misc", "common", "stuff", "mapper", "mappers", "base_utils"}
SUPPRESSION = re.compile(r"#\s*(type:\s*ignore|(ruff:\s*)?noqa|pragma:\s*no cover|fmt:\s*(off|skip))")
EXPLAINED = re.compile(
    r"#\s*(type:\s*ignore\[[\w, -]+\]|noqa:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*|pragma:\s*no cover|fmt:\s*(off|skip))"
    r"\s*(#|-)\s*\w"
)
VENDOR_WORDS = re.compile(
    r"sub_?customer|sub_?agent|indirect_?partner|client_?uin|solution_?provider|cash_?coupon", re.IGNORECASE
)
NEUTRAL = ("kit", "lake", "core", "listings", "console", "worker")


def lines_with(pattern: re.Pattern[str], tree: dict[str, str]) -> list[Finding]:
    return [
        (name, number, line.strip()[:120])
        for name, text in tree.items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_registry_host_is_named() -> None:
    """A lock that names a registry can only be installed where that registry answers; mirrors are the operator's."""
    assert lines_with(REGISTRY_HOST, texts()) == []


def test_locks_hold_names_and_hashes_alone() -> None:
    """An index line in a lock would override the operator's own configuration."""
    locks = {name: text for name, text in texts().items() if name.endswith((".lock", "package-lock.json"))}
    assert locks.keys() >= {"requirements.lock", "requirements-dev.lock"}
    assert lines_with(INDEX_OPTION, locks) == []
    for text in (text for name, text in locks.items() if name.startswith("requirements")):
        assert text.count("==") <= text.count("--hash=sha256:")


def test_no_path_of_one_machine_is_named() -> None:
    """What names a folder of somebody's machine works on that machine only."""
    assert lines_with(LOCAL_PATH, texts()) == []


def test_no_work_is_left_marked() -> None:
    """A mark in the code is a promise nobody reads; an open end belongs in an issue or in the coverage tables."""
    assert lines_with(LEFT_OVER, texts()) == []


def test_files_are_named_by_what_they_hold() -> None:
    """Modules of leftovers grow for ever, because everything belongs in them. Split by noun instead."""
    assert [name for name in texts() if PurePosixPath(name).stem in EMPTY_NAMES] == []


def unexplained(tree: dict[str, str]) -> list[Finding]:
    """Suppressions without a code or without a reason: `# type: ignore[code]  # why`, `# noqa: CODE  # why`."""
    return [
        (name, number, line.strip()[-100:])
        for name, text in tree.items()
        for number, line in enumerate(text.splitlines(), 1)
        if SUPPRESSION.search(line) and not EXPLAINED.search(line)
    ]


def test_suppressions_say_why() -> None:
    """A silenced checker is a debt; without its reason nobody dares to pay it back."""
    assert unexplained(product_modules()) == []


def vendor_words(tree: dict[str, str]) -> list[Finding]:
    """Names that neutral code borrowed from a vendor; strings and comments may quote the vendor."""
    return [
        (name, node.lineno, word)
        for name, text in tree.items()
        if PurePosixPath(name).parts[2] in NEUTRAL
        for node, word in _names(parsed(text))
        if VENDOR_WORDS.search(word)
    ]


def _names(module: ast.Module) -> Iterator[tuple[ast.expr | ast.stmt | ast.arg | ast.keyword, str]]:
    for node in ast.walk(module):
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.arg(arg=word) | ast.keyword(arg=str(word)):
                yield node, word
            case ast.FunctionDef(name=word) | ast.AsyncFunctionDef(name=word) | ast.ClassDef(name=word):
                yield node, word
            case _:
                pass


def test_neutral_code_speaks_the_glossary() -> None:
    """Two vendors call one thing by four names; the core that borrowed one could no longer be read by the other."""
    assert vendor_words(product_modules()) == []


# Each rule is shown to catch what it is for and to leave alone what it is not for.


def spelt(text: str) -> str:
    """A word that must not stand in this file: `~` marks where it was cut."""
    return text.replace("~", "")


@pytest.mark.parametrize(
    ("pattern", "caught", "passed"),
    [
        (REGISTRY_HOST, "https://files.python~hosted.org/x", "pip install openpartner"),
        (REGISTRY_HOST, "registry.npm~js.org", "npm ci"),
        (INDEX_OPTION, "--index-url https://example.com", "django==5.2.19 \\"),
        (INDEX_OPTION, "x @ https://example.com/x.whl", "# via openpartner"),
        (LOCAL_PATH, "see /ho~me/ada/notes", "https://example.com/home/ada"),
        (LOCAL_PATH, "see ../sha~red/spec", "../sharedness"),
        (LOCAL_PATH, "cd /wo~rk/main", "src/worker/run.py, /worker/ and /workbook"),
        (LEFT_OVER, "# FIX~ME: later", "a fixme-like word"),
    ],
)
def test_patterns(pattern: re.Pattern[str], caught: str, passed: str) -> None:
    assert pattern.search(spelt(caught))
    assert not pattern.search(spelt(passed))


def test_unexplained_suppressions_are_found() -> None:
    bare = ["# type: ign~ore", "# type: ign~ore[assignment]", "# no~qa: S608", "# no~qa"]
    explained = [
        "# type: ign~ore[assignment]  # the stub is wrong",
        "# no~qa: S608  # only a column name",
        "# no~qa: S608, S603 - only a column name",
    ]
    assert len(unexplained({"a.py": spelt("\n".join(bare))})) == len(bare)
    assert unexplained({"a.py": spelt("\n".join(explained))}) == []


def test_vendor_words_are_found_in_names_only() -> None:
    source = 'def f(sub_customer_id):\n    """The vendor says sub_customer."""\n    return g(client_uin=1)\n'
    found = vendor_words({"src/openpartner/core/a.py": source})
    assert [word for _, _, word in found] == ["sub_customer_id", "client_uin"]
    assert vendor_words({"src/openpartner/huawei/a.py": source}) == []
