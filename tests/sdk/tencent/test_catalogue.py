"""GetCountryCodes and GetTradeConfigList through the SDK. Expectations: tencent:D.1, tencent:F.17, ISO, ISIC."""

from __future__ import annotations

import pytest

from tests.sdk.tencent.modes import MODES, Mode, People, Tencent, ask, refusal


@pytest.mark.parametrize("mode", MODES)
def test_it_lists_countries(tencent: Tencent, people: People, mode: Mode) -> None:
    found = {row.IOS2: row for row in ask(tencent(people["dora"], **mode), "GetCountryCodes").Data}
    albania = found["AL"]  # the worked example, with the vendor's misspelt keys
    assert (albania.Code, albania.EnName, albania.IOS3, albania.Name) == ("355", "Albania", "ALB", "阿尔巴尼亚")
    assert found["HK"].Code == "852"
    assert len(found) > 200


def test_it_leaves_out_the_codes_no_account_is_created_with(tencent: Tencent, people: People) -> None:
    """vendor doc silent: whether 7, 380 and 86 are listed; they are refused on use (tencent:D.1)."""
    codes = {row.Code for row in ask(tencent(people["dora"]), "GetCountryCodes").Data}
    assert not codes & {"7", "380", "86"}


@pytest.mark.parametrize("who", ["pia", "dora", "rita", "sol", "carl"])
def test_everybody_may_ask_for_countries(tencent: Tencent, people: People, who: str) -> None:
    assert ask(tencent(people[who]), "GetCountryCodes").Data


@pytest.mark.parametrize("mode", MODES)
def test_it_lists_industries_in_two_levels(tencent: Tencent, people: People, mode: Mode) -> None:
    tree = ask(tencent(people["dora"], **mode), "GetTradeConfigList").TradeList
    assert [node.Id for node in tree] == [f"kghy_{number:02d}" for number in range(1, 22)]  # 21 sections
    assert tree[0].Name == "Agriculture, forestry and fishing"
    assert [child.Id for child in tree[0].Children] == ["kghy_0101", "kghy_0102", "kghy_0103"]
    assert {child.TradeInfo for child in tree[0].Children} == {"kghy_01"}  # the parent, as in the worked example
    assert sum(len(node.Children) for node in tree) == 88  # divisions


@pytest.mark.parametrize("who", ["dora", "rita", "sol", "carl"])
def test_partners_and_customers_may_ask_for_industries(tencent: Tencent, people: People, who: str) -> None:
    assert ask(tencent(people[who]), "GetTradeConfigList").TradeList


def test_the_provider_may_not(tencent: Tencent, people: People) -> None:
    """The page names D, S, R and C."""
    assert refusal(tencent(people["pia"]), "GetTradeConfigList")[0] == "UnauthorizedOperation.UinNoAuth"


@pytest.mark.parametrize("action", ["GetCountryCodes", "GetTradeConfigList"])
def test_they_take_no_parameters(tencent: Tencent, people: People, action: str) -> None:
    from tencentcloud.common.exception import TencentCloudSDKException

    with pytest.raises(TencentCloudSDKException) as caught:
        tencent(people["dora"]).sdk.call_json(action, {"Page": 1})
    assert caught.value.code == "UnknownParameter"
    assert "`Page`" in caught.value.message
