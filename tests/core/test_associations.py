"""Binding and releasing: history, one current partner, what moves with it, who was bound to whom on that day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from openpartner.core.access.roles import Preset
from openpartner.core.access.users import create_user
from openpartner.core.accounts.models import Account, Association, AssociationCount, Flag
from openpartner.core.base.errors import Conflict, Invalid, NotAllowed, NotVisible
from openpartner.core.base.kinds import AccountKind, AssociationKind
from openpartner.core.customers.commands import (
    NewCustomer,
    assign_manager,
    associate,
    change_remark,
    create_customer,
    set_labels,
)
from openpartner.core.customers.queries import (
    association_history,
    count_customers,
    get_customer,
)
from openpartner.core.parting.ending import disassociate
from openpartner.core.partners.commands import NewPartner, create_partner, grant_flag, withdraw_flag
from openpartner.core.partners.queries import has_flag
from openpartner.kit import clock
from tests.support.people import PASSWORD, Person


def test_a_new_customer_carries_its_tenants(rita: Person, dora: Person, pia: Person) -> None:
    made = create_customer(rita.caller, new=NewCustomer(account_name="newbie", legal_name="New Bie"))
    assert (made.partner_id, made.payer_id, made.provider_id) == (rita.account_pk, dora.account_pk, pia.account_pk)
    assert len(str(made.uin)) == 12
    assert len(made.account_id) == 32
    assert get_customer(dora.caller.scope, uin=made.uin) == made
    assert count_customers(rita.caller.own()) == 3
    with pytest.raises(NotVisible):
        get_customer(dora.caller.own(), uin=made.uin)  # the distributor's direct customers are others


def test_release_ends_the_row_and_takes_the_partners_notes_along(
    pia: Person, rita: Person, dora: Person, carl: Person
) -> None:
    set_labels(rita.caller, account_id=carl.account_id, labels=["vip", "coffee"])
    change_remark(rita.caller, uin=carl.uin, remark="pays late")
    before = count_customers(rita.caller.own())
    ended = disassociate(pia.caller, account_id=carl.account_id)
    assert (ended.labels, ended.remark) == ("coffee,vip", "pays late")
    assert count_customers(rita.caller.own()) == before - 1
    again = associate(dora.caller, account_id=carl.account_id, kind=AssociationKind.RESALE)
    assert again.partner_id == dora.account_pk
    now = get_customer(dora.caller.own(), account_id=carl.account_id)
    assert (now.labels, now.remark, now.manager_id) == ("", "", None)


def test_who_was_bound_to_whom_on_that_day(rita: Person, dora: Person, pia: Person, carl: Person) -> None:
    disassociate(pia.caller, account_id=carl.account_id)
    with clock.frozen(clock.now() + timedelta(days=2)):
        associate(dora.caller, account_id=carl.account_id, kind=AssociationKind.REFERRAL)
    customer = carl.account
    history = association_history(pia.caller.scope, customer)
    since = history[-1].since

    def on(moment: datetime) -> list[int]:
        return [one.partner_id for one in history if one.since <= moment and (one.until is None or moment < one.until)]

    assert on(since) == [rita.account_pk]
    assert on(clock.now() + timedelta(days=1)) == []
    assert on(clock.now() + timedelta(days=3)) == [dora.account_pk]
    assert on(since - timedelta(seconds=1)) == []
    # The former partner no longer sees the customer at all; the new one does not see the former association's rows.
    with pytest.raises(NotVisible):
        get_customer(rita.caller.scope, account_id=carl.account_id)


def test_a_customer_has_one_current_partner(pia: Person, dora: Person, carl: Person) -> None:
    with pytest.raises(NotVisible):  # bound elsewhere reads like absent
        associate(dora.caller, account_id=carl.account_id, kind=AssociationKind.RESALE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Association.objects.create(
            provider_id=pia.account_pk,
            payer_id=dora.account_pk,
            partner_id=dora.account_pk,
            child_id=carl.account_pk,
            kind=AssociationKind.RESALE,
            since=clock.now(),
        )


def test_the_provider_alone_releases_without_asking(rita: Person, dora: Person, olga: Person, carl: Person) -> None:
    for partner in (rita, dora, olga, carl):
        with pytest.raises(NotAllowed):
            disassociate(partner.caller, account_id=carl.account_id)


def test_the_tree_has_three_levels(dora: Person, rita: Person, sol: Person, pia: Person) -> None:
    new = NewPartner(kind=AccountKind.SECOND_LEVEL_RESELLER, account_name="third", legal_name="Third Level")
    for parent in (rita, sol, pia):
        with pytest.raises(Invalid):
            create_partner(parent.caller, new=new)
    made = create_partner(dora.caller, new=new)
    assert (made.partner_id, made.payer_id) == (dora.account_pk, dora.account_pk)


def test_names_are_taken_once(dora: Person, carl: Person) -> None:
    with pytest.raises(Invalid):
        create_customer(dora.caller, new=NewCustomer(account_name=carl.account_name))


def test_counters_follow(pia: Person, dora: Person, rita: Person, carl: Person) -> None:
    def counted(person: Person) -> int:
        rows = AssociationCount.objects.everything(reason="test").filter(partner_id=person.account_pk)
        return sum(row.customers for row in rows)

    def actual(person: Person) -> int:
        return (
            Account.objects.everything(reason="test")
            .filter(partner_id=person.account_pk, kind=AccountKind.CUSTOMER)
            .count()
        )

    assert counted(rita) == actual(rita) == 2
    disassociate(pia.caller, account_id=carl.account_id)
    associate(dora.caller, account_id=carl.account_id, kind=AssociationKind.RESALE)
    assert (counted(rita), counted(dora)) == (actual(rita), actual(dora)) == (1, 4)


def test_account_managers_see_their_customers_alone(rita: Person, carl: Person) -> None:
    mia = create_user(
        rita.caller, name="mia", email="mia@example.com", password=PASSWORD, presets=[Preset.ACCOUNT_MANAGER]
    )
    assign_manager(rita.caller, account_id=carl.account_id, manager_id=mia.pk)
    from openpartner.core.access.models import User
    from openpartner.core.access.users import caller_of

    caller = caller_of(User.objects.everything(reason="test").select_related("account").get(pk=mia.pk), via="test")
    assert count_customers(caller.scope) == 1
    assert get_customer(caller.scope, uin=carl.uin).uin == carl.uin
    assign_manager(rita.caller, account_id=carl.account_id, manager_id=None)
    assert count_customers(caller.scope) == 0


def test_a_manager_is_of_the_partners_own_staff(rita: Person, dora: Person, carl: Person) -> None:
    with pytest.raises(NotVisible):
        assign_manager(rita.caller, account_id=carl.account_id, manager_id=dora.user_pk)


def test_customers_write_nothing_about_themselves(carl: Person) -> None:
    with pytest.raises(NotAllowed):
        change_remark(carl.caller, uin=carl.uin, remark="x")


def test_remark_and_label_bounds(rita: Person, carl: Person) -> None:
    with pytest.raises(Invalid):
        change_remark(rita.caller, uin=carl.uin, remark="x" * 256)
    with pytest.raises(Invalid):
        set_labels(rita.caller, account_id=carl.account_id, labels=["x" * 40, "y" * 40])
    with pytest.raises(Invalid):
        set_labels(rita.caller, account_id=carl.account_id, labels=["a,b"])


def test_flags_are_granted_by_the_provider_alone(pia: Person, dora: Person, olga: Person) -> None:
    with pytest.raises(NotAllowed):
        grant_flag(dora.caller, account_id=dora.account_id, flag=Flag.FORCED_SUSPENSION)
    grant_flag(pia.caller, account_id=dora.account_id, flag=Flag.FORCED_SUSPENSION)
    assert has_flag(dora.caller, Flag.FORCED_SUSPENSION)
    assert not has_flag(olga.caller, Flag.FORCED_SUSPENSION)
    withdraw_flag(pia.caller, account_id=dora.account_id, flag=Flag.FORCED_SUSPENSION)
    assert not has_flag(dora.caller, Flag.FORCED_SUSPENSION)
    with pytest.raises(Conflict):
        withdraw_flag(pia.caller, account_id=dora.account_id, flag=Flag.FORCED_SUSPENSION)
