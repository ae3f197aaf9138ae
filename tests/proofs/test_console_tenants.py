"""The cross-tenant probe of the console: what is a stranger's answers like what is nobody's, byte for byte.

Every page and action with a placeholder, every filter of every list with sort, columns and tabs, the same as files,
revealing, exporting, searching, and doing something with several rows: each is asked for something of a stranger's
and for something that does not exist. Everything is asked in a transaction that is rolled back.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest
from django import forms
from django.db import transaction
from django.test import Client

from openpartner.console.page import Page
from openpartner.core.access.users import caller_of
from openpartner.core.accounts.models import EnterpriseMember, FeatureFlag, Flag
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountingMode, AccountKind
from openpartner.core.jobs.models import Job, ResultFile
from openpartner.core.jobs.results import path_of
from openpartner.core.parting.models import UnbindRequest
from openpartner.core.parting.vocabulary import Side
from openpartner.kit import clock
from openpartner.listings.declare import Listing
from openpartner.listings.registry import LISTINGS
from openpartner.project.reference.whole import pages
from tests.console.organization.people import browser
from tests.proofs.possessions import (
    ABOVE,
    ABSENT,
    KIND_OF,
    OF_ACCOUNTS,
    Holdings,
    account_manager,
    events_about,
    populate,
    state_of,
    work,
)
from tests.proofs.record import count
from tests.support import environment
from tests.support.pages import TOKENS
from tests.support.people import World

pytestmark = [pytest.mark.campaign, pytest.mark.django_db]

ASKERS = ("pia", "dora", "dora with the flag", "kim", "rita", "rolf", "sol", "carl")
FORM = {
    "confirm": "1", "reveal": "*", "remark": "x", "labels": "x", "label": "x", "how": "add", "is_visible": "on",
    "what": "grant", "way": "give", "amount": "1", "thresholds": "", "name": "x", "roles": "read-only",
    "permissions": "customer.read", "until": "2030-01-01", "works": "orders", "reason": "x",
}  # fmt: skip
"""What the forms of the console ask for, so that only the identifier can be wrong."""
OTHER_NUMBERS = {"bill-imports": "bills", "cloud-accounts": "cloud_account", "postings": "posting"}
"""Pages whose number is of another kind than that of imports of customers."""
DECISIONS = {f"vouchers/<str:code>/{step}/" for step in ("approve", "cancel", "reject")}
"""Pages about a voucher that somebody has applied for."""
OF_OTHERS = {
    *("event", "posting", "code", "application", "quota"),
    *("use", "authorization", "report", "opportunity", "task", "submission", "unbinding", "association"),
}  # fmt: skip  # kinds, in lines of several
"""Kinds of which a partner reads those of whom it looks after."""
OF_EVERYBODY = {"migration"}
"""Kinds of which the provider reads everybody's, and a partner above the receiver nothing."""
ASKED_BY = {"unbinding": Side.PARTNER, "wish": Side.CUSTOMER}
"""Who withdraws a request of a kind: whoever has asked, while the probe's own ones were asked by the other side."""
NOT_OF_TENANTS = {"listing", "month", "name", "paper"}
"""Placeholders that take a word of the product's own, or what is published for everybody."""
TEXTS = ("account_id", "uin", "account_name", "legal_name", "email", "mobile", "tag")
FORMATS = ("csv", "xlsx", "json")
STRANGERS_EACH = 3
"""So many strangers a probe meets, each of another kind."""
SHAPES_EACH = 40
"""One of so many shapes is asked by each asker in a campaign of any size; which ones is left to the campaign's seed."""


@dataclass(frozen=True)
class Probe:
    """One place that takes an identifier of a kind: a request with that place left open."""

    shape: str
    kind: str
    method: str
    path: str
    data: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    runs: bool = False
    """Whether a file is made of it, to be compared too."""
    repeats: bool = False
    """Whether it shows in another way what another probe asks; it meets one stranger."""

    def with_value(self, value: str) -> tuple[str, dict[str, Any]]:
        return _put(self.path, value), {name: _put(one, value) for name, one in self.data.items()}


@dataclass
class Asker:
    """Somebody who is signed in, and who is a stranger to them."""

    name: str
    client: Client
    caller: Caller
    own: Holdings
    visible: set[str]
    """Names of the accounts that they may see as customers or partners."""

    def strangers(self, holdings: dict[str, Holdings], kind: str) -> list[Holdings]:
        """Those whose identifiers of this kind are not theirs to know. What is one's own is nobody else's."""
        seen = self.visible if kind in OF_ACCOUNTS else {self.own.name} - ({"dora"} if self.name == "kim" else set())
        if kind in OF_OTHERS or (kind in OF_EVERYBODY and self.caller.kind is AccountKind.PROVIDER):
            seen = seen | {name for name in holdings if _is_below(name, self.own.name)}
        return [one for one in holdings.values() if one.name not in seen and kind in one.ids]


def _put(into: Any, value: str) -> Any:
    if isinstance(into, list):
        return [_put(one, value) for one in into]
    return into.replace("{it}", value) if isinstance(into, str) else into


def _is_below(name: str | None, top: str) -> bool:
    while name is not None:
        if name == top:
            return True
        name = ABOVE[name]
    return False


@pytest.fixture
def holdings(world: World) -> dict[str, Holdings]:
    return populate(world)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def asker(name: str, world: World, holdings: dict[str, Holdings]) -> Asker:
    if name == "kim":
        user = account_manager(world)
        return Asker(name, browser(user), caller_of(user, via="test"), holdings["dora"], {"cora"})
    account = name.split(maxsplit=1)[0]
    below = {one for one in holdings if _is_below(one, account)}
    if name == "dora with the flag":
        # A row alone: dora may read in her audit log who granted it, and then pia is no stranger any more.
        FeatureFlag.objects.create(
            partner_id=world.dora.account_pk, flag=Flag.INDIRECT_CUSTOMER_VIEW, granted_by="", since=clock.now()
        )
    elif name == "dora":  # tencent:A.4: without the flag, the customers of its resellers are not there
        below -= {"carl", "cleo", "cedric"}
    return Asker(name, browser(world[account]), world[account].caller, holdings[account], below)


# What is asked.


def by_address() -> Iterator[Probe]:
    """Every page and action that is about one thing, read, sent and as a file."""
    for page in pages():
        kind = _kind_in(page.route)
        if kind in {"", *NOT_OF_TENANTS}:
            continue
        name = "freeze-account" if "/permissions/" in page.route else "indirect-customer-view"
        route = re.sub(r"<(?:[a-z]+:)?name>", name, page.route)
        route = re.sub(r"<(?:[a-z]+:)?month>", "2026-10", route)
        path = "/" + re.sub(r"<[^>]*>", "{it}", route)
        for method in sorted({"GET", "POST"} & set(page.methods)):
            yield Probe(f"{method} {page.route}", kind, method, path, FORM if method == "POST" else {})
        for file_format in FORMATS if page.is_list else ():
            yield Probe(f"{page.route} .{file_format}", kind, "GET", f"{path.rstrip('/')}.{file_format}")
    yield Probe("POST exports/<str:job>/cancel/ waiting", "waiting", "POST", "/exports/{it}/cancel/")
    yield Probe("POST jobs/<str:job>/cancel/ waiting", "waiting", "POST", "/jobs/{it}/cancel/", FORM)


def _kind_in(route: str) -> str:
    """What the placeholder of a route names; empty if it has none."""
    found = re.search(r"<(?:[a-z]+:)?([a-z_]+)>", route)
    kind = found[1] if found else ""
    if route in DECISIONS:
        return "application"
    return OTHER_NUMBERS.get(route.partition("/")[0], kind) if kind == "number" else kind


def by_filter(asking: Asker, random: Random) -> Iterator[Probe]:
    """Every filter of every list the asker can open, beside a random sort, choice of columns, tab and page.

    The page is asked for every kind that a filter takes; its rows alone, its files, what it reveals and its export show
    the same question's answer, and are asked for one of them.
    """
    for page, listing in lists_of(asking):
        for one in listing.filters:
            kinds = _kinds(one.control(asking.caller), one.key)
            shape = f"{page.route}?{one.key}"
            for kind in kinds:
                yield Probe(shape, kind, "GET", f"/{page.route}?{_question(one.key, listing, random)}")
            if kinds:
                asked = _question(one.key, listing, random)
                yield from _other_ways(page, listing, shape, random.choice(kinds), asked, random)
        if "POST" in page.methods:
            yield Probe(f"{page.route} reveal a row", "row", "POST", "/" + page.route, {"reveal": "*", "row": "{it}"})


def _other_ways(
    page: Page, listing: Listing[Any], shape: str, kind: str, asked: str, random: Random
) -> Iterator[Probe]:
    address = "/" + page.route
    yield Probe(f"{shape} rows", kind, "GET", f"{address}?{asked}", headers={"HX-Target": "rows"}, repeats=True)
    if page.is_list:
        file = f"{address.rstrip('/')}.{random.choice(FORMATS)}"
        yield Probe(f"{shape} as a file", kind, "GET", f"{file}?{asked}", repeats=True)
    if "POST" in page.methods:
        masked = {"reveal": random.choice([column.key for column in listing.columns if column.mask])}
        yield Probe(f"{shape} reveal", kind, "POST", f"{address}?{asked}", masked, repeats=True)
    if listing.export_permission is not None:
        data = {"query": asked, "format": random.choice(("csv", "xlsx"))}
        yield Probe(f"{shape} export", kind, "POST", f"/export/{listing.name}/", data, runs=True, repeats=True)


def _question(key: str, listing: Listing[Any], random: Random) -> str:
    return f"{key}={{it}}&{urlencode(_around(listing, random))}"


def by_search() -> Iterator[Probe]:
    for kind in TEXTS:
        yield Probe("search", kind, "GET", "/search/?q={it}")
        yield Probe("palette", kind, "GET", "/search/?q={it}", headers={"HX-Target": "palette-found"})


def by_choice(asking: Asker, holdings: dict[str, Holdings]) -> Iterator[Probe]:
    """One of the strangers' among one's own, in what is done to several; a stranger as the account manager."""
    own = [holdings[name].ids["account_id"] for name in sorted(asking.visible)]
    mixed = [own[0], "{it}", *own[1:3]]
    user = str(asking.caller.user)
    yield Probe("tag several", "account_id", "POST", "/customers/tag/", {**FORM, "row": mixed})
    yield Probe("preview of a tag", "account_id", "POST", "/customers/tag/", {"row": mixed})
    assign = "/customers/assign-managers/"
    yield Probe("assign several", "account_id", "POST", assign, {"confirm": "1", "manager": user, "row": mixed})
    yield Probe("assign to", "user", "POST", assign, {"confirm": "1", "manager": "{it}", "row": own[:3]})
    for one in own[:2]:
        yield Probe("assign one to", "user", "POST", f"/customers/{one}/manager/", {"manager": "{it}"})
    yield Probe(
        "invite with", "role", "POST", "/members/invite/", {"name": "n", "email": "n@n.example", "roles": "{it}"}
    )
    yield Probe("give role", "role", "POST", f"/members/{user}/roles/", {"roles": "{it}"})
    for listing in LISTINGS:
        data = {"view": "v", "next": "manager={it}", "columns": "{it}"}
        yield Probe("keep a view", "user", "POST", f"/keep/{listing}/", data)


def lists_of(asking: Asker) -> list[tuple[Page, Listing[Any]]]:
    """The lists that the asker can open, as the pages themselves say."""
    found = []
    for page in pages():
        if "<" not in page.route and "GET" in page.methods and page.is_open_to(asking.caller):
            answer: Any = asking.client.get("/" + page.route)
            listing = answer.context.get("listing") if answer.context else None
            if isinstance(listing, Listing):
                found.append((page, listing))
    return found


def _kinds(control: forms.Field, key: str) -> tuple[str, ...]:
    """The kinds of identifiers that the control of a filter takes."""
    if key in {"manager", "actor_user"}:
        return ("user",)
    if key == "role":
        return ("role",)
    if isinstance(control, forms.IntegerField):
        return ("uin",)
    return TEXTS if isinstance(control, forms.CharField) else ()


def _around(listing: Listing[Any], random: Random) -> dict[str, str]:
    """What else an address that somebody shares may say."""
    columns = [column.key for column in listing.columns]
    orders = [column.order for column in listing.columns if column.order] or ["x"]
    said = {
        "sort": random.choice(["", "-"]) + random.choice(orders),
        "columns": ",".join(random.sample(columns, random.randint(1, len(columns)))),
        "tab": random.choice([tab.key for tab in listing.tabs] or ["x"]),
        "size": random.choice(["20", "200"]),
        "exact": "1",
    }
    return {name: value for name, value in said.items() if random.random() < 0.5}


# How it is compared.


@dataclass(frozen=True)
class Seen:
    """An answer as the asker sees it."""

    status: int
    headers: str
    body: str

    def blind_to(self, values: tuple[str, str]) -> Seen:
        """The same with the identifiers that were asked for taken out."""
        return Seen(self.status, _blind(self.headers, values), _blind(self.body, values))


class Asking:
    """Asks, compares and counts, for one asker."""

    def __init__(self, asking: Asker, holdings: dict[str, Holdings]) -> None:
        self._who, self._holdings = asking, holdings
        self._cookies = asking.client.cookies.output()
        self._kept = SimpleCookie({name: one.value for name, one in asking.client.cookies.items()})
        self.requests = 0
        self.bad: list[str] = []
        visible = {holdings[name].pk for name in asking.visible}
        self._visible = visible
        self._strange = {one.pk for one in holdings.values()} - visible - {asking.own.pk}
        self._before = state_of(visible)
        self._nobodys: tuple[Probe, Seen] | None = None

    def ask(self, probe: Probe, stranger: Holdings) -> None:
        """Ask for the stranger's, and for nobody's unless the case before has."""
        theirs, nobodys = stranger.ids[probe.kind], ABSENT[_kind(probe.kind)]
        values = (theirs, nobodys)
        if self._nobodys is None or self._nobodys[0] is not probe:
            self._nobodys = (probe, self.answer(probe, nobodys))
        one, other = self.answer(probe, theirs).blind_to(values), self._nobodys[1].blind_to(values)
        what = f"{self._who.name}: {probe.shape} of {stranger.name} by {probe.kind}"
        if one != other:
            self.bad.append(f"{what}: {_difference(one, other)}")
        for secret in self._secrets(stranger, theirs):
            if secret in one.body or secret in one.headers:
                self.bad.append(f"{what} tells {secret}")

    def answer(self, probe: Probe, value: str) -> Seen:
        """What the asker gets, in a transaction that is taken back."""
        self.requests += 1
        self._who.client.cookies = SimpleCookie({name: one.value for name, one in self._kept.items()})
        path, data = probe.with_value(value)
        last = AuditEvent.objects.everything(reason="test").order_by("-pk").values_list("pk", flat=True).first() or 0
        with undone():
            if probe.method == "GET":
                answer: Any = self._who.client.get(path, headers=probe.headers)
            else:
                answer = self._who.client.post(path, data, headers=probe.headers)
            body = _read(answer)
            if probe.runs and answer.status_code == 302:
                body += _made()
            if probe.method == "POST":
                self._look(probe, value, last, runs=probe.runs)
        headers = f"{answer.headers.get('Location', '')} {answer.headers.get('Content-Disposition', '')}"
        return Seen(answer.status_code, headers, body)

    def _look(self, probe: Probe, value: str, last: int, *, runs: bool) -> None:
        """Nothing of anybody else's was changed, added or taken."""
        after = state_of(self._visible)
        own = {"User": {self._who.caller.user}}
        for model, rows in self._before.items():
            for key in rows.keys() | after[model].keys():
                if rows.get(key) == after[model].get(key) or key in own.get(model, ()):
                    continue
                if runs and model in {"Job", "ResultFile"} and key not in rows:
                    continue  # the asker's own export
                self.bad.append(f"{self._who.name}: {probe.shape} with {value} changed {model} {key}")
        for told in events_about(self._strange, last):
            self.bad.append(f"{self._who.name}: {probe.shape} with {value} was recorded as {told}")

    def _secrets(self, stranger: Holdings, asked: str) -> list[str]:
        """What of a stranger's account must stand nowhere, but for what was asked for. The partner above is known."""
        if stranger.name in {*self._who.visible, self._who.own.name, ABOVE[self._who.own.name]}:
            return []
        kinds = ("account_id", "uin", "account_name", "legal_name", "email", "mobile", "tag", "remark", "access_key")
        return [stranger.ids[kind] for kind in kinds if stranger.ids.get(kind, asked) != asked]


def _kind(kind: str) -> str:
    return "job" if kind == "waiting" else kind


def _read(answer: Any) -> str:
    raw = answer.getvalue()
    if raw[:2] != b"PK":
        return str(raw.decode("utf-8", "replace"))
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        return "".join(book.read(name).decode() for name in sorted(book.namelist()) if "worksheets" in name)


def _made() -> str:
    """The file of the export that was just asked for, or why there is none."""
    work()
    job = Job.objects.everything(reason="test").latest("pk")
    key = json.loads(job.result or "{}").get("file")
    if key is None:
        return f"{job.state} {job.error}"
    path = path_of(ResultFile.objects.everything(reason="test").get(pk=key).stored)
    raw = path.read_bytes()
    path.unlink()
    if raw[:2] != b"PK":
        return raw.decode()
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


def _blind(text: str, values: tuple[str, str]) -> str:
    """A text without tokens and without what was asked for, however it is written there."""
    text = TOKENS.sub("", text)
    for value in values:
        if value.isdigit():
            text = re.sub(rf"(?<![0-9]){value}(?![0-9])", "<it>", text)
        else:
            for spelled in {value, value.replace(" ", "+"), urlencode({"": value})[1:], value.replace("@", "%40")}:
                text = text.replace(spelled, "<it>").replace(spelled.replace("'", "&#x27;"), "<it>")
    return text


def _difference(one: Seen, other: Seen) -> str:
    if (one.status, one.headers) != (other.status, other.headers):
        return f"{one.status} {one.headers} is not {other.status} {other.headers}"
    place = next(
        (n for n, (a, b) in enumerate(zip(one.body, other.body, strict=False)) if a != b),
        min(len(one.body), len(other.body)),
    )
    return f"…{one.body[max(0, place - 80) : place + 80]!r} is not …{other.body[max(0, place - 80) : place + 80]!r}"


# The campaign.


@pytest.mark.parametrize("name", ASKERS)
def test_strangers_things_and_nobodys_get_the_same_answer(
    world: World, holdings: dict[str, Holdings], random: Random, campaign: Callable[[int], int], name: str
) -> None:
    with clock.frozen(clock.now()):
        asking = asker(name, world, holdings)
        probes = [*by_address(), *by_filter(asking, random), *by_search(), *by_choice(asking, holdings)]
        random.shuffle(probes)  # the cases of one probe stay together: what is nobody's is asked once for all of them
        strangers = {kind: asking.strangers(holdings, kind) for kind in {probe.kind for probe in probes}}
        cases = [
            (probe, one)
            for probe in probes
            for one in one_of_each(asking, strangers[probe.kind], random)[: 1 if probe.repeats else STRANGERS_EACH]
        ]
        first: dict[str, tuple[Probe, Holdings]] = {}
        for probe, one in cases:
            first.setdefault(probe.shape, (probe, one))
        # At any size some of the shapes for each asker, others on each engine; what is not whole is shared by both.
        is_second, sample = environment.chosen() == environment.POSTGRES, cases[: campaign(len(cases))]
        if len(sample) < len(cases):
            sample = sample[is_second::2]
        some = slice(SHAPES_EACH // 2 * is_second, None, SHAPES_EACH)
        chosen = [*list(first.values())[some], *sample]
        asked = Asking(asking, holdings)
        order = {id(probe): place for place, probe in enumerate(probes)}
        for probe, one in sorted(chosen, key=lambda case: order[id(case[0])]):
            asked.ask(probe, one)
    assert not asked.bad, f"{len(asked.bad)} of {len(chosen)}:\n" + "\n".join(asked.bad[:20])
    count(
        "cross-tenant probe: console",
        asker=name,
        shapes=len(first),
        cases=len(chosen),
        requests=asked.requests,
        told_apart=0,
    )


def one_of_each(asking: Asker, strangers: list[Holdings], random: Random) -> list[Holdings]:
    """For each way of being a stranger somebody who is one: what kind of account it is, and how far it stands apart.

    In an order of chance. Two customers of one partner of somebody else's are strangers alike.
    """
    found = {_apart(asking.own.name, one.name): one for one in random.sample(strangers, len(strangers))}
    return [found[apart] for apart in random.sample(sorted(found), len(found))]


def _apart(one: str, other: str) -> tuple[str, int, int]:
    """The kind of the other's account, and the steps from either up to whom both are below."""
    mine, theirs = _line(one), _line(other)
    shared = next((name for name in mine if name in theirs), None)
    steps = (len(mine), len(theirs)) if shared is None else (mine.index(shared), theirs.index(shared))
    return KIND_OF[other].name, *steps


def _line(name: str | None) -> list[str]:
    found = []
    while name is not None:
        found.append(name)
        name = ABOVE[name]
    return found


@pytest.mark.engine("sqlite")
def test_the_probe_can_tell(world: World, holdings: dict[str, Holdings], random: Random) -> None:
    """Asked by whom it belongs to, every address of the probe answers something else than for nobody's."""
    dora, pia, carl = (asker(name, world, holdings) for name in ("dora with the flag", "pia", "carl"))
    told: dict[str, set[bool]] = defaultdict(set)
    of_pia = {**holdings["pia"].ids, **holdings["dora"].ids}
    of_dora = {**of_pia, **_account(holdings["rita"])}
    carls = EnterpriseMember.objects.create(
        master=world.carl.account, member=world.cleo.account, mode=AccountingMode.INDEPENDENT, since=clock.now()
    ).member.account_id
    for owner, ids in ((dora, of_dora), (pia, of_pia), (carl, holdings["carl"].ids)):
        asked = Asking(owner, holdings)
        for probe in by_address():
            if probe.kind not in ids or True in told[probe.shape]:
                continue
            own = {**ids, "account_id": holdings["cora"].ids["account_id"]} if "customers/<" in probe.shape else ids
            own = {**ids, "account_id": carls} if "enterprise/" in probe.shape else own
            values = (own[probe.kind], ABSENT[_kind(probe.kind)])
            with undone():
                if "/withdraw/" in probe.shape and probe.kind in ASKED_BY:
                    requests = UnbindRequest.objects.everything(reason="test").filter(pk=own[probe.kind])
                    requests.update(side=ASKED_BY[probe.kind])
                one, other = (asked.answer(probe, value).blind_to(values) for value in values)
            told[probe.shape].add(one != other)
    blind = {shape for shape, seen in told.items() if True not in seen}
    assert not blind, "\n".join(sorted(blind))


def _account(one: Holdings) -> dict[str, str]:
    return {kind: one.ids[kind] for kind in OF_ACCOUNTS}


def test_every_placeholder_is_probed() -> None:
    placeholders = {_kind_in(page.route) for page in pages()} - {""}
    assert {page.route for page in pages()} >= DECISIONS
    assert placeholders - NOT_OF_TENANTS == {probe.kind for probe in by_address()} - {"waiting"}
    routes = Counter(probe.shape.split(" ")[1] for probe in by_address() if probe.method == "GET")
    assert len(routes) > 20
