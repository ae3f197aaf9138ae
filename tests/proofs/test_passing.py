"""Every operation has a request the campaigns start from, and it passes."""

from __future__ import annotations

import pytest

from openpartner.project.reference.whole import REGISTRIES
from tests.proofs.requests import Signers, derived, passing
from tests.proofs.wire import Wire
from tests.support.server import Server

pytestmark = pytest.mark.campaign
ONCE = {
    "huawei SendVerificationMessageCode": "CBC.99008040",
    "huawei LegacySendVerificationCode": "CBC.99008040",
    "huawei SendSmsVerificationCode": "CBC.99000082",
    "huawei CreatePersonalRealnameAuth": "CBC.99007188",
    "huawei CreateEnterpriseRealnameAuthentication": "CBC.99007188",
    "huawei ChangeEnterpriseRealnameAuthentication": "CBC.99007188",
    "huawei LegacyCreateIndividualRealnameAuth": "CBC.99007188",
    "huawei LegacyCreateEnterpriseRealnameAuth": "CBC.99007188",
    "huawei LegacyChangeEnterpriseRealnameAuth": "CBC.99007188",
    "huawei CreateSubEnterpriseAccount": "CBC.99000031",
    "huawei ReclaimPartnerCoupons": "CBC.99000012",
    "huawei ReclaimEnterpriseMultiAccountCoupon": "CBC.99000012",
    "tencent SendVerifyCode": "FailedOperation.SendVerifyCodeLimit60",
    "tencent CreateAccount": "FailedOperation.VerificationCodeIllegal",
    "tencent CreateAndSendClientInvitationMail": "FailedOperation.SendMailLimit180",
    "tencent ApproveClientApply": "FailedOperation.ClientNotApply",
    "tencent ApproveSubAgentApply": "FailedOperation.ResellerNotApply",
}
"""What can be done once, and how it is refused when another campaign on the same server has done it before."""


def test_every_implemented_operation_has_a_passing_request(server: Server, wire: Wire) -> None:
    """A new operation without one would be left out of the campaigns in silence."""
    asks = passing(server.world)
    implemented = {
        f"{dialect} {name}"
        for dialect, registry in REGISTRIES.items()
        for name, operation in registry.operations.items()
        if operation.run is not None
    }
    assert asks.keys() == implemented
    signers = Signers(server)
    for ask in [one for several in asks.values() for one in several]:
        answer = wire.send(signers.raw(ask))
        if answer.code != ONCE.get(ask.key, "none"):
            assert (answer.code, answer.status // 100) == ("", 2), (ask, answer)


def test_every_declared_operation_says_so(server: Server, wire: Wire) -> None:
    """In the vendor's shape: Huawei 404 APIG.0101, Tencent HTTP 200 UnsupportedOperation, and the header on both."""
    signers = Signers(server)
    for dialect, registry in REGISTRIES.items():
        for operation in registry.operations.values():
            if operation.run is not None:
                continue
            answer = wire.send(signers.raw(derived(dialect, operation)))
            expected = (404, "APIG.0101") if dialect == "huawei" else (200, "UnsupportedOperation")
            assert (answer.status, answer.code, answer.declared) == (*expected, True), (operation.name, answer)
