"""Rates and failed signatures, with the limits on. Expectations: tencent:C.6, tencent:C.7, tencent:D.0."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.server import Server
from tests.wire.tencent import tc3

ELSEWHERE = "127.0.0.2"
"""Another source, so that one test's failures do not lock out the others."""


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the vendor's rates and five failed signatures a minute."""
    settings = {
        "OPENPARTNER_RATE_LIMIT_SCALE": "1",
        "OPENPARTNER_FAILED_SIGNATURES_PER_MINUTE": "5",
        "OPENPARTNER_ALLOW_UNSIGNED_PAYLOAD": "true",
    }
    with Server(Path(tmp_path_factory.mktemp("limited")), settings) as running:
        yield running


def test_the_rate_is_told_with_both_numbers(limited: Server) -> None:
    """GetCountryCodes is 5 a second. Tools parse the numbers, so the text is the vendor's."""
    dora, olga = limited.world.dora, limited.world.olga
    for _ in range(40):  # a new second may begin meanwhile
        answer = tc3(limited, dora, "GetCountryCodes")
        if answer.code:
            break
    assert answer.code == "RequestLimitExceeded"
    numbers = re.match(
        r"Your current request times equals to `(\d+)` in a second, which exceeds the frequency limit `(\d+)` for a"
        r" second\.",
        answer.message,
    )
    assert numbers
    assert numbers.groups() == ("6", "5")
    # Per action and account.
    assert tc3(limited, olga, "GetCountryCodes").code == ""
    assert tc3(limited, dora, "GetTradeConfigList").code == ""


def test_the_rate_comes_before_the_schema(limited: Server) -> None:
    codes = [tc3(limited, limited.world.sol, "GetCountryCodes", {"Other": 1}).code for _ in range(12)]
    assert codes[0] == "UnknownParameter"
    assert "RequestLimitExceeded" in codes


def test_a_source_of_failed_signatures_is_refused(limited: Server) -> None:
    dora = limited.world.dora
    wrong = replace(dora, secret_key="x" * 40)
    unknown = replace(dora, access_key="A" * 20)
    codes = []
    for who in [wrong, unknown] * 6:  # more than twice the limit: a new minute may begin meanwhile
        codes.append(tc3(limited, who, "DescribeCustomerUin", {}, source=ELSEWHERE).code)
        if codes[-1] == "RequestLimitExceeded.IPLimitExceeded":
            break
    assert codes[:2] == ["AuthFailure.SignatureFailure", "AuthFailure.SecretIdNotFound"]
    assert codes[-1] == "RequestLimitExceeded.IPLimitExceeded"
    page = {"Page": 1, "PageSize": 1}
    assert tc3(limited, dora, "DescribeCustomerUin", page, source=ELSEWHERE).code == (
        "RequestLimitExceeded.IPLimitExceeded"
    )
    assert tc3(limited, dora, "DescribeCustomerUin", page).code == ""  # another source is not


def test_an_unsigned_payload_may_write_where_a_setting_says_so(limited: Server) -> None:
    """Two writes of one second then share a signature, and are still two writes."""
    from tencentcloud.common.credential import Credential
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile
    from tencentcloud.intlpartnersmgt.v20220928.intlpartnersmgt_client import IntlpartnersmgtClient

    dora, cora = limited.world.dora, limited.world.cora
    profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=limited.address))
    profile.unsignedPayload = True
    client = IntlpartnersmgtClient(Credential(dora.access_key, dora.secret_key), "", profile)
    remarks = [f"remark {number}" for number in range(4)]
    answers = [
        client.call_json("ModifyClientRemark", {"ClientUin": str(cora.uin), "Remark": remark}) for remark in remarks
    ]
    assert [answer["Response"]["ClientRemark"] for answer in answers] == remarks
