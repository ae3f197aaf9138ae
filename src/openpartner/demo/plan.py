"""Who is in the demo: the provider, its distributors and resellers, their sizes and the people to sign in as."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from openpartner.core.base.kinds import AccountKind

ENDS = datetime(2026, 10, 31, tzinfo=UTC)
"""The demo's last day: fixed, so that the same seed gives the same rows whenever it is built."""
BEGINS = ENDS - timedelta(days=5 * 365)
STEEPNESS = 0.75
"""Exponent of the partners' sizes by rank: with fifteen partners the largest has a little over a fifth."""

CUSTOMER_PERSONA = ("customer", "carl", "carls-coffee", "Carl's Coffee Pte. Ltd.", "SG")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One partner, or the provider. `markets` names countries, the likeliest first."""

    account_name: str
    legal_name: str
    kind: AccountKind
    above: str | None
    administrator: str
    persona: str
    markets: tuple[str, ...]


PROVIDER = Member(
    account_name="northlight",
    legal_name="Northlight Cloud Pte. Ltd.",
    kind=AccountKind.PROVIDER,
    above=None,
    administrator="pia",
    persona="provider",
    markets=("SG",),
)


PERSONAS = {
    "pia": "provider",
    "dora": "distributor",
    "rita": "second_level_reseller",
    "sol": "reseller",
    "olga": "other_distributor",
}
"""Administrators whose credentials are written down."""


def _member(name: str, legal: str, kind: AccountKind, above: str, who: str, markets: str) -> Member:
    return Member(
        account_name=name,
        legal_name=legal,
        kind=kind,
        above=above,
        administrator=who,
        persona=PERSONAS.get(who, ""),
        markets=tuple(markets.split()),
    )


_D, _R, _S = AccountKind.DISTRIBUTOR, AccountKind.RESELLER, AccountKind.SECOND_LEVEL_RESELLER

PARTNERS = (
    _member(
        "meridian-channel", "Meridian Channel Distribution Pte. Ltd.", _D, "northlight", "dora", "SG CN MY TH ID PH"
    ),
    _member("lotus-bridge", "Lotus Bridge Resale Pte. Ltd.", _S, "meridian-channel", "rita", "SG CN MY JP"),
    _member("brightwater", "Brightwater Solutions GmbH", _R, "northlight", "sol", "DE FR NL GB"),
    _member("harbourline", "Harbourline Distribution Limited", _D, "northlight", "olga", "HK CN TW SG"),
    _member("kopi-cloud", "Kopi Cloud Sdn. Bhd.", _S, "meridian-channel", "kamal", "MY SG"),
    _member("aokumo", "株式会社青雲パートナーズ", _R, "northlight", "aiko", "JP"),
    _member("chenqiao", "深圳晨桥云服务有限公司", _S, "harbourline", "chenlei", "CN HK"),
    _member("kestrel-overseas", "Kestrel Overseas Distribution B.V.", _D, "northlight", "karin", "NL DE GB IT"),
    _member("baan-cloud", "Baan Cloud Co., Ltd.", _S, "meridian-channel", "niran", "TH"),
    _member("pennine-digital", "Pennine Digital Ltd", _S, "kestrel-overseas", "peter", "GB US"),
    _member("nuvem-sul", "Nuvem Sul Ltda.", _R, "northlight", "bruna", "BR MX"),
    _member("yushan-cloud", "玉杉雲端股份有限公司", _S, "harbourline", "yuting", "TW"),
    _member("awan-raya", "PT Awan Raya Niaga", _S, "meridian-channel", "dewi", "ID PH"),
    _member("dhow-systems", "Dhow Systems FZ-LLC", _R, "northlight", "dana", "AE"),
    _member("ponte-nuvola", "Ponte Nuvola S.r.l.", _S, "kestrel-overseas", "piero", "IT FR"),
)
"""Largest first. Three distributors; four resellers under the provider and eight second-level resellers."""


def sizes(customers: int) -> list[int]:
    """How many customers each partner has, by rank; they add up, and nobody has none."""
    weights = [(rank + 1) ** -STEEPNESS for rank in range(len(PARTNERS))]
    whole = sum(weights)
    counts = [max(1, int(customers * weight / whole)) for weight in weights]
    counts[0] += customers - sum(counts)
    assert counts[0] == max(counts)
    return counts
