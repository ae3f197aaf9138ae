"""The cross-tenant probe: a stranger's identifier and one that does not exist get the same answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import pytest

from openpartner.core.base.kinds import AccountKind
from tests.proofs import database
from tests.proofs.record import count
from tests.proofs.requests import KINDS, Ask, Signers, passing
from tests.proofs.wire import Answer, Wire
from tests.support.people import CAST, World
from tests.support.server import Server

pytestmark = pytest.mark.campaign

EXEMPT = {
    "huawei CheckUserIdentity": "tells by contract whether a name is taken anywhere, so that it can be registered",
    "huawei LegacyCheckUser": "its older twin",
    "huawei KeystoneCreateUserTokenByPassword": "signs in: whoever calls it is nobody yet, and has the password or not",
}
"""Operations that tell by contract, with the reason."""

ABSENT: dict[str, tuple[Any, ...]] = {
    "uin": (299_999_999_999, 1),
    "account_id": ("f" * 32, "0" * 32),
    "account_name": ("nobody_account",),
    "legal_name": ("Nobody Nowhere Ltd",),
    "email": ("nobody@example.com",),
    "mobile": ("13899999999",),
}
"""Well-formed identifiers of nobody. What is malformed may have another code, so it is not compared here."""
IDENTIFIERS = ("uin", "account_id", "account_name", "legal_name", "email")
CALLERS = ("dora", "sol", "rita", "carl")
NAMES_THE_PAYER = {
    "tencent DescribeBillDetail",
    "tencent DescribeCustomerBillDetail",
    "tencent DescribeCustomerOwnCostExplorerFilter",
}
"""Operations that tell by contract who pays the vendor for a line (tencent:D.0.2): of rita's customers, dora."""
EXTRA = {
    # Filters of lists that no passing request fills: all of them must be as silent about strangers.
    "huawei ListSubCustomers": ("customer_id", "indirect_partner_id", "account_name", "customer"),
    "huawei LegacyListCustomerDetails": ("domain_name", "corp_name"),
    "huawei LegacyQueryCustomers": ("domainName", "name"),
    "huawei ListIndirectPartners": ("indirect_partner_id", "account_name"),
    "tencent ApproveClientApply": ("ClientUin",),
    "tencent ApproveSubAgentApply": ("SubAgentUin",),
}
FILTERS = {
    # Tencent's one filter names what it filters by (tencent:D.2).
    "tencent QuerySubAgentsDetailV2": {
        "uin": ("AccountId", "CustomerUin", "SubAgentUin", "ClientUin"),
        "legal_name": ("Name",),
        "email": ("Email",),
        "mobile": ("Mobile",),
    },
}

KINDS_BY_END = {"_id": ("account_id",), "Uin": ("uin",)}

REMEMBERING = {"audit_event", "audit_link", "remembered_answer"}
"""Tables that keep that something was asked."""


@dataclass(frozen=True)
class Probe:
    """One place in a request that takes an identifier, and which kind."""

    ask: Ask
    path: tuple[str | int, ...]
    kind: str
    as_text: bool

    def with_value(self, value: Any) -> Ask:
        value = str(value) if self.as_text else value
        return self.ask.changed(**_put(dict(self.ask.parameters), self.path, value))


def _put(into: Any, path: tuple[str | int, ...], value: Any) -> Any:
    key, *rest = path
    copy: Any = list(into) if isinstance(into, list) else dict(into)
    copy[key] = _put(copy[key], tuple(rest), value) if rest else value
    return copy


def identifiers(
    value: Any, world: World, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], str, bool]]:
    """Every place of a request that holds somebody's identifier: found by its value, not by its name."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from identifiers(inner, world, (*path, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from identifiers(inner, world, (*path, place))
    else:
        for kind in IDENTIFIERS:
            if any(value in (getattr(person, kind), str(getattr(person, kind))) for person in world.values()):
                yield path, kind, isinstance(value, str)


def probes(world: World) -> list[Probe]:
    """Every identifier of every passing request, and the filters that none of them fills."""
    found = []
    for key, asks in passing(world).items():
        if key in EXEMPT:
            continue
        for ask in asks:
            found += [Probe(ask, path, kind, text) for path, kind, text in identifiers(dict(ask.parameters), world)]
        for name in EXTRA.get(key, ()):
            kinds = KINDS_BY_END.get(name[-3:], ("account_name", "legal_name"))
            first = asks[0].changed(**{name: ""})
            found += [Probe(first, (name,), kind, as_text=True) for kind in kinds]
        for kind, filter_types in FILTERS.get(key, {}).items():
            found += [
                Probe(asks[0].changed(FilterType=one, Filter=""), ("Filter",), kind, as_text=True)
                for one in filter_types
            ]
    return found


def strangers(world: World, caller: str) -> list[str]:
    """Everybody outside what a caller may see: not itself, and nobody below it."""
    above = {name: parent for name, _, parent, _, _ in CAST}

    def below(name: str | None) -> bool:
        while name is not None:
            if name == caller:
                return True
            name = above[name]
        return False

    return [name for name in world if not below(name)]


def same(one: Answer, other: Answer, values: tuple[Any, Any]) -> bool:
    """Status, code, message and body, but for the request id and the identifier each was asked with."""
    (status, text), (other_status, other_text) = one.without_ids(), other.without_ids()
    for value in map(str, values):  # either may stand elsewhere in both, as the customer that was asked for
        text, other_text = text.replace(value, "<id>"), other_text.replace(value, "<id>")
    return (status, text) == (other_status, other_text)


def changed(before: Mapping[str, object], after: Mapping[str, object], answer: Answer) -> bool:
    """Whether a write has changed anything.

    One that answers for several at once succeeds and tells who failed: that it was asked is then remembered.
    """
    remembers = REMEMBERING if not answer.code else set()
    return any(before[table] != after[table] for table in before.keys() - remembers)


def test_strangers_and_nobody_get_the_same_answer(server: Server, wire: Wire) -> None:
    world, signers = server.world, Signers(server)
    found = probes(world)
    requests = 0
    bad = []
    for caller in CALLERS:
        for probe in found:
            if KINDS[caller] not in probe.ask.operation.kinds:
                continue
            for absent in ABSENT[probe.kind]:
                nobody = wire.send(signers.raw(probe.with_value(absent), world[caller]))
                for name in strangers(world, caller):
                    theirs = getattr(world[name], probe.kind) if probe.kind != "mobile" else world[name].email
                    before = database.fingerprint(server) if probe.ask.operation.writes else None
                    answer = wire.send(signers.raw(probe.with_value(theirs), world[caller]))
                    requests += 1
                    if not same(answer, nobody, (theirs, absent)):
                        bad.append(
                            f"{caller} {probe.ask.key} {probe.path} {name}'s {probe.kind}: {answer} is not {nobody}"
                        )
                    if before is not None and changed(before, database.fingerprint(server), answer):
                        bad.append(f"{caller} {probe.ask.key} changed {name}")
    assert not bad, f"{len(bad)} of {requests}:\n" + "\n".join(bad[:20])
    operations = len({probe.ask.key for probe in found})
    count(
        "cross-tenant probe",
        operations=operations,
        identifiers=len(found),
        requests=requests,
        told_apart=0,
        exempt=EXEMPT,
    )


def test_one_of_ones_own_among_strangers_tells_nothing(server: Server, wire: Wire) -> None:
    """One's own customer beside a stranger's is answered like beside an absent one (tencent:D.2: 1 to 20 uins)."""
    world, signers = server.world, Signers(server)
    ask = passing(world)["tencent DescribeCustomerInfo"][0]
    own = world.cora.uin
    for place in (0, 1):
        pairs = []
        for other in (world.otto.uin, 299_999_999_999):
            uins = [own]
            uins.insert(place, other)
            pairs.append((wire.send(signers.raw(ask.changed(CustomerUin=uins))), other))
        (one, theirs), (nobody, absent) = pairs
        assert same(one, nobody, (theirs, absent))


def test_every_operation_with_an_identifier_is_probed(server: Server) -> None:
    """An operation whose passing request names nobody is probed through its filters, or has nothing to name."""
    probed = {probe.ask.key for probe in probes(server.world)}
    nothing_to_name = {
        "huawei GetCallerIdentity",
        "huawei KeystoneListAuthDomains",
        "huawei KeystoneListProjects",
        "huawei LegacyListResourceFeeRecords",
        "huawei LegacyListResourceRecords",
        "huawei LegacyShowMonthlySum",
        "huawei LegacyShowPostpaidBillSummary",
        "huawei ListConsumeSubCustomers",
        "huawei ListConversions",
        "huawei ListCosts",
        "huawei ListMeasureUnits",
        "huawei ListPostpaidBillSum",
        "huawei ListResourceTypes",
        "huawei ListServiceResources",
        "huawei ListServiceTypes",
        "huawei ListUsageTypes",
        "huawei ListCustomerAccountChangeRecords",
        "huawei ShowCustomerAccountBalances",
        "huawei ShowCustomerExpenditureQuota",
        "huawei ShowMultiAccountTransferAmount",
        "huawei ShowPartnerConsumptionQuota",
        "huawei ListCustomerCouponChangeRecords",
        "huawei ListMultiAccountTransferCoupons",
        "huawei ListOrderCouponsByOrderId",
        "huawei ListStoredValueCards",
        "huawei ReclaimCouponQuotas",
        "huawei ReclaimPartnerCoupons",
        "huawei CreateTemporaryAccessKeyByToken",
        "huawei CreateEnterpriseProjectAuth",
        "huawei ListCities",
        "huawei ListCounties",
        "huawei ListEnterpriseOrganizations",
        "huawei ListEnterpriseSubCustomers",
        "huawei ListProvinces",
        "huawei SendSmsVerificationCode",
        "huawei LegacyCreateCustomer",
        "huawei LegacySendVerificationCode",
        "huawei SendVerificationMessageCode",
        "huawei ShowRealNameAuthQrCode",
        "huawei ShowRealNameAuthStatus",
        "tencent CreateAccount",
        "tencent CreateAndSendClientInvitationMail",
        "tencent QueryInvitationInfo",
        "tencent QueryPendingClientsV2",
        "tencent QueryPendingSubAgentsV2",
        "tencent SendVerifyCode",
        "tencent DescribeBillDetail",
        "tencent DescribeBillDownloadUrl",
        "tencent DescribeBillSummary",
        "tencent DescribeCustomerOwnCostExplorerFilter",
        "tencent DescribeCustomerOwnCostExplorerSummary",
        "tencent DescribeCustomerUin",
        "tencent DescribeCustomerOwnVoucherList",
        "tencent DescribeCustomerOwnVoucherUsageDetails",
        "tencent QueryVoucherPool",
        "tencent GetCountryCodes",
        "tencent GetTradeConfigList",
        "tencent QueryCustomerBillingQuota",
        "tencent QueryDirectCustomersCredit",
        "tencent QueryPartnerCredit",
        "tencent QueryPolicyProductListByCode",
    }
    assert probed | nothing_to_name | EXEMPT.keys() == passing(server.world).keys()
    both = probed & nothing_to_name
    assert not both


def test_what_nobody_may_see_is_in_no_list(server: Server, wire: Wire) -> None:
    """Lists and their totals: the identifiers of strangers occur nowhere in any answer that a caller gets."""
    world, signers = server.world, Signers(server)
    for caller in CALLERS:
        for asks in passing(world).values():
            for ask in asks:
                if KINDS[caller] not in ask.operation.kinds or ask.operation.writes:
                    continue
                raw = signers.raw(ask, world[caller])
                text = wire.send(raw).body.decode()
                named = {world.dora.uin} if ask.key in NAMES_THE_PAYER and caller in {"rita", "carl"} else set()
                # What the request itself says is said back by some answers, and nobody learns anything.
                said = raw.body.decode() + raw.target
                for name in strangers(world, caller):
                    if str(world[name].uin) in said or world[name].account_id in said:
                        continue
                    if name not in {"pia", caller} and world[name].uin not in named:
                        assert world[name].account_id not in text, (caller, ask.key, name)
                        assert str(world[name].uin) not in text.replace(str(world[caller].uin), ""), (
                            caller,
                            ask.key,
                            name,
                        )


def test_the_cast_is_as_the_probe_assumes() -> None:
    """dora and olga are strangers, and dora's reseller does not see dora's direct customers."""
    kinds = {name: kind for name, kind, *_ in CAST}
    assert kinds["dora"] is kinds["olga"] is AccountKind.DISTRIBUTOR
    world = cast(World, kinds)  # names alone are asked of it
    assert {"otto", "olga", "sol", "pia", "ruth"} <= set(strangers(world, "dora"))
    assert "cora" in strangers(world, "rita")
    assert "carl" not in strangers(world, "dora")
