"""The provider writes agreements, publishes them, and sees who has accepted them."""

from __future__ import annotations

from datetime import UTC, datetime

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Button
from openpartner.console.agreements.papers import Paper
from openpartner.console.asked import number_in, posted
from openpartner.console.audiences import is_provider
from openpartner.console.detail_page import detail_page
from openpartner.console.form_page import Ask, add_refusal, done, form_page
from openpartner.console.languages import NAMES
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import FORM, page
from openpartner.core.agreements.models import NOTE_MAX, TEXT_MAX, TITLE_MAX, AgreementVersion
from openpartner.core.agreements.publishing import Words, discard_draft, get_version, publish, save_draft
from openpartner.core.agreements.queries import draft_of, latest, texts_of
from openpartner.core.agreements.samples import sample
from openpartner.core.agreements.vocabulary import Agreement
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.kit import clock
from openpartner.kit.wording import LANGUAGES
from openpartner.listings.agreement_words import AGREEMENTS, VERSION_STATES, VERSION_TONES, WHAT_FOR
from openpartner.listings.agreements import ACCEPTANCES, VERSIONS

P = Permission.AGREEMENT_PUBLISH


class ChoiceForm(forms.Form):
    """Which agreement the next version is of."""

    agreement = forms.ChoiceField(
        label=__("Agreement"),
        choices=[(one.value, AGREEMENTS[one]) for one in Agreement],
        widget=forms.RadioSelect,
        initial=Agreement.CUSTOMER_AGREEMENT,
    )


class VersionForm(forms.Form):
    """A version in every language."""

    note = forms.CharField(
        label=__("What is new"),
        required=False,
        max_length=NOTE_MAX,
        help_text=__("One sentence for those who are asked to read it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_binding = forms.BooleanField(
        label=__("Ask those who accepted an earlier version to accept this one"), required=False, initial=True
    )

    def __init__(self, data: object, *, words: dict[str, Words], is_first: bool, **options: object) -> None:
        super().__init__(data, **options)  # type: ignore[arg-type]  # what was posted, and Django's own options
        if is_first:
            del self.fields["is_binding"]
        for language in LANGUAGES:
            given = words.get(language, Words("", ""))
            self.fields[f"title_{language}"] = forms.CharField(
                label=_("Title in %(language)s") % {"language": NAMES[language]},
                max_length=TITLE_MAX,
                required=False,
                initial=given.title,
                widget=forms.TextInput(attrs={"lang": language, "autocomplete": "off"}),
            )
            self.fields[f"text_{language}"] = forms.CharField(
                label=_("Text in %(language)s") % {"language": NAMES[language]},
                max_length=TEXT_MAX,
                required=False,
                initial=given.text,
                widget=forms.Textarea(attrs={"rows": 14, "lang": language}),
            )
        self.fields[f"text_{LANGUAGES[-1]}"].help_text = _(
            "Paragraphs are set apart by blank lines; # begins a heading."
        )

    def words(self) -> dict[str, Words]:
        """What was written, by language."""
        given = self.cleaned_data
        return {one: Words(given[f"title_{one}"], given[f"text_{one}"]) for one in LANGUAGES}


class PublishForm(forms.Form):
    """When a version takes effect."""

    effective_on = forms.DateField(
        label=__("In force from"),
        required=False,
        help_text=__("From 00:00 UTC of this day; at once when you leave it out."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )


@page("agreement-versions/", P, menu=Menu(Group.ORGANIZATION, __("Agreements"), "agreement"), is_for=is_provider)
def agreement_versions(request: HttpRequest, caller: Caller) -> HttpResponse:
    """All versions, the newest first."""
    extras = Extras(
        buttons=[
            Button(_("Accepted agreements"), reverse("agreement_acceptances"), "check"),
            Button(_("Write a version"), reverse("write_agreement"), "plus", is_primary=True),
        ],
        lead=_("What customers and partners agree to. A published version never changes: another one follows it."),
        empty=_("Write the first version of an agreement; it begins with a sample that you replace by your own text."),
    )
    return list_page(request, VERSIONS, caller, extras)


@page("agreement-acceptances/", P, is_for=is_provider, is_list=True)
def agreement_acceptances(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Who has accepted which version."""
    extras = Extras(
        lead=_("Which accounts have accepted which version, and until when their contracts last."),
        empty=_("Nobody has accepted an agreement yet."),
        back=(reverse("agreement_versions"), _("Agreements")),
    )
    return list_page(request, ACCEPTANCES, caller, extras)


@page("agreement-versions/new/", P, methods=FORM, is_for=is_provider)
def write_agreement(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Choose the agreement that a version is written of."""
    form = ChoiceForm(posted(request))
    if form.is_valid():
        return HttpResponseRedirect(reverse("edit_agreement", args=[form.cleaned_data["agreement"]]))
    ask = Ask(
        title=_("Write a version"),
        effects=[f"{AGREEMENTS[one]}: {WHAT_FOR[one]}" for one in Agreement],
        submit=_("Continue"),
        back=reverse("agreement_versions"),
        back_label=_("Agreements"),
    )
    return form_page(request, caller, form, ask)


@page("agreement-versions/write/<str:name>/", P, methods=FORM, is_for=is_provider)
def edit_agreement(request: HttpRequest, caller: Caller, name: str) -> HttpResponse:
    """Write the next version of an agreement, beginning with its draft, the version before, or a sample."""
    if name not in Agreement.values:
        raise NotVisible("agreement")
    agreement = Agreement(name)
    draft, before = draft_of(caller.scope, agreement), latest(caller.scope, agreement)
    base = draft or before
    words = _words(base) if base is not None else sample(agreement)
    initial = {"note": draft.note, "is_binding": draft.is_binding} if draft is not None else {}
    form = VersionForm(posted(request), words=words, is_first=before is None, initial=initial)
    if form.is_valid():
        given = form.cleaned_data
        try:
            saved = save_draft(
                caller,
                agreement=agreement,
                words=form.words(),
                note=given["note"],
                is_binding=given.get("is_binding", True),
            )
        except Invalid as error:
            add_refusal(form, error)
        else:
            return done(request, _("The draft was saved."), reverse("agreement_version", args=[saved.pk]))
    effects = [str(WHAT_FOR[agreement]), _("Nobody sees it before you publish it.")]
    if base is None:
        effects.append(_("The texts below are samples. Replace them by your own."))
    ask = Ask(
        title=AGREEMENTS[agreement],
        lead=_("The draft of version %(number)s") % {"number": (before.number if before is not None else 0) + 1},
        effects=effects,
        submit=_("Save the draft"),
        back=reverse("agreement_versions"),
        back_label=_("Agreements"),
    )
    return form_page(request, caller, form, ask)


@page("agreement-versions/<str:version>/", P, is_for=is_provider)
def agreement_version(request: HttpRequest, caller: Caller, version: str) -> HttpResponse:
    """One version, as it will be or is read."""
    found = get_version(caller.scope, number_in(version, "version"))
    texts = texts_of(found)
    state = _state(found, caller)
    values = {
        "version": found,
        "name": AGREEMENTS[found.agreement],
        "state": VERSION_STATES[state],
        "tone": VERSION_TONES.get(state, ""),
        "papers": [(Paper.of(found, texts[one]), NAMES[one]) for one in LANGUAGES if one in texts],
        "missing": [NAMES[one] for one in LANGUAGES if one not in texts],
    }
    title = f"{AGREEMENTS[found.agreement]} · " + _("version %(number)s") % {"number": found.number}
    place = ("agreement_versions", _("Agreements"))
    return detail_page(request, caller, "agreements/version", title=title, back=place, values=values)


@page("agreement-versions/<str:version>/publish/", P, methods=FORM, is_for=is_provider)
def publish_agreement(request: HttpRequest, caller: Caller, version: str) -> HttpResponse:
    """Publish a draft."""
    found = get_version(caller.scope, number_in(version, "version"))
    back = reverse("agreement_version", args=[found.pk])
    form = PublishForm(posted(request))
    if form.is_valid():
        day = form.cleaned_data["effective_on"]
        at = datetime(day.year, day.month, day.day, tzinfo=UTC) if day is not None else None
        at = None if at is not None and at.date() == clock.now().date() else at
        try:
            publish(caller, version=found.pk, effective_at=at)
        except Invalid as error:
            form.add_error("effective_on" if error.field == "effective_at" else None, _(error.why))
        except Conflict as error:
            form.add_error(None, _(error.message))
        else:
            return done(request, _("The version was published."), back)
    effects = [
        _("From then on it is the version that is in force, and it never changes."),
        _("Accounts that accepted an earlier version are asked to accept this one.")
        if found.is_binding
        else _("Accounts that accepted an earlier version are not asked again."),
    ]
    ask = Ask(
        title=_("Publish the version"),
        lead=f"{AGREEMENTS[found.agreement]} · " + _("version %(number)s") % {"number": found.number},
        effects=effects,
        submit=_("Publish"),
        back=back,
        back_label=AGREEMENTS[found.agreement],
    )
    return form_page(request, caller, form, ask)


@page("agreement-versions/<str:version>/discard/", P, methods=FORM, is_for=is_provider)
def discard_agreement(request: HttpRequest, caller: Caller, version: str) -> HttpResponse:
    """Discard a draft."""
    found = get_version(caller.scope, number_in(version, "version"))
    form = forms.Form(posted(request))
    if form.is_valid():
        try:
            discard_draft(caller, version=found.pk)
        except Conflict as error:
            form.add_error(None, _(error.message))
        else:
            return done(request, _("The draft was discarded."), reverse("agreement_versions"))
    ask = Ask(
        title=_("Discard the draft"),
        lead=f"{AGREEMENTS[found.agreement]} · " + _("version %(number)s") % {"number": found.number},
        effects=[_("Its texts are deleted.")],
        submit=_("Discard"),
        back=reverse("agreement_version", args=[found.pk]),
        back_label=AGREEMENTS[found.agreement],
        is_dangerous=True,
    )
    return form_page(request, caller, form, ask)


def _words(version: AgreementVersion) -> dict[str, Words]:
    return {one: Words(row.title, row.text) for one, row in texts_of(version).items()}


def _state(version: AgreementVersion, caller: Caller) -> str:
    if version.effective_at is None:
        return "draft"
    if version.effective_at > clock.now():
        return "coming"
    newest = latest(caller.scope, version.kind, at=clock.now())
    return "in-force" if newest is not None and newest.pk == version.pk else "past"
