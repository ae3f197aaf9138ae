"""Declared operations through the China-site SDK: known, decoded, and answered as not available in this release."""

from __future__ import annotations

import pytest
from huaweicloudsdkbss.v2 import BssClient, ListPartnerCouponsRecordRequest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from tests.sdk.clients import HuaweiClient
from tests.support.people import World
from tests.support.server import Server


def test_a_query_may_repeat_a_key_that_takes_a_list(server: Server) -> None:
    people: World = server.world
    client = HuaweiClient(server, people.song, sdk=BssClient)
    with pytest.raises(ClientRequestException) as refusal:
        client.list_partner_coupons_record(
            ListPartnerCouponsRecordRequest(operation_types=["1", "2"], coupon_ids=["CP1", "CP2"])
        )
    assert (refusal.value.status_code, refusal.value.error_code) == (404, "APIG.0101")
    assert "ListPartnerCouponsRecord" in refusal.value.error_msg
