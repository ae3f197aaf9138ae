"""The statistic types of resource records: by cycle, by day, or line by line (huawei:D6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from openpartner.core.base.errors import Invalid
from openpartner.core.billing.queries import By, Dimension
from openpartner.core.catalogue.entries import Level
from openpartner.huawei.bills import codes
from openpartner.huawei.bills.amounts import Amounts
from openpartner.huawei.bills.names import ResourceType, name_of, resource_type
from openpartner.huawei.bills.reading import Group, Source, groups_page, sources_in_one_currency
from openpartner.kit.slices import Slice

BY_CYCLE, BY_DAY, BY_DETAIL = 1, 2, 3
D = Dimension
BY: tuple[By, ...] = (
    *(D.CUSTOMER, D.CLOUD, D.SERVICE, D.RESOURCE_TYPE, D.PRODUCT, D.COMPONENT_TYPE, D.COMPONENT),
    *(D.REGION, D.ZONE, D.PROJECT, D.RESOURCE, D.ORDER, D.CHARGING, D.ACTION, D.ACTION_CODE),
)
"""vendor doc silent: what the lines of a sum have in common; everything that a sum's record tells."""


class Names(NamedTuple):
    """The names of a sum's codes."""

    service: str | None
    resource_type: ResourceType
    product: str | None
    component: str | None
    region: str | None
    project: str | None
    resource: str | None


@dataclass(frozen=True, slots=True)
class Sum:
    """The lines of a cycle or a day that agree in all of BY; codes are empty where a line has none."""

    payer: str
    day: str
    customer: str
    cloud: str
    service: str
    product: str
    component_type: str
    component: str
    region: str
    zone: str
    project: str
    resource: str
    order: str
    charge_mode: int
    bill_type: int
    action: str
    charging: str
    amounts: Amounts
    group: Group

    @classmethod
    def of(cls, group: Group) -> Sum:
        of = group.codes
        return cls(
            group.payer,
            of.get(D.DAY, ""),
            of[D.CUSTOMER],
            of[D.CLOUD],
            of[D.SERVICE],
            of[D.PRODUCT],
            of[D.COMPONENT_TYPE],
            of[D.COMPONENT],
            of[D.REGION],
            of[D.ZONE],
            of[D.PROJECT],
            of[D.RESOURCE],
            of[D.ORDER],
            codes.charge_mode(of[D.CHARGING]),
            codes.bill_type(of[D.ACTION], of[D.ACTION_CODE]),
            of[D.ACTION],
            of[D.CHARGING],
            group.amounts,
            group,
        )

    def names(self, language: str) -> Names:
        """In the language where the catalogue knows a code, else as they came."""
        given = self.group.names
        return Names(
            name_of(self.cloud, Level.SERVICE, self.service, given[D.SERVICE], language),
            resource_type(
                self.cloud,
                self.group.codes[D.RESOURCE_TYPE],
                given[D.RESOURCE_TYPE],
                self.product,
                given[D.PRODUCT],
                language,
            ),
            given[D.PRODUCT] or None,
            given[D.COMPONENT] or None,
            name_of(self.cloud, Level.REGION, self.region, given[D.REGION], language),
            given[D.PROJECT] or None,
            given[D.RESOURCE] or None,
        )


def statistic(field: str, value: int) -> int:
    """A statistic type; Invalid when there is none of that number."""
    if value not in {BY_CYCLE, BY_DAY, BY_DETAIL}:
        raise Invalid(field, "must be 1, 2 or 3")
    return value


def sums_of(
    sources: Sequence[Source], usual: str, window: Slice, *, by_day: bool, hide_zero: bool
) -> tuple[list[Sum], int, str]:
    """A page of sums in a lasting order, how many there are, and their currency.

    Without those that come to nothing when they are hidden.
    """
    found, currency = sources_in_one_currency(sources, usual)
    by = (D.DAY, *BY) if by_day else BY
    groups, total = groups_page(found, by, window, nonzero="cost_after_discount" if hide_zero else "")
    return [Sum.of(group) for group in groups], total, currency
