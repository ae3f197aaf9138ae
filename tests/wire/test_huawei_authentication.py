"""Signatures on the wire, made by the SDK's own Signer: what huawei:C3, huawei:C7 and huawei:C11 accept and refuse."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from openpartner.core.access.keys import add_key, set_key_active
from openpartner.core.access.models import AccessKey
from openpartner.core.access.roles import Preset
from openpartner.core.access.users import create_user, set_user_active
from openpartner.kit import clock
from tests.support.people import PASSWORD, Person
from tests.wire.conftest import Configure
from tests.wire.huawei import CUSTOMERS, Raw, ask, get, send, token_of

SIGN_DATE = "%Y%m%dT%H%M%SZ"
REFUSED = (401, "APIG.0301")


@pytest.fixture(autouse=True)
def _lifted(configure: Configure) -> None:
    configure(rate_limit_scale=0, failed_signatures_per_minute=0)


def second_user(person: Person) -> Person:
    """Another administrator of the same account, who can be disabled."""
    user = create_user(
        person.caller, name="second", email="second@example.com", password=PASSWORD, presets=[Preset.ADMINISTRATOR]
    )
    pair = add_key(user)
    return replace(person, name="second", user_pk=user.pk, access_key=pair.access_key, secret_key=pair.secret_key)


def test_it_accepts_what_the_signer_signs(dora: Person) -> None:
    reply = ask(dora, {"limit": 1})
    assert (reply.status, reply.json["count"]) == (200, 3)
    assert reply.headers["Content-Type"] == "application/json"
    assert len(reply.headers["X-Request-Id"]) == 36


@pytest.mark.parametrize("body", [b"", b"{}", b"null"])
def test_no_body_an_empty_object_and_null_all_mean_no_parameters(dora: Person, body: bytes) -> None:
    """huawei:C5: a body of None is sent as no body, one without fields as {}."""
    assert ask(dora, body).json["count"] == 3


@pytest.mark.parametrize(
    ("off", "accepted"), [(-900, True), (900, True), (-901, False), (901, False), (-86_400, False)]
)
def test_the_clock_may_be_a_quarter_of_an_hour_off(dora: Person, off: int, accepted: bool) -> None:  # noqa: FBT001  # a case
    now = clock.now()
    date = (now + timedelta(seconds=off)).strftime(SIGN_DATE)
    with clock.frozen(now):
        reply = ask(dora, {}, headers={"X-Sdk-Date": date})
    assert reply.status == (200 if accepted else 401)
    if not accepted:
        assert reply.code == REFUSED


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"HTTP_HOST": "elsewhere.example.test"}, id="host"),
        pytest.param({"PATH_INFO": "/v2/partners/indirect-partners/query"}, id="path"),
        pytest.param({"QUERY_STRING": "limit=1"}, id="query"),
        pytest.param({"HTTP_USER_AGENT": "a-proxy/1"}, id="user-agent"),
        pytest.param({"CONTENT_TYPE": "application/json;charset=utf8"}, id="content-type"),
        pytest.param({"CONTENT_LENGTH": "12", "wsgi.input": io.BytesIO(b'{"limit": 2}')}, id="body"),
        pytest.param({"HTTP_X_SDK_DATE": "yesterday"}, id="date"),
        pytest.param({"HTTP_X_SDK_CONTENT_SHA256": "0" * 64}, id="content-hash"),
        pytest.param({"HTTP_AUTHORIZATION": "Bearer token"}, id="authorization"),
    ],
)
def test_it_refuses_what_was_changed_on_the_way(dora: Person, changes: dict[str, Any]) -> None:
    reply = send(Raw(person=dora, body=b'{"limit": 1}').environ(**changes))
    assert reply.code == REFUSED
    assert reply.json["request_id"] == reply.headers["X-Request-Id"]


@pytest.mark.parametrize("missing", ["HTTP_X_SDK_DATE", "HTTP_USER_AGENT", "CONTENT_TYPE"])
def test_it_refuses_when_a_signed_header_is_missing(dora: Person, missing: str) -> None:
    environ = Raw(person=dora, body=b"{}").environ()
    del environ[missing]
    assert send(environ).code == REFUSED


def test_an_unknown_key_reads_like_a_wrong_secret(dora: Person) -> None:
    wrong = ask(replace(dora, secret_key="x" * 40), {})
    unknown = ask(replace(dora, access_key="A" * 20), {})
    assert wrong.code == REFUSED
    assert wrong.told == unknown.told


def test_a_disabled_key_and_a_disabled_user_read_like_a_wrong_secret(dora: Person) -> None:
    other = second_user(dora)
    assert ask(other, {}).status == 200
    set_key_active(dora.caller, access_key=other.access_key, active=False)
    disabled_key = ask(other, {})
    set_key_active(dora.caller, access_key=other.access_key, active=True)
    assert ask(other, {}).status == 200
    set_user_active(dora.caller, user_id=other.user_pk, active=False)
    wrong = ask(replace(dora, secret_key="x" * 40), {})
    assert wrong.code == REFUSED
    assert disabled_key.told == ask(other, {}).told == wrong.told


def test_use_is_noted_but_not_on_every_call(dora: Person) -> None:
    key = AccessKey.objects.everything(reason="test").filter(access_key=dora.access_key)
    now = clock.now()
    with clock.frozen(now):
        ask(dora, {})
    with clock.frozen(now + timedelta(minutes=9)):
        ask(dora, {})
    assert key.get().last_used_at == now
    with clock.frozen(now + timedelta(minutes=10)):
        ask(dora, {})
    assert key.get().last_used_at == now + timedelta(minutes=10)


def test_the_signature_decides_when_a_token_comes_along(dora: Person, sol: Person) -> None:
    """huawei:C4: verify the signature if Authorization exists, else the token."""
    token = token_of(sol)
    assert ask(dora, {}, headers={"X-Auth-Token": token}).json["count"] == 3
    assert ask(dora, {}, headers={"X-Auth-Token": "nonsense"}).json["count"] == 3
    broken = Raw(person=replace(dora, secret_key="x"), body=b"{}", headers={"X-Auth-Token": token})
    assert send(broken.environ()).code == REFUSED
    assert ask(None, {}, headers={"X-Auth-Token": token}).json["count"] == 1


def test_neither_signature_nor_token_is_refused(dora: Person) -> None:
    assert ask(None, {}).code == REFUSED


def test_unsigned_payload_is_refused_for_json_bodies(dora: Person, configure: Configure) -> None:
    unsigned = Raw(person=dora, body=b'{"limit": 1}', headers={"X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD"})
    assert send(unsigned.environ()).code == REFUSED
    configure(allow_unsigned_payload=True)
    assert send(unsigned.environ()).status == 200


def test_a_read_without_a_body_may_call_its_payload_unsigned(dora: Person) -> None:
    """The SDK adds the header for a content type that is not JSON, and signs the hash of nothing all the same."""
    assert get(dora, headers={"Content-Type": "text/plain"}).status == 200


def test_paths_and_queries_beyond_ascii_are_signed_as_they_are_sent(dora: Person) -> None:
    found = get(dora, {"corp_name": "晨光"}, path="/v1.0/%E4%BC%99%E4%BC%B4%20a/partner/customer-mgr/detail")
    assert [row["domain_name"] for row in found.json["customer_info_list"]] == ["chen_account"]
    assert get(dora, {"corp_name": "n Caf\u00e9s"}).json["count"] == 0
    assert get(dora, {"corp_name": "+&=%~"}).json["count"] == 0


def test_an_encoded_slash_in_a_path_is_part_of_the_value(dora: Person) -> None:
    """huawei:C3: /details/CS%2F1 is signed as /details/CS/1/, and is still the order CS/1."""
    reply = get(dora, path="/v2/orders/customer-orders/details/CS%2F1%202")
    assert reply.code == (404, "APIG.0101")
    assert reply.headers["X-Openpartner-Coverage"] == "declared"
    assert "ShowCustomerOrderDetails" in reply.json["error_msg"]


def test_the_rate_is_the_vendors_and_told_by_the_gateway(dora: Person, counters: None, configure: Configure) -> None:
    """huawei:C11: 10 a second per operation and account; 429 APIG.0308."""
    configure(rate_limit_scale=1)
    replies = [ask(dora, {}) for _ in range(11)]
    assert [reply.status for reply in replies] == [200] * 10 + [429]
    last = replies[-1]
    assert last.code == (429, "APIG.0308")
    assert last.headers["Retry-After"] == "1"
    assert last.json["request_id"] == last.headers["X-Request-Id"]
    assert get(dora).status == 200  # another operation has its own count


def test_strangers_cannot_spend_an_accounts_rate(dora: Person, counters: None, configure: Configure) -> None:
    configure(rate_limit_scale=1)
    for _ in range(20):
        assert ask(replace(dora, secret_key="x"), {}).status == 401
    assert ask(dora, {}).status == 200


def test_failed_signatures_are_limited_per_source(dora: Person, counters: None, configure: Configure) -> None:
    configure(failed_signatures_per_minute=3)
    for _ in range(3):
        assert ask(replace(dora, secret_key="x"), {}).status == 401
    refused = ask(dora, {})
    assert refused.code == (429, "APIG.0308")
    assert refused.headers["Retry-After"] == "60"
    assert send(Raw(person=dora, body=b"{}").environ(REMOTE_ADDR="192.0.2.7")).status == 200


def test_a_forwarded_address_is_believed_from_nobody(dora: Person, counters: None, configure: Configure) -> None:
    configure(failed_signatures_per_minute=1)
    for number in range(2):
        reply = ask(replace(dora, secret_key="x"), {}, headers={"X-Forwarded-For": f"192.0.2.{number}"})
    assert reply.status == 429


def test_a_body_beyond_12_megabytes_is_refused_unread(dora: Person) -> None:
    """huawei:C3. The length is believed before a byte is read, and the bytes are counted when it is not given."""
    limit = 12 * 1024 * 1024
    told = send(Raw(person=dora).environ(CONTENT_LENGTH=str(limit + 1)))
    assert told.status == 413
    environ = Raw(person=dora).environ(HTTP_TRANSFER_ENCODING="chunked")
    del environ["CONTENT_LENGTH"]
    environ["wsgi.input"] = io.BytesIO(b" " * (limit + 1))
    assert send(environ).status == 413
    assert environ["wsgi.input"].tell() <= limit + 1


def test_the_largest_body_is_read(dora: Person) -> None:
    assert ask(dora, b" " * (12 * 1024 * 1024 - 2) + b"{}").status == 200


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'"text"', b"1", b"\xff", b'{"limit": NaN}', b"[" * 100_000, b'{"label": "\\ud800"}', b"{} {}"],
)
def test_what_is_no_json_object_is_a_parameter_error(dora: Person, body: bytes) -> None:
    assert ask(dora, body).code == (400, "CBC.0100")


@pytest.mark.parametrize(
    "body",
    [
        {"limit": "1"},
        {"limit": 1.5},
        {"limit": True},
        {"limit": ""},
        {"offset": []},
        {"offset": 10**30},
        {"account_name": 5},
        {"account_name": ["x"]},
        {"account_name": {"a": 1}},
        {"account_name": "x" * 65},
        {"account_name": "nul\0"},
        {"label": "\0"},
        {"associated_on_begin": ""},
        {"associated_on_begin": "2024-13-01T00:00:00Z"},
        {"associated_on_begin": "２０２４-01-01T00:00:00Z"},
        {"association_type": 3},
        {"association_type": "300"},
    ],
    ids=str,
)
def test_a_value_of_the_wrong_kind_is_a_parameter_error(dora: Person, body: dict[str, object]) -> None:
    reply = ask(dora, body)
    assert reply.code == (400, "CBC.0100")
    assert next(iter(body)) in reply.json["error_msg"]


@pytest.mark.parametrize(
    "name",
    [
        "account_name",
        "customer",
        "label",
        "association_type",
        "customer_id",
        "associated_on_begin",
        "associated_on_end",
        "offset",
        "limit",
        "indirect_partner_id",
    ],
)
def test_null_is_no_condition_on_the_current_query(dora: Person, name: str) -> None:
    """huawei:C9, the table of mc_00021: null as absent throughout. The SDK's client cannot send one."""
    assert ask(dora, {name: None}).told == ask(dora, {}).told


def test_unknown_parameters_are_ignored(dora: Person) -> None:
    assert ask(dora, {"no_such_thing": {"a": [1]}}).json["count"] == 3


def test_the_last_of_two_equal_members_counts_and_a_repeated_query_parameter_is_refused(dora: Person) -> None:
    # vendor doc silent: both.
    assert len(ask(dora, b'{"limit": 1, "limit": 2}').json["customer_infos"]) == 2
    assert get(dora, [("label", "a"), ("label", "b")]).code == (400, "CBC.0100")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v2/no/such/thing"),
        ("GET", CUSTOMERS),
        ("PATCH", CUSTOMERS),
        ("POST", CUSTOMERS + "/"),
        ("POST", CUSTOMERS.upper()),
        ("GET", "/v1.0//partner/customer-mgr/detail"),
    ],
)
def test_an_unknown_route_is_the_gateways_404_told_to_strangers_too(dora: Person, method: str, path: str) -> None:
    for person in (dora, None):
        reply = send(Raw(person=person, method=method, path=path).environ())
        assert reply.code == (404, "APIG.0101")
        assert reply.json["request_id"] == reply.headers["X-Request-Id"]
        assert "X-Openpartner-Coverage" not in reply.headers


def test_a_path_with_the_braces_still_in_it_is_a_parameter_error(dora: Person) -> None:
    """huawei:C2: without a domain id the SDK leaves the literal braces."""
    assert get(dora, path="/v1.0/%7Bpartner_id%7D/partner/customer-mgr/detail").code == (400, "CBC.0100")


@pytest.mark.parametrize("language", ["en_US", "zh_CN", "EN_us", "nonsense", ""])
def test_a_language_changes_no_answer_of_these_operations(dora: Person, language: str) -> None:
    """huawei:C5: it affects names and descriptions alone, and none of these answers carries one."""
    assert ask(dora, {}, headers={"X-Language": language}).told == ask(dora, {}).told
