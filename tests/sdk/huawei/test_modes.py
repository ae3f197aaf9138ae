"""The ways a program points the unmodified SDK at us: by address, region, environment, token, and from the China site.

Expectations: huawei:C1, huawei:C2, huawei:C4 and the SDK's own look-ups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import huaweicloudsdkbss.v2 as china
import pytest
import requests
from huaweicloudsdkbssintl.v2 import BssintlClient, ListSubCustomersRequest, QuerySubCustomerListReq
from huaweicloudsdkbssintl.v2.region.bssintl_region import BssintlRegion
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException, SdkException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.region.region import Region

from tests.sdk.clients import HuaweiClient
from tests.support.people import Person
from tests.support.server import Server

People = dict[str, Person]
Huawei = Callable[..., HuaweiClient]


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """The SDK keeps looked-up accounts for the whole process."""
    kept = dict(GlobalCredentials._CACHE)
    GlobalCredentials._CACHE.clear()
    yield
    GlobalCredentials._CACHE.update(kept)


def customers(client: Any, **parameters: object) -> Any:
    return client.list_sub_customers(ListSubCustomersRequest(body=QuerySubCustomerListReq(**parameters)))


def test_by_region_the_sdk_asks_for_its_account_itself(server: Server, people: People) -> None:
    dora = people["dora"]
    credentials = GlobalCredentials(dora.access_key, dora.secret_key).with_iam_endpoint(server.url)
    region = Region("ap-southeast-1", server.url)
    client = BssintlClient.new_builder().with_credentials(credentials).with_region(region).build()
    assert client.get_credentials().domain_id == dora.account_id
    assert customers(client).count == 3


def test_by_environment_nothing_in_the_program_changes(
    server: Server, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    sol = people["sol"]
    monkeypatch.setenv("HUAWEICLOUD_SDK_REGION_BSSINTL_AP_SOUTHEAST_1", server.url)
    monkeypatch.setenv("HUAWEICLOUD_SDK_IAM_ENDPOINT", server.url)
    monkeypatch.setenv("HUAWEICLOUD_SDK_AK", sol.access_key)
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", sol.secret_key)
    client = BssintlClient.new_builder().with_region(BssintlRegion.value_of("ap-southeast-1")).build()
    assert client.get_credentials().domain_id == sol.account_id
    assert customers(client).count == 1


def test_a_wrong_key_fails_at_the_look_up(server: Server, people: People) -> None:
    credentials = GlobalCredentials(people["dora"].access_key, "x" * 40).with_iam_endpoint(server.url)
    region = Region("ap-southeast-1", server.url)
    with pytest.raises(SdkException):
        BssintlClient.new_builder().with_credentials(credentials).with_region(region).build()


def test_a_given_domain_id_is_signed_along(server: Server, people: People) -> None:
    dora = people["dora"]
    credentials = GlobalCredentials(dora.access_key, dora.secret_key, dora.account_id)
    client = BssintlClient.new_builder().with_credentials(credentials).with_endpoint(server.url).build()
    assert customers(client).count == 3


def test_a_given_domain_id_is_never_an_authorization(server: Server, people: People) -> None:
    dora = people["dora"]
    credentials = GlobalCredentials(dora.access_key, dora.secret_key, people["olga"].account_id)
    client = BssintlClient.new_builder().with_credentials(credentials).with_endpoint(server.url).build()
    assert [info.account_name for info in customers(client, account_name="chen").customer_infos] == ["chen_account"]


def test_who_am_i_through_the_sdks_machinery(huawei: Huawei, people: People) -> None:
    client = huawei(people["carl"])
    domains = client.raw("KeystoneListAuthDomains", "GET", "/v3/auth/domains")
    assert [domain["id"] for domain in domains["domains"]] == [people["carl"].account_id]
    identity = client.raw("GetCallerIdentity", "GET", "/v5/caller-identity")
    assert identity["account_id"] == people["carl"].account_id
    query = [("name", "ap-southeast-1")]
    projects = client.raw("KeystoneListProjects", "GET", "/v3/projects", query=query)
    assert [project["name"] for project in projects["projects"]] == ["ap-southeast-1"]


def test_a_token_added_through_the_invoker_is_taken(server: Server, huawei: Huawei, people: People) -> None:
    """huawei:C4. The SDK signs all the same: the header is among the signed ones, and the signature decides."""
    dora = people["dora"]
    token = token_of(server, dora)
    request = ListSubCustomersRequest(body=QuerySubCustomerListReq())
    answer = huawei(dora).sdk.list_sub_customers_invoker(request).add_header("X-Auth-Token", token).invoke()
    assert answer.count == 3


def test_a_token_alone_does(server: Server, people: People) -> None:
    token = token_of(server, people["dora"])
    answer = requests.post(
        f"{server.url}/v2/partners/sub-customers/query", json={}, headers={"X-Auth-Token": token}, timeout=10
    )
    assert (answer.status_code, answer.json()["count"]) == (200, 3)
    assert answer.headers["X-Request-Id"]
    refused = requests.post(
        f"{server.url}/v2/partners/sub-customers/query", json={}, headers={"X-Auth-Token": token[:-1]}, timeout=10
    )
    assert (refused.status_code, refused.json()["error_code"]) == (401, "APIG.0301")


def token_of(server: Server, person: Person) -> str:
    """A token by password, as the vendor's FAQ asks for it."""
    user = {"name": person.name, "password": person.password, "domain": {"name": person.account_name}}
    identity = {"methods": ["password"], "password": {"user": user}}
    scope = {"domain": {"name": person.account_name}}
    answer = requests.post(
        f"{server.url}/v3/auth/tokens", json={"auth": {"identity": identity, "scope": scope}}, timeout=10
    )
    assert answer.status_code == 201, answer.text
    return answer.headers["X-Subject-Token"]


def test_the_asynchronous_client_speaks_the_same(server: Server, people: People) -> None:
    from huaweicloudsdkbssintl.v2 import BssintlAsyncClient

    dora = people["dora"]
    credentials = GlobalCredentials(dora.access_key, dora.secret_key)
    client = BssintlAsyncClient.new_builder().with_credentials(credentials).with_endpoint(server.url).build()
    request = ListSubCustomersRequest(body=QuerySubCustomerListReq(limit=1))
    assert client.list_sub_customers_async(request).result().count == 3


def test_errors_reach_the_program_with_code_message_and_request_id(huawei: Huawei, people: People) -> None:
    with pytest.raises(ClientRequestException) as refusal:
        customers(huawei(people["dora"]), limit=1000)
    error = refusal.value
    assert (error.status_code, error.error_code) == (400, "CBC.0100")
    assert "limit" in error.error_msg
    assert len(error.request_id) == 36


# ---------------------------------------------------------------------------- the China site's SDK


def china_customers(client: HuaweiClient, **parameters: object) -> Any:
    body = china.QuerySubCustomerListReq(**parameters)
    return client.list_sub_customers(china.ListSubCustomersRequest(body=body))


def test_the_china_sites_sdk_lists_customers(huawei: Huawei, people: People) -> None:
    answer = china_customers(huawei(people["song"], sdk=china.BssClient))
    assert answer.count == 1
    (su,) = answer.customer_infos
    assert (su.account_name, su.customer, su.association_type) == ("su_account", "苏州贸易", "2")


@pytest.mark.parametrize(("code", "count"), [("1", 0), ("2", 1)])
def test_the_china_site_knows_referral_and_agency(huawei: Huawei, people: People, code: str, count: int) -> None:
    """huawei:A2."""
    assert china_customers(huawei(people["song"], sdk=china.BssClient), association_type=code).count == count


@pytest.mark.parametrize("code", ["3", "9"])
def test_the_china_site_refuses_other_associations(huawei: Huawei, people: People, code: str) -> None:
    with pytest.raises(ClientRequestException) as refusal:
        china_customers(huawei(people["song"], sdk=china.BssClient), association_type=code)
    assert (refusal.value.status_code, refusal.value.error_code) == (400, "CBC.0100")


def test_the_site_is_the_partners_not_the_sdks(huawei: Huawei, people: People) -> None:
    """The routes of all sites are served to everybody; the codes follow the account."""
    with pytest.raises(ClientRequestException):
        china_customers(huawei(people["dora"], sdk=china.BssClient), association_type="2")
    assert china_customers(huawei(people["dora"], sdk=china.BssClient), association_type="3").count == 3


def test_by_region_works_for_the_china_site_too(server: Server, people: People) -> None:
    song = people["song"]
    credentials = GlobalCredentials(song.access_key, song.secret_key).with_iam_endpoint(server.url)
    builder = china.BssClient.new_builder().with_http_config(HttpConfig.get_default_config())
    client = builder.with_credentials(credentials).with_region(Region("cn-north-1", server.url)).build()
    answer = client.list_sub_customers(china.ListSubCustomersRequest(body=china.QuerySubCustomerListReq()))
    assert answer.count == 1
