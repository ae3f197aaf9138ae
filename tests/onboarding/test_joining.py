"""From an invitation to an association: the whole way, and every state met by every event (tencent:A.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from openpartner.core.access.operators import operator
from openpartner.core.access.roles import Preset, granted
from openpartner.core.access.sealing import put_new_key_in_front
from openpartner.core.access.users import create_user
from openpartner.core.accounts.models import Account, Flag
from openpartner.core.audit.events import Action
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.errors import ChannelError, Conflict, Invalid, NotAllowed, NotVisible, TooSoon
from openpartner.core.base.kinds import AccountKind, AssociationKind, CustomerType, Suspension, Verification
from openpartner.core.eligibility.causes import Barred, Cause
from openpartner.core.eligibility.marks import set_mark
from openpartner.core.eligibility.models import Mark
from openpartner.core.mail.models import OutgoingMail
from openpartner.core.mail.templates import Template
from openpartner.core.onboarding import applying, inviting
from openpartner.core.onboarding.applying import Facts, application_of, apply, open_invitation, withdraw
from openpartner.core.onboarding.deciding import approve, approve_many, reject, reject_many
from openpartner.core.onboarding.inviting import invite, preview_mail, resend, revoke, show_link
from openpartner.core.onboarding.jobs import expire_some, purge_some
from openpartner.core.onboarding.models import Application, Invitation
from openpartner.core.onboarding.queries import (
    ApplicationFilter,
    InvitationFilter,
    applications,
    by_tokens,
    failures,
    history,
    invitations,
    pending,
    rejections,
    shown_state,
)
from openpartner.core.onboarding.tokens import link_of, reseal, token_of
from openpartner.core.onboarding.vocabulary import (
    APPLICATION_MOVES,
    CREATION_MOVES,
    INVITATION_MOVES,
    ApplicationState,
    CreationState,
    InvitationState,
    Opening,
    must_move,
)
from openpartner.core.partners.commands import grant_flag
from openpartner.kit import clock
from tests.onboarding.people import RESELLER, START, caller, cause_of, company, invited, joining, plain
from tests.support.people import Person, World

S, A = InvitationState, ApplicationState


def test_a_customer_joins(dora: Person) -> None:
    invitation, token = invite(dora.caller, email="Cleopatra@Example.com", text="Welcome,\n cleo")
    assert link_of(token).endswith(f"/join/{token}/")
    assert open_invitation(token).state is Opening.OPEN
    account = plain("cleopatra", email="cleopatra@example.com")
    application = apply(caller(account), token, Facts(contact="Cleo"))
    assert (application.is_new, application.legal_name, application.contact) == (True, "Cleopatra", "Cleo")
    assert [one.account_id for one in pending(dora.caller.own(), AccountKind.CUSTOMER)] == [account.pk]
    approve(dora.caller, account.uin)
    account.refresh_from_db()
    assert (account.partner_id, account.suspension) == (dora.account_pk, Suspension.NONE)
    assert account.association_kind == AssociationKind.RESALE
    told = [(one.what, one.by) for one in history(dora.caller.own(), invitation)]
    assert told == [("sent", "dora"), ("applied", "cleopatra/cleopatra"), ("passed", "dora")]
    mails = OutgoingMail.objects.everything(reason="test").order_by("id")
    assert [(one.template, one.recipient) for one in mails] == [
        (Template.CUSTOMER_INVITATION, "cleopatra@example.com"),
        (Template.APPLICATION_MADE, "dora@example.com"),
        (Template.APPLICATION_PASSED, "cleopatra@example.com"),
    ]
    assert "“Welcome, cleo”" in mails[0].text
    assert link_of(token) in mails[0].text


def test_the_trail_reads_as_it_was(dora: Person, rita: Person) -> None:
    """The partner reads every step, so does the account; another partner reads none."""
    account = joining(dora, "tia")
    reject(dora.caller, account.uin, "which Tia?")
    for scope, sees in ((dora.caller.scope, True), (rita.caller.scope, False)):
        rows = AuditEvent.objects.within(scope).order_by("id")
        told = [row.action for row in rows if row.subject == account.pk or row.action == Action.INVITATION_SENT]
        assert told == ([Action.INVITATION_SENT, Action.APPLIED, Action.APPLICATION_REJECTED] if sees else [])
    own = AuditEvent.objects.within(caller(account).scope).order_by("id").values_list("action", flat=True)
    assert [*own][-2:] == [Action.APPLIED, Action.APPLICATION_REJECTED]


def test_a_reseller_joins_and_invites_its_own(dora: Person) -> None:
    account = joining(dora, "rhea", RESELLER, customer_type=CustomerType.ENTERPRISE)
    with pytest.raises(Barred) as refused:
        approve(dora.caller, account.uin, role=RESELLER)
    assert cause_of(refused.value) is Cause.NOT_VERIFIED
    Account.objects.everything(reason="test").filter(pk=account.pk).update(verification=Verification.VERIFIED)
    approve(dora.caller, account.uin, role=RESELLER)
    account.refresh_from_db()
    assert (account.kind, account.partner_id, account.payer_id) == (RESELLER, dora.account_pk, dora.account_pk)
    rhea = caller(account)
    assert rhea.permissions == granted(",".join(sorted(rhea.permissions)), RESELLER)
    _, token = invite(rhea, email="new@example.com")
    with pytest.raises(Barred) as old:  # tencent:A.2: it binds only whoever registers anew
        apply(
            caller(_older(plain("older", email="old@example.com"))), invite(rhea, email="old@example.com")[1], Facts()
        )
    assert cause_of(old.value) is Cause.NOT_NEW
    child = plain("fresh", email="new@example.com")
    apply(caller(child), token, Facts())
    approve(rhea, child.uin)
    child.refresh_from_db()
    assert (child.partner_id, child.payer_id) == (account.pk, dora.account_pk)


def test_a_rejected_account_applies_again_with_its_link(dora: Person) -> None:
    account = joining(dora, "remy")
    with pytest.raises(Invalid, match="empty"):
        reject(dora.caller, account.uin, "  ")
    reject(dora.caller, account.uin, "no trade register number")
    (row,) = rejections(dora.caller.own())
    assert (row.account_id, row.reason, row.decided_by) == (account.pk, "no trade register number", "dora")
    mail = OutgoingMail.objects.everything(reason="test").get(template=Template.APPLICATION_REJECTED)
    assert "no trade register number" in mail.text
    assert row.invitation is not None
    token = token_of(row.invitation)
    assert open_invitation(token).state is Opening.USED  # for anybody else
    assert open_invitation(token, account=account.pk).state is Opening.OPEN
    apply(caller(account), token, Facts())
    approve(dora.caller, account.uin)
    assert applications(dora.caller.own(), ApplicationFilter(text=str(account.uin))).count() == 2


def test_a_link_is_good_for_its_address_alone(dora: Person) -> None:
    invitation, token = invite(dora.caller, email="right@example.com")
    stranger = plain("wrong")
    with pytest.raises(Barred) as refused:
        apply(caller(stranger), token, Facts())
    assert cause_of(refused.value) is Cause.LINK_OF_OTHER
    (failed,) = failures(dora.caller.own())  # kept although the attempt was undone
    assert (failed.invitation_id, failed.cause, failed.account_id) == (invitation.pk, "link-of-other", stranger.pk)
    changed = token[:-1] + ("0" if token[-1] != "0" else "1")
    for wrong in (changed, token.upper(), token[:-1], "", "../" * 10, "0" * 32):
        assert open_invitation(wrong).state is Opening.UNKNOWN
        with pytest.raises(Barred) as unknown:
            apply(caller(stranger), wrong, Facts())
        assert cause_of(unknown.value) is Cause.LINK_UNKNOWN


def test_an_open_link_is_used_once_or_as_often_as_it_lives(dora: Person) -> None:
    once, many = invited(dora), invited(dora, is_reusable=True)
    first, second = plain(), plain()
    apply(caller(first), once[1], Facts())
    with pytest.raises(Barred) as used:
        apply(caller(second), once[1], Facts())
    assert cause_of(used.value) is Cause.LINK_USED
    withdraw(caller(first))
    for one in (first, second):
        apply(caller(one), many[1], Facts())
    assert pending(dora.caller.own(), AccountKind.CUSTOMER).count() == 2
    assert not OutgoingMail.objects.everything(reason="test").filter(template=Template.CUSTOMER_INVITATION).exists()


def test_three_minutes_lie_between_two_mails(dora: Person, sol: Person) -> None:
    """tencent:D.1, SendMailLimit180: by partner and address, however it is spelled."""
    with clock.frozen(START):
        invitation, _ = invite(dora.caller, email="one@example.com")
        invite(dora.caller, email="two@example.com")
        invite(sol.caller, email="one@example.com")
    with clock.frozen(START + timedelta(seconds=179)):
        for again in (
            lambda: invite(dora.caller, email=" ONE@example.com "),
            lambda: resend(dora.caller, invitation=invitation.pk),
        ):
            with pytest.raises(Barred) as refused:
                again()
            assert cause_of(refused.value) is Cause.MAIL_TOO_SOON
            assert refused.value.retry_after_seconds == 1
    with clock.frozen(START + timedelta(seconds=180)):
        resend(dora.caller, invitation=invitation.pk)
    with clock.frozen(START + timedelta(seconds=359)), pytest.raises(Barred):
        invite(dora.caller, email="one@example.com")


def test_who_is_not_asked_is_not_flooded(dora: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by a partner's mails nor by what a stranger does to an invitation's history."""
    monkeypatch.setattr(inviting, "MAILS_AN_HOUR", 2)
    for number in range(2):
        invite(dora.caller, email=f"n{number}@example.com")
    with pytest.raises(TooSoon):
        invite(dora.caller, email="n2@example.com")
    monkeypatch.setattr(applying, "FAILURES_MAX", 3)
    token = token_of(Invitation.objects.everything(reason="test").get(email="n0@example.com"))
    stranger = caller(plain("pest"))
    for _ in range(5):
        with pytest.raises(Barred):
            apply(stranger, token, Facts())
    assert failures(dora.caller.own()).count() == 3


def test_invitations_run_out_and_are_deleted(dora: Person) -> None:
    """tencent:A.2: valid thirty days, kept sixty."""
    with clock.frozen(START):
        invitation, token = invite(dora.caller, email="late@example.com")
        account = joining(dora, "kept")
    day = timedelta(days=1)
    with clock.frozen(START + 30 * day - timedelta(seconds=1)):
        assert open_invitation(token).state is Opening.OPEN
        assert expire_some() == 0
    with clock.frozen(START + 30 * day):
        assert open_invitation(token).state is Opening.EXPIRED  # before the job has come by
        assert shown_state(invitation) is S.EXPIRED
        found = invitations(dora.caller.own(), InvitationFilter(state=S.EXPIRED))
        assert [one.pk for one in found] == [invitation.pk]
        assert (expire_some(), expire_some()) == (1, 0)
        assert purge_some() == 0
    with clock.frozen(START + 60 * day):
        assert (purge_some(), purge_some()) == (2, 0)
        assert by_tokens(dora.caller.own(), [token]) == {}
        assert open_invitation(token).state is Opening.UNKNOWN
    application = Application.objects.everything(reason="test").get(account=account)
    assert application.invitation_id is None
    approve(dora.caller, account.uin)


# What becomes of an invitation in each state (rows) by each event (columns); None: it happens.
EVENTS: dict[str, Callable[[Person, Invitation, str], object]] = {
    "applied by its invitee": lambda _by, row, token: apply(caller(_account(row)), token, Facts()),
    "applied by another": lambda _by, _row, token: apply(caller(plain()), token, Facts()),
    "mailed again": lambda by, row, _token: resend(by.caller, invitation=row.pk),
    "shown": lambda by, row, _token: show_link(by.caller, invitation=row.pk),
    "revoked": lambda by, row, _token: revoke(by.caller, invitation=row.pk, reason="sent in error"),
    "its day comes": lambda _by, _row, _token: expire_some(),
}
NO = Conflict
INVITATION_TABLE: dict[InvitationState, tuple[object, ...]] = {
    S.OPEN: (None, Cause.LINK_OF_OTHER, None, None, None, None),
    S.USED: (None, Cause.LINK_USED, Cause.LINK_USED, Cause.LINK_USED, NO, None),
    S.REVOKED: (Cause.LINK_REVOKED, Cause.LINK_REVOKED, Cause.LINK_REVOKED, Cause.LINK_REVOKED, NO, None),
    S.EXPIRED: (Cause.LINK_EXPIRED, Cause.LINK_EXPIRED, Cause.LINK_EXPIRED, Cause.LINK_EXPIRED, NO, None),
}
AFTER: dict[tuple[InvitationState, str], InvitationState] = {
    (S.OPEN, "applied by its invitee"): S.USED,
    (S.OPEN, "revoked"): S.REVOKED,
    (S.OPEN, "its day comes"): S.EXPIRED,
}


def _account(row: Invitation) -> Account:
    return Account.objects.everything(reason="test").get(email=row.email)


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("event", list(EVENTS))
def test_every_invitation_meets_every_event(dora: Person, state: InvitationState, event: str) -> None:
    with clock.frozen(START):
        row, token = invite(dora.caller, email="guest@example.com")
        guest = plain("guest")
        if state is S.USED:  # and its application was rejected, so that the guest may come again
            apply(caller(guest), token, Facts())
            reject(dora.caller, guest.uin, "not yet")
        elif state is S.REVOKED:
            revoke(dora.caller, invitation=row.pk)
    after_days = 30 if state is S.EXPIRED or event == "its day comes" else 1
    expected = INVITATION_TABLE[state][list(EVENTS).index(event)]
    with clock.frozen(START + timedelta(days=after_days)):
        if state is S.EXPIRED:
            expire_some()
        assert _result(lambda: EVENTS[event](dora, row, token)) == expected
    row.refresh_from_db()
    assert row.state == AFTER.get((state, event), state)


DECISIONS: dict[str, Callable[[Person, Account, str], object]] = {
    "approved": lambda by, account, _token: approve(by.caller, account.uin),
    "rejected": lambda by, account, _token: reject(by.caller, account.uin, "no"),
    "withdrawn": lambda _by, account, _token: withdraw(caller(account)),
    "made again": lambda _by, account, token: apply(caller(account), token, Facts()),
}
NONE = Cause.NO_APPLICATION
APPLICATION_TABLE: dict[ApplicationState, tuple[object, ...]] = {
    A.REVIEWING: (None, None, None, Cause.ALREADY_APPLIED),
    A.PASSED: (NONE, NONE, NotVisible, Cause.ALREADY_CUSTOMER),
    A.REJECTED: (NONE, NONE, NotVisible, None),
    A.WITHDRAWN: (NONE, NONE, NotVisible, None),
}


@pytest.mark.parametrize("state", list(A))
@pytest.mark.parametrize("event", list(DECISIONS))
def test_every_application_meets_every_event(dora: Person, state: ApplicationState, event: str) -> None:
    account = joining(dora, "guest")
    row = application_of(caller(account))
    assert row is not None
    assert row.invitation is not None
    token = token_of(row.invitation)
    before = {A.PASSED: "approved", A.REJECTED: "rejected", A.WITHDRAWN: "withdrawn"}
    if state in before:
        DECISIONS[before[state]](dora, account, token)
    expected = APPLICATION_TABLE[state][list(DECISIONS).index(event)]
    assert _result(lambda: DECISIONS[event](dora, account, token)) == expected
    row.refresh_from_db()
    moves = {"approved": A.PASSED, "rejected": A.REJECTED, "withdrawn": A.WITHDRAWN}
    assert row.state == (moves[event] if state is A.REVIEWING and event in moves else state)


@pytest.mark.parametrize(
    ("kind", "moves"), [(S, INVITATION_MOVES), (A, APPLICATION_MOVES), (CreationState, CREATION_MOVES)]
)
def test_the_tables_name_every_state_and_allow_no_other_move(kind: Any, moves: Any) -> None:
    assert set(moves) == set(kind)
    for state in kind:
        for to in kind:
            if to in moves[state]:
                must_move(moves, state, to)
            else:
                with pytest.raises(Conflict):
                    must_move(moves, state, to)


def _result(work: Callable[[], object]) -> object:
    """None when it happened, the cause or the kind of refusal when not."""
    try:
        work()
    except Barred as error:
        return error.cause
    except ChannelError as error:
        return type(error)
    return None


def test_who_may_invite_and_decide(dora: Person, sol: Person, carl: Person, pia: Person) -> None:
    for nobody in (carl, pia):
        with pytest.raises((NotAllowed, NotVisible)):
            invite(nobody.caller, email="x@example.com")
    with pytest.raises(Barred) as refused:  # a reseller under the provider has no resellers
        invite(sol.caller, email="x@example.com", role=RESELLER)
    assert cause_of(refused.value) is Cause.NOT_A_PARTNER
    invitation, token = invite(dora.caller, email="x@example.com")
    for act in (resend, revoke, show_link):
        with pytest.raises(NotVisible):
            act(sol.caller, invitation=invitation.pk)
    assert by_tokens(sol.caller.own(), [token]) == {}
    assert list(by_tokens(dora.caller.own(), [token, "0" * 32, "what"])) == [token]
    account = joining(dora, "mine")
    assert _result(lambda: approve(sol.caller, account.uin)) is Cause.NO_APPLICATION
    assert _result(lambda: approve(dora.caller, account.uin, role=RESELLER)) is Cause.NO_RESELLER_APPLICATION


def test_what_is_malformed_names_its_field(dora: Person) -> None:
    cases: list[tuple[dict[str, object], str]] = [
        ({"email": "nobody"}, "email"),
        ({"email": "a@b.c", "is_reusable": True}, "is_reusable"),
        ({"role": AccountKind.DISTRIBUTOR}, "role"),
        ({"material_url": "https://example.com"}, "material_url"),
        ({"role": RESELLER, "material_url": "http://example.com"}, "material_url"),
        ({"role": RESELLER, "material_url": "javascript:alert(1)"}, "material_url"),
        ({"role": RESELLER, "kind": AssociationKind.REFERRAL}, "role"),
        ({"text": "x" * 201}, "text"),
        ({"manager": 10**9}, "manager"),
    ]
    for values, field in cases:
        with pytest.raises(Invalid) as refused:
            invite(dora.caller, **{"email": "a@example.com", **values})  # type: ignore[arg-type]  # wrong on purpose
        assert refused.value.field == field
    assert not Invitation.objects.everything(reason="test").exists()
    _, token = invite(dora.caller, email="a@example.com")
    account = plain("aa", email="a@example.com")
    for facts, field in (
        (Facts(contact="x\ny"), "contact"),
        (Facts(email="no"), "email"),
        (Facts(mobile="+49"), "mobile"),
        (Facts(legal_name="x" * 201), "legal_name"),
        (Facts(material_url="https://example.com"), "material_url"),
    ):
        with pytest.raises(Invalid) as wrong:
            apply(caller(account), token, facts)
        assert wrong.value.field == field


def test_whose_link_it_was_looks_after_the_customer(dora: Person) -> None:
    """huawei:A3: invited through an account manager's own link."""
    mia = create_user(dora.caller, name="mia", email="mia@example.com", password=None, presets=[Preset.ACCOUNT_MANAGER])
    _, token = invited(dora, manager=mia.pk)
    account = plain("looked")
    apply(caller(account), token, Facts())
    assert OutgoingMail.objects.everything(reason="test").get(template="application-made").recipient == mia.email
    approve(dora.caller, account.uin, suspend=True)
    account.refresh_from_db()
    assert (account.manager_id, account.suspension) == (mia.pk, Suspension.ACCOUNT)


def test_several_are_decided_each_for_itself(dora: Person) -> None:
    good, barred, strange = joining(dora), joining(dora), plain()
    _mark(barred, Mark.KEY_ACCOUNT)
    done = approve_many(dora.caller, [good.uin, barred.uin, strange.uin, good.uin])
    assert [(one.uin, one.error is None) for one in done] == [
        (good.uin, True),
        (barred.uin, False),
        (strange.uin, False),
    ]
    assert [one.error for one in reject_many(dora.caller, [barred.uin], "key account")] == [None]
    with pytest.raises(Invalid, match="from one to"):
        approve_many(dora.caller, [])


def test_an_account_waits_for_one_answer_at_a_time(dora: Person, sol: Person) -> None:
    account = joining(dora, "torn")
    with pytest.raises(Barred) as refused:
        apply(caller(account), invite(sol.caller, email=account.email)[1], Facts())
    assert cause_of(refused.value) is Cause.ALREADY_APPLIED
    row = application_of(caller(account))
    assert row is not None
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():  # the database's own word
        row.save(force_insert=True)


def test_referral_needs_its_flag(dora: Person, pia: Person) -> None:
    """huawei:A2: only resale by default."""
    with pytest.raises(Barred) as refused:
        invite(dora.caller, email="r@example.com", kind=AssociationKind.REFERRAL)
    assert cause_of(refused.value) is Cause.NO_REFERRAL
    grant_flag(pia.caller, account_id=dora.account_id, flag=Flag.REFERRAL)
    _, token = invite(dora.caller, email="r@example.com", kind=AssociationKind.REFERRAL)
    account = plain("r", email="r@example.com")
    apply(caller(account), token, Facts())
    approve(dora.caller, account.uin, suspend=True)
    account.refresh_from_db()  # what is stopped by default is resale alone
    assert (account.association_kind, account.suspension) == (AssociationKind.REFERRAL, Suspension.NONE)


def test_the_mail_is_shown_before_it_is_sent(dora: Person) -> None:
    for language, word in (("en", "invites you"), ("zh", "邀请"), ("ja-jp", "招待")):
        subject, text = preview_mail(dora.caller, text="{link} <b>", language=language)
        assert word in subject
        assert "“{link} <b>”" in text  # nobody's braces are ours
        assert link_of("0" * 32) in text
    assert "reseller" in preview_mail(dora.caller, role=RESELLER, language="en")[0]


def test_tokens_are_kept_as_hash_and_seal_alone(dora: Person) -> None:
    invitation, token = invite(dora.caller, email="s@example.com")
    columns = Invitation.objects.everything(reason="test").values().get(pk=invitation.pk)
    assert token not in str(columns)
    assert show_link(dora.caller, invitation=invitation.pk) == link_of(token)
    put_new_key_in_front()
    assert reseal() == 1
    invitation.refresh_from_db()
    assert (token_of(invitation), invitation.token_sealed == columns["token_sealed"]) == (token, False)


def test_what_was_verified_stays_as_it_is(dora: Person) -> None:
    account = company("known")
    _, token = invited(dora, account)
    application = apply(caller(account), token, Facts(legal_name="Another Name"))
    account.refresh_from_db()
    assert (application.legal_name, account.legal_name) == ("Another Name", "Known")


def _older(account: Account) -> Account:
    account.registered_at -= timedelta(days=400)
    account.save(update_fields=["registered_at"])
    return account


def _mark(account: Account, mark: Mark) -> None:
    set_mark(operator(), account_id=account.account_id, mark=mark)


def test_worlds_are_apart(world: World) -> None:
    """What a distributor's reseller does is seen above it, and by nobody beside it."""
    invite(world.rita.caller, email="below@example.com")
    for who, sees in (("rita", 1), ("dora", 1), ("pia", 1), ("sol", 0), ("olga", 0)):
        assert invitations(world[who].caller.scope, InvitationFilter()).count() == sees
    assert invitations(world.dora.caller.own(), InvitationFilter()).count() == 0
