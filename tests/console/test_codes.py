"""The verification code of critical operations: off by default, asked for and checked where it is on (huawei:B2)."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from openpartner.core.access.critical import demands_codes, switch_codes
from openpartner.core.access.roles import Preset
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.kinds import Suspension
from openpartner.core.credit.grants import grant_line
from openpartner.core.credit.queries import credit_of
from openpartner.kit import clock
from openpartner.kit.money import MICROS_PER_UNIT, Money
from tests.console.organization.people import browser, member
from tests.support.mail import MailServer, deliver_all
from tests.support.people import Person, World

pytestmark = pytest.mark.django_db

KEY = re.compile(r'name="form_key" value="([0-9a-f-]{36})"')
CODE = re.compile(r"\b\d{6}\b")
SWITCH = "/profile/verification-codes/"
ASKED = 'name="verification_code"'


def sent(client: Client, address: str, **given: object) -> tuple[int, str]:
    """Status and text of a form that is sent as a browser sends it."""
    key = KEY.findall(client.get(address).content.decode())[-1]
    answer = client.post(address, {"form_key": key, **given})
    return answer.status_code, answer.content.decode()


def mailed(server: MailServer) -> str:
    """The code in the newest mail, which is what a person reads."""
    deliver_all()
    return CODE.findall(server.texts[-1])[0]


@pytest.fixture
def on(world: World) -> World:
    """dora's people confirm by code, and dora has credit to give."""
    grant_line(world.pia.caller, partner=world.dora.account, change=Money.of(Decimal(100), "USD"), key="line")
    switch_codes(world.dora.caller, is_on=True)
    return world


def test_off_by_default_and_an_administrators_to_switch(world: World) -> None:
    page, dora = browser(world.dora).get("/profile/").content.decode(), world.dora.account.pk
    assert not demands_codes(dora)
    assert SWITCH in page
    operator = browser(member(world.dora, "operator", Preset.OPERATIONS))
    assert SWITCH not in operator.get("/profile/").content.decode()
    assert operator.post(SWITCH, {"on": "1"}).status_code == 403
    stale = browser(world.dora, is_fresh=False).post(SWITCH, {"on": "1"})
    assert stale["Location"].startswith("/confirm/"), "an unwatched browser switches nothing"
    assert browser(world.cora).post(SWITCH, {"on": "1"}).status_code == 404, "a customer has no such operations"
    assert not demands_codes(dora)
    assert browser(world.dora).post(SWITCH, {"on": "1"}).status_code == 302
    assert (demands_codes(dora), demands_codes(world.rita.account.pk)) == (True, False)
    assert browser(world.dora).post(SWITCH, {"on": "0"}).status_code == 302
    assert not demands_codes(dora)


def test_credit_is_given_with_the_code_that_was_mailed(on: World, mail_server: MailServer) -> None:
    client, address = browser(on.dora), f"/customers/{on.cora.account_id}/credit/set/"
    form = {"way": "give", "amount": "30"}
    status, text = sent(client, address, **form)
    assert (status, ASKED in text) == (200, True)
    status, text = sent(client, address, **form, confirm="1")
    assert status == 422
    assert "Enter the code that was mailed to you." in text
    status, text = sent(client, address, **form, send_code="1")
    assert status == 200
    assert f"A code was sent to {on.dora.email}" in text
    code = mailed(mail_server)
    assert "Set credit" in mail_server.texts[0]
    assert code not in str(mail_server.received[0]["Subject"]), "the subject stays in the log"
    wrong = f"{(int(code) + 1) % 10**6:06}"
    status, text = sent(client, address, **form, confirm="1", verification_code=wrong)
    assert status == 422
    assert "This is not the code that was sent." in text
    assert credit_of(on.cora.account).total == 0, "nothing was done"
    status, _ = sent(client, address, **form, confirm="1", verification_code=code)
    assert (status, credit_of(on.cora.account).total) == (302, 30 * MICROS_PER_UNIT)
    status, text = sent(client, address, **form, confirm="1", verification_code=code)
    assert status == 422, "a code is good once"
    assert "This code is not valid any more." in text
    assert credit_of(on.cora.account).total == 30 * MICROS_PER_UNIT


def test_wrong_codes_are_counted_although_nothing_is_done(on: World, mail_server: MailServer) -> None:
    """Five tries: the count stays although each page is a refusal; and another code only after a minute."""
    client, address = browser(on.dora), f"/customers/{on.cora.account_id}/suspend/"
    form = {"level": str(Suspension.ACCOUNT.value), "reason": "unpaid"}
    moment = clock.now()
    with clock.frozen(moment):
        sent(client, address, **form, send_code="1")
        code = mailed(mail_server)
        wrong = f"{(int(code) + 1) % 10**6:06}"
        told = [sent(client, address, **form, confirm="1", verification_code=wrong)[1] for _ in range(5)]
        assert ["Too many wrong codes." in text for text in told] == [False] * 4 + [True]
        status, text = sent(client, address, **form, confirm="1", verification_code=code)
        assert (status, "Too many wrong codes." in text) == (422, True)
        status, text = sent(client, address, **form, send_code="1")
        assert (status, "Another can be sent in 60 seconds." in text) == (422, True)
        assert Suspension(on["cora"].account.suspension) is Suspension.NONE
    assert AuditEvent.objects.everything(reason="test").filter(action="user.code-refused").count() == 2
    with clock.frozen(moment + timedelta(seconds=60)):
        assert sent(client, address, **form, send_code="1")[0] == 200
        status, _ = sent(client, address, **form, confirm="1", verification_code=mailed(mail_server))
        assert status == 302
    assert Suspension(on["cora"].account.suspension) is Suspension.ACCOUNT
    assert client.post(f"/customers/{on.cora.account_id}/suspension/undo/").status_code == 409, "no way round the code"


def test_a_refused_operation_leaves_the_code_good(on: World, mail_server: MailServer) -> None:
    """It was the right code, and nothing was done with it: it is still good for a smaller amount."""
    client, address = browser(on.dora), f"/customers/{on.cora.account_id}/credit/set/"
    sent(client, address, way="give", amount="30", send_code="1")
    code = mailed(mail_server)
    status, _ = sent(client, address, way="give", amount="101", confirm="1", verification_code=code)
    assert status == 422
    status, _ = sent(client, address, way="give", amount="100", confirm="1", verification_code=code)
    assert (status, credit_of(on.cora.account).total) == (302, 100 * MICROS_PER_UNIT)


def test_several_at_once_with_a_code_of_their_own(on: World, mail_server: MailServer) -> None:
    client, rows = browser(on.dora), {"row": [on.cora.account_id]}
    form = {**rows, "level": str(Suspension.ACCOUNT.value), "reason": "unpaid"}
    one = f"/customers/{on.cora.account_id}/suspend/"
    sent(client, one, level=form["level"], reason="unpaid", send_code="1")
    elsewhere = mailed(mail_server)
    answer = client.post("/customers/suspend/", {**form, "confirm": "1", "verification_code": elsewhere})
    assert answer.status_code == 422, "a code is for one operation"
    moment = clock.now() + timedelta(minutes=2)
    with clock.frozen(moment):
        assert client.post("/customers/suspend/", {**form, "confirm": "1", "send_code": "1"}).status_code == 200
        given = {**form, "confirm": "1", "verification_code": mailed(mail_server)}
        assert client.post("/customers/suspend/", given).status_code == 200
    assert Suspension(on["cora"].account.suspension) is Suspension.ACCOUNT


FORMS = (
    ("pia", "/resellers/{dora}/credit/set/"),
    ("dora", "/resellers/{rita}/credit/set/"),
    ("dora", "/resellers/{rita}/budget-quotas/"),
    ("pia", "/resellers/{dora}/vouchers/"),
    ("dora", "/customers/{cora}/budget/set/"),
)


@pytest.mark.parametrize(("who", "route"), FORMS)
def test_every_form_of_money_asks(world: World, who: str, route: str) -> None:
    """huawei:B2 lists set budget, freeze and coupon operations; credit and pools are of the same kind (ours)."""
    person: Person = world[who]
    address = route.format(**{name: world[name].account_id for name in ("dora", "rita", "cora")})
    form = {"way": "give", "amount": "1", "kind": "1", "exhaustion": "0", "level": "1", "reason": "x"}
    if "budget-quotas" in route:
        form["way"] = "grant"
    grant_line(world.pia.caller, partner=world.dora.account, change=Money.of(Decimal(100), "USD"), key="line")
    _status, text = sent(browser(person), address, **form)
    assert ASKED not in text
    switch_codes(person.caller, is_on=True)
    status, text = sent(browser(person), address, **form)
    assert (status, ASKED in text) == (200, True), text
