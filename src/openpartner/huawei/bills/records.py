"""The records of monthly sums: what is spent, refunded or adjusted by customer, product and way of charging."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from openpartner.core.billing.queries import By, Dimension
from openpartner.core.catalogue.entries import Level
from openpartner.huawei.bills import codes
from openpartner.huawei.bills.amounts import Amounts, total_of
from openpartner.huawei.bills.names import name_of, resource_type
from openpartner.huawei.bills.reading import Group

D = Dimension
BY: tuple[By, ...] = (
    D.CURRENCY,
    D.CUSTOMER,
    D.CLOUD,
    D.SERVICE,
    D.RESOURCE_TYPE,
    D.PRODUCT,
    D.CHARGING,
    D.ACTION,
    D.ACTION_CODE,
)


class SumKey(NamedTuple):
    """What the lines of a record have in common."""

    customer: str
    cloud: str
    service: str
    resource_type: str
    charge_mode: int
    bill_type: int
    service_name: str | None
    resource_type_name: str | None


Record = tuple[SumKey, Amounts]


def folded(groups: Iterable[Group], language: str) -> list[Record]:
    """Groups of BY as records: the lake's finer actions and ways of charging in Huawei's codes, in a lasting order."""
    found: dict[tuple[object, ...], tuple[SumKey, list[Amounts]]] = {}
    for group in groups:
        of, names = group.codes, group.names
        cloud, service = of[D.CLOUD], of[D.SERVICE]
        kind = resource_type(
            cloud, of[D.RESOURCE_TYPE], names[D.RESOURCE_TYPE], of[D.PRODUCT], names[D.PRODUCT], language
        )
        key = SumKey(
            of[D.CUSTOMER],
            cloud,
            service,
            kind.code,
            codes.charge_mode(of[D.CHARGING]),
            codes.sum_type(of[D.ACTION], of[D.ACTION_CODE]),
            name_of(cloud, Level.SERVICE, service, names[D.SERVICE], language),
            kind.name,
        )
        found.setdefault(key[:-2], (key, []))[1].append(group.amounts)
    return [(key, total_of(amounts)) for key, amounts in sorted(found.values(), key=lambda record: record[0][:-2])]
