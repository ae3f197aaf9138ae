"""Suspending a customer and letting it go on (huawei:B6, tencent:B.2).

What it stops is spelt out before, and it can be undone for some minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.form_page import Ask, done
from openpartner.console.money_form import Preview, Steps, money_form
from openpartner.console.page import FORM, action, page
from openpartner.core.access.critical import demands_codes
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, NotVisible
from openpartner.core.base.kinds import AccountKind, AssociationKind, Suspension
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.bulk import Outcome, RowResult
from openpartner.core.customers.effects import CHARGED, RETAINED, Act, Means, allowed
from openpartner.core.customers.models import REASON_MAX, SuspensionRecord
from openpartner.core.customers.queries import get_customer
from openpartner.core.customers.rights import may_freeze
from openpartner.core.customers.suspension import Fault, Result, freeze, is_in_arrears, suspensions, unfreeze
from openpartner.core.partners.queries import viewed
from openpartner.kit import clock
from openpartner.kit.masks import mask_name
from openpartner.listings.declare import Words
from openpartner.listings.words import SUSPENSIONS

UNDO_WITHIN = timedelta(minutes=10)
LEVELS = (Suspension.ACCOUNT, Suspension.ACCOUNT_AND_RESOURCES)
CHOICES = {
    Suspension.ACCOUNT: __("The account: nothing new is bought or changed"),
    Suspension.ACCOUNT_AND_RESOURCES: __("The account and its resources: pay-as-you-go stops"),
}
ACTS: dict[Act, Words] = {
    Act.BUY: __("buying"),
    Act.RENEW: __("renewing"),
    Act.CHANGE: __("changing a specification"),
    Act.SWITCH: __("switching the way of paying"),
    Act.OPERATE: __("operating resources"),
    Act.DELETE: __("deleting resources"),
    Act.UNSUBSCRIBE: __("unsubscribing"),
    Act.USE: __("using what runs already"),
}
"""What a page tells of; looking at things and renaming them stays possible at every level."""
FAULTS: dict[Fault, Words] = {
    Fault.NOT_VISIBLE: __("Not one of your own customers"),
    Fault.NOT_RESALE: __("Only customers of the resale association can be suspended."),
    Fault.HIGHER: __("It is suspended with its resources already; lift that first."),
    Fault.OTHER_LEVEL: __("It is not suspended at this level."),
}


class ReasonForm(forms.Form):
    """Why; the customer's records keep it."""

    reason = forms.CharField(label=__("Reason"), max_length=REASON_MAX, widget=forms.Textarea(attrs={"rows": 3}))


class SuspendForm(ReasonForm):
    """At which level, and why."""

    field_order = ("level", "reason")
    level = forms.TypedChoiceField(
        label=__("What to suspend"), coerce=lambda one: Suspension(int(one)), widget=forms.RadioSelect
    )

    def offer(self, levels: Sequence[Suspension]) -> SuspendForm:
        """Only these levels; the lowest is chosen beforehand."""
        self.fields["level"].choices = [(one.value, CHOICES[one]) for one in levels]  # type: ignore[attr-defined]  # a choice field
        self.fields["level"].initial = levels[0].value if levels else None
        return self


@page("customers/<str:account_id>/suspend/", Permission.FREEZE, methods=FORM)
def suspend_customer(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Stop a customer, after seeing what that means for it."""
    customer, reseller = _found(caller, account_id)
    levels = [one for one in LEVELS if one > customer.suspension and may_freeze(caller, one)]
    if not levels:
        raise Conflict(_("the customer is suspended already, or may not be suspended by you"))
    form = SuspendForm(request.POST or None).offer(levels)

    def preview() -> Preview:
        level = form.cleaned_data["level"]
        warnings = [_("The customer is in arrears: its resources follow the rule of arrears already.")]
        return Preview(
            facts=[(_("What to suspend"), CHOICES[level]), (_("Reason"), form.cleaned_data["reason"])],
            effects=effects_of(level),
            warnings=warnings if is_in_arrears(customer) else [],
        )

    def act(_key: str) -> HttpResponse:
        level, reason = form.cleaned_data["level"], form.cleaned_data["reason"]
        _one(freeze(caller, account_ids=[account_id], level=level, reason=reason, reseller=reseller))
        return done(request, _("The customer was suspended."), reverse("customer", args=[account_id]))

    return money_form(request, caller, form, _ask(customer, _("Suspend"), is_dangerous=True), _steps(preview, act))


@page("customers/<str:account_id>/resume/", Permission.FREEZE, methods=FORM)
def resume_customer(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Let a suspended customer go on."""
    customer, reseller = _found(caller, account_id)
    level = Suspension(customer.suspension)
    if level is Suspension.NONE or not may_freeze(caller, level):
        raise Conflict(_("the customer is not suspended, or not by you"))
    form = ReasonForm(request.POST or None)

    def preview() -> Preview:
        warnings = [_("The customer is in arrears: services go on only when credit is available again.")]
        return Preview(
            facts=[(_("Now"), SUSPENSIONS[level]), (_("Reason"), form.cleaned_data["reason"])],
            effects=[_("The customer buys, renews and changes again."), _("What it buys is charged to you again.")],
            warnings=warnings if is_in_arrears(customer) else [],
        )

    def act(_key: str) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        _one(unfreeze(caller, account_ids=[account_id], level=level, reason=reason, reseller=reseller))
        return done(request, _("The customer goes on."), reverse("customer", args=[account_id]))

    return money_form(request, caller, form, _ask(customer, _("Lift the suspension")), _steps(preview, act))


@action("customers/<str:account_id>/suspension/undo/", Permission.FREEZE)
def undo_suspension(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Take back what was just done: within ten minutes, and only the last change."""
    customer, reseller = _found(caller, account_id)
    last = undoable(caller, customer)
    if last is None:
        raise Conflict(_("there is nothing to undo any more"))
    level, only = Suspension(last.level), [account_id]
    if last.until is None:
        _one(unfreeze(caller, account_ids=only, level=level, reason=_("Undone"), reseller=reseller))
    else:
        _one(freeze(caller, account_ids=only, level=level, reason=last.reason or _("Undone"), reseller=reseller))
    return done(request, _("It was undone."), reverse("customer", args=[account_id]))


def can_suspend(caller: Caller, customer: Account) -> bool:
    """Whether the page of a customer offers to suspend it, or to let it go on."""
    if Permission.FREEZE not in caller.permissions or not caller.kind.is_partner:
        return False
    is_ours = customer.partner_id == caller.account or caller.kind is AccountKind.DISTRIBUTOR
    return is_ours and customer.association_kind == AssociationKind.RESALE and may_freeze(caller, Suspension.ACCOUNT)


def undoable(caller: Caller, customer: Account) -> SuspensionRecord | None:
    """The suspension that was begun or lifted last, while that can be taken back and by whoever did it."""
    if Permission.FREEZE not in caller.permissions or not caller.kind.is_partner:
        return None
    if demands_codes(caller.account):  # a click is not enough then: the forms ask for a code
        return None
    last = next(iter(suspensions(caller.scope, customer)), None)
    if last is None:
        return None
    moment, by = (last.since, last.begun_by) if last.until is None else (last.until, last.ended_by)
    if by != caller.user_name or clock.now() - moment > UNDO_WITHIN or not may_freeze(caller, Suspension(last.level)):
        return None
    return last


def effects_of(level: Suspension) -> list[Words]:
    """What a level stops and what it leaves, a sentence each."""
    told: list[Words] = []
    for means, stopped, left in (
        (Means.PREPAID, _("Yearly/monthly, refused: %(acts)s."), _("Yearly/monthly, still possible: %(acts)s.")),
        (Means.POSTPAID, _("Pay-as-you-go, refused: %(acts)s."), _("Pay-as-you-go, still possible: %(acts)s.")),
    ):
        possible = allowed(level, means)
        refused = [str(word) for act, word in ACTS.items() if act not in possible]
        kept = [str(word) for act, word in ACTS.items() if act in possible]
        told += [stopped % {"acts": ", ".join(refused)}] if refused else []
        told += [left % {"acts": ", ".join(kept)}] if kept else []
    told.append(_("Pay-as-you-go goes on costing.") if CHARGED[level] else _("Pay-as-you-go costs nothing meanwhile."))
    if RETAINED[level]:
        told.append(
            _("Resources wait for the end of the retention period; after it they are released with their data.")
        )
    return told


def told_of(results: Sequence[Result]) -> list[RowResult]:
    """Results as the page of several customers shows them."""
    return [
        RowResult(
            one.account_id,
            _outcome(one),
            str(FAULTS[one.fault]) if one.fault not in {None, Fault.NOT_VISIBLE} else "",  # type: ignore[index]  # not None
        )
        for one in results
    ]


def _outcome(one: Result) -> Outcome:
    if one.fault is Fault.NOT_VISIBLE:
        return Outcome.NOT_VISIBLE
    if one.fault is not None:
        return Outcome.REFUSED
    return Outcome.DONE if one.is_changed else Outcome.UNCHANGED


def _found(caller: Caller, account_id: str) -> tuple[Account, str | None]:
    """A customer of the caller, or of a distributor's reseller with that reseller's account id; or NotVisible."""
    customer = get_customer(viewed(caller), account_id=account_id)
    if not caller.kind.is_partner or customer.association_kind != AssociationKind.RESALE:
        raise NotVisible("customer")
    if customer.partner_id == caller.account:
        return customer, None
    if caller.kind is not AccountKind.DISTRIBUTOR or customer.partner is None:
        raise NotVisible("customer")
    return customer, customer.partner.account_id


def _one(results: Sequence[Result]) -> None:
    """Conflict when the one customer was not changed."""
    (result,) = results
    if result.fault is not None:
        raise Conflict(str(FAULTS[result.fault]))


def _ask(customer: Account, title: str, *, is_dangerous: bool = False) -> Ask:
    return Ask(
        title=title,
        lead=f"{mask_name(customer.called)} · {customer.uin}",
        submit=title,
        back=reverse("customer", args=[customer.account_id]),
        back_label=_("Customer"),
        is_dangerous=is_dangerous,
    )


def _steps(preview: Callable[[], Preview], act: Callable[[str], HttpResponse]) -> Steps:
    return Steps(preview=preview, act=act, fields={"reason": "reason"})
