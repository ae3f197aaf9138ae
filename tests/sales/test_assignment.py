"""Assigning customers to account managers (huawei:B11), and what a partner decides for its customers (huawei:B20)."""

from __future__ import annotations

import pytest

from openpartner.core.access.roles import Preset
from openpartner.core.accounts.models import Account
from openpartner.core.audit.events import Action
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.base.kinds import AssociationKind
from openpartner.core.credit.models import CreditNotice, Notice
from openpartner.core.credit.notices import _mail
from openpartner.core.customers.bulk import Outcome, assign_managers
from openpartner.core.customers.commands import NewCustomer, create_customer
from openpartner.core.customers.messages import set_bill_view_default, set_bill_views, set_messages
from openpartner.core.customers.models import ManagerAssignment, MessageKind
from openpartner.core.mail.models import OutgoingMail
from openpartner.kit import clock
from tests.console.organization.people import browser, member
from tests.console.test_credit import sent, text_of
from tests.support.people import Person, World

pytestmark = pytest.mark.django_db


def test_only_customers_that_nobody_looks_after_are_offered_and_taken(world: World) -> None:
    kim, lee = (member(world.dora, name, Preset.ACCOUNT_MANAGER) for name in ("kim", "lee"))
    dora = browser(world.dora)
    cora, chen = world.cora.account_id, world.chen.account_id
    assign_managers(world.dora.caller, account_ids=[cora], manager=lee.pk)
    offered = text_of(dora, f"/customer-assignment/{kim.pk}/assign/")
    assert (str(world.cora.uin) in offered, str(world.chen.uin) in offered) == (False, True)
    page = dora.post(f"/customer-assignment/{kim.pk}/assign/chosen/", {"row": [cora, chen], "confirm": "1"})
    assert b"somebody looks after it already" in page.content
    managers = {name: world[name].account.manager_id for name in ("cora", "chen")}
    assert managers == {"cora": lee.pk, "chen": kim.pk}
    assert str(world.chen.uin) in text_of(dora, f"/customer-assignment/{kim.pk}/")
    dora.post(f"/customer-assignment/{kim.pk}/unassign/", {"row": [chen], "confirm": "1"})
    assert world.chen.account.manager_id is None
    assert str(world.chen.uin) in text_of(dora, f"/customer-assignment/{kim.pk}/history/")
    assert ManagerAssignment.objects.within(world.dora.caller.own()).filter(until__isnull=False).count() == 1


def test_the_rule_of_spend_is_told_and_strangers_are_not_there(world: World) -> None:
    """huawei:F18: from the moment in details and dashboards, from the next day in daily summaries."""
    assert "daily summaries from the day after" in text_of(browser(world.dora), "/customer-assignment/")
    kim = member(world.dora, "kim", Preset.ACCOUNT_MANAGER)
    for address in ("", "assign/", "history/"):
        assert browser(world.olga).get(f"/customer-assignment/{kim.pk}/{address}").status_code == 404
    assert browser(kim).get("/customer-assignment/").status_code == 403
    assert browser(world.pia).get("/customer-assignment/").status_code == 404


def test_a_disabled_manager_keeps_a_page_and_gets_nobody(world: World) -> None:
    kim = member(world.dora, "kim", Preset.ACCOUNT_MANAGER)
    assign_managers(world.dora.caller, account_ids=[world.cora.account_id], manager=kim.pk)
    kim.is_active = False
    kim.save(update_fields=["is_active"])
    dora = browser(world.dora)
    assert str(world.cora.uin) in text_of(dora, f"/customer-assignment/{kim.pk}/")
    assert dora.get(f"/customer-assignment/{kim.pk}/assign/").status_code == 409


def mailed(customer: Person, notice: Notice) -> list[tuple[str, str]]:
    """Who is mailed of a notice, and in whose log it stands."""
    OutgoingMail.objects.everything(reason="test").delete()
    row = customer.account
    assert row.partner_id is not None
    partner = Account.objects.everything(reason="test").get(pk=row.partner_id)
    told = CreditNotice(partner=partner, customer=row, notice=notice, percent=20, currency="USD")
    told.total, told.available, told.at = 100, 20, clock.now()
    _mail([(told, row, partner)])
    mails = OutgoingMail.objects.everything(reason="test").order_by("recipient")
    names = {customer.account_pk: "customer", partner.pk: "partner"}
    return [(one.recipient, names[one.account or 0]) for one in mails]


def test_a_partner_takes_over_the_messages_of_its_resale_customers(world: World) -> None:
    """huawei:B20: one template for all of them, which they cannot change."""
    own = [("cora@example.com", "customer"), ("dora@example.com", "partner")]
    assert mailed(world.cora, Notice.LOW) == own
    desk = ["desk@dora.example"]
    set_messages(world.dora.caller, takes_over=True, emails=desk, kinds=[MessageKind.CREDIT])
    taken = [("desk@dora.example", "partner"), ("dora@example.com", "partner")]
    assert mailed(world.cora, Notice.LOW) == taken
    assert mailed(world.cora, Notice.STOPPED) == [("dora@example.com", "partner")], "what is not ticked goes to nobody"
    assert mailed(world.carl, Notice.LOW)[0] == ("carl@example.com", "customer"), "rita has decided nothing"
    Account.objects.everything(reason="test").filter(pk=world.cora.account_pk).update(
        association_kind=AssociationKind.REFERRAL
    )
    assert mailed(world.cora, Notice.LOW) == own, "referral customers are their own"
    set_messages(world.dora.caller, takes_over=False, emails=desk, kinds=[])
    assert mailed(world.chen, Notice.STOPPED)[0] == ("chen@example.com", "customer")


def test_taking_over_names_somebody(world: World) -> None:
    for emails in ([], ["no address"]):
        with pytest.raises(Invalid):
            set_messages(world.dora.caller, takes_over=True, emails=emails, kinds=[MessageKind.CREDIT])
    with pytest.raises(NotVisible):
        set_messages(world.pia.caller, takes_over=True, emails=["a@b.example"], kinds=[])
    status, page = sent(browser(world.dora), "/customer-settings/messages/", takes_over="on", emails="", kinds="credit")
    assert (status, "name nobody who receives" in page) == (422, True)


def test_settings_are_changed_and_shown_on_their_pages(world: World) -> None:
    dora = browser(world.dora)
    given = {"takes_over": "on", "emails": "desk@dora.example\nops@dora.example", "kinds": "credit"}
    assert sent(dora, "/customer-settings/messages/", **given)[0] == 302
    assert sent(dora, "/customer-settings/bill-view/")[0] == 302
    told = text_of(dora, "/customer-settings/")
    assert "You receive them" in told
    assert "ops@dora.example" in told
    assert "New customers do not see their bills" in told
    assert browser(world.pia).get("/customer-settings/").status_code == 404


def test_new_resale_customers_see_bills_as_the_partner_has_decided(world: World) -> None:
    set_bill_view_default(world.dora.caller, visible=False)
    made = create_customer(world.dora.caller, new=NewCustomer(account_name="newcomer"))
    assert not Account.objects.everything(reason="test").get(pk=made.pk).bills_visible
    other = create_customer(world.rita.caller, new=NewCustomer(account_name="another"))
    assert Account.objects.everything(reason="test").get(pk=other.pk).bills_visible
    assert world.cora.account.bills_visible, "those that are there stay as they are"


def test_the_view_of_bills_is_closed_for_several(world: World) -> None:
    ids = [world[name].account_id for name in ("cora", "chen", "otto")]
    results = set_bill_views(world.dora.caller, account_ids=ids, visible=False)
    assert [one.outcome for one in results] == [Outcome.DONE, Outcome.DONE, Outcome.NOT_VISIBLE]
    assert set_bill_views(world.dora.caller, account_ids=ids[:1], visible=False)[0].outcome is Outcome.UNCHANGED
    page = browser(world.dora).post("/customers/bill-views/", {"row": ids[:2], "confirm": "1", "view": "open"})
    assert b"2 customers were changed" in page.content
    assert world.cora.account.bills_visible
    events = AuditEvent.objects.everything(reason="test").filter(action=Action.BILL_VIEW_CHANGED)
    assert events.count() == 4
