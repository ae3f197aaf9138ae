"""What the pages of vouchers share: the parts they are reached by, whom they name, decisions, and results of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Button
from openpartner.console.form_page import Ask, done
from openpartner.console.money_form import REMARK_MAX, Figure, Preview, Steps, money_form, rehearsed, why
from openpartner.console.page import PAGES
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import ChannelError, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.partners.queries import viewed
from openpartner.core.vouchers.models import VoucherRecord
from openpartner.core.vouchers.queries import VoucherRow
from openpartner.core.vouchers.records import get_listed
from openpartner.core.vouchers.vocabulary import VoucherKind
from openpartner.kit.ids import UIN_MAX, is_account_id
from openpartner.kit.masks import mask_name
from openpartner.kit.money import Money
from openpartner.listings.declare import Words
from openpartner.listings.voucher_words import OPERATION_TONES

NAMED = re.compile(r"[\s,;]+")
TEXT_OF_NAMES_MAX = 8_000
KEY_DIGITS_MAX = 18
PARTS: dict[str, Words] = {
    "vouchers": __("Vouchers"),
    "voucher_applications": __("Applications"),
    "voucher_templates": __("Templates"),
    "voucher_quotas": __("Quotas"),
    "voucher_records": __("Records"),
}
"""The lists of vouchers, by the names of their pages."""
PARTS_TEMPLATE = "console/expenditure_tabs.html"


class RemarkForm(forms.Form):
    """Why, for the log of vouchers."""

    remark = forms.CharField(
        label=__("Remark"), required=False, max_length=REMARK_MAX, widget=forms.Textarea(attrs={"rows": 2})
    )


class NamesField(forms.CharField):
    """Accounts by UIN or account id, each once: cleaned to a list of at most so many."""

    def __init__(self, *, most: int, **options: Any) -> None:
        super().__init__(
            max_length=TEXT_OF_NAMES_MAX,
            widget=forms.Textarea(attrs={"rows": 3}) if most > 1 else forms.TextInput(attrs={"autocomplete": "off"}),
            **options,
        )
        self._most = most

    def clean(self, value: object) -> list[str]:
        """What was named."""
        named = [one for one in dict.fromkeys(NAMED.split(super().clean(value))) if one]
        if not 1 <= len(named) <= self._most:
            wrong = _("Name one account.") if self._most == 1 else _("Name from one to %(most)s accounts.")
            raise forms.ValidationError(wrong % {"most": self._most})
        for one in named:
            if not is_account_id(one) and not _is_uin(one):
                raise forms.ValidationError(_("This is no UIN and no account ID: %(text)s") % {"text": one[:40]})
        return named


@dataclass(frozen=True, slots=True)
class Fact:
    """What is so about a voucher, a quota or a template: words, an amount, an instant, or codes."""

    label: Words
    text: Words = ""
    amount: Money | None = None
    at: datetime | None = None
    note: Words = ""
    codes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one of several: its voucher or quota, or why it got none."""

    name: str
    named: str
    code: str = ""
    why: Words = ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """What was done, how much it was about, by whom and why."""

    at: datetime
    word: Words
    tone: str
    amount: Money
    operator: str
    remark: str

    @classmethod
    def of(cls, row: VoucherRecord, words: Mapping[int, Words], micros: int) -> LogLine:
        """A line of the log in these words."""
        tone, amount = OPERATION_TONES.get(row.operation, ""), Money(row.currency, micros)
        return cls(row.at, words[row.operation], tone, amount, row.operator, row.remark)


def issues_vouchers(caller: Caller) -> bool:
    """Whether the caller issues vouchers: a partner, and nobody who sees assigned customers alone."""
    return caller.kind.is_partner and caller.scope.manager is None


def decides(caller: Caller) -> bool:
    """Whether the caller has the word on what partners apply for."""
    return caller.kind is AccountKind.PROVIDER


def sees_reasons(caller: Caller) -> bool:
    """Whether the caller sees why something was done, and all of it."""
    return caller.kind is not AccountKind.CUSTOMER and caller.scope.manager is None


def parts(caller: Caller, current: str) -> dict[str, object]:
    """The tabs to the lists of vouchers that the caller may open, for `Extras.values`; none when there is but one."""
    by_name = {one.name: one for one in PAGES if one.name in PARTS}
    found = [
        (label, reverse(name), name == current)
        for name, label in PARTS.items()
        if name in by_name and by_name[name].is_open_to(caller)
    ]
    return {"parts": found}


def has_parts(caller: Caller) -> str:
    """The template of the tabs; empty for those who have the vouchers alone."""
    return PARTS_TEMPLATE if sees_reasons(caller) else ""


def name_of(account: Account) -> str:
    """The masked name of an account."""
    return mask_name(account.called)


def named(account: Account) -> str:
    """The same with its uin."""
    return f"{name_of(account)} · {account.uin}"


def key_of(text: str, what: str) -> int:
    """The key that an address gives; NotVisible when it is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= KEY_DIGITS_MAX):
        raise NotVisible(what)
    return int(text)


def ids_of(rows: QuerySet[Account], given: Sequence[str]) -> dict[str, str]:
    """The account id of each account that was named; what is none of the rows stands for itself."""
    uins = [int(one) for one in given if _is_uin(one)]
    found = dict(rows.filter(uin__in=uins).values_list("uin", "account_id"))
    return {one: found.get(int(one), one) if _is_uin(one) else one for one in given}


def lines_of(
    rows: QuerySet[Account],
    given: dict[str, str],
    results: Iterable[tuple[str, str, ChannelError | None]],
    stranger: Words,
) -> list[Line]:
    """What became of each, given account id, code and error; `stranger` tells of those that are none of the rows."""
    known = {one.account_id: name_of(one) for one in rows.filter(account_id__in=list(given.values()))}
    words = {account_id: word for word, account_id in reversed(given.items())}
    found = []
    for account_id, code, error in results:
        name, word = known.get(account_id, ""), words[account_id]
        if code:
            found.append(Line(name, word, code))
        elif account_id not in known:
            found.append(Line(name, word, why=stranger))
        else:
            found.append(Line(name, word, why=why(error) if error is not None else ""))
    return found


def told_good(lines: Sequence[Line]) -> str:
    """Who gets one, a line each."""
    return "\n".join(f"{one.name} · {one.named}" for one in lines if not one.why) or _("Nobody")


def told_bad(lines: Sequence[Line]) -> list[str]:
    """Who gets none, and why."""
    return [f"{one.named}: {one.why}" for one in lines if one.why]


def results_page(
    request: HttpRequest, caller: Caller, ask: Ask, lines: Sequence[Line], lead: Words, opens: str
) -> HttpResponse:
    """The result of each of several; `opens` is the name of the page that a code leads to."""
    values = {"caller": caller, "ask": ask, "lines": lines, "lead": lead, "opens": opens}
    return render(request, "console/voucher_results.html", values)


def found_voucher(caller: Caller, code: str) -> VoucherRow:
    """A voucher of the caller's lists; NotVisible when they have none with this code."""
    row = get_listed(viewed(caller), code)
    if row is None:
        raise NotVisible("voucher")
    return row


def own_voucher(caller: Caller, code: str, kind: VoucherKind) -> VoucherRow:
    """A voucher of a kind that the caller may decide about: its own, or any for the provider."""
    row = found_voucher(caller, code)
    if row.voucher.kind != kind or (not decides(caller) and row.voucher.partner_id != caller.account):
        raise NotVisible("voucher")
    return row


def ask_about(row: VoucherRow, title: str, *, is_dangerous: bool = False) -> Ask:
    """How a form about one voucher presents itself."""
    name = f" · {name_of(row.customer)}" if row.customer is not None else ""
    return Ask(
        title=title,
        lead=f"{row.voucher.code}{name}",
        submit=title,
        back=reverse("voucher", args=[row.voucher.code]),
        back_label=_("Voucher"),
        is_dangerous=is_dangerous,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is decided, with what effects, and what is said when it is done."""

    ask: Ask
    figures: Sequence[Figure]
    effects: Sequence[Words]
    told: str
    act: Callable[[str], object]
    """Does it, given the remark."""
    facts: Callable[[], list[tuple[Words, Words]]] = list


def decide(request: HttpRequest, caller: Caller, form: forms.Form, decision: Decision) -> HttpResponse:
    """A form with at most a remark and a choice, whose command is tried before it is run."""

    def remark() -> str:
        return str(form.cleaned_data.get("remark", ""))

    def preview() -> Preview:
        rehearsed(lambda: decision.act(remark()))
        facts: list[tuple[Words, Words]] = [(_("Remark"), remark())] if remark() else []
        return Preview(facts=[*decision.facts(), *facts], effects=decision.effects)

    def run(_key: str) -> HttpResponse:
        decision.act(remark())
        return done(request, decision.told, decision.ask.back)

    steps = Steps(figures=decision.figures, preview=preview, act=run, fields={"remark": "remark", "state": "state"})
    return money_form(request, caller, form, decision.ask, steps)


def may_write(caller: Caller) -> bool:
    """Whether the caller changes something about vouchers."""
    return Permission.VOUCHER_WRITE in caller.permissions


def button(name: str, label: Words, icon: str, *args: str, is_primary: bool = False) -> Button:
    """A button that leads to a page."""
    return Button(label, reverse(name, args=args), icon, is_primary=is_primary)


def _is_uin(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < len(str(UIN_MAX)) + 1 and int(text) <= UIN_MAX
