"""The demo's sales: reported customers in every state, a pipeline of opportunities, tasks, and who decided what."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from openpartner.core.access.operators import operator
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict
from openpartner.core.base.kinds import AccountKind
from openpartner.core.customers.messages import set_messages
from openpartner.core.customers.models import MessageKind
from openpartner.core.sales.models import ReportedCustomer
from openpartner.core.sales.opportunities import (
    NewOpportunity,
    add_opportunity,
    answer_offer,
    close_opportunity,
    move_opportunity,
    offer_opportunity,
)
from openpartner.core.sales.parts import BASICS, CLOUD, DEVELOPMENT, INVENTIONS, RELATIONS
from openpartner.core.sales.reports import (
    NewReport,
    accept_report,
    expire_due,
    note_fact,
    refuse_report,
    report_customer,
    withdraw_report,
)
from openpartner.core.sales.tasks import NewTask, end_task, give_task, report_progress, start_task
from openpartner.core.sales.vocabulary import Stage, TaskKind
from openpartner.demo import plan, words
from openpartner.kit import clock

WHY = "the demo has just made it"
REPORTS_A_PARTNER, CUSTOMERS_A_PARTNER = 8, 6
DAYS_AGO = 120
FACTS = (
    (BASICS, "Registered capital", "8 million, paid up in 2024"),
    (BASICS, "People", "about 240"),
    (RELATIONS, "Parent", "family owned, no holding above it"),
    (CLOUD, "Runs today", "40 servers of its own, backups with another cloud"),
    (CLOUD, "Website", "shop and customer portal"),
    (DEVELOPMENT, "Funding", "series B in spring"),
    (INVENTIONS, "Patents", "three, on cold chains"),
)
WISHES = (
    "wants to move its web shop",
    "looks for a second region",
    "needs a data warehouse",
    "前回の更新から拡張を検討",
    "计划将办公系统上云",
)
SALES = (
    ("Move the web shop", "ECS,RDS,CDN"),
    ("Backup in a second region", "CBR,OBS"),
    ("Data warehouse", "DWS,OBS"),
    ("Video platform", "Live,CDN,OBS"),
    ("Disaster recovery", "SDRS"),
)
STEPS = (
    (Stage.QUALIFIED, "met their head of IT; the budget is there"),
    (Stage.PROPOSED, "sent the proposal with two sizes"),
    (Stage.NEGOTIATING, "they ask for a discount on three years"),
)
TASKS = (
    (TaskKind.EXPANSION, "Offer object storage to a customer with many disks"),
    (TaskKind.RENEWAL, "Renew 24 servers before they end"),
    (TaskKind.EXPANSION, "Follow up the trial of the database"),
    (TaskKind.RENEWAL, "Renew the yearly bandwidth package"),
)


def give(caller: Caller, seed: int) -> int:
    """Let every partner report, sell and be asked; returns how many reports there are. `caller` is the provider's."""
    random = Random(f"sales of {seed}")
    rows = Account.objects.everything(reason=WHY).exclude(kind=AccountKind.CUSTOMER)
    partners = list(rows.filter(partner__isnull=False).order_by("pk"))
    begun = plan.ENDS - timedelta(days=DAYS_AGO)
    for number, partner in enumerate(partners):
        own = operator(account=partner)
        reported = _report(caller, own, random, begun + timedelta(hours=number))
        found = Account.objects.everything(reason=WHY).filter(partner=partner, kind=AccountKind.CUSTOMER)
        customers = list(found.order_by("-associated_at", "pk")[:CUSTOMERS_A_PARTNER])
        _sell(caller, own, random, customers, reported)
        _ask(caller, own, random, customers)
    with clock.frozen(plan.ENDS):
        expire_due()
        if len(partners) > 1:
            trusted = operator(account=partners[1])
            set_messages(
                trusted, takes_over=True, emails=[f"desk@{partners[1].account_name}.example"], kinds=MessageKind
            )
    return ReportedCustomer.objects.everything(reason=WHY).count()


def _report(caller: Caller, own: Caller, random: Random, begun: datetime) -> list[ReportedCustomer]:
    """Reports of the last months, in every state; those that live still."""
    living = []
    for number in range(REPORTS_A_PARTNER):
        head, tail = random.choice(words.BRAND_HEADS), random.choice(words.BRAND_TAILS)
        name = f"{head}{tail} {random.choice(words.TRADES)[0]} {random.choice(('Ltd', 'GmbH', 'Pte. Ltd.', 'SA'))}"
        person = f"{random.choice(words.GIVEN)} {random.choice(words.SURNAMES)}"
        address = f"{person.lower().replace(' ', '.')}@{head}{tail}{own.account}.example".lower()
        new = NewReport(
            company=f"{name}",
            contact=person,
            email=address,
            mobile=f"+65 {random.randrange(80_000_000, 99_999_999)}",
            region=random.choice(("SG", "MY", "DE", "JP", "TH")),
            industry=f"kghy_{random.randrange(1, 20):02}",
            amount=Decimal(random.randrange(2, 80) * 100),
            note=random.choice(WISHES),
        )
        moment = begun + timedelta(days=number * 14)
        with clock.frozen(moment):
            if ReportedCustomer.objects.everything(reason=WHY).filter(company=name).exists():
                continue
            try:
                row = report_customer(own, new=new)
            except Conflict:  # in a large channel somebody is called like this already
                continue
            for part, label, text in random.sample(FACTS, 3):
                note_fact(own, report=row.pk, part=part, label=label, text=text)
        with clock.frozen(moment + timedelta(days=2)):
            if number % 4 == 1:
                refuse_report(caller, report=row.pk, reason="The contact does not speak for the company.")
            elif number % 7 == 5:
                withdraw_report(own, report=row.pk, reason="The customer has stopped the project.")
            elif number < REPORTS_A_PARTNER - 1:
                accept_report(caller, report=row.pk)
        row.refresh_from_db()
        if row.ended_at is None and row.protected_until > plan.ENDS:
            living.append(row)
    return living


def _sell(
    caller: Caller, own: Caller, random: Random, customers: list[Account], reported: list[ReportedCustomer]
) -> None:
    """Opportunities at every stage; one that the provider has offered."""
    for number, whom in enumerate([*customers, *reported]):
        name, products = random.choice(SALES)
        new = NewOpportunity(
            name=name,
            customer=whom.account_id if isinstance(whom, Account) else "",
            report=whom.pk if isinstance(whom, ReportedCustomer) else None,
            amount=Decimal(random.randrange(5, 400) * 250),
            expected_on=(plan.ENDS + timedelta(days=random.randrange(10, 150))).date(),
            products=tuple(products.split(",")),
            description=random.choice(WISHES),
        )
        moment = plan.ENDS - timedelta(days=random.randrange(8, 20))
        with clock.frozen(moment):
            if number == 0:
                offered = offer_opportunity(caller, partner=own.account_id, new=new)
                if random.random() < 0.5:
                    answer_offer(own, opportunity=offered.pk, is_taken=True)
                continue
            row = add_opportunity(own, new=new, is_shared=number % 3 == 1)
        for step, (stage, text) in enumerate(STEPS[: random.randrange(0, 4)]):
            with clock.frozen(moment + timedelta(days=1 + 2 * step)):
                move_opportunity(own, opportunity=row.pk, stage=stage, text=text)
        if number % 4 == 3:
            with clock.frozen(plan.ENDS - timedelta(hours=5)):
                is_won = number % 8 == 3
                why = "They sign for two years." if is_won else "They stay with their own servers for now."
                close_opportunity(own, opportunity=row.pk, is_won=is_won, reason=why)


def _ask(caller: Caller, own: Caller, random: Random, customers: list[Account]) -> None:
    """Tasks of both kinds in every state."""
    for number, customer in enumerate(customers[: len(TASKS)]):
        kind, title = TASKS[number]
        moment = plan.ENDS - timedelta(days=12 - number)
        new = NewTask(
            kind=kind,
            title=title,
            customer=customer.account_id,
            amount=Decimal(random.randrange(4, 90) * 500),
            resources="24 servers, 12 months, two regions" if kind is TaskKind.RENEWAL else "",
            ends_on=(plan.ENDS + timedelta(days=20 + number)).date() if kind is TaskKind.RENEWAL else None,
            due_on=(plan.ENDS + timedelta(days=number * 9 - 4)).date(),
            number=f"T{own.account:03}{number:03}",
        )
        with clock.frozen(moment):
            row = give_task(caller, partner=own.account_id, new=new)
        if number == 0:
            continue
        with clock.frozen(moment + timedelta(days=1)):
            start_task(own, task=row.pk, text="called them")
            report_progress(own, task=row.pk, percent=random.randrange(2, 9) * 10, text="they want a quote by Friday")
        if number == 3:
            with clock.frozen(moment + timedelta(days=2)):
                end_task(own, task=row.pk, is_achieved=True, outcome="renewed for a year")
