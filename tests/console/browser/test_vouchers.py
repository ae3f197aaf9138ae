"""The life of vouchers as people click through it: template, application, approval, issue, reclaim (tencent:B.5).

The trial's amount is held back from the pool while the provider thinks; the voucher of the customer pays a bill line,
and what it has not paid comes back.
"""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from tests.console.browser.conftest import Enter
from tests.support.server import Server

pytestmark = pytest.mark.slow  # a browser
USE = """
import sys
import django
django.setup()
from openpartner.core.vouchers.models import Voucher
from openpartner.core.vouchers.using import Draft, post_uses, stage_uses
from django.db import transaction
from openpartner.kit import clock
from tests.vouchers.support import bill_line
voucher = Voucher.objects.everything(reason="test").get(code=sys.argv[1])
with transaction.atomic():
    drafts = [Draft(voucher.pk, 4_000_000, bill_line(9, clock.now()))]
    stage_uses(voucher.provider_id, "tencent", 2026 * 12 + 10, "story", drafts)
    post_uses("story")
"""
"""A published bill line that takes 4 off a voucher."""


def left_in_pool(tab: Page) -> float:
    """What dora's list says is left in her pool."""
    tab.goto("/vouchers/")
    found = re.search(r"pool: ([0-9.,]+) USD", tab.locator(".lead").inner_text())
    assert found is not None
    return float(found[1].replace(",", ""))


def confirm(tab: Page, words: str) -> None:
    """From the form to its preview, and on."""
    tab.get_by_role("button", name="Preview").click()
    expect(tab.get_by_role("heading", name="What it will do")).to_be_visible()
    tab.get_by_role("button", name=words, exact=True).click()


def new_template(tab: Page) -> str:
    """Make a template for trials; the address of its page, on which the tab is then."""
    tab.get_by_role("link", name="Templates").click()
    tab.get_by_role("link", name="New template").click()
    tab.get_by_label("Name", exact=True).fill("Story trial")
    tab.get_by_label("Usage", exact=True).select_option("Product trial")
    tab.get_by_label("Amount", exact=True).fill("10")
    tab.get_by_label("Days from the issue").fill("30")
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Story trial")
    return tab.url


def test_a_voucher_from_its_template_to_its_end(enter: Enter, server: Server) -> None:
    world = server.world
    tab = enter(world.dora)
    before = left_in_pool(tab)

    template = new_template(tab)
    tab.get_by_role("link", name="Apply for a voucher").click()
    tab.get_by_label("Customer", exact=True).fill(str(world.cora.uin))
    confirm(tab, "Apply")
    expect(tab.locator(".subject-states")).to_contain_text("Under review")
    trial = tab.url
    assert left_in_pool(tab) == before - 10

    tab = enter(world.pia)
    tab.goto("/vouchers/")
    tab.get_by_role("link", name="Applications").click()
    tab.get_by_role("link", name=trial.rstrip("/").rpartition("/")[2]).click()
    tab.get_by_role("link", name="Approve").click()
    tab.get_by_label("Remark").fill("welcome")
    confirm(tab, "Approve the voucher")
    expect(tab.locator(".subject-states")).to_contain_text("Usable")

    tab = enter(world.dora)
    tab.goto("/vouchers/applications/")
    expect(tab.locator("table.rows")).to_contain_text("welcome")
    tab.goto(template)
    expect(tab.get_by_role("link", name="Edit", exact=True)).to_have_count(0)
    tab.get_by_role("link", name="Issue vouchers").click()
    tab.get_by_label("Customers", exact=True).fill(str(world.cora.uin))
    confirm(tab, "Issue")
    expect(tab.get_by_text("1 voucher was issued.")).to_be_visible()
    tab.locator("table.plain a").click()
    voucher = tab.url
    assert left_in_pool(tab) == before - 20

    code = voucher.rstrip("/").rpartition("/")[2]
    subprocess.run([sys.executable, "-c", USE, code], env=server.environment, check=True)
    tab.goto(voucher)
    expect(tab.get_by_role("link", name="Withdraw")).to_have_count(0)
    tab.get_by_role("link", name="Reclaim what is left").click()
    confirm(tab, "Reclaim the voucher")
    expect(tab.locator(".subject-states")).to_contain_text("Taken back")
    assert left_in_pool(tab) == before - 14, "4 of the 10 were used"

    tab = enter(world.cora)
    tab.goto("/vouchers/")
    expect(tab.locator("table.rows")).not_to_contain_text(code)
    tab.get_by_role("link", name="Expired").click()
    tab.get_by_role("link", name=code).click()
    tab.locator("table.plain a").click()
    expect(tab).to_have_url(re.compile(r"/expenditure/details/\?month=2026-11&cloud=tencent"))
