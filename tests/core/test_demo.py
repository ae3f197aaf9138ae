"""`openpartner demo`: what issue 2, section 4 promises of the channel it builds."""

from __future__ import annotations

import json
import stat
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest
from click.testing import CliRunner, Result
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db import connection, transaction
from django.test import override_settings

from openpartner.core.access.models import AccessKey, User
from openpartner.core.access.sealing import opened
from openpartner.core.access.users import caller_of
from openpartner.core.accounts.models import (
    Account,
    Association,
    AssociationCount,
    EnterpriseMember,
    FeatureFlag,
    Flag,
)
from openpartner.core.audit.events import Action
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base import bulk
from openpartner.core.base.kinds import PARENT_KINDS, AccountKind, Suspension, Verification
from openpartner.core.catalogue.countries import by_iso2
from openpartner.core.catalogue.industries import division
from openpartner.core.customers.models import ManagerAssignment
from openpartner.core.sales.models import ReportedCustomer
from openpartner.demo import build, names, plan, sales, words
from openpartner.project.commands.demo import CUSTOMERS_MIN, command

CUSTOMERS = 300
PERSONAS = {"provider", "distributor", "reseller", "second_level_reseller", "customer", "other_distributor"}
FIELDS = ["name", "account_name", "uin", "account_id", "email", "password", "access_key", "secret_key"]
WHY = "test"


@pytest.fixture(autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Six passwords of each channel would cost more than the channel."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


def run(*words: str) -> Result:
    return CliRunner().invoke(command, words)


def demo(*words: str) -> dict[str, dict[str, str]]:
    result = run("--customers", str(CUSTOMERS), "--lines", "0", *words)
    assert result.exit_code == 0, result.output
    told = json.loads(build.credentials_path().read_text("utf-8"))
    assert told["base_url"] == settings.OPENPARTNER.api_url
    return told["personas"]


def account(persona: dict[str, str]) -> Account:
    return Account.objects.everything(reason=WHY).get(uin=persona["uin"])


def customers() -> list[Account]:
    return list(Account.objects.everything(reason=WHY).filter(kind=AccountKind.CUSTOMER).order_by("id"))


@pytest.mark.django_db
def test_it_builds_the_channel_of_the_issue() -> None:
    demo()
    rows = Account.objects.everything(reason=WHY)
    kinds = Counter(rows.values_list("kind", flat=True))
    assert kinds == {
        AccountKind.PROVIDER: 1,
        AccountKind.DISTRIBUTOR: 3,
        AccountKind.RESELLER: 4,
        AccountKind.SECOND_LEVEL_RESELLER: 8,
        AccountKind.CUSTOMER: CUSTOMERS,
    }
    for row in rows.exclude(kind=AccountKind.PROVIDER).select_related("partner", "payer", "provider"):
        assert row.partner is not None
        assert AccountKind(row.partner.kind) in PARENT_KINDS[AccountKind(row.kind)]
        assert row.payer is not None
        assert AccountKind(row.payer.kind).pays
        assert len(str(row.uin)) == 12
        assert len(row.account_id) == 32


@pytest.mark.django_db
def test_the_credentials_are_private_and_whole() -> None:
    personas = demo()
    assert personas.keys() == PERSONAS
    assert stat.S_IMODE(build.credentials_path().stat().st_mode) == 0o600
    for persona in personas.values():
        assert list(persona) == FIELDS
        user = User.objects.everything(reason=WHY).select_related("account").get(email=persona["email"])
        key = AccessKey.objects.everything(reason=WHY).get(access_key=persona["access_key"])
        assert check_password(persona["password"], user.password)
        assert (key.user_id, opened(key.secret)) == (user.pk, persona["secret_key"])
        assert user.name == persona["name"]
        assert [user.account.uin, user.account.account_id, user.account.account_name] == [
            persona["uin"],
            persona["account_id"],
            persona["account_name"],
        ]


@pytest.mark.django_db
def test_the_personas_stand_where_the_issue_puts_them() -> None:
    rows = {name: account(persona) for name, persona in demo().items()}
    assert rows["reseller"].partner == rows["provider"]
    assert rows["reseller"].kind == AccountKind.RESELLER
    assert rows["second_level_reseller"].partner == rows["distributor"]
    assert rows["customer"].partner == rows["second_level_reseller"]
    assert rows["other_distributor"].kind == rows["distributor"].kind == AccountKind.DISTRIBUTOR
    assert rows["other_distributor"] != rows["distributor"]
    held = Counter(row.partner_id for row in customers())
    assert held[rows["distributor"].pk] > CUSTOMERS / 6
    assert held[rows["second_level_reseller"].pk] > CUSTOMERS / 10
    flags = FeatureFlag.objects.everything(reason=WHY).filter(partner=rows["distributor"], until__isnull=True)
    assert Flag.INDIRECT_CUSTOMER_VIEW in set(flags.values_list("flag", flat=True))


def test_partner_sizes_fall_like_zipf() -> None:
    for whole in (CUSTOMERS_MIN, 2_000, 1_000_000):
        counts = plan.sizes(whole)
        assert sum(counts) == whole
        assert min(counts) >= 1
        assert all(larger >= smaller for larger, smaller in pairwise(counts))
    assert 0.18 < plan.sizes(1_000_000)[0] / 1_000_000 < 0.25


@pytest.mark.django_db
def test_customers_are_believable() -> None:
    demo()
    rows = customers()
    scripts = Counter(
        "chinese or japanese" if any(ord(letter) > 0x3000 for letter in row.legal_name) else "latin" for row in rows
    )
    assert min(scripts["latin"], scripts["chinese or japanese"]) > CUSTOMERS / 10
    assert len({row.region for row in rows}) >= 8
    for row in rows:
        country = by_iso2(row.region)
        assert country is not None
        assert row.country_code == f"00{country.dialling_code}"
        assert row.mobile.isdigit()
        assert not row.industry or division(row.industry)
        assert row.associated_at is not None
        assert plan.BEGINS < row.associated_at < plan.ENDS
        assert row.registered_at <= row.associated_at
        assert (row.verified_at is not None) == (row.verification == Verification.VERIFIED)
        assert (row.suspended_at is not None) == (row.suspension != Suspension.NONE)
    assert sum("Technology" in row.legal_name for row in rows) > 5
    assert any(row.labels for row in rows)
    assert any(row.remark for row in rows)
    assert any(row.suspension for row in rows)
    assert EnterpriseMember.objects.everything(reason=WHY).exists()


@pytest.mark.django_db
def test_what_the_database_repeats_agrees() -> None:
    """One source for tenants, history, counters, assignments and folded names: the accounts just loaded."""
    demo()
    histories = Association.objects.everything(reason=WHY)
    current = {row.child_id: row for row in histories.filter(until__isnull=True)}
    held: Counter[tuple[int, int]] = Counter()
    for row in Account.objects.everything(reason=WHY).exclude(partner=None):
        association = current[row.pk]
        assert (association.partner_id, association.since) == (row.partner_id, row.associated_at)
        assert (association.payer_id, association.provider_id) == (row.payer_id, row.provider_id)
        assert association.kind == row.association_kind
        stored = [getattr(row, name) for name in Account.FOLDED]
        row.fold_names()
        assert [getattr(row, name) for name in Account.FOLDED] == stored
        if row.kind == AccountKind.CUSTOMER:
            moment = row.associated_at
            assert moment is not None
            held[row.partner_id or 0, moment.year * 12 + moment.month - 1] += 1
    counts = AssociationCount.objects.everything(reason=WHY)
    assert {(row.partner_id, row.month): row.customers for row in counts} == held
    ended = histories.filter(until__isnull=False)
    assert ended.exists()
    assert all(row.until is not None and row.until <= current[row.child_id].since for row in ended)
    assigned = ManagerAssignment.objects.everything(reason=WHY).filter(until__isnull=True)
    assert {row.customer_id: row.manager_id for row in assigned} == {
        row.pk: row.manager_id for row in customers() if row.manager_id
    }
    assert assigned.exists()


@pytest.mark.django_db
def test_it_refuses_a_database_that_has_accounts() -> None:
    demo()
    before = build.credentials_path().read_bytes()
    refused = run()
    assert refused.exit_code == 1
    assert "has accounts already" in refused.output
    skipped = run("--if-missing")
    assert skipped.exit_code == 0
    assert len(customers()) == CUSTOMERS
    assert build.credentials_path().read_bytes() == before


@pytest.mark.django_db
def test_it_is_audited() -> None:
    demo("--seed", "11")
    (event,) = AuditEvent.objects.everything(reason=WHY).filter(action=Action.DEMO_LOADED)
    assert json.loads(event.details) == {"customers": CUSTOMERS, "seed": 11}


def snapshot() -> dict[str, list[tuple[object, ...]]]:
    """Every row that is not a secret, a salt or the time of the run; users by e-mail, whose keys a sequence gives."""
    users = dict(User.objects.everything(reason=WHY).values_list("id", "email"))
    found = {}
    for model in (Account, Association, AssociationCount, EnterpriseMember, FeatureFlag, ManagerAssignment, User):
        secret = {"password"} if model is Account else {"password", "id"}
        columns = [field.attname for field in model._meta.concrete_fields if field.attname not in secret]
        rows = model.objects.everything(reason=WHY).values_list(*columns)
        place = columns.index("manager_id") if "manager_id" in columns else None
        told = [row if place is None else (*row[:place], users.get(row[place]), *row[place + 1 :]) for row in rows]
        found[model.__name__] = sorted(told, key=repr)
    return found


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_bytes() -> None:
    def once(*words: str) -> tuple[dict[str, list[tuple[object, ...]]], dict[str, dict[str, str]]]:
        with transaction.atomic():
            personas = demo(*words)
            found = snapshot()
            transaction.set_rollback(True)
        return found, personas

    first, people = once("--fixed-secrets")
    assert once("--fixed-secrets") == (first, people)
    again, others = once()
    assert again == first
    assert {p["secret_key"] for p in others.values()}.isdisjoint(p["secret_key"] for p in people.values())
    other, _ = once("--seed", "8")
    assert other["Account"] != first["Account"]


def test_uins_meet_each_number_once() -> None:
    found = {names.uin(7, number) for number in range(100_000)}
    assert len(found) == 100_000
    assert min(found) >= 10**11
    assert max(found) < 10**12


@pytest.mark.django_db
def test_a_load_brings_back_every_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a load puts aside stands again at its end, and registered asides are told twice."""

    def indexes() -> dict[str, list[str]]:
        with connection.cursor() as cursor:
            return {table: sorted(connection.introspection.get_constraints(cursor, table)) for table in build.TABLES}

    before, told = indexes(), list[str]()
    aside = bulk.Aside("index of a test", lambda: told.append("before"), lambda: told.append("after"), list)
    monkeypatch.setitem(bulk.ASIDES, aside.name, aside)
    demo()
    assert indexes() == before
    assert told == ["before", "after"]


@pytest.mark.django_db
def test_who_is_a_customer_already_is_not_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a large channel names meet; here nearly all do."""
    for few in ("BRAND_HEADS", "BRAND_TAILS", "TRADES"):
        monkeypatch.setattr(words, few, getattr(words, few)[:1])
    provider = User.objects.everything(reason=WHY).select_related("account").get(email=demo()["provider"]["email"])
    sales.give(caller_of(provider, via="test"), 7)
    taken = {one.legal_name for one in customers()}
    reported = {one.company for one in ReportedCustomer.objects.everything(reason=WHY)}
    assert taken & {f"{words.BRAND_HEADS[0]}{words.BRAND_TAILS[0]} {words.TRADES[0][0]} Ltd"}, "names met"
    assert reported
    assert reported.isdisjoint(taken)
