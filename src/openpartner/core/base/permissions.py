"""The named permissions. Each guards pages, commands and operations, which say so where they are declared."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """One thing a person may be allowed to do."""

    CUSTOMER_READ = "customer.read"
    CUSTOMER_WRITE = "customer.write"
    CUSTOMER_CREATE = "customer.create"
    CUSTOMER_ASSIGN = "customer.assign"
    ASSOCIATION_END = "association.end"
    ON_BEHALF = "customer.on-behalf"
    CUSTOMER_EXPORT = "customer.export"
    CUSTOMER_REVEAL = "customer.reveal"
    EXPORT_UNMASKED = "export.unmasked"
    PARTNER_READ = "partner.read"
    PARTNER_WRITE = "partner.write"
    CREDIT_READ = "credit.read"
    CREDIT_WRITE = "credit.write"
    FREEZE = "customer.freeze"
    VOUCHER_READ = "voucher.read"
    VOUCHER_WRITE = "voucher.write"
    BILL_READ = "bill.read"
    SALES_READ = "sales.read"
    SALES_WRITE = "sales.write"
    ORDER_READ = "order.read"
    ORDER_WRITE = "order.write"
    COMMISSION_READ = "commission.read"
    CONSENT = "consent.give"
    AGREEMENT_PUBLISH = "agreement.publish"
    VERIFICATION_REVIEW = "verification.review"
    MEMBER_MANAGE = "member.manage"
    KEY_MANAGE_OWN = "key.manage-own"
    FLAG_GRANT = "flag.grant"
    AUDIT_READ = "audit.read"
    JOB_READ = "job.read"
    IMPORT = "import"
    PROFILE_READ = "profile.read"
