"""Names of companies, people and accounts, drawn from the word lists by a seeded generator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from openpartner.demo import words
from openpartner.demo.countries import Market
from openpartner.kit.ids import UIN_MINTED_FROM

UIN_STEP = 390_625_000_007
"""Shares no factor with the number of uins, so that steps of it meet each uin once: unique without a memory."""
UIN_COUNT = 9 * UIN_MINTED_FROM
LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Weighted:
    """Draws from words by their weights."""

    def __init__(self, choices: Sequence[tuple[str, int]]) -> None:
        self._words = [word for word, _ in choices]
        self._sums = list(accumulate(weight for _, weight in choices))

    def draw(self, random: Random) -> str:
        return random.choices(self._words, cum_weights=self._sums)[0]


@dataclass(frozen=True, slots=True)
class Name:
    """What somebody is called: on paper, and as a word for addresses."""

    legal: str
    word: str


class Names:
    """Draws names. The same generator in the same state gives the same name."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._trades = Weighted(words.TRADES)
        self._chinese_trades = Weighted(words.CHINESE_TRADES)
        self._japanese_trades = Weighted(words.JAPANESE_TRADES)

    def company(self, market: Market) -> Name:
        """A company of this country."""
        draw = self._random.choice
        brand = draw(words.BRAND_HEADS) + draw(words.BRAND_TAILS)
        form = draw(market.forms)
        match market.script:
            case "chinese":
                trade = self._chinese_trades.draw(self._random)
                return Name(f"{draw(words.CHINESE_PLACES)}{self._chinese_brand()}{trade}{form}", brand.lower())
            case "japanese":
                trade = self._japanese_trades.draw(self._random)
                return Name(f"{form}{draw(words.JAPANESE_HEADS)}{trade}", brand.lower())
            case "mixed":
                chinese, trade = draw(words.MIXED_TRADES)
                return Name(f"{self._chinese_brand()}{chinese}有限公司 {brand} {trade} {form}", brand.lower())
            case _:
                trade = self._trades.draw(self._random)
                legal = f"{form} {brand} {trade}" if form == "PT" else f"{brand} {trade} {form}"
                return Name(legal, brand.lower())

    def person(self, market: Market) -> Name:
        """A person of this country."""
        draw = self._random.choice
        given, surname = draw(words.GIVEN), draw(words.SURNAMES)
        word = f"{given}.{surname}".lower()
        match market.script:
            case "chinese" | "mixed":
                return Name(draw(words.CHINESE_SURNAMES) + draw(words.CHINESE_GIVEN), word)
            case "japanese":
                return Name(f"{draw(words.JAPANESE_SURNAMES)} {draw(words.JAPANESE_GIVEN)}", word)
            case _:
                return Name(f"{given} {surname}", word)

    def mobile(self, market: Market) -> str:
        """A mobile number as it is dialled from abroad, without the country."""
        number = self._random.randrange(10**market.digits)
        return f"{self._random.choice(market.heads)}{number:0{market.digits}d}"

    def _chinese_brand(self) -> str:
        return self._random.choice(words.CHINESE_FIRSTS) + self._random.choice(words.CHINESE_SECONDS)


def uin(seed: int, number: int) -> int:
    """The uin of the numbered account: 12 digits, each once, and no order to be seen in them."""
    return UIN_MINTED_FROM + (seed * 7_919 + (number + 1) * UIN_STEP) % UIN_COUNT


def base36(number: int) -> str:
    """A number in few characters, for account names that must be unique."""
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = LETTERS[rest] + digits
        if not number:
            return digits
