"""QueryT1IndirectCustomersDetail through the official SDK. Expectations: spec A.1, D.2 (1085/69083)."""

from __future__ import annotations

from typing import Any

import pytest
from tencentcloud.intlpartnersmgt.v20220928 import models

from tests.sdk.tencent.modes import MODES, People, Tencent, request


def ask(client: Any, **parameters: object) -> Any:
    return client.QueryT1IndirectCustomersDetail(request(models.QueryT1IndirectCustomersDetailRequest, parameters))


@pytest.mark.parametrize("mode", MODES)
def test_it_lists_a_resellers_customers_newest_first(tencent: Tencent, people: People, mode: dict[str, str]) -> None:
    answer = ask(tencent(people["dora"], **mode), SubAgentUin=people["rita"].uin, Page=1, PageSize=100)
    assert (answer.Total, answer.SubAgentUin, answer.SubAgentName) == (2, people["rita"].uin, "Rita Resale KK")
    assert [(row.ClientUin, row.ClientName, row.ClientBindTime) for row in answer.Data] == [
        (people["cleo"].uin, "Cleo Clinics", "2024-03-06 08:00:00"),
        (people["carl"].uin, "Carl Coffee Co", "2024-03-01 18:00:00"),
    ]
    assert answer.RequestId
