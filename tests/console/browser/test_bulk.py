"""What is done to several customers at once: chosen in the list, previewed, then told row by row.

Huawei's console assigns account managers in bulk (huawei:B11); nobody's customers but one's own are touched.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.console.browser.conftest import Enter
from tests.console.browser.rows import column, expect_total, row_of
from tests.support.server import Server

pytestmark = pytest.mark.slow  # a browser


@pytest.fixture
def customers(enter: Enter, server: Server) -> Page:
    """Dora's list."""
    opened = enter(server.world.dora)
    opened.goto("/customers/?size=200")
    return opened


def results(tab: Page) -> list[str]:
    """The result of each row, in the order of the preview."""
    texts: list[str] = tab.locator("table.plain .badge").all_inner_texts()
    return texts


def test_an_account_manager_for_several(customers: Page, server: Server) -> None:
    chen, cyro, kim = server.world.chen, server.world.cyro, server.world.kim
    for person in (chen, cyro):
        row_of(customers, person.uin).get_by_role("checkbox").check()
    expect(customers.locator(".bulk-count")).to_have_text("2 selected")
    customers.get_by_role("button", name="Assign account manager").click()

    expect(customers.get_by_role("heading", level=1)).to_have_text("Assign account manager")
    expect(customers.get_by_text("For 2 customers:")).to_be_visible()
    for person in (chen, cyro):
        expect(customers.locator("table.plain")).to_contain_text(str(person.uin))
    assert results(customers) == [], "nothing has been done yet"
    customers.get_by_role("button", name="Assign account manager").click()
    assert customers.get_by_label("Account manager").evaluate("one => one.validity.valueMissing"), (
        "nobody is chosen by mistake"
    )

    customers.get_by_label("Account manager").select_option(str(kim.user_pk))
    customers.get_by_role("button", name="Assign account manager").click()
    expect(customers.get_by_text("2 customers were changed.")).to_be_visible()
    assert results(customers) == ["Done", "Done"]
    customers.goto(f"/customers/?manager={kim.user_pk}")
    expect_total(customers, 3)
    assert set(column(customers, "Account manager")) == {"kim"}

    customers.goto(f"/customers/{chen.account_id}/information/")
    expect(customers.get_by_role("main")).to_contain_text(re.compile(r"kim.*by dora", re.DOTALL))
    customers.goto("/customers/?size=200")
    for person in (chen, cyro):
        row_of(customers, person.uin).get_by_role("checkbox").check()
    customers.get_by_role("button", name="Assign account manager").click()
    customers.get_by_label("Account manager").select_option("Nobody")
    customers.get_by_role("button", name="Assign account manager").click()
    assert results(customers) == ["Done", "Done"]


def test_a_tag_for_several(customers: Page, server: Server) -> None:
    """chen has the tag Gold, cora and cyro have none (tests/support/people.py)."""
    chen, cyro = server.world.chen, server.world.cyro
    for person in (chen, cyro):
        row_of(customers, person.uin).get_by_role("checkbox").check()
    customers.get_by_role("button", name="Tag", exact=True).click()
    field = customers.get_by_label("Tag", exact=True)
    field.fill("Gold,Silver")
    customers.get_by_role("button", name="Tag", exact=True).click()
    expect(customers.locator(".field.wrong")).to_contain_text("A tag holds no comma.")
    assert results(customers) == []

    field.fill("Gold")
    customers.get_by_role("button", name="Tag", exact=True).click()
    expect(customers.get_by_role("heading", name="The result of each")).to_be_visible()
    by_row = {
        int(row.locator("td").first.inner_text()): row.locator(".badge").inner_text()
        for row in customers.locator("table.plain tbody tr").all()
    }
    assert by_row == {chen.uin: "Was so already", cyro.uin: "Done"}
    customers.goto(f"/customers/?uin={cyro.uin}")
    assert column(customers, "Tags") == ["Gold"]

    row_of(customers, cyro.uin).get_by_role("checkbox").check()
    customers.get_by_role("button", name="Tag", exact=True).click()
    customers.get_by_label("Tag", exact=True).fill("Gold")
    customers.get_by_label("Remove it").check()
    customers.get_by_role("button", name="Tag", exact=True).click()
    assert results(customers) == ["Done"]


def test_nothing_can_be_done_to_nobody(customers: Page) -> None:
    expect(customers.get_by_role("button", name="Tag", exact=True)).to_be_hidden()


def test_all_of_a_page_at_once(customers: Page) -> None:
    customers.goto("/customers/?size=20")
    customers.get_by_label("Select all on this page").check()
    expect(customers.locator(".bulk-count")).to_have_text("20 selected")
    customers.get_by_label("Select all on this page").uncheck()
    expect(customers.locator(".bulk-count")).to_have_text("0 selected")


def test_who_only_reads_chooses_nothing(enter: Enter, server: Server) -> None:
    reader = enter(server.world.rosa)
    reader.goto("/customers/")
    expect(reader.locator("tbody tr").first).to_be_visible()
    expect(reader.get_by_role("checkbox", name=re.compile("^Select"))).to_have_count(0)


def test_anothers_customer_is_refused_by_row(customers: Page, server: Server) -> None:
    """carl is rita's: dora's request for him is answered as for somebody absent."""
    carl, cora = server.world.carl, server.world.cora
    box = row_of(customers, cora.uin).get_by_role("checkbox")
    box.evaluate("(box, id) => { box.value = id }", carl.account_id)
    box.check()
    customers.get_by_role("button", name="Tag", exact=True).click()
    assert results(customers) == ["Not one of your own customers"]
    expect(customers.locator("table.plain")).not_to_contain_text(str(carl.uin))
