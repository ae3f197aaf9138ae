"""Searches through the core's own list of customers, timed one by one; prints JSON. Run with a store's environment.

The terms come from the data: fragments of names for rare ones, frequent words for common ones, pairs of Chinese
characters. 70 % match less than 1 % of the customers and have four or more characters, 20 % are common (1 % or
more), 10 % are two Chinese characters. Half of the searches run over the whole provider, half over the largest partner.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import sys
import time
from collections import Counter
from random import Random
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")
django.setup()

from openpartner.core.accounts.models import Account
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.scope import Scope
from openpartner.core.base.sqltext import UtcSecond
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.queries import CustomerRows, count_customers
from openpartner.kit.folding import fold
from openpartner.kit.slices import Slice

SEED = 20261121
SEARCHES = int(os.environ.get("BENCH_SEARCHES", "300"))
SAMPLE = 20_000
PAGE = Slice(0, 20)
MATCHES = (20, 100, 500)
"""How many matches the growth is compared at."""
WITHIN = 0.3
CHINESE = re.compile(r"[\u4e00-\u9fff]{2}")
WORD = re.compile(r"[^\W\d_]{3,}")
# What the console shows of a customer.
ROWS = CustomerRows("account_name", "legal_name", "uin", "partner__account_name", UtcSecond("associated_at"))
everyone = Account.objects.everything(reason="terms of a benchmark").filter(kind=AccountKind.CUSTOMER)


def main() -> None:
    """Measure and print."""
    random = Random(SEED)
    provider = Scope(provider=Account.objects.everything(reason="benchmark").get(kind=AccountKind.PROVIDER).pk)
    partners = (
        Account.objects.everything(reason="benchmark")
        .filter(kind__lt=AccountKind.CUSTOMER)
        .values_list("pk", flat=True)
    )
    largest = max((Scope(partner=pk) for pk in partners), key=count_customers)
    names = sample(random)
    scopes = {"whole provider": provider, "largest partner": largest}
    measured = {
        "mix": {name: mixed(random, scope, names) for name, scope in scopes.items()},
        "by_matches": by_matches(random, provider, names),
    }
    json.dump(measured, sys.stdout)


def sample(random: Random) -> list[str]:
    """Folded names of some customers, spread over all of them."""
    keys = list(everyone.values_list("pk", flat=True).order_by("pk"))
    chosen = random.sample(keys, min(SAMPLE, len(keys)))
    found: list[str] = []
    for start in range(0, len(chosen), 500):
        found += everyone.filter(pk__in=chosen[start : start + 500]).values_list("legal_name", flat=True)
    return found


def mixed(random: Random, scope: Scope, names: list[str]) -> dict[str, Any]:
    """Latencies of the mix within a scope."""
    size = count_customers(scope)
    words = Counter(word for name in names for word in set(WORD.findall(name.lower())))
    common = [word for word, count in words.items() if count >= len(names) / 100]
    pairs = sorted({pair for name in names for pair in CHINESE.findall(name)})
    timed: dict[str, list[tuple[float, int]]] = {"rare": [], "common": [], "pair": []}
    wanted = {"rare": SEARCHES * 7 // 10, "common": SEARCHES // 5, "pair": SEARCHES // 10}
    for kind, count in wanted.items():
        while len(timed[kind]) < count:
            term = {
                "rare": lambda: fragment(random, random.choice(names)),
                "common": lambda: random.choice(common),
                "pair": lambda: random.choice(pairs),
            }[kind]()
            if len(term) < 2:
                continue
            took, total = timed_search(scope, term)
            if kind != "rare" or total < size / 100:
                timed[kind].append((took, total))
    every = sorted(took for some in timed.values() for took, _ in some)
    return {
        "p50": statistics.median(every),
        "p99": every[int(len(every) * 0.99)],
        "worst": every[-1],
        "searches": len(every),
        **{f"{kind}_p50": statistics.median(took for took, _ in some) for kind, some in timed.items()},
        **{f"{kind}_matches_most": max(total for _, total in some) for kind, some in timed.items()},
    }


def by_matches(random: Random, scope: Scope, names: list[str]) -> dict[int, float]:
    """Median latency of terms with about so many matches."""
    found: dict[int, list[float]] = {matches: [] for matches in MATCHES}
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and any(len(some) < 15 for some in found.values()):
        term = fragment(random, random.choice(names))
        if len(term) < 4:
            continue
        _, total = timed_search(scope, term)
        for matches, some in found.items():
            if abs(total - matches) <= matches * WITHIN and len(some) < 15:
                some.append(timed_search(scope, term)[0])
    return {matches: statistics.median(some) for matches, some in found.items() if len(some) >= 5}


def fragment(random: Random, name: str) -> str:
    """Four or more characters out of a name; empty when it is shorter."""
    folded = fold(name)
    if len(folded) < 4:
        return ""
    length = random.randint(4, min(12, len(folded)))
    start = random.randint(0, len(folded) - length)
    return folded[start : start + length]


def timed_search(scope: Scope, term: str) -> tuple[float, int]:
    """Milliseconds of a search for its first page and total, and the total."""
    began = time.perf_counter()
    total = ROWS.page(scope, CustomerFilter(text=term), PAGE).total
    return (time.perf_counter() - began) * 1000, total


if __name__ == "__main__":
    main()
