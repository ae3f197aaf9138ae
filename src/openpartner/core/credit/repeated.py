"""Customers' credit beside the ledger, one row for each with an index over each number: what lists are ordered by.

A trigger keeps it in the transaction that moves the credit, whichever way that is done. A customer's row is its present
partner's; when it leaves the row goes, and when it comes back the ledger still knows.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction

from openpartner.core.accounts.models import Account
from openpartner.core.base.bulk import Aside
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.triggers import Trigger
from openpartner.core.credit.models import CustomerCredit
from openpartner.core.ledger.models import Use

WHY = "repeated from the ledger for every tenant"
_COLUMNS = "customer_id, provider_id, payer_id, partner_id, available, total"
_USES = f"({Use.AVAILABLE.value}, {Use.USED.value})"


def _sums(condition: str) -> str:
    """What customers that are bound have of their partner's credit, by the ledger."""
    return (
        f"SELECT a.id, a.provider_id, a.payer_id, a.partner_id,"  # noqa: S608  # names and numbers of ours
        f" CAST(sum(CASE WHEN k.use = {Use.AVAILABLE.value} THEN k.credits - k.debits ELSE 0 END) AS bigint),"
        " CAST(sum(k.credits - k.debits) AS bigint)"
        " FROM account a JOIN ledger_account k ON k.holder_id = a.id AND k.giver_id = a.partner_id"
        f" WHERE a.kind = {AccountKind.CUSTOMER.value} AND a.payer_id IS NOT NULL"
        f" AND k.use IN {_USES} AND k.subject = 0 AND k.moved_at IS NOT NULL AND {condition}"
        " GROUP BY a.id, a.provider_id, a.payer_id, a.partner_id"
    )


_OF_NEW = "a.id = NEW.holder_id AND a.partner_id = NEW.giver_id"
_KEEP = (
    f"INSERT INTO customer_credit ({_COLUMNS}) {_sums(_OF_NEW)}"
    " ON CONFLICT (customer_id) DO UPDATE SET available = excluded.available, total = excluded.total;"
)
_WHEN = f"NEW.use IN {_USES} AND NEW.subject = 0"


def rebuild() -> None:
    """Repeat the whole ledger, as after a time without the trigger."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM customer_credit")
        cursor.execute(f"INSERT INTO customer_credit ({_COLUMNS}) {_sums('1 = 1')}")


TRIGGERS = [
    Trigger(
        "customer_credit_kept",
        "ledger_account",
        "CREATE TRIGGER customer_credit_kept AFTER UPDATE OF credits, debits ON ledger_account"
        f" WHEN {_WHEN} BEGIN {_KEEP} END",
        "CREATE OR REPLACE FUNCTION keep_customer_credit() RETURNS trigger LANGUAGE plpgsql AS $body$"
        f" BEGIN {_KEEP} RETURN NULL; END $body$;"
        " CREATE OR REPLACE TRIGGER customer_credit_kept AFTER UPDATE OF credits, debits ON ledger_account"
        f" FOR EACH ROW WHEN ({_WHEN}) EXECUTE FUNCTION keep_customer_credit()",
        rebuild,
    )
]


def forget(child: Account, _by: str) -> None:
    """Drop what is repeated of a locked customer that leaves its partner."""
    CustomerCredit.objects.everything(reason=WHY).filter(customer=child).delete()


def repeat(child: Account) -> None:
    """Repeat what a customer has, that has just been bound, of a partner it had before."""
    if child.kind == AccountKind.CUSTOMER:
        forget(child, "")
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO customer_credit ({_COLUMNS}) {_sums('a.id = %s')}", [child.pk])


def faults() -> Iterator[str]:
    """Where what is repeated differs from the ledger, a sentence each."""
    with connection.cursor() as cursor:
        cursor.execute(_sums("1 = 1"))
        summed = {row[0]: tuple(row[1:]) for row in cursor.fetchall()}
    rows = CustomerCredit.objects.everything(reason=WHY)
    kept = {row[0]: tuple(row[1:]) for row in rows.values_list(*_COLUMNS.split(", "))}
    for key in sorted(summed.keys() | kept.keys()):
        if summed.get(key) != kept.get(key):
            yield f"the credit repeated for customer {key} is not what the ledger says"


def verify() -> list[str]:
    """The same for `openpartner verify`."""
    return list(faults())


ASIDE = Aside("customers' credit", before=lambda: None, after=lambda: None, verify=verify)
"""Large loads bring accounts and no credit: nothing has to be put aside."""
