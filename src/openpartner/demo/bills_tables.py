"""The words of made-up bills as small tables of DuckDB, which the statement that makes lines joins."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

from openpartner.core.catalogue.charges import action_spelled
from openpartner.core.catalogue.entries import TENCENT, Level, seeded
from openpartner.demo import bills_words as words
from openpartner.demo.bills_words import Product

if TYPE_CHECKING:
    import duckdb

SLOTS = 256
"""A hash is looked up in so many places; what is met often has many of them."""
TAG_SLOTS = 24
PREPAID = ("purchase", "renewal", "change", "refund")
POSTPAID = ("usage-hourly", "usage-daily", "reservation-hourly")


PRODUCT_SLOT = (
    "slot INTEGER, product INTEGER, parts INTEGER, prepaid INTEGER, reserved INTEGER, usage_action VARCHAR,"
    " service_category VARCHAR, service_code VARCHAR, service_name VARCHAR, product_code VARCHAR, product_name VARCHAR,"
    " resource_prefix VARCHAR, resource_type_code VARCHAR, resource_type_name VARCHAR"
)
PART = (
    "product INTEGER, part INTEGER, component_type_code VARCHAR, component_type_name VARCHAR, component_code VARCHAR,"
    " component_name VARCHAR, price BIGINT, per VARCHAR, prepaid_price BIGINT, unit VARCHAR, least BIGINT, step BIGINT,"
    " steps BIGINT, varies BOOLEAN"
)
PLACE_SLOT = "slot INTEGER, region_code VARCHAR, region_name VARCHAR, zone_code VARCHAR, zone_name VARCHAR"


def create(connection: duckdb.DuckDBPyConnection, cloud: str) -> None:
    """Make the tables of one cloud: product_slot, part, place_slot, action, tag_slot and project, with its name."""
    products = words.PRODUCTS[cloud]
    tags = [*words.TAGS, *(None for _ in range(TAG_SLOTS - len(words.TAGS)))]
    for name, columns, rows in (
        ("product_slot", PRODUCT_SLOT, _product_slots(cloud, products)),
        ("part", PART, _parts(cloud, products)),
        ("place_slot", PLACE_SLOT, _places(cloud)),
        ("action", "action VARCHAR, action_code VARCHAR", _actions(cloud)),
        ("tag_slot", "slot INTEGER, tags VARCHAR", list(enumerate(tags))),
        ("project", "slot INTEGER, project_name VARCHAR", list(enumerate(words.PROJECTS))),
    ):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name}_{cloud} ({columns})")
        insert(connection, f"{name}_{cloud}", columns, rows)


def insert(connection: duckdb.DuckDBPyConnection, table: str, columns: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Put rows into a table, column by column: many times as fast as row by row."""
    types = [column.split()[1] for column in columns.split(", ")]
    unnested = ", ".join(f"unnest(${place}::{kind}[])" for place, kind in enumerate(types, 1))
    connection.execute(f"INSERT INTO {table} SELECT {unnested}", [list(column) for column in zip(*rows, strict=True)])


def spread(weights: Sequence[int], slots: int = SLOTS) -> list[int]:
    """Which choice each slot holds: each has about its weight's share, and none has no slot."""
    whole = sum(weights)
    ends = [round(sum(weights[: place + 1]) * slots / whole) for place in range(len(weights))]
    begins = [0, *ends[:-1]]
    shares = [end - begin for begin, end in zip(begins, ends, strict=True)]
    found = list(chain.from_iterable([place] * share for place, share in enumerate(shares)))
    assert len(found) == slots
    assert set(found) == set(range(len(weights)))
    return found


def _name(cloud: str, level: Level, code: str, space: str = "") -> str | None:
    if not code:
        return None
    return seeded(cloud, level)[(space, code)].name("en")


def _product_slots(cloud: str, products: Sequence[Product]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for slot, place in enumerate(spread([product.weight for product in products])):
        one = products[place]
        name = one.name or _name(cloud, Level.PRODUCT, one.code)
        rows.append(
            (slot, place, len(one.parts), one.prepaid, one.reserved, one.action, one.category, one.service,
             _name(cloud, Level.SERVICE, one.service), one.code, name, one.resource, one.resource_type or None,
             _name(cloud, Level.RESOURCE_TYPE, one.resource_type))
        )  # fmt: skip  # a list to look over
    return rows


def _parts(cloud: str, products: Sequence[Product]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for place, product in enumerate(products):
        for number, one in enumerate(product.parts):
            type_name = (
                _name(cloud, Level.COMPONENT_TYPE, one.type_code)
                if cloud == TENCENT
                else _name(cloud, Level.USAGE_TYPE, one.type_code, product.resource_type)
            )
            rows.append(
                (place, number, one.type_code, type_name, one.code or None,
                 _name(cloud, Level.COMPONENT, one.code), one.price, one.per, one.prepaid_price, one.unit,
                 *one.sizes, one.varies)
            )  # fmt: skip  # a list to look over
    return rows


def _places(cloud: str) -> list[tuple[object, ...]]:
    weights = words.REGIONS[cloud]
    codes = list(weights)
    zones: dict[str, list[tuple[str | None, str | None]]] = {code: [] for code in codes}
    for zone in seeded(cloud, Level.ZONE).values():
        if zone.parent in zones:
            zones[zone.parent].append((zone.code, zone.name("en")))
    rows: list[tuple[object, ...]] = []
    for slot, place in enumerate(spread([weights[code] for code in codes])):
        code = codes[place]
        here = zones[code] or [(None, None)]
        rows.append((slot, code, _name(cloud, Level.REGION, code), *here[slot % len(here)]))
    return rows


def _actions(cloud: str) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for action in (*PREPAID, *POSTPAID):
        spelled = action_spelled(cloud, action) or action_spelled(cloud, "usage")
        assert spelled is not None
        rows.append((action, spelled.code))
    return rows
