"""The pre-check of a release: each thing that must be so, whether it is, and what to do when it is not (huawei:A3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from openpartner.core.accounts.models import Account
from openpartner.core.base.errors import LimitReached
from openpartner.core.eligibility.bars import bars_to_release
from openpartner.core.eligibility.causes import Cause
from openpartner.core.parting.unbinding import checked_limit
from openpartner.core.parting.vocabulary import Side
from openpartner.listings.declare import Words


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the page."""

    label: Words
    is_met: bool
    advice: Words
    """What to do; empty when nothing is needed."""


@dataclass(frozen=True, slots=True)
class _Rule:
    label: Words
    for_partner: Words
    for_customer: Words


_ASK_PROVIDER = _("Ask the provider what can be done; it ends by itself when its time is over.")
RULES: dict[Cause, _Rule] = {
    Cause.SUSPENDED: _Rule(
        _("The account is not suspended"),
        _("Lift the suspension on the customer's page first."),
        _("Ask your partner to lift the suspension."),
    ),
    Cause.CREDIT_NEGATIVE: _Rule(
        _("The available credit is not below zero"),
        _("Settle the open bills: confirm those that are paid, or allocate credit until nothing is owed."),
        _("Pay what is open to your partner, which then confirms it."),
    ),
    Cause.NON_STOP: _Rule(
        _("The account has no privilege to go on at negative credit"),
        _("Take the privilege back on the page of the customer's credit."),
        _("Ask your partner to take the privilege back."),
    ),
    Cause.RESERVED_INSTANCE: _Rule(_("There is no valid reserved instance"), _ASK_PROVIDER, _ASK_PROVIDER),
    Cause.SUPPORT_PLAN: _Rule(_("There is no valid support plan"), _ASK_PROVIDER, _ASK_PROVIDER),
    Cause.INDEPENDENT_MEMBERS: _Rule(
        _("The enterprise has no members that pay for themselves"),
        _("Ask the customer to let its members go first."),
        _("Let the members of your enterprise go first."),
    ),
    Cause.MEMBER_SUPPORT_PLAN: _Rule(
        _("No member that the account pays for has a valid support plan"), _ASK_PROVIDER, _ASK_PROVIDER
    ),
}


def checks_for(customer: Account, partner: Account, side: Side) -> list[Check]:
    """The pre-check as one side reads it, the number of requests it may still make included."""
    bars = set(bars_to_release(customer, partner))
    assert bars <= RULES.keys(), bars - RULES.keys()
    lines = [
        Check(rule.label, cause not in bars, "" if cause not in bars else _advice(rule, side))
        for cause, rule in RULES.items()
    ]
    try:
        checked_limit(customer, partner, side)
    except LimitReached:
        too_many = _("No more requests can be made within three months. Ask the provider to end the association.")
        lines.append(Check(_("There were not too many requests lately"), is_met=False, advice=too_many))
    else:
        lines.append(Check(_("There were not too many requests lately"), is_met=True, advice=""))
    return lines


def what_to_do(causes: Collection[Cause], side: Side) -> list[Words]:
    """The advice for causes that a request has failed for."""
    return [_advice(rule, side) for cause, rule in RULES.items() if cause in causes]


def _advice(rule: _Rule, side: Side) -> Words:
    return rule.for_partner if side is Side.PARTNER else rule.for_customer
