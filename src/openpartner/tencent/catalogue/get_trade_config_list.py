"""GetTradeConfigList: the industries an account can belong to, in two levels."""

from __future__ import annotations

from functools import cache

from openpartner.core.base.caller import Caller
from openpartner.core.catalogue.industries import all_sections
from openpartner.tencent.base import DSRC, TencentRequest, TencentResponse
from openpartner.tencent.registry import operation


class GetTradeConfigList(TencentRequest):
    """No parameters."""


class TradeTwoNode(TencentResponse):
    """One industry of the second level."""

    id: str
    name: str
    trade_info: str


class TradeOneNode(TencentResponse):
    """One industry of the first level and what belongs to it."""

    id: str
    name: str
    children: list[TradeTwoNode]


class GetTradeConfigListResponse(TencentResponse):
    """The tree."""

    trade_list: list[TradeOneNode]


@operation("GetTradeConfigList", kinds=DSRC, permission=None, per_second=20, docs="product/1085/68181")
def get_trade_config_list(caller: Caller, request: GetTradeConfigList) -> GetTradeConfigListResponse:
    """The sections and divisions of ISIC Rev. 4 under ids of the vendor's pattern."""
    return _answer()


@cache
def _answer() -> GetTradeConfigListResponse:
    return GetTradeConfigListResponse(
        [
            TradeOneNode(
                section.id,
                section.name,
                # The worked example gives the parent's id here, the schema's example the own one (tencent:F.17).
                [TradeTwoNode(division.id, division.name, section.id) for division in section.divisions],
            )
            for section in all_sections()
        ]
    )
