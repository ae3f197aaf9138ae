"""The dimensions of the cost center: what each groups by in the lake, its values, and filters on it (SDK, GroupBy)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from openpartner.core.base.errors import Invalid
from openpartner.core.billing.queries import BillFilter, By, Dimension, Tag
from openpartner.huawei.bills import codes
from openpartner.huawei.bills.names import resource_type
from openpartner.huawei.bills.own import Whose
from openpartner.huawei.bills.reading import Group
from openpartner.huawei.bills.wire import UNCOLLECTED

D = Dimension
NO_PROJECT: Final = "null"
Value = Callable[[Group, Whose], str]


@dataclass(frozen=True, slots=True)
class Key:
    """A dimension: what it groups by in the lake, and the value of a group. `column` where the two are one."""

    by: tuple[By, ...]
    value: Value
    column: str = ""


def _plain(dimension: Dimension) -> Key:
    return Key((dimension,), lambda group, _whose: group.codes[dimension], dimension.value)


def _resource_type(group: Group, _whose: Whose) -> str:
    of = group.codes
    return resource_type(of[D.CLOUD], of[D.RESOURCE_TYPE], None, of[D.PRODUCT], None, "en").code


NOTHING = Key((), lambda _group, _whose: "")
"""What no line has: cost units are not kept, and the provider is one operating entity without a number."""
KEYS: Final[Mapping[str, Key]] = {
    "CLOUD_SERVICE_TYPE": _plain(D.SERVICE),
    "RESOURCE_TYPE": Key((D.CLOUD, D.RESOURCE_TYPE, D.PRODUCT), _resource_type),
    "ASSOCIATED_ACCOUNT": Key((D.CUSTOMER,), lambda group, whose: whose.account_id(group.codes[D.CUSTOMER])),
    "REGION_CODE": _plain(D.REGION),
    "AZ_CODE": _plain(D.ZONE),
    "ENTERPRISE_PROJECT_ID": replace(_plain(D.PROJECT), value=lambda group, _: group.codes[D.PROJECT] or NO_PROJECT),
    "RES_SPEC_CODE": _plain(D.COMPONENT),
    "CHARGING_MODE": Key((D.CHARGING,), lambda group, _whose: str(codes.charge_mode(group.codes[D.CHARGING]))),
    "USAGE_TYPE": _plain(D.COMPONENT_TYPE),
    "BILL_TYPE": Key(
        (D.ACTION, D.ACTION_CODE),
        lambda group, _whose: str(codes.sum_type(group.codes[D.ACTION], group.codes[D.ACTION_CODE])),
    ),
    "BE_ID": NOTHING,
    "PAYER_ACCOUNT_ID": Key((D.CUSTOMER,), lambda group, whose: whose.payer(group.codes[D.CUSTOMER], group.payer)),
    "RESOURCE_ID": _plain(D.RESOURCE),
}
COST_UNIT, RESOURCE_TAG = "COST_UNIT", "RESOURCE_TAG"


@dataclass(frozen=True, slots=True)
class Rule:
    """A filter: on a column of the lake, or on what groups have beside their sums."""

    by: tuple[By, ...]
    column: str
    values: frozenset[str]
    is_out: bool
    matches: Callable[[Group, Whose], bool] | None

    def narrowed(self, where: BillFilter) -> BillFilter:
        """The conditions with the rule's own, where it is on a column."""
        if not self.column:
            return where
        if self.is_out:
            out = {*where.without.get(self.column, ()), *self.values}
            return replace(where, without={**where.without, self.column: tuple(sorted(out))})
        kept = self.values & set(where.equal.get(self.column, self.values))
        return replace(where, equal={**where.equal, self.column: tuple(sorted(kept))})

    def admits(self, group: Group, whose: Whose) -> bool:
        """Whether a group stays."""
        return self.matches is None or self.matches(group, whose) is not self.is_out


def grouping(kind: str, key: str) -> Key:
    """What a `groupby` asks for."""
    match kind:
        case "tag":
            tag = Tag(key)
            return Key((tag,), lambda group, _whose: group.codes[tag])
        case "cost_unit":
            return NOTHING
        case "dimension":
            if key in KEYS:
                return KEYS[key]
            raise Invalid("groupby", f"{key} is not a dimension")
    raise Invalid("groupby", "the type must be dimension, tag or cost_unit")


def rule_of(key: str, values: Sequence[str], *, is_out: bool) -> Rule:
    """A filter factor. Tags are named as `key:value`, or by the key alone whatever the value.

    vendor doc silent: how a filter names the key of a tag.
    """
    if key == RESOURCE_TAG:
        return _on_tags(values, is_out=is_out)
    found = NOTHING if key == COST_UNIT else KEYS.get(key)
    if found is None:
        raise Invalid("filters", f"{key} is not a dimension")
    if found.column:
        known = frozenset("" if found.column == "project_id" and one in UNCOLLECTED else one for one in values)
        return Rule((), found.column, known, is_out, None)
    asked, value = frozenset(values), found.value
    return Rule(found.by, "", asked, is_out, lambda group, whose: value(group, whose) in asked)


def _on_tags(values: Sequence[str], *, is_out: bool) -> Rule:
    pairs = [(Tag(key), value if colon else None) for key, colon, value in (one.partition(":") for one in values)]

    def matches(group: Group, _whose: Whose) -> bool:
        return any(group.codes[tag] and value in {None, group.codes[tag]} for tag, value in pairs)

    return Rule(tuple(dict.fromkeys(tag for tag, _ in pairs)), "", frozenset(values), is_out, matches)


def grouped_by(several: Iterable[Key | Rule]) -> list[By]:
    """Everything that keys and rules look at, each once."""
    return list(dict.fromkeys(one for each in several for one in each.by))
