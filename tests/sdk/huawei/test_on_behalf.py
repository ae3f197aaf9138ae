"""A partner acts as its customer through the official SDK: huawei:C2, huawei:C4, huawei:B10.

By temporary keys, which the SDK sends with `X-Security-Token`, and by a token, which its invoker sends as a header.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import pytest
from huaweicloudsdkbssintl.v2 import (
    ListSubCustomersRequest,
    QuerySubCustomerListReq,
    ShowCustomerAccountBalancesRequest,
    ShowCustomerMonthlySumRequest,
)
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.sdk_response import SdkResponse

from tests.sdk import evidence
from tests.sdk.clients import HuaweiClient
from tests.support.inside import run_inside
from tests.support.people import Person, World
from tests.support.server import Server

Huawei = Callable[..., HuaweiClient]
TOKENS, KEYS = "/v3/auth/tokens", "/v3.0/OS-CREDENTIAL/securitytokens"


def let(world: World, partner: str, customer: str) -> int:
    """A customer lets its partner, who buys from the provider itself, order and operate for it."""
    from tests.on_behalf.support import authorize

    return authorize(world[partner], world[customer]).pk


def end(world: World, customer: str, authorization: int) -> None:
    """The customer revokes."""
    from openpartner.core.on_behalf.commands import revoke_authorization

    revoke_authorization(world[customer].caller, authorization=authorization, reason="enough")


def trail(world: World, customer: str) -> list[list[str]]:
    """What the customer reads of what was done in its name."""
    from openpartner.core.audit.queries import EventFilter, events

    rows = events(world[customer].caller.scope, EventFilter(is_on_behalf=True)).order_by("pk")
    return [[row.action, row.actor_name, row.on_behalf_name or ""] for row in rows]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of this file's own: what is written stays."""
    with Server(Path(tmp_path_factory.mktemp("on-behalf"))) as running:
        yield running


@pytest.fixture
def granted(server: Server) -> Iterator[int]:
    """sol acts for cato, until the test has ended or cato has revoked."""
    row = run_inside(server, let, partner="sol", customer="cato")
    yield row
    if run_inside(server, is_granted, authorization=row):
        run_inside(server, end, customer="cato", authorization=row)


def is_granted(world: World, authorization: int) -> bool:
    """Whether it is in force."""
    from openpartner.core.on_behalf.models import Authorization

    return Authorization.objects.everything(reason="test").get(pk=authorization).state == "granted"


_seconds = count(1_000)
"""How long temporary keys shall live. No two requests are alike: the same signature within a second is a repetition."""


def assume(customer: Person) -> dict[str, Any]:
    role = {"domain_name": customer.account_name, "agency_name": "partner", "duration_seconds": next(_seconds)}
    return {"identity": {"methods": ["assume_role"], "assume_role": role}}


class TokenAnswer(SdkResponse):  # type: ignore[misc]  # the SDK carries no types
    """What the SDK reads a token's answer into: its models take a header for a field that is called like it."""

    openapi_types: ClassVar[dict[str, str]] = {"subject_token": "str"}
    attribute_map: ClassVar[dict[str, str]] = {"subject_token": "X-Subject-Token"}

    def __init__(self, subject_token: str | None = None) -> None:
        super().__init__()
        self.subject_token = subject_token


def token_of(client: HuaweiClient, customer: Person) -> str:
    """A customer's token, from the header in which IAM answers it."""
    answer = client.sdk.do_http_request(
        method="POST",
        resource_path=TOKENS,
        query_params=[],
        header_params={"Content-Type": "application/json"},
        body={"auth": {**assume(customer), "scope": {"domain": {"name": customer.account_name}}}},
        response_type=TokenAnswer,
        response_headers=["X-Subject-Token"],
    )
    assert json.loads(answer.raw_content)["token"]["domain"]["id"] == customer.account_id
    evidence.called("huawei", "KeystoneCreateAgencyToken")
    return str(answer.subject_token)


def key_of(huawei: Huawei, partner: Person, credential: dict[str, str]) -> HuaweiClient:
    """A client of the SDK with a temporary key."""
    signer = replace(partner, access_key=credential["access"], secret_key=credential["secret"])
    return huawei(signer, security_token=credential["securitytoken"])


def balances(client: HuaweiClient) -> Any:
    return client.show_customer_account_balances(ShowCustomerAccountBalancesRequest())


def test_a_temporary_key_acts_as_the_customer(
    huawei: Huawei, server: Server, people: dict[str, Person], granted: int
) -> None:
    sol, cato = people["sol"], people["cato"]
    made = huawei(sol).raw("CreateTemporaryAccessKeyByAgency", "POST", KEYS, body={"auth": assume(cato)})
    client = key_of(huawei, sol, made["credential"])
    assert balances(client).currency
    client.show_customer_monthly_sum(ShowCustomerMonthlySumRequest(bill_cycle="2026-09"))
    # What is the partner's own is not opened by it.
    with pytest.raises(ClientRequestException) as refused:
        client.list_sub_customers(ListSubCustomersRequest(body=QuerySubCustomerListReq()))
    assert (refused.value.status_code, refused.value.error_code) == (403, "CBC.0151")
    run_inside(server, end, customer="cato", authorization=granted)
    with pytest.raises(ClientRequestException) as refused:
        balances(client)
    assert (refused.value.status_code, refused.value.error_code) == (401, "APIG.0301")


def test_a_customers_token_and_a_key_made_by_it(huawei: Huawei, people: dict[str, Person], granted: int) -> None:
    sol, cato = people["sol"], people["cato"]
    own = huawei(sol)
    token = token_of(own, cato)

    def by_token(request: Any) -> Any:
        invoker = own.sdk.show_customer_account_balances_invoker(request)
        # huawei:C3: the SDK does not sign what carries an Authorization already.
        return invoker.add_header("X-Auth-Token", token).add_header("Authorization", "").invoke()

    assert by_token(ShowCustomerAccountBalancesRequest()).currency
    body = {"auth": {"identity": {"methods": ["token"], "token": {"id": token, "duration_seconds": 900}}}}
    answer = own.sdk.do_http_request(
        method="POST",
        resource_path=KEYS,
        query_params=[],
        header_params={"Content-Type": "application/json", "Authorization": ""},
        body=body,
        response_type="CheckUserIdentityResponse",
    )
    evidence.called("huawei", "CreateTemporaryAccessKeyByToken")
    client = key_of(huawei, sol, json.loads(answer.raw_content)["credential"])
    assert balances(client).currency


def test_the_trail_reads_as_a_person_would_tell_it(
    huawei: Huawei, server: Server, people: dict[str, Person], granted: int
) -> None:
    """Issue 6: "partner P, user U, on behalf of C"."""
    token_of(huawei(people["sol"]), people["cato"])
    assert ["token.issued", "sol_account/sol", "cato_account"] in run_inside(server, trail, customer="cato")


def test_nobody_acts_for_who_has_not_authorized_it(huawei: Huawei, people: dict[str, Person]) -> None:
    """iam_30_0003 and iam_04_0101: 403 for who is not there, is another's or has said nothing."""
    for who, customer in (("sol", "cato"), ("sol", "oona"), ("dora", "carl"), ("carl", "carl")):
        for path, body in ((TOKENS, assume(people[customer])), (KEYS, assume(people[customer]))):
            with pytest.raises(ClientRequestException) as refused:
                huawei(people[who]).raw("refused", "POST", path, body={"auth": body})
            assert refused.value.status_code == 403, (who, customer)


def test_a_tampered_security_token_is_refused(huawei: Huawei, people: dict[str, Person], granted: int) -> None:
    sol, cato = people["sol"], people["cato"]
    given = huawei(sol).raw("CreateTemporaryAccessKeyByAgency", "POST", KEYS, body={"auth": assume(cato)})["credential"]
    for credential in ({**given, "securitytoken": given["securitytoken"][::-1]}, {**given, "secret": "x" * 40}):
        with pytest.raises(ClientRequestException) as refused:
            balances(key_of(huawei, sol, credential))
        assert refused.value.status_code == 401
