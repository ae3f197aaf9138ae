"""Resellers in the browser: seed 000 (tencent), step by step, and the feature flag that opens it (tencent:A.4, B.4)."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from django.test import Client

from openpartner.core.access.roles import Preset
from openpartner.core.access.users import add_user
from openpartner.core.accounts.models import FeatureFlag, Flag
from openpartner.core.audit.events import Action
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.jobs.claim import claim, process_token
from openpartner.core.jobs.models import Job, JobState, ResultFile
from openpartner.core.jobs.results import path_of
from openpartner.core.jobs.run import run_claimed
from openpartner.core.partners.commands import change_partner_remark, grant_flag, withdraw_flag
from openpartner.listings.exports import KIND
from openpartner.worker.callers import rebuild
from tests.console.test_customers_page import signed_in
from tests.support.pages import told
from tests.support.people import Person, World

pytestmark = pytest.mark.django_db

ALLOWLIST = "Ask your channel manager"


@pytest.fixture
def flagged(world: World) -> World:
    """dora is on the allowlist (seed 000, prerequisites); olga is not."""
    grant_flag(world.pia.caller, account_id=world.dora.account_id, flag=Flag.INDIRECT_CUSTOMER_VIEW)
    return world


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return str(answer.content.decode())


def uins(text: str) -> set[str]:
    """The uins of the people of the tests that stand on a page's table."""
    return set(re.findall(r"20000000000\d|2000000000\d\d", text.partition("<tbody>")[2].partition("</tbody>")[0]))


def exported(client: Client, query: str, **given: str) -> list[list[str]]:
    """Export as the menu does and return the rows of the file."""
    answer = client.post("/export/reseller-customers/", {"query": query, "format": "csv", **given})
    assert answer.status_code == 302, answer.content.decode()
    while claimed := claim(process_token(), [KIND]):
        run_claimed(claimed, rebuild)
    job = Job.objects.everything(reason="test").filter(kind=KIND).latest("pk")
    assert job.state == JobState.DONE, job.error
    file = ResultFile.objects.everything(reason="test").get(pk=json.loads(job.result)["file"])
    return list(csv.reader(io.StringIO(path_of(file.stored).read_text("utf-8-sig"))))


# Seed 000, "Query All End Customers of A Second-Level Reseller", 1: My Resellers, condition "Account ID".


def test_my_resellers_lists_the_columns_of_the_seed(dora: Person, rita: Person) -> None:
    text = page(signed_in(dora), "/resellers/")
    assert "My resellers" in text
    assert uins(text) == {str(rita.uin)}, "neither oneself nor another distributor's"
    for head in ("UIN", "Name", "Remark", "Mobile", "E-mail", "Bound on", "Customers"):
        assert re.search(rf">\s*{head}", text), head
    assert "remark of rita" in text
    assert ">2</" in text, "rita has carl and cleo"


def test_a_reseller_is_found_by_its_account_id(dora: Person, rita: Person) -> None:
    client = signed_in(dora)
    assert uins(page(client, f"/resellers/?uin={rita.uin}")) == {str(rita.uin)}
    assert uins(page(client, f"/resellers/?account_id={rita.account_id}")) == {str(rita.uin)}
    assert uins(page(client, f"/resellers/?uin={rita.uin + 1}")) == set()


@pytest.mark.parametrize(
    "query",
    ["legal_name_contains=rita", "remark_contains=of+rita", "mobile_contains=0004", "email=rita@example.com"],
)
def test_name_remark_mobile_and_email_find_it(dora: Person, rita: Person, query: str) -> None:
    client = signed_in(dora)
    assert uins(page(client, f"/resellers/?{query}")) == {str(rita.uin)}
    name, value = query.split("=")
    assert uins(page(client, f"/resellers/?{name}=x{value}x")) == set()


# Seed 000, 2: "Click the end customer quantity to enter the details page", four columns, export at the top right.


def test_the_number_opens_the_customers_in_four_columns(flagged: World) -> None:
    client = signed_in(flagged.dora)
    address = f"/resellers/{flagged.rita.account_id}/customers/"
    assert f'<a href="{address}">2</a>' in page(client, "/resellers/")
    text = page(client, address)
    heads = re.findall(r'<th scope="col" class="cell-.*?</span></th>', text, re.DOTALL)
    labels = [re.sub(r"<form.*?</form>|<[^>]*>", "", head, flags=re.DOTALL).strip() for head in heads]
    assert labels == ["Reseller UIN", "Reseller name", "Customer UIN", "Customer name"]
    assert uins(text) == {str(flagged[name].uin) for name in ("rita", "carl", "cleo")}
    assert "Carl Coffee Co" not in text, "masked unless somebody reveals it"
    assert "Rita Resale KK" not in text


def test_one_resellers_customers_are_exported(flagged: World) -> None:
    query = f"reseller={flagged.rita.account_id}"
    client = signed_in(flagged.dora)
    text = page(client, f"/resellers/{flagged.rita.account_id}/customers/")
    assert f'name="query" value="{query}"' in text, "the file asks what the page asked"
    for rows in ("shown", "all"):
        header, *lines = exported(client, query, rows=rows)
        assert header == ["Reseller UIN", "Reseller name", "Customer UIN", "Customer name"]
        assert sorted(lines) == [
            [str(flagged.rita.uin), "R****", str(flagged.carl.uin), "C****"],
            [str(flagged.rita.uin), "R****", str(flagged.cleo.uin), "C****"],
        ]


# Seed 000, "Exporting Indirect End Customers", 2: "Second-Level Reseller and Customer Relationship".


def test_all_relations_are_exported_from_the_resellers_page(flagged: World) -> None:
    other = add_reseller(flagged, "rolf")
    client = signed_in(flagged.dora)
    text = page(client, "/resellers/")
    assert "Second-level reseller and customer relationship" in text
    assert 'href="/resellers/customers/"' in text
    assert uins(page(client, "/resellers/customers/")) == {
        str(flagged[name].uin) for name in ("rita", "carl", "cleo", "cyro")
    } | {str(other)}, "without the customers bound to the distributor itself"
    _, *lines = exported(client, "", rows="all")
    assert {(line[0], line[2]) for line in lines} == {
        (str(flagged.rita.uin), str(flagged.carl.uin)),
        (str(flagged.rita.uin), str(flagged.cleo.uin)),
        (str(other), str(flagged.cyro.uin)),
    }


def add_reseller(world: World, name: str) -> int:
    """A second reseller of dora's, to which cyro is moved; its uin."""
    from openpartner.core.accounts.placing import bind, lock_account, release
    from openpartner.core.base.kinds import AccountKind, AssociationKind
    from openpartner.core.partners.commands import NewPartner, create_partner
    from openpartner.kit import clock

    new = NewPartner(kind=AccountKind.SECOND_LEVEL_RESELLER, account_name=name, legal_name=name)
    made = create_partner(world.dora.caller, new=new)
    type(made).objects.everything(reason="test").filter(pk=made.pk).update(uin=200_000_000_099)
    cyro = lock_account(world.cyro.account_pk)
    release(cyro, until=clock.now(), by="the test")
    bind(cyro, lock_account(made.pk), kind=AssociationKind.RESALE, since=clock.now(), by="the test")
    return 200_000_000_099


# Seed 000, "Query Resellers Associated with An End Customer": condition "Customer UIN".


def test_a_customer_uin_finds_the_reseller_that_owns_it(flagged: World) -> None:
    client = signed_in(flagged.dora)
    assert uins(page(client, f"/resellers/?customer_uin={flagged.carl.uin}")) == {str(flagged.rita.uin)}


def test_a_customer_of_another_distributor_finds_nothing_like_an_absent_one(flagged: World) -> None:
    client = signed_in(flagged.dora)
    answers = {}
    for uin in (flagged.otto.uin, 299_999_999_999):
        answers[uin] = told(client.get(f"/resellers/?customer_uin={uin}")).replace(str(uin), "UIN")
        assert uins(answers[uin]) == set()
    assert len(set(answers.values())) == 1
    direct = page(client, f"/resellers/?customer_uin={flagged.cora.uin}")
    assert uins(direct) == set(), "bound to the distributor itself, so to no reseller"


# Seed 000, "Prerequisites": the allowlist.


def test_without_the_flag_everything_says_how_to_get_it(dora: Person, rita: Person, carl: Person) -> None:
    client = signed_in(dora)
    text = page(client, "/resellers/")
    assert ALLOWLIST in text
    assert '/customers/">2</a>' not in text
    assert "customer_uin" not in text
    for address in ("/resellers/customers/", f"/resellers/{rita.account_id}/customers/"):
        closed = page(client, address)
        assert ALLOWLIST in closed
        assert str(carl.uin) not in closed
        data = client.get(address.rstrip("/") + ".csv")
        assert (data.status_code, ALLOWLIST in data.content.decode()) == (403, True)
    assert ALLOWLIST in page(client, f"/resellers/{rita.account_id}/")
    for query in ("", f"reseller={rita.account_id}"):
        answer = client.post("/export/reseller-customers/", {"query": query, "format": "csv"})
        assert (answer.status_code, ALLOWLIST in answer.content.decode()) == (403, True)


def test_withdrawing_the_flag_closes_an_export_that_waits(flagged: World) -> None:
    client = signed_in(flagged.dora)
    assert client.post("/export/reseller-customers/", {"query": "", "format": "csv"}).status_code == 302
    withdraw_flag(flagged.pia.caller, account_id=flagged.dora.account_id, flag=Flag.INDIRECT_CUSTOMER_VIEW)
    while claimed := claim(process_token(), [KIND]):
        run_claimed(claimed, rebuild)
    assert Job.objects.everything(reason="test").get(kind=KIND).state == JobState.FAILED


def test_the_provider_grants_and_withdraws_the_flag_on_the_partners_page(world: World) -> None:
    client = signed_in(world.pia)
    address = f"/resellers/{world.dora.account_id}/flags/"
    assert "Not granted" in page(client, address)
    assert "may export them" in page(client, f"{address}indirect-customer-view/"), "it says what it does"
    assert client.post(f"{address}indirect-customer-view/", {"what": "grant"}).status_code == 302
    assert "pia" in page(client, address)
    assert ALLOWLIST not in page(signed_in(world.dora), "/resellers/")
    assert client.post(f"{address}indirect-customer-view/", {"what": "withdraw"}).status_code == 302
    assert ALLOWLIST in page(signed_in(world.dora), "/resellers/")
    stale = client.post(f"{address}indirect-customer-view/", {"what": "withdraw"})
    assert stale.status_code == 409, "what is not granted is not withdrawn, and not granted instead"
    held = FeatureFlag.objects.everything(reason="test").filter(until__isnull=True, flag=Flag.INDIRECT_CUSTOMER_VIEW)
    assert not held.exists()
    assert {event.action for event in AuditEvent.objects.everything(reason="test")} >= {
        Action.FLAG_GRANTED,
        Action.FLAG_WITHDRAWN,
    }


@pytest.mark.parametrize("path", ["flags/", "flags/indirect-customer-view/"])
def test_flags_are_the_providers_alone(world: World, path: str) -> None:
    for name in ("dora", "rita", "carl", "sol"):
        answer = signed_in(world[name]).get(f"/resellers/{world.rita.account_id}/{path}")
        assert answer.status_code == 403, name


@pytest.mark.parametrize("flag", ["nothing", "non-stop", "indirect-customer-view"])
def test_flags_that_open_nothing_for_a_partner_are_not_offered(world: World, flag: str) -> None:
    client = signed_in(world.pia)
    answer = client.post(f"/resellers/{world.sol.account_id}/flags/{flag}/", {"what": "grant"})
    assert answer.status_code == 404
    offered = page(client, f"/resellers/{world.sol.account_id}/flags/")
    assert f"/flags/{flag}/" not in offered
    assert "/flags/policy-products/" in offered, "which a reseller's programs need (tencent:A.4)"


# Who sees what.


def test_the_provider_sees_every_partner_with_kind_and_parent(world: World) -> None:
    text = page(signed_in(world.pia), "/partners/")
    names = ("dora", "sol", "olga", "rita", "ruth", "song")
    assert uins(text) == {str(world[name].uin) for name in names}
    assert "Second-level reseller" in text
    assert "Bound to" in text
    only = page(signed_in(world.pia), "/partners/?kinds=4")
    assert uins(only) == {str(world.rita.uin), str(world.ruth.uin)}
    assert uins(page(signed_in(world.pia), f"/partners/?customer_uin={world.cato.uin}")) == {str(world.sol.uin)}
    opened = page(signed_in(world.pia), f"/resellers/{world.sol.account_id}/customers/")
    assert uins(opened) == {str(world.sol.uin), str(world.cato.uin)}


@pytest.mark.parametrize(("who", "address"), [("rita", "/resellers/"), ("sol", "/resellers/"), ("dora", "/partners/")])
def test_pages_exist_for_those_who_have_partners(world: World, who: str, address: str) -> None:
    client = signed_in(world[who])
    assert client.get(address).status_code == 404
    assert f'href="{address}"' not in page(client, "/")


def test_another_distributors_reseller_is_as_an_absent_one(flagged: World) -> None:
    client = signed_in(flagged.dora)
    for part in ("", "customers/", "associations/", "trail/", "remark/"):
        answers = [
            client.get(f"/resellers/{account_id}/{part}")
            for account_id in (flagged.ruth.account_id, flagged.olga.account_id, flagged.otto.account_id, "0" * 32)
        ]
        assert {answer.status_code for answer in answers} == {404}, part
        assert len({told(answer) for answer in answers}) == 1, part
    own = client.get(f"/resellers/{flagged.dora.account_id}/")
    assert own.status_code == 404, "a distributor is not its own reseller"


def test_a_foreign_reseller_in_an_export_gives_nothing(flagged: World) -> None:
    client = signed_in(flagged.dora)
    for account_id in (flagged.ruth.account_id, "0" * 32):
        assert exported(client, f"reseller={account_id}")[1:] == []


def test_a_reader_exports_nothing(flagged: World) -> None:
    user = add_user(
        account=flagged.dora.account, name="rob", email="rob@example.com", password=None, presets=[Preset.READ_ONLY]
    )
    client = Client()
    client.force_login(user, backend="openpartner.console.backend.SessionBackend")
    assert uins(page(client, "/resellers/"))
    assert "/export/" not in page(client, "/resellers/customers/")
    assert client.post("/export/reseller-customers/", {"query": "", "format": "csv"}).status_code == 403


# Masked by default; each reveal is recorded.


def test_names_mobiles_and_emails_are_masked(world: World) -> None:
    client = signed_in(world.dora)
    for address in ("/resellers/", f"/resellers/{world.rita.account_id}/"):
        text = page(client, address)
        assert not any(secret in text for secret in ("Rita Resale", "rita_account", "13900000004", "rita@example"))


def test_a_reveal_is_recorded(world: World) -> None:
    client = signed_in(world.dora)
    text = client.post("/resellers/", {"reveal": "email"}).content.decode()
    assert "rita@example.com" in text
    assert "13900000004" not in text
    whole = client.post(f"/resellers/{world.rita.account_id}/", {"reveal": "*"}).content.decode()
    assert "13900000004" in whole
    events = AuditEvent.objects.everything(reason="test").filter(action=Action.REVEALED).order_by("pk")
    assert [json.loads(event.details) for event in events] == [
        {"columns": ["email"], "listing": "resellers", "subjects": [world.rita.account_pk]},
        {
            "columns": ["account_name", "email", "legal_name", "mobile"],
            "listing": "reseller",
            "subjects": [world.rita.account_pk],
        },
    ]


# The page of one reseller.


def test_the_remark_is_changed_by_the_partner_above(world: World) -> None:
    client = signed_in(world.dora)
    address = f"/resellers/{world.rita.account_id}/"
    assert client.post(f"{address}remark/", {"remark": "pays late"}).status_code == 302
    assert "pays late" in page(client, address)
    assert "The remark of a partner was changed" in page(client, f"{address}trail/")
    assert client.post(f"{address}remark/", {"remark": "x" * 256}).status_code == 422
    assert signed_in(world.pia).get(f"{address}remark/").status_code == 404, "it is dora's remark"


def test_the_command_writes_no_other_remark(world: World) -> None:
    for person in (world.pia, world.olga, world.sol):
        with pytest.raises(NotVisible):
            change_partner_remark(person.caller, account_id=world.rita.account_id, remark="x")
    with pytest.raises(Invalid):
        change_partner_remark(world.dora.caller, account_id=world.rita.account_id, remark="x" * 256)
    assert world.rita.account.remark == "remark of rita"


def test_its_associations_are_shown(world: World) -> None:
    text = page(signed_in(world.dora), f"/resellers/{world.rita.account_id}/associations/")
    assert "2024-02-01" in text
    assert "Current" in text
    assert "the test" in text


@pytest.mark.parametrize(
    "query", ["uin=x", "customer_uin=-1", "kinds=9", "associated_from=never", "email=" + "x" * 300]
)
def test_what_is_no_filter_is_said(flagged: World, query: str) -> None:
    for who, address in (("dora", "/resellers/"), ("pia", "/partners/")):
        status = signed_in(flagged[who]).get(f"{address}?{query}").status_code
        assert status == (200 if query.startswith("kinds") and who == "dora" else 422)
