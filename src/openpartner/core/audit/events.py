"""The registered audit actions: what may be recorded, and the sentence people read."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_noop as _


class Action(StrEnum):
    """One thing that can have happened. The name is stable: files and alerts refer to it."""

    ACCOUNT_CREATED = "account.created"
    ACCOUNT_UPDATED = "account.updated"
    ACCOUNTS_IMPORTED = "accounts.imported"
    DEMO_LOADED = "demo.loaded"
    ASSOCIATED = "association.begun"
    DISASSOCIATED = "association.ended"
    RELEASE_ASKED = "association.end-asked"
    RELEASE_AGREED = "association.end-agreed"
    RELEASE_REFUSED = "association.end-refused"
    RELEASE_WITHDRAWN = "association.end-withdrawn"
    RELEASE_APPROVED_BY_TIME = "association.end-approved-by-time"
    RELEASE_FAILED = "association.end-failed"
    RELEASE_LAPSED = "association.end-lapsed"
    MIGRATION_STARTED = "migration.started"
    MIGRATION_CONFIRMED = "migration.confirmed"
    MIGRATION_REFUSED = "migration.refused"
    MIGRATION_WITHDRAWN = "migration.withdrawn"
    MIGRATION_APPROVED = "migration.approved"
    MIGRATION_DONE = "migration.done"
    MIGRATION_FAILED = "migration.failed"
    MIGRATION_EXPIRED = "migration.expired"
    MIGRATION_LAPSED = "migration.lapsed"
    PARTING_POLICY_SET = "association.parting-policy-set"
    CONTACTS_PUBLISHED = "partner.contacts-published"
    MANAGER_ASSIGNED = "customer.manager-assigned"
    REMARK_CHANGED = "customer.remark-changed"
    PARTNER_REMARK_CHANGED = "partner.remark-changed"
    LABELS_CHANGED = "customer.labels-changed"
    CUSTOMERS_CHANGED = "customer.several-changed"
    BILL_VIEW_CHANGED = "customer.bill-view-changed"
    SUSPENDED = "customer.suspended"
    RESUMED = "customer.resumed"
    FORCED_SUSPENSION_SET = "customer.forced-suspension-set"
    RIGHT_GRANTED = "partner.right-granted"
    RIGHT_WITHDRAWN = "partner.right-withdrawn"
    BUDGET_SET = "budget.set"
    BUDGETS_SET = "budget.several-set"
    BUDGET_QUOTA_SET = "budget-quota.set"
    BUDGET_QUOTA_REVOKED = "budget-quota.revoked"
    BUDGET_RECIPIENTS_SET = "budget.recipients-set"
    CONSUMPTION_QUOTA_SET = "consumption-quota.set"
    CONSUMPTION_THRESHOLD_SET = "consumption-quota.threshold-set"
    BALANCE_MOVED = "balance.moved"
    CREDIT_LINE_CHANGED = "credit.line-changed"
    CREDIT_POOL_CHANGED = "credit.pool-changed"
    CREDIT_ALLOCATED = "credit.allocated"
    CREDIT_POLICY_SET = "credit.policy-set"
    CREDIT_TERMS_SET = "credit.terms-set"
    CREDIT_RECIPIENTS_SET = "credit.recipients-set"
    BILL_CONFIRMED = "credit.bill-confirmed"
    BILLS_CONFIRMED = "credit.bills-confirmed"
    MEMBER_JOINED = "enterprise.member-joined"
    MEMBER_LEFT = "enterprise.member-left"
    FLAG_GRANTED = "flag.granted"
    FLAG_WITHDRAWN = "flag.withdrawn"
    USER_CREATED = "user.created"
    USER_DISABLED = "user.disabled"
    USER_ENABLED = "user.enabled"
    ROLES_CHANGED = "user.roles-changed"
    ROLE_DEFINED = "role.defined"
    ROLE_DELETED = "role.deleted"
    PASSWORD_CHANGED = "user.password-changed"
    SECOND_FACTOR_SET = "user.second-factor-set"
    SIGNED_IN = "user.signed-in"
    SIGN_IN_REFUSED = "user.sign-in-refused"
    CONFIRMED = "user.confirmed"
    USER_LOCKED = "user.locked"
    SOURCE_BARRED = "source.barred"
    USER_INVITED = "user.invited"
    PASSWORD_RESET_ASKED = "user.password-reset-asked"
    RECOVERY_CODES_MADE = "user.recovery-codes-made"
    CODES_SWITCHED = "account.codes-switched"
    CODE_SENT = "user.code-sent"
    CODE_REFUSED = "user.code-refused"
    PASSKEY_ADDED = "passkey.added"
    PASSKEY_RENAMED = "passkey.renamed"
    PASSKEY_REMOVED = "passkey.removed"
    IDENTITY_LINKED = "user.identity-linked"
    SESSIONS_ENDED = "user.sessions-ended"
    PROFILE_CHANGED = "user.profile-changed"
    KEY_CREATED = "key.created"
    KEY_DISABLED = "key.disabled"
    KEY_DELETED = "key.deleted"
    KEYS_ROTATED = "keys.rotated"
    TOKEN_ISSUED = "token.issued"
    TEMPORARY_KEY_ISSUED = "key.temporary-issued"
    AUTHORIZATION_REQUESTED = "authorization.requested"
    AUTHORIZATION_GRANTED = "authorization.granted"
    AUTHORIZATION_REFUSED = "authorization.refused"
    AUTHORIZATION_REVOKED = "authorization.revoked"
    AUTHORIZATION_NARROWED = "authorization.narrowed"
    AUTHORIZATION_ENDED = "authorization.ended"
    ROLE_SWITCHED = "role.switched"
    ROLE_SWITCHED_BACK = "role.switched-back"
    JOB_CANCELLED = "job.cancelled"
    REVEALED = "personal.revealed"
    EXPORT_ASKED = "list.export-asked"
    EXPORTED = "list.exported"
    BILLS_PUBLISHED = "bills.published"
    BILLS_IMPORTED = "bills.imported"
    SETTLEMENT_MODE_SET = "bills.settlement-mode-set"
    POLICY_SET = "commission.policy-set"
    CLOUD_ACCOUNT_ADDED = "cloud-account.added"
    CLOUD_ACCOUNT_ENDED = "cloud-account.ended"
    CLOUD_ACCOUNTS_IMPORTED = "cloud-accounts.imported"
    BILL_FILE_ASKED = "bills.file-asked"
    BILL_FILE_FETCHED = "bills.file-fetched"
    EXPORTED_UNMASKED = "list.exported-unmasked"
    EXPORT_FETCHED = "list.export-fetched"
    VOUCHER_QUOTA_CHANGED = "voucher-quota.changed"
    VOUCHER_TEMPLATE_SAVED = "voucher-template.saved"
    VOUCHERS_ISSUED = "vouchers.issued"
    VOUCHER_WITHDRAWN = "voucher.withdrawn"
    VOUCHER_RECLAIMED = "voucher.reclaimed"
    VOUCHER_APPLIED_FOR = "voucher.applied-for"
    VOUCHER_DECIDED = "voucher.decided"
    VOUCHER_APPLICATION_CANCELLED = "voucher.application-cancelled"
    COUPON_TRANSFERRED = "coupon.transferred"
    CUSTOMER_REPORTED = "sales.customer-reported"
    REPORT_CHANGED = "sales.report-changed"
    REPORT_ACCEPTED = "sales.report-accepted"
    REPORT_REFUSED = "sales.report-refused"
    REPORT_WITHDRAWN = "sales.report-withdrawn"
    REPORT_EXPIRED = "sales.report-expired"
    REPORT_REGISTERED = "sales.report-registered"
    ENTERPRISE_FACT_NOTED = "sales.fact-noted"
    OPPORTUNITY_ADDED = "opportunity.added"
    OPPORTUNITY_OFFERED = "opportunity.offered"
    OPPORTUNITY_ANSWERED = "opportunity.answered"
    OPPORTUNITY_CHANGED = "opportunity.changed"
    OPPORTUNITY_MOVED = "opportunity.moved"
    OPPORTUNITY_CLOSED = "opportunity.closed"
    OPPORTUNITY_SHARED = "opportunity.shared"
    TASK_GIVEN = "task.given"
    TASKS_IMPORTED = "tasks.imported"
    TASK_STARTED = "task.started"
    TASK_PROGRESSED = "task.progressed"
    TASK_ENDED = "task.ended"
    TASK_CANCELLED = "task.cancelled"
    CUSTOMER_MESSAGES_SET = "customers.messages-set"
    BILL_VIEW_DEFAULT_SET = "customers.bill-view-default-set"
    MARK_SET = "mark.set"
    MARK_ENDED = "mark.ended"
    BIND_QUOTA_SET = "partner.customers-limited"
    REGISTRATION_CODE_SENT = "registration.code-sent"
    INVITATION_SENT = "invitation.sent"
    INVITATIONS_SENT = "invitation.several-sent"
    INVITATION_RESENT = "invitation.sent-again"
    INVITATION_REVOKED = "invitation.revoked"
    INVITATION_LINK_SHOWN = "invitation.link-shown"
    APPLIED = "application.made"
    APPLICATION_PASSED = "application.passed"
    APPLICATION_REJECTED = "application.rejected"
    APPLICATION_WITHDRAWN = "application.withdrawn"
    APPLICATIONS_DECIDED = "application.several-decided"
    ASSOCIATION_FAILED = "association.failed"
    AGREEMENT_DRAFTED = "agreement.drafted"
    AGREEMENT_DRAFT_DISCARDED = "agreement.draft-discarded"
    AGREEMENT_PUBLISHED = "agreement.published"
    AGREEMENT_ACCEPTED = "agreement.accepted"
    CONTRACT_RENEWED = "contract.renewed"
    CONTRACT_RENEWAL_DECLINED = "contract.renewal-declined"
    CONTRACT_RENEWAL_RESTORED = "contract.renewal-restored"
    CONTRACT_ENDED = "contract.ended"
    ENTERPRISE_ORGANIZATION_SAVED = "enterprise.organization-saved"
    ENTERPRISE_ORGANIZATION_REMOVED = "enterprise.organization-removed"
    MEMBER_CREATED = "enterprise.member-created"
    MEMBER_MOVED = "enterprise.member-moved"
    ENTERPRISE_PROJECTS_ALLOWED = "enterprise.projects-authorized"
    VERIFICATION_SUBMITTED = "verification.submitted"
    VERIFICATION_PASSED = "verification.passed"
    VERIFICATION_REJECTED = "verification.rejected"
    VERIFICATIONS_DECIDED = "verification.several-decided"
    VERIFICATION_POLICY_SET = "verification.policy-set"
    VERIFICATION_FOLDER_SET = "verification.folder-set"


SENTENCES: dict[Action, str] = {
    Action.ACCOUNT_CREATED: _("An account was created."),
    Action.ACCOUNT_UPDATED: _("Basic information of an account was changed."),
    Action.ACCOUNTS_IMPORTED: _("Accounts were imported from a file."),
    Action.DEMO_LOADED: _("The demo channel was built."),
    Action.ASSOCIATED: _("An account was bound to a partner."),
    Action.DISASSOCIATED: _("An account was released from its partner."),
    Action.RELEASE_ASKED: _("One side asked to end the association of a customer with its partner."),
    Action.RELEASE_AGREED: _("The other side agreed to end the association."),
    Action.RELEASE_REFUSED: _("The other side refused to end the association."),
    Action.RELEASE_WITHDRAWN: _("Whoever asked to end the association withdrew the request."),
    Action.RELEASE_APPROVED_BY_TIME: _("Nobody answered in time, so the request to end the association was approved."),
    Action.RELEASE_FAILED: _("The association could not end, because something stood in the way."),
    Action.RELEASE_LAPSED: _("A request to end an association lapsed, because the association ended otherwise."),
    Action.MIGRATION_STARTED: _("A partner asked for a customer to move to it."),
    Action.MIGRATION_CONFIRMED: _("Somebody whose word it needs agreed to the migration of a customer."),
    Action.MIGRATION_REFUSED: _("Somebody whose word it needs refused the migration of a customer."),
    Action.MIGRATION_WITHDRAWN: _("The partner that asked for a customer withdrew the migration."),
    Action.MIGRATION_APPROVED: _("The provider approved the migration of a customer."),
    Action.MIGRATION_DONE: _("A customer moved from one partner to another."),
    Action.MIGRATION_FAILED: _("A customer could not move, because the receiving partner cannot take it."),
    Action.MIGRATION_EXPIRED: _("A migration expired, because somebody did not answer in time."),
    Action.MIGRATION_LAPSED: _("A migration lapsed, because the association ended otherwise."),
    Action.PARTING_POLICY_SET: _("The rules for ending and moving associations were changed."),
    Action.CONTACTS_PUBLISHED: _("A partner published whom its customers turn to."),
    Action.MANAGER_ASSIGNED: _("An account manager was assigned to a customer."),
    Action.REMARK_CHANGED: _("The remark of a customer was changed."),
    Action.PARTNER_REMARK_CHANGED: _("The remark of a partner was changed."),
    Action.LABELS_CHANGED: _("The labels of a customer were changed."),
    Action.CUSTOMERS_CHANGED: _("Several customers were changed at once; each has an event of its own."),
    Action.BILL_VIEW_CHANGED: _("A customer's view of its bills was opened or closed."),
    Action.SUSPENDED: _("A customer was suspended."),
    Action.RESUMED: _("The suspension of a customer was lifted."),
    Action.FORCED_SUSPENSION_SET: _("The forced suspension of a customer was switched on or off."),
    Action.RIGHT_GRANTED: _("A distributor let a reseller do something for its customers itself."),
    Action.RIGHT_WITHDRAWN: _("A distributor took a right back from a reseller."),
    Action.CREDIT_LINE_CHANGED: _("The credit line of a partner was changed."),
    Action.CREDIT_POOL_CHANGED: _("The credit pool of a second-level reseller was changed."),
    Action.CREDIT_ALLOCATED: _("Credit was allocated to a customer or taken back."),
    Action.CREDIT_POLICY_SET: _("The rules of a partner's credit were changed."),
    Action.CREDIT_TERMS_SET: _("The terms of a customer's credit were changed."),
    Action.CREDIT_RECIPIENTS_SET: _("The recipients of credit alerts were changed."),
    Action.BILL_CONFIRMED: _("A customer's bill was confirmed as paid."),
    Action.BILLS_CONFIRMED: _("Several customers' bills were confirmed at once; each has an event of its own."),
    Action.BUDGET_SET: _("The budget of a customer was set."),
    Action.BUDGETS_SET: _("Budgets of several customers were set at once; each has an event of its own."),
    Action.BUDGET_QUOTA_SET: _("A reseller was granted a quota of budgets."),
    Action.BUDGET_QUOTA_REVOKED: _("A reseller's quota of budgets was revoked."),
    Action.BUDGET_RECIPIENTS_SET: _("The recipients of budget alerts were changed."),
    Action.CONSUMPTION_QUOTA_SET: _("The consumption quota of a partner was set."),
    Action.CONSUMPTION_THRESHOLD_SET: _("The threshold of the consumption quota's alert was set."),
    Action.BALANCE_MOVED: _("Money moved to or from an account balance."),
    Action.MEMBER_JOINED: _("An account joined an enterprise."),
    Action.MEMBER_LEFT: _("An account left its enterprise."),
    Action.FLAG_GRANTED: _("A feature flag was granted to a partner."),
    Action.FLAG_WITHDRAWN: _("A feature flag was withdrawn from a partner."),
    Action.USER_CREATED: _("A user was created."),
    Action.USER_DISABLED: _("A user was disabled; its sessions ended and its tokens were revoked."),
    Action.USER_ENABLED: _("A user was enabled again."),
    Action.ROLES_CHANGED: _("The roles of a user were changed; its tokens were revoked."),
    Action.ROLE_DEFINED: _("A custom role was created or changed."),
    Action.ROLE_DELETED: _("A custom role was deleted."),
    Action.PASSWORD_CHANGED: _("A password was changed; the user's other sessions ended and its tokens were revoked."),
    Action.SECOND_FACTOR_SET: _("A second factor was set or removed."),
    Action.SIGNED_IN: _("A user signed in."),
    Action.SIGN_IN_REFUSED: _("A sign-in was refused."),
    Action.CONFIRMED: _("A signed-in user showed again who they are."),
    Action.USER_LOCKED: _("A user was locked after failed sign-ins."),
    Action.SOURCE_BARRED: _("A source was barred after failed sign-ins."),
    Action.USER_INVITED: _("An invitation was mailed again."),
    Action.PASSWORD_RESET_ASKED: _("A link to set a new password was mailed."),
    Action.RECOVERY_CODES_MADE: _("New recovery codes were made; the old ones are void."),
    Action.CODES_SWITCHED: _("Verification codes for critical operations were switched on or off."),
    Action.CODE_SENT: _("A verification code was mailed to a user."),
    Action.CODE_REFUSED: _("A verification code was guessed at too often."),
    Action.PASSKEY_ADDED: _("A passkey was added."),
    Action.PASSKEY_RENAMED: _("A passkey was renamed."),
    Action.PASSKEY_REMOVED: _("A passkey was removed."),
    Action.IDENTITY_LINKED: _("A user was linked with an identity of the single sign-on provider."),
    Action.SESSIONS_ENDED: _("A user ended sessions."),
    Action.PROFILE_CHANGED: _("A user changed the own profile."),
    Action.KEY_CREATED: _("An access key was created."),
    Action.KEY_DISABLED: _("An access key was disabled or enabled."),
    Action.KEY_DELETED: _("An access key was deleted."),
    Action.KEYS_ROTATED: _("The sealing keys were rotated and every secret sealed anew."),
    Action.TOKEN_ISSUED: _("A Huawei token was issued."),
    Action.TEMPORARY_KEY_ISSUED: _("A temporary access key was issued."),
    Action.AUTHORIZATION_REQUESTED: _("A partner asked a customer to let it act on its behalf."),
    Action.AUTHORIZATION_GRANTED: _("A customer authorized its partner to act on its behalf."),
    Action.AUTHORIZATION_REFUSED: _("A customer refused to let its partner act on its behalf."),
    Action.AUTHORIZATION_REVOKED: _(
        "A customer revoked its partner's authorization; sessions, tokens and keys made from it stopped working."
    ),
    Action.AUTHORIZATION_NARROWED: _("A distributor withdrew a right: its reseller may do less for a customer."),
    Action.AUTHORIZATION_ENDED: _(
        "An authorization, or the request for one, ended; sessions, tokens and keys made from it stopped working."
    ),
    Action.ROLE_SWITCHED: _("Somebody of a partner switched role and acts on behalf of a customer."),
    Action.ROLE_SWITCHED_BACK: _("Somebody of a partner switched back and acts for the partner again."),
    Action.JOB_CANCELLED: _("A job was cancelled."),
    Action.REVEALED: _("Masked personal data was shown in full on a page."),
    Action.EXPORT_ASKED: _("The export of a list was asked for."),
    Action.BILLS_PUBLISHED: _("A new version of a month's bills was published."),
    Action.BILLS_IMPORTED: _("Bills were imported from a file."),
    Action.SETTLEMENT_MODE_SET: _("Who writes the deductions of a cloud's bills was changed."),
    Action.POLICY_SET: _("The products of a commission policy were replaced."),
    Action.CLOUD_ACCOUNT_ADDED: _("An account of a cloud was assigned to a customer."),
    Action.CLOUD_ACCOUNT_ENDED: _("An account of a cloud is no longer a customer's."),
    Action.CLOUD_ACCOUNTS_IMPORTED: _("Accounts of clouds were assigned to customers from a file."),
    Action.BILL_FILE_ASKED: _("A file of a month's bills was asked for."),
    Action.BILL_FILE_FETCHED: _("A link to a file of a month's bills was given out."),
    Action.EXPORTED: _("A list was exported, personal data masked."),
    Action.EXPORTED_UNMASKED: _("A list was exported with personal data in full."),
    Action.EXPORT_FETCHED: _("An exported file was fetched."),
    Action.VOUCHER_QUOTA_CHANGED: _("A quota of vouchers was granted, changed or taken back."),
    Action.VOUCHER_TEMPLATE_SAVED: _("A template of vouchers was created or changed."),
    Action.VOUCHERS_ISSUED: _("Vouchers were issued."),
    Action.VOUCHER_WITHDRAWN: _("A voucher that was not used was withdrawn."),
    Action.VOUCHER_RECLAIMED: _("What was left of a voucher was reclaimed."),
    Action.VOUCHER_APPLIED_FOR: _("A voucher for a customer's trial was applied for."),
    Action.VOUCHER_DECIDED: _("A voucher under review was approved or turned down."),
    Action.VOUCHER_APPLICATION_CANCELLED: _("An application for a voucher was cancelled."),
    Action.COUPON_TRANSFERRED: _("A coupon was moved between the master and a member of an enterprise."),
    Action.CUSTOMER_REPORTED: _("A customer was reported to the provider."),
    Action.REPORT_CHANGED: _("What is told of a reported customer was changed."),
    Action.REPORT_ACCEPTED: _("The report of a customer was accepted; it is protected from other partners' reports."),
    Action.REPORT_REFUSED: _("The report of a customer was refused."),
    Action.REPORT_WITHDRAWN: _("The report of a customer was withdrawn."),
    Action.REPORT_EXPIRED: _("The protection of a reported customer ran out."),
    Action.REPORT_REGISTERED: _("A reported customer was bound to the partner that had reported it."),
    Action.ENTERPRISE_FACT_NOTED: _("Something was written down about a reported company."),
    Action.OPPORTUNITY_ADDED: _("An opportunity was added."),
    Action.OPPORTUNITY_OFFERED: _("The provider offered an opportunity to a partner."),
    Action.OPPORTUNITY_ANSWERED: _("A partner took or declined an opportunity that the provider had offered."),
    Action.OPPORTUNITY_CHANGED: _("An opportunity was changed."),
    Action.OPPORTUNITY_MOVED: _("An opportunity moved on, or progress was noted."),
    Action.OPPORTUNITY_CLOSED: _("An opportunity was won or lost."),
    Action.OPPORTUNITY_SHARED: _("An opportunity was shared with the provider."),
    Action.TASK_GIVEN: _("A sales task was given to a partner."),
    Action.TASKS_IMPORTED: _("Sales tasks were given to partners from a file."),
    Action.TASK_STARTED: _("A partner began to process a sales task."),
    Action.TASK_PROGRESSED: _("A partner told how far a sales task has come."),
    Action.TASK_ENDED: _("A partner ended a sales task and told what came of it."),
    Action.TASK_CANCELLED: _("A sales task was taken back."),
    Action.CUSTOMER_MESSAGES_SET: _("A partner decided who receives the messages about its customers."),
    Action.BILL_VIEW_DEFAULT_SET: _("Whether new customers of a partner see their bills was decided."),
    Action.MARK_SET: _("The provider marked an account."),
    Action.MARK_ENDED: _("The provider took a mark off an account."),
    Action.BIND_QUOTA_SET: _("The number of customers that a partner may have was limited, or is so no more."),
    Action.REGISTRATION_CODE_SENT: _("A code to register an account was sent by SMS or mail."),
    Action.INVITATION_SENT: _("A partner invited somebody to become its customer or reseller."),
    Action.INVITATIONS_SENT: _("A partner invited several at once; each invitation has an event of its own."),
    Action.INVITATION_RESENT: _("An invitation was mailed again to whom a partner invites."),
    Action.INVITATION_REVOKED: _("A partner revoked an invitation; its link is void."),
    Action.INVITATION_LINK_SHOWN: _("The link of an invitation was shown again."),
    Action.APPLIED: _("An account applied to become a partner's customer or reseller."),
    Action.APPLICATION_PASSED: _("A partner approved an application; the account was bound to it."),
    Action.APPLICATION_REJECTED: _("A partner rejected an application."),
    Action.APPLICATION_WITHDRAWN: _("An account took its application back."),
    Action.APPLICATIONS_DECIDED: _("A partner decided several applications at once; each has an event of its own."),
    Action.ASSOCIATION_FAILED: _("An account that a partner created could not be bound to it."),
    Action.AGREEMENT_DRAFTED: _("The next version of an agreement was written."),
    Action.AGREEMENT_DRAFT_DISCARDED: _("The draft of an agreement was discarded."),
    Action.AGREEMENT_PUBLISHED: _("A version of an agreement was published."),
    Action.AGREEMENT_ACCEPTED: _("An account accepted an agreement."),
    Action.CONTRACT_RENEWED: _("A partner's contract was renewed."),
    Action.CONTRACT_RENEWAL_DECLINED: _("A partner asked that its contract is not renewed."),
    Action.CONTRACT_RENEWAL_RESTORED: _("A partner took back that its contract is not renewed."),
    Action.CONTRACT_ENDED: _("A partner's contract ended."),
    Action.ENTERPRISE_ORGANIZATION_SAVED: _("An enterprise created or renamed an organization."),
    Action.ENTERPRISE_ORGANIZATION_REMOVED: _("An enterprise removed an organization."),
    Action.MEMBER_CREATED: _("An enterprise created an account for a member."),
    Action.MEMBER_MOVED: _("A member was moved within its enterprise, or named anew."),
    Action.ENTERPRISE_PROJECTS_ALLOWED: _("A customer authorized its use of enterprise projects."),
    Action.VERIFICATION_SUBMITTED: _("The verification of an account was submitted."),
    Action.VERIFICATION_PASSED: _("The verification of an account passed the provider's review."),
    Action.VERIFICATION_REJECTED: _("The verification of an account was rejected by the provider."),
    Action.VERIFICATIONS_DECIDED: _("Several verifications were decided at once; each has an event of its own."),
    Action.VERIFICATION_POLICY_SET: _("The provider changed which verifications it reviews by hand."),
    Action.VERIFICATION_FOLDER_SET: _("A partner said where the files stand that it submits for verifications."),
}
