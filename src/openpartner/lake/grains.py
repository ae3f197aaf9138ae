"""The files of a large summary: groups of neighbouring customers, and coarser sums that most questions need.

A summary is known by its head. A small one is its head alone. A large one has in its head the sums by partner, and in
the head's footer the names and checksums of the other files: so who trusts the head can trust them all. One customer's
groups stand in one file of a few row groups, whatever the month's size.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from openpartner.lake import schema
from openpartner.lake.read import Door
from openpartner.lake.store import SUFFIX, Lake, quoted
from openpartner.lake.write import Key

FOOTER_KEY = "openpartner_summary"
BY_CUSTOMER = ("payer_id", "partner_id", "customer_id", "cloud", "currency", "action")
BY_PARTNER = tuple(one for one in schema.SUMMARY_DIMENSIONS if one not in {"customer_id", "project_id"})


def answers(dimensions: Collection[str]) -> frozenset[str]:
    """The columns of a summary by some dimensions: what it can be asked for."""
    names = {schema.NAMED[one] for one in dimensions if one in schema.NAMED}
    return frozenset({*dimensions, *names, *schema.AMOUNTS, "lines"})


_OF_CUSTOMERS = answers(BY_CUSTOMER)
_OF_PARTNERS = answers(BY_PARTNER)


class Part(NamedTuple):
    """One of the files beside the head, and whose sums it holds."""

    name: str
    sha256: str
    low: Key
    high: Key

    def holds(self, door: Door, keys: Collection[Key] | None) -> bool:
        """Whether a sum behind the door may stand in it, or one of these keys when they are known."""
        if keys is not None:
            return any(self.low <= key <= self.high for key in keys)
        if door.payer is None:
            return True
        if door.partner is None:
            return self.low.payer <= door.payer <= self.high.payer
        return self.low[:2] <= (door.payer, door.partner) <= self.high[:2]


@dataclass(frozen=True, slots=True)
class Grains:
    """What a summary consists of."""

    head: str
    groups: tuple[Part, ...] = ()
    """By customer, none of them in two files; none when the head holds the groups."""
    customers: tuple[Part, ...] = ()
    """The sums by customer, in one file."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every file beside the head."""
        return (*self.groups, *self.customers)

    @property
    def finest(self) -> list[str]:
        """The files that hold the groups: the summary whole."""
        return [part.name for part in self.groups] or [self.head]

    @property
    def by_customer(self) -> list[str]:
        """The fewest files that hold every customer's sums in each currency."""
        return [part.name for part in self.customers] or [self.head]

    def files(self, door: Door, columns: Collection[str], keys: Collection[Key] | None) -> list[str]:
        """The fewest files that have these columns for a door, whose customers' keys may be known."""
        if not self.groups:
            return [self.head]
        asked = {*columns, *door.columns}
        if asked <= _OF_PARTNERS:
            return [self.head]
        if asked <= _OF_CUSTOMERS and keys is None:
            return self.by_customer
        return [part.name for part in self.groups if part.holds(door, keys)]


def head_of(name: str) -> str:
    """The head of the summary that a file belongs to; any other file of the lake is its own."""
    folder, _slash, file = name.rpartition("/")
    return f"{folder}/{file.partition('.')[0]}{SUFFIX}"


def part_name(head: str, part: str) -> str:
    """The name of a file beside a head."""
    return f"{head.removesuffix(SUFFIX)}.{part}{SUFFIX}"


def footer(groups: Iterable[Part], customers: Iterable[Part]) -> str:
    """The option of COPY that writes into a head which files belong to it."""
    said = json.dumps({"groups": list(groups), "customers": list(customers)}, separators=(",", ":"))
    return f"KV_METADATA {{{FOOTER_KEY}: {quoted(said)}}}"


@lru_cache(maxsize=4096)
def grains_of(lake: Lake, head: str) -> Grains:
    """What the head says of its summary. The head is checked as every file is; remembered, because it never changes."""
    with closing(lake.cursor()) as cursor:
        found = cursor.execute(
            "SELECT decode(value) FROM parquet_kv_metadata($1) WHERE decode(key) = $2",
            [lake.addresses([head]), FOOTER_KEY],
        ).fetchone()
    if found is None:
        return Grains(head)
    said = json.loads(found[0])
    return Grains(head, _parts(said["groups"]), _parts(said["customers"]))


def _parts(said: Iterable[tuple[str, str, list[int], list[int]]]) -> tuple[Part, ...]:
    return tuple(Part(name, sha256, Key(*low), Key(*high)) for name, sha256, low, high in said)
