"""Reported customers, opportunities and tasks: the states of huawei:A3, huawei:B12 and huawei:B13, and of seed 002."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from openpartner.core.access.models import User
from openpartner.core.access.roles import Preset
from openpartner.core.access.users import add_user, caller_of
from openpartner.core.accounts.models import Account
from openpartner.core.audit.events import Action
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import ChannelError, Conflict, Invalid, NotAllowed, NotVisible
from openpartner.core.base.kinds import AssociationKind
from openpartner.core.customers.commands import NewCustomer, associate, create_customer
from openpartner.core.jobs.schedule import RECURRING
from openpartner.core.sales.models import HistoryEntry, Opportunity, ReportedCustomer, SalesTask
from openpartner.core.sales.opportunities import (
    NewOpportunity,
    add_opportunity,
    answer_offer,
    change_opportunity,
    close_opportunity,
    move_opportunity,
    offer_opportunity,
    share_opportunity,
)
from openpartner.core.sales.queries import (
    OpportunityFilter,
    ReportFilter,
    TaskFilter,
    get_report,
    get_task,
    history,
    opportunities,
    pipeline,
    reports,
    tasks,
)
from openpartner.core.sales.reports import (
    NewReport,
    accept_report,
    expire_report,
    note_fact,
    refuse_report,
    report_customer,
    reported_by_other,
    withdraw_report,
)
from openpartner.core.sales.task_files import Outcome, import_tasks
from openpartner.core.sales.tasks import (
    NewTask,
    cancel_task,
    end_task,
    give_task,
    make_opportunity,
    report_progress,
    start_task,
)
from openpartner.core.sales.vocabulary import Deed, ReportState, Stage, TaskKind, TaskState
from openpartner.kit import clock
from tests.core.test_bill_import import work
from tests.support.people import World

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 3, 1, tzinfo=UTC)


def reported(world: World, who: str = "dora", company: str = "Acme Ltd", **more: object) -> ReportedCustomer:
    return report_customer(world[who].caller, new=NewReport(company=company, **more))  # type: ignore[arg-type]


def why_not(act: object) -> str:
    with pytest.raises(ChannelError) as refused:
        act()  # type: ignore[operator]
    return refused.value.message


def manager(world: World, name: str = "kim") -> Caller:
    """Somebody of dora's who is an account manager and nothing else."""
    add_user(
        account=world.dora.account,
        name=name,
        email=f"{name}@example.com",
        password=None,
        presets=[Preset.ACCOUNT_MANAGER],
    )
    user = User.objects.everything(reason="test").select_related("account").get(email=f"{name}@example.com")
    return caller_of(user, via="test")


# Reports: huawei:B12 (pre-register), huawei:A3 (pre-registered by another partner).


def test_a_report_is_accepted_and_protects(world: World) -> None:
    with clock.frozen(DAY):
        row = reported(world, email="Ann@Acme.example", amount=Decimal("1500.5"), region="SG", industry="kghy_01")
        assert (row.state, row.email, row.micros) == (ReportState.REPORTED, "ann@acme.example", 1_500_500_000)
        row = accept_report(world.pia.caller, report=row.pk, days=30, remark="well described")
    assert row.state == ReportState.ACCEPTED
    assert row.protected_until == DAY + timedelta(days=30)
    told = [(one.deed, one.by, one.text) for one in history(row)]
    assert told == [(Deed.ACCEPTED, "pia", "well described"), (Deed.REPORTED, "dora", "")]


@pytest.mark.parametrize("same", [{"company": " ACME  ltd"}, {"company": "Other", "email": "ann@acme.example"}])
def test_another_partner_is_refused_and_not_told_who_was_first(world: World, same: dict[str, str]) -> None:
    """The same words for a protected company and for one that has a partner: neither tells whose it is."""
    reported(world, email="ann@acme.example")
    protected = why_not(lambda: reported(world, "sol", **{"company": "", **same}))
    bound = why_not(lambda: reported(world, "sol", "Oona Oil"))
    assert protected == bound
    assert not any(name in protected.casefold() for name in ("dora", "olga", str(world.dora.uin)))
    assert reports(world.sol.caller.scope, ReportFilter()).count() == 0


def test_ones_own_are_named_as_such(world: World) -> None:
    reported(world)
    assert why_not(lambda: reported(world)) == "you have reported this customer already"
    assert why_not(lambda: reported(world, company="corazón cafés")) == "this is one of your customers already"


def test_other_partners_are_asked_about_without_being_named(world: World) -> None:
    reported(world, email="ann@acme.example")
    dora, sol = world.dora.account_pk, world.sol.account_pk
    assert reported_by_other(sol, email="ANN@acme.example")
    assert reported_by_other(sol, name="acme LTD")
    assert not reported_by_other(dora, email="ann@acme.example")
    assert not reported_by_other(sol, email="bob@acme.example", name="Acme Inc")
    assert not reported_by_other(sol)


@pytest.mark.parametrize("ended", ["refused", "withdrawn", "expired"])
def test_an_ended_report_protects_no_longer(world: World, ended: str) -> None:
    with clock.frozen(DAY):
        row = reported(world)
        if ended == "refused":
            refuse_report(world.pia.caller, report=row.pk, reason="too thin")
        elif ended == "withdrawn":
            withdraw_report(world.dora.caller, report=row.pk)
    with clock.frozen(DAY + timedelta(days=90)):
        assert not reported_by_other(world.sol.account_pk, name="Acme Ltd")
        assert reported(world, "sol").state == ReportState.REPORTED
    assert get_report(world.dora.caller.scope, row.pk).state == ended


def test_protection_ends_by_itself(world: World) -> None:
    with clock.frozen(DAY):
        row = reported(world)
        RECURRING["sales.expire"].run()
        work()
        assert get_report(world.dora.caller.scope, row.pk).state == ReportState.REPORTED
    with clock.frozen(DAY + timedelta(days=90)):
        for _ in range(2):
            RECURRING["sales.expire"].run()
            work()
    assert get_report(world.dora.caller.scope, row.pk).state == ReportState.EXPIRED
    events = AuditEvent.objects.everything(reason="test").filter(action=Action.REPORT_EXPIRED)
    assert [one.actor_name for one in events] == ["pia_account/system"]
    with pytest.raises(NotVisible):
        expire_report(world.dora.caller, report=row.pk)


@pytest.mark.parametrize("how", ["created", "associated"])
def test_a_reported_customer_that_is_bound_is_registered(world: World, how: str) -> None:
    row = reported(world, email="ann@acme.example")
    if how == "created":
        made = create_customer(world.dora.caller, new=NewCustomer(account_name="acme", legal_name="ACME Ltd"))
    else:
        made = Account.objects.everything(reason="test").get(pk=world.carl.account_pk)
        made.pk, made.uin, made.account_id = None, 299_000_000_001, f"{0xF001:032x}"
        made.account_name, made.email = "acme", "ann@acme.example"
        made.partner = made.payer = made.association_kind = made.associated_at = None
        made.save(force_insert=True)
        associate(world.dora.caller, account_id=made.account_id, kind=AssociationKind.RESALE)
    row = get_report(world.dora.caller.scope, row.pk)
    assert (row.state, row.account_id) == (ReportState.REGISTERED, made.pk)
    assert history(row)[0].deed == Deed.REGISTERED


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"company": " "}, "company"),
        ({"company": "x" * 201}, "company"),
        ({"company": "a\0b"}, "company"),
        ({"email": "no address"}, "email"),
        ({"mobile": "call me"}, "mobile"),
        ({"region": "XX"}, "region"),
        ({"industry": "kghy_99"}, "industry"),
        ({"currency": "ABC"}, "currency"),
        ({"amount": Decimal(-1)}, "amount"),
        ({"amount": Decimal("NaN")}, "amount"),
        ({"amount": Decimal("0.0000001")}, "amount"),
        ({"note": "x" * 1001}, "note"),
        ({"manager": 1}, "manager"),
    ],
)
def test_what_cannot_be_reported_names_its_field(world: World, wrong: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        report_customer(world.dora.caller, new=NewReport(**{"company": "Acme Ltd", **wrong}))  # type: ignore[arg-type]
    assert refused.value.field == field
    assert not ReportedCustomer.objects.everything(reason="test").exists()


def test_who_may_do_what_to_a_report(world: World) -> None:
    row = reported(world)
    for who in ("dora", "olga", "rita"):
        with pytest.raises(NotVisible):
            accept_report(world[who].caller, report=row.pk)
    for who in ("pia", "olga", "rita"):
        with pytest.raises(NotVisible):
            withdraw_report(world[who].caller, report=row.pk)
    with pytest.raises(NotAllowed):
        report_customer(world.carl.caller, new=NewReport(company="Acme Ltd"))
    with pytest.raises(NotVisible):
        report_customer(world.pia.caller, new=NewReport(company="Acme Ltd"))
    refuse_report(world.pia.caller, report=row.pk, reason="no")
    with pytest.raises(Conflict):
        accept_report(world.pia.caller, report=row.pk)
    with pytest.raises(Conflict):
        withdraw_report(world.dora.caller, report=row.pk)


def test_facts_of_an_enterprise_hold_https_links_alone(world: World) -> None:
    """Seed 002: enterprise information in five parts. Links are shown and never fetched."""
    row = reported(world)
    note_fact(world.dora.caller, report=row.pk, part="cloud", label="Website", text="shop", link="https://acme.example")
    for link in ("http://acme.example", "javascript:alert(1)", "https://a b", "https://"):
        with pytest.raises(Invalid, match="https"):
            note_fact(world.dora.caller, report=row.pk, part="cloud", label="Website", text="shop", link=link)
    with pytest.raises(Invalid):
        note_fact(world.dora.caller, report=row.pk, part="gossip", label="Website", text="shop")


def test_an_account_manager_sees_its_own_reports_alone(world: World) -> None:
    """huawei:A5: an account manager sees what is assigned to it; what it reports is."""
    kim = manager(world)
    theirs, row = reported(world), report_customer(kim, new=NewReport(company="Kim's Kites"))
    assert [one.pk for one in reports(kim.scope, ReportFilter())] == [row.pk]
    with pytest.raises(NotVisible):
        withdraw_report(kim, report=theirs.pk)
    assert reports(world.dora.caller.scope, ReportFilter()).count() == 2


# Opportunities: huawei:B13.


def found(world: World, **more: object) -> Opportunity:
    new = NewOpportunity(name="Move to the cloud", customer=world.cora.account_id, amount=Decimal(9), **more)  # type: ignore[arg-type]
    return add_opportunity(world.dora.caller, new=new)


def test_an_opportunity_is_moved_and_won(world: World) -> None:
    row = found(world, products=("ECS", " OBS ", "ECS"), expected_on=date(2026, 6, 30))
    assert (row.company, row.products, row.stage) == ("Corazón Cafés", "ECS,OBS", Stage.FOUND)
    caller = world.dora.caller
    move_opportunity(caller, opportunity=row.pk, stage=Stage.PROPOSED, text="offer sent")
    move_opportunity(caller, opportunity=row.pk, stage=Stage.PROPOSED, text="they read it")
    assert [(one.stage, one.number) for one in pipeline(caller.scope)][2] == (Stage.PROPOSED, 1)
    close_opportunity(caller, opportunity=row.pk, is_won=True, reason="best price")
    assert [one.deed for one in history(row)] == [Deed.WON, Deed.NOTED, Deed.MOVED, Deed.ADDED]
    for late in (
        lambda: move_opportunity(caller, opportunity=row.pk, stage=Stage.FOUND),
        lambda: close_opportunity(caller, opportunity=row.pk, is_won=False, reason="no"),
        lambda: change_opportunity(caller, opportunity=row.pk, new=NewOpportunity(name="x")),
        lambda: share_opportunity(caller, opportunity=row.pk),
    ):
        assert why_not(late) == "the opportunity has ended already"


def test_the_provider_sees_what_is_shared(world: World) -> None:
    """huawei:B13: sharing with the provider (PO)."""
    row, pia = found(world), world.pia.caller.scope
    assert not opportunities(pia, OpportunityFilter()).exists()
    share_opportunity(world.dora.caller, opportunity=row.pk)
    assert [one.pk for one in opportunities(pia, OpportunityFilter())] == [row.pk]
    assert why_not(lambda: share_opportunity(world.dora.caller, opportunity=row.pk)).startswith("the provider sees")


@pytest.mark.parametrize("is_taken", [True, False])
def test_the_provider_offers_and_the_partner_answers(world: World, is_taken: bool) -> None:  # noqa: FBT001  # a case
    """huawei:B13: sharing from the provider (HO)."""
    new = NewOpportunity(name="Renew", customer=world.carl.account_id)
    row = offer_opportunity(world.pia.caller, partner=world.rita.account_id, new=new)
    with pytest.raises(Conflict):
        move_opportunity(world.rita.caller, opportunity=row.pk, stage=Stage.FOUND, text="x")
    with pytest.raises(NotVisible):
        answer_offer(world.dora.caller, opportunity=row.pk, is_taken=True)
    row = answer_offer(world.rita.caller, opportunity=row.pk, is_taken=is_taken, reason="no time")
    assert row.stage == (Stage.FOUND if is_taken else Stage.LOST)
    with pytest.raises(Conflict):
        answer_offer(world.rita.caller, opportunity=row.pk, is_taken=is_taken, reason="again")


def test_an_opportunity_is_for_ones_own_customer(world: World) -> None:
    """huawei:B13: for reported or associated customers."""
    report = reported(world, "olga")
    for wrong in (
        NewOpportunity(name="x"),
        NewOpportunity(name="x", customer=world.oona.account_id),
        NewOpportunity(name="x", customer=world.carl.account_id),
        NewOpportunity(name="x", report=report.pk),
        NewOpportunity(name="x", report=report.pk, customer=world.cora.account_id),
    ):
        with pytest.raises(Invalid):
            add_opportunity(world.dora.caller, new=wrong)
    row = add_opportunity(world.olga.caller, new=NewOpportunity(name="x", report=report.pk))
    assert row.company == "Acme Ltd"
    withdraw_report(world.olga.caller, report=report.pk)
    with pytest.raises(Conflict):
        add_opportunity(world.olga.caller, new=NewOpportunity(name="x", report=report.pk))


# Tasks: seed 002, huawei:B13.

EXPAND = NewTask(kind=TaskKind.EXPANSION, title="Sell more", company="Acme Ltd")


def test_a_task_is_processed_with_progress_and_ended(world: World) -> None:
    row = give_task(world.pia.caller, partner=world.dora.account_id, new=EXPAND)
    dora = world.dora.caller
    with pytest.raises(Conflict):
        report_progress(dora, task=row.pk, percent=10, text="x")
    start_task(dora, task=row.pk, text="on it")
    report_progress(dora, task=row.pk, percent=40, text="met them")
    made = make_opportunity(dora, task=row.pk, new=NewOpportunity(name="More", customer=world.cora.account_id))
    assert made.shared_at is not None, "whoever follows the task sees what it led to"
    end_task(dora, task=row.pk, is_achieved=True, outcome="sold")
    row = get_task(dora.scope, row.pk)
    assert (row.state, row.percent, row.outcome) == (TaskState.ACHIEVED, 100, "sold")
    assert [(one.deed, one.percent) for one in history(row)] == [
        (Deed.ACHIEVED, 100), (Deed.NOTED, 40), (Deed.STARTED, 0), (Deed.GIVEN, 0),
    ]  # fmt: skip  # one line of expectations
    for late in (
        lambda: start_task(dora, task=row.pk),
        lambda: report_progress(dora, task=row.pk, percent=1, text="x"),
        lambda: end_task(dora, task=row.pk, is_achieved=False, outcome="x"),
        lambda: cancel_task(world.pia.caller, task=row.pk, reason="x"),
        lambda: make_opportunity(dora, task=row.pk, new=NewOpportunity(name="x")),
    ):
        with pytest.raises(Conflict):
            late()


def test_who_gives_tasks_to_whom(world: World) -> None:
    """The provider asks its partners, a distributor its resellers; what others ask of a reseller is not shown to it."""
    by_pia = give_task(world.pia.caller, partner=world.rita.account_id, new=EXPAND)
    by_dora = give_task(world.dora.caller, partner=world.rita.account_id, new=EXPAND)
    for giver, partner in (("dora", "olga"), ("dora", "dora"), ("olga", "rita"), ("sol", "rita"), ("rita", "rita")):
        with pytest.raises(NotVisible):
            give_task(world[giver].caller, partner=world[partner].account_id, new=EXPAND)
    seen = {who: {one.pk for one in tasks(world[who].caller.scope, TaskFilter())} for who in ("dora", "rita", "olga")}
    assert seen == {"dora": {by_dora.pk}, "rita": {by_pia.pk, by_dora.pk}, "olga": set()}
    with pytest.raises(NotVisible):
        cancel_task(world.pia.caller, task=by_dora.pk, reason="not mine")
    assert cancel_task(world.dora.caller, task=by_dora.pk, reason="moot").state == TaskState.CANCELLED


def test_a_renewal_needs_the_day_on_which_it_ends(world: World) -> None:
    new = NewTask(kind=TaskKind.RENEWAL, title="Renew", customer=world.cora.account_id)
    with pytest.raises(Invalid) as refused:
        give_task(world.pia.caller, partner=world.dora.account_id, new=new)
    assert refused.value.field == "ends_on"


def test_tasks_are_found_by_customer_and_time(world: World) -> None:
    """Seed 002: tasks are filtered by the customer's name and by when they were created."""
    with clock.frozen(DAY):
        first = give_task(world.pia.caller, partner=world.dora.account_id, new=EXPAND)
    with clock.frozen(DAY + timedelta(days=5)):
        new = NewTask(kind=TaskKind.EXPANSION, title="Sell", customer=world.cora.account_id, due_on=date(2026, 3, 7))
        second = give_task(world.pia.caller, partner=world.dora.account_id, new=new)

    def seen(**where: object) -> list[int]:
        return [one.pk for one in tasks(world.dora.caller.scope, TaskFilter(**where)).order_by("pk")]  # type: ignore[arg-type]

    assert seen(customer_name_contains="acme") == [first.pk]
    assert seen(since=DAY + timedelta(days=1)) == [second.pk]
    assert seen(until=DAY + timedelta(days=1)) == [first.pk]
    assert seen(is_overdue=True) == [second.pk]
    assert seen(is_open=False) == []


FILE = "number,kind,partner,customer,company,title,amount,ends_on,due_on\n"


def brought(world: World, tmp_path: Path, rows: str, *, who: str = "pia", dry_run: bool = False) -> Outcome:
    path = tmp_path / "tasks.csv"
    path.write_text(FILE + rows, encoding="utf-8")
    return import_tasks(world[who].caller, path, dry_run=dry_run)


def test_a_file_gives_all_its_tasks_or_none(world: World, tmp_path: Path) -> None:
    good = f"T1,expansion,{world.dora.uin},{world.cora.uin},,Sell,100,,2026-12-31\n"
    bad = f"T2,renewal,{world.dora.uin},,Acme,Renew,x,2026-12-31,\nT3,gift,{world.olga.account_id},,Acme,x,1,,\n"
    outcome = brought(world, tmp_path, good + bad)
    assert [(one.line, one.column) for one in outcome.faults] == [(3, "amount"), (4, "kind")]
    assert not SalesTask.objects.everything(reason="test").exists()
    assert brought(world, tmp_path, good, dry_run=True).new == 1
    assert not SalesTask.objects.everything(reason="test").exists()
    for expected in ((1, 0), (0, 1)):
        outcome = brought(world, tmp_path, good)
        assert (outcome.new, outcome.known, outcome.faults) == (*expected, [])
    assert SalesTask.objects.everything(reason="test").get().micros == 100_000_000
    strangers = brought(world, tmp_path, f"T9,expansion,{world.olga.uin},,Acme,Sell,1,,\n", who="dora")
    assert [one.column for one in strangers.faults] == ["partner"]
    with pytest.raises(NotVisible):
        brought(world, tmp_path, good, who="sol")


def test_nobody_else_reads_a_history(world: World) -> None:
    reported(world)
    assert not HistoryEntry.objects.within(world.olga.caller.scope).exists()
    assert HistoryEntry.objects.within(world.dora.caller.scope).count() == 1
