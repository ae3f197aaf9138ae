"""A quota as the lists of both kinds of partners tell it."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from openpartner.core.vouchers.queries import QuotaRow
from openpartner.huawei.base import HuaweiResponse
from openpartner.huawei.coupons.shapes import MAJOR_UNIT, money, told
from openpartner.kit.clock import utc_second


class LimitValue(HuaweiResponse):
    """One value of a limit."""

    value1: str


class QuotaLimit(HuaweiResponse):
    """One limit and its values."""

    limit_key: str
    limit_values: list[LimitValue]


class Quota(HuaweiResponse, kw_only=True):
    """One quota."""

    quota_id: str
    quota_type: int
    create_time: str
    last_update_time: str
    quota_value: Decimal
    quota_status: int
    balance: Decimal
    measure_id: int
    currency: str
    effective_time: str | None = None
    expire_time: str | None = None
    limit_infos: list[QuotaLimit]

    @classmethod
    def of(cls, row: QuotaRow, **more: str) -> Self:
        """The quota, with what a subclass has besides."""
        quota = row.quota
        return cls(
            quota_id=quota.code,
            quota_type=quota.kind,
            create_time=utc_second(quota.created_at),
            last_update_time=utc_second(quota.changed_at),
            quota_value=money(quota.granted_micros),
            quota_status=row.state.value,
            balance=money(row.left_micros),
            measure_id=MAJOR_UNIT,
            currency=quota.currency,
            effective_time=told(quota.valid_from),
            expire_time=told(quota.valid_until),
            limit_infos=[
                QuotaLimit(key, [LimitValue(code) for code in codes.split(",")])
                for key, codes in (("cloud_service_type", quota.services), ("product_id", quota.products))
                if codes
            ],
            **more,
        )
