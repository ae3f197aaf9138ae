"""The closed vocabularies of vouchers. Where a vendor has a number for a word, it is that number."""

from __future__ import annotations

import secrets
import string

from django.db import models

CODE_LENGTH = 22
"""Of a code such as TVSYNGAEJTSZX9EWXJ1DK9 (tencent:D.4)."""
_LETTERS = string.ascii_uppercase + string.digits


def mint_code() -> str:
    """A random code of 22 capital letters and digits: nobody can tell another's."""
    return "".join(secrets.choice(_LETTERS) for _ in range(CODE_LENGTH))


class QuotaKind(models.IntegerChoices):
    """What is issued out of a quota (huawei:E4); a pool is Tencent's (tencent:E.4), one for each partner."""

    VOUCHER = 0, "voucher quota"
    CASH = 1, "cash coupon quota"
    PICKUP = 2, "pickup coupon quota"
    POOL = 10, "customer voucher pool"


class QuotaState(models.IntegerChoices):
    """Whether a quota can be used (huawei:E4)."""

    NORMAL = 0, "normal"
    INVALID = 3, "invalid"
    ADJUSTING = 4, "adjusting"
    FROZEN = 5, "frozen"
    RECLAIMED = 6, "reclaimed"


class VoucherKind(models.IntegerChoices):
    """Whose cost a voucher pays (tencent:B.5)."""

    PARTNER = 1, "partner voucher"
    TRIAL = 2, "partner voucher for a customer's trial"
    CUSTOMER = 3, "customer voucher"
    CARD = 4, "stored-value card"
    """A customer's own money on a card: no discount, and no part of any quota."""


class Form(models.IntegerChoices):
    """What a coupon is (huawei:E4)."""

    VOUCHER = 1, "voucher"
    DISCOUNT = 2, "discount coupon"
    PRODUCT = 3, "product coupon"
    CASH = 4, "cash coupon"
    PICKUP = 5, "pickup coupon"


class VoucherState(models.IntegerChoices):
    """Where a voucher stands. Not yet valid and just run out follow from its times: see `Standing`."""

    UNDER_REVIEW = 1, "under review"
    ISSUED = 2, "issued"
    USED = 3, "used"
    EXPIRED = 4, "expired"
    WITHDRAWN = 5, "withdrawn"
    RECLAIMED = 6, "reclaimed"
    REJECTED = 7, "rejected"
    CANCELLED = 8, "cancelled"


class Standing(models.IntegerChoices):
    """What a voucher is at an instant, as people are told."""

    INACTIVE = 1, "not valid yet"
    USABLE = 2, "usable"
    USED = 3, "used"
    EXPIRED = 4, "expired"
    TAKEN_BACK = 5, "taken back"
    UNDER_REVIEW = 6, "under review"
    REFUSED = 7, "rejected or cancelled"


class TemplateStanding(models.IntegerChoices):
    """What a template is, as people are told."""

    EDITABLE = 1, "open to changes"
    FIXED = 2, "fixed by what was issued"
    RETIRED = 3, "retired"


class Usage(models.TextChoices):
    """What a voucher is given for (tencent:E.4)."""

    TRIAL = "trial", "product trial"
    OFFER = "offer", "customer offer"


class Reach(models.TextChoices):
    """Which products a voucher pays (tencent:E.4)."""

    ALL = "all", "all products"
    LISTED = "listed", "the listed products"
    EXCLUDED = "excluded", "all but the listed products"


class PaymentMode(models.TextChoices):
    """Which charges a voucher pays (tencent:E.4)."""

    ALL = "all", "prepaid and pay-as-you-go"
    PREPAID = "prepaid", "prepaid"
    POSTPAID = "postpaid", "pay-as-you-go"


class Operation(models.IntegerChoices):
    """What was done with a voucher or a quota: Huawei's numbers up to 11 (huawei:E4), then ours."""

    ISSUE = 1, "issued"
    RECLAIM = 2, "reclaimed"
    UNBIND = 3, "taken back at disassociation"
    EXPIRY = 4, "expired"
    QUOTA_GRANT = 10, "quota granted"
    QUOTA_RECLAIM = 11, "quota taken back"
    WITHDRAWAL = 20, "withdrawn"
    APPLICATION = 21, "applied for"
    APPROVAL = 22, "approved"
    REJECTION = 23, "rejected"
    CANCELLATION = 24, "cancelled"
    TRANSFER = 25, "transferred to a member"
    TRANSFER_BACK = 26, "transferred back"
    QUOTA_STATE = 27, "state of a quota changed"
