"""Creating customers and sending them codes through the official SDKs. Rules: huawei:D1 (mc_00016, mc_00024), D7b, C8.

Codes beside those of huawei:C8 stand on the China site's page of mc_00016: 99004008 to 99004010, 99000039, 5017.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from huaweicloudsdkbss.v2 import (
    BssClient,
)
from huaweicloudsdkbss.v2 import (
    CreateCustomerV2Req as ChinaCustomer,
)
from huaweicloudsdkbss.v2 import (
    CreateSubCustomerRequest as ChinaCustomerRequest,
)
from huaweicloudsdkbss.v2 import (
    SendVerificationCodeV2Req as ChinaCode,
)
from huaweicloudsdkbss.v2 import (
    SendVerificationMessageCodeRequest as ChinaCodeRequest,
)
from huaweicloudsdkbssintl.v2 import (
    CreateCustomerV2Req,
    CreateSubCustomerRequest,
    ListSubCustomersRequest,
    QuerySubCustomerListReq,
    SendVerificationCodeV2Req,
    SendVerificationMessageCodeRequest,
)
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException

from tests.sdk.clients import HuaweiClient
from tests.support.inside import run_inside
from tests.support.live_creations import bind_all, codes, crowd, exhaust, last_code, mark, standing
from tests.support.server import Server

CUSTOMER = "/v1.0/whoever/partner/customer-mgr/customer"
CODE = "/v1.0/whoever/partner/common-mgr/verificationcode"
_numbers = count(1)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of this file's own: what is created stays."""
    with Server(Path(tmp_path_factory.mktemp("creating"))) as running:
        yield running


@pytest.fixture
def dora(own: Server) -> HuaweiClient:
    return HuaweiClient(own, own.world.dora)


def wanted(**more: Any) -> dict[str, Any]:
    values = {"xaccount_id": f"own-{next(_numbers)}", "xaccount_type": "platform", "domain_area": "MX", **more}
    return {name: value for name, value in values.items() if value is not None}


def create(client: HuaweiClient, **more: Any) -> Any:
    return client.create_sub_customer(CreateSubCustomerRequest(body=CreateCustomerV2Req(**wanted(**more))))


def send(client: HuaweiClient, email: str, **more: Any) -> Any:
    body = SendVerificationCodeV2Req(**{"receiver_type": 2, "email": email, **more})
    return client.send_verification_message_code(SendVerificationMessageCodeRequest(body=body))


def refused(ask: Callable[[], Any]) -> tuple[int, str]:
    with pytest.raises(ServiceResponseException) as caught:
        ask()
    return caught.value.status_code, caught.value.error_code


def listed(client: HuaweiClient, customer: str, **more: Any) -> list[Any]:
    body = QuerySubCustomerListReq(customer_id=customer, **more)
    return list(client.list_sub_customers(ListSubCustomersRequest(body=body)).customer_infos)


def test_an_account_at_once_and_its_association_later(own: Server, dora: HuaweiClient) -> None:
    """huawei:A3: frozen by default when it is associated; sending the number again is how its account is learned."""
    assert send(dora, "new@example.com", lang="en-us", timeout=20).status_code == 204
    code = run_inside(own, last_code, receiver="new@example.com")
    new = wanted(domain_name="new_customer", email="new@example.com", password="Sol1d-enough", domain_area="MX")
    made = create(dora, **new, verification_code=code, is_close_market_ms="true")
    assert made.domain_name == "new_customer"
    assert listed(dora, made.domain_id) == []
    assert "bound" in run_inside(own, bind_all)
    (row,) = listed(dora, made.domain_id)
    assert (row.account_name, row.association_type, row.is_frozen) == ("new_customer", "3", 1)
    assert run_inside(own, standing, account_id=made.domain_id) == {
        "partner": "dora_account",
        "kind": 3,
        "suspension": 1,
        "region": "MX",
        "external": ["platform", new["xaccount_id"]],
        "email": "new@example.com",
    }
    again = create(dora, **new, verification_code="000000")
    assert (again.domain_id, again.domain_name) == (made.domain_id, made.domain_name)
    other_name = {**new, "domain_name": "another_name"}
    assert refused(lambda: create(dora, **other_name)) == (400, "CBC.99000039")
    mine = create(HuaweiClient(own, own.world.sol), xaccount_id=new["xaccount_id"])  # sol's own number, not dora's
    assert mine.domain_id != made.domain_id


def test_a_name_is_made_up_and_nobody_signs_in(own: Server, dora: HuaweiClient) -> None:
    made = create(dora, domain_name="", email="", password="", domain_area="DE")
    assert len(made.domain_name) == 32
    assert made.domain_name != made.domain_id


def test_for_a_reseller_and_with_the_result(own: Server, dora: HuaweiClient) -> None:
    rita = own.world.rita.account_id
    create(dora, xaccount_id="of-rita", indirect_partner_id=rita)
    run_inside(own, bind_all)
    made = create(dora, xaccount_id="of-rita", indirect_partner_id=rita, include_association_result=True)
    assert run_inside(own, standing, account_id=made.domain_id)["partner"] == "rita_account"
    (row,) = listed(dora, made.domain_id, indirect_partner_id=rita)
    assert row.customer_id == made.domain_id
    ruth = own.world.ruth.account_id
    assert refused(lambda: create(dora, indirect_partner_id=ruth)) == (400, "CBC.99000037")
    ignored = create(HuaweiClient(own, own.world.sol), indirect_partner_id=rita)  # only a distributor's word counts
    run_inside(own, bind_all)
    assert run_inside(own, standing, account_id=ignored.domain_id)["partner"] == "sol_account"


def test_a_late_result_tells_the_account(own: Server, dora: HuaweiClient) -> None:
    """CBC.99000050 with the ids: nobody works here, so that the result does not come."""
    body = CreateCustomerV2Req(**wanted(xaccount_id="late", include_association_result=True))
    with pytest.raises(ServiceResponseException) as caught:
        dora.create_sub_customer(CreateSubCustomerRequest(body=body))
    assert (caught.value.status_code, caught.value.error_code) == (500, "CBC.99000050")
    known = create(dora, xaccount_id="late")
    assert len(known.domain_id) == 32
    run_inside(own, bind_all)
    assert create(dora, xaccount_id="late", include_association_result=True).domain_id == known.domain_id


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"domain_area": None}, "CBC.0100"),
        ({"domain_area": "Mexico"}, "CBC.0100"),
        ({"domain_area": "mx"}, "CBC.0100"),
        ({"xaccount_id": ""}, "CBC.0100"),
        ({"xaccount_id": "x" * 129}, "CBC.0100"),
        ({"xaccount_type": ""}, "CBC.0100"),
        ({"is_close_market_ms": "yes"}, "CBC.0100"),
        ({"email": "nowhere", "verification_code": "1"}, "CBC.0100"),
        ({"email": "a@example.com"}, "CBC.0100"),  # without a code
        ({"domain_name": "four"}, "CBC.99000031"),
        ({"domain_name": "12345678"}, "CBC.99000031"),
        ({"domain_name": "op_somebody"}, "CBC.99000031"),
        ({"domain_name": "shadow_one"}, "CBC.99000031"),
        ({"domain_name": "two words"}, "CBC.99000031"),
        ({"domain_name": "x" * 33}, "CBC.99000031"),
        ({"domain_name": "dora_account"}, "CBC.99000031"),  # taken
        ({"password": "Short1!"}, "CBC.99000036"),
        ({"password": "onlyletters"}, "CBC.99000036"),
        ({"domain_name": "Somebody_1", "password": "somebody_1"}, "CBC.99000036"),
        ({"domain_name": "Somebody_1", "password": "1_ydobemoS"}, "CBC.99000036"),
        ({"email": "b@example.com", "verification_code": "1", "password": "b@example.com-1"}, "CBC.99000036"),
        ({"email": "b@example.com", "verification_code": "000000"}, "CBC.99004008"),  # none was sent
    ],
)
def test_what_is_refused(dora: HuaweiClient, more: dict[str, Any], code: str) -> None:
    assert refused(lambda: create(dora, **more)) == (400, code)


def test_codes_are_good_once_for_one_address_and_one_partner(own: Server, dora: HuaweiClient) -> None:
    emails = [f"code{number}@example.com" for number in range(3)]
    made = run_inside(own, codes, who="dora", receivers=emails)
    first, second, third = emails
    olga = HuaweiClient(own, own.world.olga)
    assert refused(lambda: create(olga, email=first, verification_code=made[first])) == (400, "CBC.99004008")
    wrong = "000001" if made[first] == "000000" else "000000"
    assert refused(lambda: create(dora, email=first, verification_code=wrong)) == (400, "CBC.99004010")
    assert create(dora, email=first, verification_code=made[first]).domain_id
    assert refused(lambda: create(dora, email=first, verification_code=made[first])) == (400, "CBC.99004008")
    for _ in range(5):
        last = refused(lambda: create(dora, email=second, verification_code=wrong))
    assert last == (400, "CBC.99004009")
    assert refused(lambda: create(dora, email=second, verification_code=made[second])) == (400, "CBC.99004009")
    old = run_inside(own, codes, who="sol", receivers=["old@example.com"], old=True)["old@example.com"]
    sol = HuaweiClient(own, own.world.sol)
    assert refused(lambda: create(sol, email="old@example.com", verification_code=old)) == (400, "CBC.99004008")
    taken = {"domain_name": "dora_account", "email": third}
    assert refused(lambda: create(dora, **taken, verification_code=made[third])) == (400, "CBC.99000031")
    assert create(dora, email=third, verification_code=made[third]).domain_id  # what failed has not used it up


def test_addresses_of_others_and_of_leads(own: Server, dora: HuaweiClient) -> None:
    otto, oona = own.world.otto.email, own.world.oona.email
    made = run_inside(own, codes, who="dora", receivers=[otto, oona])
    assert refused(lambda: create(dora, email=otto, verification_code=made[otto])) == (400, "CBC.0101")
    run_inside(own, mark, who="oona", mark="lead")
    assert refused(lambda: create(dora, email=oona, verification_code=made[oona])) == (400, "CBC.99000051")


def test_restricted_partners(own: Server) -> None:
    """50010086 and its sibling for the partner itself (huawei:C8)."""
    olga, ruth = HuaweiClient(own, own.world.olga), own.world.ruth.account_id
    waits = create(olga, xaccount_id="waits")
    run_inside(own, mark, who="olga", mark="barred-partner")
    assert refused(lambda: create(olga)) == (400, "CBC.50010085")
    assert refused(lambda: create(olga, indirect_partner_id=ruth)) == (400, "CBC.50010086")
    assert "failed" in run_inside(own, bind_all)
    asked = {"xaccount_id": "waits", "include_association_result": True}
    assert refused(lambda: create(olga, **asked)) == (400, "CBC.50010085")
    assert run_inside(own, standing, account_id=waits.domain_id)["partner"] is None


def test_codes_are_sent_as_often_as_they_may_be(own: Server, dora: HuaweiClient) -> None:
    """huawei:C11: 15 in an hour; a taken address and a free one look alike."""
    for email in (own.world.cato.email, "free@example.com"):
        answer = send(dora, email)
        assert (answer.status_code, answer.raw_content) == (204, b"")
    assert refused(lambda: send(dora, "free@example.com", timeout=11)) == (400, "CBC.99008040")
    run_inside(own, exhaust, email="much@example.com")
    assert refused(lambda: send(dora, "much@example.com")) == (400, "CBC.99004015")
    wrongs: list[dict[str, Any]] = [{"receiver_type": 1}, {"timeout": 0}, {"lang": "ja-jp"}, {"email": "nowhere"}]
    for wrong in wrongs:
        assert refused(partial(send, dora, **{"email": "some@example.com", **wrong})) == (400, "CBC.0100")


def test_the_old_ones_do_the_same(own: Server) -> None:
    sol = HuaweiClient(own, own.world.sol)
    success = {"error_code": "CBC.0000", "error_msg": "success"}

    def ask(**more: Any) -> Any:
        body = {"xAccountId": f"old-{next(_numbers)}", "xAccountType": "platform", "domainArea": "DE", **more}
        return sol.raw("LegacyCreateCustomer", "POST", CUSTOMER, body=body)

    def code(**more: Any) -> Any:
        return sol.raw("LegacySendVerificationCode", "POST", CODE, body={"lang": "en-us", **more})

    assert code(receiverType=2, email="old@example.org") == success
    assert code(receiverType=1, mobilePhone="13900001111", countryCode="0086") == success
    sms = run_inside(own, last_code, receiver="+8613900001111")
    mail = run_inside(own, last_code, receiver="old@example.org")
    made = ask(domainName="old_customer", email="old@example.org", verificationCode=mail, password="Sol1d-enough")
    assert made == {**success, "domainId": made["domainId"], "domainName": "old_customer"}
    mobile = {"mobilePhone": "13900001111", "countryCode": "0086"}
    assert ask(**mobile, verificationCode=sms)["domainId"]
    run_inside(own, bind_all)
    # The number is another customer's of sol now; one with five accounts is full.
    assert refused(lambda: ask(**mobile, verificationCode="1")) == (400, "CBC.99000029")
    run_inside(own, crowd, country_code="0049", mobile="15155555", accounts=5)
    made = run_inside(own, codes, who="sol", receivers=["+4915155555"])
    full = {"mobilePhone": "15155555", "countryCode": "0049", "verificationCode": made["+4915155555"]}
    assert refused(lambda: ask(**full)) == (400, "CBC.99000030")
    assert refused(lambda: ask(mobilePhone="123", countryCode="0086", verificationCode="1")) == (400, "CBC.5017")
    assert refused(lambda: ask(cooperationType="3")) == (400, "CBC.0100")
    assert refused(lambda: ask(cooperationType="1")) == (403, "CBC.0151")  # sol has no referral (huawei:A2)
    assert refused(lambda: code(receiverType=3, email="x@example.org")) == (400, "CBC.0100")


def test_the_china_site(own: Server) -> None:
    """A mobile number instead of an address, no country, and agency sale instead of resale: nothing is frozen."""
    song = HuaweiClient(own, own.world.song, sdk=BssClient)

    def send_to(mobile: str, **more: Any) -> Any:
        body = ChinaCode(**{"receiver_type": 1, "mobile_phone": mobile, "scene": 29, **more})
        return song.send_verification_message_code(ChinaCodeRequest(body=body))

    assert send_to("13900002222").status_code == 204
    sms = run_inside(own, last_code, receiver="+8613900002222")
    body = ChinaCustomer(
        xaccount_id="cn-1",
        xaccount_type="platform",
        domain_name="chinese_one",
        mobile_phone="13900002222",
        verification_code=sms,
        password="Sol1d-enough",
    )
    made = song.create_sub_customer(ChinaCustomerRequest(body=body))
    run_inside(own, bind_all)
    stands = run_inside(own, standing, account_id=made.domain_id)
    assert (stands["partner"], stands["kind"], stands["suspension"]) == ("song_account", 2, 0)
    assert stands["region"] == "CN"
    assert refused(lambda: send_to("139")) == (400, "CBC.5017")
    assert refused(lambda: send_to("13900003333", scene=18)) == (400, "CBC.0100")
    assert refused(lambda: send_to("13900003333", receiver_type=2)) == (400, "CBC.0100")


def test_wrong_kinds(own: Server) -> None:
    """Only a solution provider or a distributor (huawei:A1)."""
    body = {"xAccountId": "1", "xAccountType": "p"}
    for who in ("rita", "carl", "pia"):
        client = HuaweiClient(own, own.world[who])
        assert refused(partial(create, client)) == (403, "CBC.0151")
        assert refused(partial(send, client, "x@example.com")) == (403, "CBC.0151")
        old = partial(client.raw, "LegacyCreateCustomer", "POST", CUSTOMER, body=body)
        assert refused(old) == (403, "CBC.0151")
