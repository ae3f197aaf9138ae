"""The demo's accounts: partners under their parents, and customers in the order in which they were associated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from openpartner.core.base.kinds import (
    AccountingMode,
    AccountKind,
    AssociationKind,
    CustomerType,
    Suspension,
    Verification,
)
from openpartner.core.catalogue.industries import all_sections
from openpartner.core.loading.rows import AccountRow
from openpartner.demo import plan, words
from openpartner.demo.countries import MARKETS, Market
from openpartner.demo.names import Names, Weighted, base36, uin

DAY_SECONDS = 86_400
MASTER_EVERY = 90
"""One customer in so many is the master of an enterprise."""
MEMBERS = (2, 3, 4)
CUSTOMER_PLACE = 64
"""More than there are partners: a time and a partner are packed into one number to be sorted."""

EndedAssociation = tuple[int, int, int, int, int, datetime, datetime, str, str, str, str]
ENDED_COLUMNS = (
    "provider_id",
    "payer_id",
    "partner_id",
    "child_id",
    "kind",
    "since",
    "until",
    "bound_by",
    "ended_by",
    "labels",
    "remark",
)
Membership = tuple[int, int, int, datetime, None, str]
MEMBERSHIP_COLUMNS = ("master_id", "member_id", "mode", "since", "until", "display_name")


@dataclass(slots=True)
class Channel:
    """Draws a channel from a seed. `partners` first, then `customers` once; what they leave behind is collected."""

    seed: int
    customer_count: int
    first_id: int = 1
    ended: list[EndedAssociation] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    persona: AccountRow | None = None
    """The customer to sign in as, once `customers` has passed it."""
    _random: Random = field(init=False)
    _names: Names = field(init=False)
    _next: int = field(init=False)
    _rows: list[AccountRow] = field(init=False, default_factory=list)
    _masters: dict[int, list[int]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)
        self._names = Names(self._random)
        self._next = self.first_id

    def partners(self) -> list[AccountRow]:
        """The provider and the partners, each below its parent, in the order of the plan."""
        by_name: dict[str, AccountRow] = {}
        for rank, member in enumerate((plan.PROVIDER, *plan.PARTNERS)):
            market = MARKETS[member.markets[0]]
            number = self._next_id()
            since = plan.BEGINS + timedelta(days=8 * rank, hours=9)
            row = AccountRow(
                id=number,
                uin=uin(self.seed, number),
                account_id=self._account_id(),
                kind=member.kind.value,
                account_name=member.account_name,
                legal_name=member.legal_name,
                country_code=market.country_code,
                mobile=self._names.mobile(market),
                email=f"{member.administrator}@{member.account_name}.example",
                region=market.region,
                industry="kghy_1005",
                customer_type=CustomerType.ENTERPRISE.value,
                verification=Verification.VERIFIED.value,
                verified_at=since,
                registered_at=since - timedelta(days=3),
            )
            row.fold()
            if member.above is None:
                row.provider_id = row.id
            else:
                row.bind(by_name[member.above], since)
            by_name[member.account_name] = row
        self._rows = list(by_name.values())[1:]
        return list(by_name.values())

    def customers(self, managers: Mapping[int, list[int]]) -> Iterator[AccountRow]:
        """The customers, oldest association first. `managers` are users by the key of their partner."""
        markets = [[MARKETS[name] for name in member.markets] for member in plan.PARTNERS]
        persona_partner = next(i for i, m in enumerate(plan.PARTNERS) if m.persona == "second_level_reseller")
        for packed in self._times():
            second, place = divmod(packed, CUSTOMER_PLACE)
            partner = self._rows[place]
            # The first country is the likeliest, the last the least likely.
            choices = markets[place]
            market = choices[min(self._random.randrange(len(choices)), self._random.randrange(len(choices)))]
            row = self._customer(partner, market, datetime.fromtimestamp(second, UTC))
            if place == persona_partner and self.persona is None:
                self._become_persona(row)
            row.fold()
            staff = managers.get(partner.id)
            if staff and self._random.random() < 0.6:
                row.manager_id = self._random.choice(staff)
            yield row

    def _times(self) -> list[int]:
        """Every customer as its association's second and its partner's place, oldest first; later years see more."""
        ends = int(plan.ENDS.timestamp())
        packed = []
        for place, (partner, size) in enumerate(zip(self._rows, plan.sizes(self.customer_count), strict=True)):
            assert partner.associated_at is not None
            begins = int(partner.associated_at.timestamp()) + DAY_SECONDS
            packed += [
                (begins + int((ends - begins) * self._random.random() ** 0.6)) * CUSTOMER_PLACE + place
                for _ in range(size)
            ]
        packed.sort()
        return packed

    def _next_id(self) -> int:
        number, self._next = self._next, self._next + 1
        return number

    def _account_id(self) -> str:
        return f"{self._random.getrandbits(128):032x}"

    def _customer(self, partner: AccountRow, market: Market, since: datetime) -> AccountRow:
        chance = self._random.random
        is_person = chance() < 0.15
        name = self._names.person(market) if is_person else self._names.company(market)
        number = self._next_id()
        login = f"{name.word.replace('.', '_')}_{base36(number)}"
        row = AccountRow(
            id=number,
            uin=uin(self.seed, number),
            account_id=self._account_id(),
            kind=AccountKind.CUSTOMER.value,
            account_name=login,
            legal_name=name.legal,
            country_code=market.country_code,
            mobile=self._names.mobile(market),
            email=f"{name.word}@mail.example" if is_person else f"it@{login.replace('_', '-')}.example",
            region=market.region,
            industry="" if is_person else INDUSTRIES[int(chance() ** 2 * len(INDUSTRIES))],
            customer_type=CustomerType.PERSON.value if is_person else CustomerType.ENTERPRISE.value,
            registered_at=since - timedelta(seconds=int(chance() ** 3 * 200 * DAY_SECONDS)),
        )
        row.bind(partner, since, AssociationKind.REFERRAL if chance() < 0.06 else AssociationKind.RESALE)
        self._decorate(row, since)
        if chance() < 0.03:
            self._give_history(row, since)
        if not is_person:
            self._join_enterprise(row, partner, since)
        return row

    def _decorate(self, row: AccountRow, since: datetime) -> None:
        """What partners and vendors know of a customer beyond its name."""
        chance = self._random.random
        fate = chance()
        if fate < 0.72:
            verified = since + timedelta(seconds=int(chance() * 20 * DAY_SECONDS))
            if verified < plan.ENDS:
                row.verification, row.verified_at = Verification.VERIFIED.value, verified
            else:
                row.verification = Verification.IN_REVIEW.value
        elif fate < 0.80:
            row.verification = (Verification.IN_REVIEW if fate < 0.77 else Verification.REJECTED).value
        if chance() < 0.3:
            first, second = LABELS.draw(self._random), LABELS.draw(self._random)
            row.labels = first if first == second or chance() < 0.7 else ",".join(sorted((first, second)))
        if chance() < 0.2:
            row.remark = self._random.choice(words.REMARKS)
        if chance() < 0.05:
            row.external_id, row.external_platform = f"CRM-{row.id:07d}", "crm"
        if chance() < 0.1:
            row.customer_level = self._random.choice(("V1", "V2", "V3"))
        if chance() < 0.02:
            row.bills_visible = False
        if chance() < 0.015:
            row.suspension = (Suspension.ACCOUNT if chance() < 0.6 else Suspension.ACCOUNT_AND_RESOURCES).value
            row.suspended_at = since + (plan.ENDS - since) * chance()
            row.suspended_at = row.suspended_at.replace(microsecond=0)

    def _give_history(self, row: AccountRow, since: datetime) -> None:
        """An earlier partner, if one was there long enough before."""
        former = self._random.choice(self._rows)
        begun = since - timedelta(days=self._random.randrange(120, 700), hours=self._random.randrange(24))
        ended = since - timedelta(days=self._random.randrange(1, 30))
        assert former.associated_at is not None
        if former.id == row.partner_id or begun <= former.associated_at:
            return
        row.registered_at = begun - timedelta(days=2)
        assert former.provider_id is not None
        assert former.payer_id is not None
        self.ended.append(
            (former.provider_id, former.payer_id, former.id, row.id, AssociationKind.RESALE.value, begun, ended,
             "demo", "demo", "", "moved to another partner")
        )  # fmt: skip  # in the order of the columns

    def _join_enterprise(self, row: AccountRow, partner: AccountRow, since: datetime) -> None:
        """Now and then a customer is a master, and the next ones of its partner are its members."""
        master = self._masters.get(partner.id)
        if master is None:
            if self._random.randrange(MASTER_EVERY) == 0:
                self._masters[partner.id] = [row.id, self._random.choice(MEMBERS)]
            return
        mode = AccountingMode.UNIFIED if self._random.random() < 0.7 else AccountingMode.INDEPENDENT
        self.memberships.append((master[0], row.id, mode.value, since, None, ""))
        master[1] -= 1
        if not master[1]:
            del self._masters[partner.id]

    def _become_persona(self, row: AccountRow) -> None:
        """The customer to sign in as has nothing unusual about it."""
        _, administrator, account_name, legal_name, region = plan.CUSTOMER_PERSONA
        market = MARKETS[region]
        row.account_name, row.legal_name = account_name, legal_name
        row.email = f"{administrator}@{account_name}.example"
        row.region, row.country_code, row.mobile = region, market.country_code, self._names.mobile(market)
        row.industry, row.customer_type = "kghy_0902", CustomerType.ENTERPRISE.value
        row.verification, row.verified_at = Verification.VERIFIED.value, row.associated_at
        row.suspension, row.suspended_at, row.bills_visible = Suspension.NONE.value, None, True
        self.persona = row


LABELS = Weighted(words.LABELS)
INDUSTRIES = tuple(
    division.id
    # Information and communication first, then trade and manufacturing: the draw favours the beginning.
    for letter in "JGCKMNHIPQLRSFABDEOTU"
    for section in all_sections()
    if section.isic == letter
    for division in section.divisions
)
