"""Finding a partner by whatever somebody has at hand, against the same found naively in Python."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from django.db import connection

from openpartner.core.access.roles import Preset
from openpartner.core.access.users import add_user, caller_of
from openpartner.core.accounts.models import Account
from openpartner.core.base.kinds import PARTNER_KINDS, AccountKind
from openpartner.core.base.scope import Scope
from openpartner.core.customers import search, slices
from openpartner.core.customers.find import find_customers
from openpartner.core.customers.queries import CustomerRows
from openpartner.core.partners.find import find_partners
from openpartner.core.partners.queries import partners
from openpartner.kit import clock
from openpartner.kit.folding import fold, fold_keeping_spaces
from tests.core.test_customer_search import in_scope, matches_text
from tests.support.crowd import WORDS, crowd
from tests.support.people import Person, World

pytestmark = pytest.mark.django_db


def names(found: list[Account]) -> list[str]:
    return [row.account_name.removesuffix("_account") for row in found]


@pytest.mark.parametrize(
    ("who", "found"),
    [("pia", ["dora"]), ("olga", []), ("sol", []), ("rita", []), ("carl", [])],
)
@pytest.mark.parametrize("column", ["uin", "account_id", "account_name", "legal_name", "email"])
def test_a_partner_is_found_by_what_names_it_and_by_no_stranger(
    world: World, who: str, found: list[str], column: str
) -> None:
    text = str(getattr(world.dora, column))
    assert names(find_partners(world[who].caller.scope, text, 20)) == found
    assert names(find_partners(world[who].caller.scope, f"  {text} ", 20)) == found, "spaces around it say nothing"


def test_whole_identifiers_only(world: World, pia: Person, rita: Person) -> None:
    """A part of a uin, an id or a mobile number finds nobody; a part of a name does."""
    scope = pia.caller.scope
    assert names(find_partners(scope, str(rita.uin), 20)) == ["rita"]
    assert names(find_partners(scope, rita.account.mobile, 20)) == ["rita"]
    assert names(find_partners(scope, rita.account_id.upper(), 20)) == ["rita"]
    assert names(find_partners(scope, "RITA@example.com", 20)) == ["rita"]
    for part in (str(rita.uin)[:-1], rita.account.mobile[:-1], rita.account_id[:-1], "rita@", "@example.com"):
        assert find_partners(scope, part, 20) == [], part
    assert names(find_partners(scope, "resale", 20)) == ["rita"]
    assert names(find_partners(scope, "ＲＥＳＡＬＥ kk", 20)) == ["rita"], "full-width and spaces fold"


@pytest.mark.parametrize("text", ["", " ", "\t\n", "\u3000"])
def test_nothing_finds_nothing(pia: Person, text: str) -> None:
    assert find_partners(pia.caller.scope, text, 20) == []


@pytest.mark.parametrize(
    "text", ["\0", "a\0b", "9" * 128, "-1", "0", "١٢٣", "²", "%", "_", "\\", "'", "a" * 128, "\U0001f375"]
)
def test_strange_texts_find_nobody_and_break_nothing(pia: Person, text: str) -> None:
    assert names(find_partners(pia.caller.scope, text, 20)) == names(naive(pia.caller.scope, text))


def test_a_customer_is_no_partner(world: World) -> None:
    for text in (world.carl.uin, world.carl.account_id, world.carl.legal_name):
        assert find_partners(world.pia.caller.scope, str(text), 20) == []


def test_a_distributor_finds_its_resellers_and_not_itself(world: World) -> None:
    """`get_partner`: nobody is its own partner, so a hit for oneself would lead nowhere."""
    for scope in (world.dora.caller.scope, world.dora.caller.own()):
        assert names(find_partners(scope, "rita", 20)) == ["rita"]
        assert find_partners(scope, str(world.dora.uin), 20) == []
        assert find_partners(scope, "dora", 20) == []
    for person in (world.sol, world.rita):
        assert find_partners(person.caller.scope, person.name, 20) == []


def test_an_account_manager_finds_no_partner(world: World) -> None:
    """Its scope is the customers assigned to it, and partners are nobody's to manage."""
    kim = add_user(
        account=world.dora.account, name="kim", email="kim@example.com", password=None, presets=[Preset.ACCOUNT_MANAGER]
    )
    assert find_partners(caller_of(kim, via="test").scope, "rita", 20) == []


def test_whole_identifiers_stand_first_then_beginnings_then_parts(world: World) -> None:
    """A part of a name, the beginning of one, and an e-mail address that is the text itself."""
    add(world, "zeta", legal_name="has alpha@x.example inside")
    add(world, "alpha@x.example-shop", legal_name="")
    add(world, "omega", legal_name="Omega", email="alpha@x.example")
    found = find_partners(world.pia.caller.scope, "alpha@x.example", 20)
    assert [row.account_name for row in found] == ["omega", "alpha@x.example-shop", "zeta"]
    assert [row.account_name for row in find_partners(world.pia.caller.scope, "alpha@x.example", 1)] == ["omega"]


def test_it_finds_what_is_found_one_by_one(world: World, random: Random, campaign: Callable[[int], int]) -> None:
    """Two hundred partners with awkward names, and texts made of the same words."""
    for number in range(200):
        parts = [random.choice(WORDS) for _ in range(random.randint(0, 3))]
        add(world, f"{random.choice(WORDS)}-{number}", legal_name=random.choice(["", " "]).join(parts))
    scopes = [world.pia.caller.scope, world.dora.caller.scope, world.dora.caller.own(), world.olga.caller.scope]
    for _ in range(campaign(5_000)):
        word = random.choice(WORDS)
        text = random.choice([word, word[1:], word[:2], word.upper(), f" {word}", f"{word}-{random.randint(0, 200)}"])
        scope = random.choice(scopes)
        expected = naive(scope, text)
        assert [row.pk for row in find_partners(scope, text, 1_000)] == [row.pk for row in expected], text
        assert [row.pk for row in find_partners(scope, text, 3)] == [row.pk for row in expected[:3]], text


def naive(scope: Scope, text: str) -> list[Account]:
    """The same from every account: the folded text in the folded names, or a whole identifier."""
    key, plain = fold(text), text.strip()
    if not key or "\0" in key:
        return []
    columns = {"provider": "provider_id", "payer": "payer_id", "partner": "partner_id"}
    found = []
    for row in Account.objects.everything(reason="test").filter(kind__in=PARTNER_KINDS):
        level, value = scope.shape[0], scope.values[0]
        if getattr(row, columns[level]) != value or row.pk == scope.payer:
            continue
        is_exact = plain in {str(row.uin), row.mobile, row.email} or plain.lower() == row.account_id
        if is_exact or key in row.search_key:
            place = 0 if is_exact else 1 if row.search_key.startswith(key) else 2
            found.append((place, fold_keeping_spaces(row.account_name).encode(), row.pk, row))
    return [row for *_, row in sorted(found, key=lambda one: one[:3])]


def add(world: World, account_name: str, *, legal_name: str, email: str = "") -> Account:
    """A second-level reseller of dora or olga."""
    from openpartner.core.accounts.placing import bind
    from openpartner.core.base.kinds import AssociationKind

    above = world.dora if len(account_name) % 2 else world.olga
    row = Account(
        kind=AccountKind.SECOND_LEVEL_RESELLER,
        account_name=account_name,
        legal_name=legal_name,
        email=email,
        registered_at=clock.now(),
    )
    row.fold_names()
    row.save(force_insert=True)
    bind(row, above.account, kind=AssociationKind.RESALE, since=clock.now(), by="the test")
    return row


@pytest.mark.engine("sqlite")  # a plan of SQLite
@pytest.mark.parametrize("who", ["pia", "dora", "rita"])
def test_partners_are_read_from_their_own_index(world: World, who: str) -> None:
    """Among a million customers there may be a dozen partners: whoever lists them must not read the customers."""
    sql, values = partners(world[who].caller.scope).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + sql, values)
        steps = [row[3] for row in cursor.fetchall()]
    assert any("USING INDEX account_partners_of" in step for step in steps), steps


ROWS = CustomerRows("pk")


def customers_naively(scope: Scope, text: str) -> list[int]:
    """The same from every customer: identifiers, then beginnings by name, then parts, the newest first."""
    key, plain, begins = fold(text), text.strip(), fold_keeping_spaces(text.strip())
    if not key or "\0" in text:
        return []
    shown = in_scope(scope)  # newest first
    exact = [row for row in shown if matches_text(row, text) and is_identified(row, plain)]
    by_legal = sorted((row.legal_name_folded, row.pk, row) for row in shown if row.legal_name_folded.startswith(begins))
    by_account = sorted(
        (row.account_name_folded, row.pk, row) for row in shown if row.account_name_folded.startswith(begins)
    )
    parts = [row for row in shown if matches_text(row, text)]
    ordered = [*exact, *(row for *_, row in by_legal), *(row for *_, row in by_account), *parts]
    return list(dict.fromkeys(row.pk for row in ordered))


def is_identified(row: Account, plain: str) -> bool:
    numbers = {str(row.uin), row.mobile} if plain.isascii() and plain.isdigit() else set()
    emails = {row.email} if "@" in plain else set()
    return plain in numbers | emails or plain.casefold() in emails or plain.lower() == row.account_id


@pytest.mark.parametrize("looked_at", [1_000, 3])
def test_it_finds_the_customers_that_are_found_one_by_one(
    world: World, random: Random, monkeypatch: pytest.MonkeyPatch, looked_at: int, campaign: Callable[[int], int]
) -> None:
    monkeypatch.setattr(slices, "LOOKED_AT_ONCE", looked_at)
    monkeypatch.setattr(search, "SMALL", 0)
    rows = crowd(world, random, 200)
    scopes = [world[name].caller.scope for name in ("pia", "dora", "rita", "olga")] + [world.dora.caller.own()]
    shown = 0
    for _ in range(campaign(5_000)):
        row, word = random.choice(rows), random.choice(WORDS)
        text = random.choice(
            [word, word[1:], word[:2], word.upper(), f" {word}", str(row.uin), row.email, row.legal_name[:5],
             row.account_name[:6], row.account_id.upper()]
        )  # fmt: skip
        scope = random.choice(scopes)
        expected = customers_naively(scope, text)
        for limit in (1, 7, 500):
            found = [one[0] for one in find_customers(ROWS, scope, text, limit)]
            # Two customers with the same identifier stand in no particular order.
            assert sorted(found) == sorted(expected[:limit]) or len(expected) > limit == 1, (text, limit)
            assert set(found) <= set(expected), (text, limit)
        if "@" not in text and not text.strip().isdigit():
            assert [one[0] for one in find_customers(ROWS, scope, text, 7)] == expected[:7], text
        shown += bool(expected)
    assert shown > 10


@pytest.mark.parametrize("text", ["\0", "a\0b", "", " ", "%", "_", "\U0010ffff", "\ud7ff", "9" * 40, "'"])
def test_strange_texts_break_no_search_for_customers(world: World, text: str) -> None:
    assert [row[0] for row in find_customers(ROWS, world.pia.caller.scope, text, 9)] == customers_naively(
        world.pia.caller.scope, text
    )[:9]


def test_the_one_somebody_means_stands_first(world: World) -> None:
    """One who begins with the text before a newer one that contains it, and an identifier before both."""
    for person, name, email in (
        (world.cora, "Teahouse", ""),
        (world.cyro, "Green Tea", ""),
        (world.chen, "x", "tea@x.example"),
    ):
        row = person.account
        row.legal_name, row.email = name, email
        row.fold_names()
        row.save()
    scope = world.dora.caller.scope
    assert [row[0] for row in find_customers(ROWS, scope, "tea", 9)] == [world.cora.account_pk, world.cyro.account_pk]
    assert find_customers(ROWS, scope, "TEA@x.example", 9)[0] == (world.chen.account_pk,)
