"""Arrears, what they stop, and when services resume (tencent:E.3).

A standing follows from what is available and the rules that hold: it is looked at again after every change of either,
and `CreditStanding` keeps since when and until when somebody was in arrears. A suspension is another thing
(`customers/suspension.py`): services run when neither stops them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from django.db import transaction

from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import AccountKind, Suspension
from openpartner.core.credit import purses
from openpartner.core.credit.asking import ask_to_reassess
from openpartner.core.credit.models import CreditPolicy, CreditStanding
from openpartner.core.credit.notices import Told, tell
from openpartner.core.credit.policies import Rules, policy_of, rules_of
from openpartner.core.credit.queries import NONE, Credit, credits_of, in_arrears_or_empty
from openpartner.kit import clock

WHY = "a standing follows from the ledger, whoever asks"
LOCKED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Preview:
    """What a policy would change at once: primary keys of customers, ascending."""

    stops: tuple[int, ...]
    resumes: tuple[int, ...]


def runs(customer: Account) -> bool:
    """Whether a customer's services may run: it is not suspended, and not stopped by arrears."""
    if customer.suspension != Suspension.NONE:
        return False
    if customer.partner_id is None:
        return True
    (rules,) = rules_of({customer.pk: customer.partner_id}).values()
    found = credits_of({customer.pk: customer.partner_id}).get(customer.pk)
    return found is None or not rules.stops(found.available)


def in_arrears(keys: Collection[int]) -> set[int]:
    """Which of these customers, which were read within a scope, owe more than their present partner gave them."""
    rows = Account.objects.everything(reason=WHY).filter(pk__in=list(keys), partner__isnull=False)
    holders = dict(rows.values_list("pk", "partner_id"))
    rules = rules_of(holders)
    return {key for key, one in credits_of(holders).items() if rules[key].in_arrears(one.available)}


def standings(customer: Account, partner: int) -> list[CreditStanding]:
    """The arrears of a customer, which was read within a scope, with a partner: newest first."""
    rows = CreditStanding.objects.everything(reason=WHY).filter(customer=customer, partner=partner)
    return list(rows.order_by("-since", "-id"))


def reassess_after(customer: int, *, before: int, after: int) -> None:
    """Look again at the standing of a locked customer, by primary key, where a change of what is available can matter.

    Everything that is not above zero can; above it, only what is taken back can reach a threshold.
    """
    if min(before, after) <= 0 or after < before:
        reassess([customer])


def reassess(keys: Collection[int]) -> None:
    """Bring the standings of customers to what the ledger and the rules say, and tell who should know.

    Locks the customers, some at a time, in the order of their keys; each lot is a transaction unless there is one.
    """
    wanted = sorted(set(keys))
    for start in range(0, len(wanted), LOCKED_AT_ONCE):
        with transaction.atomic():
            rows = Account.objects.everything(reason=WHY).select_for_update(no_key=True).order_by("pk")
            _reassess(list(rows.filter(pk__in=wanted[start : start + LOCKED_AT_ONCE], kind=AccountKind.CUSTOMER)))


def reassess_known() -> None:
    """Have everybody looked at who is in arrears: a flag that came or went decides what that means."""
    rows = CreditStanding.objects.everything(reason=WHY).filter(until__isnull=True)
    ask_to_reassess(set(rows.values_list("customer_id", flat=True)))


def would_change(caller: Caller, *, stop_at_zero: bool | None = None, is_non_stop: bool | None = None) -> Preview:
    """Whom a policy of the calling partner would stop now, and who would resume: nothing is changed.

    `is_non_stop` asks what would be if every customer had the privilege, or none had.
    """
    if not caller.kind.is_partner:
        raise NotVisible("partner")
    was = policy_of(caller.account)
    would = CreditPolicy(partner_id=caller.account, stop_at_zero=was.stop_at_zero, retention_days=was.retention_days)
    would.stop_at_zero = was.stop_at_zero if stop_at_zero is None else stop_at_zero
    stops: list[int] = []
    resumes: list[int] = []
    for found in _candidates(caller):
        holders = dict.fromkeys(found, caller.account)
        now, then = rules_of(holders), rules_of(holders, policy=would)
        for key, available in found.items():
            stops_now, stops_then = now[key].stops(available), _asked(then[key], is_non_stop).stops(available)
            if stops_then and not stops_now:
                stops.append(key)
            if stops_now and not stops_then:
                resumes.append(key)
    return Preview(tuple(stops), tuple(resumes))


def close(customer: Account, partner: int) -> None:
    """End the arrears of a locked customer with a partner it leaves; the debt itself stays in the ledger."""
    current = CreditStanding.objects.everything(reason=WHY).filter(
        customer=customer, partner=partner, until__isnull=True
    )
    for row in current:
        _end(row)


def _asked(rules: Rules, is_non_stop: bool | None) -> Rules:  # noqa: FBT001  # a setting that is tried
    if is_non_stop is None:
        return rules
    return Rules(stop_at_zero=rules.stop_at_zero, is_non_stop=is_non_stop, thresholds=rules.thresholds)


def _candidates(caller: Caller) -> Iterator[dict[int, int]]:
    """Direct customers with nothing available, and how much that is, some at a time."""
    own = Account.objects.everything(reason="the caller's own account").get(pk=caller.account)
    some: dict[int, int] = {}
    for holder, available in in_arrears_or_empty(caller.account, purses.currency_of(own)):
        some[holder] = available
        if len(some) == LOCKED_AT_ONCE:
            yield _present(caller, some)
            some = {}
    if some:
        yield _present(caller, some)


def _present(caller: Caller, found: Mapping[int, int]) -> dict[int, int]:
    """Without those who have left."""
    rows = Account.objects.within(caller.own()).filter(pk__in=list(found)).values_list("pk", flat=True)
    return {key: found[key] for key in sorted(rows)}


def _reassess(locked: Collection[Account]) -> None:
    bound = {one.pk: one for one in locked if one.partner_id is not None}
    holders = {key: one.partner_id for key, one in bound.items() if one.partner_id is not None}
    figures, rules = credits_of(holders), rules_of(holders)
    rows = CreditStanding.objects.everything(reason=WHY).filter(customer__in=list(bound), until__isnull=True)
    current = {row.customer_id: row for row in rows if row.partner_id == holders[row.customer_id]}
    told = []
    for key, customer in bound.items():
        one = figures.get(key, NONE)
        was = current.get(key)
        now = _settled(customer, was, one, rules[key]) if key in figures else was
        told.append(
            Told(
                customer=customer,
                credit=one,
                reached=rules[key].reached(one.total, one.available),
                stopped=now is not None and now.stops and not (was is not None and was.stops),
                resumed=was is not None and was.stops and not (now is not None and now.stops),
            )
        )
    tell(told)


def _settled(customer: Account, was: CreditStanding | None, one: Credit, rules: Rules) -> CreditStanding | None:
    """The standing that holds now, written down when it is another."""
    if not rules.in_arrears(one.available):
        if was is not None:
            _end(was)
        return None
    stops = rules.stops(one.available)
    if was is not None and was.stops == stops:
        return was
    if was is not None:
        _end(was)
    partner = customer.partner
    assert partner is not None
    assert customer.provider_id is not None
    assert customer.payer_id is not None
    return CreditStanding.objects.create(
        provider_id=customer.provider_id,
        payer_id=customer.payer_id,
        partner=partner,
        customer=customer,
        stops=stops,
        available=one.available,
        currency=purses.currency_of(partner),
        since=clock.now(),
    )


def _end(row: CreditStanding) -> None:
    row.until = max(clock.now(), row.since)
    row.save(update_fields=["until"])
