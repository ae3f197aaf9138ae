"""Sales tasks: the list, one with its progress, giving them one by one or from a file (seed 002, huawei:B13)."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.asked import number_in
from openpartner.console.audiences import is_partner
from openpartner.console.form_page import Ask
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.opportunities import OpportunityForm
from openpartner.console.page import FORM, LISTING, page
from openpartner.console.sales_parts import (
    AmountBox,
    DayBox,
    Fact,
    TextForm,
    button,
    carry_out,
    currency_field,
    item_page,
    manager_field,
    may_write,
    takes_part,
)
from openpartner.console.small_files import SmallFileForm, small_file_page
from openpartner.console.voucher_parts import NAMED, ids_of
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.matching import customers
from openpartner.core.partners.queries import partners
from openpartner.core.sales.models import COMPANY_MAX, PERSON_MAX, TEXT_MAX, SalesTask
from openpartner.core.sales.queries import get_task, history
from openpartner.core.sales.task_files import COLUMNS, Outcome, import_tasks
from openpartner.core.sales.tasks import (
    WHOLE,
    NewTask,
    cancel_task,
    end_task,
    give_task,
    make_opportunity,
    report_progress,
    start_task,
)
from openpartner.core.sales.vocabulary import OPEN_TASKS, TaskKind, TaskState
from openpartner.kit.masks import mask_name
from openpartner.listings.sales_tasks import SALES_TASKS, gives_tasks
from openpartner.listings.sales_words import TASK_KINDS, TASK_STATES, TASK_TONES

ACHIEVED, MISSED = "achieved", "missed"


class TaskForm(forms.Form):
    """What is asked of which partner, about whom."""

    partner = forms.ChoiceField(label=__("Partner"))
    kind = forms.ChoiceField(label=__("Type"), choices=list(TASK_KINDS.items()), widget=forms.RadioSelect)
    title = forms.CharField(label=__("Task"), max_length=COMPANY_MAX)
    customer = forms.CharField(
        label=__("Customer"),
        max_length=40,
        required=False,
        help_text=__("The UIN or account ID of one of the partner's customers; or name a company below."),
    )
    company = forms.CharField(label=__("Company without an account"), max_length=COMPANY_MAX, required=False)
    contact = forms.CharField(label=__("Contact"), max_length=PERSON_MAX, required=False)
    email = forms.CharField(label=__("E-mail"), max_length=254, required=False)
    mobile = forms.CharField(label=__("Mobile"), max_length=32, required=False)
    amount = AmountBox(label=__("Amount"), required=False)
    resources = forms.CharField(
        label=__("What is to be renewed"), max_length=TEXT_MAX, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    ends_on = DayBox(label=__("Subscription ends on"), required=False)
    due_on = DayBox(label=__("Due on"), required=False)
    description = forms.CharField(
        label=__("Description"), max_length=TEXT_MAX, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, caller: Caller, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        found = partners(caller.scope).exclude(pk=caller.account).order_by("legal_name", "pk")
        self.fields["partner"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("", _("Choose …")),
            *((one.account_id, f"{one.called} · {one.uin}") for one in found),
        ]
        self.fields["currency"] = currency_field(caller)
        self.order_fields(
            ["partner", "kind", "title", "customer", "company", "contact", "email", "mobile", "amount", "currency"]
        )

    def new_task(self, caller: Caller) -> NewTask:
        """What a valid form asks for."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "partner"}
        named = [one for one in NAMED.split(given["customer"]) if one][:1]
        given["customer"] = next(iter(ids_of(customers(caller.scope), named).values()), "")
        given["kind"], given["amount"] = TaskKind(given["kind"]), given["amount"] or Decimal(0)
        return NewTask(**given)


class ProgressForm(TextForm):
    """How far a task has come."""

    percent = forms.IntegerField(label=__("Progress in percent"), min_value=0, max_value=WHOLE)
    field_order = ("percent", "text")


class EndForm(TextForm):
    """What came of a task."""

    end = forms.ChoiceField(
        label=__("How it ended"),
        choices=[(ACHIEVED, TASK_STATES[TaskState.ACHIEVED]), (MISSED, TASK_STATES[TaskState.MISSED])],
        widget=forms.RadioSelect,
    )
    field_order = ("end", "text")


class TaskFileForm(SmallFileForm):
    """A file of tasks."""

    apply = forms.BooleanField(
        label=__("Give the tasks"),
        required=False,
        help_text=__("Without this the file is checked and nothing is changed."),
    )


@page(
    "sales-tasks/",
    Permission.SALES_READ,
    menu=Menu(Group.SALES, __("Sales tasks"), "check"),
    methods=LISTING,
    is_for=takes_part,
    is_list=True,
)
def sales_tasks(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Sales-expansion and large-renewal tasks: those that were given to the caller and those that it gave."""
    may_give = gives_tasks(caller) and may_write(caller)
    given = [button("new_sales_task", _("Give a task"), "plus", is_primary=True)] if may_give else []
    filed = [button("sales_task_file", _("From a file"), "import")] if may_give else []
    extras = Extras(
        lead=_("What you ask partners to sell or to have renewed, and how far they are.")
        if not is_partner(caller)
        else _(
            "Customers to sell more to, and large subscriptions to have renewed. Process them and tell your progress."
        ),
        buttons=[*given, *filed],
        empty=_("Tasks appear here when they are given."),
    )
    return list_page(request, SALES_TASKS, caller, extras)


@page("sales-tasks/new/", Permission.SALES_WRITE, methods=FORM, is_for=gives_tasks)
def new_sales_task(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Give one task to one partner."""
    initial = {"kind": TaskKind.EXPANSION, "customer": request.GET.get("customer", "")[:40]}
    form = TaskForm(caller, request.POST or None, initial=initial)

    def act(given: dict[str, Any]) -> tuple[str, str]:
        made = give_task(caller, partner=given["partner"], new=form.new_task(caller))
        return _("The task was given."), _address(made)

    ask = Ask(
        title=_("Give a task"),
        effects=[
            _("The partner sees it at once, processes it and tells its progress."),
            _("Whoever looks after the customer at the partner gets the task; else everybody there sees it."),
        ],
        submit=_("Give the task"),
        back=reverse("sales_tasks"),
        back_label=_("Sales tasks"),
    )
    return carry_out(request, caller, form, ask, act)


@page("sales-tasks/file/", Permission.SALES_WRITE, methods=FORM, is_for=gives_tasks)
def sales_task_file(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Give the tasks of a file: checked first, all of them or none."""
    return small_file_page(
        request,
        caller,
        TaskFileForm,
        import_tasks,
        template="console/sales_task_file.html",
        columns=COLUMNS,
        then=_given,
    )


@page("sales-tasks/template/", Permission.SALES_WRITE, is_for=gives_tasks)
def sales_task_template(request: HttpRequest, caller: Caller) -> HttpResponse:
    """A file with the columns and no rows."""
    del request, caller
    text = io.StringIO()
    csv.writer(text).writerow(COLUMNS)
    return HttpResponse(
        "\ufeff".encode() + text.getvalue().encode(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="sales-tasks.csv"', "X-Content-Type-Options": "nosniff"},
    )


@page("sales-tasks/<str:task>/", Permission.SALES_READ, methods=LISTING, is_for=takes_part)
def sales_task(request: HttpRequest, caller: Caller, task: str) -> HttpResponse:
    """One task: whom it is about, what is asked, and its progress."""
    row = get_task(caller.scope, number_in(task, "task"))
    values = {
        "standing": (TASK_STATES[row.state], TASK_TONES[row.state]),
        "tags": [TASK_KINDS[row.kind]],
        "buttons": _buttons(caller, row) if may_write(caller) else [],
        "facts": _facts(caller, row),
        "can_open": Permission.SALES_READ in caller.permissions,
    }
    back = ("sales_tasks", _("Sales tasks"))
    return item_page(request, caller, row, "sales_task", title=row.title, back=back, steps=history(row), values=values)


@page("sales-tasks/<str:task>/start/", Permission.SALES_WRITE, methods=FORM, is_for=is_partner)
def start_sales_task(request: HttpRequest, caller: Caller, task: str) -> HttpResponse:
    """Begin to process a task."""
    row = _own(caller, task)
    form = TextForm(request.POST or None, initial={"manager": row.manager_id}).optional(_("Remark"))
    people = manager_field(caller)
    if people is not None:
        form.fields["manager"] = people
        form.order_fields(["manager", "text"])

    def act(given: dict[str, Any]) -> tuple[str, str]:
        start_task(caller, task=row.pk, text=given["text"], manager=given.get("manager"))
        return _("The task is being processed."), _address(row)

    effects = [_("Whoever gave the task sees that you work on it.")]
    return carry_out(request, caller, form, _ask(row, _("Process the task"), effects), act)


@page("sales-tasks/<str:task>/progress/", Permission.SALES_WRITE, methods=FORM, is_for=is_partner)
def progress_sales_task(request: HttpRequest, caller: Caller, task: str) -> HttpResponse:
    """Tell how far a task has come."""
    row = _own(caller, task)
    form = ProgressForm(request.POST or None, initial={"percent": row.percent})

    def act(given: dict[str, Any]) -> tuple[str, str]:
        report_progress(caller, task=row.pk, percent=given["percent"], text=given["text"])
        return _("The progress was noted."), _address(row)

    effects = [_("Whoever gave the task reads it.")]
    return carry_out(request, caller, form, _ask(row, _("Note progress"), effects, submit=_("Save")), act)


@page("sales-tasks/<str:task>/end/", Permission.SALES_WRITE, methods=FORM, is_for=is_partner)
def end_sales_task(request: HttpRequest, caller: Caller, task: str) -> HttpResponse:
    """End a task, and say what came of it."""
    row = _own(caller, task)
    form = EndForm(request.POST or None)
    form.named(_("Outcome"))

    def act(given: dict[str, Any]) -> tuple[str, str]:
        try:
            end_task(caller, task=row.pk, is_achieved=given["end"] == ACHIEVED, outcome=given["text"])
        except Invalid as error:
            raise Invalid("text", error.why) from error
        return _("The task has ended."), _address(row)

    effects = [_("A task that has ended stays as it is.")]
    return carry_out(request, caller, form, _ask(row, _("End the task"), effects), act)


@page("sales-tasks/<str:task>/opportunity/", Permission.SALES_WRITE, methods=FORM, is_for=is_partner)
def task_opportunity(request: HttpRequest, caller: Caller, task: str) -> HttpResponse:
    """Add the opportunity that a task has led to."""
    row = _own(caller, task)
    initial = {"name": row.title, "amount": row.amount.amount.normalize(), "currency": row.currency}
    form = OpportunityForm(caller, request.POST or None, has_customer=row.customer is not None, initial=initial)

    def act(_given: dict[str, Any]) -> tuple[str, str]:
        account_id = row.customer.account_id if row.customer else form.named_customer(caller)
        made = make_opportunity(caller, task=row.pk, new=form.new_opportunity(customer=account_id))
        return _("The opportunity was added."), reverse("opportunity", args=[made.pk])

    effects = [_("When the provider gave the task, it sees the opportunity too.")]
    return carry_out(request, caller, form, _ask(row, _("Add an opportunity"), effects), act)


@page("sales-tasks/<str:task>/cancel/", Permission.SALES_WRITE, methods=FORM, is_for=gives_tasks)
def cancel_sales_task(request: HttpRequest, caller: Caller, task: str) -> HttpResponse:
    """Take back a task that one has given."""
    row = get_task(caller.scope, number_in(task, "task"))
    if row.giver_id != caller.account:
        raise NotVisible("task")

    def act(given: dict[str, Any]) -> tuple[str, str]:
        cancel_task(caller, task=row.pk, reason=given["text"])
        return _("The task was cancelled."), _address(row)

    effects = [_("The partner sees that it need not go on, and why.")]
    ask = _ask(row, _("Cancel the task"), effects, is_dangerous=True)
    return carry_out(request, caller, TextForm(request.POST or None).named(_("Reason")), ask, act)


def _given(outcome: Outcome) -> tuple[str, str]:
    message = _("%(new)s tasks were given; %(known)s were known already.")
    return message % {"new": outcome.new, "known": outcome.known}, reverse("sales_tasks")


def _own(caller: Caller, task: str) -> SalesTask:
    row = get_task(caller.scope, number_in(task, "task"))
    if row.partner_id != caller.account:
        raise NotVisible("task")
    return row


def _address(row: SalesTask) -> str:
    return reverse("sales_task", args=[row.pk])


def _ask(row: SalesTask, title: str, effects: list[str], *, submit: str = "", is_dangerous: bool = False) -> Ask:
    return Ask(
        title=title,
        lead=f"{row.title} · {mask_name(row.company)}",
        effects=effects,
        submit=submit or title,
        back=_address(row),
        back_label=_("Sales task"),
        is_dangerous=is_dangerous,
    )


def _buttons(caller: Caller, row: SalesTask) -> list[Any]:
    found = []
    if row.partner_id == caller.account and row.state == TaskState.WAITING:
        found.append(button("start_sales_task", _("Process the task"), "check", row.pk, is_primary=True))
    if row.partner_id == caller.account and row.state == TaskState.WORKING:
        found += [
            button("progress_sales_task", _("Note progress"), "plus", row.pk, is_primary=True),
            button("end_sales_task", _("End the task"), "check", row.pk),
        ]
        if row.opportunity_id is None:
            found.append(button("task_opportunity", _("Add an opportunity"), "costs", row.pk))
    if row.giver_id == caller.account and row.state in OPEN_TASKS and gives_tasks(caller):
        found.append(button("cancel_sales_task", _("Cancel the task"), "close", row.pk))
    return found


def _facts(caller: Caller, row: SalesTask) -> list[Fact]:
    partner = row.partner.called
    customer = reverse("customer", args=[row.customer.account_id]) if row.customer else ""
    led_to = reverse("opportunity", args=[row.opportunity_id]) if row.opportunity_id else ""
    found = [
        Fact(_("Account"), str(row.customer.uin), address=customer) if row.customer else None,
        Fact(_("Partner"), partner) if row.partner_id != caller.account else None,
        Fact(_("Given by"), row.giver.called),
        Fact(_("Number"), row.number) if row.number else None,
        Fact(_("Amount"), amount=row.amount),
        Fact(_("What is to be renewed"), row.resources) if row.resources else None,
        Fact(_("Subscription ends on"), f"{row.ends_on:%Y-%m-%d}") if row.ends_on else None,
        Fact(_("Due on"), f"{row.due_on:%Y-%m-%d}") if row.due_on else None,
        Fact(_("Progress"), f"{row.percent} %"),
        Fact(_("Account manager"), row.manager.name) if row.manager and is_partner(caller) else None,
        Fact(_("Description"), row.description) if row.description else None,
        Fact(_("Opportunity"), _("What it has led to"), address=led_to) if led_to else None,
        Fact(_("Created on"), at=row.created_at),
        Fact(_("Ended on"), at=row.ended_at) if row.ended_at else None,
        Fact(_("Outcome"), row.outcome) if row.outcome else None,
    ]
    return [one for one in found if one is not None]
