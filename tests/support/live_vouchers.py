"""Vouchers of the people of a live server: pools, vouchers in every state, and uses, in its own database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.support.inside import run_inside
from tests.support.people import World
from tests.support.server import Server

ISSUED = datetime(2026, 10, 1, tzinfo=UTC)
ENDED = datetime(2026, 10, 20, tzinfo=UTC)
FAR = datetime(2036, 1, 1, tzinfo=UTC)


def seed(server: Server) -> dict[str, Any]:
    """Fill the server's channel with vouchers; ids and codes by name."""
    found: dict[str, Any] = run_inside(server, build)
    return found


def build(world: World) -> dict[str, Any]:
    """dora's pool of 1000 and rita's of 300 out of it; vouchers of cora, chen and carl, beside those of all servers."""
    from django.db import transaction

    from openpartner.core.vouchers.ending import withdraw_voucher
    from openpartner.core.vouchers.models import Voucher
    from openpartner.core.vouchers.quotas import change_pool
    from openpartner.core.vouchers.using import Draft, post_uses, stage_uses
    from openpartner.core.vouchers.vocabulary import PaymentMode, Reach, Usage
    from openpartner.kit import clock
    from tests.support.quotas import GIVEN, SHARED
    from tests.vouchers.support import bill_line, give

    with clock.frozen(ISSUED):
        change_pool(world.pia.caller, partner=world.dora.account_id, amount=Decimal(1000))
        change_pool(world.dora.caller, partner=world.rita.account_id, amount=Decimal(300))
        terms = {"payment_mode": PaymentMode.PREPAID, "usage": Usage.TRIAL, "reason": "a trial"}
        made = {
            "trial": give(world.dora, world.cora, 40, until=FAR, **terms),
            "used": give(world.dora, world.cora, Decimal("1.5"), until=FAR),
            "partly": give(
                world.dora, world.cora, 10, until=FAR, reach=Reach.LISTED, products=("p_cvm",), reason="partly used"
            ),
            "withdrawn": give(world.dora, world.cora, 5, until=FAR),
            "expired": give(world.dora, world.cora, 7, until=ENDED),
            "chen": give(world.dora, world.chen, 3, until=FAR),
            "carl": give(world.rita, world.carl, 20, until=FAR),
        }
        withdraw_voucher(world.dora.caller, code=made["withdrawn"].code)
    moments = [ISSUED + timedelta(days=days) for days in (1, 2, 40)]
    drafts = [
        Draft(made["used"].pk, 1_500_000, bill_line(1, moments[0])),
        Draft(made["partly"].pk, 202_896, bill_line(2, moments[1])),
        Draft(made["partly"].pk, 2_000_000, bill_line(3, moments[2])),
        Draft(made["carl"].pk, 500_000, bill_line(4, moments[0])),
    ]
    with transaction.atomic():
        stage_uses(world.pia.account_pk, "tencent", 2026 * 12 + 9, "seed-0", drafts)
        post_uses("seed-0")
    rows = Voucher.objects.everything(reason="a test")
    made |= {"shared": rows.get(code=SHARED), "given": rows.get(code=GIVEN)}
    return {name: {"number": voucher.pk, "code": voucher.code} for name, voucher in made.items()}
