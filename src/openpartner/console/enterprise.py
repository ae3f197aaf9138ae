"""The enterprise of a customer: its organizations, its members, and its enterprise projects (huawei:A4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.asked import number_in, posted
from openpartner.console.audiences import is_customer
from openpartner.console.form_page import Ask, add_refusal, done, form_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import FORM, page
from openpartner.console.preferences import zone_of
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import ChannelError, Conflict, Invalid, LimitReached, NotVisible, TooSoon
from openpartner.core.base.kinds import AccountingMode
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.enterprise import add_member, remove_member
from openpartner.core.customers.organizations import (
    NAME_MAX,
    Node,
    NotMaster,
    authorize_enterprise_projects,
    enterprise_projects,
    get_organization,
    members,
    must_be_master,
    place_member,
    remove_organization,
    save_organization,
    tree,
)
from openpartner.core.onboarding.members import NewMember, create_member
from openpartner.listings.declare import Words

P = Permission.MEMBER_MANAGE
MODES: dict[int, Words] = {
    AccountingMode.UNIFIED: __("Unified accounting: the enterprise pays"),
    AccountingMode.INDEPENDENT: __("Independent accounting: the member pays itself"),
}
ACCOUNT_ID = {"autocomplete": "off", "spellcheck": "false"}


class NameForm(forms.Form):
    """What an organization is called."""

    name = forms.CharField(label=__("Name"), max_length=NAME_MAX, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class PlaceForm(forms.Form):
    """Where a member stands."""

    organization = forms.ChoiceField(label=__("Organization"), required=False)
    display_name = forms.CharField(
        label=__("Display name"),
        max_length=NAME_MAX,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, organizations: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["organization"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = organizations

    @property
    def number(self) -> int | None:
        """The number of the organization; None is the enterprise itself."""
        return int(self.cleaned_data["organization"]) if self.cleaned_data["organization"] else None


class OrganizationForm(PlaceForm):
    """A new organization and where it stands."""

    field_order = ("name", "organization")
    name = forms.CharField(label=__("Name"), max_length=NAME_MAX, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    display_name = None  # type: ignore[assignment]  # Django's way to leave an inherited field out


class MemberForm(PlaceForm):
    """A new account for a member."""

    field_order = ("account_name", "password", "organization", "display_name", "mode")
    account_name = forms.CharField(
        label=__("Account name"),
        max_length=32,
        help_text=__("The member signs in with it."),
        widget=forms.TextInput(attrs=ACCOUNT_ID),
    )
    password = forms.CharField(
        label=__("Password"),
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=__("Tell it the member in another way; it can be changed after the first sign-in."),
    )
    mode = forms.TypedChoiceField(
        label=__("How it is charged"),
        choices=list(MODES.items()),
        coerce=int,
        initial=AccountingMode.INDEPENDENT,
        widget=forms.RadioSelect,
    )


class JoinForm(forms.Form):
    """An account that is there already."""

    account_id = forms.CharField(
        label=__("Account ID"),
        max_length=64,
        help_text=__("Of a customer of the same partner, or of a member whose accounting changes."),
        widget=forms.TextInput(attrs=ACCOUNT_ID),
    )
    mode = forms.TypedChoiceField(
        label=__("How it is charged"),
        choices=list(MODES.items()),
        coerce=int,
        initial=AccountingMode.INDEPENDENT,
        widget=forms.RadioSelect,
    )


@page(
    "enterprise/",
    Permission.CUSTOMER_READ,
    menu=Menu(Group.ORGANIZATION, __("Enterprise"), "enterprise"),
    is_for=is_customer,
)
def enterprise(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The tree of organizations, the members, and what else belongs to an enterprise."""
    account = Account.objects.everything(reason="the caller's own row").get(pk=caller.account)
    why = ""
    try:
        must_be_master(account)
    except NotMaster as error:
        why = error.message
    values = {
        "caller": caller,
        "account": account,
        "why_not": _(why) if why else "",
        "nodes": list(_flat(tree(caller.scope))),
        "members": [(row, MODES[row.mode]) for row in members(caller.scope)],
        "projects": enterprise_projects(caller.scope),
        "can_manage": P in caller.permissions and not why,
        "can_consent": Permission.CONSENT in caller.permissions,
        "zone": zone_of(request),
    }
    return render(request, "console/enterprise.html", values)


@page("enterprise/organizations/new/", P, methods=FORM, is_for=is_customer)
def add_organization(request: HttpRequest, caller: Caller) -> HttpResponse:
    """A new organization."""
    form = OrganizationForm(posted(request), organizations=_choices(caller))
    ask = _ask(_("Add an organization"), _("Add"))

    def save() -> Words:
        save_organization(caller, name=form.cleaned_data["name"], parent=form.number)
        return _("The organization was added.")

    return _answer(request, caller, form, ask, save)


@page("enterprise/organizations/<str:unit>/rename/", P, methods=FORM, is_for=is_customer)
def rename_organization(request: HttpRequest, caller: Caller, unit: str) -> HttpResponse:
    """Another name for an organization."""
    row = get_organization(caller.scope, number_in(unit, "organization"))
    form = NameForm(posted(request), initial={"name": row.name})

    def save() -> Words:
        save_organization(caller, name=form.cleaned_data["name"], number=row.number)
        return _("The organization was renamed.")

    return _answer(request, caller, form, _ask(_("Rename the organization"), _("Save"), lead=row.name), save)


@page("enterprise/organizations/<str:unit>/remove/", P, methods=FORM, is_for=is_customer)
def drop_organization(request: HttpRequest, caller: Caller, unit: str) -> HttpResponse:
    """Remove an organization that is empty."""
    row = get_organization(caller.scope, number_in(unit, "organization"))
    form = forms.Form(posted(request))
    effects = [_("It can be removed when it has no members and no organizations of its own.")]

    def save() -> Words:
        remove_organization(caller, number=row.number)
        return _("The organization was removed.")

    ask = _ask(_("Remove the organization"), _("Remove"), lead=row.name, effects=effects, danger=True)
    return _answer(request, caller, form, ask, save)


@page("enterprise/members/new/", P, methods=FORM, is_for=is_customer)
def create_enterprise_member(request: HttpRequest, caller: Caller) -> HttpResponse:
    """A new account for a member."""
    form = MemberForm(posted(request), organizations=_choices(caller))
    effects = [
        _("A new account of the same legal person, bound to the same partner as yours."),
        _("It has your telephone number. Numbers of its own are proven by a code, through the API."),
    ]

    def save() -> Words:
        given = form.cleaned_data
        new = NewMember(
            account_name=given["account_name"],
            password=given["password"],
            organization=form.number or caller.uin,
            display_name=given["display_name"],
            mode=AccountingMode(given["mode"]),
        )
        create_member(caller, new)
        return _("The member was created.")

    return _answer(request, caller, form, _ask(_("Create a member"), _("Create"), effects=effects), save)


@page("enterprise/members/add/", P, methods=FORM, is_for=is_customer)
def add_enterprise_member(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Make an account a member, or change how a member is charged."""
    form = JoinForm(posted(request))
    effects = [
        _("You see the bills of your members."),
        _("With unified accounting your enterprise pays what the member uses from now on."),
    ]

    def save() -> Words:
        given = form.cleaned_data
        try:
            add_member(caller, account_id=given["account_id"], mode=AccountingMode(given["mode"]))
        except NotVisible as error:
            raise Invalid("account_id", "is no customer of your partner that can join") from error
        return _("The account is a member of your enterprise.")

    return _answer(request, caller, form, _ask(_("Add a member"), _("Add"), effects=effects), save)


@page("enterprise/members/<str:account_id>/", P, methods=FORM, is_for=is_customer)
def enterprise_member(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Where a member stands and what it is called."""
    row = next((one for one in members(caller.scope) if one.member.account_id == account_id), None)
    if row is None:
        raise NotVisible("member")
    above = str(row.organization.number) if row.organization is not None else ""
    initial = {"organization": above, "display_name": row.display_name}
    form = PlaceForm(posted(request), organizations=_choices(caller), initial=initial)

    def save() -> Words:
        name = form.cleaned_data["display_name"]
        place_member(caller, account_id=account_id, organization=form.number, display_name=name)
        return _("The member was changed.")

    return _answer(request, caller, form, _ask(_("Edit the member"), _("Save"), lead=row.member.account_name), save)


@page("enterprise/members/<str:account_id>/remove/", P, methods=FORM, is_for=is_customer)
def drop_enterprise_member(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """End a membership."""
    row = next((one for one in members(caller.scope) if one.member.account_id == account_id), None)
    if row is None:
        raise NotVisible("member")
    form = forms.Form(posted(request))
    effects = [_("The account stays, and pays for itself from now on."), _("You no longer see its new bills.")]

    def save() -> Words:
        remove_member(caller, account_id=account_id)
        return _("The account is no member any more.")

    ask = _ask(_("Remove the member"), _("Remove"), lead=row.member.account_name, effects=effects, danger=True)
    return _answer(request, caller, form, ask, save)


@page("enterprise/projects/", Permission.CONSENT, methods=FORM, is_for=is_customer)
def authorize_projects(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Authorize enterprise projects."""
    form = forms.Form(posted(request))
    effects = [
        _("Resources, costs and people can be grouped by enterprise projects."),
        _("Only enterprises whose verification has passed can do this. It cannot be taken back."),
    ]

    def save() -> Words:
        authorize_enterprise_projects(caller)
        return _("Enterprise projects are authorized.")

    return _answer(
        request, caller, form, _ask(_("Authorize enterprise projects"), _("Authorize"), effects=effects), save
    )


def _answer(
    request: HttpRequest, caller: Caller, form: forms.Form, ask: Ask, save: Callable[[], Words]
) -> HttpResponse:
    """The page of a form, or what became of it; refusals stand in the form."""
    if form.is_valid():
        try:
            told = save()
        except Invalid as error:
            add_refusal(form, error)
        except (Conflict, LimitReached, TooSoon) as error:
            form.add_error(_field_of(error, form), _(error.message))
        else:
            return done(request, told, reverse("enterprise"))
    return form_page(request, caller, form, ask)


def _field_of(error: ChannelError, form: forms.Form) -> str | None:
    """The field that a refusal is about, if the form has it."""
    told = getattr(error, "told", None)
    return told.field if told is not None and told.field in form.fields else None


def _ask(title: str, submit: str, *, lead: str = "", effects: list[str] | None = None, danger: bool = False) -> Ask:
    return Ask(
        title=title,
        lead=lead,
        effects=effects or (),
        submit=submit,
        back=reverse("enterprise"),
        back_label=_("Enterprise"),
        is_dangerous=danger,
    )


def _flat(nodes: list[Node], depth: int = 0) -> Iterator[tuple[Any, int]]:
    """Every organization with its depth, each before those below it."""
    for one in nodes:
        yield one.organization, depth
        yield from _flat(one.parts, depth + 1)


def _choices(caller: Caller) -> list[tuple[str, str]]:
    """The organizations to choose from; the first is the enterprise itself."""
    named = [(str(row.number), f"{'— ' * (depth + 1)}{row.name}") for row, depth in _flat(tree(caller.scope))]
    return [("", _("Directly under the enterprise")), *named]
