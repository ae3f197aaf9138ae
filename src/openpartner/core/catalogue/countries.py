"""Countries and territories with their ISO 3166 codes, names and dialling codes."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Country:
    """One country or territory. `dialling_code` has digits only and may be shared: 1 is that of 25 countries."""

    iso2: str
    iso3: str
    name: str
    chinese_name: str
    dialling_code: str


@cache
def all_countries() -> tuple[Country, ...]:
    """Every country that can be telephoned, by two-letter code."""
    return tuple(Country(**entry) for entry in _catalogue()["countries"])


def by_iso2(code: str) -> Country | None:
    """The country of a two-letter code in capitals, or None."""
    return _by_iso2().get(code)


def by_dialling_code(code: str) -> tuple[Country, ...]:
    """The countries that share a dialling code, the one it is named after first; empty when nobody has it."""
    return _by_dialling_code().get(code, ())


@cache
def _catalogue() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(__package__).joinpath("countries.json").read_text(encoding="utf-8"))
    return found


@cache
def _by_iso2() -> dict[str, Country]:
    return {country.iso2: country for country in all_countries()}


@cache
def _by_dialling_code() -> dict[str, tuple[Country, ...]]:
    main: dict[str, str] = _catalogue()["main_country_of_shared_code"]
    sharing: dict[str, list[Country]] = {}
    for country in all_countries():
        sharing.setdefault(country.dialling_code, []).append(country)
    return {
        code: tuple(sorted(countries, key=lambda country: country.iso2 != main.get(country.dialling_code)))
        for code, countries in sharing.items()
    }
