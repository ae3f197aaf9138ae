"""Who receives the mails about a partner's resale customers, and what new ones may see (huawei:B20).

By default a customer is mailed at its own address. A partner that takes over receives everything in its place, by one
template for all of its customers, which these cannot change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind, AssociationKind
from openpartner.core.base.permissions import Permission
from openpartner.core.base.recipients import clean_recipients
from openpartner.core.command import command
from openpartner.core.customers.bulk import Outcome, RowResult, locked_customers, told
from openpartner.core.customers.models import CustomerSettings, MessageKind
from openpartner.kit import clock

WHY = "what a partner decided counts for everybody who mails its customers"


@command(Action.CUSTOMER_MESSAGES_SET, permission=Permission.CUSTOMER_WRITE)
def set_messages(
    caller: Caller, *, takes_over: bool, emails: Sequence[str], kinds: Iterable[MessageKind]
) -> CustomerSettings:
    """Say who receives the messages about the resale customers of the calling partner, and return the settings.

    Invalid when it takes over and names nobody. A kind that is left out is mailed to nobody then.
    """
    row = _locked(caller)
    wanted = clean_recipients(emails)
    if takes_over and not wanted:
        raise Invalid("emails", "name nobody who receives the messages")
    chosen = sorted(set(kinds))
    row.takes_over, row.emails, row.kinds = takes_over, ",".join(wanted), ",".join(chosen)
    _save(caller, row)
    record(caller, Action.CUSTOMER_MESSAGES_SET, takes_over=takes_over, recipients=len(wanted), kinds=chosen)
    return row


@command(Action.BILL_VIEW_DEFAULT_SET, permission=Permission.CUSTOMER_WRITE)
def set_bill_view_default(caller: Caller, *, visible: bool) -> CustomerSettings:
    """Say whether resale customers that are bound to the calling partner from now on see their bills."""
    row = _locked(caller)
    row.shows_bills = visible
    _save(caller, row)
    record(caller, Action.BILL_VIEW_DEFAULT_SET, visible=visible)
    return row


@command(Action.CUSTOMERS_CHANGED, Action.BILL_VIEW_CHANGED, permission=Permission.CUSTOMER_WRITE)
def set_bill_views(caller: Caller, *, account_ids: Sequence[str], visible: bool) -> list[RowResult]:
    """Open or close the view of bills for direct resale customers; a result for each account id."""
    results, changed = {}, []
    for one, row in locked_customers(caller, account_ids).items():
        if row.association_kind != AssociationKind.RESALE:
            results[one] = RowResult(one, Outcome.REFUSED, "only customers of the resale association")
        elif row.bills_visible == visible:
            results[one] = RowResult(one, Outcome.UNCHANGED)
        else:
            row.bills_visible = visible
            changed.append(row)
            results[one] = RowResult(one, Outcome.DONE)
    rows = Account.objects.everything(reason="the customers are locked")
    rows.filter(pk__in=[row.pk for row in changed]).update(bills_visible=visible)
    for row in changed:
        record(caller, Action.BILL_VIEW_CHANGED, subject=row, visible=visible)
    return told(caller, account_ids, results, "bill view")


def settings_of(partner: int) -> CustomerSettings:
    """What a partner has decided; the defaults, not saved, where it has decided nothing."""
    found = CustomerSettings.objects.everything(reason=WHY).filter(partner=partner).first()
    return found or CustomerSettings(partner_id=partner, kinds=",".join(MessageKind))


def receivers(customer: Account, kind: MessageKind) -> list[str]:
    """The addresses that a message to a customer goes to, in its own place or as its partner has taken it over."""
    own = [one for one in (customer.email,) if one]
    if customer.partner_id is None or customer.association_kind != AssociationKind.RESALE:
        return own
    decided = settings_of(customer.partner_id)
    if not decided.takes_over:
        return own
    return [one for one in decided.emails.split(",") if one] if kind in decided.kinds.split(",") else []


def apply_bill_view(account: Account) -> None:
    """Let an account that has just been bound see its bills or not, as its partner has decided; for `BOUND`."""
    if account.kind != AccountKind.CUSTOMER or account.association_kind != AssociationKind.RESALE:
        return
    assert account.partner_id is not None
    if not settings_of(account.partner_id).shows_bills:
        account.bills_visible = False
        account.save(update_fields=["bills_visible"])


def _locked(caller: Caller) -> CustomerSettings:
    """The caller's row, one at a time."""
    if not caller.kind.is_partner:
        raise NotVisible("partner")
    lock_account(caller.account)
    return settings_of(caller.account)


def _save(caller: Caller, row: CustomerSettings) -> None:
    row.changed_at, row.changed_by = clock.now(), caller.user_name
    row.save()
