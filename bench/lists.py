"""Pages of the console's list of customers, timed one by one; prints JSON. Run with a store's environment.

Each question is a page of fifty with the columns the console shows, in one of the eight orders, filtered by one to
three conditions, its total exact to 10,000. Conditions are drawn evenly from what the page can be narrowed by, and
their values from the data. Everything is within the whole provider, the largest distributor, or the largest
second-level reseller.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")
django.setup()

from openpartner.core.accounts.models import Account
from openpartner.core.base.kinds import AccountKind, AssociationKind, Suspension
from openpartner.core.base.scope import Scope
from openpartner.core.base.sqltext import Epoch
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.order import Order
from openpartner.core.customers.queries import CustomerRows, count_customers
from openpartner.kit.folding import fold
from openpartner.kit.slices import Slice

SEED = 20261121
QUESTIONS = int(os.environ.get("BENCH_QUESTIONS", "400"))
STREAMED = int(os.environ.get("BENCH_STREAMED", "1000000"))
PAGE = 50
SAMPLE = 5_000
everything = Account.objects.everything(reason="benchmark")
# What the console shows of a customer.
ROWS = CustomerRows(
    "pk", "account_id", "legal_name", "account_name", "uin", "partner__legal_name", "association_kind",
    Epoch("associated_at"), "suspension", "manager__name", "email", "labels",
)  # fmt: skip


def main() -> None:
    """Measure and print."""
    random = Random(SEED)
    provider = everything.get(kind=AccountKind.PROVIDER).pk
    payers = everything.filter(kind=AccountKind.DISTRIBUTOR).values_list("pk", flat=True)
    sellers = everything.filter(kind=AccountKind.SECOND_LEVEL_RESELLER).values_list("pk", flat=True)
    scopes = {
        "whole provider": Scope(provider=provider),
        "largest distributor": max((Scope(payer=pk) for pk in payers), key=count_customers),
        "largest second-level reseller": max((Scope(partner=pk) for pk in sellers), key=count_customers),
    }
    measured = {
        "pages": {name: pages(random, scope) for name, scope in scopes.items()},
        "stream": streamed(scopes["whole provider"]),
    }
    json.dump(measured, sys.stdout)


def pages(random: Random, scope: Scope) -> dict[str, Any]:
    """Latencies of the questions within a scope."""
    conditions = conditions_of(random, scope)
    timed: list[tuple[float, str]] = []
    for number in range(-20, QUESTIONS):
        names = random.sample(list(conditions), random.choice([1, 1, 2, 3]))
        where = CustomerFilter(**{name: conditions[name]() for name in names})
        order = random.choice(list(Order))
        offset = random.choice([0, 0, 0, 0, PAGE, 5 * PAGE])
        began = time.perf_counter()
        found = ROWS.page(scope, where, Slice(offset, PAGE), order=order, exact=False)
        took = (time.perf_counter() - began) * 1000
        if number >= 0:  # the first compile their queries and read what no cache holds yet
            said = f"{', '.join(f'{name}={getattr(where, name)}' for name in names)} by {order} +{offset}"
            timed.append((took, f"{said}: {found.total}{'+' if found.more else ''}"))
    timed.sort()
    every = [took for took, _ in timed]
    return {
        "p50": statistics.median(every),
        "p95": every[int(len(every) * 0.95)],
        "p99": every[int(len(every) * 0.99)],
        "customers": count_customers(scope),
        "slowest": [f"{took:.0f} ms {said}" for took, said in timed[-12:]],
    }


def conditions_of(random: Random, scope: Scope) -> dict[str, Callable[[], Any]]:
    """What a list can be narrowed by, each with a way to draw a value that somebody has."""
    keys = [row[0] for row in CustomerRows("pk").page(scope, CustomerFilter(), Slice(0, SAMPLE * 20)).items]
    some: list[Account] = []
    chosen = random.sample(keys, min(SAMPLE, len(keys)))
    for start in range(0, len(chosen), 500):
        some += everything.filter(pk__in=chosen[start : start + 500]).select_related("partner")
    words = sorted({word for row in some[:500] for word in row.legal_name.split() if len(word) > 2})
    tags = sorted({tag for row in some for tag in row.labels.split(",") if tag})
    managers = sorted({row.manager_id for row in some if row.manager_id})
    partners = sorted({row.partner_id for row in some if row.partner_id})

    def instant() -> datetime | None:
        return random.choice(some).associated_at

    def part() -> str:
        name = fold(random.choice(some).legal_name)
        start = random.randint(0, max(0, len(name) - 4))
        return name[start : start + random.randint(4, 8)]

    made: dict[str, Callable[[], Any]] = {
        "suspension": lambda: random.choice(list(Suspension)),
        "is_suspended": lambda: True,
        "is_assigned": lambda: random.choice([True, False]),
        "is_verified": lambda: random.choice([True, False]),
        "association": lambda: random.choice(list(AssociationKind)),
        "associated_from": instant,
        "associated_until": instant,
        "text": lambda: random.choice([part(), part(), random.choice(words), str(random.choice(some).uin)]),
        "legal_name_contains": lambda: random.choice([part(), random.choice(words)]),
        "account_name_contains": lambda: random.choice(some).account_name[:6],
        "uin": lambda: random.choice(some).uin,
        "account_id": lambda: random.choice(some).account_id,
        "mobile": lambda: random.choice(some).mobile,
        "email": lambda: random.choice(some).email,
        "manager": lambda: random.choice(managers),
        "tag": lambda: random.choice(tags),
    }
    if scope.partner is None:
        made["partner"] = lambda: random.choice(partners)
    if scope.payer is not None:
        made["is_direct"] = lambda: random.choice([True, False])
    return made


def streamed(scope: Scope) -> dict[str, float]:
    """Rows per second of an export's reading, by order, and what a batch costs in memory growth."""
    rates = {}
    for order in (Order.NEWEST, Order.LEGAL_NAME, Order.UIN):
        began, rows = time.perf_counter(), 0
        for batch in ROWS.stream(scope, CustomerFilter(), order=order):
            rows += len(batch)
            if rows >= STREAMED:
                break
        rates[str(order)] = rows / (time.perf_counter() - began)
    return rates


if __name__ == "__main__":
    main()
