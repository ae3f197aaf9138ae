"""Codes, accounts, invitations and applications through the official SDK. Rules: tencent:D.1, tencent:A.2, tencent:A.3.

Every error code of these actions is provoked in tests/wire/test_tencent_onboarding.py.
A server of its own: the accounts created here would stand in the lists that other tests count.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tencentcloud.common.exception import TencentCloudSDKException

from tests.sdk.tencent.modes import WRITE_MODES, Mode, People, Tencent, ask, refusal
from tests.support.inside import run_inside
from tests.support.onboarding import code_inside, grant_all, join_inside
from tests.support.server import Server

NEW = {
    "AccountType": "company",
    "Password": "ABCabc1!",
    "ConfirmPassword": "ABCabc1!",
    "CountryCode": "852",
    "Area": "HK",
    "TradeOne": "kghy_01",
    "TradeTwo": "kghy_0101",
    "CustomerName": "New Ltd",
}
SECOND = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
TWINS = 6
_numbers = itertools.count(61_000_000)

Fresh = Callable[[], tuple[str, str]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of this file's own: what is written stays."""
    with Server(Path(tmp_path_factory.mktemp("joining"))) as running:
        yield running


@pytest.fixture(scope="module", autouse=True)
def flags(server: Server) -> None:
    """dora and rita may create and invite by API; sol and olga may not."""
    run_inside(server, grant_all, names=["dora", "rita"])


@pytest.fixture
def fresh() -> Fresh:
    """A telephone number and an address that nobody has yet."""

    def make() -> tuple[str, str]:
        number = next(_numbers)
        return str(number), f"nora{number}@new.example.com"

    return make


def wanted(server: Server, client: Any, fresh: Fresh) -> dict[str, str]:
    """CreateAccount's parameters, with a code that was sent for them."""
    number, mail = fresh()
    ask(client, "SendVerifyCode", CountryCode="852", PhoneNum=number)
    return {**NEW, "PhoneNum": number, "Mail": mail, "VerifyCode": run_inside(server, code_inside)}


@pytest.mark.parametrize("mode", WRITE_MODES)
def test_an_account_is_created_and_bound(
    server: Server, tencent: Tencent, people: People, fresh: Fresh, mode: Mode
) -> None:
    client = tencent(people["dora"], **mode)
    answer = ask(client, "CreateAccount", **wanted(server, client, fresh))
    assert answer.Reason == "success"
    assert re.fullmatch("[1-9][0-9]{11}", answer.Uin)  # a text (tencent:D.1)
    (row,) = ask(tencent(people["dora"]), "DescribeCustomerInfo", CustomerUin=[int(answer.Uin)]).Data
    assert (row.Name, row.AccountStatus, row.AuthStatus) == ("New Ltd", "0", "-1")
    assert row.Phone.endswith(str(next(_numbers) - 1))


def test_a_second_level_reseller_creates_its_own_customer(
    server: Server, tencent: Tencent, people: People, fresh: Fresh
) -> None:
    client = tencent(people["rita"])
    uin = int(ask(client, "CreateAccount", **wanted(server, client, fresh)).Uin)
    assert ask(client, "DescribeCustomerInfo", CustomerUin=[uin]).Data[0].Name == "New Ltd"
    # A distributor sees the customer as its reseller's, not as its own.
    code, _ = refusal(tencent(people["dora"]), "DescribeCustomerInfo", CustomerUin=[uin])
    assert code == "UnauthorizedOperation.UinNoAuth"


def test_the_same_account_at_once_is_made_once(server: Server, tencent: Tencent, people: People, fresh: Fresh) -> None:
    """Each call is signed anew, so nothing but the code, the address and the locks tell them apart."""
    client = tencent(people["dora"])
    asked = wanted(server, client, fresh)
    clients = [tencent(people["dora"], sign="HmacSHA256") for _ in range(TWINS)]

    def create(own: Any) -> str:
        try:
            return str(ask(own, "CreateAccount", **asked).Uin)
        except TencentCloudSDKException as error:
            return str(error.code)

    with ThreadPoolExecutor(TWINS) as pool:
        told = sorted(pool.map(create, clients))
    assert told[1:] == ["FailedOperation.VerificationCodeIllegal"] * (TWINS - 1)
    assert ask(client, "DescribeCustomerInfo", CustomerUin=[int(told[0])]).Data[0].Email == asked["Mail"]


def test_a_code_within_a_minute_is_refused(tencent: Tencent, people: People, fresh: Fresh) -> None:
    number, _mail = fresh()
    ask(tencent(people["carl"]), "SendVerifyCode", CountryCode="852", PhoneNum=number)  # customers may ask too
    code, message = refusal(tencent(people["dora"]), "SendVerifyCode", CountryCode="852", PhoneNum=number)
    assert code == "FailedOperation.SendVerifyCodeLimit60"
    assert message == "A verification code was sent a moment ago; wait a minute."


def invited(client: Any, mail: str, **more: str) -> str:
    """The token of an invitation that was mailed."""
    link = ask(client, "CreateAndSendClientInvitationMail", Email=mail, **more).InvitationLink
    found = re.fullmatch(r"http://[^?]+/\?RegisterToken=([0-9a-f]{32})", link)
    assert found, link
    return found[1]


@pytest.mark.parametrize("mode", WRITE_MODES)
def test_a_customer_is_invited_applies_and_is_bound(
    server: Server, tencent: Tencent, people: People, fresh: Fresh, mode: Mode
) -> None:
    client = tencent(people["dora"], **mode)
    _number, mail = fresh()
    token = invited(client, mail)
    (row,) = ask(client, "QueryInvitationInfo", InvitationToken=[token]).InvitationInfo
    assert (row.InvitationToken, row.Status, row.ClientType, row.ClientUin) == (token, 1, 2, 0)
    assert (row.UseTime, row.BindTime) == ("", "")
    assert SECOND.fullmatch(row.CreateTime)
    assert re.fullmatch(r"n\*+[0-9]@new\.example\.com", row.ClientMail)  # 1**********8@gmail.com in the example

    uin = run_inside(server, join_inside, email=mail, token=token)
    found = ask(client, "QueryPendingClientsV2", Page=1, PageSize=100)
    assert found.Total == len(found.Data)
    (item,) = [one for one in found.Data if one.ClientUin == uin]
    assert (item.Name, item.Email, item.Mobile, item.Status, item.Type) == (
        f"Firm of {mail}",
        mail,
        "188****1234",  # masked as in the example
        "Reviewing",
        "company",
    )
    assert SECOND.fullmatch(item.ApplyTime)
    (row,) = ask(client, "QueryInvitationInfo", InvitationToken=[token]).InvitationInfo
    assert (row.Status, row.ClientUin, row.BindTime) == (2, uin, "")
    assert SECOND.fullmatch(row.UseTime)

    ask(client, "ApproveClientApply", ClientUin=uin, ApproveType="pass")
    (row,) = ask(client, "QueryInvitationInfo", InvitationToken=[token]).InvitationInfo
    assert SECOND.fullmatch(row.BindTime)
    assert uin not in [one.ClientUin for one in ask(client, "QueryPendingClientsV2", Page=1, PageSize=100).Data]
    assert ask(client, "DescribeCustomerInfo", CustomerUin=[uin]).Data[0].AccountStatus == "0"


def test_a_rejected_customer_is_not_bound(server: Server, tencent: Tencent, people: People, fresh: Fresh) -> None:
    client = tencent(people["rita"])
    _number, mail = fresh()
    uin = run_inside(server, join_inside, email=mail, token=invited(client, mail))
    # Neither the distributor above nor a stranger decides, or learns that somebody has applied.
    for other in ("dora", "sol"):
        code, _ = refusal(tencent(people[other]), "ApproveClientApply", ClientUin=uin, ApproveType="pass")
        assert code in {"FailedOperation.ClientNotApply", "UnauthorizedOperation.UinNoAuth"}
    ask(client, "ApproveClientApply", ClientUin=uin, ApproveType="reject", RejectReason="no such company")
    code, _ = refusal(client, "ApproveClientApply", ClientUin=uin, ApproveType="pass")
    assert code == "FailedOperation.ClientNotApply"
    assert refusal(client, "DescribeCustomerInfo", CustomerUin=[uin])[0] == "UnauthorizedOperation.UinNoAuth"


@pytest.mark.parametrize("mode", WRITE_MODES[:1])
def test_a_second_level_reseller_is_invited_and_approved(
    server: Server, tencent: Tencent, people: People, fresh: Fresh, mode: Mode
) -> None:
    client = tencent(people["dora"], **mode)
    _number, mail = fresh()
    token = invited(client, mail, InvitationRole="SubAgent", MaterialUrl="papers.example.com/nora")
    uin = run_inside(server, join_inside, email=mail, token=token)
    found = ask(client, "QueryPendingSubAgentsV2", Page=1, PageSize=100)
    (item,) = [one for one in found.Data if one.SubAgentUin == uin]
    assert (item.Name, item.Email, item.Mobile, item.Status) == (f"Firm of {mail}", mail, "188****1234", "Reviewing")
    assert (item.MaterialUrl, item.AuthState) == ("https://papers.example.com/nora", 3)
    (row,) = ask(client, "QueryInvitationInfo", InvitationToken=[token]).InvitationInfo
    assert (row.ClientType, row.Status) == (1, 2)
    ask(client, "ApproveSubAgentApply", SubAgentUin=uin, ApproveType="pass")
    (row,) = ask(client, "QuerySubAgentsDetailV2", Page=1, PageSize=1, FilterType="SubAgentUin", Filter=str(uin)).Data
    assert (row.Name, row.CountOfCustomers) == (f"Firm of {mail}", 0)


def test_a_rejected_reseller_is_told_why(server: Server, tencent: Tencent, people: People, fresh: Fresh) -> None:
    client = tencent(people["dora"])
    _number, mail = fresh()
    uin = run_inside(server, join_inside, email=mail, token=invited(client, mail, InvitationRole="SubAgent"))
    ask(client, "ApproveSubAgentApply", SubAgentUin=uin, ApproveType="reject", RejectReason="miss account info")
    code, _ = refusal(client, "ApproveSubAgentApply", SubAgentUin=uin, ApproveType="pass")
    assert code == "FailedOperation.ResellerNotApply"


def test_without_the_flags_it_is_refused(tencent: Tencent, people: People) -> None:
    """tencent:A.4: CreateAccount has a general code, the others UinNoAuth."""
    sol = tencent(people["sol"])
    asked = {**NEW, "PhoneNum": "1", "Mail": "a@new.example.com", "VerifyCode": "000000"}
    assert refusal(sol, "CreateAccount", **asked)[0] == "UnauthorizedOperation"
    for action, parameters in (
        ("CreateAndSendClientInvitationMail", {"Email": "a@new.example.com"}),
        ("QueryPendingClientsV2", {"Page": 1, "PageSize": 1}),
        ("ApproveClientApply", {"ClientUin": 1, "ApproveType": "pass"}),
    ):
        assert refusal(sol, action, **parameters)[0] == "UnauthorizedOperation.UinNoAuth", action


@pytest.mark.parametrize("action", ["QueryPendingClientsV2", "QueryPendingSubAgentsV2"])
@pytest.mark.parametrize("page", [{"Page": 0, "PageSize": 1}, {"Page": 1, "PageSize": 0}, {"Page": 1, "PageSize": 101}])
def test_pages_out_of_range(tencent: Tencent, people: People, action: str, page: dict[str, int]) -> None:
    assert refusal(tencent(people["dora"]), action, **page)[0] == "InvalidParameterValue"
