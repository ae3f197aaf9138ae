"""The console's pages as a browser gets them: over HTTP, signed in, against the server that serves people."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
from random import Random
from typing import Any
from urllib.parse import urlencode

from bench import load, processes
from bench.cases import SEED, Bench, Result
from bench.stores import ROOT, Store

QUESTIONS = 300
WORDS = ("an", "tech", "media", "data", "lotus", "north", "sol", "shop", "net", "star")
SORTS = ("-associated", "associated", "legal_name", "-legal_name", "account_name", "uin")


def pages(bench: Bench) -> list[Result]:
    """The list of customers with filters, an order and a total, for three kinds of caller; and what a page weighs."""
    sessions = _sessions(bench.store)
    found = []
    weight = 0
    with processes.product(bench.store) as product:
        for role in ("provider", "distributor", "second_level_reseller"):
            asked = [_request(product.port, sessions[role], query) for query in _queries(Random(SEED))]
            load.run(product.port, asked, count=len(asked), connections=1)  # the first compile their queries
            outcome = load.run(product.port, asked, count=len(asked), connections=1)
            p95 = outcome.percentile(0.95)
            shown = f"{p95:.0f} ms (p50 {statistics.median(outcome.latencies_ms):.0f})"
            case = f"page of customers, filtered and sorted, {role.replace('_', ' ')}: p95"
            found.append(bench.result(case, shown, p95, "<= 100 ms", bound=100))
            weight = max(weight, len(outcome.last))
    kilobytes = weight / 1000
    found.append(bench.result("page of customers: weight", f"{kilobytes:.0f} KB", kilobytes, "<= 250 KB", bound=250))
    return found


def _queries(random: Random) -> list[str]:
    """Questions as people ask them: one to three filters, an order, mostly the first page."""
    made = []
    for _ in range(QUESTIONS):
        asked: dict[str, Any] = {"sort": random.choice(SORTS)}
        some = {
            "text": random.choice(WORDS),
            "suspension": random.choice((0, 1, 2)),
            "association": random.choice((1, 3)),
            "is_verified": random.choice(("yes", "no")),
            "associated_from": f"202{random.randint(2, 5)}-0{random.randint(1, 9)}-15",
        }
        for name in random.sample(sorted(some), random.choice((1, 1, 2, 3))):
            asked[name] = some[name]
        if random.random() < 0.2:
            asked["page"] = random.randint(2, 5)
        made.append(urlencode(asked))
    return made


def _request(port: int, session: str, query: str) -> bytes:
    return (
        f"GET /customers/?{query} HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: sessionid={session}\r\n"
        "Accept-Language: en\r\n\r\n"
    ).encode()


def _sessions(store: Store) -> dict[str, str]:
    """A signed-in session of each persona, opened as the sign-in page opens it."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.sessions"],
        env=store.environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    )
    sessions: dict[str, str] = json.loads(re.sub(rb"^[^{]*", b"", done.stdout))
    return sessions
