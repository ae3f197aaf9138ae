"""What is done to several customers at once: the same page shows the preview, takes the rest, and tells each result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Bulk
from openpartner.console.codes import SEND, code_step, confirmed
from openpartner.console.customer_actions import ManagerForm
from openpartner.console.form_page import add_refusal
from openpartner.console.money_form import EDIT, Figure
from openpartner.console.once import nothing_done
from openpartner.console.page import action
from openpartner.console.suspension import LEVELS, SuspendForm, told_of
from openpartner.core.access.managers import manager_choices
from openpartner.core.accounts.models import LABEL_SEPARATOR
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.budgets.rights import may_set
from openpartner.core.customers.bulk import AT_ONCE_MAX, Outcome, RowResult, add_label, assign_managers, remove_label
from openpartner.core.customers.commands import LABELS_MAX
from openpartner.core.customers.matching import customers
from openpartner.core.customers.suspension import freeze, unfreeze
from openpartner.kit.ids import is_account_id
from openpartner.kit.masks import mask_name
from openpartner.listings.declare import Words

ADD, REMOVE = "add", "remove"
TRY = "try"
"""Sent by a form that is to be rehearsed first."""


class TagForm(forms.Form):
    """One tag, to be added or removed."""

    label = forms.CharField(label=__("Tag"), max_length=LABELS_MAX)
    how = forms.ChoiceField(
        label=__("What to do"),
        choices=[(ADD, __("Add it")), (REMOVE, __("Remove it"))],
        initial=ADD,
        widget=forms.RadioSelect,
    )

    def clean_label(self) -> str:
        """A tag without a comma, which would be two."""
        label = str(self.cleaned_data["label"])
        if LABEL_SEPARATOR in label:
            raise forms.ValidationError(_("A tag holds no comma."))
        return label


@dataclass(frozen=True, slots=True)
class Chosen:
    """A chosen customer, masked, and what became of it."""

    account_id: str
    name: str
    uin: int
    outcome: Words = ""
    tone: str = "calm"
    why: str = ""
    figures: Sequence[Figure] = ()
    """What is there now, and in a preview what will be."""


Figures = Mapping[str, Sequence[Figure]]
"""Amounts of customers, by account id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a form would do to each of the chosen: shown before it is done.

    `now` tells the amounts of the chosen; `then` rehearses it and tells them with what they would be, and each result.
    """

    now: Callable[[Sequence[str]], Figures]
    then: Callable[[Sequence[str]], tuple[list[RowResult], Figures]]


OUTCOMES: dict[Outcome, tuple[Words, str]] = {
    Outcome.DONE: (__("Done"), "good"),
    Outcome.UNCHANGED: (__("Was so already"), "calm"),
    Outcome.NOT_VISIBLE: (__("Not one of your own customers"), "bad"),
    Outcome.REFUSED: (__("Refused"), "bad"),
}


def bulk_for(caller: Caller) -> list[Bulk]:
    """What the caller may do with the chosen rows of a list of its customers."""
    known = [
        (Permission.CUSTOMER_ASSIGN, Bulk(__("Assign account manager"), reverse("assign_chosen"), "people")),
        (Permission.CUSTOMER_WRITE, Bulk(__("Tag"), reverse("tag_chosen"), "tag")),
        (Permission.CUSTOMER_WRITE, Bulk(__("View of bills"), reverse("set_views_of_chosen"), "eye")),
        (Permission.CREDIT_WRITE, Bulk(__("Set budget"), reverse("set_budget_of_chosen"), "credit")),
        (Permission.VOUCHER_WRITE, Bulk(__("Issue vouchers"), reverse("issue_to_chosen"), "tag")),
        (Permission.FREEZE, Bulk(__("Suspend"), reverse("suspend_chosen"), "lock")),
        (Permission.FREEZE, Bulk(__("Lift the suspension"), reverse("resume_chosen"), "check")),
    ]
    refused = set() if may_set(caller) else {reverse("set_budget_of_chosen")}
    return [one for permission, one in known if permission in caller.permissions and one.address not in refused]


@action("customers/assign-managers/", Permission.CUSTOMER_ASSIGN)
def assign_chosen(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Give the chosen customers one account manager, or none."""
    form = ManagerForm(request.POST if "confirm" in request.POST else None)
    form.choose_from(manager_choices(caller))

    def act(chosen: Sequence[str]) -> list[RowResult]:
        return assign_managers(caller, account_ids=chosen, manager=form.cleaned_data["manager"])

    return answer(request, caller, form, _("Assign account manager"), act)


@action("customers/tag/", Permission.CUSTOMER_WRITE)
def tag_chosen(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Add a tag to the chosen customers, or take it from them."""
    form = TagForm(request.POST if "confirm" in request.POST else None)

    def act(chosen: Sequence[str]) -> list[RowResult]:
        change = add_label if form.cleaned_data["how"] == ADD else remove_label
        return change(caller, account_ids=chosen, label=form.cleaned_data["label"])

    return answer(request, caller, form, _("Tag"), act)


@action("customers/suspend/", Permission.FREEZE)
def suspend_chosen(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Suspend the chosen customers."""
    form = SuspendForm(request.POST if "confirm" in request.POST else None).offer(LEVELS)

    def act(chosen: Sequence[str]) -> list[RowResult]:
        level, reason = form.cleaned_data["level"], form.cleaned_data["reason"]
        return told_of(freeze(caller, account_ids=chosen, level=level, reason=reason))

    return answer(request, caller, form, _("Suspend"), act, is_critical=True)


@action("customers/resume/", Permission.FREEZE)
def resume_chosen(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Let the chosen customers go on that are suspended at a level."""
    form = SuspendForm(request.POST if "confirm" in request.POST else None).offer(LEVELS)
    form.fields["level"].label = __("What was suspended")

    def act(chosen: Sequence[str]) -> list[RowResult]:
        level, reason = form.cleaned_data["level"], form.cleaned_data["reason"]
        return told_of(unfreeze(caller, account_ids=chosen, level=level, reason=reason))

    return answer(request, caller, form, _("Lift the suspension"), act, is_critical=True)


def answer(
    request: HttpRequest,
    caller: Caller,
    form: forms.Form,
    title: str,
    act: Callable[[Sequence[str]], list[RowResult]],
    *,
    is_critical: bool = False,
    trial: Trial | None = None,
) -> HttpResponse:
    """The form with whom it is about, with a trial what it would do to each, and then the result of each row.

    What is critical asks for a verification code where the caller's account does.
    """
    chosen = [one for one in dict.fromkeys(request.POST.getlist("row")) if is_account_id(one)]
    if not 1 <= len(chosen) <= AT_ONCE_MAX:
        raise Invalid("row", _("choose from one to a thousand customers in the list first"))
    results: list[RowResult] = []
    figures = trial.now(chosen) if trial is not None else {}
    code, is_done, is_tried = code_step(request, caller, title) if is_critical else None, False, False
    if EDIT in request.POST:
        form = type(form)(initial={name: request.POST.get(name, "") for name in form.fields})
    if form.is_bound and form.is_valid():
        try:
            if code is not None and SEND in request.POST:
                code.send()
            elif TRY not in request.POST:
                told = confirmed(code, lambda: act(chosen))
                results, is_done = told or [], told is not None
            if trial is not None and not is_done:
                results, figures = trial.then(chosen)
                is_tried = True
        except Invalid as error:
            add_refusal(form, error)
    if not is_done:
        nothing_done(request)
    values = {
        "caller": caller,
        "title": title,
        "form": form,
        "code": code if trial is None or is_tried else None,
        "chosen": _chosen(caller, chosen, {one.account_id: one for one in results}, {} if is_done else figures),
        "heads": [] if is_done else [one.label for one in next(iter(figures.values()), ())],
        "is_done": is_done,
        "is_tried": is_tried,
        "has_trial": trial is not None,
        "given": [(name, one) for name in form.fields for one in request.POST.getlist(name)] if is_tried else [],
        "changed": sum(1 for one in results if one.outcome is Outcome.DONE),
    }
    is_wrong = form.errors or (code is not None and code.is_wrong)
    return render(request, "console/bulk.html", values, status=422 if is_wrong else 200)


def _chosen(
    caller: Caller, account_ids: Sequence[str], results: dict[str, RowResult], figures: Figures
) -> list[Chosen]:
    rows = customers(caller.own()).filter(account_id__in=account_ids)
    known = {
        account_id: (name or account, uin)
        for account_id, name, account, uin in rows.values_list("account_id", "legal_name", "account_name", "uin")
    }
    told = []
    for one in account_ids:
        if one not in known:
            word, tone = OUTCOMES[Outcome.NOT_VISIBLE]
            told.append(Chosen(one, one, 0, word, tone))
            continue
        name, uin = known[one]
        result = results.get(one)
        word, tone = OUTCOMES[result.outcome] if result else ("", "calm")
        why = result.why if result else ""
        told.append(Chosen(one, mask_name(name), uin, word, tone, why, figures.get(one, ())))
    return told
