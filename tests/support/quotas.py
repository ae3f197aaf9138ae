"""A coupon quota and coupons whose codes are known, in every live server: requests of the campaigns name them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from django.db import transaction

from openpartner.core.vouchers.issuing import Terms, issue_vouchers
from openpartner.core.vouchers.models import Voucher, VoucherQuota
from openpartner.core.vouchers.quotas import NewQuota, grant_quota
from openpartner.core.vouchers.sharing import transfer_coupon
from openpartner.core.vouchers.vocabulary import QuotaKind
from tests.support.people import Person, World

FAR = datetime(2036, 1, 1, tzinfo=UTC)
QUOTA, QUOTA_OF_DORA = "OLGASQUOTAOFVOUCHERS01", "DORASQUOTAOFVOUCHERS01"
COUPON = "OONASCOUPONTORECLAIM01"
SHARED, GIVEN = "CYROSCOUPONTOTRANSFER1", "CHENSCOUPONTORECLAIM01"
"""A coupon of the master of an enterprise, and what its member has of it."""


def add_quotas(world: World) -> None:
    """olga has a quota and oona a coupon out of it; cyro shares a coupon with its member chen."""
    with transaction.atomic():
        _grant(world, world.olga, QUOTA)
        _grant(world, world.dora, QUOTA_OF_DORA)
        _issue(world.olga, world.oona, QUOTA, 1000, COUPON)
        _issue(world.dora, world.cyro, QUOTA_OF_DORA, 100_000, SHARED)
        given = transfer_coupon(world.cyro.caller, member=world.chen.account_id, coupon=SHARED, amount=Decimal(10))
        Voucher.objects.everything(reason="a test").filter(pk=given.pk).update(code=GIVEN)


def _grant(world: World, partner: Person, code: str) -> None:
    new = NewQuota(kind=QuotaKind.VOUCHER, amount=Decimal(1_000_000), valid_until=FAR)
    quota = grant_quota(world.pia.caller, partner=partner.account_id, new=new)
    VoucherQuota.objects.everything(reason="a test").filter(pk=quota.pk).update(code=code)


def _issue(seller: Person, customer: Person, quota: str, units: int, code: str) -> None:
    (one,) = issue_vouchers(
        seller.caller, customers=[customer.account_id], amount=Decimal(units), terms=Terms(), quota=quota
    )
    assert one.voucher is not None
    Voucher.objects.everything(reason="a test").filter(pk=one.voucher.pk).update(code=code)
