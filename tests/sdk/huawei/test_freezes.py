"""The freezes of both generations through the official SDK. Rules: huawei:D2, huawei:D7b, huawei:C9, huawei:F7."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from huaweicloudsdkbssintl.v2 import (
    FreezeSubCustomersReq,
    FreezeSubCustomersRequest,
    ListSubCustomersRequest,
    QuerySubCustomerListReq,
    UnfreezeSubCustomersReq,
    UnfreezeSubCustomersRequest,
)
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from tests.sdk.clients import HuaweiClient
from tests.support.people import Person

People = dict[str, Person]
Huawei = Callable[[Person], HuaweiClient]
BOTH = "ACCOUNT_AND_RESOURCE"
NOBODY = "f" * 32
_numbers = count()
"""Make each write another one: two equal requests of one second are one write."""


def freeze(client: HuaweiClient, *ids: str, **more: Any) -> Any:
    body = FreezeSubCustomersReq(**{"customer_ids": list(ids), "reason": f"does not pay {next(_numbers)}", **more})
    return client.freeze_sub_customers(FreezeSubCustomersRequest(body=body))


def unfreeze(client: HuaweiClient, *ids: str, **more: Any) -> Any:
    body = UnfreezeSubCustomersReq(**{"customer_ids": list(ids), "reason": f"has paid {next(_numbers)}", **more})
    return client.unfreeze_sub_customers(UnfreezeSubCustomersRequest(body=body))


def is_frozen(client: HuaweiClient, person: Person, **more: Any) -> int:
    body = QuerySubCustomerListReq(customer_id=person.account_id, **more)
    (row,) = client.list_sub_customers(ListSubCustomersRequest(body=body)).customer_infos
    return int(row.is_frozen)


def legacy(client: HuaweiClient, verb: str, *ids: str, **more: object) -> Any:
    name = {"frozens": "LegacyFreezeCustomers", "unfrozens": "LegacyUnfreezeCustomers"}[verb]
    body = {"customerIds": list(ids), "reason": f"old {next(_numbers)}", **more}
    return client.raw(name, "POST", f"/v1.0/whoever/partner/customer-mgr/{verb}", body=body)


def refused(ask: Callable[[], Any]) -> tuple[int, str]:
    with pytest.raises(ClientRequestException) as caught:
        ask()
    return caught.value.status_code, caught.value.error_code


@pytest.fixture(autouse=True)
def thawed(huawei: Huawei, people: People) -> Iterator[None]:
    """Begin and end with nobody frozen, whoever used the shared server before."""

    def thaw() -> None:
        client = huawei(people["dora"])
        for kind in ("ACCOUNT", BOTH):
            unfreeze(client, *(people[one].account_id for one in ("cora", "chen", "cyro")), unfreeze_type=kind)
            ids = [people[one].account_id for one in ("carl", "cleo")]
            unfreeze(client, *ids, unfreeze_type=kind, indirect_partner_id=people["rita"].account_id)

    thaw()
    yield
    thaw()


@pytest.mark.parametrize("kind", ["ACCOUNT", BOTH])
def test_a_customer_is_frozen_and_unfrozen(huawei: Huawei, people: People, kind: str) -> None:
    client, cora = huawei(people["dora"]), people["cora"]
    answer = freeze(client, cora.account_id, freeze_type=kind)
    assert (answer.status_code, answer.raw_content) == (204, b"")
    assert is_frozen(client, cora) == 1
    assert unfreeze(client, cora.account_id, unfreeze_type=kind).status_code == 204
    assert is_frozen(client, cora) == 0


def test_an_absent_type_is_the_account_alone(huawei: Huawei, people: People) -> None:
    client, cora = huawei(people["dora"]), people["cora"]
    freeze(client, cora.account_id)
    assert unfreeze(client, cora.account_id, unfreeze_type=BOTH).error_details[0].error_code == "CBC.0100"
    assert is_frozen(client, cora) == 1
    assert unfreeze(client, cora.account_id).status_code == 204


def test_those_that_fail_are_told_and_the_others_are_frozen(huawei: Huawei, people: People) -> None:
    client = huawei(people["dora"])
    ids = [people[one].account_id for one in ("cora", "otto", "carl")] + [NOBODY]
    answer = freeze(client, *ids)
    assert answer.status_code == 200
    told = [(one.id, one.error_code, one.error_msg) for one in answer.error_details]
    assert told == [(one, "CBC.99000035", "no such customer.") for one in ids[1:]]
    assert is_frozen(client, people["cora"]) == 1


def test_when_all_fail_each_is_told(huawei: Huawei, people: People) -> None:
    """huawei:F8."""
    answer = freeze(huawei(people["dora"]), people["otto"].account_id, NOBODY)
    assert (answer.status_code, len(answer.error_details)) == (200, 2)


def test_customers_of_other_associations_are_not_frozen(huawei: Huawei, people: People) -> None:
    (told,) = freeze(huawei(people["song"]), people["su"].account_id).error_details
    assert told.error_code == "CBC.5024"


def test_a_distributor_freezes_its_resellers_customers(huawei: Huawei, people: People) -> None:
    client, rita = huawei(people["dora"]), people["rita"].account_id
    assert freeze(client, people["carl"].account_id, indirect_partner_id=rita).status_code == 204
    assert is_frozen(client, people["carl"], indirect_partner_id=rita) == 1


@pytest.mark.parametrize("stranger", ["ruth", "sol", "dora", "nobody"])
def test_a_strange_reseller_reads_like_an_absent_one(huawei: Huawei, people: People, stranger: str) -> None:
    client, carl = huawei(people["dora"]), people["carl"].account_id
    given = people[stranger].account_id if stranger in people else NOBODY
    assert refused(lambda: freeze(client, carl, indirect_partner_id=given)) == (400, "CBC.99000037")
    assert refused(lambda: unfreeze(client, carl, indirect_partner_id=given)) == (400, "CBC.99000037")


def test_from_a_reseller_the_parameter_is_ignored(huawei: Huawei, people: People) -> None:
    answer = freeze(huawei(people["sol"]), NOBODY, indirect_partner_id=people["rita"].account_id)
    assert answer.error_details[0].error_code == "CBC.99000035"


@pytest.mark.parametrize("who", ["rita", "carl", "pia"])
def test_it_is_for_those_who_pay(huawei: Huawei, people: People, who: str) -> None:
    client, carl = huawei(people[who]), people["carl"].account_id
    assert refused(lambda: freeze(client, carl)) == (403, "CBC.0151")
    assert refused(lambda: unfreeze(client, carl)) == (403, "CBC.0151")
    assert refused(lambda: legacy(client, "frozens", carl)) == (403, "CBC.0151")


@pytest.mark.parametrize(
    "changed",
    [
        {"customer_ids": []},
        {"customer_ids": [NOBODY[:30] + f"{number:02d}" for number in range(11)]},
        {"reason": ""},
        {"reason": "x" * 257},
        {"freeze_type": ""},
        {"freeze_type": "RESOURCE"},
        {"freeze_type": "account"},
        {"indirect_partner_id": "x" * 65},
    ],
    ids=",".join,
)
def test_it_refuses_values_out_of_range(huawei: Huawei, people: People, changed: dict[str, Any]) -> None:
    client, cora = huawei(people["dora"]), people["cora"]
    assert refused(lambda: freeze(client, cora.account_id, **changed)) == (400, "CBC.0100")
    assert is_frozen(client, cora) == 0


def test_the_old_freeze(huawei: Huawei, people: People) -> None:
    """huawei:D7b: counts and details beside the codes of v1.0."""
    client, cora, otto = huawei(people["dora"]), people["cora"], people["otto"].account_id
    answer = legacy(client, "frozens", cora.account_id, otto)
    assert (answer["error_code"], answer["successNum"], answer["failNum"]) == ("CBC.0000", 1, 1)
    assert answer["failDetail"] == [{"error_code": "CBC.5004", "error_msg": "no such customer.", "id": otto}]
    assert is_frozen(client, cora) == 1
    answer = legacy(client, "unfrozens", cora.account_id)
    assert (answer["successNum"], answer["failNum"], answer["failDetail"]) == (1, 0, [])
    assert is_frozen(client, cora) == 0


def test_the_old_freeze_tells_of_associations(huawei: Huawei, people: People) -> None:
    (told,) = legacy(huawei(people["song"]), "frozens", people["su"].account_id)["failDetail"]
    assert told["error_code"] == "CBC.5024"


@pytest.mark.parametrize("verb", ["frozens", "unfrozens"])
@pytest.mark.parametrize(
    "changed", [{"customerIds": []}, {"customerIds": [NOBODY] * 11}, {"reason": "x" * 257}], ids=str
)
def test_the_old_freeze_refuses_what_it_cannot_take(
    huawei: Huawei, people: People, verb: str, changed: dict[str, Any]
) -> None:
    client = huawei(people["dora"])
    assert refused(lambda: legacy(client, verb, people["cora"].account_id, **changed)) == (400, "CBC.0100")
