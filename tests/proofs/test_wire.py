"""The campaigns' own tools: what they send unspoilt is accepted, in every protocol."""

import pytest

from tests.proofs.wire import TC3, Huawei, Tencent, Wire
from tests.support.server import Server


def test_huawei_accepts_what_the_signer_signs(server: Server, wire: Wire) -> None:
    raw = Huawei(server, server.world.dora).raw("POST", "/v2/partners/sub-customers/query", body={"limit": 100})
    answer = wire.send(raw)
    assert (answer.status, answer.code) == (200, "")
    # Campaigns before this one may have created more.
    names = {customer["customer_id"] for customer in answer.json["customer_infos"]}
    assert {server.world[name].account_id for name in ("cora", "chen", "cyro")} <= names


@pytest.mark.parametrize(
    ("sign", "method"),
    [
        (TC3, "POST"),
        (TC3, "GET"),
        ("HmacSHA1", "POST"),
        ("HmacSHA1", "GET"),
        ("HmacSHA256", "POST"),
        ("HmacSHA256", "GET"),
    ],
)
def test_tencent_accepts_what_the_client_signs(server: Server, wire: Wire, sign: str, method: str) -> None:
    raw = Tencent(server, server.world.dora, sign=sign, method=method).raw(
        "DescribeCustomerUin", {"Page": 1, "PageSize": 1}
    )
    answer = wire.send(raw)
    assert (answer.status, answer.code) == (200, "")
