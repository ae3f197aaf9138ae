"""Coverage of both vendors' APIs, and its numbers for the README."""

from __future__ import annotations

from collections.abc import Iterable

from openpartner.apikit.coverage import Evidence, Row, State, besides, rows, totals
from openpartner.project.reference import markdown
from openpartner.project.reference.whole import INVENTORIES, REGISTRIES, TITLES

ORDER = (State.PROVEN, State.IMPLEMENTED, State.DECLARED, State.ABSENT)
MEANINGS = """\
- **proven**: a passing test called it with the vendor's own SDK
- **implemented**: it does its work, but no such test is on record
- **declared**: known route; signature, rate, parameters and caller are checked, then the answer is "not available"
- **absent**: unknown to this release"""
NAMES = {"huawei": "Huawei Cloud", "tencent": "Tencent Cloud"}


def dialect_page(dialect: str, evidence: Evidence) -> str:
    """The coverage page of one dialect."""
    operations = REGISTRIES[dialect].operations
    parts = [MEANINGS, _stamp(evidence)]
    for inventory in INVENTORIES[dialect]:
        found = rows(inventory, operations, evidence.proven.get(dialect, {}))
        parts += [
            f"## {TITLES[inventory.product]}",
            f"{len(found)} operations; source: {inventory.source}. " + _sentence(found),
            markdown.table(("Operation", "Route", "State", "Tests", "Callers", "Per second"), map(_line, found)),
            _fields(found),
        ]
    others = besides(INVENTORIES[dialect], operations)
    if others:
        parts += [
            "## Besides",
            "Operations that the SDK's machinery needs and no inventory lists.",
            markdown.table(
                ("Operation", "Route"),
                [(markdown.code(one.name), markdown.code(f"{one.method} {one.path}")) for one in others],
            ),
        ]
    return markdown.page(
        f"Coverage of {NAMES[dialect]}'s API",
        "Every operation that the vendor's SDK or pages list, and how far it is: computed from the inventory, the "
        "registry and the evidence of passing SDK tests.",
        *parts,
    )


def summary(evidence: Evidence) -> str:
    """The block of the README: one line an inventory, each operation counted once."""
    lines = []
    sums = dict.fromkeys(ORDER, 0)
    for dialect, inventories in INVENTORIES.items():
        for inventory in inventories:
            counted = totals(rows(inventory, REGISTRIES[dialect].operations, evidence.proven.get(dialect, {})))
            link = f"[{TITLES[inventory.product]}](docs/reference/coverage-{dialect}.md)"
            lines.append((link, len(inventory.operations), *(counted[state] for state in ORDER)))
            for state in ORDER:
                sums[state] += counted[state]
    lines.append(("Together", sum(sums.values()), *sums.values()))
    return markdown.table(("Operations of", "Listed", *ORDER), lines) + "\n\n" + _stamp(evidence)


def _line(row: Row) -> tuple[object, ...]:
    declared = row.declared
    return (
        markdown.code(declared.name),
        markdown.code(f"{declared.method} {declared.path}"),
        f"**{row.state}**" if row.state is State.PROVEN else row.state,
        row.tests or "",
        ", ".join(kind.replace("_", " ") for kind in declared.kinds),
        declared.per_second,
    )


def _fields(found: Iterable[Row]) -> str:
    lines = [
        (
            markdown.code(row.declared.name),
            markdown.codes(row.missing_request),
            markdown.codes(row.missing_response),
            markdown.codes(row.pending),
        )
        for row in found
        if row.missing_request or row.missing_response or row.pending
    ]
    if not lines:
        return ""
    head = ("Operation", "Parameters not read", "Fields not sent", "Pending: the capability is not built yet")
    return "Fields of the SDK's model that an implemented operation does not have:\n\n" + markdown.table(head, lines)


def _sentence(found: Iterable[Row]) -> str:
    return ", ".join(f"{number} {state}" for state, number in sorted(totals(found).items(), key=_place) if number) + "."


def _place(entry: tuple[State, int]) -> int:
    return ORDER.index(entry[0])


def _stamp(evidence: Evidence) -> str:
    if not evidence.date:
        return "No evidence has been gathered yet: `make coverage` does."
    return f"Evidence of {evidence.date}, at commit {markdown.code(evidence.commit)}; `make coverage` renews it."
