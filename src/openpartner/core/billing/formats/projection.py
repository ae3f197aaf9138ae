"""Building the SQL that turns the texts of a file into bill lines and says what is wrong with them.

It has four levels, each a subquery of the next: the texts by the format's own column names, the values read from
them, the booked amounts, and the line. A cell that cannot be read is NULL in the line and told in `fault`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from openpartner.lake import schema
from openpartner.lake.store import quoted

FAULT_SEPARATOR = "\x1e"
PART_SEPARATOR = "\x1f"
QUOTED_MAX = 60
"""Characters of a wrong cell that are told."""
PLAIN_INSTANT = len("2026-11-01 00:00:00")
YEAR_MIN, YEAR_MAX = 2000, 2100
NOTHING = "NULL"
ZERO = f"CAST(0 AS {schema.DELIVERED})"
CONSTANT = re.compile(r"'[^']*'|[0-9]+|CAST\([0-9]+ AS [A-Z0-9(),]+\)|coalesce\(NULL, [0-9]+\)")
HALF = "0.000000005"
"""Half of the smallest booked amount: what is rounded to the even neighbour."""

PROBLEMS = {
    "number": "is not a number",
    "instant": "is not a date and time",
    "day": "is not a date",
    "large": "is beyond 9,999,999,999.99999999",
    "missing": "is needed",
    "year": f"is not between {YEAR_MIN} and {YEAR_MAX}",
    "order": "ends before it begins",
    "tags": "is not a JSON object",
    "sum": "does not add up",
    "month": "is not a month such as 2026-11",
    "outside": "lies outside of the month of the line",
}
"""What can be wrong with a cell, by its code in `fault`."""


def round_even(amount: str, rounded: str, *, cast: str = "CAST") -> str:
    """SQL: an amount rounded half-even to 8 decimals, given either of its nearest neighbours of so many decimals.

    With TRY_CAST it is NULL, and no error, where the even neighbour is too large.
    """
    is_odd = f"CAST(CAST({rounded} AS {schema.SUM}) * 100000000 AS HUGEINT) % 2 <> 0"
    other = f"{cast}({rounded} + sign({amount} - {rounded}) * 0.00000001 AS {schema.BOOKED})"
    # One within the other: a tie is rare, and only then does it matter which neighbour is even.
    tie = f"CASE WHEN {is_odd} THEN {other} ELSE {rounded} END"
    return f"CASE WHEN abs({amount} - {rounded}) = {HALF} THEN {tie} ELSE {rounded} END"


@dataclass(slots=True)
class Projection:
    """What one format reads from the columns that one file has."""

    given: Collection[str]
    _values: dict[str, str] = field(default_factory=dict)
    _amounts: dict[str, tuple[str, str]] = field(default_factory=dict)
    """A booked amount -> SQL of the amount, and of one of its nearest neighbours with 8 decimals."""
    _faults: list[tuple[str, str]] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether the file has the column."""
        return name in self.given

    def text(self, *names: str) -> str:
        """The text of a column; of the first of several that is not empty."""
        found = [f'"{name}"' for name in names if name in self.given]
        return NOTHING if not found else found[0] if len(found) == 1 else f"coalesce({', '.join(found)})"

    def number(self, name: str) -> str:
        """A column as an exact number with up to 15 decimals."""
        found = self._read(name, "n", f"TRY_CAST({self.text(name)} AS {schema.DELIVERED})", "number")
        if found != NOTHING:
            # Only to DuckDB may an underscore stand between digits.
            self._fault(f"{found} IS NOT NULL AND contains({self.text(name)}, '_')", name, "number")
        return found

    def amount(self, name: str) -> str:
        """The same, 0 where the cell is empty or the file has no such column."""
        return f"coalesce({self.number(name)}, 0)" if name in self.given else ZERO

    def instant(self, name: str, *, hours: int = 0) -> str:
        """A column as an instant in UTC; a text without an offset is that many hours ahead of it."""
        text = self.text(name)
        # A pattern is dear; most instants end with their seconds, or a Z after them.
        is_short = f"length({text}) <= {PLAIN_INSTANT}"
        is_plain = is_short if hours else f"({is_short} OR {text} LIKE '%Z')"
        has_offset = f"regexp_matches({text}, '(Z|[+-][0-9]{{2}}(:?[0-9]{{2}})?)$')"
        local = f"TRY_CAST({text} AS TIMESTAMP)"
        shifted = f"{local} - INTERVAL {hours} HOUR" if hours else local
        moved = f"CAST(TRY_CAST({text} AS TIMESTAMPTZ) AS TIMESTAMP)"
        value = f"CASE WHEN {is_plain} THEN {shifted} WHEN {has_offset} THEN {moved} ELSE {shifted} END"
        return self._read(name, "i", value, "instant")

    def day(self, name: str) -> str:
        """The day of a column as it is delivered, whatever its offset."""
        return self._read(name, "d", f"TRY_CAST(left({self.text(name)}, 10) AS DATE)", "day")

    def month(self, name: str) -> str:
        """A column such as 2026-11, 202611 or a date, as year * 12 + month - 1."""
        text = self.text(name)
        digits = f"replace(replace(left({text}, 7), '-', ''), '/', '')"
        day = f"TRY_CAST(left({digits}, 4) || '-' || substr({digits}, 5, 2) || '-01' AS DATE)"
        # Most are written like this, and taking them apart is dear.
        usual = f"CASE WHEN length({text}) = 7 AND strpos({text}, '-') = 5 THEN TRY_CAST({text} || '-01' AS DATE) END"
        first = f"coalesce({usual}, {day})"
        return self._read(name, "m", f"CAST(year({first}) * 12 + month({first}) - 1 AS INTEGER)", "month")

    def book(self, column: str, amount: str, source: str) -> str:
        """A booked amount of the line, rounded half-even; `source` is the column that is told when it is too large."""
        if amount == ZERO:
            return f"CAST(0 AS {schema.BOOKED})"
        name = f"b_{column}"
        if amount == self.amount(source):
            # From the text: to narrow a number of 38 digits is ten times as dear.
            text = self.text(source)
            rounded = f"CASE WHEN {text} IS NULL THEN 0 ELSE TRY_CAST({text} AS {schema.BOOKED}) END"
            is_number = f"{self.number(source)} IS NOT NULL"
        else:
            rounded, is_number = f"TRY_CAST({amount} AS {schema.BOOKED})", f"a_{column} IS NOT NULL"
        self._amounts[name] = amount, rounded
        if source in self.given:
            self._fault(f"{name} IS NULL AND {is_number}", source, "large")
        return name

    def need(self, *names: str) -> None:
        """The columns whose cells must not be empty."""
        for name in names:
            self._fault(f"{self.text(name)} IS NULL", name, "missing")

    def refuse(self, condition: str, name: str, problem: str) -> None:
        """A condition over values that were read, under which the cell of a column is wrong."""
        self._fault(condition, name, problem)

    def sql(self, source: str, line: Mapping[str, str], month: str) -> str:
        """SQL of the lines of a source that has the texts: each with `month` and, where something is wrong, `fault`.

        `source` is SQL with a column for each that is given. A line has the columns that the file says something of,
        and those alone: what is the same in every line is not carried around (`whole`, `apart`).
        """
        values = "".join(f", {sql} AS {name}" for name, sql in self._values.items())
        amounts = "".join(
            f", {amount} AS a_{name[2:]}, {rounded} AS r_{name[2:]}"
            for name, (amount, rounded) in self._amounts.items()
        )
        booked = "".join(
            f", {round_even(f'a_{name[2:]}', f'r_{name[2:]}', cast='TRY_CAST')} AS {name}" for name in self._amounts
        )
        told = ", ".join(f"CASE WHEN {condition} THEN {says} END" for condition, says in self._faults)
        any_of = " OR ".join(f"({condition})" for condition, _says in self._faults)
        return (
            f"SELECT {_columns(line)}, CAST({month} AS INTEGER) AS month,"  # noqa: S608  # SQL of ours
            f" CASE WHEN {any_of} THEN concat_ws(chr(30), {told}) END AS fault"
            f" FROM (SELECT *{booked} FROM (SELECT *{amounts} FROM (SELECT *{values} FROM ({source}))))"
        )

    def _read(self, name: str, prefix: str, value: str, problem: str) -> str:
        if name not in self.given:
            return NOTHING
        key = f"{prefix}_{name}"
        if key not in self._values:
            self._values[key] = value
            self._fault(f'"{name}" IS NOT NULL AND {key} IS NULL', name, problem)
        return key

    def _fault(self, condition: str, name: str, problem: str) -> None:
        assert problem in PROBLEMS, problem
        cell = f"left(coalesce({self.text(name)}, ''), {QUOTED_MAX})"
        start = quoted(f"{name}{PART_SEPARATOR}{problem}{PART_SEPARATOR}")
        one = (condition, f"{start} || {cell}")
        if one not in self._faults:
            self._faults.append(one)


def apart(line: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The columns of a line that say something of their own, and those that are a constant or repeat one of them.

    Both are SQL by column: the first of a file's texts, the second of the first.
    """
    own: dict[str, str] = {}
    rest: dict[str, str] = {}
    first: dict[tuple[str, str], str] = {}
    for name, sql in line.items():
        kind = schema.BY_NAME[name].type
        if sql == NOTHING:
            continue
        if CONSTANT.fullmatch(sql):
            rest[name] = f"CAST({sql} AS {kind})"
        elif (sql, kind) in first:
            rest[name] = first[sql, kind]
        else:
            own[name], first[sql, kind] = sql, name
    return own, rest


def _columns(line: Mapping[str, str]) -> str:
    return ", ".join(f"CAST({sql} AS {schema.BY_NAME[name].type}) AS {name}" for name, sql in apart(line)[0].items())


def whole(lines: str, columns: Collection[str]) -> str:
    """SQL of whole lines, given SQL of lines that have some columns; month and all."""
    given = {name: name for name in schema.NAMES if name in columns}
    for column in schema.COLUMNS:
        if column.name in given and column.type == schema.BOOKED:
            given[column.name] = f"coalesce({column.name}, {1 if column.name.endswith('_rate') else 0})"
    month = ", month" if "month" in columns else ""
    return f"SELECT {schema.select_list(given)}{month} FROM ({lines})"  # noqa: S608  # of ours


def chosen(text: str, words: Mapping[str, str], otherwise: str) -> str:
    """SQL: what a text stands for, by a table of words; `otherwise` is SQL for any other text."""
    if not words or text == NOTHING:
        return otherwise
    whens = " ".join(f"WHEN {quoted(word)} THEN {quoted(meaning)}" for word, meaning in words.items())
    return f"CASE {text} {whens} ELSE {otherwise} END"
