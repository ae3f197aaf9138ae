"""Whom sales tell by mail: the partner whose report was decided, and the partner that was given work."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from openpartner.core.base.errors import Invalid
from openpartner.core.mail.models import OutgoingMail
from openpartner.core.sales.reports import NewReport, accept_report, refuse_report, report_customer
from openpartner.core.sales.task_files import import_tasks
from openpartner.core.sales.tasks import NewTask, give_task
from openpartner.core.sales.vocabulary import TaskKind
from tests.support.people import World

pytestmark = pytest.mark.django_db

EXPAND = NewTask(kind=TaskKind.EXPANSION, title="Sell more", company="Acme Ltd", due_on=date(2026, 12, 1))


def mailed() -> list[tuple[int | None, str, str]]:
    """Whose mails there are, of what kind, and their texts."""
    rows = OutgoingMail.objects.everything(reason="test").order_by("pk")
    return [(row.account, row.template, row.text) for row in rows]


def test_a_decided_report_is_told_to_its_partner_alone(world: World) -> None:
    one = report_customer(world.dora.caller, new=NewReport(company="Acme Ltd"))
    other = report_customer(world.dora.caller, new=NewReport(company="Bolt Ltd"))
    assert mailed() == [], "the provider sees it on its start page"
    accept_report(world.pia.caller, report=one.pk, days=30)
    refuse_report(world.pia.caller, report=other.pk, reason="too thin")
    (accepted, refused) = mailed()
    assert accepted[:2] == (world.dora.account_pk, "report-accepted")
    assert "Acme Ltd" in accepted[2]
    assert f"/reported-customers/{one.pk}/" in accepted[2]
    assert refused[:2] == (world.dora.account_pk, "report-refused")
    assert "too thin" in refused[2]


def test_a_task_is_told_to_whom_it_was_given(world: World) -> None:
    row = give_task(world.dora.caller, partner=world.rita.account_id, new=EXPAND)
    ((account, template, text),) = mailed()
    assert (account, template) == (world.rita.account_pk, "task-given")
    for said in ("Sell more", "Acme Ltd", "2026-12-01", world.dora.legal_name, f"/sales-tasks/{row.pk}/"):
        assert said in text, said


def test_a_task_that_was_not_given_is_not_told(world: World) -> None:
    with pytest.raises(Invalid):
        give_task(world.dora.caller, partner=world.rita.account_id, new=NewTask(kind=TaskKind.RENEWAL, title="Renew"))
    assert mailed() == []


def test_the_tasks_of_a_file_are_told_to_each_partner_at_once(world: World, tmp_path: Path) -> None:
    path = tmp_path / "tasks.csv"
    takers = ["dora", "dora", "dora", "sol"]
    lines = [f"{world[name].uin},expansion,Sell more,Acme {number}" for number, name in enumerate(takers)]
    path.write_text("\n".join(["partner,kind,title,company", *lines]), "utf-8")
    assert import_tasks(world.pia.caller, path, dry_run=True).new == 4
    assert mailed() == [], "a dry run tells nobody"
    assert import_tasks(world.pia.caller, path, dry_run=False).new == 4
    told = {account: (template, text) for account, template, text in mailed()}
    assert {account: template for account, (template, _) in told.items()} == {
        world.dora.account_pk: "tasks-given",
        world.sol.account_pk: "tasks-given",
    }
    assert "New tasks: 3." in told[world.dora.account_pk][1]
    assert len(mailed()) == 2
