"""Forms that move money: filled in, looked at as before and after, and only then done, once.

The first sending shows what would be; the second, from that preview, does it under the key that the preview carries.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.codes import SEND, CodeStep, code_step, confirmed
from openpartner.console.form_page import Ask, add_refusal
from openpartner.console.once import FORM_KEY, nothing_done
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import ChannelError, Conflict, Invalid, LimitReached
from openpartner.core.ledger.transfers import NotCovered
from openpartner.kit.ids import mint_request_id
from openpartner.kit.money import DECIMALS, MICROS_PER_UNIT, Money, exact_micros
from openpartner.listings.declare import Words

Result = TypeVar("Result")
CONFIRM, EDIT = "confirm", "edit"
DIGITS_MAX = 18
"""A trillion units with six decimals."""
REMARK_MAX = 255


class Way(StrEnum):
    """Whether something is given or taken back."""

    GIVE = "give"
    TAKE = "take"


class AmountField(forms.DecimalField):
    """An amount above zero, exact to a millionth."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            min_value=Decimal(1) / MICROS_PER_UNIT,
            max_digits=DIGITS_MAX,
            decimal_places=DECIMALS,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            **options,
        )


class ChangeForm(forms.Form):
    """An amount that is given or taken back, with a remark."""

    way = forms.ChoiceField(
        label=__("What to do"),
        choices=[(Way.GIVE, __("Add credit")), (Way.TAKE, __("Take credit back"))],
        initial=Way.GIVE,
        widget=forms.RadioSelect,
    )
    amount = AmountField(label=__("Amount"))
    remark = forms.CharField(
        label=__("Remark"),
        required=False,
        max_length=REMARK_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=__("It stands in the records, for everybody who may read them."),
    )

    def change(self, currency: str) -> Money:
        """The signed change of a valid form."""
        amount = Money(currency, exact_micros(self.cleaned_data["amount"]))
        return amount if self.cleaned_data["way"] == Way.GIVE else -amount


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount with its name; in a preview also what it will be."""

    label: Words
    amount: Money
    after: Money | None = None
    note: Words = ""

    @property
    def changes(self) -> bool:
        """Whether it will be another amount."""
        return self.after is not None and self.after != self.amount


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be: amounts before and after, and what that means, a sentence each."""

    figures: Sequence[Figure] = ()
    effects: Sequence[Words] = ()
    warnings: Sequence[Words] = ()
    facts: Sequence[tuple[Words, Words]] = ()
    """What else was filled in, by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What a form shows beside its fields, what it would do, and how it is done."""

    figures: Sequence[Figure] = ()
    """How things stand, beside the fields."""
    preview: Callable[[], Preview]
    """Of a valid form. Raises like `act` where it can say so beforehand."""
    act: Callable[[str], HttpResponse]
    """Does it under a key, and goes on."""
    fields: dict[str, str] = field(default_factory=lambda: {"change": "amount"})
    """The form's field for a name that the core refuses."""
    code: Callable[[], CodeStep] | None = None
    """The verification code that it always asks for; others only where the caller's account wants that."""
    aside: str = ""
    """A template that stands below the fields, and its values."""
    values: dict[str, Any] = field(default_factory=dict)


def money_form(request: HttpRequest, caller: Caller, form: forms.Form, ask: Ask, steps: Steps) -> HttpResponse:
    """The form, then its preview, then the end of it. A refusal stands beside its field, nothing has changed then.

    Beside the preview stands the verification code, where the caller's account asks for one.
    """
    if request.method == "POST" and EDIT not in request.POST and form.is_valid():
        try:
            preview, code = steps.preview(), steps.code() if steps.code else code_step(request, caller, ask.title)
            if SEND in request.POST and code is not None:
                code.send()
            elif CONFIRM in request.POST:
                answer = confirmed(code, lambda: steps.act(write_key(request)))
                if answer is not None:
                    return answer
            return _shown(request, caller, form, ask, steps, (preview, code))
        except (Invalid, LimitReached, Conflict) as error:
            refuse(form, error, steps.fields)
    elif EDIT in request.POST:
        # The same form, with what was filled in and no errors yet.
        form.initial = {
            name: field.widget.value_from_datadict(request.POST, request.FILES, name)
            for name, field in form.fields.items()
        }
        form.is_bound = False
    return _shown(request, caller, form, ask, steps, (None, None))


def rehearsed(act: Callable[[], Result]) -> Result:
    """What a command would return, or its refusal: it is run and taken back again."""
    with transaction.atomic():
        result = act()
        transaction.set_rollback(True)
    return result


def write_key(request: HttpRequest) -> str:
    """The key of a write that a form orders: the form's own, so that the ledger knows it too."""
    given = request.POST.get(FORM_KEY, "")
    return (
        given if len(given) == len(mint_request_id()) and given.isascii() and given.isprintable() else mint_request_id()
    )


def refuse(form: forms.Form, error: Invalid | LimitReached | Conflict, fields: dict[str, str]) -> None:
    """Put a refusal of the core beside the field that it is about."""
    if isinstance(error, Invalid):
        add_refusal(form, Invalid(fields.get(error.field, error.field), error.why))
        return
    name = next(iter(fields.values()), None)
    add_refusal(form, Invalid(name or "", why(error)))


def why(error: ChannelError) -> str:
    """What a refusal of the core says to people; what an account lacks stands on the page already."""
    return _("Not enough is left.") if isinstance(error, NotCovered) else _(error.message)


def _shown(
    request: HttpRequest,
    caller: Caller,
    form: forms.Form,
    ask: Ask,
    steps: Steps,
    end: tuple[Preview | None, CodeStep | None],
) -> HttpResponse:
    nothing_done(request)
    preview, code = end
    values = {
        "caller": caller,
        "form": form,
        "ask": ask,
        "figures": steps.figures,
        "preview": preview,
        "code": code,
        "given": [(name, one) for name in form.fields for one in request.POST.getlist(name)] if preview else [],
        "is_multipart": False,
        "aside": steps.aside,
        **steps.values,
    }
    is_wrong = form.errors or (code is not None and code.is_wrong)
    return render(request, "console/money_form.html", values, status=422 if is_wrong else 200)
