"""Whose a page is, by the kind of account that a person works for."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind


def is_provider(caller: Caller) -> bool:
    """Whether the caller works for the provider."""
    return caller.kind is AccountKind.PROVIDER


def is_no_provider(caller: Caller) -> bool:
    """Whether the caller works for anybody whom the provider can ask for something."""
    return caller.kind is not AccountKind.PROVIDER


def is_partner(caller: Caller) -> bool:
    """Whether the caller works for a distributor or reseller, who have customers of their own."""
    return caller.kind.is_partner


def is_distributor(caller: Caller) -> bool:
    """Whether the caller works for a distributor, who may have second-level resellers."""
    return caller.kind is AccountKind.DISTRIBUTOR


def is_customer(caller: Caller) -> bool:
    """Whether the caller works for a customer, bound or not yet."""
    return caller.kind is AccountKind.CUSTOMER


def is_no_customer(caller: Caller) -> bool:
    """Whether the caller works for the provider or a partner."""
    return caller.kind is not AccountKind.CUSTOMER
