"""Tokens: huawei:C4 and the pages of IAM (iam_30_0001, iam_03_0006), on the wire."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from openpartner.core.access.keys import add_key
from openpartner.core.access.models import AuthToken
from openpartner.core.access.passwords import change_password
from openpartner.core.access.roles import Preset
from openpartner.core.access.second_factor import set_second_factor
from openpartner.core.access.users import change_roles, create_user, set_user_active
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.errors import Invalid
from openpartner.huawei.iam.identifiers import project_id, user_id
from openpartner.huawei.registry import REGISTRY
from openpartner.kit import clock
from tests.support.people import PASSWORD, Person
from tests.wire.conftest import Configure
from tests.wire.huawei import Raw, Reply, ask, get, password_request, send, sign_in, token_of

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
TOKENS = "/v3/auth/tokens"


@pytest.fixture(autouse=True)
def _lifted(configure: Configure) -> None:
    configure(rate_limit_scale=0, failed_signatures_per_minute=0)


@pytest.fixture
def dana(dora: Person) -> Person:
    """A second user of dora's account, whom dora can disable and give roles."""
    user = create_user(
        dora.caller, name="dana", email="dana@example.com", password=PASSWORD, presets=[Preset.READ_ONLY]
    )
    pair = add_key(user)
    return replace(dora, name="dana", user_pk=user.pk, access_key=pair.access_key, secret_key=pair.secret_key)


def is_accepted(token: str) -> bool:
    reply = ask(None, {}, headers={"X-Auth-Token": token})
    if reply.status != 200:
        assert reply.code == (401, "APIG.0301")
    return reply.status == 200


def assert_unauthorized(reply: Reply) -> None:
    """Keystone's envelope, told the same whatever was wrong."""
    assert reply.status == 401
    assert reply.json == {"error": {"code": 401, "message": "wrong name or password", "title": "Unauthorized"}}
    assert "X-Subject-Token" not in reply.headers


def totp(person: Person, code: str, **names: str) -> dict[str, Any]:
    return {"methods": ["password", "totp"], "totp": {"user": {"passcode": code, **names}}}


def code_now() -> str:
    return pyotp.TOTP(SECRET).at(clock.now())


def test_it_answers_201_with_the_token_in_a_header(dora: Person, configure: Configure) -> None:
    configure(base_url="https://partners.example.com")
    now = clock.now()
    with clock.frozen(now):
        reply = sign_in(dora)
    assert reply.status == 201
    assert is_accepted(reply.headers["X-Subject-Token"])
    facts = reply.json["token"]
    domain = {"id": dora.account_id, "name": "dora_account"}
    assert facts["issued_at"] == now.strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    assert facts["expires_at"] == (now + timedelta(hours=24)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    assert facts["methods"] == ["password"]
    assert facts["user"] == {"id": user_id(dora.user_pk), "name": "dora", "domain": domain, "password_expires_at": ""}
    assert facts["domain"] == domain
    assert "project" not in facts
    assert [role["name"] for role in facts["roles"]] == ["administrator"]
    assert [service["type"] for service in facts["catalog"]] == ["iam", "bss"]
    # Made from the setting, never from the Host a request names.
    assert {end["url"] for service in facts["catalog"] for end in service["endpoints"]} == {
        "https://partners.example.com"
    }


def test_a_token_is_kept_as_its_hash(dora: Person) -> None:
    reply = sign_in(dora)
    token = reply.headers["X-Subject-Token"]
    row = AuthToken.objects.get()
    assert row.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(list(AuthToken.objects.values_list()))
    assert token.encode() not in reply.body
    assert not any(token in event.details for event in AuditEvent.objects.everything(reason="test"))


def test_a_token_sees_what_its_user_sees(dana: Person) -> None:
    token = token_of(dana)
    assert ask(None, {}, headers={"X-Auth-Token": token}).told == ask(dana, {}).told
    body = {"search_type": "name", "search_value": "quite_free"}
    check = "/v2/partners/sub-customers/users/check-identity"
    assert ask(None, body, headers={"X-Auth-Token": token}, path=check).code == (403, "CBC.0151")


def test_a_token_lives_24_hours(dora: Person) -> None:
    """huawei:C4."""
    now = clock.now()
    with clock.frozen(now):
        token = token_of(dora)
    with clock.frozen(now + timedelta(hours=24, seconds=-1)):
        assert is_accepted(token)
    with clock.frozen(now + timedelta(hours=24)):
        assert not is_accepted(token)


def _new_password(dora: Person, dana: Person) -> None:
    change_password(dana.caller, old=PASSWORD, new="a longer password than before")


def _disabled(dora: Person, dana: Person) -> None:
    set_user_active(dora.caller, user_id=dana.user_pk, active=False)


def _disabled_and_back(dora: Person, dana: Person) -> None:
    _disabled(dora, dana)
    set_user_active(dora.caller, user_id=dana.user_pk, active=True)


def _other_role(dora: Person, dana: Person) -> None:
    change_roles(dora.caller, user_id=dana.user_pk, presets=[Preset.FINANCE])


def _second_factor(dora: Person, dana: Person) -> None:
    set_second_factor(dana.caller, secret=SECRET)


@pytest.mark.parametrize("change", [_new_password, _disabled, _disabled_and_back, _other_role, _second_factor])
def test_a_token_is_revoked_by(dora: Person, dana: Person, change: Callable[[Person, Person], None]) -> None:
    token, bystander = token_of(dana), token_of(dora)
    assert is_accepted(token)
    change(dora, dana)
    assert not is_accepted(token)
    assert is_accepted(bystander)


def test_a_new_token_leaves_the_old_one_alone(dora: Person) -> None:
    """IAM's page: obtaining a new token does not affect the validity of the existing one."""
    first = token_of(dora)
    assert is_accepted(token_of(dora))
    assert is_accepted(first)


@pytest.mark.slow  # a password hash is slow on purpose, and this takes several
def test_whatever_is_wrong_with_who_signs_in_is_told_the_same(dora: Person, dana: Person, olga: Person) -> None:
    set_user_active(dora.caller, user_id=dana.user_pk, active=False)
    for reply in (
        sign_in(replace(dora, password="wrong")),
        sign_in(replace(dora, name="nobody")),
        sign_in(replace(dora, account_name="nobody_account")),
        sign_in(replace(dora, account_name=olga.account_name)),
        sign_in(dana),
        sign_in(dora, scope={"domain": {"name": olga.account_name}}),
        sign_in(dora, scope={"domain": {"id": "f" * 32}}),
        sign_in(dora, scope={"project": {"name": "cn-north-1"}}),
        sign_in(dora, scope={"project": {"id": project_id(olga.account_id, "ap-southeast-1")}}),
        sign_in(dora, password={"user": {"id": "f" * 32, "password": PASSWORD}}),
        sign_in(dora, password={"user": {"id": "nonsense", "password": PASSWORD}}),
    ):
        assert_unauthorized(reply)
    assert sign_in(dora).status == 201


@pytest.mark.parametrize("domain", ["name", "id"])
def test_the_account_may_be_named_or_numbered(dora: Person, domain: str) -> None:
    who = {"name": dora.account_name} if domain == "name" else {"id": dora.account_id}
    reply = sign_in(
        dora, password={"user": {"name": "dora", "password": PASSWORD, "domain": who}}, scope={"domain": who}
    )
    assert reply.status == 201


def test_the_user_may_be_numbered(dora: Person) -> None:
    reply = sign_in(dora, password={"user": {"id": user_id(dora.user_pk), "password": PASSWORD}})
    assert reply.json["token"]["user"]["name"] == "dora"


@pytest.mark.parametrize("scope", [{"name": "ap-southeast-1"}, "id"])
def test_a_token_may_be_for_the_project(dora: Person, scope: Any) -> None:
    own = project_id(dora.account_id, "ap-southeast-1")
    reply = sign_in(dora, scope={"project": {"id": own} if scope == "id" else scope})
    facts = reply.json["token"]
    assert facts["project"] == {
        "id": own,
        "name": "ap-southeast-1",
        "domain": {"id": dora.account_id, "name": "dora_account"},
    }
    assert "domain" not in facts
    listed = get(dora, {"name": "ap-southeast-1"}, path="/v3/projects").json["projects"]
    assert [project["id"] for project in listed] == [own]


def test_without_a_scope_a_token_is_for_the_account(dora: Person) -> None:
    # vendor doc silent: what a token without scope is for.
    assert sign_in(dora, scope=None).json["token"]["domain"]["id"] == dora.account_id


@pytest.mark.parametrize(
    "identity",
    [
        {"methods": []},
        {"methods": ["token"]},
        {"methods": ["totp"]},
        {"methods": ["password", "password"]},
        {"methods": "password"},
        {"methods": None},
        {"password": None},
        {"password": {}},
        {"password": {"user": {"name": "dora", "domain": {"name": "dora_account"}}}},
        {"password": {"user": {"name": "dora", "password": PASSWORD}}},
        {"password": {"user": {"name": "dora", "password": PASSWORD, "domain": {}}}},
        {"password": {"user": {"password": PASSWORD, "domain": {"name": "dora_account"}}}},
        {"password": {"user": {"name": 5, "password": PASSWORD, "domain": {"name": "dora_account"}}}},
        {"password": {"user": {"name": "do\0ra", "password": PASSWORD, "domain": {"name": "dora_account"}}}},
        {"password": {"user": {"name": "dora", "password": "x" * 257, "domain": {"name": "dora_account"}}}},
        {"methods": ["password", "totp"]},
        {"methods": ["password", "totp"], "totp": {"user": {}}},
        {"scope": {"domain": {"name": "dora_account"}, "project": {"name": "ap-southeast-1"}}},
        {"scope": []},
    ],
    ids=str,
)
def test_a_malformed_request_is_keystones_400(dora: Person, identity: dict[str, Any]) -> None:
    reply = sign_in(dora, **identity)
    assert reply.status == 400
    error = reply.json["error"]
    assert (error["code"], error["title"]) == (400, "Bad Request")
    assert error["message"]
    assert reply.headers["X-Request-Id"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"auth": null}', b'{"auth": {"identity": {}}}'])
def test_a_body_without_identity_is_keystones_400(dora: Person, body: bytes) -> None:
    assert ask(None, body, path=TOKENS).json["error"]["code"] == 400


@pytest.mark.slow  # a password hash is slow on purpose, and this takes several
def test_five_failures_lock_the_user_for_a_quarter_of_an_hour(dora: Person, olga: Person) -> None:
    now = clock.now()
    with clock.frozen(now):
        for _ in range(5):
            assert_unauthorized(sign_in(replace(dora, password="wrong")))
        assert_unauthorized(sign_in(dora))
        assert sign_in(olga).status == 201
    with clock.frozen(now + timedelta(minutes=15, seconds=-1)):
        assert_unauthorized(sign_in(dora))
    with clock.frozen(now + timedelta(minutes=15)):
        assert sign_in(dora).status == 201
    refusals = AuditEvent.objects.everything(reason="test").filter(action="user.sign-in-refused")
    assert refusals.count() == 7


@pytest.mark.slow  # a password hash is slow on purpose, and this takes several
def test_a_user_with_a_second_factor_needs_both_methods(dora: Person) -> None:
    set_second_factor(dora.caller, secret=SECRET)
    now = clock.now()
    with clock.frozen(now):
        assert_unauthorized(sign_in(dora))
        # The code counts only when the method is named.
        assert_unauthorized(sign_in(dora, totp={"user": {"passcode": code_now()}}))
        assert_unauthorized(sign_in(dora, **totp(dora, "000000")))
        reply = sign_in(dora, **totp(dora, code_now(), id=user_id(dora.user_pk)))
        assert reply.status == 201
        assert reply.json["token"]["methods"] == ["password", "totp"]
        # A code is good once.
        assert_unauthorized(sign_in(dora, **totp(dora, code_now(), id=user_id(dora.user_pk))))
    with clock.frozen(now + timedelta(seconds=60)):
        assert sign_in(dora, **totp(dora, code_now(), name="dora")).status == 201
    with clock.frozen(now + timedelta(seconds=120)):
        assert sign_in(dora, **totp(dora, code_now())).status == 201


def test_the_second_factor_is_the_same_users(dora: Person, dana: Person) -> None:
    set_second_factor(dora.caller, secret=SECRET)
    assert_unauthorized(sign_in(dora, **totp(dora, code_now(), id=user_id(dana.user_pk))))
    assert_unauthorized(sign_in(dora, **totp(dora, code_now(), name="dana")))
    assert sign_in(dora, **totp(dora, code_now())).status == 201


@pytest.mark.slow  # a password hash is slow on purpose, and this takes several
def test_wrong_codes_lock_like_wrong_passwords(dora: Person) -> None:
    set_second_factor(dora.caller, secret=SECRET)
    for _ in range(5):
        sign_in(dora, **totp(dora, "000000"))
    assert_unauthorized(sign_in(dora, **totp(dora, code_now())))


def test_a_code_nobody_checked_is_not_vouched_for(dora: Person) -> None:
    # vendor doc silent: a second method from a user who has none.
    reply = sign_in(dora, **totp(dora, "123456"))
    assert reply.status == 201
    assert reply.json["token"]["methods"] == ["password"]


@pytest.mark.parametrize("secret", ["JBSWY3DPEHPK3PXP", "not base 32 not base 32 not base", "1"])
def test_a_secret_no_code_can_come_from_is_refused(dora: Person, secret: str) -> None:
    with pytest.raises(Invalid):
        set_second_factor(dora.caller, secret=secret)
    assert sign_in(dora).status == 201


@pytest.mark.slow  # a password hash is slow on purpose, and this takes several
def test_token_requests_are_limited_per_source(dora: Person, counters: None, configure: Configure) -> None:
    configure(rate_limit_scale=1)
    body = password_request(replace(dora, name="nobody"))
    statuses = [ask(None, body, path=TOKENS).status for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    elsewhere = Raw(path=TOKENS, body=b"{}").environ(REMOTE_ADDR="192.0.2.9")
    assert send(elsewhere).status == 400


@pytest.mark.slow  # a password hash is slow on purpose, and this takes several
def test_refused_sign_ins_weigh_what_wrong_signatures_weigh(dora: Person, counters: None, configure: Configure) -> None:
    configure(failed_signatures_per_minute=2)
    for _ in range(2):
        assert sign_in(replace(dora, name="nobody")).status == 401
    for reply in (sign_in(dora), ask(dora, {})):
        assert reply.code == (429, "APIG.0308")
        assert reply.headers["Retry-After"] == "60"


def test_only_the_token_request_is_open_to_strangers() -> None:
    open_to_all = [operation.name for operation in REGISTRY.operations.values() if operation.anonymous]
    assert open_to_all == ["KeystoneCreateUserTokenByPassword"]


@pytest.mark.parametrize("path", ["/v3/auth/domains", "/v5/caller-identity", "/v3/projects"])
@pytest.mark.parametrize("who", ["dora", "rita", "carl", "pia"])
def test_who_am_i_by_signature_and_by_token(world: dict[str, Person], who: str, path: str) -> None:
    """huawei:C2: whoever can sign may ask, a customer and a second-level reseller too."""
    person = world[who]
    signed = get(person, path=path)
    assert signed.status == 200
    assert person.account_id in signed.body.decode()
    assert get(None, path=path, headers={"X-Auth-Token": token_of(person)}).told == signed.told


@pytest.mark.parametrize("path", ["/v3/auth/domains", "/v5/caller-identity", "/v3/projects"])
def test_who_am_i_asks_for_authentication(dora: Person, path: str) -> None:
    assert get(None, path=path).code == (401, "APIG.0301")
    assert get(replace(dora, secret_key="x"), path=path).code == (401, "APIG.0301")


def test_who_am_i_says(dora: Person) -> None:
    assert get(dora, path="/v3/auth/domains").json["domains"][0]["name"] == "dora_account"
    identity = get(dora, path="/v5/caller-identity").json
    assert identity == {
        "account_id": dora.account_id,
        "principal_id": user_id(dora.user_pk),
        "principal_urn": f"iam::{dora.account_id}:user:dora",
    }
    (project,) = get(dora, path="/v3/projects").json["projects"]
    assert (project["name"], project["domain_id"]) == ("ap-southeast-1", dora.account_id)
    assert get(dora, {"name": "cn-north-1"}, path="/v3/projects").json["projects"] == []
    assert get(dora, {"name": ""}, path="/v3/projects").json["projects"] == [project]


def test_a_projects_name_follows_the_site(world: dict[str, Person]) -> None:
    (project,) = get(world["song"], path="/v3/projects").json["projects"]
    assert project["name"] == "cn-north-1"


def test_a_source_that_failed_too_often_gets_no_token(dora: Person, configure: Configure) -> None:
    """One count for every door: whoever guesses here is barred from the console too, and the other way round."""
    configure(failed_sign_ins_per_source=2)
    for name in ("nobody", "none"):
        assert sign_in(replace(dora, name=name)).status == 401
    assert sign_in(dora).status == 401
    event = AuditEvent.objects.everything(reason="test").get(action="source.barred")
    assert (event.via, len(event.request_id)) == ("huawei", 36)
