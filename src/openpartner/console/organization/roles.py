"""Roles: what the presets allow, and roles of the account's own (huawei:A5)."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Button
from openpartner.console.asked import number_in, posted
from openpartner.console.form_page import Ask, done, form_page
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.organization.permission_words import WORDS, grouped
from openpartner.console.page import FORM, page
from openpartner.core.access.models import Role, User
from openpartner.core.access.queries import MemberFilter, members
from openpartner.core.access.roles import BY_KIND, PERSONAL, PRESETS, Preset, granted
from openpartner.core.access.users import CUSTOM_ROLES_MAX, ROLE_NAME_MAX, define_role, delete_role, get_role
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotAllowed
from openpartner.core.base.permissions import Permission
from openpartner.listings.declare import Words
from openpartner.listings.organization_words import PRESET_NOTES
from openpartner.listings.organization_words import PRESETS as PRESET_WORDS
from openpartner.listings.roles import ROLES

HOLDERS = 50


class RoleForm(forms.Form):
    """A name and what the role allows. The tree of permissions is drawn by the template."""

    name = forms.CharField(
        label=__("Name"), max_length=ROLE_NAME_MAX, widget=forms.TextInput(attrs={"autofocus": True})
    )
    permissions = forms.TypedMultipleChoiceField(
        coerce=Permission, error_messages={"required": __("Tick at least one permission.")}
    )

    def offer(self, permissions: frozenset[Permission]) -> RoleForm:
        """Let choose from these permissions."""
        self.fields["permissions"].choices = [  # type: ignore[attr-defined]  # a choice field
            (str(one), WORDS[one]) for one in sorted(permissions)
        ]
        return self


@dataclass(frozen=True, slots=True)
class Shown:
    """A role as its page shows it."""

    key: str
    name: Words
    note: Words
    permissions: frozenset[Permission]
    is_own: bool


@page("roles/", Permission.MEMBER_MANAGE, menu=Menu(Group.ORGANIZATION, __("Roles"), "roles"))
def roles(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The presets and the account's own roles."""
    extras = Extras(
        buttons=[Button(_("New role"), reverse("new_role"), "plus", is_primary=True)],
        lead=_("A member has one to three roles. You can define up to %(n)d of your own.") % {"n": CUSTOM_ROLES_MAX},
    )
    return list_page(request, ROLES, caller, extras)


@page("roles/new/", Permission.MEMBER_MANAGE, methods=FORM, fresh=True)
def new_role(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Define a role of the account's own."""
    return _role_form(request, caller, None)


@page("roles/<str:role>/", Permission.MEMBER_MANAGE)
def role(request: HttpRequest, caller: Caller, role: str) -> HttpResponse:
    """What one role allows, and who holds it."""
    shown = _shown(caller, role)
    people = members(caller.scope, MemberFilter(role=shown.key)).order_by("name")
    total = people.count()
    values = {
        "caller": caller,
        "role": shown,
        "groups": grouped(BY_KIND[caller.kind], shown.permissions),
        "people": list[User](people[:HOLDERS]),
        "people_total": total,
        "people_further": max(0, total - HOLDERS),
    }
    return render(request, "console/organization/role.html", values)


@page("roles/<str:role>/edit/", Permission.MEMBER_MANAGE, methods=FORM, fresh=True)
def edit_role(request: HttpRequest, caller: Caller, role: str) -> HttpResponse:
    """Change a role of the account's own."""
    return _role_form(request, caller, get_role(caller.scope, number_in(role, "role")))


@page("roles/<str:role>/delete/", Permission.MEMBER_MANAGE, methods=FORM, fresh=True)
def remove_role(request: HttpRequest, caller: Caller, role: str) -> HttpResponse:
    """Delete a role of the account's own that nobody holds."""
    found = get_role(caller.scope, number_in(role, "role"))
    form = forms.Form(posted(request))
    if form.is_valid():
        try:
            delete_role(caller, role_id=found.pk)
            return done(request, _("The role was deleted."), reverse("roles"))
        except Conflict:
            form.add_error(None, _("Somebody holds this role. Give them another one first."))
        except NotAllowed:
            form.add_error(None, _("This role allows what you may not do yourself. Ask an administrator."))
    ask = Ask(
        title=_("Delete role"),
        lead=found.name,
        effects=[
            _("Only a role that nobody holds can be deleted."),
            _("This cannot be undone; define it anew instead."),
        ],
        submit=_("Delete role"),
        back=reverse("role", args=[found.pk]),
        back_label=found.name,
        is_dangerous=True,
    )
    return form_page(request, caller, form, ask)


def _role_form(request: HttpRequest, caller: Caller, found: Role | None) -> HttpResponse:
    offered = BY_KIND[caller.kind] & caller.permissions
    held = granted(found.permissions, caller.kind) if found else PERSONAL & offered
    form = RoleForm(posted(request), initial={"name": found.name if found else ""}).offer(offered)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = define_role(
                caller, name=given["name"], permissions=given["permissions"], role_id=found.pk if found else None
            )
            message = _("The role was changed.") if found else _("The role was defined. Give it to members now.")
            return done(request, message, reverse("role", args=[made.pk]))
        except Invalid as error:
            is_name = error.field == "name"
            form.add_error(error.field, _("This name is taken or has a comma.") if is_name else _(error.why))
        except Conflict:
            form.add_error(None, _("You have ten roles of your own already. Delete one first."))
        except NotAllowed:
            form.add_error(None, _("This role allows what you may not do yourself. Ask an administrator."))
    ticked = set(form.data.getlist("permissions")) if form.is_bound else {str(one) for one in held}  # type: ignore[attr-defined]  # a query dict
    values = {
        "caller": caller,
        "form": form,
        "role": found,
        "groups": grouped(offered, frozenset(one for one in Permission if str(one) in ticked)),
    }
    return render(request, "console/organization/role_form.html", values, status=422 if form.errors else 200)


def _shown(caller: Caller, key: str) -> Shown:
    if key in {*Preset}:
        preset = Preset(key)
        allowed = PRESETS[preset] & BY_KIND[caller.kind]
        return Shown(key, PRESET_WORDS[preset], PRESET_NOTES[preset], allowed, is_own=False)
    found = get_role(caller.scope, number_in(key, "role"))
    return Shown(str(found.pk), found.name, "", granted(found.permissions, caller.kind), is_own=True)
