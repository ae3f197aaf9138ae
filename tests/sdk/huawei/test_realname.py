"""Real-name authentication through the official SDKs. Rules: huawei:D1, huawei:D7b, huawei:C8, mc_00017 to mc_00020."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from huaweicloudsdkbss.v2 import (
    ApplyIndividualRealnameAuthsReq as ChinaIndividual,
)
from huaweicloudsdkbss.v2 import (
    BssClient,
    ShowRealNameAuthQrCodeRequest,
    ShowRealNameAuthStatusRequest,
)
from huaweicloudsdkbss.v2 import (
    CreatePersonalRealnameAuthRequest as ChinaIndividualRequest,
)
from huaweicloudsdkbssintl.v2 import (
    ApplyEnterpriseRealnameAuthsReq,
    ApplyIndividualRealnameAuthsReq,
    ChangeEnterpriseRealnameAuthenticationRequest,
    ChangeEnterpriseRealnameAuthsReq,
    CreateEnterpriseRealnameAuthenticationRequest,
    CreatePersonalRealnameAuthRequest,
    EnterprisePersonNew,
    ShowRealnameAuthenticationReviewResultRequest,
)
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from tests.sdk.clients import HuaweiClient
from tests.support.inside import run_inside
from tests.support.live_verifications import begin, decide, end, rules
from tests.support.people import Person
from tests.support.server import Server

People = dict[str, Person]
Huawei = Callable[..., HuaweiClient]
LEGACY = "/v1.0/whoever/partner/customer-mgr/realname-auth"
LINKS = ["https://files.example.com/page.jpg", "https://files.example.com/held.jpg"]
FOLDER = "https://files.example.com/download/"
_numbers = count(1)
"""Make each write another one: two equal requests of one second are one write."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of this file's own: when somebody was verified is not undone."""
    with Server(Path(tmp_path_factory.mktemp("realname"))) as running:
        yield running


@pytest.fixture(autouse=True, scope="module")
def unverified(server: Server) -> Iterator[None]:
    """These begin and end as they were; the server is everybody's."""
    kept = run_inside(server, begin, names=["cora", "chen", "cyro", "cato", "oona", "su"])
    yield
    run_inside(server, end, kept=kept)


@pytest.fixture
def rule(server: Server) -> Iterator[Callable[..., None]]:
    """`rule(persons=False, …)` until the test ends, however it ends."""
    yield partial(run_inside, server, rules)
    run_inside(server, rules)


def individual(client: HuaweiClient, who: Person, **more: Any) -> Any:
    values = {
        "customer_id": who.account_id,
        "identify_type": 0,
        "verified_type": 3,
        "verified_file_url": LINKS,
        "name": who.legal_name,
        "verified_number": f"G{next(_numbers):08}",
        "change_type": -1,
        "xaccount_type": "platform",
        **more,
    }
    body = ApplyIndividualRealnameAuthsReq(**values)
    return client.create_personal_realname_auth(CreatePersonalRealnameAuthRequest(body=body))


def company(client: HuaweiClient, who: Person, **more: Any) -> Any:
    values = {
        "customer_id": who.account_id,
        "identify_type": 1,
        "certificate_type": 0,
        "verified_file_url": LINKS,
        "corp_name": who.legal_name,
        "verified_number": f"HRB {next(_numbers)}",
        "reg_country": "DE",
        "reg_address": "Bean Street 1",
        "xaccount_type": "platform",
        **more,
    }
    if "change_type" in values:
        change = ChangeEnterpriseRealnameAuthenticationRequest(body=ChangeEnterpriseRealnameAuthsReq(**values))
        return client.change_enterprise_realname_authentication(change)
    body = ApplyEnterpriseRealnameAuthsReq(**values)
    return client.create_enterprise_realname_authentication(CreateEnterpriseRealnameAuthenticationRequest(body=body))


def result(client: HuaweiClient, who: Person) -> tuple[int | None, str | None]:
    request = ShowRealnameAuthenticationReviewResultRequest(customer_id=who.account_id)
    answer = client.show_realname_authentication_review_result(request)
    return answer.review_result, answer.opinion


def refused(ask: Callable[[], Any]) -> tuple[int, str]:
    with pytest.raises(ClientRequestException) as caught:
        ask()
    assert caught.value.request_id
    return caught.value.status_code, caught.value.error_code


def test_a_person_is_rejected_applies_again_and_becomes_a_company(
    huawei: Huawei, people: People, server: Server
) -> None:
    client, cora = huawei(people["dora"]), people["cora"]
    assert result(client, cora) == (None, None)  # only once there was an application
    assert refused(lambda: company(client, cora, change_type=1)) == (400, "CBC.99007004")
    assert individual(client, cora).is_review == 1
    assert result(client, cora) == (0, None)
    assert refused(lambda: individual(client, cora)) == (400, "CBC.99007188")
    run_inside(server, decide, who="cora", opinion="The page is too dark.")
    assert result(client, cora) == (1, "The page is too dark.")
    assert individual(client, cora).is_review == 1
    run_inside(server, decide, who="cora")
    assert result(client, cora) == (2, None)
    assert refused(lambda: company(client, cora)) == (400, "CBC.99007188")
    lena = EnterprisePersonNew(legel_name="Lena", legel_id_number="L1", certifier_role="legalPerson")
    change = {"change_type": 1, "enterprise_person": lena, "verified_file_url": [*LINKS, *LINKS]}
    assert company(client, cora, **change).is_review == 1
    assert result(client, cora) == (0, None)
    own = huawei(people["cora"], sdk=BssClient).show_real_name_auth_status(ShowRealNameAuthStatusRequest())
    assert (own.verified_status, own.verified_type) == (2, 0)  # still the person it was


def test_rules_of_the_provider_and_of_the_partner(
    huawei: Huawei, people: People, server: Server, rule: Callable[..., None]
) -> None:
    client, chen = huawei(people["dora"]), people["chen"]
    assert refused(lambda: individual(client, people["cyro"])) == (400, "CBC.99007004")  # it has members
    paths = {"verified_file_url": ["abc023.jpg", "test/def004.png"]}
    assert refused(lambda: individual(client, chen, **paths)) == (400, "CBC.99005030")
    rule(persons=False, attempts=1, accounts=1, folder=FOLDER)
    wrong = {"verified_file_url": ["abc023.jpg", "test/def004.tiff"]}
    assert refused(lambda: individual(client, chen, **wrong)) == (400, "CBC.99000100")
    number = {"verified_number": "G-1000"}
    assert individual(client, chen, **paths, **number).is_review == 0
    assert result(client, chen) == (2, None)
    other = huawei(people["olga"])
    assert refused(lambda: individual(other, people["oona"], **number)) == (400, "CBC.99007189")
    assert company(other, people["oona"]).is_review == 1
    run_inside(server, decide, who="oona", opinion="No.")
    assert refused(lambda: company(other, people["oona"])) == (400, "CBC.99007191")


def test_the_old_ones_do_the_same(huawei: Huawei, people: People, server: Server) -> None:
    client, cato = huawei(people["sol"]), people["cato"]

    def ask(name: str, method: str, path: str, /, **body: Any) -> Any:
        given = {"customerId": cato.account_id, "verifiedFileURL": LINKS, "xaccountType": "p", **body}
        return client.raw(name, method, f"{LEGACY}/{path}", body={**given, "verifiedNumber": f"N{next(_numbers)}"})

    def told() -> Any:
        query = [("customerId", cato.account_id)]
        return client.raw("LegacyShowRealnameAuthResult", "GET", f"{LEGACY}/result", query=query)

    company_of = {"identifyType": 1, "certificateType": 99, "corpName": "Cato Catering"}
    success = {"error_code": "CBC.0000", "error_msg": "success"}
    assert told() == {**success, "reviewResult": None, "opinion": None}
    answer = ask("LegacyCreateEnterpriseRealnameAuth", "POST", "enterprise", **company_of)
    assert answer == {**success, "isReview": 1}
    run_inside(server, decide, who="cato", opinion="Whose is it?")
    assert told() == {**success, "reviewResult": 1, "opinion": "Whose is it?"}
    person = {"identifyType": 0, "verifiedType": 3, "name": "Cato"}
    assert ask("LegacyCreateIndividualRealnameAuth", "POST", "individual", **person)["isReview"] == 1
    run_inside(server, decide, who="cato")
    change = {**company_of, "changeType": 1}
    change["enterprisePerson"] = {"legelName": "Lena", "legelIdNumber": "L1", "certifierRole": "legalPerson"}
    change["verifiedFileURL"] = [*LINKS, *LINKS]
    assert ask("LegacyChangeEnterpriseRealnameAuth", "PUT", "enterprise", **change)["isReview"] == 1
    assert told()["reviewResult"] == 0
    query = [("customerId", people["cora"].account_id)]
    theirs = lambda: client.raw("LegacyShowRealnameAuthResult", "GET", f"{LEGACY}/result", query=query)  # noqa: E731
    assert refused(theirs) == (400, "CBC.5002")


def test_the_china_site(huawei: Huawei, people: People, server: Server) -> None:
    """Its passport has three files, and its customers ask for their own state and a code to go on."""
    partner, own = huawei(people["song"], sdk=BssClient), huawei(people["su"], sdk=BssClient)

    def ask(files: list[str]) -> Any:
        body = ChinaIndividual(
            customer_id=people["su"].account_id,
            identify_type=0,
            verified_type=3,
            verified_file_url=files,
            name="苏",
            verified_number="G7",
            xaccount_type="platform",
        )
        return partner.create_personal_realname_auth(ChinaIndividualRequest(body=body))

    def status() -> tuple[int, int | None]:
        answer = own.show_real_name_auth_status(ShowRealNameAuthStatusRequest())
        return answer.verified_status, answer.verified_type

    assert status() == (-1, None)
    assert refused(lambda: ask(LINKS)) == (400, "CBC.0100")
    assert ask([*LINKS, "https://files.example.com/stamp.jpg"]).is_review == 1
    assert status() == (0, 0)
    run_inside(server, decide, who="su", opinion="看不清")
    assert status() == (1, 0)
    address = own.show_real_name_auth_qr_code(ShowRealNameAuthQrCodeRequest()).qr_code_url
    assert address == f"{server.url.replace('127.0.0.1', 'localhost')}/verification/"


@pytest.mark.parametrize(
    "wrong",
    [
        {"identify_type": 4},
        {"verified_type": 4},
        {"verified_type": None},
        {"change_type": 1},
        {"name": ""},
        {"name": "x" * 201},
        {"verified_number": "--"},
        {"verified_file_url": LINKS[:1]},
        {"verified_file_url": ["../secret.jpg", "b.jpg"]},
        {"verified_file_url": ["http://files.example.com/a.jpg", "b.jpg"]},
        {"xaccount_type": ""},
        {"customer_id": ""},
    ],
)
def test_what_is_wrong_with_a_person_is_a_parameter(huawei: Huawei, people: People, wrong: dict[str, Any]) -> None:
    assert refused(lambda: individual(huawei(people["dora"]), people["chen"], **wrong)) == (400, "CBC.0100")


@pytest.mark.parametrize(
    "wrong",
    [
        {"identify_type": 0},
        {"certificate_type": 5},
        {"corp_name": "12 - 34"},
        {"reg_country": "DEU"},
        {"reg_country": "de"},
        {"change_type": -1},
        {"verified_file_url": [*LINKS, *LINKS, *LINKS]},
        {"enterprise_person": EnterprisePersonNew(legel_name="L", legel_id_number="1", certifier_role="uncle")},
        {"enterprise_person": EnterprisePersonNew(legel_name="L", legel_id_number="1")},  # and no files of hers
    ],
)
def test_what_is_wrong_with_a_company_is_a_parameter(huawei: Huawei, people: People, wrong: dict[str, Any]) -> None:
    assert refused(lambda: company(huawei(people["dora"]), people["chen"], **wrong)) == (400, "CBC.0100")


def test_strangers_and_wrong_kinds(huawei: Huawei, people: People) -> None:
    """Not yours and absent answer alike; second-level resellers, customers and the provider may not (huawei:A1)."""
    asked = people["carl"]  # of dora's reseller
    strangers = [(huawei(people[who]), (400, "CBC.99000035")) for who in ("sol", "olga", "dora")]
    wrong_kinds = [(huawei(people[who]), (403, "CBC.0151")) for who in ("rita", "carl", "pia")]
    for client, code in [*strangers, *wrong_kinds]:
        assert refused(partial(individual, client, asked)) == code
        assert refused(partial(company, client, asked)) == code
        assert refused(partial(result, client, asked)) == code
    china = huawei(people["dora"], sdk=BssClient)
    assert refused(lambda: china.show_real_name_auth_status(ShowRealNameAuthStatusRequest())) == (403, "CBC.0151")
    assert refused(lambda: china.show_real_name_auth_qr_code(ShowRealNameAuthQrCodeRequest())) == (403, "CBC.0151")
