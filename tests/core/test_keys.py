"""Access keys and what seals them."""

from __future__ import annotations

import pytest

from openpartner.core.access import sealing
from openpartner.core.access.keys import create_key, delete_key, reseal_all, set_key_active
from openpartner.core.access.models import AccessKey
from openpartner.core.access.operators import operator
from openpartner.core.access.roles import Preset
from openpartner.core.access.signers import find_signer
from openpartner.core.access.users import caller_of, create_user, define_role
from openpartner.core.base.errors import LimitReached, NotAllowed, NotVisible
from openpartner.core.base.permissions import Permission
from tests.support.people import Person


def test_a_key_signs_at_once_and_its_secret_is_not_stored(dora: Person) -> None:
    pair = create_key(dora.caller, user_id=dora.user_pk)
    signer = find_signer(pair.access_key)
    assert signer is not None
    assert signer.secret == pair.secret_key
    assert signer.usable
    assert signer.caller(via="test", request_id="").scope == dora.caller.scope
    stored = AccessKey.objects.everything(reason="test").get(access_key=pair.access_key)
    assert pair.secret_key not in stored.secret


def test_a_user_has_at_most_two_keys(dora: Person) -> None:
    create_key(dora.caller, user_id=dora.user_pk)
    with pytest.raises(LimitReached):
        create_key(dora.caller, user_id=dora.user_pk)
    delete_key(dora.caller, access_key=dora.access_key)
    create_key(dora.caller, user_id=dora.user_pk)


def test_a_disabled_key_stops_at_once(dora: Person) -> None:
    before = find_signer(dora.access_key)
    assert before is not None
    assert before.usable
    set_key_active(dora.caller, access_key=dora.access_key, active=False)
    after = find_signer(dora.access_key)
    assert after is not None
    assert not after.usable


@pytest.mark.parametrize("stranger", ["olga", "rita", "pia"])
def test_it_hides_another_accounts_keys(dora: Person, world: dict[str, Person], stranger: str) -> None:
    with pytest.raises(NotVisible):
        set_key_active(dora.caller, access_key=world[stranger].access_key, active=False)
    with pytest.raises(NotVisible):
        create_key(dora.caller, user_id=world[stranger].user_pk)


def test_only_member_managers_make_keys_for_others(dora: Person) -> None:
    clerk = create_user(
        dora.caller, name="clerk", email="clerk@example.com", password="a long password", presets=[Preset.FINANCE]
    )
    clerk = type(clerk).objects.everything(reason="test").select_related("account").get(pk=clerk.pk)
    create_key(caller_of(clerk, via="test"), user_id=clerk.pk)
    with pytest.raises(NotAllowed):
        create_key(caller_of(clerk, via="test"), user_id=dora.user_pk)


def test_a_key_for_somebody_with_more_rights_is_refused(dora: Person) -> None:
    """Its secret would be as good as their password."""
    role = define_role(dora.caller, name="clerks", permissions=[Permission.MEMBER_MANAGE, Permission.KEY_MANAGE_OWN])
    made = create_user(dora.caller, name="kim", email="kim@example.com", password=None, presets=[], custom=[role.pk])
    kim = type(made).objects.everything(reason="test").select_related("account").get(pk=made.pk)
    with pytest.raises(NotAllowed):
        create_key(caller_of(kim, via="test"), user_id=dora.user_pk)
    with pytest.raises(NotAllowed):
        delete_key(caller_of(kim, via="test"), access_key=dora.access_key)
    create_key(dora.caller, user_id=kim.pk)


def test_rotation_reseals_every_secret(dora: Person) -> None:
    before = AccessKey.objects.everything(reason="test").get(access_key=dora.access_key).secret
    sealing.put_new_key_in_front()
    assert reseal_all(operator()) >= 14  # one key for each of the cast
    sealing.drop_old_keys()
    sealing.opened.cache_clear()
    after = AccessKey.objects.everything(reason="test").get(access_key=dora.access_key).secret
    assert after != before
    signer = find_signer(dora.access_key)
    assert signer is not None
    assert signer.secret == dora.secret_key


def test_a_foreign_ring_is_told(dora: Person) -> None:
    sealed = sealing.seal("secret")
    for _ in range(2):  # the key before the newest is kept for one rotation
        sealing.put_new_key_in_front()
        sealing.drop_old_keys()
    with pytest.raises(sealing.SealBroken):
        sealing.opened(sealed)
