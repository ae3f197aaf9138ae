"""Enterprises through the official SDKs. Rules: huawei:D6, huawei:D7a, huawei:C9, huawei:A4, the SDK's models, and the
codes of the vendor's pages oce/ep_00020 to ep_00023.

otto, cleo, oona and su are enterprises, chen is one and cyro's member; carl and cora are persons.

A server of its own: members that are created stay, and telephones that are shared count where names are verified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import huaweicloudsdkbss.v2 as china
import huaweicloudsdkbssintl.v2 as intl
import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from openpartner.core.access.codes import Purpose, make_code
from openpartner.core.accounts.models import Account
from openpartner.core.base.kinds import AccountingMode, Suspension
from openpartner.core.customers.enterprise import add_member, remove_member
from openpartner.core.customers.organizations import save_organization
from openpartner.core.eligibility.marks import end_mark, set_mark
from openpartner.core.eligibility.models import Mark
from tests.sdk.clients import HuaweiClient
from tests.support.inside import run_inside
from tests.support.people import Person, World
from tests.support.server import Server

People = dict[str, Person]
Client = Callable[[str], HuaweiClient]
PASSWORD = "Orchid-7-lantern"  # of accounts that do not exist
_numbers = count(13800000000)
"""A telephone gets one code a minute: every test has its own."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of this file's own: what is written stays."""
    with Server(Path(tmp_path_factory.mktemp("enterprises"))) as running:
        yield running


@pytest.fixture
def cn(huawei: Callable[..., HuaweiClient], people: People) -> Client:
    """The China site's SDK with somebody's key."""
    return lambda who: huawei(people[who], sdk=china.BssClient)


@pytest.fixture
def intl_of(huawei: Callable[..., HuaweiClient], people: People) -> Client:
    """The international SDK with somebody's key."""
    return lambda who: huawei(people[who])


def refused(ask: Callable[[], Any]) -> tuple[int, str]:
    with pytest.raises(ClientRequestException) as caught:
        ask()
    return caught.value.status_code, caught.value.error_code


# done in the server's database


def plant(world: World, *, who: str) -> dict[str, int]:
    """Two organizations, one in the other; returns their numbers."""
    caller = world[who].caller
    top = save_organization(caller, name="Research")
    return {"Research": top.number, "Lab": save_organization(caller, name="Lab", parent=top.number).number}


def code_for(world: World, *, who: str, mobile: str) -> str:
    """A code that `who` has had sent to a telephone."""
    return make_code(Purpose.REGISTRATION, f"+86{mobile}", about=f"member-of:{world[who].account_pk}")


def mark(world: World, *, who: str, kind: str, on: bool) -> None:
    """Set or end one of the provider's marks."""
    (set_mark if on else end_mark)(world.pia.caller, account_id=world[who].account_id, mark=Mark(kind))


def join(world: World, *, master: str, member: str, unified: bool, leave: bool = False) -> None:
    """Make an account a member, or let it leave."""
    if leave:
        remove_member(world[master].caller, account_id=world[member].account_id)
    else:
        mode = AccountingMode.UNIFIED if unified else AccountingMode.INDEPENDENT
        add_member(world[master].caller, account_id=world[member].account_id, mode=mode)


def suspend(world: World, *, who: str, level: int) -> None:
    """Set the level an account is suspended at."""
    Account.objects.everything(reason="test").filter(pk=world[who].account_pk).update(suspension=level)


def telephone(world: World, *, who: str, accounts: int) -> list[str]:
    """The number of `who`, and how many accounts of the demo shall have it besides."""
    account = world[who].account
    others = Account.objects.everything(reason="test").filter(
        pk__in=[world[one].account_pk for one in OTHERS[:accounts]]
    )
    others.update(country_code="0086", mobile=account.mobile)
    return [account.country_code, account.mobile]


OTHERS = ("cora", "cyro", "cato", "carl")


# creating


def body(party: object, name: str, *, mobile: str | None = None, code: str | None = None, **more: Any) -> Any:
    own: dict[str, str | None] = {"mobile_phone": mobile, "verification_code": code}
    if mobile is None:
        own = {"use_pri_mobile_phone": "Y"}
    new = china.NewCustomerV2(customer_name=name, password=more.pop("password", PASSWORD), **own)
    given = {"party_id": str(party), "sub_customer_association_type": 1, "new_sub_customer": new, **more}
    return china.CreateSubEnterpriseAccountRequest(body=china.CreateSubCustomerReqV2(**given))


def members(client: HuaweiClient, **query: Any) -> Any:
    return client.list_enterprise_sub_customers(intl.ListEnterpriseSubCustomersRequest(**query))


def test_an_enterprise_creates_members_in_its_organizations(
    server: Server, cn: Client, intl_of: Client, people: People
) -> None:
    numbers = run_inside(server, plant, who="otto")
    client, root, mobile = cn("otto"), people["otto"].uin, str(next(_numbers))
    code = run_inside(server, code_for, who="otto", mobile=mobile)
    client.create_sub_enterprise_account(
        body(numbers["Lab"], "ottolab", mobile=mobile, code=code, display_name="Lab 1")
    )
    client.create_sub_enterprise_account(
        body(root, "ottohq", financial_custody=1, permission_ids=["READ_FINANCE_INFO"])
    )

    found = members(intl_of("otto"))
    assert found.total_count == 2
    lab, hq = found.sub_customer_infos
    assert (lab.name, lab.display_name, lab.status) == ("ottolab", "Lab 1", 1)
    assert (lab.org_id, lab.org_name) == (str(numbers["Lab"]), "Lab")
    assert (hq.name, hq.display_name, hq.org_id, hq.org_name) == ("ottohq", "", str(root), None)

    def named(**query: Any) -> list[str]:
        return [one.name for one in members(intl_of("otto"), **query).sub_customer_infos]

    assert named(sub_customer_account_name="otto") == []  # whole names unless asked otherwise
    assert named(sub_customer_account_name="OTTO", fuzzy_query=1) == ["ottolab", "ottohq"]
    assert named(sub_customer_display_name="ab", fuzzy_query=1) == ["ottolab"]
    assert named(sub_customer_display_name="Lab 1") == []  # a name with a space matches nothing
    assert named(org_id=str(root)) == ["ottohq"]
    assert named(org_id=str(numbers["Research"])) == []
    assert named(org_id="999999") == []
    assert named(offset=1, limit=1) == ["ottohq"]
    assert members(intl_of("cleo")).total_count == 0


def test_the_tree_of_organizations(server: Server, cn: Client, people: People) -> None:
    numbers = run_inside(server, plant, who="oona")

    def asked(**query: Any) -> Any:
        return cn("oona").list_enterprise_organizations(china.ListEnterpriseOrganizationsRequest(**query))

    flat = asked()
    assert (flat.root_id, flat.root_name) == (str(people["oona"].uin), "Oona Oil")
    assert [(one.id, one.name, one.child_nodes) for one in flat.child_nodes] == [
        (str(numbers["Research"]), "Research", None)
    ]
    deep = asked(recursive_query=1)
    assert [one.name for one in deep.child_nodes[0].child_nodes] == ["Lab"]
    below = asked(parent_id=str(numbers["Research"]))
    assert (below.root_id, [one.id for one in below.child_nodes]) == (None, [str(numbers["Lab"])])
    assert asked(parent_id=str(people["oona"].uin)).child_nodes[0].name == "Research"
    for strange in ("7", "abc", str(people["chen"].uin)):
        assert refused(lambda strange=strange: asked(parent_id=strange)) == (400, "CBC.0100")  # type: ignore[misc]  # bound
    assert refused(lambda: asked(recursive_query=2)) == (400, "CBC.0100")
    other = cn("su").list_enterprise_organizations(china.ListEnterpriseOrganizationsRequest())
    assert other.child_nodes == []


def test_who_creates_no_members(server: Server, cn: Client, people: People) -> None:
    def creating(who: str) -> tuple[int, str]:
        return refused(lambda: cn(who).create_sub_enterprise_account(body(people[who].uin, f"{who}member")))

    assert creating("carl") == (403, "CBC.0151")  # a person
    assert creating("dora") == (403, "CBC.0151")  # a partner
    for who, kind, code in (("cleo", "group-organization", "CBC.70900002"), ("rita", "barred-partner", "CBC.99007490")):
        run_inside(server, mark, who=who, kind=kind, on=True)
        assert creating("cleo") == (400, code)
        run_inside(server, mark, who=who, kind=kind, on=False)
    run_inside(server, suspend, who="cleo", level=Suspension.ACCOUNT)
    assert creating("cleo") == (400, "CBC.7004")
    run_inside(server, suspend, who="cleo", level=Suspension.NONE)


def test_what_is_refused_of_a_member(server: Server, cn: Client, people: People) -> None:
    client, root = cn("su"), people["su"].uin

    def creating(name: str = "newmember", *, party: object = root, **more: Any) -> tuple[int, str]:
        return refused(lambda: client.create_sub_enterprise_account(body(party, name, **more)))

    assert creating(party=people["chen"].uin) == (400, "CBC.0100")
    assert creating(party="root") == (400, "CBC.0100")
    assert creating(sub_customer_association_type=2) == (400, "CBC.0100")
    assert creating(financial_custody=2) == (400, "CBC.0100")
    assert creating(permission_ids=["EVERYTHING"]) == (400, "CBC.0100")
    assert creating(display_name="x" * 65) == (400, "CBC.0100")
    assert creating(people["dora"].account_name) == (400, "CBC.99000031")
    assert creating("two words") == (400, "CBC.99000031")
    assert creating(password="short") == (400, "CBC.99000036")
    mobile = str(next(_numbers))
    assert creating(mobile=mobile, code="123456") == (400, "CBC.99000027")
    code = run_inside(server, code_for, who="su", mobile=mobile)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert creating(mobile=mobile, code=wrong) == (400, "CBC.99000026")
    assert creating(mobile=mobile) == (400, "CBC.99000026")
    assert creating(mobile="no number", code=code) == (400, "CBC.0100")


def test_telephones_that_others_have(server: Server, cn: Client, people: People) -> None:
    client, root, mobile = cn("su"), people["su"].uin, str(next(_numbers))
    code = run_inside(server, code_for, who="su", mobile=mobile)
    client.create_sub_enterprise_account(body(root, "suone", mobile=mobile, code=code))

    def again(name: str, number: str) -> tuple[int, str]:
        code = run_inside(server, code_for, who="su", mobile=number)
        return refused(lambda: client.create_sub_enterprise_account(body(root, name, mobile=number, code=code)))

    _country, full = run_inside(server, telephone, who="chen", accounts=4)
    assert again("sutwo", full) == (400, "CBC.99000030")


def test_a_lead_and_a_number_of_a_sibling(server: Server, cn: Client, people: People) -> None:
    client, root = cn("oona"), people["oona"].uin
    mobile = str(next(_numbers))
    code = run_inside(server, code_for, who="oona", mobile=mobile)
    client.create_sub_enterprise_account(body(root, "oonaone", mobile=mobile, code=code))
    run_inside(server, forget_codes)
    code = run_inside(server, code_for, who="oona", mobile=mobile)
    assert refused(lambda: client.create_sub_enterprise_account(body(root, "oonatwo", mobile=mobile, code=code))) == (
        400,
        "CBC.99000029",
    )
    _country, number = run_inside(server, telephone, who="cleo", accounts=0)
    run_inside(server, mark, who="cleo", kind="lead", on=True)
    code = run_inside(server, code_for, who="oona", mobile=number)
    assert refused(lambda: client.create_sub_enterprise_account(body(root, "oonasix", mobile=number, code=code))) == (
        400,
        "CBC.99000051",
    )
    run_inside(server, mark, who="cleo", kind="lead", on=False)


def forget_codes(world: World) -> None:
    """Let a minute pass for codes."""
    from openpartner.core.access.models import Throttle

    Throttle.objects.all().delete()


def test_too_many_attempts(server: Server, cn: Client, people: People) -> None:
    client, root = cn("cyro"), people["cyro"].uin
    run_inside(server, tried, who="cyro", times=60)
    assert refused(lambda: client.create_sub_enterprise_account(body(root, "cyrosix"))) == (400, "CBC.99007197")
    run_inside(server, forget_codes)


def tried(world: World, *, who: str, times: int) -> None:
    """Count attempts to create members."""
    from openpartner.core.access import throttle
    from openpartner.core.onboarding.members import HOUR

    for _ in range(times):
        throttle.count("enterprise-members", str(world[who].account_pk), window=HOUR)


# codes


def sending(client: HuaweiClient, mobile: str, *, key: str = "sub_customer_name", **more: Any) -> Any:
    given = {"mobile_phone": mobile, "sm_template_args": [china.TemplateArgs(key=key, value="chensix")], **more}
    return client.send_sms_verification_code(
        china.SendSmsVerificationCodeRequest(body=china.SendSmVerificationCodeReq(**given))
    )


def test_a_code_is_sent_by_sms(server: Server, cn: Client) -> None:
    mobile = str(next(_numbers))
    sending(cn("oona"), mobile, timeout=30, language="zh-cn")
    (text,) = run_inside(server, texts_to, number=f"+86{mobile}")
    assert "chensix" in text
    assert "30 分钟" in text
    mobile = str(next(_numbers))
    sending(cn("oona"), f"0049-{mobile}", timeout=61, language="en-us")
    (text,) = run_inside(server, texts_to, number=f"+49{mobile}")
    assert "valid for 5 minutes" in text


def texts_to(world: World, *, number: str) -> list[str]:
    """What waits to be sent to a telephone."""
    from openpartner.core.sms.models import OutgoingSms

    rows = OutgoingSms.objects.everything(reason="test").filter(recipient=number)
    return list(rows.values_list("text", flat=True))


def test_codes_that_are_not_sent(server: Server, cn: Client) -> None:
    client, mobile = cn("cleo"), str(next(_numbers))
    assert refused(lambda: sending(cn("carl"), mobile)) == (400, "CBC.70300008")
    run_inside(server, join, master="cleo", member="carl", unified=True)
    assert refused(lambda: sending(cn("carl"), mobile)) == (400, "CBC.70300009")
    run_inside(server, join, master="cleo", member="carl", unified=True, leave=True)
    sending(client, mobile)
    assert refused(lambda: sending(client, mobile, timeout=9)) == (400, "CBC.99000082")
    assert refused(lambda: sending(client, "1" * 20)) == (400, "CBC.99004003")
    other = str(next(_numbers))
    assert refused(lambda: sending(client, "no number")) == (400, "CBC.0100")
    assert refused(lambda: sending(client, other, key="name")) == (400, "CBC.0100")
    assert refused(lambda: sending(client, other, language="fr-fr")) == (400, "CBC.0100")
    assert refused(lambda: sending(client, other, timeout=0)) == (400, "CBC.0100")
    assert refused(lambda: sending(cn("dora"), other)) == (403, "CBC.0151")


# projects


def test_enterprise_projects_are_authorized_once(intl_of: Client, cn: Client) -> None:
    ask = intl.CreateEnterpriseProjectAuthRequest()
    intl_of("chen").create_enterprise_project_auth(ask)
    intl_of("chen").create_enterprise_project_auth(ask)
    assert refused(lambda: intl_of("carl").create_enterprise_project_auth(ask)) == (400, "CBC.99007004")
    assert refused(lambda: intl_of("dora").create_enterprise_project_auth(ask)) == (403, "CBC.0151")
