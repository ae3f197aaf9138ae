"""CheckUserIdentity and its v1.0 twin on the wire. Expectations: huawei:D1 (mc_00023) and huawei:D7b (0083753561)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from openpartner.core.access.keys import add_key
from openpartner.core.access.roles import Preset
from openpartner.core.access.users import create_user
from openpartner.core.accounts.models import Account
from openpartner.huawei.customers.identities import ACCOUNTS_PER_MOBILE_MAX
from tests.support.people import PASSWORD, Person
from tests.wire.conftest import Configure
from tests.wire.huawei import Reply, ask

CHECK = "/v2/partners/sub-customers/users/check-identity"
LEGACY = "/v1.0/whoever/partner/customer-mgr/check-user"
INVALID = (400, "CBC.0100")


@pytest.fixture(autouse=True)
def _lifted(configure: Configure) -> None:
    configure(rate_limit_scale=0, failed_signatures_per_minute=0)


def check(person: Person, kind: object, value: object) -> Reply:
    return ask(person, {"search_type": kind, "search_value": value}, path=CHECK)


def check_old(person: Person, kind: object, value: object) -> Reply:
    return ask(person, {"searchType": kind, "searchKey": value}, path=LEGACY)


@pytest.mark.parametrize(
    ("kind", "value", "free"),
    [
        ("name", "chen_account", False),
        ("name", "otto_account", False),  # another tenant's: it tells by contract
        ("name", "dora_account", False),
        ("name", "quite_free", True),
        ("email", "otto@example.com", False),
        ("email", "OTTO@example.com", False),
        ("email", "nobody@example.com", True),
    ],
)
def test_it_tells_what_is_taken_by_anybody(dora: Person, kind: str, value: str, free: bool) -> None:  # noqa: FBT001  # a case
    assert check(dora, kind, value).told == (200, {"check_result": "available" if free else "used_by_user"})
    assert check_old(dora, kind, value).told == (
        200,
        {"error_code": "CBC.0000", "error_msg": "success", "status": "0" if free else "1", "uplimit": "0"},
    )


def test_a_users_own_address_is_taken_too(dora: Person) -> None:
    create_user(dora.caller, name="second", email="staff@example.com", password=PASSWORD, presets=[Preset.READ_ONLY])
    assert check(dora, "email", "staff@example.com").json["check_result"] == "used_by_user"


def test_a_mobile_number_tells_how_many_accounts_it_may_still_register(dora: Person, world: dict[str, Person]) -> None:
    # vendor doc silent: the limit itself, ACCOUNTS_PER_MOBILE_MAX.
    chen = world["chen"].account
    value = f"{chen.country_code}-{chen.mobile}"
    assert check(dora, "mobile", "0086-18900001111").json == {
        "check_result": "available",
        "mobile_remain_available_num": ACCOUNTS_PER_MOBILE_MAX,
    }
    assert check(dora, "mobile", value).json["mobile_remain_available_num"] == ACCOUNTS_PER_MOBILE_MAX - 1
    # The country code is part of the number.
    assert check(dora, "mobile", f"0044-{chen.mobile}").json["mobile_remain_available_num"] == ACCOUNTS_PER_MOBILE_MAX
    same = [person.account_pk for person in world.values()][:ACCOUNTS_PER_MOBILE_MAX]
    Account.objects.everything(reason="test").filter(pk__in=same).update(country_code="0086", mobile="18900002222")
    assert check(dora, "mobile", "0086-18900002222").json == {
        "check_result": "used_by_user",
        "mobile_remain_available_num": 0,
    }
    old = check_old(dora, "mobile", "0086-18900002222").json
    assert (old["status"], old["uplimit"]) == ("1", "1")
    old = check_old(dora, "mobile", "0086-18900001111").json
    assert (old["status"], old["uplimit"]) == ("0", "0")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("phone", "0086-13900000000"),
        ("NAME", "quite_free"),
        ("", "quite_free"),
        (None, "quite_free"),
        (5, "quite_free"),
        ("name", ""),
        ("name", None),
        ("name", 12345),
        ("name", "four"),
        ("name", "x" * 33),
        ("name", "1starts_with_a_digit"),
        ("name", "_starts_with_a_line"),
        ("name", "12345678"),
        ("name", "op_somebody"),
        ("name", "shadow_somebody"),
        ("name", "with space"),
        ("name", "naïve_name"),
        ("name", "a_name\n"),
        ("email", "nobody"),
        ("email", "nobody@"),
        ("email", "@example.com"),
        ("email", "no body@example.com"),
        ("email", "a@b@example.com"),
        ("email", "x" * 60 + "@a.de"),
        ("mobile", "13900000000"),
        ("mobile", "0086-"),
        ("mobile", "0086-139x"),
        ("mobile", "1086-13900000000"),
        ("mobile", "086-13900000000"),
        ("mobile", "0086-１３９"),
        ("mobile", "0086-" + "1" * 60),
    ],
)
def test_it_refuses_what_the_page_does_not_admit(dora: Person, kind: object, value: object) -> None:
    assert check(dora, kind, value).code == INVALID
    assert check_old(dora, kind, value).code == INVALID


@pytest.mark.parametrize("value", ["-dash", "Upper", "abcde", "a" * 32, "a1234"])
def test_it_admits_the_names_of_the_pattern(dora: Person, value: str) -> None:
    assert check(dora, "name", value).json == {"check_result": "available"}


@pytest.mark.parametrize("body", [{}, {"search_type": "name"}, {"search_value": "quite_free"}])
def test_both_are_mandatory(dora: Person, body: dict[str, str]) -> None:
    assert ask(dora, body, path=CHECK).code == INVALID


@pytest.mark.parametrize("who", ["rita", "carl", "pia"])
def test_the_kinds_the_pages_do_not_admit_are_refused(world: dict[str, Person], who: str) -> None:
    for reply in (check(world[who], "name", "quite_free"), check_old(world[who], "name", "quite_free")):
        assert reply.code == (403, "CBC.0151")


@pytest.mark.parametrize(("preset", "status"), [(Preset.READ_ONLY, 403), (Preset.OPERATIONS, 200)])
def test_it_needs_the_permission_to_create_customers(dora: Person, preset: Preset, status: int) -> None:
    """huawei:A5: BPC_ITEM_SUBCUSTSERV_010118."""
    user = create_user(dora.caller, name="second", email="s@example.com", password=PASSWORD, presets=[preset])
    pair = add_key(user)
    second = replace(dora, access_key=pair.access_key, secret_key=pair.secret_key)
    assert check(second, "name", "quite_free").status == status
    assert check_old(second, "name", "quite_free").status == status
