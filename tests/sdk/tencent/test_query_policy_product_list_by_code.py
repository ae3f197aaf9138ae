"""QueryPolicyProductListByCode through the SDK. Expectations: tencent:D.7, tencent:A.4, the rows of tests.support."""

from __future__ import annotations

import pytest

from tests.sdk.tencent.modes import MODES, Mode, People, Tencent, ask, refusal
from tests.support.policies import OLDER, POLICY

ACTION = "QueryPolicyProductListByCode"
FIELDS = (
    "PolicyCode", "ProductCode", "ProductName", "SubProductCode", "SubProductName", "ComponentTypeCode",
    "ComponentTypeName", "ComponentCode", "ComponentName", "StartDate", "EndDate",
)  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
def test_it_lists_the_products_of_a_policy(tencent: Tencent, people: People, mode: Mode) -> None:
    answer = ask(tencent(people["dora"], **mode), ACTION, PolicyCode=POLICY)
    assert answer.Total == 4
    assert [[getattr(row, field) for field in FIELDS] for row in answer.ProductList] == [
        [POLICY, "p_cbs", "Cloud Block Storage(CBS)", "sp_cbs_premium", "Premium Cloud Storage", "v_cbs_memspace",
         "Storage space", "sv_cbs_memspace_premium", "Premium Cloud Storage - Storage space",
         "2025-01-01 00:00:00", "2025-12-31 00:00:00"],
        [POLICY, "p_cos", "Cloud Object Storage(COS)", "*", "*", "*", "*", "*", "*", "2025-01-01 00:00:00", ""],
        [POLICY, "p_cvm", "Cloud Virtual Machine(CVM)", "sp_cvm_bmm5m", "CBM Memory Optimized BMM5", "*", "*", "*", "*",
         "2025-01-01 00:00:00", "2025-12-31 00:00:00"],
        [POLICY, "p_cvm", "Cloud Virtual Machine(CVM)", "sp_cvm_s5", "Standard S5", "v_cvm_cpu", "CPU", "*", "*",
         "2025-01-01 00:00:00", "2025-12-31 00:00:00"],
    ]  # fmt: skip


def test_every_policy_has_its_own(tencent: Tencent, people: People) -> None:
    (row,) = ask(tencent(people["dora"]), ACTION, PolicyCode=OLDER).ProductList
    assert (row.ProductCode, row.SubProductCode, row.EndDate) == ("p_cvm", "*", "2024-12-31 00:00:00")


def test_a_policy_nobody_keeps_is_an_empty_list(tencent: Tencent, people: People) -> None:
    for policy in ("StandardPolicy1999", POLICY.lower(), POLICY[:-1]):
        answer = ask(tencent(people["dora"]), ACTION, PolicyCode=policy)
        assert (answer.Total, answer.ProductList) == (0, [])


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"ProductCode": "p_cvm"}, ["sp_cvm_bmm5m", "sp_cvm_s5"]),
        ({"ProductName": "Cloud Virtual Machine(CVM)"}, ["sp_cvm_bmm5m", "sp_cvm_s5"]),
        ({"SubProductCode": "sp_cvm_s5"}, ["sp_cvm_s5"]),
        ({"SubProductName": "CBM Memory Optimized BMM5"}, ["sp_cvm_bmm5m"]),  # the worked example
        ({"ProductCode": "p_cvm", "SubProductName": "Standard S5"}, ["sp_cvm_s5"]),
        ({"ProductCode": "p_cos", "SubProductCode": "*"}, ["*"]),
        ({"ProductCode": "p_cvm", "SubProductCode": "sp_cbs_premium"}, []),
        ({"ProductCode": "p_cv"}, []),  # exact, not in part
        ({"ProductName": "cloud virtual machine(cvm)"}, []),
        ({"ProductCode": "", "ProductName": "", "SubProductCode": "", "SubProductName": ""},
         ["sp_cbs_premium", "*", "sp_cvm_bmm5m", "sp_cvm_s5"]),
    ],
    ids=str,
)  # fmt: skip
def test_it_filters(tencent: Tencent, people: People, conditions: dict[str, str], expected: list[str]) -> None:
    answer = ask(tencent(people["dora"]), ACTION, PolicyCode=POLICY, **conditions)
    assert [row.SubProductCode for row in answer.ProductList] == expected
    assert answer.Total == len(expected)


def test_pages_make_the_whole_list(tencent: Tencent, people: People) -> None:
    client = tencent(people["dora"])
    whole = [row.SubProductCode for row in ask(client, ACTION, PolicyCode=POLICY).ProductList]
    paged = []
    for number in (1, 2, 3):
        answer = ask(client, ACTION, PolicyCode=POLICY, Page=number, PageSize=2)
        assert answer.Total == 4
        paged += [row.SubProductCode for row in answer.ProductList]
    assert paged == whole
    far = ask(client, ACTION, PolicyCode=POLICY, Page=2**63, PageSize=200)
    assert (far.Total, far.ProductList) == (4, [])


@pytest.mark.parametrize("bad", [{"Page": 0}, {"PageSize": 0}, {"PageSize": 201}, {"PolicyCode": ""}], ids=str)
def test_it_refuses_values_out_of_range(tencent: Tencent, people: People, bad: dict[str, object]) -> None:
    code, _ = refusal(tencent(people["dora"]), ACTION, **{"PolicyCode": POLICY, **bad})
    assert code == "InvalidParameterValue"


def test_the_policy_is_required(tencent: Tencent, people: People) -> None:
    assert refusal(tencent(people["dora"]), ACTION)[0] == "MissingParameter"


@pytest.mark.parametrize("who", ["dora", "rita", "sol"])
def test_partners_on_the_allowlist_may_ask(tencent: Tencent, people: People, who: str) -> None:
    assert ask(tencent(people[who]), ACTION, PolicyCode=POLICY).Total == 4


@pytest.mark.parametrize("who", ["olga", "ruth", "pia", "carl"])
def test_partners_without_it_the_provider_and_customers_may_not(tencent: Tencent, people: People, who: str) -> None:
    """tencent:A.4: the code is UinNoAuth, of the flag as of the role."""
    assert refusal(tencent(people[who]), ACTION, PolicyCode=POLICY)[0] == "UnauthorizedOperation.UinNoAuth"
