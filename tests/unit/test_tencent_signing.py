"""Tencent's signatures. Vectors: tencent:C.8, taken from the official SDK's own requests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest

from openpartner.apikit.call import Call, Refused
from openpartner.kit import clock
from openpartner.tencent import signing

HOST = "127.0.0.1:44801"
TIMESTAMP = 1795215826  # 2026-11-20 UTC
SECRET = "SECRET"
SCOPE = "AKIDTEST/2026-11-20/intlpartnersmgt/tc3_request"


def tc3(method: str, *, signature: str, body: bytes = b"", query: str = "", **changed: str | None) -> Call:
    """A request as WSGI hands it over; `changed` overwrites or removes single entries."""
    content_type = "application/json" if method == "POST" else "application/x-www-form-urlencoded"
    environ: dict[str, object] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": "/",
        "QUERY_STRING": query,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": HOST,
        "HTTP_X_TC_ACTION": "DescribeCustomerInfo",
        "HTTP_X_TC_VERSION": "2022-09-28",
        "HTTP_X_TC_TIMESTAMP": str(TIMESTAMP),
        "HTTP_AUTHORIZATION": (
            f"TC3-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=content-type;host, Signature={signature}"
        ),
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": BytesIO(body),
    }
    environ |= {name: value for name, value in changed.items() if value is not None}
    for name in [name for name, value in changed.items() if value is None]:
        del environ[name]
    call = Call(environ)
    assert call.read_body(1_000_000)
    return call


def fits(call: Call, *, unsigned_allowed: bool = False) -> bool:
    try:
        signing.check(call, signing.read_claim(call), SECRET, unsigned_allowed=unsigned_allowed)
    except signing.BadSignature:
        return False
    return True


EMPTY = "dccd5884a45daad7f6a093bd011e0110ae3a3698e94794382d4b4fcf9989a652"
QUERY = "CustomerUin.0=200000000000&CustomerUin.1=200000000001"
OF_QUERY = "24c29ef72468dbc430b281b3668ff06a998adfbe66a117f1687d1e55c5f50d2c"

V1 = {
    "Action": "AllocateCustomerCredit",
    "AddedCredit": "10.5",
    "ClientUin": "1",
    "Language": "en-US",
    "Nonce": "3267389726367435484",
    "Remark": "a_b é 中 &=",
    "RequestClient": "SDK_PYTHON_3.1.193",
    "SecretId": "AKIDTEST",
    "SignatureMethod": "HmacSHA1",
    "Timestamp": str(TIMESTAMP),
    "Version": "2022-09-28",
}


def v1(signature: str, host: str = HOST, **changed: str) -> Call:
    call = Call({"REQUEST_METHOD": "POST", "PATH_INFO": "/", "HTTP_HOST": host, "REMOTE_ADDR": "127.0.0.1"})
    call.parameters = {**V1, **changed, "Signature": signature}
    return call


@pytest.mark.parametrize(
    "call",
    [
        lambda: tc3("POST", body=b"{}", signature=EMPTY),
        lambda: tc3(
            "POST",
            body=b'{"CustomerUin": [200000000000, 200000000001]}',
            signature="61af697bc0af051c7be2b9b74da2537d87a6f5e0184fe62a63dbfd201d37f2ab",
        ),
        lambda: tc3("GET", query=QUERY, signature=OF_QUERY),
        lambda: v1("Zs5w1qOd1S0d/tQePzCTAGCTxto="),
        lambda: v1("9bfcH/ezccnLndbQkloytO0olDeyIb3LhGMiMAdqxBw=", SignatureMethod="HmacSHA256"),
    ],
    ids=["tc3-post", "tc3-post-list", "tc3-get", "v1-sha1", "v1-sha256"],
)
def test_the_vectors_fit(call: Callable[[], Call]) -> None:
    assert fits(call())


@pytest.mark.parametrize(
    "call",
    [
        lambda: tc3("POST", body=b"{ }", signature=EMPTY),
        lambda: tc3("POST", body=b"{}", query="a=1", signature=EMPTY),
        lambda: tc3("POST", body=b"{}", signature=EMPTY, HTTP_HOST="127.0.0.1:44802"),
        lambda: tc3("POST", body=b"{}", signature=EMPTY, CONTENT_TYPE="application/json; charset=utf-8"),
        lambda: tc3("POST", body=b"{}", signature=EMPTY, HTTP_X_TC_TIMESTAMP=str(TIMESTAMP + 1)),
        lambda: tc3("POST", body=b"{}", signature=EMPTY, HTTP_X_TC_CONTENT_SHA256="0" * 64),
        lambda: tc3("POST", body=b"{}", signature="0" * 64),
        lambda: tc3("GET", query=QUERY.replace("0001", "0002"), signature=OF_QUERY),
        lambda: tc3("GET", query=QUERY, body=b"x", signature=OF_QUERY),
        lambda: v1("Zs5w1qOd1S0d/tQePzCTAGCTxto=", ClientUin="2"),
        lambda: v1("Zs5w1qOd1S0d/tQePzCTAGCTxto=", Region="x"),
        lambda: v1("Zs5w1qOd1S0d/tQePzCTAGCTxto", host=HOST),
        lambda: v1("Zs5w1qOd1S0d/tQePzCTAGCTxto=", host="elsewhere:44801"),
        lambda: v1("Zs5w1qOd1S0d/tQePzCTAGCTxto=", SignatureMethod="HmacSHA256"),
        lambda: v1("é"),
    ],
)
def test_any_change_breaks_the_signature(call: Callable[[], Call]) -> None:
    assert not fits(call())


def signed_tc3(host: str, *, content_type: str = "application/json", names: str = "content-type;host") -> str:
    """A signature made here by the four steps of tencent:C.3, for hosts the vectors do not have."""
    import hashlib
    import hmac

    headers = "".join(
        {"content-type": f"content-type:{content_type}\n", "host": f"host:{host}\n", "x-tc-action": "x-tc-action:x\n"}[
            name
        ]
        for name in names.split(";")
    )
    canonical = f"POST\n/\n\n{headers}\n{names}\n{hashlib.sha256(b'{}').hexdigest()}"
    text = (
        f"TC3-HMAC-SHA256\n{TIMESTAMP}\n2026-11-20/intlpartnersmgt/tc3_request\n"
        + hashlib.sha256(canonical.encode()).hexdigest()
    )
    key = b"TC3" + SECRET.encode()
    for part in ("2026-11-20", "intlpartnersmgt", "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def test_this_files_own_signer_agrees_with_the_vectors() -> None:
    assert signed_tc3(HOST) == EMPTY


@pytest.mark.parametrize(
    ("received", "signed"),
    [
        (HOST, HOST),
        (HOST, "127.0.0.1"),  # the Node SDK drops the port
        (f"http://{HOST}", f"http://{HOST}"),  # tccli-intl-en keeps the scheme
        ("Partners.Example.com", "partners.example.com"),  # values in lower case, as documented
        ("Partners.Example.com", "Partners.Example.com"),  # and as received
    ],
)
def test_hosts_are_taken_as_clients_sign_them(received: str, signed: str) -> None:
    assert fits(tc3("POST", body=b"{}", signature=signed_tc3(signed), HTTP_HOST=received))


def test_a_forwarded_host_counts_only_through_a_trusted_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    import msgspec
    from django.conf import settings

    signature = signed_tc3("partners.example.com")
    forwarded = {"HTTP_HOST": "backend:1", "HTTP_X_FORWARDED_HOST": "partners.example.com"}
    assert not fits(tc3("POST", body=b"{}", signature=signature, **forwarded))
    trusting = msgspec.structs.replace(settings.OPENPARTNER, trusted_proxies="127.0.0.0/8")
    monkeypatch.setattr(settings, "OPENPARTNER", trusting)
    assert fits(tc3("POST", body=b"{}", signature=signature, **forwarded))


@pytest.mark.parametrize("service", ["intlpartnersmgt", "127", "partners-example"])
def test_the_service_of_the_scope_is_taken_as_signed(service: str) -> None:
    """stack: the Node SDK names the first label of the endpoint. Another service makes another key."""
    header = f"TC3-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=content-type;host, Signature={EMPTY}"
    call = tc3("POST", body=b"{}", signature=EMPTY, HTTP_AUTHORIZATION=header.replace("intlpartnersmgt", service))
    assert signing.read_claim(call).service == service
    assert fits(call) is (service == "intlpartnersmgt")


def test_more_headers_may_be_signed() -> None:
    signature = signed_tc3(HOST, names="content-type;host;x-tc-action")
    header = f"TC3-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=content-type;host;x-tc-action, Signature={signature}"
    assert fits(tc3("POST", body=b"{}", signature="", HTTP_AUTHORIZATION=header, HTTP_X_TC_ACTION="x"))
    assert not fits(tc3("POST", body=b"{}", signature="", HTTP_AUTHORIZATION=header, HTTP_X_TC_ACTION="y"))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"HTTP_X_TC_ACTION": None}, "MissingParameter"),
        ({"HTTP_X_TC_VERSION": None}, "MissingParameter"),
        ({"HTTP_X_TC_TIMESTAMP": None}, "MissingParameter"),
        ({"HTTP_X_TC_TIMESTAMP": "now"}, "InvalidParameter"),
        ({"HTTP_X_TC_TIMESTAMP": "9" * 11}, "InvalidParameter"),
        ({"HTTP_X_TC_TIMESTAMP": "١٧٩٥٢١٥٨٢٦".encode().decode("latin-1")}, "InvalidParameter"),
        ({"HTTP_AUTHORIZATION": "SKIP"}, "AuthFailure.InvalidAuthorization"),
        ({"HTTP_AUTHORIZATION": ""}, "AuthFailure.InvalidAuthorization"),
        ({"HTTP_AUTHORIZATION": f"TC3-HMAC-SHA256 Credential={SCOPE}"}, "AuthFailure.InvalidAuthorization"),
    ],
)
def test_a_claim_must_be_whole(changed: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        signing.read_claim(tc3("POST", body=b"{}", signature=EMPTY, **changed))
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("content-type;host", "host"),
        ("content-type;host", "content-type"),
        ("content-type;host", "content-type;host;host"),
        ("2026-11-20", "2026-11-21"),  # not the timestamp's UTC date
        ("/tc3_request", "/tc2_request"),
        (EMPTY, EMPTY.upper()),
        ("AKIDTEST", ""),
    ],
)
def test_a_malformed_authorization_is_refused(old: str, new: str) -> None:
    header = f"TC3-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=content-type;host, Signature={EMPTY}"
    with pytest.raises(Refused) as refusal:
        signing.read_claim(tc3("POST", body=b"{}", signature="", HTTP_AUTHORIZATION=header.replace(old, new)))
    assert refusal.value.code == "AuthFailure.InvalidAuthorization"


@pytest.mark.parametrize("name", ["Action", "Version", "Timestamp", "Nonce", "SecretId", "Signature"])
def test_v1_names_what_is_missing(name: str) -> None:
    call = v1("x")
    del call.parameters[name]
    with pytest.raises(Refused) as refusal:
        signing.read_claim(call)
    assert refusal.value.code == "MissingParameter"
    assert refusal.value.message == f"The request is missing a required parameter `{name}`."


def signed_v1(extra: str) -> Call:
    """A v1 request signed here as tencent:C.4 says, with one more parameter."""
    import base64
    import hashlib
    import hmac

    from openpartner.tencent import operations  # registers them
    from openpartner.tencent.registry import REGISTRY

    assert operations.__all__
    call = v1("", Extra=extra)
    call.operation = REGISTRY.operations["ModifyClientRemark"]
    joined = "&".join(f"{name}={call.parameters[name]}" for name in sorted(call.parameters) if name != "Signature")
    digest = hmac.new(SECRET.encode(), f"POST{HOST}/?{joined}".encode(), hashlib.sha1).digest()
    call.parameters["Signature"] = base64.b64encode(digest).decode()
    return call


@pytest.mark.parametrize("value", ["a&Region=b", "a&Remark.0=b", "&SecretId="])
def test_v1_refuses_a_value_that_could_hide_a_parameter(value: str) -> None:
    """vendor doc silent: `Language=en&Nonce=1` signs alike as one value and as two parameters."""
    assert not fits(signed_v1(value))
    assert fits(signed_v1(value.replace("&", "+")))


@pytest.mark.parametrize(("off", "code"), [(300, None), (301, "AuthFailure.SignatureExpire")])
@pytest.mark.parametrize("sign", [-1, 1])
def test_three_hundred_seconds_are_allowed(off: int, code: str | None, sign: int) -> None:
    claim = signing.Claim("AKIDTEST", str(TIMESTAMP), "x")
    with clock.frozen(datetime.fromtimestamp(TIMESTAMP + sign * off, UTC)):
        if code is None:
            signing.check_time(claim)
            return
        with pytest.raises(Refused) as refusal:
            signing.check_time(claim)
        assert refusal.value.code == code


def test_an_unsigned_payload_needs_leave() -> None:
    """The literal text takes the payload's place, so the body is not covered."""
    import hashlib
    import hmac

    payload = hashlib.sha256(b"UNSIGNED-PAYLOAD").hexdigest()
    canonical = f"POST\n/\n\ncontent-type:application/json\nhost:{HOST}\n\ncontent-type;host\n{payload}"
    text = f"TC3-HMAC-SHA256\n{TIMESTAMP}\n{SCOPE.partition('/')[2]}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = b"TC3" + SECRET.encode()
    for part in SCOPE.split("/")[1:]:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    call = tc3("POST", body=b"anything", signature=signature, HTTP_X_TC_CONTENT_SHA256="UNSIGNED-PAYLOAD")
    assert fits(call, unsigned_allowed=True)
    assert not fits(call, unsigned_allowed=False)


def test_a_form_is_read_as_it_is_encoded() -> None:
    from openpartner.tencent.gateway import flat_values

    assert flat_values(urlencode(V1)) == V1
