"""Moving authorizations from state to state, and what follows a move; for the commands and hooks, which record."""

from __future__ import annotations

from django.conf import settings

from openpartner.core.access.models import Delegation, User
from openpartner.core.access.notices import tell
from openpartner.core.access.roles import joined
from openpartner.core.accounts.models import Account
from openpartner.core.base.errors import Conflict
from openpartner.core.mail.outbox import post
from openpartner.core.mail.templates import Template
from openpartner.core.on_behalf.models import BY_MAX, Authorization
from openpartner.core.on_behalf.vocabulary import TRANSITIONS, EndCause, State, permissions_for
from openpartner.kit import clock

OWN_PAGE = "/my-partner/authorizations/"
PARTNERS_PAGE = "/authorizations/"
WHY = "the customer is locked"


def move(row: Authorization, state: State, *, by: str, cause: EndCause | None = None, reason: str = "") -> None:
    """Put a row, whose customer is locked, into another state. Conflict for a move that there is not.

    Leaving GRANTED ends the delegation, and with it every session, token and key made from it.
    """
    before = State(row.state)
    if state not in TRANSITIONS[before]:
        raise Conflict(f"this authorization is {before.label.lower()} already")
    moment = clock.now()
    row.state, row.due_at, row.reason, row.cause = state, None, reason, cause or ""
    if before is State.REQUESTED and state is not State.ENDED:
        row.decided_at, row.decided_by = moment, by[:BY_MAX]
    else:
        row.ended_at, row.ended_by = moment, by[:BY_MAX]
    if before is State.GRANTED:
        _end_delegation(row)
    row.save()


def delegate(row: Authorization) -> None:
    """Give the partner what the row is for. The row is saved by `move`, after it."""
    row.delegation = Delegation.objects.create(
        giver_id=row.customer_id,
        holder_id=row.partner_id,
        permissions=joined(permissions_for(row.allowed)),
        since=clock.now(),
    )


def narrow(row: Authorization) -> None:
    """Let the delegation of a row follow its works, which have become fewer."""
    row.save(update_fields=["works"])
    if row.delegation is not None:
        row.delegation.permissions = joined(permissions_for(row.allowed))
        row.delegation.save(update_fields=["permissions"])


def open_rows(customer: Account) -> list[Authorization]:
    """The request and the authorization of a customer that may still move."""
    rows = Authorization.objects.everything(reason=WHY).filter(
        customer=customer, state__in=(State.REQUESTED, State.GRANTED)
    )
    return list(rows.select_related("customer", "partner", "delegation").order_by("pk"))


def tell_customer(row: Authorization, *, days: int) -> None:
    """Mail the customer's administrators that its partner asks for something."""
    tell(
        row.customer,
        Template.AUTHORIZATION_REQUESTED,
        path=OWN_PAGE,
        account=row.customer.called,
        uin=row.customer.uin,
        partner=row.partner.called,
        days=days,
    )


def tell_partner(row: Authorization, template: Template, **values: object) -> None:
    """Mail whoever of the partner asked, if it is still there, what became of it."""
    users = User.objects.everything(reason="whoever asked").filter(account=row.partner_id, is_active=True)
    user = users.filter(pk=row.requested_user or 0).first()
    if user is None:
        return
    told = {
        "account": row.customer.called,
        "uin": row.customer.uin,
        "link": f"{settings.OPENPARTNER.url}{PARTNERS_PAGE}",
        **values,
    }
    post(template, told, to=user.email, language=user.language, account=row.partner_id, user=user.pk)


def _end_delegation(row: Authorization) -> None:
    assert row.delegation is not None, "granted without a delegation"
    row.delegation.until = max(clock.now(), row.delegation.since)
    row.delegation.save(update_fields=["until"])
