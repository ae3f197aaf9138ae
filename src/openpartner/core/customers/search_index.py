"""The index behind search: what it holds on each database, how it is built, kept, checked and asked.

SQLite: one FTS5 table of trigrams over what `INDEXED` selects. Its content is a view that exists only while the
index is built or checked, so that Django can remake the account table; triggers keep the index in between. Each row
also carries its provider, payer and partner as terms of three private characters: thus one look into the index
counts the matches of a scope without touching a single row of the table.

PostgreSQL: trigrams of search_key and labels, and an array of bigrams, all GIN; it keeps them itself.

The index narrows. What decides is the filter's own condition on the stored column, except where the two are the
same question (`Narrowing.exact`).
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db import ProgrammingError, connection, transaction

from openpartner.core.base.bulk import Aside
from openpartner.core.base.compiled import SQLITE, execute
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.scope import Scope
from openpartner.core.base.triggers import Trigger
from openpartner.kit.folding import bigrams

TABLE = "customer_search"
VOCABULARY = "customer_search_terms"
CONTENT = "customer_search_content"
LEVELS = ("provider", "payer", "partner")
TERM_MAX = 64
"""Characters of a term the index is asked for; a longer one is narrowed by its beginning and then compared."""
GRAMS = 3
"""Of a term's trigrams the rarest are asked for: lists of common ones grow with the table and narrow nothing."""
CANDIDATES = 20
"""So few may be looked up in vain."""
SAMPLE = 4_000
SAMPLED_FOR_SECONDS = 600
"""Which trigrams are rare is learned from so many names, now and then. It decides the speed, never the answer."""
BEGINNINGS_MAX = 400
"""Trigrams that may begin with a term of one or two characters before reading rows is cheaper than joining them."""
TRIGRAM, PAIR = 3, 2
NO_TRIGRAMS = (
    "PostgreSQL's extension pg_trgm is missing: searches read every customer. Let its owner run"
    " CREATE EXTENSION pg_trgm in this database, then run `openpartner migrate --rebuild-search`"
)
NO_CHINESE = (
    "under this PostgreSQL database's LC_CTYPE, Chinese and Japanese text has no trigrams: names in these scripts are"
    " narrowed by pairs of characters alone, which is slower for common ones. A database created with LC_CTYPE"
    " 'C.UTF-8', or another UTF-8 locale, does not have this loss"
)

_IS_LISTED = f"{{0}}.kind = {AccountKind.CUSTOMER.value} AND {{0}}.associated_at IS NOT NULL"
_COLUMNS = ("search_key", "labels", "tenants")
# A tenant's term: the level's character, then its key in two digits of 15 bits, all from the private use areas.
_LEVEL_FROM, _DIGIT_FROM, _DIGIT_BITS = 0xE000, 0xF0000, 15
_WORD = re.compile(r"[^\W_]{3,}")


def _values(row: str) -> str:
    tenants = " || ".join(
        f"char({_LEVEL_FROM + number}, {_DIGIT_FROM} + ({row}.{level}_id >> {_DIGIT_BITS}),"
        f" {_DIGIT_FROM} + ({row}.{level}_id & {2**_DIGIT_BITS - 1}))"
        for number, level in enumerate(LEVELS)
    )
    # With the padding, whatever one or two characters stand somewhere begin a trigram.
    return f"{row}.search_key || char(10, 10), {row}.labels || char(10, 10), {tenants}"


def _forget(row: str) -> str:
    return (
        f"INSERT INTO {TABLE} ({TABLE}, rowid, {', '.join(_COLUMNS)})"
        f" SELECT 'delete', {row}.id, {_values(row)} WHERE {_IS_LISTED.format(row)};"
    )


def _learn(row: str) -> str:
    return (
        f"INSERT INTO {TABLE} (rowid, {', '.join(_COLUMNS)})"
        f" SELECT {row}.id, {_values(row)} WHERE {_IS_LISTED.format(row)};"
    )


_FOLLOWED = ("kind", "associated_at", "search_key", "labels", *(f"{level}_id" for level in LEVELS))
_CHANGED = " OR ".join(
    f"(OLD.{name} IS NULL) IS NOT (NEW.{name} IS NULL)" if name == "associated_at" else f"OLD.{name} IS NOT NEW.{name}"
    for name in _FOLLOWED
)
_GIN = f"CREATE INDEX IF NOT EXISTS {{}} ON account USING gin ({{}}) WHERE kind = {AccountKind.CUSTOMER.value}"
# Names of ours alone stand in these statements.
_VIEW = (
    f"CREATE VIEW {CONTENT} (id, {', '.join(_COLUMNS)}) AS SELECT account.id, {_values('account')}"  # noqa: S608  # see above
    f" FROM account WHERE {_IS_LISTED.format('account')}"
)
_FILL = f"INSERT INTO {TABLE} ({TABLE}) VALUES ('rebuild')"  # noqa: S608  # see above
_CHECK = f"INSERT INTO {TABLE} ({TABLE}, rank) VALUES ('integrity-check', 1)"  # noqa: S608  # see above


def create() -> None:
    """Make the index and fill it. Called by migrations; what was there before is made anew."""
    if connection.vendor == SQLITE:
        drop()
        _run(
            f"CREATE VIRTUAL TABLE {TABLE} USING fts5({', '.join(_COLUMNS)}, content='{CONTENT}', content_rowid='id',"
            # Case is folded already and decides for labels; with positions, a phrase is exactly an infix.
            " tokenize='trigram case_sensitive 1', detail='full', columnsize=0)"
        )
        _run(f"CREATE VIRTUAL TABLE {VOCABULARY} USING fts5vocab({TABLE}, 'row')")
        _with_content(_FILL)
        return
    _run(_GIN.format("account_bigrams", "string_to_array(search_bigrams, ' ')"))
    try:
        with transaction.atomic():
            _run("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except ProgrammingError:
        return  # the database's owner may not; `losses` says what that costs
    _run(_GIN.format("account_trigrams", "search_key gin_trgm_ops"))
    _run(_GIN.format("account_label_trigrams", "labels gin_trgm_ops"))


def drop() -> None:
    """Remove the index."""
    if connection.vendor == SQLITE:
        _run(f"DROP TABLE IF EXISTS {VOCABULARY}")
        _run(f"DROP TABLE IF EXISTS {TABLE}")
        return
    for name in ("account_bigrams", "account_trigrams", "account_label_trigrams"):
        _run(f"DROP INDEX IF EXISTS {name}")


def rebuild() -> None:
    """Make the index anew if there is one; PostgreSQL keeps its own. Nothing is assumed of what stands there."""
    if connection.vendor == SQLITE and TABLE in connection.introspection.table_names():
        create()


def verify() -> list[str]:
    """A sentence when the index does not say what the table says."""
    if connection.vendor != SQLITE:
        return []
    try:
        _with_content(_CHECK)
    except Exception as error:  # noqa: BLE001  # SQLite reports a corrupt index in several classes
        return [f"differs from the accounts ({error}); `openpartner migrate --rebuild-search` makes it anew"]
    return []


def losses() -> list[str]:
    """What this database cannot search by index, each a sentence for the operator; empty when all is well."""
    if connection.vendor == SQLITE:
        return []
    if not _has_trigrams():
        return [NO_TRIGRAMS]
    if not _trigrams_know_chinese():
        return [NO_CHINESE]
    return []


def _with_content(sql: str) -> None:
    with transaction.atomic():
        _run(f"DROP VIEW IF EXISTS {CONTENT}")
        _run(_VIEW)
        _run(sql)
        _run(f"DROP VIEW {CONTENT}")


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


TRIGGERS = [
    Trigger(
        "customer_search_insert",
        "account",
        f"CREATE TRIGGER customer_search_insert AFTER INSERT ON account BEGIN {_learn('NEW')} END",
        "",
        rebuild,
    ),
    Trigger(
        "customer_search_delete",
        "account",
        f"CREATE TRIGGER customer_search_delete AFTER DELETE ON account BEGIN {_forget('OLD')} END",
        "",
        rebuild,
    ),
    Trigger(
        "customer_search_update",
        "account",
        f"CREATE TRIGGER customer_search_update AFTER UPDATE OF {', '.join(_FOLLOWED)} ON account WHEN {_CHANGED}"
        f" BEGIN {_forget('OLD')} {_learn('NEW')} END",
        "",
        rebuild,
    ),
]


def put_aside() -> None:
    """Stop keeping the index, for a large load. On PostgreSQL the load itself drops and remakes all indexes."""
    if connection.vendor == SQLITE:
        for trigger in TRIGGERS:
            _run(f"DROP TRIGGER IF EXISTS {trigger.name}")


def bring_back() -> None:
    """Build the index from the loaded table and keep it again."""
    if connection.vendor == SQLITE:
        for trigger in TRIGGERS:
            _run(trigger.sqlite_sql)
        rebuild()


ASIDE = Aside("search index", before=put_aside, after=bring_back, verify=verify)


@dataclass(frozen=True, slots=True)
class Term:
    """A text that a stored column contains. `exact` when containing it is all the filter asks."""

    column: str
    """`search_key` or `labels`."""
    text: str
    exact: bool


@dataclass(frozen=True, slots=True)
class Narrowing:
    """How an index is asked for some terms: names in NARROWINGS, and their values."""

    narrowed: tuple[str, ...]
    values: tuple[str, ...]
    loose: str = ""
    """SQLite: a cheaper expression that gives a few rows too many."""
    exact: bool = False
    """Whether this asks the same as the filter's own conditions, if the filter has one condition alone. On SQLite the
    scope is part of the question, so the index alone counts."""


def narrowing(scope: Scope, terms: Sequence[Term]) -> Narrowing | None:
    """How the index answers these terms within a scope; None when it cannot, and rows must be read."""
    return _on_sqlite(scope, terms) if connection.vendor == SQLITE else _on_postgres(terms)


def _on_sqlite(scope: Scope, terms: Sequence[Term]) -> Narrowing | None:
    phrases, loose, exact = [], [], set(scope.shape) <= set(LEVELS)
    for term in terms:
        text = term.text[:TERM_MAX]
        if len(text) >= TRIGRAM:
            phrases.append(f"{term.column} : {_quoted(text)}")
            loose.append(f"{term.column} : ({' AND '.join(_quoted(gram) for gram in _rarest(text))})")
            exact = exact and term.exact and text == term.text
        elif text and (beginnings := _beginnings(text)) is not None:
            phrases.append(f"{term.column} : ({' OR '.join(_quoted(gram) for gram in beginnings)})")
            loose.append(phrases[-1])
            exact = exact and term.exact
        else:
            exact = False
    if not phrases:
        return None
    tenants = [
        f"tenants : {_quoted(_tenant(level, key))}"
        for level, key in zip(scope.shape, scope.values, strict=True)
        if level in LEVELS
    ]
    # Nearly every row is the provider's, so its term costs more than it saves, except where the index decides alone.
    narrow = [] if "provider" in scope.shape else tenants
    return Narrowing(("match",), (" AND ".join(phrases + tenants),), " AND ".join(loose + narrow), exact)


def _on_postgres(terms: Sequence[Term]) -> Narrowing | None:
    narrowed, values, exact = [], [], True
    for term in terms:
        pairs = bigrams(term.text) if term.column == "search_key" else ""
        if _has_trigrams() and _WORD.search(term.text) and (term.text.isascii() or _trigrams_know_chinese()):
            narrowed.append("like" if term.column == "search_key" else "like_label")
            values.append("%" + re.sub(r"([\\%_])", r"\\\1", term.text) + "%")
            exact = exact and term.exact
        elif pairs:
            narrowed.append("pairs")
            values.append(pairs)
            exact = exact and term.exact and len(term.text) == PAIR
        else:
            exact = False
    return Narrowing(tuple(narrowed), tuple(values), exact=exact) if narrowed else None


def _rarest(text: str) -> list[str]:
    """The trigrams of a term that fewest names have, as many as should leave few candidates."""
    sample = _sample(int(time.monotonic()) // SAMPLED_FOR_SECONDS)
    grams = dict.fromkeys(text[start : start + TRIGRAM] for start in range(len(text) - TRIGRAM + 1))
    chosen: list[str] = []
    expected = float(sample.of)
    for gram in sorted(grams, key=sample.share)[:GRAMS]:
        chosen.append(gram)
        expected *= sample.share(gram)
        if expected < CANDIDATES:
            break
    return chosen


@dataclass(frozen=True, slots=True)
class _Sample:
    """How many names of a sample have each trigram; those that one name has are taken for unseen, to save memory."""

    of: int
    """Rows of the whole table, about."""
    names: int
    counts: dict[str, int]

    def share(self, gram: str) -> float:
        """The share of names that have a trigram, about."""
        return self.counts.get(gram, 1) / self.names


@lru_cache(maxsize=1)
def _sample(_period: int) -> _Sample:
    highest = int(execute("SELECT coalesce(max(id), 0) FROM account", ())[0][0])
    keys = json.dumps(list(range(1, highest + 1, max(1, highest // SAMPLE))))
    names = execute("SELECT search_key FROM account WHERE id IN (SELECT value FROM json_each(?))", (keys,))
    counts: Counter[str] = Counter()
    for (name,) in names:
        counts.update({name[start : start + TRIGRAM] for start in range(len(name) - TRIGRAM + 1)})
    return _Sample(highest, max(1, len(names)), {gram: count for gram, count in counts.items() if count > 1})


def _beginnings(text: str) -> list[str] | None:
    """The trigrams that begin with one or two characters; None when they are too many to be joined."""
    behind = text[:-1] + chr(ord(text[-1]) + 1)
    rows = execute(
        f"SELECT term FROM {VOCABULARY} WHERE term >= ? AND term < ? LIMIT ?",  # noqa: S608  # a table of ours
        (text, behind, BEGINNINGS_MAX + 1),
    )
    # A trigram that nobody has stands for none.
    return [row[0] for row in rows] or [text.ljust(TRIGRAM, "\n")] if len(rows) <= BEGINNINGS_MAX else None


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _tenant(level: str, key: int) -> str:
    high, low = divmod(key, 2**_DIGIT_BITS)
    return chr(_LEVEL_FROM + LEVELS.index(level)) + chr(_DIGIT_FROM + high) + chr(_DIGIT_FROM + low)


@lru_cache(maxsize=1)
def _has_trigrams() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_class WHERE relname = 'account_trigrams' AND pg_table_is_visible(oid)")
        return cursor.fetchone() is not None


@lru_cache(maxsize=1)
def _trigrams_know_chinese() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(show_trgm('上海晨光科技')) > 0")
        row = cursor.fetchone()
    return bool(row and row[0])
