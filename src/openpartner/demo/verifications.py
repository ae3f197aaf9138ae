"""The demo's verifications: some wait for the provider, some were rejected, some have passed.

They are about customers that stand so already; rows are written as commands would, but no mail is posted.
"""

from __future__ import annotations

import json
from datetime import timedelta
from random import Random

from openpartner.core.access.sealing import seal
from openpartner.core.accounts.models import Account
from openpartner.core.base.kinds import AccountKind, CustomerType, Verification
from openpartner.core.verification.models import Document, State, VerificationFolder, VerificationSubmission
from openpartner.core.verification.rules import masked_number
from openpartner.kit import clock

WHY = "the demo has just made it"
DAY = timedelta(days=1)
MADE = {Verification.IN_REVIEW: 24, Verification.REJECTED: 8, Verification.VERIFIED: 8}
"""How many of each at most."""
STATES = {
    Verification.IN_REVIEW: State.IN_REVIEW,
    Verification.REJECTED: State.REJECTED,
    Verification.VERIFIED: State.PASSED,
}
OPINIONS = (
    "The photograph is too dark to be read.",
    "The licence has expired; please submit the new one.",
    "The name on the document is another one.",
)
FOLDER = "https://files.example.com/{name}/"


def build(seed: int) -> int:
    """Write the submissions and the folders their files stand in; returns how many submissions there are."""
    random, made = Random(f"verifications {seed}"), list[VerificationSubmission]()
    for standing, most in MADE.items():
        rows = Account.objects.everything(reason=WHY).filter(kind=AccountKind.CUSTOMER, verification=standing)
        newest = rows.exclude(partner=None).select_related("partner").order_by("-associated_at", "-id")[:most]
        made += [_submission(random, row, standing) for row in newest]
    VerificationSubmission.objects.bulk_create(made)
    partners = {one.submitter.pk: one.submitter for one in made}
    VerificationFolder.objects.bulk_create(
        VerificationFolder(
            partner_id=key, address=FOLDER.format(name=partner.account_name), since=clock.now(), set_by="the demo"
        )
        for key, partner in partners.items()
    )
    return len(made)


def _submission(random: Random, row: Account, standing: Verification) -> VerificationSubmission:
    assert row.partner is not None
    assert row.provider_id is not None
    is_person = row.customer_type == CustomerType.PERSON
    number = f"{random.choice('EGK')}{random.randrange(10**7, 10**8)}"
    at = clock.now() - DAY * random.randrange(1, 9)
    if standing is Verification.VERIFIED and row.verified_at is not None:
        at = row.verified_at - DAY
    state = STATES[standing]
    is_decided = state is not State.IN_REVIEW
    return VerificationSubmission(
        provider_id=row.provider_id,
        payer_id=row.payer_id,
        partner_id=row.partner_id,
        customer=row,
        attempt=1,
        customer_type=CustomerType.PERSON if is_person else CustomerType.ENTERPRISE,
        document=Document.PASSPORT if is_person else Document.BUSINESS_LICENCE,
        name=row.called,
        number=seal(number),
        number_masked=masked_number(number),
        number_digest="",
        region=row.region,
        files=json.dumps([f"{row.account_name}/front.jpg", f"{row.account_name}/back.jpg"]),
        state=state,
        opinion=random.choice(OPINIONS) if state is State.REJECTED else "",
        submitted_at=at,
        submitted_by="the demo",
        submitter=row.partner,
        decided_at=at + DAY / 2 if is_decided else None,
        decided_by="admin" if is_decided else "",
    )
