"""The programs that pages show: each runs as it stands, against a live server, with the vendor's own SDK.

Expected customers are those of `tests/support/people.py`: dora's own are cora, chen and cyro; rita's carl and cleo.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from openpartner.console.snippets import Snippet, for_customers, for_key
from openpartner.core.access.keys import NewKey
from openpartner.core.base.kinds import AssociationKind, Suspension
from openpartner.core.customers.filters import CustomerFilter
from tests.support.people import Person, World
from tests.support.server import Server

Run = Callable[[Snippet], str]


@pytest.fixture
def run(server: Server, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a program made for this server, with the secrets of dora's key in the environment; returns what it prints."""
    settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, base_url=server.url)

    def ran(snippet: Snippet) -> str:
        for name in ("HUAWEICLOUD_SDK_SK", "TENCENTCLOUD_SECRET_KEY"):
            monkeypatch.setenv(name, server.world.dora.secret_key)
        with redirect_stdout(io.StringIO()) as printed:
            exec(compile(snippet.text, "snippet", "exec"), {"__name__": "__main__"})  # noqa: S102  # what people do with it
        return printed.getvalue()

    return ran


def shown(printed: str, server: Server) -> set[str]:
    """Which of everybody the answer names, by uin or account id."""
    return {name for name, one in server.world.items() if f'"{one.uin}"' in printed or one.account_id in printed}


@pytest.mark.parametrize(
    ("where", "huawei", "tencent"),
    [
        (CustomerFilter(), {"cora", "chen", "cyro"}, {"cora", "chen", "cyro"}),
        (CustomerFilter(legal_name_contains="CORAZÓN"), {"cora"}, {"cora", "chen", "cyro"}),
        (CustomerFilter(account_name_contains="chen_"), {"chen"}, {"cora", "chen", "cyro"}),
        (CustomerFilter(tag="Gold"), {"chen"}, {"cora", "chen", "cyro"}),
        (CustomerFilter(association=AssociationKind.RESALE), {"cora", "chen", "cyro"}, {"cora", "chen", "cyro"}),
        (
            CustomerFilter(
                associated_from=datetime(2024, 3, 4, tzinfo=UTC), associated_until=datetime(2024, 3, 4, 23, tzinfo=UTC)
            ),
            {"chen"},
            {"cora", "chen", "cyro"},
        ),
        (CustomerFilter(uin=200_000_000_009), {"cora", "chen", "cyro"}, {"chen"}),
    ],
    ids=lambda one: "+".join(one.shape) or "everybody" if isinstance(one, CustomerFilter) else "",
)
def test_it_lists_the_customers_of_the_page(
    run: Run, server: Server, dora: Person, where: CustomerFilter, huawei: set[str], tencent: set[str]
) -> None:
    one, other = for_customers(where, dora.caller, key=server.world.dora.access_key)
    assert shown(run(one), server) == huawei
    assert shown(run(other), server) == tencent


def test_it_lists_the_customers_of_a_reseller(run: Run, server: Server, world: World) -> None:
    where = CustomerFilter(is_direct=False, partner=world.rita.account_pk)
    one, other = for_customers(where, world.dora.caller, key=server.world.dora.access_key)
    assert "ListSubCustomers" in one.title
    assert "QueryT1IndirectCustomersDetail" in other.title
    assert shown(run(one), server) == {"carl", "cleo"}
    printed = run(other)
    assert str(server.world.carl.uin) in printed
    assert str(server.world.cleo.uin) in printed


@pytest.mark.parametrize("who", ["pia", "dora", "sol", "rita", "carl"])
def test_the_first_programs_of_a_new_key_run_for_every_kind_of_account(
    run: Run, server: Server, world: World, who: str
) -> None:
    person = server.world[who]
    for snippet in for_key(world[who].caller, NewKey(person.access_key, person.secret_key)):
        assert "os.environ" not in snippet.text
        assert run(snippet).strip()


def test_who_cannot_list_customers_by_api_is_shown_nothing(world: World) -> None:
    assert for_customers(CustomerFilter(), world.pia.caller) == []
    assert for_customers(CustomerFilter(), world.carl.caller) == []
    # Every second-level reseller at once: neither vendor has a call for it.
    assert for_customers(CustomerFilter(is_direct=False), world.dora.caller) == []
    # A stranger's reseller is nobody.
    where = CustomerFilter(is_direct=False, partner=world.ruth.account_pk)
    assert for_customers(where, world.dora.caller) == []
    assert [one.title for one in for_customers(CustomerFilter(), world.rita.caller)] == [
        "Tencent Cloud · DescribeCustomerUin"
    ]


def test_filters_that_a_call_does_not_know_are_named(dora: Person) -> None:
    where = CustomerFilter(suspension=Suspension.ACCOUNT, text="tea", tag="Gold")
    one, other = for_customers(where, dora.caller)
    assert "# This call cannot filter by: suspension, text\n" in one.text
    assert "# This call cannot filter by: suspension, tag, text\n" in other.text


@pytest.mark.parametrize(
    "name", ['"); import os; os.system("x") #', "a\nimport os", "\\", "'''", "\u2028import os", "🍵"]
)
def test_what_somebody_typed_stays_a_text(dora: Person, name: str) -> None:
    one, _ = for_customers(CustomerFilter(legal_name_contains=name), dora.caller, key="AK", secret="SK")
    tree = ast.parse(one.text)
    (given,) = [word.value for word in ast.walk(tree) if isinstance(word, ast.keyword) and word.arg == "customer"]
    assert ast.literal_eval(given) == name
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert len(imported) == 2


def test_the_secret_is_read_from_the_environment_unless_it_is_new(dora: Person) -> None:
    for snippet in for_key(dora.caller):
        assert dora.access_key in snippet.text
        assert dora.secret_key not in snippet.text
        assert 'os.environ["' in snippet.text
