"""The demo's invitations and applications, of customers and of resellers, in every state.

They are of these days, unlike all else in the demo: an invitation lives thirty days, so those of a fixed day would be
over. Rows are written as commands would, but no mail is posted: nobody in the demo has an address.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from random import Random

from openpartner.core.access.models import User
from openpartner.core.access.roles import Preset
from openpartner.core.access.users import add_user
from openpartner.core.accounts.models import Account
from openpartner.core.base.kinds import AccountKind, CustomerType, Verification
from openpartner.core.onboarding.inviting import VALID_FOR
from openpartner.core.onboarding.models import Application, Invitation, InvitationEvent
from openpartner.core.onboarding.tokens import hash_of, new_token, sealed
from openpartner.core.onboarding.vocabulary import ApplicationState, Happening, InvitationState
from openpartner.demo import names, plan
from openpartner.demo.countries import MARKETS, Market
from openpartner.kit import clock

WHY = "the demo has just made it"
DAY = timedelta(days=1)
CUSTOMERS: dict[str, dict[str, int]] = {
    "meridian-channel": {"open": 4, "link": 1, "expired": 2, "revoked": 1, "reviewing": 4, "rejected": 2},
    "lotus-bridge": {"open": 3, "link": 1, "expired": 1, "revoked": 1, "reviewing": 3, "rejected": 1},
    "brightwater": {"open": 3, "link": 1, "expired": 1, "revoked": 1, "reviewing": 3, "rejected": 1},
    "harbourline": {"open": 2, "reviewing": 2, "rejected": 1},
}
RESELLERS: dict[str, dict[str, int]] = {
    "meridian-channel": {"open": 2, "expired": 1, "reviewing": 2, "rejected": 1},
    "harbourline": {"open": 1, "reviewing": 1},
}
TEXTS = ("", "It was good to meet you last week.", "As agreed on the telephone; ask me anything.")
REASONS = ("No company of this name is in the trade register.", "We already serve another part of your group.")
NUMBERS_FROM = 5_000_000
"""Uins of applicants stand beyond those of any demo's customers."""
SECONDS_A_DAY = 86_400


def build(seed: int) -> int:
    """Write the invitations, what happened to them and the applications; returns how many invitations there are."""
    random, numbers = Random(f"joining {seed}"), count(NUMBERS_FROM)
    made = 0
    for role, shapes in (
        (AccountKind.CUSTOMER, CUSTOMERS),
        (AccountKind.SECOND_LEVEL_RESELLER, RESELLERS),
    ):
        for account_name, shape in shapes.items():
            partner = Account.objects.everything(reason=WHY).get(account_name=account_name)
            maker = _Maker(random, seed, numbers, partner, role)
            for outcome, times in shape.items():
                for number in range(times):
                    maker.make(outcome, number)
                    made += 1
    return made


class _Maker:
    """Makes the invitations of one partner for one role."""

    def __init__(self, random: Random, seed: int, numbers: Iterator[int], partner: Account, role: AccountKind) -> None:
        self._random, self._seed, self._numbers, self._role = random, seed, numbers, role
        self._partner = partner
        self._names = names.Names(random)
        member = next(one for one in plan.PARTNERS if one.account_name == partner.account_name)
        self._markets = [MARKETS[region] for region in member.markets]
        people = User.objects.everything(reason=WHY).filter(account=partner).order_by("id")
        self._administrator = people.get(name=member.administrator)
        self._managers = [one for one in people if one.only_assigned]
        self._now = clock.now()

    def make(self, outcome: str, number: int) -> None:
        """One invitation and all that came of it."""
        market = self._random.choice(self._markets)
        name = self._names.company(market)
        address = f"{name.word}.{names.base36(next(self._numbers))}@example.com"
        created = self._now - self._since(outcome, number)
        token = new_token()  # not from the seed: whoever knows that would have the links
        state = {"expired": InvitationState.EXPIRED, "revoked": InvitationState.REVOKED}.get(outcome)
        row = Invitation(
            provider_id=self._partner.provider_id or 0,
            payer_id=self._partner.payer_id or 0,
            partner=self._partner,
            token_hash=hash_of(token),
            token_sealed=sealed(token),
            email="" if outcome == "link" else address,
            role=self._role,
            is_reusable=outcome == "link",
            text=TEXTS[number % len(TEXTS)],
            manager=self._manager(number),
            state=state or InvitationState.OPEN,
            created_at=created,
            created_by=self._administrator,
            creator=self._administrator.name,
            sent_at=None if outcome == "link" else created,
            expires_at=created + VALID_FOR,
        )
        row.save(force_insert=True)
        self._note(row, Happening.SENT, created, self._administrator.name)
        if outcome == "expired":
            self._note(row, Happening.EXPIRED, row.expires_at, "")
        elif outcome == "revoked":
            row.revoked_at, row.revoked_by = created + DAY, self._administrator.name
            row.save(update_fields=["revoked_at", "revoked_by"])
            self._note(row, Happening.REVOKED, row.revoked_at, self._administrator.name, "Sent to the wrong address.")
        elif outcome in {"reviewing", "rejected"}:
            self._apply(row, outcome, number, market, name, address)

    def _apply(
        self, row: Invitation, outcome: str, number: int, market: Market, name: names.Name, address: str
    ) -> None:
        registered = row.created_at + DAY
        applied = registered + timedelta(hours=2)
        account = self._account(number, market, name, address, registered)
        row.state, row.used_at, row.account = InvitationState.USED, applied, account
        row.save(update_fields=["state", "used_at", "account"])
        self._note(row, Happening.APPLIED, applied, f"{account.account_name}/{account.account_name}", account=account)
        application = Application(
            provider_id=row.provider_id,
            payer_id=row.payer_id,
            partner=self._partner,
            account=account,
            invitation=row,
            role=self._role,
            is_new=True,
            legal_name=account.legal_name,
            contact=self._names.person(market).legal,
            email=account.email,
            country_code=account.country_code,
            mobile=account.mobile,
            customer_type=account.customer_type,
            material_url="" if self._role is AccountKind.CUSTOMER else "https://www.example.com/partner-programme",
            manager=row.manager,
            applied_at=applied,
        )
        if outcome == "rejected":
            reason = REASONS[number % len(REASONS)]
            application.state, application.decided_at = ApplicationState.REJECTED, applied + DAY
            application.decided_by, application.reason = self._administrator.name, reason
            self._note(
                row, Happening.REJECTED, application.decided_at, self._administrator.name, reason, account=account
            )
        application.save(force_insert=True)

    def _account(self, number: int, market: Market, name: names.Name, address: str, registered: datetime) -> Account:
        """Whoever applies. The first reseller of each is verified, the next one's verification is in review."""
        is_reseller = self._role is not AccountKind.CUSTOMER
        is_company = is_reseller or number % 3 > 0
        states = (Verification.VERIFIED, Verification.IN_REVIEW)
        account = Account(
            uin=names.uin(self._seed, next(self._numbers)),
            account_id=f"{self._random.getrandbits(128):032x}",
            kind=AccountKind.CUSTOMER,
            site=self._partner.site,
            provider_id=self._partner.provider_id,
            account_name=address.partition("@")[0],
            legal_name=name.legal if is_company else self._names.person(market).legal,
            country_code=market.country_code,
            mobile=self._names.mobile(market),
            email=address,
            region=market.region,
            customer_type=CustomerType.ENTERPRISE if is_company else CustomerType.PERSON,
            verification=states[number % len(states)] if is_reseller else Verification.NONE,
            verified_at=registered + DAY if is_reseller and number % len(states) == 0 else None,
            registered_at=registered,
        )
        account.fold_names()
        account.save(force_insert=True)
        add_user(
            account=account,
            name=account.account_name,
            email=address,
            password=None,
            presets=[Preset.ADMINISTRATOR],
        )
        return account

    def _since(self, outcome: str, number: int) -> timedelta:
        """How long ago it was made."""
        spread = timedelta(seconds=self._random.randrange(SECONDS_A_DAY))
        match outcome:
            case "expired":
                return VALID_FOR + (number + 2) * 5 * DAY + spread
            case "rejected":
                return (8 + 3 * number) * DAY + spread
            case _:
                return (2 + 2 * number) * DAY + spread

    def _manager(self, number: int) -> User | None:
        if self._role is not AccountKind.CUSTOMER or not self._managers or number % 2:
            return None
        return self._managers[number % len(self._managers)]

    def _note(  # what happened is these facts
        self,
        row: Invitation,
        what: Happening,
        at: datetime,
        by: str,
        reason: str = "",
        *,
        account: Account | None = None,
    ) -> None:
        InvitationEvent.objects.create(
            provider_id=row.provider_id,
            payer_id=row.payer_id,
            partner_id=row.partner_id,
            invitation=row,
            at=at,
            what=what,
            reason=reason,
            by=by,
            account=account,
        )
