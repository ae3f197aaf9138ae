"""The mails there are, the values each needs, and their words in three languages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources

from openpartner.kit.wording import one_line, spoken

VALUE_MAX = 200
"""Longer values are cut, links aside: the name of somebody's account is no place for a letter."""
SUBJECT_MAX = 200
LINK = "link"
SIGNATURE = "signature"
"""What every mail ends with; its one value is the console's address."""


class Template(StrEnum):
    """One kind of mail; its words stand under this name in each language's file."""

    PASSWORD_RESET = "password-reset"  # noqa: S105  # a template's name
    PASSWORD_CHANGED = "password-changed"  # noqa: S105  # a template's name
    SIGN_IN_LOCKED = "sign-in-locked"
    SECOND_FACTOR_CHANGED = "second-factor-changed"
    KEY_CREATED = "key-created"
    EXPORT_READY = "export-ready"
    IMPORT_FINISHED = "import-finished"
    BUDGET_REACHED = "budget-reached"
    CONSUMPTION_REACHED = "consumption-reached"
    INVITATION = "invitation-to-organization"
    CREDIT_LOW = "credit-low"
    SERVICES_STOPPED = "services-stopped"
    SERVICES_RESUMED = "services-resumed"
    VERIFICATION_CODE = "verification-code"
    REGISTRATION_CODE = "registration-code"
    ALREADY_REGISTERED = "already-registered"
    ACCOUNT_CODE = "account-code"
    VERIFICATION_PASSED = "verification-passed"
    VERIFICATION_REJECTED = "verification-rejected"
    ASSOCIATION_END_ASKED = "association-end-asked"
    ASSOCIATION_END_DUE = "association-end-due"
    ASSOCIATION_END_REFUSED = "association-end-refused"
    ASSOCIATION_END_WITHDRAWN = "association-end-withdrawn"
    ASSOCIATION_ENDED = "association-ended"
    ASSOCIATION_NOT_ENDED = "association-not-ended"
    MIGRATION_ASKED = "migration-asked"
    MIGRATION_TO_CONFIRM = "migration-to-confirm"
    MIGRATION_TO_REVIEW = "migration-to-review"
    MIGRATION_STOPPED = "migration-stopped"
    MIGRATION_DONE = "migration-done"
    CONTRACT_RENEWABLE = "contract-renewable"
    CONTRACT_RENEWED = "contract-renewed"
    CONTRACT_ENDING = "contract-ending"
    CONTRACT_ENDED = "contract-ended"
    AUTHORIZATION_REQUESTED = "authorization-requested"
    AUTHORIZATION_GRANTED = "authorization-granted"
    AUTHORIZATION_REFUSED = "authorization-refused"
    AUTHORIZATION_REVOKED = "authorization-revoked"
    AUTHORIZATION_ENDED = "authorization-ended"
    CUSTOMER_INVITATION = "customer-invitation"
    RESELLER_INVITATION = "reseller-invitation"
    APPLICATION_MADE = "application-made"
    APPLICATION_PASSED = "application-passed"
    APPLICATION_REJECTED = "application-rejected"
    REPORT_ACCEPTED = "report-accepted"
    REPORT_REFUSED = "report-refused"
    TASK_GIVEN = "task-given"
    TASKS_GIVEN = "tasks-given"
    TEST = "test"


VALUES: dict[Template, frozenset[str]] = {
    Template.PASSWORD_RESET: frozenset({"name", "account", "minutes", LINK}),
    Template.PASSWORD_CHANGED: frozenset({"name", "account", "time"}),
    Template.SIGN_IN_LOCKED: frozenset({"name", "account", "attempts", "time", "minutes"}),
    Template.SECOND_FACTOR_CHANGED: frozenset({"name", "account", "time"}),
    Template.KEY_CREATED: frozenset({"name", "account", "key", "time"}),
    Template.EXPORT_READY: frozenset({"name", "account", "file", "rows", "days", LINK}),
    Template.IMPORT_FINISHED: frozenset({"name", "account", "file", "rows", "faults", LINK}),
    Template.BUDGET_REACHED: frozenset({"account", "uin", "percent", "used", "amount", LINK}),
    Template.CONSUMPTION_REACHED: frozenset({"account", "percent", "used", "amount", LINK}),
    Template.INVITATION: frozenset({"name", "inviter", "account", "days", LINK}),
    Template.CREDIT_LOW: frozenset({"account", "uin", "percent", "available", "total", LINK}),
    Template.SERVICES_STOPPED: frozenset({"account", "uin", "available", "total", LINK}),
    Template.SERVICES_RESUMED: frozenset({"account", "uin", "available", "total", LINK}),
    Template.VERIFICATION_CODE: frozenset({"name", "account", "code", "what", "minutes"}),
    Template.REGISTRATION_CODE: frozenset({"partner", "code", "minutes"}),
    Template.ACCOUNT_CODE: frozenset({"partner", "code", "minutes"}),
    Template.ALREADY_REGISTERED: frozenset({"partner", "name", "account", LINK}),
    Template.VERIFICATION_PASSED: frozenset({"account", "uin", LINK}),
    Template.VERIFICATION_REJECTED: frozenset({"account", "uin", "opinion", LINK}),
    Template.ASSOCIATION_END_ASKED: frozenset({"account", "partner", "reason", LINK}),
    Template.ASSOCIATION_END_DUE: frozenset({"account", "partner", "reason", "due", LINK}),
    Template.ASSOCIATION_END_REFUSED: frozenset({"account", "partner", "reason", LINK}),
    Template.ASSOCIATION_END_WITHDRAWN: frozenset({"account", "partner", LINK}),
    Template.ASSOCIATION_ENDED: frozenset({"account", "partner", "time", LINK}),
    Template.ASSOCIATION_NOT_ENDED: frozenset({"account", "partner", LINK}),
    Template.MIGRATION_ASKED: frozenset({"account", "partner", "message", "due", LINK}),
    Template.MIGRATION_TO_CONFIRM: frozenset({"account", "due", LINK}),
    Template.MIGRATION_TO_REVIEW: frozenset({"account", "partner", "due", LINK}),
    Template.MIGRATION_STOPPED: frozenset({"account", LINK}),
    Template.MIGRATION_DONE: frozenset({"account", "partner", "time", LINK}),
    Template.CONTRACT_RENEWABLE: frozenset({"account", "title", "until", "settled", LINK}),
    Template.CONTRACT_RENEWED: frozenset({"account", "title", "until", LINK}),
    Template.CONTRACT_ENDING: frozenset({"account", "title", "until", LINK}),
    Template.CONTRACT_ENDED: frozenset({"account", "title", "until", LINK}),
    Template.AUTHORIZATION_REQUESTED: frozenset({"account", "uin", "partner", "days", LINK}),
    Template.AUTHORIZATION_GRANTED: frozenset({"account", "uin", LINK}),
    Template.AUTHORIZATION_REFUSED: frozenset({"account", "uin", "reason", LINK}),
    Template.AUTHORIZATION_REVOKED: frozenset({"account", "uin", "reason", LINK}),
    Template.AUTHORIZATION_ENDED: frozenset({"account", "uin", LINK}),
    Template.CUSTOMER_INVITATION: frozenset({"partner", "sender", "text", "days", LINK}),
    Template.RESELLER_INVITATION: frozenset({"partner", "sender", "text", "days", LINK}),
    Template.APPLICATION_MADE: frozenset({"account", "applicant", "uin", LINK}),
    Template.APPLICATION_PASSED: frozenset({"account", "partner", LINK}),
    Template.APPLICATION_REJECTED: frozenset({"account", "partner", "reason", LINK}),
    Template.REPORT_ACCEPTED: frozenset({"company", "until", LINK}),
    Template.REPORT_REFUSED: frozenset({"company", "reason", LINK}),
    Template.TASK_GIVEN: frozenset({"title", "company", "giver", "due", LINK}),
    Template.TASKS_GIVEN: frozenset({"count", "giver", LINK}),
    Template.TEST: frozenset({"address"}),
}
"""What each template's braces may name; a mail is refused unless it gives exactly these.

`name` is the user's, `account` the account's name; `time` is an instant with its zone (`2026-01-01 10:00 UTC`), `key`
an access key without its secret; `due` the instant by which somebody answers; `what` the words of the page that asks
for `code`; `minutes` and `days` say how long something lasts.
"""


def rendered(template: Template, language: str, values: Mapping[str, object], url: str) -> tuple[str, str]:
    """Subject and text of a mail in a language (`zh-hans` is `zh`; English when there is no such file).

    Values are plain text on one line: whatever somebody calls an account, it adds neither a header nor a paragraph.
    `url` is the console's address, for the signature.
    """
    assert values.keys() == VALUES[template], f"{template} takes {sorted(VALUES[template])}"
    words = texts(spoken(language))
    lines = {name: one_line(str(value), None if name == LINK else VALUE_MAX) for name, value in values.items()}
    subject = one_line(words[template]["subject"].format(**lines), SUBJECT_MAX)
    text = words[template]["text"].strip().format(**lines)
    return subject, f"{text}\n\n-- \n{words[SIGNATURE]['text'].strip().format(url=url)}\n"


@cache
def texts(language: str) -> dict[str, dict[str, str]]:
    """All templates of a language, and its signature."""
    return tomllib.loads(resources.files(__package__).joinpath("texts", f"{language}.toml").read_text("utf-8"))
