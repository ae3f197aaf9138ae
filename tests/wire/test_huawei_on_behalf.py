"""Acting as a customer by token and by temporary key: huawei:B10, huawei:C2, huawei:C4 and the pages of IAM.

iam_30_0003 (agency token), iam_04_0101 and iam_04_0002 (temporary keys), bpconsole_apifaq_00001 (a customer's token).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from openpartner.core.access.expiry import expired_rows
from openpartner.core.access.models import AccessKey, AuthToken, RememberedAnswer
from openpartner.core.access.roles import Preset
from openpartner.core.access.users import change_roles, create_user, set_user_active
from openpartner.core.accounts.models import Account
from openpartner.core.audit.models import AuditEvent
from openpartner.core.customers.models import Right
from openpartner.core.customers.rights import withdraw_right
from openpartner.core.on_behalf.commands import give_back, revoke_authorization
from openpartner.core.on_behalf.models import Authorization
from openpartner.core.on_behalf.vocabulary import Work
from openpartner.core.parting.ending import disassociate
from openpartner.huawei.iam.identifiers import project_id, user_id
from openpartner.kit import clock
from tests.on_behalf.support import allow, authorize
from tests.support.people import PASSWORD, Person, World
from tests.wire.conftest import Configure
from tests.wire.huawei import Raw, Reply, ask, get, send, token_of

TOKENS, KEYS = "/v3/auth/tokens", "/v3.0/OS-CREDENTIAL/securitytokens"
DOMAINS, WHO = "/v3/auth/domains", "/v5/caller-identity"
SUM = "/v2/bills/customer-bills/monthly-sum"
BALANCES = "/v2/accounts/customer-accounts/balances"
FORBIDDEN = {
    "error": {
        "code": 403,
        "message": "You are not authorized to perform the requested action: there is no such agency.",
        "title": "Forbidden",
    }
}


@pytest.fixture(autouse=True)
def _lifted(configure: Configure) -> None:
    configure(rate_limit_scale=0, failed_signatures_per_minute=0)


@pytest.fixture
def row(world: World) -> Authorization:
    """carl lets rita order and operate for it; dora lets her ask for that."""
    allow(world.dora, world.rita)
    return authorize(world.rita, world.carl)


def assume(of: Person, **changes: Any) -> dict[str, Any]:
    """The body of bpconsole_apifaq_00001; `changes` replace members of `assume_role`, `scope` the scope."""
    scope = changes.pop("scope", {"domain": {"name": of.account_name}})
    role = {"domain_name": of.account_name, "agency_name": "partner", **changes}
    identity = {"methods": ["assume_role"], "assume_role": {k: v for k, v in role.items() if v is not None}}
    return {"auth": {"identity": identity, **({"scope": scope} if scope else {})}}


def customers_token(partner: Person, customer: Person) -> str:
    reply = ask(partner, assume(customer), path=TOKENS)
    assert reply.status == 201, reply.body
    return reply.headers["X-Subject-Token"]


def key_of(reply: Reply, person: Person) -> tuple[Person, dict[str, str]]:
    """Who signs with the temporary key, and the header that goes with it."""
    assert reply.status == 201, reply.body
    given = reply.json["credential"]
    assert set(given) == {"access", "secret", "securitytoken", "expires_at"}
    signer = replace(person, access_key=given["access"], secret_key=given["secret"])
    return signer, {"X-Security-Token": given["securitytoken"]}


def by_agency(partner: Person, customer: Person, **changes: Any) -> tuple[Person, dict[str, str]]:
    return key_of(ask(partner, assume(customer, scope=None, **changes), path=KEYS), partner)


def status(reply: Reply) -> int:
    return reply.status


def test_a_partner_gets_a_token_of_its_customer(world: World, row: Authorization, rita: Person, carl: Person) -> None:
    now = clock.now()
    with clock.frozen(now):
        reply = ask(None, assume(carl), path=TOKENS, headers={"X-Auth-Token": token_of(rita)})
    assert reply.status == 201
    facts = reply.json["token"]
    domain = {"id": carl.account_id, "name": "carl_account"}
    assert facts["methods"] == ["assume_role"]
    assert (facts["domain"], facts["user"]["domain"]) == (domain, domain)
    assert facts["user"]["name"] == "carl_account/partner"
    assert facts["assumed_by"]["user"] == {
        "id": user_id(rita.user_pk),
        "name": "rita",
        "domain": {"id": rita.account_id, "name": "rita_account"},
        "password_expires_at": "",
    }
    assert [role["name"] for role in facts["roles"]] == ["readonly", "te_admin"]
    assert facts["expires_at"] == (now + timedelta(hours=24)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    token = {"X-Auth-Token": reply.headers["X-Subject-Token"]}
    with clock.frozen(now + timedelta(hours=24, seconds=-1)):
        assert get(None, path=DOMAINS, headers=token).json["domains"][0]["id"] == carl.account_id
        assert get(None, path=WHO, headers=token).json == {
            "account_id": carl.account_id,
            "principal_id": user_id(rita.user_pk),
            "principal_urn": f"sts::{carl.account_id}:assumed-agency:partner/rita",
        }
    with clock.frozen(now + timedelta(hours=24)):
        assert get(None, path=DOMAINS, headers=token).code == (401, "APIG.0301")
    kept = AuthToken.objects.get(delegation=row.delegation_id)
    assert token["X-Auth-Token"] not in f"{kept.token_hash}"


@pytest.mark.parametrize("scope", [{"project": {"name": "ap-southeast-1"}}, "id", {"domain": {}}, None], ids=str)
def test_the_scope_is_the_customers(row: Authorization, rita: Person, carl: Person, scope: Any) -> None:
    own = project_id(carl.account_id, "ap-southeast-1")
    asked = {"project": {"id": own}} if scope == "id" else scope
    facts = ask(rita, assume(carl, scope=asked), path=TOKENS).json["token"]
    if asked and "project" in asked:
        assert facts["project"]["id"] == own
        assert "domain" not in facts
    else:
        assert facts["domain"]["id"] == carl.account_id


@pytest.mark.parametrize(
    "named",
    [
        {"domain_name": None, "domain_id": "carl"},
        {"domain_id": "carl"},
        {"agency_name": None, "xrole_name": "partner"},
        {"agency_name": "shop-7"},
        {"session_user": {"name": "till"}, "duration_seconds": 900},
    ],
    ids=str,
)
def test_the_customer_is_named_or_numbered(
    row: Authorization, rita: Person, carl: Person, named: dict[str, Any]
) -> None:
    """Older pages say xrole_name; the agency is the partner's platform where the customer was created with one."""
    Account.objects.everything(reason="test").filter(pk=carl.account_pk).update(external_platform="shop-7")
    changes = {name: carl.account_id if value == "carl" else value for name, value in named.items()}
    assert ask(rita, assume(carl, **changes), path=TOKENS).status == 201


def test_a_token_does_what_the_customer_granted(world: World, dora: Person) -> None:
    """Issue 6: limited to what the customer granted; huawei:D marks these Cp, for a swapped token too."""
    authorize(dora, world.cora, Work.OPERATIONS)
    token = {"X-Auth-Token": customers_token(dora, world.cora)}
    assert get(None, {"bill_cycle": "2026-01"}, path=SUM, headers=token).status == 200
    assert get(None, path=BALANCES, headers=token).code == (403, "CBC.0151")
    # What is the partner's is not opened by its customer's token.
    assert ask(None, {}, headers=token).code == (403, "CBC.0151")
    authorize(dora, world.chen, Work.ORDERS)
    other = {"X-Auth-Token": customers_token(dora, world.chen)}
    assert get(None, path=BALANCES, headers=other).status == 200
    assert get(None, {"bill_cycle": "2026-01"}, path=SUM, headers=other).code == (403, "CBC.0151")


def test_accounts_that_did_not_authorize_are_all_told_alike(
    world: World, row: Authorization, rita: Person, carl: Person, dora: Person
) -> None:
    """iam_30_0003: 403. Who is not there, is another's or has said nothing cannot be told apart."""
    for body in (
        assume(world.cleo),
        assume(world.otto),
        assume(replace(carl, account_name="nobody_account")),
        assume(carl, domain_id="f" * 32),
        assume(carl, agency_name="another"),
        assume(carl, agency_name=""),
        assume(rita),
        assume(carl, scope={"domain": {"name": world.cleo.account_name}}),
        assume(carl, scope={"project": {"name": "cn-north-1"}}),
    ):
        for path in (TOKENS, KEYS) if "scope" not in body["auth"] else (TOKENS,):
            reply = ask(rita, body, path=path)
            assert (reply.status, reply.json) == (403, FORBIDDEN), body
    # dora sees carl, who is her reseller's; the authorization is rita's.
    assert ask(dora, assume(carl), path=TOKENS).json == FORBIDDEN
    assert ask(carl, assume(carl), path=TOKENS).status == 403


@pytest.mark.parametrize("path", [TOKENS, KEYS])
def test_who_asks_has_to_be_known(row: Authorization, rita: Person, carl: Person, path: str) -> None:
    for reply in (
        ask(None, assume(carl), path=path),
        ask(None, assume(carl), path=path, headers={"X-Auth-Token": "x" * 64}),
        ask(replace(rita, secret_key="x"), assume(carl), path=path),
    ):
        error = reply.json["error"]
        assert (reply.status, error["code"], error["title"]) == (401, 401, "Unauthorized")
        assert error["message"].startswith("The request you have made requires authentication")


@pytest.mark.parametrize(
    "identity",
    [
        {"methods": ["assume_role", "password"]},
        {"methods": ["assume_role", "assume_role"]},
        {"assume_role": None},
        {"assume_role": {}},
        {"assume_role": {"domain_name": "carl_account"}},
        {"assume_role": {"agency_name": "partner"}},
        {"assume_role": {"agency_name": "partner", "domain_name": 7}},
        {"assume_role": {"agency_name": "partner", "domain_name": "carl_account", "duration_seconds": 899}},
        {"assume_role": {"agency_name": "partner", "domain_name": "carl_account", "duration_seconds": 86_401}},
        {"policy": {"Version": "1.1"}},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", [TOKENS, KEYS])
def test_a_malformed_request_is_keystones_400(
    row: Authorization, rita: Person, carl: Person, identity: dict[str, Any], path: str
) -> None:
    body = assume(carl)
    body["auth"]["identity"] |= identity
    reply = ask(rita, body, path=path)
    assert (reply.status, reply.json["error"]["title"]) == (400, "Bad Request")


def test_a_temporary_key_signs_beside_its_token_alone(
    world: World, row: Authorization, rita: Person, carl: Person
) -> None:
    """huawei:C2: temporary keys go with X-Security-Token."""
    signer, token = by_agency(rita, carl)
    assert get(signer, path=DOMAINS, headers=token).json["domains"][0]["id"] == carl.account_id
    assert get(signer, path=BALANCES, headers=token).status == 200
    for headers in ({}, {"X-Security-Token": ""}, {"X-Security-Token": token["X-Security-Token"][:-1] + "?"}):
        assert get(signer, path=DOMAINS, headers=headers).code == (401, "APIG.0301")
    # A token goes with its own key, and with no key that is not temporary.
    allow(world.olga, world.ruth)
    authorize(world.ruth, world.otto)
    _, others = by_agency(world.ruth, world.otto)
    assert get(signer, path=DOMAINS, headers=others).code == (401, "APIG.0301")
    assert get(rita, path=DOMAINS, headers=token).code == (401, "APIG.0301")
    # The token is part of what is signed.
    sent = Raw(method="GET", path=DOMAINS, person=signer, headers=token).environ(HTTP_X_SECURITY_TOKEN="tampered")
    assert send(sent).code == (401, "APIG.0301")


def test_a_temporary_key_expires(row: Authorization, rita: Person, carl: Person) -> None:
    """huawei:C4: fifteen minutes unless more is asked for, a day at most; swept afterwards."""
    now = clock.now()
    with clock.frozen(now):
        short, short_token = by_agency(rita, carl)
        long, long_token = by_agency(rita, carl, duration_seconds=86_400)
    with clock.frozen(now + timedelta(minutes=15, seconds=-1)):
        assert get(short, path=DOMAINS, headers=short_token).status == 200
    with clock.frozen(now + timedelta(minutes=15)):
        assert get(short, path=DOMAINS, headers=short_token).code == (401, "APIG.0301")
        assert get(long, path=DOMAINS, headers=long_token).status == 200
    with clock.frozen(now + timedelta(days=1)):
        assert get(long, path=DOMAINS, headers=long_token).code == (401, "APIG.0301")
    with clock.frozen(now + timedelta(days=9)):
        for expired in expired_rows():
            expired.delete()
    assert not AccessKey.objects.everything(reason="test").filter(slot__isnull=True).exists()
    assert AccessKey.objects.everything(reason="test").filter(access_key=rita.access_key).exists()


def test_nothing_of_a_key_can_be_read_from_the_database(row: Authorization, rita: Person, carl: Person) -> None:
    signer, token = by_agency(rita, carl)
    kept = AccessKey.objects.everything(reason="test").get(access_key=signer.access_key)
    assert signer.secret_key not in kept.secret
    assert token["X-Security-Token"] not in kept.token_hash
    told = [event.details for event in AuditEvent.objects.everything(reason="test")]
    remembered = [bytes(one.body) for one in RememberedAnswer.objects.all()]
    for secret in (signer.secret_key, token["X-Security-Token"]):
        assert not any(secret in one for one in told)
        assert not any(secret.encode() in one for one in remembered)


def test_a_captured_request_gets_no_second_key(row: Authorization, rita: Person, carl: Person) -> None:
    """An answer that holds a secret is not given again, nor is another made for the same signature."""
    environ = Raw(person=rita, body=json.dumps(assume(carl)).encode(), path=KEYS).environ
    once = environ()
    body = once["wsgi.input"].getvalue()
    assert send(once).status == 201
    again = {**once, "wsgi.input": type(once["wsgi.input"])(body)}
    assert send(again).status == 400
    assert AccessKey.objects.everything(reason="test").filter(slot__isnull=True).count() == 1


def test_temporary_keys_by_token(row: Authorization, rita: Person, carl: Person) -> None:
    """iam_04_0002: a key stands for what the token stands for; the token is in the header or in the body."""
    for token, account in ((token_of(rita), rita), (customers_token(rita, carl), carl)):
        body: dict[str, Any] = {"auth": {"identity": {"methods": ["token"], "token": {"duration_seconds": 3600}}}}
        signer, header = key_of(ask(None, body, path=KEYS, headers={"X-Auth-Token": token}), rita)
        assert get(signer, path=DOMAINS, headers=header).json["domains"][0]["id"] == account.account_id
        body["auth"]["identity"]["token"]["id"] = token
        signer, header = key_of(ask(None, body, path=KEYS), rita)
        assert get(signer, path=DOMAINS, headers=header).json["domains"][0]["id"] == account.account_id
        # A temporary key makes no other one: a lost one would live for ever.
        assert ask(signer, body, path=KEYS, headers=header).json["error"]["code"] == 403
    assert ask(None, {"auth": {"identity": {"methods": ["token"]}}}, path=KEYS).json["error"]["code"] == 401
    assert ask(rita, {"auth": {"identity": {"methods": ["password"]}}}, path=KEYS).json["error"]["code"] == 400


def _revoked(world: World, row: Authorization) -> None:
    revoke_authorization(world.carl.caller, authorization=row.pk, reason="enough")


def _given_back(world: World, row: Authorization) -> None:
    give_back(world.rita.caller, authorization=row.pk)


def _released(world: World, row: Authorization) -> None:
    disassociate(world.pia.caller, account_id=world.carl.account_id)


def _rights_withdrawn(world: World, row: Authorization) -> None:
    for right in (Right.ORDERS_ON_BEHALF, Right.OPERATIONS_ON_BEHALF):
        withdraw_right(world.dora.caller, reseller=world.rita.account_id, right=right)


def _user_disabled(world: World, row: Authorization) -> None:
    set_user_active(world.rita.caller, user_id=_rob(world).user_pk, active=False)


def _role_lost(world: World, row: Authorization) -> None:
    change_roles(world.rita.caller, user_id=_rob(world).user_pk, presets=[Preset.READ_ONLY])


def _rob(world: World) -> Person:
    user = world.rita.user.__class__.objects.everything(reason="test").get(email="rob@example.com")
    return replace(world.rita, name="rob", user_pk=user.pk)


@pytest.mark.parametrize(
    "ends", [_revoked, _given_back, _released, _rights_withdrawn, _user_disabled, _role_lost], ids=lambda f: f.__name__
)
def test_tokens_and_keys_stop_working_at_once(
    world: World, row: Authorization, carl: Person, ends: Callable[[World, Authorization], None]
) -> None:
    create_user(
        world.rita.caller, name="rob", email="rob@example.com", password=PASSWORD, presets=[Preset.ADMINISTRATOR]
    )
    rob = _rob(world)
    own = {"X-Auth-Token": token_of(rob)}
    token = {"X-Auth-Token": ask(None, assume(carl), path=TOKENS, headers=own).headers["X-Subject-Token"]}
    signer, header = key_of(ask(None, assume(carl), path=KEYS, headers=own), rob)
    assert get(None, path=DOMAINS, headers=token).status == get(signer, path=DOMAINS, headers=header).status == 200
    ends(world, row)
    assert get(None, path=DOMAINS, headers=token).code == (401, "APIG.0301")
    assert get(signer, path=DOMAINS, headers=header).code == (401, "APIG.0301")


def test_a_customers_token_takes_on_no_other_role(world: World, row: Authorization, rita: Person, carl: Person) -> None:
    authorize(rita, world.cleo)
    token = {"X-Auth-Token": customers_token(rita, carl)}
    assert ask(None, assume(world.cleo), path=TOKENS, headers=token).json["error"]["code"] == 403


def test_rates_are_counted_on_who_acts(
    world: World, row: Authorization, rita: Person, carl: Person, configure: Configure, counters: None
) -> None:
    token = {"X-Auth-Token": customers_token(rita, carl)}
    configure(rate_limit_scale=1)
    with clock.frozen(clock.now()):
        statuses = {get(None, path=DOMAINS, headers=token).status for _ in range(25)}
        assert statuses == {200, 429}
        assert get(carl, path=DOMAINS).status == 200, "the customer's own rate is its own"
        assert get(rita, path=DOMAINS).status == 429


def test_the_trail_says_who_acted_for_whom(row: Authorization, rita: Person, carl: Person) -> None:
    customers_token(rita, carl)
    by_agency(rita, carl)
    events = AuditEvent.objects.everything(reason="test").filter(on_behalf_of=carl.account_pk).order_by("pk")
    assert [(one.action, one.actor_name, one.on_behalf_name, one.via) for one in events] == [
        ("token.issued", "rita_account/rita", "carl_account", "huawei"),
        ("key.temporary-issued", "rita_account/rita", "carl_account", "huawei"),
    ]
