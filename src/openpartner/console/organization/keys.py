"""A person's own access keys: made, disabled, deleted, and how to use them."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.asked import posted
from openpartner.console.form_page import Ask, done, form_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import FORM, page
from openpartner.console.preferences import zone_of
from openpartner.console.snippets import for_key
from openpartner.core.access.keys import SLOTS, NewKey, create_key, delete_key, set_key_active
from openpartner.core.access.models import AccessKey, User
from openpartner.core.access.queries import keys_of
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import LimitReached, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.listings.declare import Words


@page("keys/", Permission.KEY_MANAGE_OWN, menu=Menu(Group.ORGANIZATION, __("API keys"), "key"))
def keys(request: HttpRequest, caller: Caller) -> HttpResponse:
    """One's own keys and a program that uses them."""
    return _keys_page(request, caller, None)


@page("keys/new/", Permission.KEY_MANAGE_OWN, methods=FORM, fresh=True)
def new_key(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Make a key and show its secret, this once."""
    form = forms.Form(posted(request))
    if form.is_valid():
        try:
            return _keys_page(request, caller, create_key(caller, user_id=caller.user or 0))
        except LimitReached:
            form.add_error(None, _("You have two keys already, as many as either vendor allows. Delete one first."))
    effects = [
        _("The key acts with all your rights, at Huawei Cloud's and at Tencent Cloud's API alike."),
        _("Its secret is shown once, on the next page. Nobody can look it up later."),
        _("You are told by mail."),
    ]
    ask = Ask(
        title=_("New access key"),
        effects=effects,
        submit=_("Make the key"),
        back=reverse("keys"),
        back_label=_("API keys"),
    )
    return form_page(request, caller, form, ask)


@page("keys/<str:access_key>/disable/", Permission.KEY_MANAGE_OWN, methods=FORM, fresh=True)
def disable_key(request: HttpRequest, caller: Caller, access_key: str) -> HttpResponse:
    """Stop a key from signing."""
    found = _own(caller, access_key)
    if request.method == "POST":
        set_key_active(caller, access_key=access_key, active=False)
        return done(request, _("The key was disabled."), reverse("keys"))
    effects = [_("The next request it signs is refused."), _("It can be enabled again.")]
    return _form(request, caller, found, _("Disable key"), effects)


@page("keys/<str:access_key>/enable/", Permission.KEY_MANAGE_OWN, methods=FORM, fresh=True)
def enable_key(request: HttpRequest, caller: Caller, access_key: str) -> HttpResponse:
    """Let a key sign again."""
    found = _own(caller, access_key)
    if request.method == "POST":
        set_key_active(caller, access_key=access_key, active=True)
        return done(request, _("The key was enabled."), reverse("keys"))
    return _form(request, caller, found, _("Enable key"), [_("The next request it signs is accepted.")])


@page("keys/<str:access_key>/delete/", Permission.KEY_MANAGE_OWN, methods=FORM, fresh=True)
def remove_key(request: HttpRequest, caller: Caller, access_key: str) -> HttpResponse:
    """Delete a key for good."""
    found = _own(caller, access_key)
    if request.method == "POST":
        delete_key(caller, access_key=access_key)
        return done(request, _("The key was deleted."), reverse("keys"))
    effects = [
        _("The next request it signs is refused, and its place is free for a new key."),
        _("This cannot be undone. To be careful, disable it first and see whether anything fails."),
    ]
    return _form(request, caller, found, _("Delete key"), effects, is_dangerous=True)


def _keys_page(request: HttpRequest, caller: Caller, made: NewKey | None) -> HttpResponse:
    person = request.user
    assert isinstance(person, User)
    found = keys_of(caller.scope, person.pk)
    values = {
        "caller": caller,
        "keys": found,
        "made": made,
        "can_add": len(found) < len(SLOTS),
        "zone": zone_of(request),
        "extras": {"snippets": for_key(caller, made)},
    }
    return render(request, "console/organization/keys.html", values)


def _own(caller: Caller, access_key: str) -> AccessKey:
    """One of the person's own keys; NotVisible for anybody else's, even of one's own account."""
    own = keys_of(caller.scope, caller.user or 0)
    found = next((key for key in own if key.access_key == access_key), None)
    if found is None:
        raise NotVisible("access key")
    return found


def _form(
    request: HttpRequest,
    caller: Caller,
    found: AccessKey,
    title: str,
    effects: Sequence[Words],
    *,
    is_dangerous: bool = False,
) -> HttpResponse:
    ask = Ask(
        title=title,
        lead=found.access_key,
        effects=effects,
        submit=title,
        back=reverse("keys"),
        back_label=_("API keys"),
        is_dangerous=is_dangerous,
    )
    return form_page(request, caller, forms.Form(), ask)
