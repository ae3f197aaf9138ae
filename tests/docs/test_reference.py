"""The generated reference: it names everything, it is written on demand, and a stale page is refused."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from openpartner.core.audit.events import SENTENCES, Action
from openpartner.core.base.permissions import Permission
from openpartner.project.commands import docs
from openpartner.project.config import PREFIX, Settings
from openpartner.project.reference import markdown, operator, refusals, rights
from openpartner.project.reference.whole import REGISTRIES, commands, pages


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source tree with a README and an empty reference."""
    (tmp_path / "docs" / "reference").mkdir(parents=True)
    (tmp_path / "README.md").write_text(f"before\n{docs.START}\nold numbers\n{docs.END}\nafter\n", "utf-8")
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(docs.command, list(words))


def test_it_writes_what_it_then_finds_current(checkout: Path) -> None:
    assert run().exit_code == 0
    readme = (checkout / "README.md").read_text("utf-8")
    assert readme.startswith(f"before\n{docs.START}\n| Operations of |")
    assert readme.endswith(f"{docs.END}\nafter\n")
    assert "old numbers" not in readme
    assert run("--check").exit_code == 0


def test_a_stale_page_is_refused_and_left_alone(checkout: Path) -> None:
    run()
    page = checkout / "docs" / "reference" / "settings.md"
    page.write_text("typed by hand\n", "utf-8")
    found = run("--check")
    assert found.exit_code == 1
    assert "stale: docs/reference/settings.md" in found.output
    assert page.read_text("utf-8") == "typed by hand\n"


def test_without_a_checkout_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    found = run()
    assert found.exit_code == 1
    assert "checkout" in found.output


def test_only_evidence_makes_an_operation_proven(checkout: Path) -> None:
    run()
    page = checkout / "docs" / "reference" / "coverage-tencent.md"
    assert "**proven**" not in page.read_text("utf-8").partition("\n## ")[2]
    evidence = {"date": "2026-11-21", "commit": "abc", "proven": {"tencent": {"GetCountryCodes": ["a test"]}}}
    (checkout / "docs" / "reference" / "evidence.json").write_bytes(msgspec.json.encode(evidence))
    run()
    lines = [line for line in page.read_text("utf-8").splitlines() if "| **proven** |" in line]
    assert [line.split("`")[1] for line in lines] == ["GetCountryCodes"]


def test_everything_is_named() -> None:
    """Settings, audit events, permissions, commands, pages and operations: each where its reader looks."""
    settings, events, permissions = operator.settings_page(), operator.audit_page(), rights.permissions_page()
    assert [name for name in Settings.__struct_fields__ if f"`{PREFIX}{name.upper()}`" not in settings] == []
    assert [action for action in Action if f"`{action}`" not in events or SENTENCES[action] not in events] == []
    assert [permission for permission in Permission if f"`{permission}`" not in permissions] == []
    core = operator.commands_page()
    assert [name for name in commands() if f"`{name}`" not in core or f"`{name}`" not in permissions] == []
    assert [page.route for page in pages() if f"`/{page.route}`" not in permissions] == []
    for registry in REGISTRIES.values():
        assert [name for name in registry.operations if name not in permissions] == []


def test_both_dialects_tables_are_in_the_errors() -> None:
    """huawei:C8 and tencent:C.7: what a malformed value is called."""
    line = next(line for line in refusals.errors_page().splitlines() if line.startswith("| Invalid |"))
    assert "`CBC.0100`" in line
    assert "`InvalidParameterValue`" in line


def test_cells_cannot_break_a_table() -> None:
    assert markdown.table(("a", "b"), [("x|y", "<b>\nz `<c>`")]).splitlines()[2] == "| x\\|y | \\<b> z `<c>` |"
