"""A crowd of customers with awkward names, for lists, searches and pages; inserted without commands, for speed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

from openpartner.core.accounts.models import Account, AssociationCount
from openpartner.core.accounts.placing import month_of, set_tenants
from openpartner.core.base.kinds import AccountKind, AssociationKind, Suspension
from tests.support.people import World

WORDS = [
    *("Green", "green tea", "GREEN", "Ｇreen", "Tea", "Straße", "STRASSE", "Café", "Cafe\u0301", "İstanbul", "Ωmega"),
    *("100%", "a_b", "back\\slash", "O'Neil", 'say "hi"', "ελλάς", "ΕΛΛΆΣ", "🍵", "x", "xy", "xyz", "2024"),
    *("上海", "晨光科技", "晨光", "科技有限公司", "東京クラウド", "株式会社", "ｸﾗｳﾄﾞ"),
    *("AND", "OR*", "NEAR(", "ltd", "Ltd.", "LTD"),
]
LABELS = ["", "", "", "Gold", "gold", "Gold,VIP", "100%", "重要", "重要客户", "a_b"]
BEGAN = datetime(2023, 1, 15, tzinfo=UTC)


def crowd(world: World, random: Random, count: int, *, months: int = 18) -> list[Account]:
    """Customers of dora, rita, sol and olga, with instants that repeat and months that are empty."""
    partners = {name: world[name].account for name in ("dora", "rita", "sol", "olga")}
    rows = []
    for number in range(count):
        partner = partners[random.choices(list(partners), [4, 3, 2, 1])[0]]
        words = [random.choice(WORDS) for _ in range(random.randint(0, 3))]
        row = Account(
            kind=AccountKind.CUSTOMER,
            account_name=f"{random.choice(WORDS)}-{number}{random.choice(['', '@Example.com'])}",
            legal_name=random.choice([" ", ""]).join(words),
            labels=random.choice(LABELS),
            mobile=random.choice(["", f"1380000{number % 50:04d}"]),
            email=random.choice(["", f"C{number}@Example.com"]),
            suspension=random.choice(list(Suspension)),
            registered_at=BEGAN,
        )
        row.fold_names()
        # A few instants for many rows: the key must break ties. Every third month has nobody.
        month = random.choice([month for month in range(months) if month % 3])
        since = BEGAN + timedelta(days=30 * month, hours=random.randint(0, 4))
        set_tenants(row, partner, kind=random.choice(list(AssociationKind)), since=since)
        rows.append(row)
    Account.objects.bulk_create(rows)
    counts = Counter(
        (row.provider_id, row.payer_id, row.partner_id, month_of(row.associated_at))
        for row in rows
        if row.associated_at
    )
    for (provider, payer, partner_id, month), customers in counts.items():
        counter, _ = AssociationCount.objects.everything(reason="test").get_or_create(
            partner_id=partner_id, month=month, defaults={"provider_id": provider, "payer_id": payer}
        )
        counter.customers += customers
        counter.save()
    return rows
