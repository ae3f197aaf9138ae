"""Writes `openpartner/core/catalogue/*.json`: `python tools/catalogues.py [--check]`.

Countries come from pycountry (codes), phonenumbers (dialling codes) and Babel (names); industries from the text of ISIC
Rev. 4 beside this script, one line for a section or a division. With --check nothing is written; the exit status is 1
when a file differs.
"""

import argparse
import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import phonenumbers
import pycountry
from babel import Locale

FOLDER = Path(__file__).resolve().parent
TARGET = FOLDER.parent / "src" / "openpartner" / "core" / "catalogue"


def countries() -> dict[str, Any]:
    """Every country or territory of ISO 3166-1 that can be telephoned; the others have no inhabitants to sell to."""
    english, chinese = Locale("en").territories, Locale("zh").territories
    found = []
    for entry in sorted(pycountry.countries, key=lambda country: country.alpha_2):
        code = phonenumbers.country_code_for_region(entry.alpha_2)
        if code == 0:
            continue
        found.append(
            {
                "iso2": entry.alpha_2,
                "iso3": entry.alpha_3,
                "name": english[entry.alpha_2],
                "chinese_name": chinese[entry.alpha_2],
                "dialling_code": str(code),
            }
        )
    shared = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
    return {
        "attribution": [
            f"Codes: ISO 3166-1, read through pycountry {version('pycountry')}.",
            f"Dialling codes: Google libphonenumber (Apache-2.0), read through phonenumbers {version('phonenumbers')}.",
            f"Names: Unicode CLDR (Unicode License v3), read through Babel {version('babel')}.",
        ],
        "main_country_of_shared_code": {str(code): regions[0] for code, regions in sorted(shared) if len(regions) > 1},
        "countries": found,
    }


def industries() -> dict[str, Any]:
    """Sections with their divisions; ids count sections, and divisions within theirs, in the order of ISIC."""
    sections: list[dict[str, Any]] = []
    for line in (FOLDER / "isic_rev4.txt").read_text(encoding="utf-8").splitlines():
        code, name = line.split(" ", 1)
        if code.isalpha():
            entry = {"id": f"kghy_{len(sections) + 1:02}", "isic": code, "name": name, "divisions": []}
            sections.append(entry)
            continue
        section = sections[-1]
        position = len(section["divisions"]) + 1
        section["divisions"].append({"id": f"{section['id']}{position:02}", "isic": code, "name": name})
    return {
        "attribution": [
            "Names and codes: International Standard Industrial Classification of All Economic Activities, Revision 4.",
            "United Nations Statistics Division, Statistical papers, Series M No. 4/Rev. 4, New York 2008.",
        ],
        "sections": sections,
    }


def rendered(catalogue: dict[str, Any]) -> str:
    """JSON with one entry a line, so that a changed entry shows as one changed line."""
    blocks = []
    for key, value in catalogue.items():
        if key == "sections":
            lines = [section_block(section) for section in value]
        elif isinstance(value, list):
            lines = [f"  {json.dumps(entry, ensure_ascii=False)}" for entry in value]
        else:
            blocks.append(f' "{key}": {json.dumps(value, ensure_ascii=False)}')
            continue
        blocks.append(f' "{key}": [\n' + ",\n".join(lines) + "\n ]")
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def section_block(section: dict[str, Any]) -> str:
    head = json.dumps({key: value for key, value in section.items() if key != "divisions"})
    divisions = ",\n".join(f"   {json.dumps(division)}" for division in section["divisions"])
    return f'  {head[:-1]}, "divisions": [\n{divisions}\n  ]}}'


def main(arguments: list[str]) -> int:
    """0 when the files are current or were written, 1 when --check found a stale one."""
    parser = argparse.ArgumentParser(description="Write the catalogues of countries and industries.")
    parser.add_argument("--check", action="store_true", help="write nothing, fail when a file is stale")
    check = parser.parse_args(arguments).check
    stale = []
    for name, catalogue in (("countries", countries()), ("industries", industries())):
        path, text = TARGET / f"{name}.json", rendered(catalogue)
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
