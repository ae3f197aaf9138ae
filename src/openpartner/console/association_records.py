"""The history of associations (huawei:B7): an administrator's page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.console.asked import number_in
from openpartner.console.audiences import is_no_customer, is_provider
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import LISTING, page
from openpartner.console.parting.progress import Fact, Progress, Step, lead_of, progress_page
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.associations import AssociationFilter, AssociationState
from openpartner.core.customers.queries import associations
from openpartner.core.parting.queries import arrival_of, outcome_of
from openpartner.core.partners.queries import viewed
from openpartner.listings.association_records import ASSOCIATION_RECORDS, STATES, TONES
from openpartner.listings.customers import closed_indirect
from openpartner.listings.declare import Words
from openpartner.listings.words import ASSOCIATIONS


def sees_association_records(caller: Caller) -> bool:
    """Whether the caller may open the page."""
    return is_no_customer(caller) and Permission.AUDIT_READ in caller.permissions


@page(
    "association-records/",
    Permission.AUDIT_READ,
    menu=Menu(Group.SALES, _("Association records"), "link"),
    methods=LISTING,
    is_for=is_no_customer,
    is_list=True,
)
def association_records(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Which customers were bound and released, when and by whom."""
    extras = Extras(
        lead=_lead(caller),
        empty=_("Every customer that is bound or released leaves a record here."),
    )
    return list_page(request, ASSOCIATION_RECORDS, caller, extras)


@page("association-records/<str:association>/", Permission.AUDIT_READ, is_for=is_no_customer)
def association_record(request: HttpRequest, caller: Caller, association: str) -> HttpResponse:
    """One association from its beginning to its end, with the request or the migration that ended it."""
    rows = associations(viewed(caller), AssociationFilter()).select_related("child", "partner")
    found = rows.filter(pk=number_in(association, "association")).first()
    if found is None:
        raise NotVisible("association")
    arrival, outcome = arrival_of(found), outcome_of(found)
    steps = [Step(_("Bound"), "good", found.since, found.bound_by)]
    if found.until is not None:
        ended = pgettext_lazy("association", "Ended")
        steps.append(Step(ended, "calm", found.until, found.ended_by, reason=found.remark))
    is_here = found.until is None
    facts = [
        Fact(
            _("Customer"),
            lead_of(found.child),
            address=reverse("customer", args=[found.child.account_id]) if is_here else "",
        ),
        Fact(_("Partner"), lead_of(found.partner)),
        Fact(_("Association type"), ASSOCIATIONS.get(found.kind, "")),
    ]
    own, sees = found.partner_id == caller.account, Permission.ASSOCIATION_END in caller.permissions
    if sees and arrival is not None and (own or is_provider(caller)):
        facts.append(Fact(_("Began by"), _("Migration"), address=reverse("migration", args=[arrival.pk])))
    if sees and outcome.request is not None:
        told = Fact(_("Ended by"), _("Request"), address=reverse("unbind_request", args=[outcome.request.pk]))
        facts.append(told)
    elif sees and outcome.departure is not None:
        address = ""
        if own:
            address = reverse("departure", args=[outcome.departure.pk])
        elif is_provider(caller):
            address = reverse("migration", args=[outcome.departure.migration_id])
        facts.append(Fact(_("Ended by"), _("Migration"), address=address))
    state = AssociationState.CURRENT if is_here else AssociationState.ENDED
    progress = Progress(
        title=_("Association record"),
        status=(STATES[state], TONES[state]),
        back=(reverse("association_records"), _("Association records")),
        facts=facts,
        steps=steps,
    )
    return progress_page(request, caller, progress)


def _lead(caller: Caller) -> Words:
    closed = closed_indirect(caller) if caller.kind is AccountKind.DISTRIBUTOR else ""
    return closed or _("Every customer that was bound or released, also those that have left since.")
