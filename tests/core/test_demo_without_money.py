"""`openpartner demo --no-money`: bills stand, and nobody was given credit, a budget or a voucher."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings
from msgspec import structs

from openpartner.core.billing.models import BillMonth
from openpartner.core.budgets.models import Budget
from openpartner.core.credit.models import BillConfirmation, CreditAllocation
from openpartner.core.vouchers.models import Voucher, VoucherQuota
from openpartner.demo import build
from openpartner.kit import clock
from tests.core.test_demo_bills import NOW, WHY

# Which of the demo's steps are left out no database decides.
pytestmark = [pytest.mark.django_db, pytest.mark.engine("sqlite")]


def test_bills_stand_and_nobody_was_given_anything(tmp_path: Path) -> None:
    own = override_settings(
        OPENPARTNER=structs.replace(settings.OPENPARTNER, data=str(tmp_path)),
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    )
    with own, clock.frozen(NOW):
        build.build(customers=40, seed=7, fixed_secrets=True, tell=lambda *_: None, lines=200, money=False)
    assert BillMonth.objects.everything(reason=WHY).count() > 20
    given = (CreditAllocation, BillConfirmation, Budget, Voucher, VoucherQuota)
    assert [model.__name__ for model in given if model.objects.everything(reason=WHY).exists()] == []
