"""The audit log: what is in it for whom, its filters, and whether it is sealed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from openpartner.console.organization.audit_log import readable
from openpartner.core.access.roles import Preset
from openpartner.core.audit.events import SENTENCES, Action
from openpartner.core.audit.models import AuditEvent
from openpartner.core.audit.seal import Sealer
from openpartner.core.customers.commands import change_remark
from openpartner.kit import clock
from openpartner.listings.organization_words import DOORS, EVENTS
from tests.console.organization.people import browser, member
from tests.support.people import Person, World


def listed(person: Person, query: str = "") -> list[str]:
    """The sentences in the list, in its order."""
    answer = browser(person).get(f"/audit-log/{query}")
    assert answer.status_code == 200
    row = r'<th scope="row"[^>]*><a href="/audit-log/\d+/"><span class="stacked"><span>([^<]*)</span>'
    return re.findall(row, answer.content.decode())


def events(person: Person) -> list[AuditEvent]:
    return list(AuditEvent.objects.within(person.caller.scope).order_by("-at", "-pk"))


def test_every_event_and_door_has_words() -> None:
    assert set(EVENTS) == set(Action) == set(SENTENCES)
    assert {"console", "huawei", "tencent", "job", "cli"} <= set(DOORS)


def test_newest_first_with_who_and_about_whom(world: World) -> None:
    member(world.rita, "kim", Preset.FINANCE)
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        change_remark(world.rita.caller, uin=world.carl.uin, remark="new")
    assert listed(world.rita) == ["The remark of a customer was changed.", "A user was created."]
    assert listed(world.dora) == ["The remark of a customer was changed."], "not her reseller's people"
    assert listed(world.olga) == []
    assert listed(world.carl) == [], "a remark is the partner's own"
    page = browser(world.rita).get("/audit-log/").content.decode()
    assert "rita_account/rita" in page
    assert str(world.carl.uin) in page


def test_it_filters(world: World) -> None:
    rita = world.rita
    member(rita, "kim", Preset.FINANCE)
    change_remark(rita.caller, uin=world.carl.uin, remark="new")
    remark, created = "The remark of a customer was changed.", "A user was created."
    assert listed(rita, "?action=user.created") == [created]
    assert listed(rita, f"?subject_uin={world.carl.uin}") == [remark]
    assert listed(rita, f"?subject_uin={world.otto.uin}") == []
    assert len(listed(rita, "?actor_contains=RITA_ACC")) == 2
    assert listed(rita, "?actor_contains=nobody") == []
    today = f"{clock.now():%Y-%m-%d}"
    assert len(listed(rita, f"?since={today}&until={today}")) == 2
    assert listed(rita, f"?until={clock.now() - timedelta(days=1):%Y-%m-%d}") == []
    assert listed(rita, f"?since={clock.now() + timedelta(days=1):%Y-%m-%d}") == []
    assert listed(rita, "?via=console") == []


@pytest.mark.parametrize(
    "query", ["?action=nonsense", "?since=yesterday", "?subject_uin=x", "?via=moon", "?until=0001-01-01"]
)
def test_bad_filters_are_told(dora: Person, query: str) -> None:
    assert browser(dora).get(f"/audit-log/{query}").status_code == 422


def test_it_tells_what_is_sealed(dora: Person) -> None:
    member(dora, "kim", Preset.FINANCE)
    page = browser(dora).get("/audit-log/").content.decode()
    assert "Not sealed yet: the worker" in page
    assert '<span class="badge warn">Not sealed yet</span>' in page
    assert listed(dora, "?is_sealed=yes") == []
    Sealer().run()
    member(dora, "lea", Preset.FINANCE)
    page = browser(dora).get("/audit-log/").content.decode()
    assert "Last sealed at" in page
    assert re.findall(r'<span class="badge (?:good|warn)">([^<]*)</span>', page) == ["Not sealed yet", "Sealed"]
    assert len(listed(dora, "?is_sealed=yes")) == 1


def test_an_event_is_shown_with_readable_details(dora: Person) -> None:
    member(dora, "<i>kim</i>", Preset.FINANCE)
    (event,) = events(dora)
    page = browser(dora).get(f"/audit-log/{event.pk}/").content.decode()
    assert "A user was created." in page
    assert "<dt>user</dt><dd>&lt;i&gt;kim&lt;/i&gt;</dd>" in page
    assert "<dt>roles</dt><dd>finance</dd>" in page
    assert "dora_account/dora" in page


@pytest.mark.parametrize("stranger", ["olga", "rita", "pia", "carl"])
def test_a_strangers_event_is_not_there(world: World, stranger: str) -> None:
    member(world[stranger], "kim", Preset.ADMINISTRATOR)
    (event,) = events(world[stranger])
    assert browser(world.dora).get(f"/audit-log/{event.pk}/").status_code == 404
    assert browser(world[stranger]).get(f"/audit-log/{event.pk}/").status_code == 200


def test_the_partners_own_note_is_not_told_to_the_customer(world: World) -> None:
    change_remark(world.rita.caller, uin=world.carl.uin, remark="pays late")
    event = AuditEvent.objects.everything(reason="test").get(action="customer.remark-changed")
    assert event.subject == world.carl.account_pk
    assert browser(world.carl).get(f"/audit-log/{event.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ("{}", []),
        ('{"access_key": "AK"}', [("access key", "AK")]),
        ('{"roles": ["finance", "read-only"]}', [("roles", "finance, read-only")]),
        ('{"active": false, "n": 3}', [("active", "no"), ("n", "3")]),
        ('{"changed": {"name": "Kim", "zone": null}}', [("changed", "name: Kim; zone: —")]),
        ('{"permissions": "bill.read,order.read"}', [("permissions", "bill.read, order.read")]),
        ('{"empty": ""}', [("empty", "—")]),
    ],
)
def test_details_are_lines(details: str, expected: list[tuple[str, str]]) -> None:
    assert readable(details) == expected
