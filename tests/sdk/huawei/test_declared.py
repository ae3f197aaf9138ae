"""The China-site SDK: an operation that is only declared answers as not available, and lists in a query arrive."""

from __future__ import annotations

import pytest
from huaweicloudsdkbss.v2 import BssClient, ListIncentiveDiscountPoliciesRequest, ListPartnerCouponsRecordRequest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from tests.sdk.clients import HuaweiClient
from tests.support.people import World
from tests.support.server import Server


def test_a_declared_operation_is_known_and_answered_as_not_available(server: Server) -> None:
    people: World = server.world
    client = HuaweiClient(server, people.song, sdk=BssClient)
    with pytest.raises(ClientRequestException) as refusal:
        client.list_incentive_discount_policies(ListIncentiveDiscountPoliciesRequest(time="2026-10"))
    assert (refusal.value.status_code, refusal.value.error_code) == (404, "APIG.0101")
    assert "ListIncentiveDiscountPolicies" in refusal.value.error_msg


def test_a_query_may_repeat_a_key_that_takes_a_list(server: Server) -> None:
    """The SDK sends `operation_types=1&operation_types=2`: both arrive, so coupons of nobody are not found."""
    people: World = server.world
    client = HuaweiClient(server, people.song, sdk=BssClient)
    answer = client.list_partner_coupons_record(
        ListPartnerCouponsRecordRequest(operation_types=["1", "2"], coupon_ids=["CP1", "CP2"])
    )
    assert (answer.total_count, answer.records) == (0, [])
