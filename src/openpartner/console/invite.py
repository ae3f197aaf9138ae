"""Inviting one: by a mail that is shown as it will arrive, or by an open link (tencent:A.2, huawei:B12)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.utils.translation import ngettext

from openpartner.console.asked import posted
from openpartner.console.audiences import is_distributor, is_partner
from openpartner.console.form_page import add_refusal, done
from openpartner.console.languages import NAMES
from openpartner.console.money_form import EDIT, rehearsed
from openpartner.console.once import nothing_done
from openpartner.console.page import FORM, page
from openpartner.core.access.managers import manager_choices
from openpartner.core.accounts.models import Flag
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.kinds import AccountKind, AssociationKind, Site
from openpartner.core.base.permissions import Permission
from openpartner.core.eligibility.causes import CAUSES, Barred
from openpartner.core.onboarding.inviting import VALID_FOR, NewInvitation, invite, preview_mail
from openpartner.core.onboarding.models import LINK_MAX, TEXT_MAX
from openpartner.core.partners.queries import has_flag
from openpartner.kit.addresses import ADDRESS_MAX, is_address, is_https_link
from openpartner.listings.declare import Words
from openpartner.listings.words import ASSOCIATIONS

TRY = "try"


@dataclass(frozen=True, slots=True)
class Side:
    """Whom pages of inviting are about, and where they lead."""

    role: AccountKind
    back: str
    back_label: Words
    one: str
    """The name of the page of one invitation."""


CUSTOMERS = Side(AccountKind.CUSTOMER, "invitations", __("Invitations"), "invitation")
RESELLERS = Side(
    AccountKind.SECOND_LEVEL_RESELLER, "reseller_invitations", __("Reseller invitations"), "reseller_invitation"
)


class InviteForm(forms.Form):
    """Whom to invite, to what, and with which words."""

    email = forms.CharField(
        label=__("E-mail"),
        max_length=ADDRESS_MAX,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    kind = forms.TypedChoiceField(label=__("Association type"), coerce=int, choices=[])
    language = forms.ChoiceField(label=__("Language of the mail"), choices=list(NAMES.items()))
    text = forms.CharField(
        label=__("Personal words"),
        max_length=TEXT_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=__("They stand in the mail as yours, and on the page that its link opens."),
    )
    material_url = forms.CharField(
        label=__("Application material"),
        max_length=LINK_MAX,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://", "autocomplete": "off"}),
        help_text=__("The https address of forms or terms that the reseller should read. It is shown as text first."),
    )
    manager = forms.TypedChoiceField(
        label=__("Account manager"),
        coerce=int,
        required=False,
        empty_value=None,
        choices=[],
        help_text=__("Who looks after the customer as soon as it is bound."),
    )

    is_reusable = forms.BooleanField(
        label=__("Many may join by it"),
        required=False,
        help_text=__("For a code on a poster or in a newsletter. Without it, the link is good once."),
    )

    def __init__(
        self, caller: Caller, side: Side, *args: Any, is_open: bool = False, **options: Any
    ) -> None:  # Django's own
        super().__init__(*args, **options)
        self.label_suffix = ""
        if is_open:
            del self.fields["email"]
        if side is RESELLERS or not is_open:
            del self.fields["is_reusable"]
        kinds = kinds_of(caller)
        self.default_kind = AssociationKind.RESALE if side is RESELLERS else kinds[0]
        if side is RESELLERS or len(kinds) == 1:
            del self.fields["kind"]
        else:
            self.fields["kind"].choices = [(int(kind), ASSOCIATIONS[kind]) for kind in kinds]  # type: ignore[attr-defined]  # a choice field
        if side is RESELLERS:
            del self.fields["manager"]
        else:
            del self.fields["material_url"]
            self.fields["manager"].choices = [("", _("Nobody yet")), *managers_of(caller)]  # type: ignore[attr-defined]  # likewise

    def clean_email(self) -> str:
        """An address that mail can be sent to."""
        address = str(self.cleaned_data["email"]).strip().casefold()
        if not is_address(address):
            raise forms.ValidationError(_("Mail cannot be sent to this address. Check how it is written."))
        return address

    def clean_text(self) -> str:
        """Words on one line, as the mail has them."""
        return " ".join(str(self.cleaned_data["text"]).split())

    def clean_material_url(self) -> str:
        """An https address, or nothing."""
        given = str(self.cleaned_data["material_url"])
        if given and not is_https_link(given):
            raise forms.ValidationError(_("Give a whole address that begins with https://."))
        return given


def kinds_of(caller: Caller) -> list[AssociationKind]:
    """The association types that the caller may invite to: its site's, and referral where granted (huawei:A2)."""
    referral = [AssociationKind.REFERRAL] if has_flag(caller, Flag.REFERRAL) else []
    own = AssociationKind.AGENCY if caller.site is Site.CN else AssociationKind.RESALE
    return [own, *referral]


def managers_of(caller: Caller) -> list[tuple[int, str]]:
    """Who may be named account manager by the caller: anybody, or oneself without the right to assign."""
    everybody = manager_choices(caller)
    if Permission.CUSTOMER_ASSIGN in caller.permissions:
        return everybody
    return [(key, name) for key, name in everybody if key == caller.user]


@page("invitations/new/", Permission.CUSTOMER_CREATE, methods=FORM, is_for=is_partner)
def invite_one(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Invite a customer by mail, after looking at the mail."""
    return _invite(request, caller, CUSTOMERS, is_open=False)


@page("invitations/new-link/", Permission.CUSTOMER_CREATE, methods=FORM, is_for=is_partner)
def invite_by_link(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Make a link, and a QR code of it, that whoever has it may use once."""
    return _invite(request, caller, CUSTOMERS, is_open=True)


@page("resellers/invitations/new/", Permission.PARTNER_WRITE, methods=FORM, is_for=is_distributor)
def invite_a_reseller(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Invite a second-level reseller by mail, after looking at the mail."""
    return _invite(request, caller, RESELLERS, is_open=False)


@page("resellers/invitations/new-link/", Permission.PARTNER_WRITE, methods=FORM, is_for=is_distributor)
def invite_a_reseller_by_link(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Make a link by which somebody may apply to become a second-level reseller."""
    return _invite(request, caller, RESELLERS, is_open=True)


def _invite(request: HttpRequest, caller: Caller, side: Side, *, is_open: bool) -> HttpResponse:
    """The form; with an address its preview, which is the mail; and then the invitation."""
    form = InviteForm(caller, side, posted(request), is_open=is_open, initial={"language": caller.language})
    mail: tuple[str, str] | None = None
    if EDIT in request.POST:
        form = InviteForm(caller, side, is_open=is_open, initial=request.POST.dict())
    elif form.is_bound and form.is_valid():
        new = new_of(form, side)
        try:
            if TRY not in request.POST:
                made, _token = invite(caller, **asdict(new))
                told = _("The link was made.") if is_open else _("The invitation was mailed.")
                return done(request, told, reverse(side.one, args=[made.pk]))
            rehearsed(lambda: invite(caller, **asdict(new)))
            mail = preview_mail(caller, role=side.role, text=new.text, language=new.language)
        except Invalid as error:
            add_refusal(form, error)
        except Barred as error:
            add_barred(form, error)
    nothing_done(request)
    values = {
        "caller": caller,
        "form": form,
        "side": side,
        "back": reverse(side.back),
        "title": _titles(side, is_open=is_open),
        "lead": _lead(side, is_open=is_open),
        "effects": effects_of(side, form, is_open=is_open),
        "is_open": is_open,
        "mail": mail,
        "given": [(name, one) for name in form.fields for one in request.POST.getlist(name)] if mail else [],
    }
    return render(request, "console/invite.html", values, status=422 if form.errors else 200)


def new_of(form: InviteForm, side: Side) -> NewInvitation:
    """The invitation that a right form asks for."""
    given = form.cleaned_data
    default = form.default_kind
    return NewInvitation(
        email=given.get("email", ""),
        role=side.role,
        kind=AssociationKind(given.get("kind", default)),
        material_url=given.get("material_url", ""),
        text=given["text"],
        manager=given.get("manager"),
        language=given["language"],
        is_reusable=given.get("is_reusable", False),
    )


def add_barred(form: forms.Form, error: Barred) -> None:
    """Say why nobody can be invited, beside the field it is about."""
    told = CAUSES[error.cause]
    form.add_error(told.field if told.field in form.fields else None, barred(error))


def barred(error: Barred) -> str:
    """The sentence of a cause, with how long to wait where waiting helps."""
    sentence = _(CAUSES[error.cause].sentence)
    if not error.retry_after_seconds:
        return sentence
    n = error.retry_after_seconds
    wait = ngettext("Try again in %(n)s second.", "Try again in %(n)s seconds.", n) % {"n": n}
    return f"{sentence} {wait}"


def effects_of(side: Side, form: forms.Form, *, is_open: bool) -> list[Words]:
    """What an invitation does and does not do."""
    found: list[Words] = [
        _("Whoever has the link registers or signs in and applies; you review the application before anything holds.")
    ]
    if is_open:
        found.append(_("Nothing is mailed. Anybody who gets the link can apply: give it to nobody you do not mean."))
    else:
        found.append(_("The link is for this address alone. It can be mailed again every three minutes, and revoked."))
    found.append(_("It is good for %(days)s days; its record is deleted after sixty.") % {"days": VALID_FOR.days})
    if side is RESELLERS:
        found.append(_("A reseller registers a new account and is verified as a company before you can pass it."))
    else:
        found.append(
            _("By resale, a customer's account is suspended when you pass it, unless you choose otherwise then.")
        )
        if "kind" in form.fields:
            found.append(_("By referral, the customer pays the provider itself, and nothing is suspended."))
    return found


def _titles(side: Side, *, is_open: bool) -> str:
    if side is RESELLERS:
        return _("Make a link for resellers") if is_open else _("Invite a reseller")
    return _("Make a link for customers") if is_open else _("Invite a customer")


def _lead(side: Side, *, is_open: bool) -> str:
    if is_open:
        return _("A link, and a QR code of it, to hand over yourself.")
    if side is RESELLERS:
        return _("A company that will sell to customers of its own, with credit and vouchers from you.")
    return _("They get a mail with a link. You see it before it goes.")
