"""The console's libraries: fixed exactly, by hash, and from no particular registry."""

import json

from hatch_build import COPIED
from tests.tidy.tree import ROOT

VENDOR = ROOT / "src/openpartner/console/static/vendor"
WANTED = json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"]
LOCKED = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]


def test_versions_are_exact_and_those_of_the_lock() -> None:
    assert WANTED
    assert {name: LOCKED[f"node_modules/{name}"]["version"] for name in WANTED} == WANTED


def test_the_lock_names_hashes_and_no_registry() -> None:
    fetched = {name: entry for name, entry in LOCKED.items() if name}
    assert {name for name, entry in fetched.items() if not entry["integrity"].startswith("sha512-")} == set()
    assert {name for name, entry in fetched.items() if "resolved" in entry} == set()


def test_each_library_comes_with_its_licence() -> None:
    packages = {name.removeprefix("node_modules/") for name in LOCKED if name}
    licences = {source.rpartition("/LICENSE")[0]: target for source, target in COPIED.items() if "/LICENSE" in source}
    assert licences.keys() == packages
    assert [target for target in licences.values() if not (VENDOR / target).read_text("utf-8").strip()] == []


def test_htmx_and_echarts_are_the_locked_ones() -> None:
    """Both files name their own version; echarts also says which one of zrender it carries."""
    assert f'version:"{WANTED["htmx.org"]}"' in (VENDOR / "htmx.min.js").read_text("utf-8")
    assert f'"{WANTED["echarts"]}"' in (VENDOR / "echarts.min.js").read_text("utf-8")
