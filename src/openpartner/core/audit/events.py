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


SENTENCES: dict[Action, str] = {
    Action.ACCOUNT_CREATED: _("An account was created."),
    Action.ACCOUNT_UPDATED: _("Basic information of an account was changed."),
    Action.ACCOUNTS_IMPORTED: _("Accounts were imported from a file."),
    Action.DEMO_LOADED: _("The demo channel was built."),
    Action.ASSOCIATED: _("An account was bound to a partner."),
    Action.DISASSOCIATED: _("An account was released from its partner."),
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
}
