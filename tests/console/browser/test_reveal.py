"""Personal data is masked until somebody opens an eye, and the audit log tells who did (seed 003; issue 3, masking).

cora is Corazón Cafés, cora@example.com, 13900000008 in tests/support/people.py; `1390****0008`-like shapes are
Tencent's own answers: three leading and four trailing digits.
"""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.console.browser.conftest import Enter
from tests.console.browser.rows import column, row_of
from tests.support.server import Server

pytestmark = pytest.mark.slow  # a browser
NOTICE = "Personal data is shown in full. This was recorded in the audit log with your name."
SECRETS = ("Corazón", "cora_account", "cora@example.com", "13900000008")
COLUMNS = "columns=uin,customer,account,mobile,email"
EYES = re.compile("Show in full|Show this row in full")


def reveals(tab: Page) -> list[tuple[str, dict[str, object]]]:
    """Who revealed what, the newest first, as the audit log tells it to dora."""
    tab.goto("/audit-log/?action=personal.revealed&columns=what,who,details&size=20")
    details = [json.loads(text) for text in column(tab, "Details")]
    return list(zip(column(tab, "Who"), details, strict=True))


def one(tab: Page, uin: int, name: str) -> str:
    """A cell of one row."""
    index = column(tab, "UIN").index(str(uin))
    return column(tab, name)[index]


def test_everything_personal_is_masked(enter: Enter, server: Server) -> None:
    tab = enter(server.world.dora)
    tab.goto(f"/customers/?{COLUMNS}&size=200")
    assert one(tab, server.world.cora.uin, "Mobile") == "139****0008"
    assert one(tab, server.world.cora.uin, "E-mail") == "c****@example.com"
    for address in ("/customers/", f"/customers/{server.world.cora.account_id}/", "/search/?q=cora_account"):
        source = tab.context.request.get(f"{address}").text()
        assert [secret for secret in SECRETS if secret in source.replace("q=cora_account", "")] == []
    source = tab.context.request.get(f"/customers/?{COLUMNS}&size=200").text()
    assert [secret for secret in SECRETS if secret in source] == []


def test_the_eye_of_a_column(enter: Enter, server: Server) -> None:
    dora, cora, chen = server.world.dora, server.world.cora, server.world.chen
    tab = enter(dora)
    tab.goto(f"/customers/?{COLUMNS}&size=200")
    tab.get_by_role("button", name="Show in full: E-mail").click()
    expect(tab.get_by_text(NOTICE)).to_be_visible()
    assert one(tab, cora.uin, "E-mail") == "cora@example.com"
    assert one(tab, chen.uin, "E-mail") == "chen@example.com"
    assert one(tab, cora.uin, "Mobile") == "139****0008", "one column, not the others"
    assert "reveal" not in tab.url, "its address shows nobody more"
    tab.reload()
    assert one(tab, cora.uin, "E-mail") == "c****@example.com", "and it is masked again the next time"

    who, what = reveals(tab)[0]
    assert "dora" in who
    assert what["columns"] == ["email"]
    subjects = what["subjects"]
    assert isinstance(subjects, list)
    assert {cora.account_pk, chen.account_pk} <= set(subjects), "whom it was about"


def test_the_eye_of_a_row(enter: Enter, server: Server) -> None:
    dora, cora, chen = server.world.dora, server.world.cora, server.world.chen
    tab = enter(dora)
    tab.goto(f"/customers/?{COLUMNS}&size=200")
    row_of(tab, cora.uin).get_by_role("button", name="Show this row in full").click()
    expect(tab.get_by_text(NOTICE)).to_be_visible()
    assert one(tab, cora.uin, "Mobile") == "13900000008"
    assert "Corazón Cafés" in one(tab, cora.uin, "Customer")
    assert "cora_account" in one(tab, cora.uin, "Customer")
    assert one(tab, chen.uin, "E-mail") == "c****@example.com", "one row, not the others"
    expect(row_of(tab, cora.uin)).to_have_class("is-revealed")

    _who, what = reveals(tab)[0]
    assert what["subjects"] == [cora.account_pk]
    assert what["columns"] == ["account", "customer", "email", "mobile"]


def test_the_page_of_a_customer(enter: Enter, server: Server) -> None:
    dora, cora = server.world.dora, server.world.cora
    tab = enter(dora)
    tab.goto(f"/customers/{cora.account_id}/")
    expect(tab.get_by_role("heading", level=1)).to_have_text("C****")
    tab.get_by_role("button", name="Show in full").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Corazón Cafés")
    expect(tab.get_by_text(NOTICE)).to_be_visible()
    tab.get_by_role("link", name="Hide again").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("C****")
    assert reveals(tab)[0][1]["subjects"] == [cora.account_pk]


def test_who_only_reads_has_no_eye(enter: Enter, server: Server) -> None:
    """The preset "read-only" has no permission customer.reveal."""
    tab = enter(server.world.rosa)
    for address in (f"/customers/?{COLUMNS}", f"/customers/{server.world.cora.account_id}/"):
        tab.goto(address)
        expect(tab.get_by_text("c****@example.com").first).to_be_visible()
        expect(tab.get_by_role("button", name=EYES)).to_have_count(0)
