"""What decides whether a customer stops: a partner's policy and a customer's terms (tencent:E.3, tencent:A.4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from openpartner.core.accounts.models import Account, FeatureFlag, Flag
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotAllowed, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.credit import purses
from openpartner.core.credit.asking import ask_to_reassess
from openpartner.core.credit.models import CreditPolicy, CreditTerms
from openpartner.core.credit.queries import in_arrears_or_empty
from openpartner.core.customers.queries import get_direct_customer
from openpartner.core.partners.queries import has_flag, partners
from openpartner.kit import clock

WHY = "the partner or customer was read within the scope"
DEFAULT_THRESHOLDS = (25, 10, 0)
"""Percents of the total at which everybody is warned (tencent:B.2)."""
THRESHOLDS_MAX = 10
RETENTION_DAYS_MAX = 15
"""tencent:E.3: under special rules data is kept 15 days at most."""
AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds for one customer: the policy of its partner, its own terms, and the flags its partner has."""

    stop_at_zero: bool = False
    is_non_stop: bool = False
    is_special: bool = False
    """Special suspension rules: pay-as-you-go stops at once, what is prepaid runs to its expiry (tencent:F.21)."""
    retention_days: int | None = None
    """Days after which data may be deleted under special rules; None: each product's own rule."""
    thresholds: tuple[int, ...] = DEFAULT_THRESHOLDS

    def in_arrears(self, available: int) -> bool:
        """Whether so much available is arrears: below zero, or at zero where the policy says so (tencent:F.1)."""
        return available < 0 or (self.stop_at_zero and available == 0)

    def stops(self, available: int) -> bool:
        """Whether services stop: in arrears, and not privileged to run on."""
        return self.in_arrears(available) and not self.is_non_stop

    def reached(self, total: int, available: int) -> tuple[int, ...]:
        """The thresholds that are reached, largest first. Nobody without credit is warned of it."""
        # vendor doc silent: whether "falls below" includes the threshold itself. It does: used 75 % is 25 % left.
        return tuple(one for one in self.thresholds if total > 0 and available * 100 <= one * total)


DEFAULTS = Rules()


@command(Action.CREDIT_POLICY_SET, permission=Permission.CREDIT_WRITE)
def set_policy(caller: Caller, *, stop_at_zero: bool | None = None, retention_days: int | None = None) -> CreditPolicy:
    """Change what the calling partner has decided for its customers; None leaves as it is. Returns the policy.

    A worker stops and resumes those whom it concerns; `standing.would_change` tells whom before.
    """
    if not caller.kind.is_partner:
        raise NotVisible("partner")
    if retention_days is not None and not 0 <= retention_days <= RETENTION_DAYS_MAX:
        raise Invalid("retention_days", f"is not between 0 and {RETENTION_DAYS_MAX}")
    partner = lock_account(caller.account)
    row = _policy(partner)
    row.stop_at_zero = row.stop_at_zero if stop_at_zero is None else stop_at_zero
    row.retention_days = row.retention_days if retention_days is None else retention_days
    row.save()
    ask_to_reassess([customer for customer, _ in in_arrears_or_empty(partner.pk, purses.currency_of(partner))])
    record(
        caller,
        Action.CREDIT_POLICY_SET,
        subject=partner,
        stop_at_zero=row.stop_at_zero,
        retention_days=row.retention_days,
    )
    return row


@command(Action.CREDIT_POLICY_SET, permission=Permission.FLAG_GRANT)
def set_unlimited(caller: Caller, *, partner: str, is_unlimited: bool) -> CreditPolicy:
    """Let one of the provider's partners (its account id) allocate beyond its line, or no longer (tencent:F.2).

    Conflict when it is to end while more than the line has been allocated.
    """
    found = partners(caller.scope).filter(account_id=partner).first()
    if caller.kind is not AccountKind.PROVIDER or found is None:
        raise NotVisible("partner")
    child = lock_account(found.pk)
    row = _policy(child)
    row.is_unlimited = is_unlimited
    row.save()
    (line,) = purses.hold(purses.line(child))
    if not is_unlimited and line.free.micros < 0:
        raise Conflict("more than the line has been allocated; enlarge it first")
    line.floor = None if is_unlimited else 0
    line.save(update_fields=["floor"])
    record(caller, Action.CREDIT_POLICY_SET, subject=child, unlimited=is_unlimited)
    return row


@command(Action.CREDIT_TERMS_SET, permission=Permission.CREDIT_WRITE)
def set_terms(
    caller: Caller,
    *,
    customer: int,
    is_non_stop: bool | None = None,
    is_special: bool | None = None,
    thresholds: Collection[int] | None = None,
) -> CreditTerms:
    """Change the terms of one of the caller's direct customers (its uin); None leaves as it is. Returns them.

    NotAllowed without the caller's feature flag for the non-stop privilege, or for special suspension rules.
    """
    child = lock_account(get_direct_customer(caller, uin=customer).pk)
    for wanted, flag in ((is_non_stop, Flag.NON_STOP), (is_special, Flag.SPECIAL_SUSPENSION_RULES)):
        if wanted and not has_flag(caller, flag):
            raise NotAllowed(f"this needs the feature flag {flag}")
    row = CreditTerms.objects.everything(reason=WHY).filter(customer=child, partner=caller.account).first()
    assert child.payer_id is not None
    assert child.provider_id is not None
    row = row or CreditTerms(
        customer=child, partner_id=caller.account, payer_id=child.payer_id, provider_id=child.provider_id
    )
    row.is_non_stop = row.is_non_stop if is_non_stop is None else is_non_stop
    row.is_special = row.is_special if is_special is None else is_special
    row.thresholds = row.thresholds if thresholds is None else _joined(thresholds)
    row.changed_at = clock.now()
    row.save()
    ask_to_reassess([child.pk])
    record(
        caller,
        Action.CREDIT_TERMS_SET,
        subject=child,
        non_stop=row.is_non_stop,
        special=row.is_special,
        thresholds=row.thresholds,
    )
    return row


def policy_of(partner: int) -> CreditPolicy:
    """The policy of a partner that was read within a scope, the defaults when it has none."""
    row = CreditPolicy.objects.everything(reason=WHY).filter(partner=partner).first()
    return row or CreditPolicy(partner_id=partner)


def terms_of(customer: int, partner: int) -> CreditTerms:
    """The terms of a customer that was read within a scope, the defaults when it has none."""
    row = CreditTerms.objects.everything(reason=WHY).filter(customer=customer, partner=partner).first()
    return row or CreditTerms(customer_id=customer, partner_id=partner)


def rules_of(holders: Mapping[int, int], *, policy: CreditPolicy | None = None) -> dict[int, Rules]:
    """What holds for customers, each with the partner beside it; three statements for each five hundred.

    With `policy` it holds instead of that of its partner: what would be.
    """
    found: dict[int, Rules] = {}
    keys = list(holders)
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        givers = {holders[key] for key in some}
        rows = CreditPolicy.objects.everything(reason=WHY).filter(partner__in=givers)
        policies = {row.partner_id: row for row in rows}
        if policy is not None:
            policies[policy.partner_id] = policy
        terms = CreditTerms.objects.everything(reason=WHY).filter(customer__in=some)
        own = {(row.customer_id, row.partner_id): row for row in terms}
        flags = _flags(givers)
        for key in some:
            giver = holders[key]
            found[key] = _rules(policies.get(giver), own.get((key, giver)), flags.get(giver, frozenset()))
    return found


def _rules(policy: CreditPolicy | None, terms: CreditTerms | None, flags: frozenset[str]) -> Rules:
    """A privilege holds as long as the partner has the flag for it."""
    if policy is None and terms is None:
        return DEFAULTS
    is_special = terms is not None and terms.is_special and Flag.SPECIAL_SUSPENSION_RULES in flags
    own = tuple(int(one) for one in terms.thresholds.split(",") if one) if terms is not None else ()
    return Rules(
        stop_at_zero=policy is not None and policy.stop_at_zero,
        is_non_stop=terms is not None and terms.is_non_stop and Flag.NON_STOP in flags,
        is_special=is_special,
        retention_days=(policy.retention_days if policy is not None else RETENTION_DAYS_MAX) if is_special else None,
        thresholds=tuple(sorted({*DEFAULT_THRESHOLDS, *own}, reverse=True)),
    )


def _flags(holders: Collection[int]) -> dict[int, frozenset[str]]:
    rows = FeatureFlag.objects.everything(reason=WHY).filter(
        partner__in=holders, until__isnull=True, flag__in=(Flag.NON_STOP, Flag.SPECIAL_SUSPENSION_RULES)
    )
    found: dict[int, set[str]] = {}
    for partner, flag in rows.values_list("partner_id", "flag"):
        found.setdefault(partner, set()).add(flag)
    return {partner: frozenset(flags) for partner, flags in found.items()}


def _policy(partner: Account) -> CreditPolicy:
    row = CreditPolicy.objects.everything(reason=WHY).filter(partner=partner).first() or CreditPolicy(partner=partner)
    row.changed_at = clock.now()
    return row


def _joined(thresholds: Collection[int]) -> str:
    if len(thresholds) > THRESHOLDS_MAX or not all(0 < one < 100 for one in thresholds):
        raise Invalid("thresholds", f"are at most {THRESHOLDS_MAX} percents from 1 to 99")
    return ",".join(str(one) for one in sorted(set(thresholds), reverse=True))
