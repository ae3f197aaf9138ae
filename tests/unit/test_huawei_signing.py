"""SDK-HMAC-SHA256 against the vectors of huawei:C12 and against the SDK's own Signer."""

from __future__ import annotations

import hashlib
import io
from urllib.parse import quote, unquote_to_bytes

import pytest
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from hypothesis import given
from hypothesis import strategies as st

from openpartner.apikit.call import Call
from openpartner.huawei import signing

HOST = "bss.example.test"
HEADERS = {
    "HTTP_X_SDK_DATE": "20260101T000000Z",
    "HTTP_USER_AGENT": "probe/1",
    "HTTP_X_DOMAIN_ID": "dom1",
    "CONTENT_TYPE": "application/json",
}
SIGNED = "content-type;host;user-agent;x-domain-id;x-sdk-date"

Request = tuple[str, str, str, bytes, dict[str, str]]

BUDGET: Request = ("GET", "/v2/partners/sub-customers/budget", "customer_id=c%201&indirect_partner_id=", b"", {})
CUSTOMERS: Request = ("POST", "/v2/partners/sub-customers/query", "", b'{"limit": 1}', {})
CUSTOMERS_SIGNATURE = "c0d25947dbbce5b32b403725ea34b52689817d59c5b054d33cb42fbb0e8d8ee6"
ORDER = (
    "GET",
    "/v2/orders/customer-orders/details/CS%2F1",
    "limit=1",
    b"",
    {"HTTP_X_LANGUAGE": "en_US"},
)
VECTORS = [
    pytest.param(
        BUDGET,
        SIGNED,
        "dc9b173d306e88a1f3f10b7679f39701228d7f3f0df4c67b8d8f8ad631b862b5",
        "6fd6d55b47d2f074ee77b6d4b8b1b029ddf2ac6b99c86265b07f13f9012a25c0",
        id="get",
    ),
    pytest.param(
        CUSTOMERS,
        SIGNED,
        "96200dd0da5bc8dbc9e823639dcf2bf78bbafd0dad81c6d074d3f2cb45b030e4",
        CUSTOMERS_SIGNATURE,
        id="post",
    ),
    pytest.param(
        ORDER,
        "content-type;host;user-agent;x-domain-id;x-language;x-sdk-date",
        "a4f80e7cd40f0eaa974efc2d0ae4b03b41e30721edf759d93dcaacb3b1719649",
        "26295f7fb7606081931c05b629caaa2558ad1d413e045aee3a8d1499479bc181",
        id="encoded-path",
    ),
]


def call_of(request: Request, **changes: str) -> Call:
    method, path, query, body, headers = request
    call = Call(
        {
            "REQUEST_METHOD": method,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "HTTP_HOST": HOST,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            **HEADERS,
            **headers,
            **changes,
        }
    )
    assert call.read_body(1000)
    return call


def check(call: Call, signed: str, signature: str, *, unsigned_allowed: bool = False) -> None:
    header = f"SDK-HMAC-SHA256 Access=AKEXAMPLE, SignedHeaders={signed}, Signature={signature}"
    signing.check(call, signing.parse(header), "SKEXAMPLE", unsigned_allowed=unsigned_allowed)


@pytest.mark.parametrize(("request_", "signed", "hashed", "signature"), VECTORS)
def test_it_signs_as_the_vectors_say(request_: Request, signed: str, hashed: str, signature: str) -> None:
    call = call_of(request_)
    payload = hashlib.sha256(call.body).hexdigest()
    canonical = signing.canonical_request(call, tuple(signed.split(";")), HOST, payload)
    assert hashlib.sha256(canonical.encode()).hexdigest() == hashed
    check(call, signed, signature)


def test_the_canonical_request_reads_as_the_spec_prints_it() -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert signing.canonical_request(call_of(BUDGET), tuple(SIGNED.split(";")), HOST, empty).split("\n") == [
        "GET",
        "/v2/partners/sub-customers/budget/",
        "customer_id=c%201&indirect_partner_id=",
        "content-type:application/json",
        "host:bss.example.test",
        "user-agent:probe/1",
        "x-domain-id:dom1",
        "x-sdk-date:20260101T000000Z",
        "",
        SIGNED,
        empty,
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"REQUEST_METHOD": "PUT"},
        {"PATH_INFO": "/v2/partners/sub-customers/query2"},
        {"QUERY_STRING": "a=1"},
        {"HTTP_HOST": "bss.example.test:80"},
        {"HTTP_USER_AGENT": "probe/2"},
        {"HTTP_X_DOMAIN_ID": "dom2"},
        {"HTTP_X_SDK_DATE": "20260101T000001Z"},
        {"CONTENT_TYPE": "application/json; charset=utf-8"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_it_refuses_a_change_to_any_signed_part(changes: dict[str, str]) -> None:
    if "HTTP_HOST" in changes:
        # The port is tried without too; another host is not.
        changes = {"HTTP_HOST": "other.example.test"}
    with pytest.raises(signing.BadSignature):
        check(call_of(CUSTOMERS, **changes), SIGNED, CUSTOMERS_SIGNATURE)


def test_it_refuses_another_body() -> None:
    method, path, query, _, headers = CUSTOMERS
    with pytest.raises(signing.BadSignature):
        check(call_of((method, path, query, b'{"limit": 2}', headers)), SIGNED, CUSTOMERS_SIGNATURE)


def test_it_accepts_a_host_signed_without_its_port() -> None:
    check(call_of(CUSTOMERS, HTTP_HOST=f"{HOST}:8443"), SIGNED, CUSTOMERS_SIGNATURE)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic abc",
        "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date, Signature=" + "0" * 63,
        "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date, Signature=" + "G" * 64,
        "SDK-HMAC-SHA256 Access=AK, SignedHeaders=x-sdk-date, Signature=" + "0" * 64,  # the host is not signed
        "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature=" + "0" * 64,  # nor the date
        "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;host;x-sdk-date, Signature=" + "0" * 64,
        "SDK-HMAC-SM3 Access=AK, SignedHeaders=host;x-sdk-date, Signature=" + "0" * 64,
        "V11-HMAC-SHA256 Credential=AK/20260101/globe/bss, SignedHeaders=host;x-sdk-date, Signature=" + "0" * 64,
    ],
)
def test_it_refuses_other_authorizations(header: str) -> None:
    with pytest.raises(signing.BadSignature):
        signing.parse(header)


segments = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)


@given(st.lists(segments, min_size=1, max_size=5))
def test_paths_are_spelled_as_the_sdk_spells_them(parts: list[str]) -> None:
    encoded = "/" + "/".join(quote(part, safe="") for part in parts)
    request = SdkRequest("GET", "http", HOST, encoded, None, [], {}, "")
    theirs = Signer(GlobalCredentials("AK", "SK"))._process_canonical_uri(request)
    # WSGI hands the path over decoded, as latin-1 text of its bytes.
    call = Call({"REQUEST_METHOD": "GET", "PATH_INFO": unquote_to_bytes(encoded).decode("latin-1")})
    assert signing.canonical_path(call.path) == theirs


@given(st.lists(st.tuples(segments, st.text(st.characters(codec="utf-8"), max_size=12)), max_size=5))
def test_queries_are_spelled_as_the_sdk_spells_them(pairs: list[tuple[str, str]]) -> None:
    request = SdkRequest("GET", "http", HOST, "/v2/x", None, pairs, {}, "")
    Signer.process_request_uri(request)
    # What the SDK sends is what it signs; whoever sends it in another order or spelling signs the same.
    sent = request.uri.partition("?")[2]
    assert signing.canonical_query(sent) == sent
    assert signing.canonical_query("&".join(reversed(sent.split("&")))) == sent
