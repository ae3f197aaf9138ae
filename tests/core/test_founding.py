"""`openpartner init`: a channel of one's own, without the demo."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from openpartner.core.access.queries import MemberFilter, members
from openpartner.core.access.signers import find_signer
from openpartner.core.access.signing_in import sign_in
from openpartner.core.base.kinds import AccountKind
from openpartner.core.partners.commands import NewPartner, create_partner
from openpartner.project.commands.init import command
from tests.support.people import World

PASSWORD = "correct horse battery"
WORDS = ["--name", "Acme Cloud", "--account-name", "acme", "--email", "Ada@acme.example"]


def run(password: str = PASSWORD) -> Result:
    return CliRunner().invoke(command, WORDS, env={"PASSWORD": password})


@pytest.mark.django_db
def test_it_makes_a_provider_who_can_sign_in_sign_and_go_on() -> None:
    result = run()
    assert result.exit_code == 0, result.output
    access_key = result.output.split("access key")[1].split()[0]
    secret = result.output.split("secret key")[1].split()[0]
    signer = find_signer(access_key)
    assert signer is not None
    assert signer.secret == secret
    caller = signer.caller(via="test", request_id="")
    assert caller.kind is AccountKind.PROVIDER
    (admin,) = members(caller.scope, MemberFilter())
    assert sign_in(admin, PASSWORD, None, via="test").email == "ada@acme.example"
    create_partner(caller, new=NewPartner(kind=AccountKind.DISTRIBUTOR, account_name="first", legal_name="First"))


def test_it_refuses_a_database_in_use(world: World) -> None:
    result = run()
    assert result.exit_code == 1
    assert "has accounts already" in result.output


@pytest.mark.django_db
def test_it_refuses_a_weak_password() -> None:
    result = run("short")
    assert result.exit_code == 1
    assert "password" in result.output
