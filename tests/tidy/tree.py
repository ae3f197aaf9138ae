"""The tree as the house rules see it: files that are, or are about to be, in the repository."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ROOT / "src" / "openpartner"
BINARY = {".png", ".jpg", ".ico", ".woff2", ".parquet", ".xlsx", ".gz", ".zip"}


@cache
def files() -> tuple[Path, ...]:
    """Every file that git tracks or would track. A rule that looked at fewer files would pass in silence."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = tuple(path for name in sorted(set(listing.split("\0")) - {""}) if (path := ROOT / name).is_file())
    assert ROOT / "pyproject.toml" in found
    return found


@cache
def texts() -> dict[str, str]:
    """The text of every file by its path in the repository."""
    return {relative(path): path.read_text("utf-8") for path in files() if path.suffix not in BINARY}


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def product_modules() -> dict[str, str]:
    """The product's Python, without migrations: those are written by Django and never edited for style."""
    found = {
        name: text
        for name, text in texts().items()
        if name.startswith("src/openpartner/") and name.endswith(".py") and "/migrations/" not in name
    }
    assert found
    return found


@cache
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


def imports(text: str) -> Iterator[tuple[int, str]]:
    """Line and full name of everything a module imports, wherever in the module it does so."""
    for node in ast.walk(parsed(text)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def named_by(name: str, *roots: str) -> bool:
    """Whether a dotted name is one of the roots or below one."""
    return any(name == root or name.startswith(f"{root}.") for root in roots)
