"""An export in a browser: asked for, followed, fetched, cancelled, expired, and nobody else's (seed 003)."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.console.browser.conftest import Enter
from tests.console.browser.rows import column, heads, menu
from tests.console.browser.stage import Stage
from tests.support.server import Server

pytestmark = pytest.mark.slow  # a browser, and a worker that makes files
MADE_WITHIN_MS = 20_000
NAMES = ["UIN", "Customer", "Status", "Associated on", "E-mail"]
VIEW = "/customers/?suspension=1&sort=-uin&columns=uin,customer,status,associated,email"
IN_FULL = "Personal data in full"


def ask(tab: Page, label: str = "CSV", *, everything: bool = False, in_full: bool = False) -> None:
    """Ask for a file of the list on screen."""
    panel = menu(tab, "Export")
    panel.get_by_label(label).check()
    if everything:
        panel.get_by_label("All", exact=True).check()
    if in_full:
        panel.get_by_label(IN_FULL).check()
    panel.get_by_role("button", name="Export").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Export history")
    expect(tab.get_by_role("status").filter(has_text="The export was started.")).to_be_visible()


def newest(tab: Page) -> Locator:
    """The line of the export that was asked for last."""
    return tab.locator("#exports tbody tr").first


def line_of(tab: Page, job: str, what: str) -> Locator:
    """The line of one export, by what can be done with it."""
    return tab.locator("#exports tbody tr").filter(has=tab.locator(f'form[action="/exports/{job}/{what}/"]'))


def fetched(tab: Page) -> tuple[str, bytes]:
    """The file of the newest export, once it is ready; the table looks again by itself."""
    expect(newest(tab)).to_contain_text("Ready", timeout=MADE_WITHIN_MS)
    with tab.expect_download() as told:
        newest(tab).get_by_role("button", name="Download").click()
    return told.value.suggested_filename, Path(told.value.path()).read_bytes()


def lines_of(content: bytes) -> list[list[str]]:
    """The lines of a CSV file."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def on_screen(tab: Page, stage: Stage) -> list[list[str]]:
    """The rows of the list. The leading cell begins with its avatar's letters, and shows an ID in place of no name."""
    cells = [column(tab, name) for name in NAMES]
    nameless = {row.account_id for row in stage.own if not row.legal_name}
    rows = [[text.split("\n")[-1] for text in row] for row in zip(*cells, strict=True)]
    return [["" if text in nameless else text for text in row] for row in rows]


def spelled_as_on_screen(line: list[str]) -> list[str]:
    """A line of the file: instants in seconds with their zone there, in minutes of the same zone on the page."""
    at = NAMES.index("Associated on")
    assert line[at].endswith("Z")
    return [*line[:at], line[at][:16].replace("T", " "), *line[at + 1 :]]


def test_the_file_is_what_was_on_screen(enter: Enter, server: Server, stage: Stage) -> None:
    tab = enter(server.world.dora)
    tab.goto(f"{VIEW}&size=200")
    assert heads(tab) == NAMES
    shown = on_screen(tab, stage)
    assert len(shown) == sum(row.suspension == 1 for row in stage.own)
    ask(tab)
    name, content = fetched(tab)
    assert name.endswith(".csv")
    assert content.startswith(b"\xef\xbb\xbf"), "a byte order mark, for spreadsheets"
    head, *lines = lines_of(content)
    assert head == NAMES
    assert [spelled_as_on_screen(line) for line in lines] == shown
    expect(newest(tab)).to_contain_text(str(len(shown)))

    page = tab.context.request.get(f"{VIEW.replace('/?', '.csv?')}&size=20").body()
    assert [spelled_as_on_screen(line) for line in lines_of(page)[1:]] == shown[:20], "the same address as data"


def test_all_of_the_list_as_a_workbook(enter: Enter, server: Server, stage: Stage) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    tab = enter(server.world.dora)
    tab.goto(VIEW)
    ask(tab, "Excel (XLSX)", everything=True)
    name, content = fetched(tab)
    assert name.endswith(".xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    found = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert {str(row.uin) for row in stage.own} <= found, "every customer, whatever the filter"


def test_in_full_is_marked_with_a_name(enter: Enter, server: Server) -> None:
    cora = server.world.cora
    tab = enter(server.world.dora)
    tab.goto(f"/customers/?uin={cora.uin}&columns=uin,customer,email")
    ask(tab, in_full=True)
    expect(newest(tab)).to_contain_text("In full")
    _name, content = fetched(tab)
    told = content.decode("utf-8-sig")
    assert "cora@example.com" in told
    assert "Corazón Cafés" in told
    assert "dora" in told.replace("cora", ""), "whose copy it is"


def test_progress_and_cancel(enter: Enter, server: Server, stage: Stage) -> None:
    """The stage put one off that has done 25 of 100 rows."""
    tab = enter(server.world.dora)
    tab.goto("/exports/")
    line = line_of(tab, stage.ids["waiting"], "cancel")
    progress = line.get_by_role("progressbar")
    assert (progress.get_attribute("value"), progress.get_attribute("max")) == ("25", "100")
    expect(line).to_contain_text("25 / 100")

    line = line_of(tab, stage.ids["to_cancel"], "cancel")
    before = tab.locator("#exports .badge", has_text="Cancelled").count()
    line.get_by_role("button", name="Cancel").click()
    expect(tab.get_by_role("status").filter(has_text="The export was cancelled.")).to_be_visible()
    expect(line_of(tab, stage.ids["to_cancel"], "cancel")).to_have_count(0)
    expect(tab.locator("#exports .badge", has_text="Cancelled")).to_have_count(before + 1)


def test_an_expired_file_cannot_be_fetched(enter: Enter, server: Server, stage: Stage) -> None:
    """The stage let one expire; files are kept for seven days."""
    tab = enter(server.world.dora)
    tab.goto("/exports/")
    expect(tab.locator("#exports tr", has_text="Expired")).not_to_have_count(0)
    expect(tab.locator("#exports tr", has_text="Expired").get_by_role("button")).to_have_count(0)
    assert post(tab, f"/exports/{stage.ids['expired']}/fetch/") == 404


def test_anothers_file_is_nobodys(enter: Enter, server: Server, stage: Stage) -> None:
    """A colleague sees that there is one and cannot fetch it; to other partners it does not exist.

    A link is bound to the account (issue 3, section 4) and asks again for the permission of the list.
    """
    job, link = stage.ids["job"], f"/downloads/{stage.ids['link']}/"
    colleague = enter(server.world.abel)
    colleague.goto("/exports/")
    expect(colleague.locator("#exports tr", has_text="dora")).not_to_have_count(0)
    expect(line_of(colleague, job, "fetch")).to_have_count(0)
    for name in ("abel", "rita", "olga", "pia"):
        tab = enter(server.world[name])
        tab.goto("/exports/")
        assert post(tab, f"/exports/{job}/fetch/") == 404, name
        if name != "abel":
            assert tab.context.request.get(link).status == 404, name
    assert enter(server.world.rosa).context.request.get(link).status == 403
    assert enter(server.world.dora).context.request.get(link).status == 200


def test_who_may_not_export_is_not_asked_to(enter: Enter, server: Server) -> None:
    """Customer lists are exported by administrators only (seed 003)."""
    tab = enter(server.world.rosa)
    tab.goto("/customers/")
    expect(tab.locator("table.rows")).to_be_visible()
    expect(tab.locator("summary", has_text="Export")).to_have_count(0)
    assert tab.context.request.get("/customers.csv").status == 403


def post(tab: Page, address: str) -> int:
    """The status of a form sent from the page."""
    script = """async address => {
      const token = document.querySelector('[name=csrfmiddlewaretoken]').value;
      const headers = { 'X-CSRFToken': token };
      return (await fetch(address, { method: 'POST', headers })).status;
    }"""
    return int(tab.evaluate(script, address))
