"""Tencent's protocol below the SDK, against a live server. Expectations: tencent:C.1 to tencent:C.7."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from openpartner.apikit.inventory import load
from tests.support.people import Person
from tests.support.server import Server
from tests.wire.tencent import FORM, JSON, send, tc3, tc3_get, tc3_headers, v1, v1_parameters

UINS = "DescribeCustomerUin"
PAGE = {"Page": 1, "PageSize": 10}


@pytest.fixture
def dora(server: Server) -> Person:
    """The live server's distributor: these tests need no database of their own."""
    return server.world.dora


def test_an_answer_is_a_response_with_a_request_id(server: Server, dora: Person) -> None:
    answer = tc3(server, dora, UINS, PAGE)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"  # a charset would silence the SDK (tencent:C.6)
    assert "x-openpartner-coverage" not in answer.headers
    assert answer.body.startswith(b'{"Response":{"Data":[')
    assert answer.response.keys() == {"Data", "Total", "RequestId"}


def test_an_error_has_the_same_envelope(server: Server, dora: Person) -> None:
    answer = tc3(server, dora, "Nothing")
    assert answer.response.keys() == {"Error", "RequestId"}
    assert answer.response["Error"].keys() == {"Code", "Message"}


def test_checks_come_in_the_documented_order(server: Server, dora: Person) -> None:
    """tencent:C.6. One request with every fault; they are mended one by one, and each time the next one is told."""
    wrong_key = replace(dora, access_key="A" * 20)
    wrong_secret = replace(dora, secret_key="x" * 40)
    carl = server.world.carl
    faulty: dict[str, Any] = {"Page": "x", "Other": 1}
    version: dict[str, str | None] = {"X-TC-Version": "2020-01-01"}
    missing: dict[str, str | None] = {"X-TC-Version": None}
    assert [
        tc3(server, wrong_key, "Nothing", faulty, age=900, changed={**missing, "Content-Type": "text/plain"}).code,
        tc3(server, wrong_key, "Nothing", faulty, age=900, changed=missing).code,
        tc3(server, wrong_key, "Nothing", faulty, age=900, changed=version).code,
        tc3(server, wrong_secret, "Nothing", faulty, age=900, changed=version).code,
        tc3(server, carl, "Nothing", faulty, age=900, changed=version).code,
        tc3(server, carl, "Nothing", faulty, changed=version).code,
        tc3(server, carl, UINS, faulty, changed=version).code,
        tc3(server, carl, UINS, faulty).code,
        tc3(server, carl, UINS, {"Page": 1, "PageSize": 1, "Other": 1}).code,
        tc3(server, carl, UINS, {"Page": 1}).code,
        tc3(server, carl, UINS, PAGE).code,
        tc3(server, dora, UINS, PAGE).code,
    ] == [
        "UnsupportedProtocol",
        "MissingParameter",
        "AuthFailure.SecretIdNotFound",
        "AuthFailure.SignatureFailure",
        "AuthFailure.SignatureExpire",
        "InvalidAction",
        "NoSuchVersion",
        "InvalidParameter",
        "UnknownParameter",
        "MissingParameter",
        "UnauthorizedOperation.UinNoAuth",
        "",
    ]


def test_an_unsigned_request_is_refused(server: Server, dora: Person) -> None:
    """`Authorization: SKIP` is an option of the SDK for services that allow it (tencent:C.2)."""
    assert tc3(server, dora, UINS, PAGE, changed={"Authorization": "SKIP"}).code == "AuthFailure.InvalidAuthorization"
    answer = tc3(server, dora, UINS, PAGE, changed={"Authorization": None})
    assert (answer.code, answer.message) == (
        "MissingParameter",
        "The request is missing a required parameter `Authorization`.",
    )


def test_a_token_is_refused(server: Server, dora: Person) -> None:
    assert tc3(server, dora, UINS, PAGE, changed={"X-TC-Token": "anything"}).code == "AuthFailure.TokenFailure"
    assert v1(server, dora, UINS, {"Page": "1", "PageSize": "1", "Token": "x"}).code == "AuthFailure.TokenFailure"


def test_the_message_of_a_bad_signature_is_the_vendors(server: Server, dora: Person) -> None:
    answer = tc3(server, replace(dora, secret_key="x" * 40), UINS, PAGE)
    assert answer.message == (
        "The provided credentials could not be validated. Please check your signature is correct."
    )


def test_v1_is_checked_like_tc3(server: Server, dora: Person) -> None:
    page = {"Page": "1", "PageSize": "10"}
    for method in ("POST", "GET"):
        assert v1(server, dora, UINS, page, method=method).code == ""
        assert v1(server, dora, UINS, {**page, "SignatureMethod": "HmacSHA1"}, method=method).code == ""
        assert v1(server, dora, "Nothing", page, method=method).code == "InvalidAction"
        assert v1(server, dora, UINS, {**page, "Version": "1"}, method=method).code == "NoSuchVersion"
        assert v1(server, dora, UINS, {**page, "X": "1"}, method=method).code == "UnknownParameter"
        assert v1(server, replace(dora, secret_key="x"), UINS, page, method=method).code == (
            "AuthFailure.SignatureFailure"
        )


def test_an_old_v1_request_has_expired(server: Server, dora: Person) -> None:
    given = urlencode(v1_parameters(server, dora, UINS, {"Page": "1", "PageSize": "1"}, age=301))
    answer = send(server, "POST", "/", {"Host": server.address, "Content-Type": FORM}, given.encode())
    assert answer.code == "AuthFailure.SignatureExpire"


def test_a_query_beside_a_form_is_signed_too(server: Server, dora: Person) -> None:
    given = urlencode(v1_parameters(server, dora, UINS, {"Page": "1", "PageSize": "1"}))
    headers = {"Host": server.address, "Content-Type": FORM}
    assert send(server, "POST", "/?Region=x", headers, given.encode()).code == "AuthFailure.SignatureFailure"
    assert send(server, "POST", "/?Page=2", headers, given.encode()).code == "InvalidParameter"  # twice


def test_a_json_post_has_no_query(server: Server, dora: Person) -> None:
    """tencent:C.3: the canonical query of POST is empty, so what stands there is not signed."""
    headers = tc3_headers(dora, UINS, host=server.address, body=b"{}")
    assert send(server, "POST", "/?Page=1", headers, b"{}").code == "AuthFailure.SignatureFailure"


@pytest.mark.parametrize("query", ["Page=1&PageSize=10&Action=DescribeCustomerUin", "Page=1&PageSize=10&Region=x"])
def test_with_tc3_common_parameters_are_headers(server: Server, dora: Person, query: str) -> None:
    assert tc3_get(server, dora, UINS, query).code == "UnknownParameter"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("CustomerUin.0={cora}&CustomerUin.1={chen}", ""),
        ("CustomerUin.1={cora}&CustomerUin.0={chen}", ""),
        ("CustomerUin.1={cora}", "InvalidParameter"),  # from 0 (tencent:C.5)
        ("CustomerUin={cora}", "InvalidParameter"),
        ("", "MissingParameter"),  # an empty list vanishes
        ("CustomerUin", "InvalidParameter"),  # bare
        ("CustomerUin.0=", "InvalidParameter"),  # empty
        ("CustomerUin.0=null", "InvalidParameter"),
        ("CustomerUin.0={cora}&CustomerUin.0={cora}", "InvalidParameter"),
        ("CustomerUin.0=%FF", "InvalidParameter"),
        ("CustomerUin.0={cora}&Other=1", "UnknownParameter"),
        ("CustomerUin.0={cora}&&", ""),
    ],
)
def test_dotted_keys(server: Server, dora: Person, query: str, code: str) -> None:
    query = query.format(cora=server.world.cora.uin, chen=server.world.chen.uin)
    assert tc3_get(server, dora, "DescribeCustomerInfo", query).code == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "MissingParameter"),
        (b"null", "MissingParameter"),
        (b"[]", "InvalidParameter"),
        (b"{", "InvalidParameter"),
        (b'"text"', "InvalidParameter"),
        (b"\xff", "InvalidParameter"),
        (b'{"Page":1,"PageSize":10,"Page":2}', ""),  # vendor doc silent: the last of two equal names counts
        (b'{"Page":1,"PageSize":10}garbage', "InvalidParameter"),
        (b"[" * 100_000, "InvalidParameter"),
        (b'{"Page":' + b"9" * 5_000 + b',"PageSize":10}', "InvalidParameter"),
        (b'{"Page":1e400,"PageSize":10}', "InvalidParameter"),
        (b'{"Page":null,"PageSize":10}', "InvalidParameter"),  # vendor doc silent: null is no integer
        (b'{"Page":"1","PageSize":"10"}', ""),  # tencent:F.9
        (b'{"page":1,"PageSize":10}', "UnknownParameter"),
    ],
)
def test_json_bodies(server: Server, dora: Person, body: bytes, code: str) -> None:
    assert tc3(server, dora, UINS, body).code == code


@pytest.mark.parametrize(
    ("sent", "signed"), [("application/json; charset=utf-8",) * 2, ("Application/JSON", "application/json")]
)
def test_a_content_type_may_have_a_charset_and_capitals(server: Server, dora: Person, sent: str, signed: str) -> None:
    """The Java and .NET SDKs send a charset. Values are signed in lower case, as documented, or as received."""
    assert tc3(server, dora, UINS, PAGE, content_type=signed, changed={"Content-Type": sent}).code == ""


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data; boundary=x", FORM, "text/plain", "application/octet-stream"]
)
def test_tc3_posts_take_json_alone(server: Server, dora: Person, content_type: str) -> None:
    assert tc3(server, dora, UINS, PAGE, content_type=content_type).code == "UnsupportedProtocol"


def test_methods_other_than_get_and_post(server: Server, dora: Person) -> None:
    headers = tc3_headers(dora, UINS, host=server.address, body=b"{}")
    for method in ("PUT", "DELETE", "PATCH"):
        assert send(server, method, "/", headers, b"{}").code == "UnsupportedProtocol"


def test_a_get_carries_no_body(server: Server, dora: Person) -> None:
    headers = tc3_headers(dora, UINS, host=server.address, method="GET", query="Page=1&PageSize=1", content_type=FORM)
    assert send(server, "GET", "/?Page=1&PageSize=1", headers, b"x").code == "InvalidRequest"


def test_a_get_without_an_action_is_a_page(server: Server) -> None:
    """The console lives under the same address."""
    answer = send(server, "GET", "/", {"Host": server.address})
    assert answer.headers.get("content-type") != JSON


def test_a_get_with_an_action_in_its_query_is_the_vendors(server: Server) -> None:
    assert send(server, "GET", "/?Action=DescribeCustomerUin", {"Host": server.address}).code == "MissingParameter"


@pytest.mark.parametrize(
    ("size", "code"), [(32 * 1024, "UnknownParameter"), (32 * 1024 + 1, "RequestSizeLimitExceeded")]
)
def test_a_get_is_at_most_32_kilobytes(server: Server, dora: Person, size: int, code: str) -> None:
    query = "Page=1&PageSize=1&X="
    assert tc3_get(server, dora, UINS, query + "x" * (size - len(query))).code == code


@pytest.mark.parametrize(
    ("size", "code"), [(1024 * 1024, "UnknownParameter"), (1024 * 1024 + 1, "RequestSizeLimitExceeded")]
)
def test_a_v1_post_is_at_most_one_megabyte(server: Server, dora: Person, size: int, code: str) -> None:
    given = v1_parameters(server, dora, UINS, {"Page": "1", "PageSize": "1", "X": "x" * (size - 1024)})
    body = urlencode(given)
    body += "&" * (size - len(body))  # empty pairs carry nothing and are not signed
    assert len(body) == size
    answer = send(server, "POST", "/", {"Host": server.address, "Content-Type": FORM}, body.encode())
    assert answer.code == code


@pytest.mark.parametrize(
    ("size", "code"), [(10 * 1024 * 1024, "UnknownParameter"), (10 * 1024 * 1024 + 1, "RequestSizeLimitExceeded")]
)
def test_a_tc3_post_is_at_most_ten_megabytes(server: Server, dora: Person, size: int, code: str) -> None:
    body = b'{"Page":1,"PageSize":1,"X":"' + b"x" * (size - 30) + b'"}'
    assert len(body) == size
    assert tc3(server, dora, UINS, body).code == code


def example(kind: str) -> Any:
    """A value of a type of the inventory."""
    if kind.startswith("list<"):
        return [example(kind.removeprefix("list<").removesuffix(">"))]
    return {"string": "2025-11-01", "integer": 1, "float": 1.5, "boolean": True}.get(kind, {})


OPERATIONS = load("tencent_intlpartnersmgt").operations
SERVED = {
    "AllocateCreditPool",
    "AllocateCustomerCredit",
    "ApproveClientApply",
    "ApproveSubAgentApply",
    "CreateAccount",
    "CreateAndSendClientInvitationMail",
    "DescribeBillDetail",
    "DescribeBillDownloadUrl",
    "DescribeBillSummary",
    "DescribeBillSummaryByPayMode",
    "DescribeBillSummaryByProduct",
    "DescribeBillSummaryByRegion",
    "DescribeCustomerBillDetail",
    "DescribeCustomerBillDetailByDay",
    "DescribeCustomerBillDownloadUrl",
    "DescribeCustomerBillSummary",
    "DescribeCustomerInfo",
    "DescribeCustomerOwnCostExplorerFilter",
    "DescribeCustomerOwnCostExplorerSummary",
    "DescribeCustomerOwnVoucherList",
    "DescribeCustomerOwnVoucherUsageDetails",
    "DescribeCustomerUin",
    "DescribeCustomerVoucherList",
    "DescribeCustomerVoucherUsageDetails",
    "ForceQN",
    "GetCountryCodes",
    "GetTradeConfigList",
    "ModifyClientRemark",
    "QueryAccountVerificationStatus",
    "QueryCreditAllocationHistory",
    "QueryCreditByUinList",
    "QueryCustomerBillingQuota",
    "QueryCustomersCredit",
    "QueryDirectCustomersCredit",
    "QueryInvitationInfo",
    "QueryPartnerCredit",
    "QueryPendingClientsV2",
    "QueryPendingSubAgentsV2",
    "QueryPolicyProductListByCode",
    "QuerySubAgentsDetailV2",
    "QueryT1IndirectCustomersDetail",
    "QueryVoucherAmountByUin",
    "QueryVoucherListByUin",
    "QueryVoucherPool",
    "SendVerifyCode",
}
DECLARED = [operation for operation in OPERATIONS if operation.name not in SERVED]
CALLERS = {
    "distributor": "dora",
    "reseller": "sol",
    "second_level_reseller": "rita",
    "customer": "carl",
    "provider": "pia",
}


def test_every_action_of_the_sdk_is_known() -> None:
    assert len(OPERATIONS) == 46
    assert len(DECLARED) == 46 - len(SERVED)


@pytest.mark.parametrize("operation", DECLARED, ids=lambda operation: operation.name)
def test_a_declared_action_says_so_after_every_check(server: Server, operation: Any) -> None:
    right = server.world[CALLERS[operation.kinds[0]]]
    wrong = server.world[next(name for kind, name in CALLERS.items() if kind not in operation.kinds)]
    parameters = {field.name: example(field.type) for field in operation.request if field.required}
    answer = tc3(server, right, operation.name, parameters)
    assert answer.code == "UnsupportedOperation"
    assert answer.message.startswith(f"{operation.name} is known but not available in this release")
    assert answer.headers["x-openpartner-coverage"] == "declared"
    assert tc3(server, right, operation.name, {**parameters, "Other": 1}).code == "UnknownParameter"
    if parameters:
        assert tc3(server, right, operation.name, {}).code == "MissingParameter"
    assert tc3(server, wrong, operation.name, parameters).code == "UnauthorizedOperation.UinNoAuth"
    everything = {field.name: example(field.type) for field in operation.request}
    assert tc3(server, right, operation.name, everything).code == "UnsupportedOperation"
