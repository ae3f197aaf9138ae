"""The page of an enterprise: organizations, members, projects (huawei:A4, huawei:D7a)."""

from __future__ import annotations

from typing import Any

import pytest

from openpartner.core.accounts.models import EnterpriseMember, EnterpriseOrganization
from openpartner.core.base.kinds import AccountingMode
from openpartner.core.customers.enterprise import add_member
from tests.console.organization.people import browser
from tests.support.people import World

pytestmark = pytest.mark.django_db

WHY = "the test looks at everything"


def sent(client: Any, address: str, **data: str) -> tuple[int, str]:
    answer = client.post(address, data, follow=True)
    return answer.status_code, answer.content.decode()


def test_an_enterprise_is_arranged(world: World) -> None:
    cleo = browser(world.cleo)
    assert sent(cleo, "/enterprise/organizations/new/", name="Clinics")[0] == 200
    top = EnterpriseOrganization.objects.everything(reason=WHY).get()
    assert sent(cleo, "/enterprise/organizations/new/", name="North", organization=str(top.number))[0] == 200
    assert sent(cleo, "/enterprise/organizations/new/", name="Clinics")[0] == 422, "siblings have different names"
    status, told = sent(
        cleo,
        "/enterprise/members/new/",
        account_name="cleonorth",
        password="Orchid-7-lantern",
        organization=str(top.number),
        display_name="North clinic",
        mode=str(AccountingMode.UNIFIED.value),
    )
    assert (status, "The member was created." in told) == (200, True)
    member = EnterpriseMember.objects.everything(reason=WHY).select_related("member").get().member
    assert (member.partner_id, member.legal_name) == (world.rita.account_pk, "Cleo Clinics")
    address = f"/enterprise/members/{member.account_id}/"
    assert sent(cleo, address, organization="", display_name="Head")[0] == 200
    assert sent(cleo, f"/enterprise/organizations/{top.number}/remove/", x="1")[0] == 422, "it has one of its own"
    page = cleo.get("/enterprise/").content.decode()
    assert "Head" in page
    assert "North" in page
    for stranger in (world.carl, world.otto):
        assert browser(stranger).get(address).status_code == 404
        assert browser(stranger).get(f"/enterprise/organizations/{top.number}/rename/").status_code == 404
    assert sent(cleo, f"{address}remove/", x="1")[0] == 200
    assert not EnterpriseMember.objects.everything(reason=WHY).filter(until__isnull=True).exists()


def test_who_leads_no_enterprise_is_told_so(world: World) -> None:
    person, member = browser(world.carl), browser(world.cleo)
    assert "This account leads no enterprise" in person.get("/enterprise/").content.decode()
    assert sent(person, "/enterprise/organizations/new/", name="Clinics")[0] == 422
    assert sent(person, "/enterprise/projects/", x="1")[0] == 422
    assert sent(member, "/enterprise/projects/", x="1")[0] == 200
    assert sent(person, "/enterprise/members/add/", account_id=world.otto.account_id, mode="1")[0] == 422
    add_member(world.carl.caller, account_id=world.cleo.account_id, mode=AccountingMode.UNIFIED)
    assert "leads no enterprise" in member.get("/enterprise/").content.decode()
    assert browser(world.dora).get("/enterprise/").status_code == 404
