"""CheckUserIdentity and its v1.0 twin through the SDK. Expectations: huawei:D1 (mc_00023), huawei:D7b (0083753561)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from huaweicloudsdkbssintl.v2 import CheckSubcustomerUserReq, CheckUserIdentityRequest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from tests.sdk.clients import HuaweiClient
from tests.support.people import Person

People = dict[str, Person]
Huawei = Callable[[Person], HuaweiClient]
LEGACY = "/v1.0/whoever/partner/customer-mgr/check-user"


def check(client: HuaweiClient, kind: str, value: str) -> Any:
    body = CheckSubcustomerUserReq(search_type=kind, search_value=value)
    return client.check_user_identity(CheckUserIdentityRequest(body=body))


def test_it_tells_what_is_free_and_what_is_taken(huawei: Huawei, people: People) -> None:
    client = huawei(people["dora"])
    assert check(client, "name", "quite_free").check_result == "available"
    taken = check(client, "name", people["otto"].account_name)  # another tenant's: it tells by contract
    assert (taken.check_result, taken.mobile_remain_available_num, taken.error_code) == ("used_by_user", None, None)
    assert check(client, "email", people["cato"].email).check_result == "used_by_user"


def test_a_mobile_number_tells_what_remains(huawei: Huawei, people: People) -> None:
    answer = check(huawei(people["sol"]), "mobile", "0086-13900000009")
    assert answer.check_result == "available"
    assert answer.mobile_remain_available_num == 4  # chen has it; the limit of 5 is ours
    assert check(huawei(people["sol"]), "mobile", "0086-18900000000").mobile_remain_available_num == 5


def test_the_old_one_tells_the_same(huawei: Huawei, people: People) -> None:
    client = huawei(people["dora"])
    for value, status in (("quite_free", "0"), (people["otto"].account_name, "1")):
        body = {"searchType": "name", "searchKey": value}
        answer = client.raw("LegacyCheckUser", "POST", LEGACY, body=body)
        assert answer == {
            "error_code": "CBC.0000",
            "error_msg": "success",
            "status": status,
            "uplimit": "0",
        }


@pytest.mark.parametrize("who", ["rita", "carl", "pia"])
def test_the_kinds_the_page_does_not_admit_are_refused(huawei: Huawei, people: People, who: str) -> None:
    client = huawei(people[who])
    with pytest.raises(ClientRequestException) as refusal:
        check(client, "name", "quite_free")
    assert (refusal.value.status_code, refusal.value.error_code) == (403, "CBC.0151")
    with pytest.raises(ClientRequestException) as refusal:
        client.raw("LegacyCheckUser", "POST", LEGACY, body={"searchType": "name", "searchKey": "quite_free"})
    assert (refusal.value.status_code, refusal.value.error_code) == (403, "CBC.0151")


def test_it_refuses_what_is_misspelt(huawei: Huawei, people: People) -> None:
    with pytest.raises(ClientRequestException) as refusal:
        check(huawei(people["dora"]), "mobile", "13900000000")
    assert (refusal.value.status_code, refusal.value.error_code) == (400, "CBC.0100")
    assert refusal.value.request_id
