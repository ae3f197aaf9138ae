"""Verifications: submitted, reviewed, decided once. Rules: huawei:D1 (mc_00017 to mc_00020), huawei:A3, issue 6."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction

from openpartner.core.access import keys
from openpartner.core.access.sealing import unsealed
from openpartner.core.accounts.models import EnterpriseMember
from openpartner.core.accounts.placing import lock_account, release
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.errors import ChannelError, Conflict, Invalid, NotAllowed, NotVisible
from openpartner.core.base.kinds import AccountingMode, AssociationKind, CustomerType, Verification
from openpartner.core.customers.commands import associate
from openpartner.core.mail.models import OutgoingMail
from openpartner.core.verification import commands, rules
from openpartner.core.verification.commands import (
    decide_several,
    pass_submission,
    reject_submission,
    set_policy,
    submit,
    submit_own,
)
from openpartner.core.verification.folders import set_folder
from openpartner.core.verification.models import Document, State, VerificationSubmission
from openpartner.core.verification.queries import SubmissionFilter, get_submission, newest_of, submissions
from openpartner.core.verification.rules import Fault, Given, VerificationRefused
from openpartner.kit import clock
from tests.support.people import Person, World, build_world

LINKS = ("https://files.example.com/page.jpg", "https://files.example.com/held.PNG")
PERSON = Given(
    customer_type=CustomerType.PERSON,
    document=Document.PASSPORT,
    name="Carl Coffee",
    number="G12345678",
    files=LINKS,
)
COMPANY = Given(
    customer_type=CustomerType.ENTERPRISE,
    document=Document.BUSINESS_LICENCE,
    name="Carl Coffee Company",
    number="HRB 4711",
    files=LINKS,
    region="DE",
    address="Bean Street 1",
)


@pytest.fixture
def unverified(world: World) -> World:
    """cora, cyro and carl are not verified; chen is, as a company."""
    assert world.cora.account.verification == Verification.NONE
    return world


def fault_of(ask: Any) -> Fault:
    with pytest.raises(VerificationRefused) as refusal, transaction.atomic():
        ask()
    return refusal.value.fault


def test_a_partner_submits_the_provider_rejects_and_then_passes(unverified: World, dora: Person, pia: Person) -> None:
    world, customer = unverified, unverified.cora.account_id
    row = submit(dora.caller, account_id=customer, given=COMPANY)
    assert (row.state, row.is_reviewed, row.attempt) == (State.IN_REVIEW, True, 1)
    assert world.cora.account.verification == Verification.IN_REVIEW
    assert (row.number_masked, unsealed(row.number)) == ("******11", "HRB 4711")
    reject_submission(pia.caller, number=row.pk, opinion="The licence is not readable.")
    assert world.cora.account.verification == Verification.REJECTED
    again = submit(dora.caller, account_id=customer, given=COMPANY)
    pass_submission(pia.caller, number=again.pk)
    cora = world.cora.account
    assert (cora.verification, cora.customer_type) == (Verification.VERIFIED, CustomerType.ENTERPRISE)
    assert (cora.legal_name, cora.verified_at is not None) == ("Carl Coffee Company", True)
    assert cora.legal_name_folded == "carl coffee company"
    events = AuditEvent.objects.everything(reason="test").filter(subject=cora.pk).order_by("pk")
    assert [one.action for one in events][-4:] == [
        "verification.submitted",
        "verification.rejected",
        "verification.submitted",
        "verification.passed",
    ]
    assert not any("4711" in one.details for one in events)


def test_both_are_told_the_result_by_mail(unverified: World, dora: Person, pia: Person) -> None:
    row = submit(dora.caller, account_id=unverified.cora.account_id, given=PERSON)
    reject_submission(pia.caller, number=row.pk, opinion="Too dark.")
    sent = {one.recipient: one for one in OutgoingMail.objects.everything(reason="test")}
    assert sent.keys() == {"cora@example.com", "dora@example.com"}
    assert all("Too dark." in one.text and "G12345678" not in one.text for one in sent.values())
    assert "/verification/" in sent["cora@example.com"].text
    assert f"/customers/{unverified.cora.account_id}/verification/" in sent["dora@example.com"].text


def test_a_customer_submits_its_own_and_nobody_elses(unverified: World, carl: Person, rita: Person) -> None:
    row = submit_own(carl.caller, given=PERSON)
    assert (row.customer_id, row.partner_id, row.submitter_id) == (
        carl.account_pk,
        rita.account_pk,
        carl.account_pk,
    )
    with pytest.raises(NotAllowed), transaction.atomic():
        submit(carl.caller, account_id=unverified.cora.account_id, given=PERSON)
    with pytest.raises(NotVisible), transaction.atomic():
        submit_own(rita.caller, given=PERSON)


def test_only_the_own_partner_submits_and_only_the_provider_decides(unverified: World, pia: Person) -> None:
    world = unverified
    for stranger in (world.olga, world.sol, world.dora):  # carl is a customer of dora's reseller
        with pytest.raises(NotVisible), transaction.atomic():
            submit(stranger.caller, account_id=world.carl.account_id, given=PERSON)
    row = submit(world.rita.caller, account_id=world.carl.account_id, given=PERSON)
    for other in (world.dora, world.rita, world.carl):
        with pytest.raises(NotAllowed), transaction.atomic():
            pass_submission(other.caller, number=row.pk)
    for whose, sees in ((pia, True), (world.rita, True), (world.carl, True), (world.sol, False), (world.olga, False)):
        assert submissions(whose.caller.scope, SubmissionFilter()).filter(pk=row.pk).exists() is sees


def test_a_decision_is_made_once(unverified: World, pia: Person, dora: Person) -> None:
    row = submit(dora.caller, account_id=unverified.cora.account_id, given=PERSON)
    pass_submission(pia.caller, number=row.pk)
    for again in (pass_submission, reject_submission):
        with pytest.raises(Conflict), transaction.atomic():
            again(pia.caller, number=row.pk, opinion="Second thoughts.")
    with pytest.raises(NotVisible), transaction.atomic():
        pass_submission(pia.caller, number=row.pk + 1_000)


def test_what_is_submitted_twice_is_refused(unverified: World, pia: Person, dora: Person) -> None:
    """CBC.99007188: verified already, or in review."""
    customer = unverified.cora.account_id
    row = submit(dora.caller, account_id=customer, given=PERSON)
    assert fault_of(lambda: submit(dora.caller, account_id=customer, given=PERSON)) is Fault.VERIFIED
    assert fault_of(lambda: submit_own(unverified.cora.caller, given=COMPANY)) is Fault.VERIFIED
    pass_submission(pia.caller, number=row.pk)
    assert fault_of(lambda: submit(dora.caller, account_id=customer, given=COMPANY)) is Fault.VERIFIED


def test_a_person_becomes_a_company_and_stays_verified_meanwhile(unverified: World, pia: Person, dora: Person) -> None:
    world, customer = unverified, unverified.cora.account_id
    change = replace(COMPANY, is_change=True)
    assert fault_of(lambda: submit(dora.caller, account_id=customer, given=change)) is Fault.NOT_A_PERSON
    first = submit(dora.caller, account_id=customer, given=PERSON)
    pass_submission(pia.caller, number=first.pk)
    asked = submit(dora.caller, account_id=customer, given=change)
    assert world.cora.account.verification == Verification.VERIFIED
    reject_submission(pia.caller, number=asked.pk, opinion="Expired.")
    cora = world.cora.account
    assert (cora.verification, cora.customer_type) == (Verification.VERIFIED, CustomerType.PERSON)
    pass_submission(pia.caller, number=submit(dora.caller, account_id=customer, given=change).pk)
    assert world.cora.account.customer_type == CustomerType.ENTERPRISE
    assert fault_of(lambda: submit(dora.caller, account_id=customer, given=change)) is Fault.VERIFIED


def test_the_rules_of_the_provider(unverified: World, pia: Person, dora: Person) -> None:
    """is_review 0 or 1 (huawei:D1), and CBC.99007191: attempts exceeded."""
    world = unverified
    set_policy(pia.caller, reviews_persons=False, reviews_companies=True, attempts_max=1, accounts_max=1)
    row = submit(dora.caller, account_id=world.cora.account_id, given=PERSON)
    assert (row.state, row.is_reviewed, row.decided_by) == (State.PASSED, False, commands.BY_RULES)
    assert world.cora.account.verification == Verification.VERIFIED
    again = submit(dora.caller, account_id=world.cyro.account_id, given=COMPANY)
    reject_submission(pia.caller, number=again.pk, opinion="No.")
    ask = lambda given: submit(dora.caller, account_id=world.cyro.account_id, given=given)  # noqa: E731  # asked thrice
    assert fault_of(lambda: ask(COMPANY)) is Fault.ATTEMPTS
    set_policy(pia.caller, reviews_persons=True, reviews_companies=True, attempts_max=9, accounts_max=1)
    assert fault_of(lambda: ask(replace(PERSON, number="g-1234 5678"))) is Fault.NUMBER_USED
    for who in (dora, world.carl):
        with pytest.raises(NotAllowed), transaction.atomic():
            set_policy(who.caller, reviews_persons=False, reviews_companies=False, attempts_max=1, accounts_max=1)


def test_an_enterprise_with_members_is_no_person(unverified: World, dora: Person) -> None:
    EnterpriseMember.objects.create(
        master=unverified.cora.account, member=unverified.cyro.account, mode=AccountingMode.UNIFIED, since=clock.now()
    )
    ask = lambda: submit(dora.caller, account_id=unverified.cora.account_id, given=PERSON)  # noqa: E731
    assert fault_of(ask) is Fault.HAS_MEMBERS


def test_files_are_named_and_never_opened(unverified: World, dora: Person) -> None:
    customer = unverified.cora.account_id

    def ask(*files: str) -> VerificationSubmission:
        return submit(dora.caller, account_id=customer, given=replace(PERSON, files=files))

    assert fault_of(lambda: ask("a.jpg", "test/b.jpg")) is Fault.NO_FOLDER
    assert fault_of(lambda: ask(LINKS[0], "https://files.example.com/page.exe")) is Fault.FILE_FORMAT
    for wrong in ("/a.jpg", "../a.jpg", "a//b.jpg", "http://a.example/b.jpg", "a\nb.jpg", "javascript:a.jpg", ""):
        with pytest.raises(Invalid, match="files"), transaction.atomic():
            ask(wrong, LINKS[0])
    for wrong in ("http://files.example.com/", "ftp://a", "https://a/?b", "//a"):
        with pytest.raises(Invalid, match="address"), transaction.atomic():
            set_folder(dora.caller, address=wrong)
    folder = set_folder(dora.caller, address="https://files.example.com/download")
    assert folder is not None
    assert folder.address == "https://files.example.com/download/"
    assert ask("a.jpg", "test/图.PDF").file_names == ["a.jpg", "test/图.PDF"]
    set_folder(dora.caller, address="")
    with pytest.raises(NotVisible), transaction.atomic():
        set_folder(unverified.carl.caller, address="https://files.example.com/")


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("name", replace(PERSON, name=" ")),
        ("name", replace(COMPANY, name="12 - 34")),  # huawei:D1: not only digits, signs and spaces
        ("name", replace(PERSON, name="a\nb")),
        ("number", replace(PERSON, number="--")),
        ("number", replace(PERSON, number="1" * 65)),
        ("document", replace(PERSON, document=Document.BUSINESS_LICENCE)),
        ("document", replace(COMPANY, document=Document.PASSPORT)),
        ("customer_type", replace(PERSON, is_change=True)),
        ("region", replace(COMPANY, region="de")),
        ("legal_person", replace(COMPANY, legal_person="Lena")),
        ("files", replace(PERSON, files=LINKS[:1])),
        ("files", replace(PERSON, document=Document.TAIWAN_PERMIT)),
        ("files", replace(COMPANY, files=())),
        ("files", replace(COMPANY, legal_person="Lena", legal_person_number="L1")),  # front, back and two of Lena's
    ],
)
def test_what_is_not_well_formed(unverified: World, dora: Person, field: str, given: Given) -> None:
    with pytest.raises(Invalid) as refusal, transaction.atomic():
        submit(dora.caller, account_id=unverified.cora.account_id, given=given)
    assert refusal.value.field == field


def test_numbers_in_use(unverified: World, dora: Person) -> None:
    for number in ("G1", "1", "91310000MA1K3XXX4L", "(2013)0012345", "HRB 4711", "A-1/2.3"):
        rules.check(replace(PERSON, number=number))


def test_several_are_decided_at_once(unverified: World, pia: Person, dora: Person) -> None:
    numbers = [submit(dora.caller, account_id=unverified[who].account_id, given=PERSON).pk for who in ("cora", "cyro")]
    pass_submission(pia.caller, number=numbers[0])
    told = decide_several(pia.caller, numbers=[*numbers, 999_999], passes=False, opinion="Blurred.")
    assert [bool(one.why) for one in told] == [True, False, True]
    assert get_submission(pia.caller.scope, numbers[1]).state == State.REJECTED
    with pytest.raises(Invalid), transaction.atomic():
        decide_several(pia.caller, numbers=numbers, passes=False)


def test_a_new_partner_reads_the_result_but_not_the_document(unverified: World, sol: Person, dora: Person) -> None:
    submit(dora.caller, account_id=unverified.cora.account_id, given=PERSON)
    release(lock_account(unverified.cora.account_pk), until=clock.now(), by="the test")
    associate(sol.caller, account_id=unverified.cora.account_id, kind=AssociationKind.RESALE)
    newest = newest_of(unverified.cora.account)
    assert newest is not None
    assert not submissions(sol.caller.scope, SubmissionFilter()).exists()


def test_numbers_are_sealed_anew_with_the_keys(unverified: World, dora: Person) -> None:
    given = replace(COMPANY, files=(*LINKS, *LINKS), legal_person="Lena", legal_person_number="L1")
    row = submit(dora.caller, account_id=unverified.cora.account_id, given=given)
    assert commands.reseal in keys.RESEALING
    assert commands.reseal() == 2
    after = get_submission(dora.caller.scope, row.pk)
    assert after.number != row.number
    assert (unsealed(after.number), unsealed(after.legal_person_number)) == ("HRB 4711", "L1")


@pytest.mark.slow  # threads of their own connections, committed
def test_two_reviewers_and_two_submitters_at_once(transactional_db: None) -> None:
    """One submission comes of two, and one decision of two."""
    world = build_world()
    outcomes: list[str] = []

    def at_once(*works: Any) -> None:
        start = threading.Barrier(len(works))

        def run(work: Any) -> None:
            try:
                start.wait()
                work()
                outcomes.append("done")
            except ChannelError:
                outcomes.append("refused")
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(work,)) for work in works]
        for one in threads:
            one.start()
        for one in threads:
            one.join(timeout=60)

    cora = world.cora
    at_once(
        lambda: submit(world.dora.caller, account_id=cora.account_id, given=PERSON),
        lambda: submit_own(cora.caller, given=COMPANY),
    )
    assert sorted(outcomes) == ["done", "refused"]
    outcomes.clear()
    row = newest_of(cora.account)
    assert row is not None
    at_once(
        lambda: pass_submission(world.pia.caller, number=row.pk),
        lambda: reject_submission(world.pia.caller, number=row.pk, opinion="No."),
    )
    assert sorted(outcomes) == ["done", "refused"]
    assert VerificationSubmission.objects.everything(reason="test").filter(customer=cora.account_pk).count() == 1
