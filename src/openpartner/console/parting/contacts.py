"""Whom one's customers turn to: up to five people, published to them alone (huawei:B20)."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.audiences import is_partner
from openpartner.console.form_page import done
from openpartner.console.menu import Group, Menu
from openpartner.console.page import FORM, page
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.contacts import TEXT_MAX, Contact, contacts_of, publish_contacts, published
from openpartner.core.customers.models import CONTACTS_MAX

TELEPHONE_MAX = 40
SHOWN = 2
"""So many places are shown at least; one is empty as long as there is another."""


class ContactForm(forms.Form):
    """One person; all empty is nobody."""

    use_required_attribute = False
    name = forms.CharField(label=__("Name"), max_length=TEXT_MAX, required=False)
    subject = forms.CharField(label=__("For what"), max_length=TEXT_MAX, required=False)
    email = forms.CharField(label=__("E-mail"), max_length=254, required=False)
    telephone = forms.CharField(label=__("Telephone"), max_length=TELEPHONE_MAX, required=False)

    def contact(self) -> Contact | None:
        """What was filled in; None for nobody."""
        data = self.cleaned_data
        one = Contact(name=data["name"], subject=data["subject"], email=data["email"], telephone=data["telephone"])
        return one if any((one.name, one.subject, one.email, one.telephone)) else None


@page(
    "contacts/",
    Permission.MEMBER_MANAGE,
    menu=Menu(Group.ORGANIZATION, __("Published contacts"), "message"),
    methods=FORM,
    is_for=is_partner,
)
def published_contacts(request: HttpRequest, caller: Caller) -> HttpResponse:
    """See and change whom the customers of the partner turn to."""
    own = published(caller.account)
    given = request.POST if request.method == "POST" else None
    entries = [
        ContactForm(given, prefix=f"contact{place}", initial=_initial(own, place))
        for place in range(1, CONTACTS_MAX + 1)
    ]
    if given is not None and all(one.is_valid() for one in entries):
        filled = [(one, contact) for one in entries if (contact := one.contact()) is not None]
        try:
            publish_contacts(caller, contacts=[contact for _form, contact in filled])
            return done(request, _("Your customers see these contacts from now on."), reverse("published_contacts"))
        except Invalid as error:
            place = int(error.field.removeprefix("contacts") or 1)
            filled[place - 1][0].add_error(None, _("This contact %(why)s.") % {"why": _(error.why)})
    is_wrong = any(one.errors for one in entries)
    shown = entries if is_wrong else entries[: max(SHOWN, len(own) + 1)]
    values = {
        "caller": caller,
        "entries": shown,
        "has_more": len(shown) < CONTACTS_MAX,
        "fallback": contacts_of(caller.account) if not own else [],
    }
    return render(request, "console/parting/contacts.html", values, status=422 if is_wrong else 200)


def _initial(own: list[Contact], place: int) -> dict[str, str]:
    if place > len(own):
        return {}
    one = own[place - 1]
    return {"name": one.name, "subject": one.subject, "email": one.email, "telephone": one.telephone}
