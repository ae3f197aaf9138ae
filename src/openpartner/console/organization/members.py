"""The members of an organization: invited, given roles, disabled (huawei:A5, huawei:B19)."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Button
from openpartner.console.asked import number_in, posted
from openpartner.console.form_page import Ask, done, form_page
from openpartner.console.languages import NAMES
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import FORM, page
from openpartner.console.preferences import reader_of
from openpartner.core.access.models import User
from openpartner.core.access.passwords import invite_again, invite_user
from openpartner.core.access.queries import MemberFilter, MemberState, custom_roles, keys_of, roles_of
from openpartner.core.access.queries import members as people
from openpartner.core.access.roles import ALONE, NEVER_TOGETHER, ROLES_MAX, Preset
from openpartner.core.access.users import change_roles, set_user_active
from openpartner.core.audit.queries import EventFilter, search_events
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotAllowed, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.kit.slices import Slice
from openpartner.listings.declare import Words
from openpartner.listings.members import MEMBERS
from openpartner.listings.organization_words import MEMBER_STATES, MEMBER_TONES, PRESET_NOTES, PRESETS
from openpartner.listings.shown import ShownRow

EVENTS = 8
NAME_MAX, EMAIL_MAX = 64, 254


class RolesForm(forms.Form):
    """One to three roles that may stand together."""

    roles = forms.MultipleChoiceField(label=__("Roles"), widget=forms.CheckboxSelectMultiple)

    def offer(self, caller: Caller) -> RolesForm:
        """Let choose from the presets and the account's own roles."""
        own = [(str(role.pk), role.name) for role in custom_roles(caller.scope)]
        presets = [
            (str(code), format_html("<span>{}<small>{}</small></span>", word, PRESET_NOTES[code]))
            for code, word in PRESETS.items()
        ]
        self.fields["roles"].choices = [*presets, *own]  # type: ignore[attr-defined]  # a choice field
        self.fields["roles"].error_messages["required"] = _("Choose at least one role.")
        return self

    def clean_roles(self) -> list[str]:
        """The rules of huawei:A5, told before the core refuses."""
        chosen: list[str] = self.cleaned_data["roles"]
        presets = set(_presets(chosen))
        if len(chosen) > ROLES_MAX:
            raise forms.ValidationError(_("A person has at most three roles."))
        if presets & ALONE and len(chosen) > 1:
            raise forms.ValidationError(_("An administrator may do everything already and has no second role."))
        if presets >= NEVER_TOGETHER:
            raise forms.ValidationError(_("Account manager and account director exclude each other."))
        return chosen


class InvitationForm(RolesForm):
    """Who is invited."""

    name = forms.CharField(
        label=__("Name"), max_length=NAME_MAX, help_text=__("Also the user name when a Huawei token is asked for.")
    )
    email = forms.EmailField(
        label=__("E-mail"), max_length=EMAIL_MAX, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    language = forms.ChoiceField(label=__("Language"), choices=list(NAMES.items()))
    field_order = ("name", "email", "language", "roles")


@page(
    "members/",
    Permission.MEMBER_MANAGE,
    menu=Menu(Group.ORGANIZATION, __("Members"), "people"),
    is_list=True,
)
def members(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The people of the account."""

    def buttons(row: ShownRow) -> list[Button]:
        return [Button(_("Change roles"), reverse("change_member_roles", args=[row.identity]), "roles")]

    extras = Extras(
        buttons=[Button(_("Invite"), reverse("invite_member"), "plus", is_primary=True)],
        row_buttons=buttons,
        lead=_("Everybody who can sign in for your organization, and what their roles let them do."),
    )
    return list_page(request, MEMBERS, caller, extras)


@page("members/invite/", Permission.MEMBER_MANAGE, methods=FORM, fresh=True)
def invite_member(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Invite somebody by mail."""
    form = InvitationForm(posted(request), initial={"language": caller.language})
    form.offer(caller)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        presets, custom = _presets(given["roles"]), _custom(given["roles"])
        try:
            invited = invite_user(
                caller,
                name=given["name"],
                email=given["email"],
                presets=presets,
                custom=custom,
                language=given["language"],
            )
            return done(request, _("The invitation was mailed."), reverse("member", args=[invited.pk]))
        except Invalid as error:
            form.add_error(error.field if error.field in form.fields else None, _("Somebody has this already."))
        except NotAllowed:
            form.add_error("roles", _not_yours())
    ask = Ask(
        title=_("Invite a member"),
        lead=_("They get a mail with a link, good for a week, to set a password of their own."),
        submit=_("Send the invitation"),
        back=reverse("members"),
        back_label=_("Members"),
    )
    return form_page(request, caller, form, ask)


@page("members/<str:user>/", Permission.MEMBER_MANAGE)
def member(request: HttpRequest, caller: Caller, user: str) -> HttpResponse:
    """One person: state, roles, keys and what they did lately."""
    found = _member(caller, user)
    presets, custom = roles_of(found)
    reader = request.user
    assert isinstance(reader, User)
    events = search_events(caller.scope, EventFilter(actor_user=found.pk), Slice(0, EVENTS)).items
    values = {
        "caller": caller,
        "member": found,
        "state": MEMBER_STATES[found.state],  # type: ignore[attr-defined]  # annotated by the query
        "tone": MEMBER_TONES[found.state],  # type: ignore[attr-defined]  # likewise
        "language": NAMES.get(found.language, ""),
        "presets": [(code, PRESETS[code], PRESET_NOTES[code]) for code in presets],
        "custom": custom,
        "keys": keys_of(caller.scope, found.pk),
        "events": events if Permission.AUDIT_READ in caller.permissions else [],
        "zone": reader_of(reader).zone,
        "is_self": found.pk == caller.user,
        "is_invited": found.state == MemberState.INVITED,  # type: ignore[attr-defined]  # likewise
    }
    return render(request, "console/organization/member.html", values)


@page("members/<str:user>/roles/", Permission.MEMBER_MANAGE, methods=FORM, fresh=True)
def change_member_roles(request: HttpRequest, caller: Caller, user: str) -> HttpResponse:
    """Give somebody other roles."""
    found = _member(caller, user)
    presets, custom = roles_of(found)
    held = [*map(str, presets), *(str(role.pk) for role in custom)]
    form = RolesForm(posted(request), initial={"roles": held}).offer(caller)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["roles"]
        try:
            change_roles(caller, user_id=found.pk, presets=_presets(chosen), custom=_custom(chosen))
            return done(request, _("The roles were changed."), reverse("member", args=[found.pk]))
        except Conflict:
            form.add_error("roles", _("Nobody takes the role of administrator from themselves. Ask another one."))
        except NotAllowed:
            form.add_error("roles", _not_yours())
    effects = [
        _("The new rights hold at once, on pages and for access keys."),
        _("Huawei tokens that were issued to this person end; new ones can be asked for."),
    ]
    return _form(request, caller, found, form, _("Change roles"), effects)


@page("members/<str:user>/disable/", Permission.MEMBER_MANAGE, methods=FORM)
def disable_member(request: HttpRequest, caller: Caller, user: str) -> HttpResponse:
    """Keep somebody from signing in, after what follows was shown."""
    effects = [
        _("Sessions, Huawei tokens and access keys of this person stop working at once."),
        _("Customers stay assigned to them until they are assigned to somebody else."),
        _("Nothing is deleted; they can be enabled again."),
    ]
    return _switch(request, caller, user, effects, is_active=False)


@page("members/<str:user>/enable/", Permission.MEMBER_MANAGE, methods=FORM)
def enable_member(request: HttpRequest, caller: Caller, user: str) -> HttpResponse:
    """Let somebody sign in again."""
    effects = [_("They can sign in with their password, and their access keys work again.")]
    return _switch(request, caller, user, effects, is_active=True)


@page("members/<str:user>/invite/", Permission.MEMBER_MANAGE, methods=FORM)
def invite_member_again(request: HttpRequest, caller: Caller, user: str) -> HttpResponse:
    """Mail another link to somebody who has not set a password."""
    found = _member(caller, user)
    form = forms.Form(posted(request))
    if request.method == "POST":
        try:
            invite_again(caller, user_id=found.pk)
            return done(request, _("A new link was mailed."), reverse("member", args=[found.pk]))
        except Conflict:
            form.is_valid()
            form.add_error(None, _("This person has a password already, or is disabled."))
    effects = [_("A mail with a new link goes to %(address)s; it is good for a week.") % {"address": found.email}]
    return _form(request, caller, found, form, _("Send a new link"), effects)


def _switch(
    request: HttpRequest, caller: Caller, user: str, effects: Sequence[Words], *, is_active: bool
) -> HttpResponse:
    found = _member(caller, user)
    form = forms.Form(posted(request))
    if request.method == "POST":
        try:
            set_user_active(caller, user_id=found.pk, active=is_active)
            message = _("The member was enabled.") if is_active else _("The member was disabled.")
            return done(request, message, reverse("member", args=[found.pk]))
        except Conflict:
            form.is_valid()
            form.add_error(None, _("Nobody disables themselves. Ask another administrator."))
        except NotAllowed:
            form.is_valid()
            form.add_error(None, _not_yours())
    title = _("Enable") if is_active else _("Disable")
    return _form(request, caller, found, form, title, effects, is_dangerous=not is_active)


def _form(
    request: HttpRequest,
    caller: Caller,
    found: User,
    form: forms.Form,
    title: str,
    effects: Sequence[Words],
    *,
    is_dangerous: bool = False,
) -> HttpResponse:
    ask = Ask(
        title=title,
        lead=f"{found.name} · {found.email}",
        effects=effects,
        submit=title,
        back=reverse("member", args=[found.pk]),
        back_label=found.name,
        is_dangerous=is_dangerous,
    )
    return form_page(request, caller, form, ask)


def _member(caller: Caller, user: str) -> User:
    found = people(caller.scope, MemberFilter()).filter(pk=number_in(user, "user")).first()
    if found is None:
        raise NotVisible("user")
    return found


def _presets(chosen: Sequence[str]) -> list[Preset]:
    return [Preset(code) for code in chosen if not code.isdecimal()]


def _custom(chosen: Sequence[str]) -> list[int]:
    return [int(key) for key in chosen if key.isdecimal()]


def _not_yours() -> str:
    return _("This is about rights that you do not have yourself. Ask an administrator.")
