"""What the pages of verifications share: the forms, and a submission as people read it."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as __

from openpartner.console.form_page import add_refusal
from openpartner.core.access.sealing import unsealed
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.kinds import CustomerType
from openpartner.core.verification.models import (
    ADDRESS_MAX,
    NAME_MAX,
    NUMBER_MAX,
    OPINION_MAX,
    Document,
    VerificationSubmission,
)
from openpartner.core.verification.queries import folder_of
from openpartner.core.verification.rules import Fault, Given, VerificationRefused, masked_number
from openpartner.kit.addresses import is_https_link
from openpartner.kit.masks import mask_name
from openpartner.listings.declare import Words
from openpartner.listings.verification_words import (
    DOCUMENTS,
    DOCUMENTS_OF_COMPANIES,
    DOCUMENTS_OF_PERSONS,
    STATE_TONES,
    STATES,
    TYPES,
)

FAULTS: dict[Fault, Words] = {
    Fault.FILE_FORMAT: __("A file is a JPG, JPEG, BMP, PNG, GIF or PDF."),
    Fault.NO_FOLDER: __("Files are named by whole https addresses, unless you say in which folder they stand."),
    Fault.VERIFIED: __("The account is verified already, or its verification is in review."),
    Fault.ATTEMPTS: __("The account was submitted as often as it may be. Ask the provider."),
    Fault.NOT_A_PERSON: __("Only an account that is verified as a person changes to a company."),
    Fault.HAS_MEMBERS: __("An enterprise with members is not verified as a person."),
    Fault.NUMBER_USED: __("As many accounts as may be are verified with this document already."),
}


class FilesForm(forms.Form):
    """By which document somebody is known, and where its pictures are."""

    document = forms.ChoiceField(label=__("Document"))
    name = forms.CharField(label=__("Name on the document"), max_length=NAME_MAX)
    number = forms.CharField(
        label=__("Number of the document"),
        max_length=NUMBER_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=__("Kept sealed; only its end is shown."),
    )
    pictures = forms.CharField(  # not `files`, which is what a form calls its uploads
        label=__("Files"),
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": "https://"}),
        help_text=__("Addresses beginning with https, one per line, in the order of the pages. They are not fetched."),
        max_length=5_000,
    )

    def lines(self) -> tuple[str, ...]:
        """The files, one of each line."""
        return tuple(line.strip() for line in self.cleaned_data["pictures"].splitlines() if line.strip())


class PersonForm(FilesForm):
    """A person."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # as every form takes them
        self.fields["document"].choices = list(DOCUMENTS_OF_PERSONS.items())  # type: ignore[attr-defined]  # a choice field

    def given(self) -> Given:
        """What was filled in, for the core."""
        data = self.cleaned_data
        return Given(
            customer_type=CustomerType.PERSON,
            document=Document(data["document"]),
            name=data["name"],
            number=data["number"],
            files=self.lines(),
        )


class CompanyForm(FilesForm):
    """A company, perhaps with its legal person."""

    field_order = ("document", "name", "number", "region", "address", "legal_person", "legal_person_number", "pictures")
    region = forms.CharField(
        label=__("Country of registration"), max_length=2, required=False, help_text=__("Two letters, such as DE.")
    )
    address = forms.CharField(label=__("Address of registration"), max_length=ADDRESS_MAX, required=False)
    legal_person = forms.CharField(label=__("Legal person"), max_length=NAME_MAX, required=False)
    legal_person_number = forms.CharField(
        label=__("Number of the legal person's identity card"),
        max_length=NUMBER_MAX,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=__("With a legal person, both sides of the card are the last two files."),
    )

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # as every form takes them
        self.fields["document"].choices = list(DOCUMENTS_OF_COMPANIES.items())  # type: ignore[attr-defined]  # a choice field

    def given(self, *, is_change: bool) -> Given:
        """What was filled in, for the core."""
        data = self.cleaned_data
        return Given(
            customer_type=CustomerType.ENTERPRISE,
            document=Document(data["document"]),
            name=data["name"],
            number=data["number"],
            files=self.lines(),
            region=data["region"].upper(),
            address=data["address"],
            legal_person=data["legal_person"],
            legal_person_number=data["legal_person_number"],
            is_change=is_change,
        )


class OpinionForm(forms.Form):
    """Why; whoever submitted it reads it."""

    opinion = forms.CharField(label=__("Opinion"), max_length=OPINION_MAX, widget=forms.Textarea(attrs={"rows": 3}))


@dataclass(frozen=True, slots=True)
class File:
    """A file by its name, and where somebody may open it; it is never fetched."""

    name: str
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A submission as a page shows it."""

    row: VerificationSubmission
    state: tuple[Words, str]
    kind: Words
    document: Words
    name: str
    number: str
    legal_person: str
    legal_person_number: str
    files: list[File]
    by: str


def shown(caller: Caller, row: VerificationSubmission, *, is_revealed: bool = False) -> Shown:
    """The submission, names and numbers masked until they are revealed; one's own names are no secret."""
    is_own = caller.account == row.customer_id
    hide = (lambda text: text) if is_own or is_revealed else mask_name
    legal_number = unsealed(row.legal_person_number) if row.legal_person_number else ""
    submitter = row.submitter
    return Shown(
        row=row,
        state=(STATES[row.state], STATE_TONES[row.state]),
        kind=TYPES[row.customer_type],
        document=DOCUMENTS[row.document],
        name=hide(row.name),
        number=unsealed(row.number) if is_revealed else row.number_masked,
        legal_person=hide(row.legal_person),
        legal_person_number=legal_number if is_revealed else masked_number(legal_number),
        files=files_of(row),
        by=submitter.account_name if submitter.pk in {caller.account, row.partner_id} else hide(submitter.account_name),
    )


def files_of(row: VerificationSubmission) -> list[File]:
    """The files, with a link where the name is one, or stands below the folder of the partner that submitted it."""
    folder = folder_of(row.submitter_id)
    found = []
    for name in row.file_names:
        link = name if is_https_link(name) else f"{folder.address}{name}" if folder else ""
        found.append(File(name, link if is_https_link(link) else ""))
    return found


def tell(form: forms.Form, error: Invalid | VerificationRefused) -> None:
    """Put a refusal where it belongs: beside its field, or above the form."""
    if isinstance(error, Invalid):
        add_refusal(form, error)
    else:
        field = "pictures" if error.fault in {Fault.FILE_FORMAT, Fault.NO_FOLDER} else None
        form.add_error(field, str(FAULTS[error.fault]))
