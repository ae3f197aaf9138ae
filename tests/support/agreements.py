"""What pages about agreements and enterprises need to be there."""

from __future__ import annotations

from datetime import timedelta

from openpartner.core.agreements.models import Acceptance
from openpartner.core.agreements.publishing import publish, save_draft
from openpartner.core.agreements.samples import sample
from openpartner.core.agreements.vocabulary import Agreement
from openpartner.core.base.kinds import AccountingMode
from openpartner.core.customers.enterprise import add_member
from openpartner.core.customers.organizations import save_organization
from openpartner.kit import clock
from tests.support.people import World


def agreements(world: World) -> dict[str, str]:
    """A contract that can be renewed by dora, a draft of pia's, and carl's enterprise of two accounts."""
    drafts = {
        one: save_draft(world.pia.caller, agreement=one, words=sample(one))
        for one in (Agreement.PARTNER_CONTRACT, Agreement.PRIVACY_STATEMENT)
    }
    contract = publish(world.pia.caller, version=drafts[Agreement.PARTNER_CONTRACT].pk)
    until = clock.now() + timedelta(days=40)
    held = Acceptance.objects.create(
        provider_id=contract.provider_id,
        account=world.dora.account,
        version=contract,
        agreement=contract.agreement,
        language="en",
        accepted_at=until - timedelta(days=365),
        accepted_by="dora",
        valid_from=until - timedelta(days=365),
        valid_until=until,
        state_at=until - timedelta(days=365),
        state_by="dora",
    )
    add_member(world.carl.caller, account_id=world.cleo.account_id, mode=AccountingMode.UNIFIED)
    unit = save_organization(world.carl.caller, name="Roastery")
    save_organization(world.carl.caller, name="Tasting", parent=unit.number)
    return {
        "paper": str(contract.pk),
        "version": str(drafts[Agreement.PRIVACY_STATEMENT].pk),
        "acceptance": str(held.pk),
        "unit": str(unit.number),
        "member": world.cleo.account_id,
    }
