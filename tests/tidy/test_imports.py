"""Who may import whom. The layers stand in pyproject.toml; what import-linter cannot say stands here."""

import os
import subprocess
import sys
from pathlib import Path

from tests.tidy.tree import ROOT, imports, named_by, product_modules

WEB = ("django.http", "django.shortcuts", "django.template", "django.urls", "django.views", "django.forms")


def imported_below(folder: str, tree: dict[str, str], *banned: str) -> list[tuple[str, int, str]]:
    return [
        (name, line, imported)
        for name, text in tree.items()
        if name.startswith(f"src/openpartner/{folder}/")
        for line, imported in imports(text)
        if named_by(imported, *banned)
    ]


def beyond_standard_library(tree: dict[str, str]) -> list[tuple[str, int, str]]:
    return [
        (name, line, imported)
        for name, text in tree.items()
        if name.startswith("src/openpartner/kit/")
        for line, imported in imports(text)
        if imported.partition(".")[0] not in sys.stdlib_module_names and not named_by(imported, "openpartner.kit")
    ]


def test_core_knows_no_web() -> None:
    """A command that answers with a page can serve one door only; ours serve two dialects, a console and jobs."""
    assert imported_below("core", product_modules(), *WEB) == []


def test_kit_needs_the_standard_library_alone() -> None:
    """What every layer stands on must be importable, and testable, without any of them."""
    assert beyond_standard_library(product_modules()) == []


def test_layers_hold() -> None:
    """The direction of imports is the architecture; `pyproject.toml` is its only written form."""
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_rules_see_every_form_of_import() -> None:
    source = "import django.http.request\ndef f():\n    from django import shortcuts\nfrom django.db import models\n"
    found = imported_below("core", {"src/openpartner/core/a.py": source}, *WEB)
    assert [(line, name) for _, line, name in found] == [(1, "django.http.request"), (3, "django.shortcuts")]
    assert imported_below("core", {"src/openpartner/console/a.py": source}, *WEB) == []
    kit = {"src/openpartner/kit/a.py": "import re\nfrom openpartner.kit.ids import x\nimport msgspec\n"}
    assert [name for _, _, name in beyond_standard_library(kit)] == ["msgspec"]


def test_a_process_starts_without_duckdb() -> None:
    """It takes 27 MB and 80 ms, in every process, and most never read a bill: it is imported where it is first used."""
    everything = (
        "import sys, django; django.setup();"
        "import openpartner.project.urls, openpartner.worker.run;"
        "import openpartner.huawei.operations, openpartner.tencent.operations;"
        "print('duckdb' in sys.modules)"
    )
    started = subprocess.run(
        [sys.executable, "-c", everything],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "openpartner.project.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert started.stdout.split()[-1] == "False"
