"""What a link opens: the invitation, or the page that says why it opens nothing."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openpartner.console.identity.sessions import door_of
from openpartner.console.joining.closed import closed, too_many
from openpartner.core.access.models import User
from openpartner.core.base.errors import LimitReached
from openpartner.core.base.kinds import AccountKind, AssociationKind
from openpartner.core.onboarding.applying import open_invitation
from openpartner.core.onboarding.models import Invitation
from openpartner.core.onboarding.proving import count_opening
from openpartner.core.onboarding.queries import is_waiting
from openpartner.core.onboarding.vocabulary import Opening


@never_cache
@require_http_methods(["GET", "HEAD"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites, to what, and the two ways on. Opening uses nothing up: programs open links in mails, too."""
    found = opened(request, token)
    if isinstance(found, HttpResponse):
        return found
    user = request.user if isinstance(request.user, User) else None
    apply_address = reverse("join-apply", args=[token])
    values = {
        "partner": name_of(found),
        "heading": heading_of(found),
        "offer": _offer(found),
        "said": found.text,
        "material_url": found.material_url,
        "material_label": _("Open the material"),
        "effects": _effects(found),
        "expires_at": found.expires_at,
        "is_standing": found.is_reusable,
        "signed_in": user is not None,
        "account": user.account.account_name if user else "",
        "takes_existing": not needs_new_account(found),
        "apply_address": apply_address,
        "register_address": reverse("join-register", args=[token]),
        "sign_in_address": f"{reverse('sign-in')}?{urlencode({'next': apply_address})}",
    }
    return render(request, "console/joining/opened.html", values)


def opened(request: HttpRequest, token: str) -> Invitation | HttpResponse:
    """The invitation that a link opens, with its partner; otherwise the page that says why not."""
    account = request.user.account_id if isinstance(request.user, User) else None
    found = open_invitation(token, account=account)
    if found.state is Opening.OPEN and found.invitation is not None:
        if account is not None and found.invitation.account_id == account and is_waiting(account):
            return redirect("own_application")  # it is used, by this very account
        return found.invitation
    if found.state is Opening.UNKNOWN:
        try:
            count_opening(door_of(request))
        except LimitReached:
            return too_many(request)
    return closed(request, found.state)


def name_of(found: Invitation) -> str:
    """What the partner that invites is called."""
    return found.partner.called


def heading_of(found: Invitation) -> str:
    """What an invitation is to."""
    if found.role == AccountKind.SECOND_LEVEL_RESELLER:
        return _("Become a reseller")
    return _("Become a customer")


def needs_new_account(found: Invitation) -> bool:
    """Whether only an account counts that is registered for it: of resellers and of their customers (tencent:A.2)."""
    partner = AccountKind(found.partner.kind)
    return AccountKind.SECOND_LEVEL_RESELLER in {AccountKind(found.role), partner}


def _offer(found: Invitation) -> str:
    name = {"partner": name_of(found)}
    if found.role == AccountKind.SECOND_LEVEL_RESELLER:
        return _("%(partner)s invites you to sell cloud services as its reseller, to customers of your own.") % name
    return _("%(partner)s invites you to buy cloud services through it.") % name


def _effects(found: Invitation) -> list[str]:
    name = {"partner": name_of(found)}
    first = (
        _("You register a new account, and apply. Nothing holds until %(partner)s has accepted.")
        if needs_new_account(found)
        else _("You register or sign in, and apply. Nothing holds until %(partner)s has accepted.")
    )
    told = [first % name]
    if found.role == AccountKind.SECOND_LEVEL_RESELLER:
        told.append(_("Your company's real name is verified before it can be accepted."))
    elif found.kind == AssociationKind.REFERRAL:
        told.append(
            _("Afterwards %(partner)s sees your account's name and contact and helps you; you pay the provider.") % name
        )
    else:
        told.append(_("Afterwards %(partner)s bills you, sees your account's name and contact, and helps you.") % name)
    if found.role == AccountKind.CUSTOMER:
        told.append(_("What your account owed before stays between you and the provider."))
    return told
