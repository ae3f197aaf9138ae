"""The floor: the least that could give the same bytes. `python -m bench.floor` serves it.

Same granian and threads, the product's own signature check, the caller by one row, SQL by hand, msgspec structs. No
routes, limits, presence rules, permissions, filters, request log, error envelopes or Django.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")

import msgspec
import psycopg
from granian.constants import Interfaces
from granian.server import Server

from bench.signed import LIST_SUB_CUSTOMERS
from openpartner.apikit.call import Call
from openpartner.core.access.sealing import opened
from openpartner.huawei import signing as huawei_signing
from openpartner.tencent import signing as tencent_signing

DATABASE_URL = os.environ.get("OPENPARTNER_DATABASE_URL", "")
IS_SQLITE = not DATABASE_URL
StartResponse = Callable[[str, list[tuple[str, str]]], Any]

if IS_SQLITE:
    UTC = "substr(a.associated_at, 1, 10) || 'T' || substr(a.associated_at, 12, 8) || 'Z'"
    BEIJING = "datetime({}, '+8 hours')"
else:
    UTC = "to_char(a.associated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
    BEIJING = "to_char({} AT TIME ZONE 'UTC' + interval '8 hours', 'YYYY-MM-DD HH24:MI:SS')"

KEY = (
    'SELECT k.secret, u.account_id FROM access_key k JOIN "user" u ON u.id = k.user_id'
    " WHERE k.access_key = ? AND k.is_active AND u.is_active"
)
PAGE = (
    f"SELECT a.legal_name, a.account_name, a.account_id, {UTC}, a.association_kind, a.labels, a.mobile,"
    " a.verification, a.country_code, a.customer_type, a.suspension, u.name, a.external_id, a.external_platform,"
    " a.customer_level, a.email, (SELECT sum(customers) FROM association_count WHERE partner_id = ?)"
    ' FROM account a LEFT JOIN "user" u ON u.id = a.manager_id WHERE a.partner_id = ? AND a.kind = 5'
    " ORDER BY a.associated_at DESC, a.id DESC LIMIT ? OFFSET ?"
)
RESELLER = "SELECT id, legal_name FROM account WHERE uin = ? AND payer_id = ? AND kind = 4"
BRIEF = (
    f"SELECT a.uin, a.legal_name, {BEIJING.format('a.associated_at')},"
    " (SELECT sum(customers) FROM association_count WHERE partner_id = ?) FROM account a"
    " WHERE a.partner_id = ? AND a.kind = 5 ORDER BY a.associated_at DESC, a.id DESC LIMIT ? OFFSET ?"
)


class Manager(msgspec.Struct, gc=False):
    account_name: str


class Customer(msgspec.Struct, gc=False):
    customer: str
    account_name: str
    customer_id: str
    associated_on: str
    association_type: str
    label: str
    telephone: str
    verified_status: str
    country_code: str
    customer_type: int
    is_frozen: int
    account_managers: list[Manager]
    xaccount_id: str
    xaccount_type: str
    customer_level: str
    email: str


class Customers(msgspec.Struct, gc=False):
    customer_infos: list[Customer]
    count: int


class Client(msgspec.Struct, gc=False, rename="pascal"):
    client_uin: int
    client_name: str
    client_bind_time: str


class Clients(msgspec.Struct, gc=False, rename="pascal"):
    total: int
    sub_agent_uin: int
    sub_agent_name: str
    data: list[Client]
    request_id: str


class Response(msgspec.Struct, gc=False, rename="pascal"):
    response: Clients


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder().decode
_threads = threading.local()


def rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    connection = getattr(_threads, "connection", None)
    if IS_SQLITE:
        if connection is None:
            path = Path(os.environ["OPENPARTNER_DATA"]) / "openpartner.sqlite3"
            connection = _threads.connection = sqlite3.connect(path, isolation_level=None)
            connection.execute("PRAGMA mmap_size=1073741824")
            connection.execute("PRAGMA cache_size=-16000")
        found: list[tuple[Any, ...]] = connection.execute(sql, values).fetchall()
        return found
    if connection is None:
        connection = _threads.connection = psycopg.connect(DATABASE_URL, autocommit=True)
    fetched: list[tuple[Any, ...]] = connection.execute(sql.replace("?", "%s"), values).fetchall()
    return fetched


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    call = Call(environ)
    call.read_body(12_000_000)
    answer = huawei(call) if call.path == LIST_SUB_CUSTOMERS else tencent(call)
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))]
    if call.path == LIST_SUB_CUSTOMERS:
        headers.insert(1, ("X-Request-Id", call.request_id))
    start_response("200 OK", headers)
    return (answer,)


def huawei(call: Call) -> bytes:
    authorization = huawei_signing.parse(call.header("Authorization") or "")
    huawei_signing.check_time(call)
    secret, account = rows(KEY, authorization.access_key)[0]
    huawei_signing.check(call, authorization, opened(secret), unsigned_allowed=False)
    asked = decode(call.body)
    found = rows(PAGE, account, account, asked.get("limit", 10), asked.get("offset", 0))
    return encode(
        Customers(
            [
                Customer(
                    row[0],
                    row[1],
                    row[2],
                    row[3],
                    str(row[4]),
                    row[5],
                    row[6],
                    str(row[7]),
                    row[8],
                    row[9],
                    1 if row[10] else 0,
                    [Manager(row[11])] if row[11] else [],
                    row[12],
                    row[13],
                    row[14],
                    row[15],
                )
                for row in found
            ],
            found[0][16],
        )
    )


def tencent(call: Call) -> bytes:
    claim = tencent_signing.read_claim(call)
    secret, account = rows(KEY, claim.secret_id)[0]
    tencent_signing.check(call, claim, opened(secret), unsigned_allowed=False)
    tencent_signing.check_time(claim)
    asked = decode(call.body)
    uin, size = asked["SubAgentUin"], asked["PageSize"]
    reseller, name = rows(RESELLER, uin, account)[0]
    found = rows(BRIEF, reseller, reseller, size, (asked["Page"] - 1) * size)
    clients = [Client(row[0], row[1], row[2]) for row in found]
    return encode(Response(Clients(found[0][3], uin, name, clients, call.request_id)))


def main() -> None:
    """Serve as `openpartner serve` does."""
    Server(
        "bench.floor:application",
        address="127.0.0.1",
        port=int(os.environ["OPENPARTNER_PORT"]),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=4,
        log_enabled=False,
        websockets=False,
    ).serve()


if __name__ == "__main__":
    main()
