"""Files that fit a head and functions that fit a screen."""

import ast
from collections.abc import Iterator

from tests.tidy.tree import parsed, product_modules

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70

# Longer on purpose, each with its reason. An entry that is no longer needed fails, so the list only shrinks.
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}


def long_files(tree: dict[str, str]) -> dict[str, int]:
    return {name: lines for name, text in tree.items() if (lines := len(text.splitlines())) > FILE_LINES_MAX}


def long_functions(tree: dict[str, str]) -> dict[str, int]:
    """Functions by `path::Class.function`, from `def` to the last line of the body, decorators aside."""
    return {
        f"{name}::{path}": lines
        for name, text in tree.items()
        for path, node in _functions(parsed(text), "")
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES_MAX
    }


def _functions(parent: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + node.name, node
        name = getattr(node, "name", "")
        yield from _functions(node, f"{prefix}{name}." if name else prefix)


def test_files_stay_under_500_lines() -> None:
    """The peers' modules of 3,000 lines and more began as modules of 500. Split by noun, not by leftovers."""
    found = long_files(product_modules())
    assert {name: lines for name, lines in found.items() if name not in LONG_FILES} == {}
    assert LONG_FILES.keys() <= found.keys(), "an entry of LONG_FILES is no longer needed"


def test_functions_stay_under_70_lines() -> None:
    """What fits one screen is read whole; what does not is read in parts that are not named."""
    found = long_functions(product_modules())
    assert {name: lines for name, lines in found.items() if name not in LONG_FUNCTIONS} == {}
    assert LONG_FUNCTIONS.keys() <= found.keys(), "an entry of LONG_FUNCTIONS is no longer needed"


def test_the_rules_count_from_def_to_the_last_line() -> None:
    body = "    x = 1\n"
    assert long_functions({"a.py": "@cache\ndef fits():\n" + body * 69}) == {}
    assert long_functions({"a.py": "class A:\n  def over(self):\n" + body * 70}) == {"a.py::A.over": 71}
    assert long_files({"a.py": "x\n" * 500}) == {}
    assert long_files({"a.py": "x\n" * 501}) == {"a.py": 501}
