"""What a caller may see, as equality predicates on the columns of a row."""

from __future__ import annotations

from dataclasses import dataclass

from openpartner.core.base.errors import NotAllowed

LEVELS = ("provider", "payer", "partner", "customer", "manager")


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows whose columns equal every given value; at least one is given.

    Made by `access.scopes.scope_for` alone, and afterwards only narrowed. Values are primary keys:
    of accounts, and for `manager` of the user who is the customer's account manager.
    """

    provider: int | None = None
    payer: int | None = None
    partner: int | None = None
    customer: int | None = None
    manager: int | None = None

    def __post_init__(self) -> None:
        # A scope without a value would be everybody's: only `everything` may say so, with a reason.
        assert any(getattr(self, level) is not None for level in LEVELS)

    @property
    def shape(self) -> tuple[str, ...]:
        """Which levels are given: scopes of one shape compile to one SQL text."""
        return tuple(level for level in LEVELS if getattr(self, level) is not None)

    @property
    def values(self) -> tuple[int, ...]:
        """The given values in the order of `shape`."""
        return tuple(value for level in LEVELS if (value := getattr(self, level)) is not None)

    def narrowed_to_partner(self, partner: int) -> Scope:
        """The customers of one partner, which the caller must have read within this scope.

        A partner's customers carry its payer and provider (the association commands keep it so and
        `openpartner verify` re-derives it), so one predicate replaces the wider ones.
        """
        if self.customer is not None:
            raise NotAllowed("a customer has no partners to look into")
        if self.partner not in {None, partner}:
            raise NotAllowed("already narrowed to another partner")
        return Scope(partner=partner, manager=self.manager)
