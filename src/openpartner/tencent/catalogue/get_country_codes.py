"""GetCountryCodes: countries with their codes, for creating accounts."""

from __future__ import annotations

from functools import cache

import msgspec

from openpartner.core.base.caller import Caller
from openpartner.core.catalogue.countries import all_countries
from openpartner.tencent.base import ANYONE, TencentRequest, TencentResponse
from openpartner.tencent.registry import operation

REFUSED_CODES = frozenset({"7", "380", "86"})
"""No account can be created with these dialling codes (tencent:D.1)."""


class GetCountryCodes(TencentRequest):
    """No parameters."""


class CountryCodeItem(TencentResponse):
    """One country; the keys are misspelt as in the vendor's SDK."""

    en_name: str
    name: str
    iso2: str = msgspec.field(name="IOS2")
    iso3: str = msgspec.field(name="IOS3")
    code: str


class GetCountryCodesResponse(TencentResponse):
    """All countries."""

    data: list[CountryCodeItem]


@operation("GetCountryCodes", kinds=ANYONE, permission=None, per_second=5, docs="product/1085/51416")
def get_country_codes(caller: Caller, request: GetCountryCodes) -> GetCountryCodesResponse:
    """The countries an account can be created in, by two-letter code."""
    return _answer()


@cache
def _answer() -> GetCountryCodesResponse:
    # vendor doc silent: whether the refused codes are listed; a form filled from this list offers only what works.
    return GetCountryCodesResponse(
        [
            CountryCodeItem(country.name, country.chinese_name, country.iso2, country.iso3, country.dialling_code)
            for country in all_countries()
            if country.dialling_code not in REFUSED_CODES
        ]
    )
