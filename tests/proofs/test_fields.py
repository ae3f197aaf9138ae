"""The field walk: each field of each request through every bad value. The vendor's code, nothing changed, no 5xx."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from random import Random

import pytest

from openpartner.project.reference.whole import REGISTRIES
from tests.conftest import SEED
from tests.proofs import database
from tests.proofs.cases import Case, cases
from tests.proofs.record import count
from tests.proofs.requests import Signers, derived, passing
from tests.proofs.wire import Answer, Wire
from tests.support.server import Server
from tests.support.tencent_codes import ONBOARDING, full, listed

pytestmark = pytest.mark.campaign

HUAWEI_CODES = {
    # Of creating and authenticating customers: huawei:D1 and its pages.
    *("CBC.99000031", "CBC.99000036", "CBC.99000100", "CBC.99004008", "CBC.99005030", "CBC.99007004", "CBC.99007188"),
    *("CBC.5002", "CBC.5017", "CBC.99000039", "CBC.99008040"),
    # Of creating members of enterprises and their codes: huawei:D7a.
    *("CBC.99000026", "CBC.99000027", "CBC.99000029", "CBC.99000030", "CBC.99000082", "CBC.99004003", "CBC.99007197"),
    "CBC.0100",  # huawei:C8: parameter error
    "CBC.5003",  # not enough on it
    "CBC.99000000",  # huawei:C8: no permission on this customer, such as a member of no enterprise of mine
    "CBC.99000012",  # a quota or coupon that is missing or in the wrong state
    "CBC.99000035",  # not my customer
    "CBC.99000037",  # not my reseller
    "APIG.0101",  # known, not available; or a path that is no route
    "401",  # IAM's envelope: wrong name or password
    "403",  # IAM's envelope: no such agency
    "400",
}
TENCENT_CODES = {
    "MissingParameter",
    "InvalidParameter",
    "UnknownParameter",
    "InvalidParameterValue",
    "InvalidParameter.Page",
    "InvalidParameterValue.InvalidUin",
    "FailedOperation.InvalidSubAgentUin",
    "FailedOperation.UinInvalid",
    "UnauthorizedOperation.UinNoAuth",
    "UnauthorizedOperation.NotCustomerUin",
    "UnsupportedOperation",
    "FailedOperation",  # tencent:D.5: a pack of a month that is not final
    "InvalidParameterValue.VoucherAmountOutOfRange",  # tencent:F.4: of AllocateCreditPool, the one it lists
    "InvalidParameterValue.CreditAmountOutOfRange",
    "InvalidParameterValue.InvalidDimension",
    "InvalidParameterValue.InvalidMonth",
    "InvalidParameterValue.UinList",  # tencent:D.3: QueryCreditByUinList with another length than 1 to 50
    *(full(short) for codes in listed(ONBOARDING).values() for short in codes),
}
FILES = {"DescribeCustomerBillDownloadUrl", "DescribeBillDownloadUrl", "DescribeRebateDownloadUrl"}
"""Reads that start the making of a file (tencent:D.0.1)."""


def all_cases(server: Server) -> Iterator[Case]:
    """Every case of both registries; of several passing requests the first is walked."""
    asks = passing(server.world)
    for dialect, registry in REGISTRIES.items():
        for name, operation in registry.operations.items():
            several = asks.get(f"{dialect} {name}")
            yield from cases(several[0] if several else derived(dialect, operation))


def wrong(case: Case, answer: Answer) -> str:
    """What is wrong with an answer; empty when nothing is."""
    if answer.failed:
        return "the server broke"
    if answer.headers.get("content-type", "application/json") != "application/json":
        return "not in the vendor's shape"
    allowed = HUAWEI_CODES if case.ask.dialect == "huawei" else TENCENT_CODES
    if answer.code and answer.code not in allowed:
        return "not a code of the vendor for this"
    if case.ask.dialect == "tencent":
        return _wrong_in_tencent(case, answer)
    if case.how.startswith("wrong type") and case.ask.operation.run is not None and not answer.code:
        return "a value of the wrong type was taken"
    if case.how == "unknown" and answer.code == "CBC.0100":
        return "an unknown parameter is ignored (huawei:C5)"
    return ""


def _wrong_in_tencent(case: Case, answer: Answer) -> str:
    """tencent:C.6: missing, wrong type and undefined have a code each, and types are checked strictly."""
    if case.how == "absent" and case.required and answer.code != "MissingParameter":
        return "MissingParameter was due"
    if case.how == "unknown" and answer.code != "UnknownParameter":
        return "UnknownParameter was due"
    if case.how.startswith("wrong type") and answer.code not in {"InvalidParameter", "InvalidParameterValue"}:
        return "InvalidParameter was due"
    return ""


def test_bad_values_get_the_vendors_code_and_change_nothing(
    server: Server, wire: Wire, campaign: Callable[[int], int], random: Random
) -> None:
    signers = Signers(server)
    for person in ("pia", "dora", "sol", "rita", "carl"):  # so that nobody's key is used for the first time below
        wire.send(
            signers.raw(derived("tencent", REGISTRIES["tencent"].operations["SendVerifyCode"]), server.world[person])
        )
    everything = list(all_cases(server))
    # What does something is walked ten times as densely as what only declines.
    real = [case for case in everything if case.ask.operation.run is not None]
    rest = [case for case in everything if case.ask.operation.run is None]
    chosen = random.sample(real, min(len(real), campaign(10 * len(real)))) + random.sample(rest, campaign(len(rest)))
    tally: Counter[str] = Counter()
    bad = []
    before = database.fingerprint(server)
    for case in chosen:
        methods = ["POST", "GET"] if case.ask.dialect == "tencent" and _flat(case) else ["POST"]
        for method in methods:
            answer = wire.send(signers.raw(case.ask, method=method))
            after = database.fingerprint(server)
            why = wrong(case, answer)
            may_write = case.ask.operation.writes or case.ask.operation.name in FILES
            if after != before and (answer.code or not may_write):
                why = "something was changed"
            if why:
                bad.append(f"{case} by {method}: {why}: {answer.status} {answer.body[:200]!r}")
            before = after
            tally["refused" if answer.code else "answered normally"] += 1
    assert not bad, f"{len(bad)} of {len(chosen)}:\n" + "\n".join(bad[:40])
    operations = len({case.ask.key for case in everything})
    count(
        "field walk",
        seed=SEED,
        operations=operations,
        cases=len(everything),
        run=len(chosen),
        requests=tally.total(),
        refused=tally["refused"],
        answered_normally=tally["answered normally"],
        server_errors=0,
        changed=0,
    )


def _flat(case: Case) -> bool:
    """Whether a case is the same as flat texts of a query, which know no null, no numbers and no empty lists."""
    return case.how in {"absent", "unknown", "empty", "wrong type, text"}
