"""Coupon quotas of the people of a live server, and an enterprise, in its own database."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.support.inside import run_inside
from tests.support.people import World
from tests.support.server import Server

BEGUN = datetime(2026, 10, 1, tzinfo=UTC)
FAR = datetime(2036, 1, 1, tzinfo=UTC)
SERVICES = ("hws.service.type.ec2", "hws.service.type.ebs")


def seed(server: Server) -> dict[str, Any]:
    """Grant quotas in the server's channel; codes by name."""
    found: dict[str, Any] = run_inside(server, build)
    return found


def build(world: World) -> dict[str, Any]:
    """song has a voucher quota of 1000 and a cash quota of 500 for two services; dora a voucher quota of 800."""
    from openpartner.core.base.kinds import AccountingMode
    from openpartner.core.customers.enterprise import add_member
    from openpartner.core.vouchers.issuing import Terms, issue_card, issue_to_partner
    from openpartner.core.vouchers.quotas import NewQuota, grant_quota, set_quota_state
    from openpartner.core.vouchers.vocabulary import Form, QuotaKind, QuotaState
    from openpartner.kit import clock

    def grant(who: str, kind: QuotaKind, amount: int, services: tuple[str, ...] = ()) -> str:
        new = NewQuota(kind=kind, amount=Decimal(amount), valid_until=FAR, services=services)
        return grant_quota(world.pia.caller, partner=world[who].account_id, new=new).code

    with clock.frozen(BEGUN):
        made = {
            "voucher": grant("song", QuotaKind.VOUCHER, 1000),
            "cash": grant("song", QuotaKind.CASH, 500, SERVICES),
            "pickup": grant("song", QuotaKind.PICKUP, 50),
            "frozen": grant("song", QuotaKind.VOUCHER, 70),
            "dora": grant("dora", QuotaKind.VOUCHER, 800),
        }
        set_quota_state(world.pia.caller, quota=made["frozen"], state=QuotaState.FROZEN)
        own = issue_to_partner(
            world.pia.caller,
            partner=world.dora.account_id,
            amount=Decimal(9),
            terms=Terms(valid_until=FAR, reason="an incentive"),
            form=Form.CASH,
        )
        card = issue_card(
            world.pia.caller, customer=world.su.account_id, amount=Decimal(30), name="A card", valid_until=FAR
        )
    add_member(world.cyro.caller, account_id=world.chen.account_id, mode=AccountingMode.INDEPENDENT)
    return {**made, "own": own.code, "card": card.code}
