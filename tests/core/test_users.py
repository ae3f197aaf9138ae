"""Users, roles, sign-in. Rules: huawei:A5 (one to three roles, administrator alone, manager against director)."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest

from openpartner.core.access.models import User
from openpartner.core.access.passwords import change_password
from openpartner.core.access.roles import BY_KIND, PRESETS, Preset
from openpartner.core.access.second_factor import set_second_factor
from openpartner.core.access.signers import caller_by_token
from openpartner.core.access.signing_in import FAILED_SIGN_INS_MAX, LOCKED_FOR, SignInRefused, sign_in
from openpartner.core.access.tokens import issue_token
from openpartner.core.access.users import (
    caller_of,
    change_roles,
    create_user,
    define_role,
    delete_role,
    set_user_active,
)
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotAllowed, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.kit import clock
from tests.support.people import PASSWORD, Person


def member(dora: Person, *presets: Preset, name: str = "mia") -> User:
    made = create_user(dora.caller, name=name, email=f"{name}@example.com", password=PASSWORD, presets=presets)
    return reread(made)


def reread(user: User) -> User:
    return User.objects.everything(reason="test").select_related("account").get(pk=user.pk)


def as_caller(user: User) -> Caller:
    return caller_of(reread(user), via="test")


def test_a_user_has_the_permissions_of_its_roles(dora: Person) -> None:
    mia = member(dora, Preset.FINANCE, Preset.OPERATIONS)
    assert as_caller(mia).permissions == PRESETS[Preset.FINANCE] | PRESETS[Preset.OPERATIONS]


@pytest.mark.parametrize(
    "presets",
    [
        [],
        [Preset.ADMINISTRATOR, Preset.FINANCE],
        [Preset.ACCOUNT_MANAGER, Preset.ACCOUNT_DIRECTOR],
        [Preset.FINANCE, Preset.FINANCE],
        [Preset.FINANCE, Preset.OPERATIONS, Preset.READ_ONLY, Preset.ACCOUNT_MANAGER],
    ],
)
def test_it_refuses_roles_that_do_not_go_together(dora: Person, presets: list[Preset]) -> None:
    with pytest.raises(Invalid):
        member(dora, *presets)


def test_an_account_manager_alone_sees_only_assigned_customers_and_a_second_role_widens(dora: Person) -> None:
    mia = member(dora, Preset.ACCOUNT_MANAGER)
    assert as_caller(mia).scope.manager == mia.pk
    change_roles(dora.caller, user_id=mia.pk, presets=[Preset.ACCOUNT_MANAGER, Preset.FINANCE])
    assert as_caller(mia).scope.manager is None


def test_custom_roles_change_their_holders_at_once(dora: Person) -> None:
    role = define_role(dora.caller, name="billers", permissions=[Permission.BILL_READ])
    mia = create_user(dora.caller, name="mia", email="mia@example.com", password=PASSWORD, presets=[], custom=[role.pk])
    assert as_caller(mia).permissions == {Permission.BILL_READ}
    both = [Permission.BILL_READ, Permission.ORDER_READ]
    define_role(dora.caller, role_id=role.pk, name="accounts", permissions=both)
    assert as_caller(mia).permissions == {Permission.BILL_READ, Permission.ORDER_READ}


def test_a_role_of_another_account_is_not_visible(dora: Person, olga: Person) -> None:
    role = define_role(olga.caller, name="theirs", permissions=[Permission.BILL_READ])
    with pytest.raises(NotVisible):
        create_user(dora.caller, name="mia", email="mia@example.com", password=PASSWORD, presets=[], custom=[role.pk])


def test_a_role_that_nobody_holds_can_be_deleted(dora: Person) -> None:
    role = define_role(dora.caller, name="billers", permissions=[Permission.BILL_READ])
    mia = create_user(dora.caller, name="mia", email="mia@example.com", password=PASSWORD, presets=[], custom=[role.pk])
    with pytest.raises(Conflict):
        delete_role(dora.caller, role_id=role.pk)
    change_roles(dora.caller, user_id=mia.pk, presets=[Preset.READ_ONLY])
    delete_role(dora.caller, role_id=role.pk)
    with pytest.raises(NotVisible):
        delete_role(dora.caller, role_id=role.pk)


def test_a_role_of_another_account_is_neither_changed_nor_deleted(dora: Person, olga: Person) -> None:
    role = define_role(olga.caller, name="theirs", permissions=[Permission.BILL_READ])
    with pytest.raises(NotVisible):
        define_role(dora.caller, role_id=role.pk, name="mine", permissions=[Permission.BILL_READ])
    with pytest.raises(NotVisible):
        delete_role(dora.caller, role_id=role.pk)


@pytest.mark.parametrize(
    ("name", "permissions", "field"),
    [
        ("", [Permission.BILL_READ], "name"),
        ("x" * 65, [Permission.BILL_READ], "name"),
        ("a,b", [Permission.BILL_READ], "name"),
        ("Administrator", [Permission.BILL_READ], "name"),
        ("taken", [Permission.BILL_READ], "name"),
        ("none", [], "permissions"),
        ("flags", [Permission.FLAG_GRANT], "permissions"),  # the provider's alone
    ],
)
def test_roles_are_refused(dora: Person, name: str, permissions: list[Permission], field: str) -> None:
    define_role(dora.caller, name="taken", permissions=[Permission.BILL_READ])
    with pytest.raises(Invalid) as refusal:
        define_role(dora.caller, name=name, permissions=permissions)
    assert refusal.value.field == field


def test_an_account_has_ten_roles_of_its_own(dora: Person) -> None:
    """huawei:A5."""
    for number in range(10):
        define_role(dora.caller, name=f"role {number}", permissions=[Permission.BILL_READ])
    with pytest.raises(Conflict):
        define_role(dora.caller, name="one more", permissions=[Permission.BILL_READ])


def test_nobody_gives_or_takes_rights_they_do_not_hold(dora: Person) -> None:
    """A member manager who is no administrator could otherwise become one."""
    clerks = define_role(dora.caller, name="clerks", permissions=[Permission.MEMBER_MANAGE, Permission.BILL_READ])
    kim = create_user(dora.caller, name="kim", email="kim@example.com", password=None, presets=[], custom=[clerks.pk])
    clerk = as_caller(kim)
    with pytest.raises(NotAllowed):
        create_user(clerk, name="x", email="x@example.com", password=PASSWORD, presets=[Preset.ADMINISTRATOR])
    with pytest.raises(NotAllowed):
        change_roles(clerk, user_id=kim.pk, presets=[Preset.ADMINISTRATOR])
    with pytest.raises(NotAllowed):
        change_roles(clerk, user_id=dora.user_pk, presets=[], custom=[clerks.pk])
    with pytest.raises(NotAllowed):
        set_user_active(clerk, user_id=dora.user_pk, active=False)
    with pytest.raises(NotAllowed):
        define_role(clerk, role_id=clerks.pk, name="clerks", permissions=[Permission.BILL_READ, Permission.AUDIT_READ])
    made = create_user(clerk, name="y", email="y@example.com", password=None, presets=[], custom=[clerks.pk])
    assert as_caller(made).permissions == clerk.permissions


def test_only_member_managers_change_members(dora: Person) -> None:
    mia = member(dora, Preset.FINANCE)
    with pytest.raises(NotAllowed):
        create_user(as_caller(mia), name="x", email="x@example.com", password=PASSWORD, presets=[Preset.FINANCE])


def test_nobody_disables_themselves_or_drops_their_own_administration(dora: Person) -> None:
    with pytest.raises(Conflict):
        set_user_active(dora.caller, user_id=dora.user_pk, active=False)
    with pytest.raises(Conflict):
        change_roles(dora.caller, user_id=dora.user_pk, presets=[Preset.FINANCE])


def test_a_kind_of_account_bounds_its_users(carl: Person) -> None:
    assert carl.caller.permissions == BY_KIND[AccountKind.CUSTOMER]
    assert Permission.CUSTOMER_WRITE not in carl.caller.permissions


def test_five_failures_lock_for_a_quarter_of_an_hour(dora: Person) -> None:
    for _ in range(FAILED_SIGN_INS_MAX):
        with pytest.raises(SignInRefused):
            sign_in(dora.user, "wrong", None, via="test")
    with pytest.raises(SignInRefused):
        sign_in(dora.user, PASSWORD, None, via="test")
    with clock.frozen(clock.now() + LOCKED_FOR + timedelta(seconds=1)):
        assert sign_in(dora.user, PASSWORD, None, via="test").pk == dora.user_pk


def test_the_second_factor_is_asked_for_and_good_once(dora: Person) -> None:
    secret = pyotp.random_base32()
    set_second_factor(dora.caller, secret=secret)
    with pytest.raises(SignInRefused):
        sign_in(dora.user, PASSWORD, None, via="test")
    code = pyotp.TOTP(secret).at(clock.now())
    assert sign_in(dora.user, PASSWORD, code, via="test").pk == dora.user_pk
    with pytest.raises(SignInRefused):
        sign_in(dora.user, PASSWORD, code, via="test")


def token_of(person: Person) -> str:
    return issue_token(person.user, PASSWORD, None)[0]


def test_a_token_lives_a_day_and_is_kept_as_a_hash(dora: Person) -> None:
    from openpartner.core.access.models import AuthToken

    token = token_of(dora)
    assert not AuthToken.objects.filter(token_hash=token).exists()
    caller = caller_by_token(token, via="test", request_id="")
    assert caller is not None
    assert caller.scope == dora.caller.scope
    with clock.frozen(clock.now() + timedelta(hours=24, seconds=1)):
        assert caller_by_token(token, via="test", request_id="") is None


def test_tokens_end_with_password_role_and_disabling(dora: Person) -> None:
    mia = member(dora, Preset.FINANCE)
    for change in (
        lambda: change_password(as_caller(mia), old=PASSWORD, new="another long password"),
        lambda: change_roles(dora.caller, user_id=mia.pk, presets=[Preset.READ_ONLY]),
        lambda: set_user_active(dora.caller, user_id=mia.pk, active=False),
    ):
        user = reread(mia)
        password = PASSWORD if user.check_password(PASSWORD) else "another long password"
        token = issue_token(user, password, None)[0]
        assert caller_by_token(token, via="test", request_id="") is not None
        change()
        assert caller_by_token(token, via="test", request_id="") is None
