"""What the cases of credit do inside a database's own process; each prints JSON. Run with a store's environment.

`channel`: a provider with partners, their customers, keys and lines. `capture`: the statements of real allocations, as
the driver gets them. `replay`: the same statements by the bare driver, from several threads. `fill`: credit for every
customer of a demo channel. `verify`: how fast the ledger is checked.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import re
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import Enum
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")
django.setup()

import psycopg
from django.db import connection, transaction
from django.db.backends.sqlite3 import base as sqlite_backend

from openpartner.core.access.keys import add_key
from openpartner.core.access.roles import Preset
from openpartner.core.access.users import add_user, caller_of
from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import bind
from openpartner.core.base.kinds import AccountKind, AssociationKind
from openpartner.core.credit.allocations import allocate_credit
from openpartner.core.credit.grants import grant_line
from openpartner.core.ledger.verify import counted, faults
from openpartner.kit import clock
from openpartner.kit.money import Money

SEED = 20261121
CUSTOMERS_EACH = 10
LINE = 10**9
DATABASE_URL = os.environ.get("OPENPARTNER_DATABASE_URL", "")
SQLITE_FILE = Path(os.environ["OPENPARTNER_DATA"]) / "openpartner.sqlite3"
Statement = tuple[str, str, Any]
"""`one`, `many` or `end`, the text, and its values; a transaction lasts from `begin` to `end`."""


def channel(partners: int) -> None:
    """A provider, resellers directly under it, customers of each, a key and a line for each reseller."""
    numbers = count()

    def make(kind: AccountKind, above: Account | None) -> Account:
        number = next(numbers)
        account = Account(
            uin=300_000_000_000 + number,
            account_id=f"{0xB00000 + number:032x}",
            kind=kind,
            account_name=f"account_{number}",
            legal_name=f"Account {number}",
            country_code="0049",
            mobile="",
            email=f"{number}@example.com",
            region="DE",
            registered_at=clock.now(),
        )
        account.fold_names()
        account.save(force_insert=True)
        if above is None:
            account.provider_id = account.pk
            account.save(update_fields=["provider"])
        else:
            bind(account, above, kind=AssociationKind.RESALE, since=clock.now(), by="benchmark")
        return account

    found = []
    with transaction.atomic():
        provider = make(AccountKind.PROVIDER, None)
        root = add_user(
            account=provider, name="root", email="root@example.com", password=None, presets=[Preset.ADMINISTRATOR]
        )
        for _ in range(partners):
            partner = make(AccountKind.RESELLER, provider)
            customers = [make(AccountKind.CUSTOMER, partner) for _ in range(CUSTOMERS_EACH)]
            user = add_user(
                account=partner, name="api", email=partner.email, password=None, presets=[Preset.ADMINISTRATOR]
            )
            pair = add_key(user)
            grant_line(caller_of(root, via="bench"), partner=partner, change=Money.of(LINE, "USD"), key=partner.email)
            for customer in customers:
                change = Money.of(1, "USD")
                allocate_credit(caller_of(user, via="bench"), customer=customer, change=change, key=str(customer.pk))
            found.append(
                {
                    "access_key": pair.access_key,
                    "secret_key": pair.secret_key,
                    "uins": [customer.uin for customer in customers],
                }
            )
    json.dump(found, sys.stdout)


# ------------------------------------------------------------------------------------------------ capture

_captured: list[Statement] = []


def capture(port: int, requests: Path, into: Path) -> None:
    """Answer signed requests in this process, one after the other, and keep the statements of each."""
    _listen()
    from openpartner.project.dispatch import application  # noqa: PLC0415  # it opens the database

    sequences = []
    raws: list[bytes] = pickle.loads(requests.read_bytes())  # noqa: S301  # written by the benchmark itself
    for number, raw in enumerate(raws):
        _captured.clear()
        answer = b"".join(application(_environ(raw, port), lambda *_: None))
        assert b'"TotalCredit"' in answer, answer
        if number >= len(raws) // 2:  # what is compiled and cached on first use is not part of it
            sequences.append([(what, text, _plain(values)) for what, text, values in _captured])
    into.write_bytes(pickle.dumps(sequences))
    json.dump({"statements": len(sequences[-1]), "sequences": len(sequences)}, sys.stdout)


def _plain(value: Any) -> Any:
    """Values without the product's own types: its enumerations are numbers and texts to a driver."""
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    return value


def _environ(raw: bytes, port: int) -> dict[str, Any]:
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    method, target, _ = lines[0].split(" ")
    headers = dict(line.split(": ", 1) for line in lines[1:])
    environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    return environ | {
        "REQUEST_METHOD": method,
        "PATH_INFO": target,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
    }


def _listen() -> None:
    """Keep what goes to the driver, whichever way it takes."""
    if DATABASE_URL:
        _listen_to_psycopg()
    else:
        _listen_to_sqlite()


def _listen_to_psycopg() -> None:
    execute, many, commit = psycopg.Cursor.execute, psycopg.Cursor.executemany, psycopg.Connection.commit

    def heard(self: Any, query: Any, params: Any = None, **options: Any) -> Any:
        begins = not self.connection.autocommit and self.connection.info.transaction_status.name == "IDLE"
        if begins:
            _captured.append(("begin", "", None))
        _captured.append(("one", str(query), params))
        return execute(self, query, params, **options)

    def heard_many(self: Any, query: Any, params_seq: Any, **options: Any) -> Any:
        values = list(params_seq)
        _captured.append(("many", str(query), values))
        return many(self, query, values, **options)

    def heard_end(self: Any) -> None:
        _captured.append(("end", "", None))
        commit(self)

    psycopg.Cursor.execute = heard  # type: ignore[method-assign]  # it listens
    psycopg.Cursor.executemany = heard_many  # type: ignore[method-assign]  # likewise
    psycopg.Connection.commit = heard_end  # type: ignore[method-assign]  # likewise


class _Heard(sqlite3.Connection):
    """Keeps what is executed without a cursor."""

    def execute(self, sql: str, values: Any = (), /) -> sqlite3.Cursor:
        _captured.append(("one", sql, tuple(values)))
        return super().execute(sql, values)

    def commit(self) -> None:
        _captured.append(("end", "", None))
        super().commit()


def _listen_to_sqlite() -> None:
    module: Any = sqlite_backend
    connect, cursor = module.Database.connect, module.SQLiteCursorWrapper
    execute, many = cursor.execute, cursor.executemany

    def heard(self: Any, query: str, params: Any = None) -> Any:
        text = self.convert_query(query, param_names=None) if params is not None else query
        begins = query.startswith("BEGIN")
        _captured.append(("begin", "", None) if begins else ("one", text, tuple(params or ())))
        return execute(self, query, params)

    def heard_many(self: Any, query: str, param_list: Any) -> Any:
        values = list(param_list)
        _captured.append(("many", self.convert_query(query, param_names=None), values))
        return many(self, query, values)

    cursor.execute = heard
    cursor.executemany = heard_many
    module.Database.connect = lambda **options: connect(**options, factory=_Heard)


# ------------------------------------------------------------------------------------------------ replay

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DIGEST = re.compile(r"[0-9a-f]{64}|[A-Za-z0-9+/]{43}=")
_KEYED = re.compile(r"(credit_allocation:)\d+")
_numbers = count(time.time_ns())  # runs follow each other on one database


def replay(captured: Path, threads: int, seconds: float) -> None:
    """The statements of the captured requests over and over, whatever is unique made anew: how many requests a second.

    Statements are prepared as the driver does it by itself; the values have been worked out already, nothing is signed,
    decoded, decided or answered.
    """
    sequences: list[list[Statement]] = pickle.loads(captured.read_bytes())  # noqa: S301  # written by `capture`
    done = [0] * threads
    began = time.perf_counter()
    ends = began + seconds

    def run(number: int) -> None:
        opened = _connection()
        while time.perf_counter() < ends:
            _carry_out(opened, sequences[(done[number] * threads + number) % len(sequences)])
            done[number] += 1
        opened.close()

    running = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    json.dump({"rate": sum(done) / (time.perf_counter() - began)}, sys.stdout)


def _connection() -> Any:
    if DATABASE_URL:
        return psycopg.connect(DATABASE_URL, autocommit=True)
    made = sqlite3.connect(SQLITE_FILE, timeout=20, isolation_level=None)
    for pragma in ("synchronous=FULL", "mmap_size=1073741824", "cache_size=-16000", "temp_store=MEMORY"):
        made.execute(f"PRAGMA {pragma}")
    return made


def _carry_out(opened: Any, statements: Sequence[Statement]) -> None:
    fresh: dict[str, str] = {}
    # Before the transaction begins: nobody waits for a lock while values are made.
    ready = [
        (what, text, [_anew(row, fresh) for row in values] if what == "many" else _anew(values or (), fresh))
        for what, text, values in statements
    ]
    cursor = opened.cursor()
    for what, text, values in ready:
        if what == "begin":
            cursor.execute("BEGIN" if DATABASE_URL else "BEGIN IMMEDIATE")
        elif what == "end":
            if DATABASE_URL or opened.in_transaction:
                cursor.execute("COMMIT")
        elif what == "many":
            cursor.executemany(text, values)
        else:
            cursor.execute(text, values)
            if cursor.description:
                cursor.fetchall()
    cursor.close()


def _anew(values: Sequence[Any], fresh: dict[str, str]) -> list[Any]:
    """The values, with another request id, signature and key: the same one wherever it stood in the request."""
    return [_text_anew(value, fresh) if isinstance(value, str) else value for value in values]


def _text_anew(text: str, fresh: dict[str, str]) -> str:
    if _DIGEST.fullmatch(text):
        return fresh.setdefault(text, f"{next(_numbers):064x}")
    if "-" in text:
        text = _UUID.sub(lambda found: fresh.setdefault(found[0], str(uuid4())), text)
    if ":" in text:
        text = _KEYED.sub(lambda found: fresh.setdefault(found[0], f"{found[1]}{next(_numbers)}"), text)
    return text


# ------------------------------------------------------------------------------------------------ many customers


def fill() -> None:
    """Credit for every customer of the demo's channel: a line for each partner, an allocation and a charge for each."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_account")
        if not cursor.fetchone()[0]:
            for statement in _filling():
                cursor.execute(statement)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE ledger_account")
            cursor.execute("ANALYZE ledger_transfer")
    json.dump({"postings": counted().postings}, sys.stdout)


def _filling() -> Iterator[str]:
    """Statements that both databases understand; amounts follow from primary keys."""
    text = f"'{datetime(2026, 11, 1, tzinfo=UTC):%Y-%m-%d %H:%M:%S}'"
    moment = f"CAST({text[:-1]}+00' AS timestamptz)" if DATABASE_URL else text
    columns = "use, holder_id, giver_id, subject, currency, debits, credits, reserved, arriving, floor, moved_at"
    tenants = "provider_id, payer_id, partner_id, customer_id"
    given, spent = "(1000000 + c.id % 97 * 1000003)", "(1 + c.id % 89 * 900001)"
    customers = "account c JOIN account p ON p.id = c.partner_id WHERE c.kind = 5"
    zero = f"0, 'USD', 0, 0, 0, 0, CAST(NULL AS BIGINT), {moment}"
    opened = f"INSERT INTO ledger_account ({columns}, {tenants})"
    null = "CAST(NULL AS BIGINT)"
    yield f"{opened} SELECT 1, id, id, {zero}, id, {null}, {null}, {null} FROM account WHERE kind = 1"
    line = zero.replace("CAST(NULL AS BIGINT), ", "0, ")
    yield (
        f"{opened} SELECT 2, id, partner_id, {line}, provider_id, coalesce(payer_id, id), id, {null} FROM account"
        " WHERE kind IN (2, 3, 4) AND partner_id IS NOT NULL"
    )
    for use in (3, 4):
        yield (
            f"{opened} SELECT {use}, c.id, p.id, {zero}, c.provider_id, c.payer_id, p.id, c.id FROM {customers}"
            " ORDER BY c.id"
        )
    moved = (
        "INSERT INTO ledger_transfer (key, kind, phase, at, debit_id, credit_id, micros, debit_after, credit_after,"
        " cause)"
    )
    # Every line, whoever it is from, comes out of what the provider has issued: this is about amounts, not pools.
    each = 10**15
    yield (
        f"{moved} SELECT 'bench:line:' || l.id, 1, 1, {moment}, i.id, l.id, {each},"
        f" -{each} * row_number() OVER (ORDER BY l.id), {each}, '' FROM ledger_account l"
        " JOIN ledger_account i ON i.use = 1 WHERE l.use = 2 ORDER BY l.id"
    )
    yield (
        f"{moved} SELECT 'bench:give:' || c.id, 3, 1, {moment}, l.id, a.id, {given},"
        f" {each} - sum({given}) OVER (PARTITION BY l.id ORDER BY a.id), {given}, '' FROM ledger_account a"
        " JOIN account c ON c.id = a.holder_id JOIN ledger_account l ON l.holder_id = a.giver_id AND l.use = 2"
        " WHERE a.use = 3 ORDER BY a.id"
    )
    yield (
        f"{moved} SELECT 'bench:use:' || c.id, 5, 1, {moment}, a.id, u.id, {spent}, {given} - {spent}, {spent}, ''"
        " FROM ledger_account a JOIN account c ON c.id = a.holder_id"
        " JOIN ledger_account u ON u.holder_id = a.holder_id AND u.use = 4 WHERE a.use = 3 ORDER BY a.id"
    )
    # What came in first: a line never holds less than nothing.
    for side, counter in (("credit", "credits"), ("debit", "debits")):
        yield (
            f"UPDATE ledger_account SET {counter} = s.total FROM (SELECT {side}_id AS id, sum(micros) AS total"
            f" FROM ledger_transfer GROUP BY {side}_id) AS s WHERE s.id = ledger_account.id"
        )


def verify() -> None:
    """Check the ledger as `openpartner ledger verify` does; CPU seconds of this process, and elapsed ones."""
    postings = counted().postings
    cpu, elapsed = time.process_time(), time.perf_counter()
    found = list(faults())
    told = {"cpu_seconds": time.process_time() - cpu, "elapsed_seconds": time.perf_counter() - elapsed}
    assert found == [], found[:3]
    json.dump({"postings": postings, **told}, sys.stdout)


def sample(account_id: str) -> None:
    """Uins, addresses and parts of names of a partner's customers, to ask for."""
    random = Random(SEED)
    rows = Account.objects.everything(reason="benchmark").filter(
        partner__account_id=account_id, kind=AccountKind.CUSTOMER
    )
    found = list(rows.order_by("uin").values_list("uin", "email", "legal_name")[:20_000])
    random.shuffle(found)
    json.dump({"customers": rows.count(), "some": found[:200]}, sys.stdout)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["channel", partners]:
            channel(int(partners))
        case ["capture", port, requests, into]:
            capture(int(port), Path(requests), Path(into))
        case ["replay", captured, threads, seconds]:
            replay(Path(captured), int(threads), float(seconds))
        case ["fill"]:
            fill()
        case ["verify"]:
            verify()
        case ["sample", account_id]:
            sample(account_id)
