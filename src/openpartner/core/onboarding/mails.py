"""The mails of joining: invitations, and word of applications to both sides."""

from __future__ import annotations

from django.conf import settings

from openpartner.core.access.models import User
from openpartner.core.accounts.models import Account
from openpartner.core.base.kinds import AccountKind
from openpartner.core.mail.outbox import post
from openpartner.core.mail.templates import Template, rendered
from openpartner.core.onboarding.models import Application, Invitation
from openpartner.core.onboarding.tokens import link_of

SAMPLE_TOKEN = "0" * 32
APPLICATIONS_PATH = "/applications/"
RESELLER_APPLICATIONS_PATH = "/resellers/applications/"
PORTAL_PATH = "/"
OF_ROLE = {
    AccountKind.CUSTOMER: Template.CUSTOMER_INVITATION,
    AccountKind.SECOND_LEVEL_RESELLER: Template.RESELLER_INVITATION,
}


def values_of(*, partner: Account, sender: str, text: str, days: int, token: str) -> dict[str, str]:
    """What an invitation's mail says. The partner's own words are quoted, so that they are not taken for ours."""
    return {
        "partner": partner.called,
        "sender": sender,
        "text": f"“{text}”" if text else "",
        "days": str(days),
        "link": link_of(token),
    }


def preview(
    *, partner: Account, sender: str, role: AccountKind, text: str, language: str, days: int
) -> tuple[str, str]:
    """Subject and text of an invitation's mail, with a link that opens nothing."""
    values = values_of(partner=partner, sender=sender, text=text, days=days, token=SAMPLE_TOKEN)
    return rendered(OF_ROLE[role], language, values, settings.OPENPARTNER.url)


def send_invitation(invitation: Invitation, partner: Account, *, sender: str, days: int, token: str) -> None:
    """Post the mail of an invitation that is bound to an address."""
    values = values_of(partner=partner, sender=sender, text=invitation.text, days=days, token=token)
    post(
        OF_ROLE[AccountKind(invitation.role)],
        values,
        to=invitation.email,
        language=invitation.language,
        account=partner.pk,
        user=invitation.created_by_id,
    )


def tell_partner(application: Application, partner: Account, account: Account) -> None:
    """Tell whoever invited, or the account manager, or else the partner's own address, that somebody has applied."""
    invitation = application.invitation
    people = (application.manager, invitation.created_by if invitation is not None else None)
    person = next((one for one in people if one is not None and one.is_active), None)
    is_reseller = application.role == AccountKind.SECOND_LEVEL_RESELLER
    path = RESELLER_APPLICATIONS_PATH if is_reseller else APPLICATIONS_PATH
    post(
        Template.APPLICATION_MADE,
        {
            "account": partner.account_name,
            "applicant": application.legal_name or account.account_name,
            "uin": str(account.uin),
            "link": f"{settings.OPENPARTNER.url}{path}",
        },
        to=person.email if person is not None else partner.email,
        language=person.language if person is not None else "en",
        account=partner.pk,
        user=person.pk if person is not None else None,
    )


def tell_applicant(application: Application, partner: Account, account: Account) -> None:
    """Tell the administrators of an account how a partner has decided."""
    values = {"account": account.account_name, "partner": partner.called}
    if application.reason:
        template, values = Template.APPLICATION_REJECTED, {**values, "reason": application.reason}
    else:
        template = Template.APPLICATION_PASSED
    values["link"] = f"{settings.OPENPARTNER.url}{PORTAL_PATH}"
    person = (
        User.objects.everything(reason="the first user of the account that applied")
        .filter(account=account, is_active=True)
        .order_by("id")
        .first()
    )
    post(
        template,
        values,
        to=account.email or application.email,  # its own before one that it only tells
        language=person.language if person is not None else "en",
        account=account.pk,
        user=person.pk if person is not None else None,
    )
