"""Keeping how a list looks: columns, density, page size and saved views, each for one person (issue 3, section 1)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest
from django.test import Client

from openpartner.console.keeping import QUERY_MAX, VIEW_NAME_MAX, VIEWS_MAX
from openpartner.core.access.models import User
from openpartner.core.access.roles import Preset
from openpartner.listings.registry import LISTINGS
from tests.console.organization.people import browser, member
from tests.support.people import Person, World

pytestmark = pytest.mark.django_db

LIST = "http://testserver/customers/?suspension=0"


def kept(person: Person | User) -> dict[str, object]:
    pk = person.user_pk if isinstance(person, Person) else person.pk
    found = json.loads(User.objects.everything(reason="test").get(pk=pk).preferences)
    assert isinstance(found, dict)
    return found


def keep(
    client: Client, data: Mapping[str, object], *, referer: str = LIST, listing: str = "customers"
) -> tuple[int, str]:
    answer = client.post(f"/keep/{listing}/", data, headers={"Referer": referer})
    return answer.status_code, answer.headers.get("Location", "")


def heads(text: str) -> list[str]:
    found = re.findall(r'<th scope="col" class="cell-.*?</span></th>', text, re.DOTALL)
    return [re.sub(r"<form.*?</form>|<[^>]*>|\s+", " ", one, flags=re.DOTALL).strip() for one in found]


def shown(client: Client, query: str = "") -> str:
    answer = client.get(f"/customers/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_columns_are_kept_in_their_order_and_forgotten(dora: Person) -> None:
    client = browser(dora)
    before = heads(shown(client))
    assert keep(client, {"columns": "chosen", "column": ["email", "uin"]}) == (302, "/customers/")
    assert kept(dora) == {"customers.columns": "email,uin"}
    assert heads(shown(client)) == ["E-mail", "UIN"]
    assert heads(shown(client, "?columns=uin")) == ["UIN"], "an address says it for itself"
    assert heads(shown(client)) == ["E-mail", "UIN"]
    assert keep(client, {"columns": "default"}) == (302, "/customers/")
    assert heads(shown(client)) == before


@pytest.mark.parametrize("columns", [["nothing"], [""], [], ["x" * 200], ["'; --"], ["partner"], ["uin,email"]])
def test_columns_that_are_not_there_are_passed_over(dora: Person, columns: list[str]) -> None:
    """A form that was open while the columns changed, or was made up; the list is shown with what there is."""
    client = browser(dora)
    assert keep(client, {"columns": "chosen", "column": columns})[0] == 302
    assert heads(shown(client))


@pytest.mark.parametrize("density", ["compact", "comfortable"])
def test_density_is_kept(dora: Person, density: str) -> None:
    client = browser(dora)
    assert keep(client, {"density": density})[0] == 302
    assert f'data-density="{density}"' in shown(client)


@pytest.mark.parametrize("size", [20, 50, 100, 200])
def test_the_size_of_a_page_is_kept(dora: Person, size: int) -> None:
    client = browser(dora)
    assert keep(client, {"size": str(size)})[0] == 302
    assert kept(dora) == {"customers.size": size}
    assert shown(client)


@pytest.mark.parametrize(
    "data",
    [
        {}, {"density": "tiny"}, {"density": "\0"}, {"size": "7"}, {"size": "9999"}, {"size": "-20"}, {"size": "x"},
        {"size": "٢٠"}, {"columns": "all"}, {"view": ""}, {"view": "   "}, {"view": "x" * (VIEW_NAME_MAX + 1)},
        {"view": "long", "next": "x" * (QUERY_MAX + 1)}, {"theme": "dark"}, {"customers.views": "{}"},
    ],
)  # fmt: skip
def test_what_is_none_of_it_is_refused_and_nothing_kept(dora: Person, data: dict[str, object]) -> None:
    assert keep(browser(dora), data)[0] == 422
    assert kept(dora) == {}


@pytest.mark.parametrize("listing", ["nothing", "customer", "Customers", "x" * 300])
def test_an_unknown_list_is_not_there(dora: Person, listing: str) -> None:
    assert keep(browser(dora), {"density": "compact"}, listing=listing)[0] == 404
    assert kept(dora) == {}


@pytest.mark.parametrize("listing", sorted(LISTINGS))
def test_every_list_keeps_for_itself(dora: Person, listing: str) -> None:
    assert keep(browser(dora), {"density": "compact"}, listing=listing)[0] == 302
    assert kept(dora) == {f"{listing}.density": "compact"}


def test_a_view_is_saved_shown_replaced_and_forgotten(dora: Person) -> None:
    client = browser(dora)
    assert keep(client, {"view": "  Frozen   ones ", "next": "suspension=1&sort=uin"}) == (
        302,
        "/customers/?suspension=1&sort=uin",
    )
    assert kept(dora) == {"customers.views": {"Frozen ones": "suspension=1&sort=uin"}}
    text = shown(client)
    assert "Frozen ones" in text
    assert 'href="?suspension=1&amp;sort=uin"' in text
    assert keep(client, {"view": "Frozen ones", "next": "suspension=2"})[0] == 302
    assert kept(dora) == {"customers.views": {"Frozen ones": "suspension=2"}}
    assert keep(client, {"forget": "nobody"})[0] == 302
    assert keep(client, {"forget": "Frozen ones"})[0] == 302
    assert kept(dora) == {"customers.views": {}}
    assert "Frozen ones" not in shown(client)


def test_there_are_twenty_views_and_no_more(dora: Person) -> None:
    client = browser(dora)
    for number in range(VIEWS_MAX):
        assert keep(client, {"view": f"view {number}", "next": ""})[0] == 302
    before = kept(dora)
    assert keep(client, {"view": "one more", "next": ""})[0] == 422
    assert kept(dora) == before
    assert keep(client, {"view": "view 3", "next": "uin=1"})[0] == 302, "one of the twenty may change"


def test_views_that_are_too_much_together_are_refused_with_a_message(dora: Person) -> None:
    client = browser(dora)
    statuses = {keep(client, {"view": f"view {number}", "next": "x" * QUERY_MAX})[0] for number in range(5)}
    assert statuses == {302, 422}
    assert len(json.dumps(kept(dora))) < 10_000


def test_a_view_is_text_and_never_markup(dora: Person) -> None:
    client = browser(dora)
    assert keep(client, {"view": '<b>"&', "next": 'text="><script>alert(1)</script>'})[0] == 302
    text = shown(client)
    assert "<b>" not in text.partition("<main")[2]
    assert "<script>alert" not in text


@pytest.mark.parametrize(
    "query",
    ["javascript:alert(1)", "//evil.example", "/../../evil", "https://evil.example/", "#x", "a\r\nb: c", "\\\\evil"],
)
def test_a_query_never_leads_off_site(dora: Person, query: str) -> None:
    """What was on the list's address goes behind its question mark, whatever it spells."""
    client = browser(dora)
    for data in ({"density": "compact", "next": query}, {"view": "v", "next": query}):
        status, address = keep(client, data)
        assert status == 302
        assert address.startswith("/customers/")
        assert not {"\r", "\n"} & set(address)


REFERERS = [
    "", "https://evil.example/", "http://testserver.evil.example/customers/", "//evil.example/customers/",
    "http://testserver@evil.example/", "javascript:alert(1)", "http://testserver", "data:text/html,x", "x" * 9_000,
    "http://testserver//evil.example/customers/", "http://testserver/\\evil.example/", "http://testserver///evil.example",
]  # fmt: skip


@pytest.mark.parametrize("referer", REFERERS)
def test_a_page_that_is_not_ours_is_not_gone_back_to(dora: Person, referer: str) -> None:
    client = browser(dora)
    appearance = client.post("/appearance/", {"theme": "dark"}, headers={"Referer": referer})
    for status, address in (
        keep(client, {"density": "compact"}, referer=referer),
        (appearance.status_code, appearance.headers["Location"]),
    ):
        assert status == 302
        assert address.startswith("/")
        assert not address.startswith(("//", "/\\")), "a browser takes it for another site"
        assert urlsplit(address).netloc == ""


def test_two_people_of_one_account_do_not_share(dora: Person) -> None:
    kim = member(dora, "kim", Preset.READ_ONLY)
    boss, other = browser(dora), browser(kim)
    keep(boss, {"columns": "chosen", "column": ["uin"]})
    keep(boss, {"view": "mine alone", "next": "uin=1"})
    assert heads(shown(boss)) == ["UIN"]
    assert heads(shown(other)) != ["UIN"]
    assert "mine alone" not in shown(other)
    keep(other, {"density": "compact"})
    assert 'data-density="comfortable"' in shown(boss)
    assert kept(kim) == {"customers.density": "compact"}


def test_a_shared_address_shows_each_their_own(world: World) -> None:
    """A view shared by its address asks for whoever opens it; of the other's customers it shows nothing."""
    address = f"?text=a&columns=uin,email&sort=uin&uin={world.cora.uin}"
    assert str(world.cora.uin) in shown(browser(world.dora), address).partition("<tbody>")[2]
    assert "<tbody>" not in shown(browser(world.olga), address)


STORED = [
    "[]", "{}", '{"customers.size": 9999}', '{"customers.size": "x"}', '{"customers.views": 1}',
    '{"customers.views": {"a": 1}}', '{"customers.columns": 5}', '{"customers.density": null}',
]  # fmt: skip


@pytest.mark.parametrize("stored", STORED)
def test_preferences_of_another_time_are_understood_or_passed_over(dora: Person, stored: str) -> None:
    User.objects.everything(reason="test").filter(pk=dora.user_pk).update(preferences=stored)
    assert heads(shown(browser(dora)))


@pytest.mark.parametrize("data", [{"theme": "pink"}, {"language": "xx"}, {"language": "\0"}])
def test_an_unknown_language_or_theme_is_refused(dora: Person, data: dict[str, str]) -> None:
    assert browser(dora).post("/appearance/", data).status_code == 422
    assert (dora.user.language, dora.user.theme) == ("en", "auto")


def test_looking_keeps_nothing(dora: Person) -> None:
    client = browser(dora)
    assert client.get("/keep/customers/?density=compact").status_code == 405
    assert Client().post("/keep/customers/", {"density": "compact"}).status_code == 302
    assert kept(dora) == {}
