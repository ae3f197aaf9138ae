"""The countries of the demo's customers: script, legal forms and mobile numbers as they are written there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Market:
    """One country. A mobile number is one of `heads` followed by `digits` random digits."""

    region: str
    country_code: str
    script: str
    forms: tuple[str, ...]
    heads: tuple[str, ...]
    digits: int


_MARKETS = (
    Market(
        "CN", "0086", "chinese", ("有限公司", "股份有限公司", "有限责任公司"), ("138", "139", "150", "186", "199"), 8
    ),
    Market("TW", "00886", "chinese", ("有限公司", "股份有限公司"), ("91", "93", "97"), 7),
    Market("HK", "00852", "mixed", ("Limited",), ("5", "6", "9"), 7),
    Market("JP", "0081", "japanese", ("株式会社", "合同会社"), ("70", "80", "90"), 8),
    Market("SG", "0065", "latin", ("Pte. Ltd.",), ("8", "9"), 7),
    Market("MY", "0060", "latin", ("Sdn. Bhd.",), ("12", "13", "17"), 7),
    Market("TH", "0066", "latin", ("Co., Ltd.",), ("81", "89", "92"), 7),
    Market("ID", "0062", "latin", ("PT",), ("811", "812", "813"), 8),
    Market("PH", "0063", "latin", ("Inc.", "Corp."), ("917", "918", "920"), 7),
    Market("DE", "0049", "latin", ("GmbH", "AG", "UG"), ("151", "160", "171", "176"), 8),
    Market("FR", "0033", "latin", ("SARL", "SAS"), ("6", "7"), 8),
    Market("IT", "0039", "latin", ("S.r.l.", "S.p.A."), ("320", "333", "347"), 7),
    Market("NL", "0031", "latin", ("B.V.",), ("6",), 8),
    Market("GB", "0044", "latin", ("Ltd", "LLP"), ("7400", "7700", "7800"), 6),
    Market("BR", "0055", "latin", ("Ltda.", "S.A."), ("119", "219"), 8),
    Market("MX", "0052", "latin", ("S.A. de C.V.",), ("55", "33"), 8),
    Market("AE", "00971", "latin", ("FZ-LLC", "LLC"), ("50", "52", "55"), 7),
    Market("US", "001", "latin", ("Inc.", "LLC"), ("206", "312", "415"), 7),
)
MARKETS = {market.region: market for market in _MARKETS}
"""By ISO 3166 alpha-2."""
