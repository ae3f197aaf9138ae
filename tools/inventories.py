"""Writes `openpartner/apikit/inventory/*.json` from the installed SDKs: `python tools/inventories.py [--check]`.

With --check nothing is written; the exit status is 1 when a file differs from what the SDKs say.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]  # so that the script runs from a checkout nobody installed

from openpartner.apikit.inventory import Field, Inventory  # noqa: E402 - found through the line above
from tools import inventory_huawei, inventory_legacy, inventory_tencent  # noqa: E402

TARGET = ROOT / "src" / "openpartner" / "apikit" / "inventory"


def line(value: Any) -> str:  # noqa: ANN401 - whatever msgspec can turn into JSON
    return json.dumps(msgspec.to_builtins(value), ensure_ascii=False)


def block(fields: tuple[Field, ...], indent: str) -> str:
    """A list with one field a line, so that a release of an SDK shows in a diff as the fields it touched."""
    if not fields:
        return "[]"
    return "[\n" + ",\n".join(f"{indent} {line(field)}" for field in fields) + f"\n{indent}]"


def rendered(inventory: Inventory) -> str:
    """The file of one inventory; the same inventory gives the same bytes."""
    operations = []
    for operation in inventory.operations:
        head = {
            key: value for key, value in msgspec.to_builtins(operation).items() if key not in ("request", "response")
        }
        operations.append(
            f"  {line(head)[:-1]},\n"
            f'   "request": {block(operation.request, "   ")},\n'
            f'   "response": {block(operation.response, "   ")}}}'
        )
    structures = [f'  "{name}": {block(fields, "  ")}' for name, fields in inventory.structures.items()]
    return (
        "{\n"
        f' "vendor": {line(inventory.vendor)},\n'
        f' "product": {line(inventory.product)},\n'
        f' "source": {line(inventory.source)},\n'
        ' "operations": [\n' + ",\n".join(operations) + "\n ],\n"
        ' "structures": {\n' + ",\n".join(structures) + "\n }\n"
        "}\n"
    )


def main(arguments: list[str]) -> int:
    """0 when the files are as the SDKs say or were written so, 1 when --check found a stale one."""
    parser = argparse.ArgumentParser(description="Write the inventories of declared operations.")
    parser.add_argument("--check", action="store_true", help="write nothing, fail when a file is stale")
    check = parser.parse_args(arguments).check
    inventories = {
        **inventory_huawei.inventories(),
        **inventory_legacy.inventories(),
        **inventory_tencent.inventories(),
    }
    stale = []
    for name, inventory in inventories.items():
        path, text = TARGET / f"{name}.json", rendered(inventory)
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.write_text(text, encoding="utf-8")
    if stale:
        sys.stdout.write(f"{'stale' if check else 'written'}: {', '.join(stale)}\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
