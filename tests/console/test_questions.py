"""Any query string on every list is answered: with the list, or with what is wrong with it; never by a fault."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openpartner.console.page import Page
from openpartner.core.accounts.models import Flag
from openpartner.core.partners.commands import grant_flag
from openpartner.listings.declare import Listing
from openpartner.listings.question import RESERVED
from openpartner.project.reference.whole import pages
from tests.console.organization.people import browser
from tests.support.people import World

pytestmark = pytest.mark.django_db

STRANGE = [
    b"", b"0", b"-1", b"1", b"2", b"9999", b"99999999999999999999999", b"1e9", b"\xd9\xa2", b"x", b"\0",
    b"a\0b", b"\xff\xfe", b"\xed\xa0\x80", b"x" * 5_000, b"2024-02-30", b"0001-01-01", b"9999-12-31",
    b"2024-03-05", b"2100-12-31", b"2000-01-01", b"yes", b"no", b"%", b"_", b"\\", b"'; --", b'"', b"-uin",
    b"uin", b"--uin", b"-", b"pk", b"indirect", b"own", b"uin,uin", b",,,", b"email,nothing", "上海".encode(),
    b"\r\n", b"100000000", b"100000001", b"9223372036854775808",
]  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(STRANGE), st.binary(max_size=20), st.text(max_size=20).map(lambda s: s.encode("utf-8", "replace"))
)


def lists(client: Client, who: Any) -> list[tuple[Page, Listing[Any]]]:
    found = []
    for page in pages():
        if "<" not in page.route and "GET" in page.methods and page.is_open_to(who):
            answer: Any = client.get("/" + page.route)
            listing = answer.context.get("listing") if answer.context else None
            if isinstance(listing, Listing):
                found.append((page, listing))
    return found


@pytest.mark.parametrize("who", ["pia", "dora", "rita"])
def test_any_question_is_answered(world: World, who: str) -> None:
    grant_flag(world.pia.caller, account_id=world.dora.account_id, flag=Flag.INDIRECT_CUSTOMER_VIEW)
    client = browser(world[who])
    found = lists(client, world[who].caller)
    assert len(found) >= 6
    seen: Counter[int] = Counter()

    @settings(max_examples=150, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def ask(data: st.DataObject) -> None:
        page, listing = data.draw(st.sampled_from(found))
        names = sorted({*RESERVED, *(one.key for one in listing.filters), "nothing"})
        asked = data.draw(st.lists(st.tuples(st.sampled_from(names), VALUES), max_size=6))
        query = "&".join(f"{name}={quote_from_bytes(value)}" for name, value in asked)
        address = "/" + page.route
        if page.is_list and data.draw(st.booleans()):
            address = f"{address.rstrip('/')}.{data.draw(st.sampled_from(['csv', 'json', 'xlsx']))}"
        answer = client.get(f"{address}?{query}")
        assert answer.status_code in {200, 422}, (address, query)
        seen[answer.status_code] += 1

    ask()
    assert set(seen) == {200, 422}, "both happened"


@pytest.mark.parametrize("value", STRANGE)
def test_every_parameter_takes_every_strange_value(world: World, value: bytes) -> None:
    client = browser(world.pia)
    names = [
        *RESERVED,
        "text",
        "uin",
        "account_id",
        "email",
        "associated_from",
        "associated_until",
        "suspension",
        "tag",
    ]
    for name in names:
        query = f"{name}={quote_from_bytes(value)}"
        # Given twice, the last one counts: the list is asked the same and need not be drawn.
        for asked in (f"/customers/?{query}", f"/customers.json?{query}&{query}"):
            assert client.get(asked).status_code in {200, 422}, asked
