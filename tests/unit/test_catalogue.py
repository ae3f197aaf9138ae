"""Countries and industries: complete, addressable, and as their sources say."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from openpartner.core.catalogue.countries import all_countries, by_dialling_code, by_iso2
from openpartner.core.catalogue.industries import all_sections, division, section

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("iso2", "iso3", "dialling_code", "chinese_name"),
    [
        ("CN", "CHN", "86", "中国"),
        ("HK", "HKG", "852", "中国香港特别行政区"),
        ("AL", "ALB", "355", "阿尔巴尼亚"),
        ("US", "USA", "1", "美国"),
        ("JP", "JPN", "81", "日本"),
        ("KZ", "KAZ", "7", "哈萨克斯坦"),
        ("IR", "IRN", "98", "伊朗"),
        ("CU", "CUB", "53", "古巴"),
        ("RU", "RUS", "7", "俄罗斯"),
        ("UA", "UKR", "380", "乌克兰"),
        ("SG", "SGP", "65", "新加坡"),
    ],
)
def test_it_knows_the_country(iso2: str, iso3: str, dialling_code: str, chinese_name: str) -> None:
    country = by_iso2(iso2)
    assert country is not None
    assert (country.iso3, country.dialling_code, country.chinese_name) == (iso3, dialling_code, chinese_name)


def test_every_country_is_whole() -> None:
    """ISO 3166-1 has 249 entries, seven of which nobody can telephone: AQ, BV, GS, HM, PN, TF, UM."""
    countries = all_countries()
    assert len(countries) == 242
    assert len({country.iso2 for country in countries}) == len({country.iso3 for country in countries}) == 242
    for country in countries:
        assert re.fullmatch(r"[A-Z]{2}", country.iso2)
        assert re.fullmatch(r"[A-Z]{3}", country.iso3)
        assert re.fullmatch(r"[1-9]\d{0,2}", country.dialling_code)
        assert country.name
        assert country.chinese_name


def test_no_country_has_an_unknown_code() -> None:
    assert by_iso2("XX") is None
    assert by_iso2("cn") is None
    assert by_dialling_code("999") == ()
    assert by_dialling_code("0086") == ()


def test_a_dialling_code_has_its_main_country_first() -> None:
    assert [country.iso2 for country in by_dialling_code("86")] == ["CN"]
    assert [country.iso2 for country in by_dialling_code("7")] == ["RU", "KZ"]
    assert [country.iso2 for country in by_dialling_code("44")] == ["GB", "GG", "IM", "JE"]
    northern_america = [country.iso2 for country in by_dialling_code("1")]
    assert northern_america[0] == "US"
    assert "CA" in northern_america
    assert len(northern_america) == 25


def test_isic_has_21_sections_and_88_divisions() -> None:
    """ISIC Rev. 4, Series M No. 4/Rev. 4, part two: broad structure."""
    sections = all_sections()
    assert "".join(found.isic for found in sections) == "ABCDEFGHIJKLMNOPQRSTU"
    codes = [found.isic for listed in sections for found in listed.divisions]
    assert len(codes) == 88
    assert codes == sorted(set(codes))
    assert [len(listed.divisions) for listed in sections] == [
        3, 5, 24, 1, 4, 3, 3, 5, 2, 6, 3, 1, 7, 6, 1, 1, 3, 4, 3, 2, 1,
    ]  # fmt: skip  # one number for a section, A to U


def test_ids_have_the_shape_of_the_vendor() -> None:
    """Page product/1085/68181, example: `kghy_01` with children `kghy_0101` and following."""
    for number, listed in enumerate(all_sections(), 1):
        assert listed.id == f"kghy_{number:02}"
        assert [found.id for found in listed.divisions] == [
            f"{listed.id}{position:02}" for position in range(1, len(listed.divisions) + 1)
        ]
        assert {found.section_id for found in listed.divisions} == {listed.id}


def test_an_industry_is_found_by_id() -> None:
    agriculture = section("kghy_01")
    assert agriculture is not None
    assert (agriculture.isic, agriculture.name) == ("A", "Agriculture, forestry and fishing")
    machinery = division("kghy_0319")
    assert machinery is not None
    assert (machinery.isic, machinery.name) == ("28", "Manufacture of machinery and equipment n.e.c.")
    assert division("kghy_2101") == all_sections()[-1].divisions[0]


def test_no_industry_has_an_unknown_id() -> None:
    assert section("kghy_22") is None
    assert section("kghy_0101") is None
    assert division("kghy_0104") is None


@pytest.mark.slow  # it imports the telephone metadata of every country
def test_it_is_as_the_installed_sources_say() -> None:
    for module in ("pycountry", "phonenumbers", "babel"):
        if find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "catalogues.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"run tools/catalogues.py: {done.stdout}{done.stderr}"
