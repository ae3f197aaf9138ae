"""The permission matrix: every operation, command and page against every person and every preset role."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client

import openpartner.core
import openpartner.listings
from openpartner.apikit.operation import Operation
from openpartner.core.access.models import Role, User
from openpartner.core.access.roles import BY_KIND, PRESETS, Preset, joined
from openpartner.core.access.temporary import NOT_AUTHORIZED
from openpartner.core.access.users import add_user, caller_of
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotAllowed
from openpartner.core.base.kinds import PARTNER_KINDS, AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.command import COMMANDS
from openpartner.project.reference.whole import REGISTRIES, commands, pages
from tests.proofs.record import count
from tests.proofs.requests import KINDS, Ask, Signers, derived, passing, row
from tests.proofs.staff import people_of
from tests.proofs.wire import Answer, Raw, Wire
from tests.support.people import World
from tests.support.server import Server

pytestmark = pytest.mark.campaign

NOT_AN_ENTERPRISE = "the account is not an enterprise"
WRONG_KIND = {
    "UnauthorizedOperation.UinNoAuth",
    "UnauthorizedOperation",
    "FailedOperation.UinNotAgent",
    "FailedOperation.UinNotReseller",
}
PEOPLE = ("pia", "dora", "rita", "carl", "sol", "olga")
P = Permission

# What each implemented operation, command and page needs: written here apart from the code that declares it, so that
# an entry without an expectation, or one whose permission was changed, fails. Kinds come from the inventories, which
# were made from the vendors' pages.
OPERATIONS: dict[str, Permission | None] = {
    "ListSubCustomers": P.CUSTOMER_READ,
    "LegacyListCustomerDetails": P.CUSTOMER_READ,
    "LegacyQueryCustomers": P.CUSTOMER_READ,
    "ListIndirectPartners": P.PARTNER_READ,
    "FreezeSubCustomers": P.FREEZE,
    "UnfreezeSubCustomers": P.FREEZE,
    "LegacyFreezeCustomers": P.FREEZE,
    "LegacyUnfreezeCustomers": P.FREEZE,
    "ForceQN": P.FREEZE,
    # Customers may ask for codes too, and hold no permission that partners do (tencent:D.1).
    "SendVerifyCode": None,
    "CreateAccount": P.CUSTOMER_CREATE,
    "CreateAndSendClientInvitationMail": P.CUSTOMER_CREATE,
    "QueryInvitationInfo": P.CUSTOMER_READ,
    "QueryPendingClientsV2": P.CUSTOMER_READ,
    "ApproveClientApply": P.CUSTOMER_CREATE,
    "QueryPendingSubAgentsV2": P.PARTNER_READ,
    "ApproveSubAgentApply": P.PARTNER_WRITE,
    "UpdateSubCustomerBudget": P.CREDIT_WRITE,
    "ShowSubCustomerBudget": P.CREDIT_READ,
    "ListSubCustomerBudget": P.CREDIT_READ,
    "ListSubCustomerBudgetRecords": P.CREDIT_READ,
    "ShowPartnerConsumptionQuota": P.CREDIT_READ,
    "LegacyShowCustomerCredit": P.CREDIT_READ,
    "LegacySetCustomerCredit": P.CREDIT_WRITE,
    "LegacyListBalances": P.CREDIT_READ,
    "ListPartnerBalances": P.CREDIT_READ,
    "ListPartnerAccountChangeRecords": P.CREDIT_READ,
    "ListPartnerAdjustRecords": P.CREDIT_READ,
    "ListCustomersBalancesDetail": P.CREDIT_READ,
    "ListCustomerAccountChangeRecords": P.CREDIT_READ,
    "ShowCustomerAccountBalances": P.CREDIT_READ,
    "ShowCustomerExpenditureQuota": P.CREDIT_READ,
    "UpdateCustomerAccountAmount": P.CREDIT_WRITE,
    "ReclaimToPartnerAccount": P.CREDIT_WRITE,
    "UpdateIndirectPartnerAccount": P.CREDIT_WRITE,
    "ReclaimIndirectPartnerAccount": P.CREDIT_WRITE,
    "ShowMultiAccountTransferAmount": P.CUSTOMER_READ,
    "ListEnterpriseMultiAccount": P.CUSTOMER_READ,
    "UpdateSubEnterpriseAmount": P.MEMBER_MANAGE,
    "ReclaimSubEnterpriseAmount": P.MEMBER_MANAGE,
    "CheckUserIdentity": P.CUSTOMER_CREATE,
    "LegacyCheckUser": P.CUSTOMER_CREATE,
    "CreateSubCustomer": P.CUSTOMER_CREATE,
    "SendVerificationMessageCode": P.CUSTOMER_CREATE,
    "LegacyCreateCustomer": P.CUSTOMER_CREATE,
    "LegacySendVerificationCode": P.CUSTOMER_CREATE,
    "CreatePersonalRealnameAuth": P.CUSTOMER_CREATE,
    "CreateEnterpriseRealnameAuthentication": P.CUSTOMER_CREATE,
    "ChangeEnterpriseRealnameAuthentication": P.CUSTOMER_CREATE,
    "ShowRealnameAuthenticationReviewResult": P.CUSTOMER_CREATE,
    "LegacyCreateIndividualRealnameAuth": P.CUSTOMER_CREATE,
    "LegacyCreateEnterpriseRealnameAuth": P.CUSTOMER_CREATE,
    "LegacyChangeEnterpriseRealnameAuth": P.CUSTOMER_CREATE,
    "LegacyShowRealnameAuthResult": P.CUSTOMER_CREATE,
    "ShowRealNameAuthStatus": P.CUSTOMER_READ,
    "ShowRealNameAuthQrCode": None,
    "ListEnterpriseSubCustomers": P.CUSTOMER_READ,
    "ListEnterpriseOrganizations": P.CUSTOMER_READ,
    "CreateEnterpriseProjectAuth": P.CONSENT,
    "CreateSubEnterpriseAccount": P.MEMBER_MANAGE,
    "SendSmsVerificationCode": P.MEMBER_MANAGE,
    "ListSubCustomerNewTag": P.CUSTOMER_READ,
    "ListProvinces": None,
    "ListCities": None,
    "ListCounties": None,
    "GetCallerIdentity": None,
    "KeystoneListAuthDomains": None,
    "KeystoneListProjects": None,
    "ListServiceTypes": None,
    "ListResourceTypes": None,
    "ListServiceResources": None,
    "ListUsageTypes": None,
    "ListMeasureUnits": None,
    "ListConversions": None,
    "ShowCustomerMonthlySum": P.BILL_READ,
    "ListCustomerselfResourceRecords": P.BILL_READ,
    "ListCustomerselfResourceRecordDetails": P.BILL_READ,
    "ListCosts": P.BILL_READ,
    "ListCustomerBillsFeeRecords": P.BILL_READ,
    "ListCustomerBillsMonthlyBreakDown": P.BILL_READ,
    "ListPostpaidBillSum": P.BILL_READ,
    "ListSubCustomerBillDetail": P.BILL_READ,
    "ListConsumeSubCustomers": P.BILL_READ,
    "ListSubcustomerMonthlyBills": P.BILL_READ,
    "LegacyShowMonthlySum": P.BILL_READ,
    "LegacyListResourceRecords": P.BILL_READ,
    "LegacyListResourceFeeRecords": P.BILL_READ,
    "LegacyShowPostpaidBillSummary": P.BILL_READ,
    "ClaimEnterpriseMultiAccountCoupon": P.MEMBER_MANAGE,
    "CreatePartnerCoupons": P.VOUCHER_WRITE,
    "ListCouponQuotasRecords": P.VOUCHER_READ,
    "ListCustomerCouponChangeRecords": P.VOUCHER_READ,
    "ListIssuedCouponQuotas": P.VOUCHER_READ,
    "ListIssuedPartnerCoupons": P.VOUCHER_READ,
    "ListMultiAccountRetrieveCoupons": P.VOUCHER_READ,
    "ListMultiAccountTransferCoupons": P.VOUCHER_READ,
    "ListOrderCouponsByOrderId": P.VOUCHER_READ,
    "ListPartnerCouponsRecord": P.VOUCHER_READ,
    "ListQuotaCoupons": P.VOUCHER_READ,
    "ListStoredValueCards": P.VOUCHER_READ,
    "ListSubCustomerCoupons": P.VOUCHER_READ,
    "ReclaimCouponQuotas": P.VOUCHER_WRITE,
    "ReclaimEnterpriseMultiAccountCoupon": P.MEMBER_MANAGE,
    "ReclaimPartnerCoupons": P.VOUCHER_WRITE,
    "UpdateCouponQuotas": P.VOUCHER_WRITE,
    "DescribeCustomerUin": P.CUSTOMER_READ,
    "DescribeCustomerInfo": P.CUSTOMER_READ,
    "ModifyClientRemark": P.CUSTOMER_WRITE,
    "QueryAccountVerificationStatus": P.CUSTOMER_READ,
    "AllocateCreditPool": P.CREDIT_WRITE,
    "AllocateCustomerCredit": P.CREDIT_WRITE,
    "QueryCreditAllocationHistory": P.CREDIT_READ,
    "QueryCreditByUinList": P.CREDIT_READ,
    "QueryCustomerBillingQuota": P.CREDIT_READ,
    "QueryCustomersCredit": P.CREDIT_READ,
    "QueryDirectCustomersCredit": P.CREDIT_READ,
    "QueryPartnerCredit": P.CREDIT_READ,
    "QueryT1IndirectCustomersDetail": P.CUSTOMER_READ,
    "QuerySubAgentsDetailV2": P.PARTNER_READ,
    "DescribeBillDetail": P.BILL_READ,
    "DescribeBillDownloadUrl": P.BILL_READ,
    "DescribeBillSummary": P.BILL_READ,
    "DescribeBillSummaryByPayMode": P.BILL_READ,
    "DescribeBillSummaryByProduct": P.BILL_READ,
    "DescribeBillSummaryByRegion": P.BILL_READ,
    "DescribeCustomerBillDetail": P.BILL_READ,
    "DescribeCustomerBillDetailByDay": P.BILL_READ,
    "DescribeCustomerBillDownloadUrl": P.BILL_READ,
    "DescribeCustomerBillSummary": P.BILL_READ,
    "DescribeCustomerOwnCostExplorerFilter": P.BILL_READ,
    "DescribeCustomerOwnCostExplorerSummary": P.BILL_READ,
    "DescribeCustomerOwnVoucherList": P.VOUCHER_READ,
    "DescribeCustomerOwnVoucherUsageDetails": P.VOUCHER_READ,
    "DescribeCustomerVoucherList": P.VOUCHER_READ,
    "DescribeCustomerVoucherUsageDetails": P.VOUCHER_READ,
    "QueryVoucherAmountByUin": P.VOUCHER_READ,
    "QueryVoucherListByUin": P.VOUCHER_READ,
    "QueryVoucherPool": P.VOUCHER_READ,
    "GetCountryCodes": None,
    "GetTradeConfigList": None,
    "QueryPolicyProductListByCode": P.BILL_READ,
    "KeystoneCreateAgencyToken": P.ON_BEHALF,
    "CreateTemporaryAccessKeyByAgency": P.ON_BEHALF,
    "CreateTemporaryAccessKeyByToken": None,
}
WHOLE_PARTNER = {"ListPostpaidBillSum", "LegacyShowPostpaidBillSummary"}
"""What a whole partner owes: not for an account manager, who may see the bills of some customers."""
ANONYMOUS = {"KeystoneCreateUserTokenByPassword"}
"""Where somebody becomes somebody; there is nothing to be allowed yet."""
UNLISTED_KINDS = {
    **dict.fromkeys(
        ("GetCallerIdentity", "KeystoneListAuthDomains", "KeystoneListProjects", "CreateTemporaryAccessKeyByToken"),
        frozenset(AccountKind),
    ),
    **dict.fromkeys(("KeystoneCreateAgencyToken", "CreateTemporaryAccessKeyByAgency"), PARTNER_KINDS),
}
"""Operations of IAM and STS, which no inventory lists: anybody with a key may ask who it is, and
partners act as customers that have authorized them."""
COMMAND_PERMISSIONS: dict[str, Permission | None] = {
    "access.add_passkey": None,
    "access.change_account_name": P.MEMBER_MANAGE,
    "access.change_password": None,
    "access.change_profile": None,
    "access.change_roles": P.MEMBER_MANAGE,
    "access.create_key": P.KEY_MANAGE_OWN,
    "access.create_user": P.MEMBER_MANAGE,
    "access.define_role": P.MEMBER_MANAGE,
    "access.delete_key": P.KEY_MANAGE_OWN,
    "access.delete_role": P.MEMBER_MANAGE,
    "access.end_other_sessions": None,
    "access.end_session": None,
    "access.enrol_second_factor": None,
    "access.invite_again": P.MEMBER_MANAGE,
    "access.invite_user": P.MEMBER_MANAGE,
    "access.mail_code": None,
    "access.make_recovery_codes": None,
    "access.record_reveal": P.CUSTOMER_REVEAL,
    "access.remove_passkey": None,
    "access.rename_passkey": None,
    "access.reseal_all": P.MEMBER_MANAGE,
    "access.set_key_active": P.KEY_MANAGE_OWN,
    "access.set_second_factor": None,
    "access.set_user_active": P.MEMBER_MANAGE,
    "access.switch_codes": P.MEMBER_MANAGE,
    "billing.add_cloud_account": P.IMPORT,
    "billing.apply_mappings": P.IMPORT,
    "billing.ask_bill_file": P.BILL_READ,
    "billing.end_cloud_account": P.IMPORT,
    "billing.link_bill_file": P.BILL_READ,
    "commissions.set_policy_products": P.IMPORT,
    "credit.allocate_credit": P.CREDIT_WRITE,
    "credit.allocate_pool": P.CREDIT_WRITE,
    "credit.confirm_bill": P.CREDIT_WRITE,
    "credit.confirm_bills": P.CREDIT_WRITE,
    "credit.grant_line": P.CREDIT_WRITE,
    "credit.set_credit_recipients": P.CREDIT_WRITE,
    "credit.set_policy": P.CREDIT_WRITE,
    "credit.set_terms": P.CREDIT_WRITE,
    "credit.set_unlimited": P.FLAG_GRANT,
    "balances.pay_out": P.CREDIT_WRITE,
    "balances.reclaim": P.CREDIT_WRITE,
    "balances.reclaim_from_member": P.MEMBER_MANAGE,
    "balances.reclaim_from_reseller": P.CREDIT_WRITE,
    "balances.top_up": P.CREDIT_WRITE,
    "balances.transfer": P.CREDIT_WRITE,
    "balances.transfer_to_member": P.MEMBER_MANAGE,
    "balances.transfer_to_reseller": P.CREDIT_WRITE,
    "budgets.grant_quota": P.CREDIT_WRITE,
    "budgets.revoke_quota": P.CREDIT_WRITE,
    "budgets.set_budget": P.CREDIT_WRITE,
    "budgets.set_budgets": P.CREDIT_WRITE,
    "budgets.set_consumption_quota": P.CREDIT_WRITE,
    "budgets.set_consumption_threshold": P.CREDIT_WRITE,
    "budgets.set_recipients": P.CREDIT_WRITE,
    "customers.add_label": P.CUSTOMER_WRITE,
    "customers.add_member": P.MEMBER_MANAGE,
    "customers.assign_manager": P.CUSTOMER_ASSIGN,
    "customers.assign_managers": P.CUSTOMER_ASSIGN,
    "customers.associate": P.CUSTOMER_CREATE,
    "customers.change_remark": P.CUSTOMER_WRITE,
    "customers.create_customer": P.CUSTOMER_CREATE,
    "customers.publish_contacts": P.MEMBER_MANAGE,
    "customers.force": P.FREEZE,
    "customers.freeze": P.FREEZE,
    "customers.grant_right": P.PARTNER_WRITE,
    "customers.remove_label": P.CUSTOMER_WRITE,
    "customers.remove_member": P.MEMBER_MANAGE,
    "onboarding.send_member_code": P.MEMBER_MANAGE,
    "onboarding.create_proven_member": P.MEMBER_MANAGE,
    "customers.save_organization": P.MEMBER_MANAGE,
    "customers.remove_organization": P.MEMBER_MANAGE,
    "customers.place_member": P.MEMBER_MANAGE,
    "customers.authorize_enterprise_projects": P.CONSENT,
    "agreements.save_draft": P.AGREEMENT_PUBLISH,
    "agreements.restore_renewal": P.CONSENT,
    "agreements.renew": P.CONSENT,
    "agreements.publish": P.AGREEMENT_PUBLISH,
    "agreements.discard_draft": P.AGREEMENT_PUBLISH,
    "agreements.decline_renewal": P.CONSENT,
    "agreements.accept": P.CONSENT,
    "customers.set_bill_view": P.CUSTOMER_WRITE,
    "customers.set_labels": P.CUSTOMER_WRITE,
    "customers.unfreeze": P.FREEZE,
    "customers.withdraw_right": P.PARTNER_WRITE,
    "jobs.cancel_job": P.JOB_READ,
    "listings.fetch_export": P.JOB_READ,
    "listings.start_export": P.JOB_READ,
    "eligibility.end_mark": P.FLAG_GRANT,
    "eligibility.set_bind_quota": P.FLAG_GRANT,
    "eligibility.set_mark": P.FLAG_GRANT,
    "onboarding.approve_customer": P.CUSTOMER_CREATE,
    "onboarding.approve_reseller": P.PARTNER_WRITE,
    "onboarding.bind_account": P.CUSTOMER_CREATE,
    "onboarding.create_account": P.CUSTOMER_CREATE,
    "onboarding.fail_binding": P.CUSTOMER_CREATE,
    "onboarding.invite_customer": P.CUSTOMER_CREATE,
    "onboarding.invite_reseller": P.PARTNER_WRITE,
    "onboarding.make_application": P.CONSENT,
    "onboarding.reject_customer": P.CUSTOMER_CREATE,
    "onboarding.reject_reseller": P.PARTNER_WRITE,
    "onboarding.resend_to_customer": P.CUSTOMER_CREATE,
    "onboarding.resend_to_reseller": P.PARTNER_WRITE,
    "onboarding.revoke_of_customer": P.CUSTOMER_CREATE,
    "onboarding.revoke_of_reseller": P.PARTNER_WRITE,
    "onboarding.show_link": None,
    "onboarding.withdraw": P.CONSENT,
    "parting.agree_to_leave": P.ASSOCIATION_END,
    "parting.agree_to_release": P.CONSENT,
    "parting.approve_by_time": P.ASSOCIATION_END,
    "parting.approve_migration": P.ASSOCIATION_END,
    "parting.ask_to_leave": P.CONSENT,
    "parting.ask_to_release": P.ASSOCIATION_END,
    "parting.confirm_departure": P.ASSOCIATION_END,
    "parting.confirm_move": P.CONSENT,
    "parting.disassociate": P.ASSOCIATION_END,
    "parting.expire_migration": P.ASSOCIATION_END,
    "parting.refuse_departure": P.ASSOCIATION_END,
    "parting.refuse_move": P.CONSENT,
    "parting.refuse_release": P.CONSENT,
    "parting.refuse_to_leave": P.ASSOCIATION_END,
    "parting.reject_migration": P.ASSOCIATION_END,
    "parting.set_parting_policy": P.FLAG_GRANT,
    "parting.start_migration": P.ASSOCIATION_END,
    "parting.withdraw_leave": P.CONSENT,
    "parting.withdraw_migration": P.ASSOCIATION_END,
    "parting.withdraw_release": P.ASSOCIATION_END,
    "partners.change_partner_remark": P.PARTNER_WRITE,
    "partners.create_partner": P.PARTNER_WRITE,
    "partners.grant_flag": P.FLAG_GRANT,
    "partners.withdraw_flag": P.FLAG_GRANT,
    "settlement.set_settlement_mode": P.IMPORT,
    "onboarding.mail_account_code": P.CUSTOMER_CREATE,
    "verification.decide_several": P.VERIFICATION_REVIEW,
    "verification.pass_submission": P.VERIFICATION_REVIEW,
    "verification.reject_submission": P.VERIFICATION_REVIEW,
    "verification.set_folder": P.MEMBER_MANAGE,
    "verification.set_policy": P.VERIFICATION_REVIEW,
    "verification.submit": P.CUSTOMER_CREATE,
    "verification.submit_own": P.CONSENT,
    "vouchers.apply_for_voucher": P.VOUCHER_WRITE,
    "vouchers.approve_voucher": P.VOUCHER_WRITE,
    "vouchers.cancel_application": P.VOUCHER_WRITE,
    "vouchers.change_pool": P.VOUCHER_WRITE,
    "vouchers.grant_quota": P.VOUCHER_WRITE,
    "vouchers.issue_card": P.VOUCHER_WRITE,
    "vouchers.issue_to_partner": P.VOUCHER_WRITE,
    "onboarding.create_bound": P.CUSTOMER_CREATE,
    "onboarding.send_code": None,
    "customers.set_bill_view_default": P.CUSTOMER_WRITE,
    "customers.set_bill_views": P.CUSTOMER_WRITE,
    "customers.set_messages": P.CUSTOMER_WRITE,
    "sales.accept_report": P.SALES_WRITE,
    "sales.add_opportunity": P.SALES_WRITE,
    "sales.answer_offer": P.SALES_WRITE,
    "sales.cancel_task": P.SALES_WRITE,
    "sales.change_opportunity": P.SALES_WRITE,
    "sales.change_report": P.SALES_WRITE,
    "sales.close_opportunity": P.SALES_WRITE,
    "sales.end_task": P.SALES_WRITE,
    "sales.give_task": P.SALES_WRITE,
    "sales.give_tasks": P.SALES_WRITE,
    "sales.make_opportunity": P.SALES_WRITE,
    "sales.move_opportunity": P.SALES_WRITE,
    "sales.note_fact": P.SALES_WRITE,
    "sales.offer_opportunity": P.SALES_WRITE,
    "sales.refuse_report": P.SALES_WRITE,
    "sales.report_customer": P.SALES_WRITE,
    "sales.report_progress": P.SALES_WRITE,
    "sales.share_opportunity": P.SALES_WRITE,
    "sales.start_task": P.SALES_WRITE,
    "sales.withdraw_report": P.SALES_WRITE,
    "sales.expire_report": None,
    "vouchers.issue_vouchers": P.VOUCHER_WRITE,
    "vouchers.reclaim_voucher": P.VOUCHER_WRITE,
    "vouchers.reject_voucher": P.VOUCHER_WRITE,
    "vouchers.retire_template": P.VOUCHER_WRITE,
    "vouchers.save_template": P.VOUCHER_WRITE,
    "vouchers.set_quota_state": P.VOUCHER_WRITE,
    "vouchers.share_quota": P.VOUCHER_WRITE,
    "vouchers.take_coupon_back": P.MEMBER_MANAGE,
    "vouchers.take_quotas_back": P.VOUCHER_WRITE,
    "vouchers.transfer_coupon": P.MEMBER_MANAGE,
    "vouchers.withdraw_voucher": P.VOUCHER_WRITE,
    "access.issue_acting_key": P.ON_BEHALF,
    "access.issue_acting_token": P.ON_BEHALF,
    "access.issue_temporary_key": None,
    "on_behalf.give_back": P.ON_BEHALF,
    "on_behalf.grant_authorization": P.CONSENT,
    "on_behalf.refuse_authorization": P.CONSENT,
    "on_behalf.request_authorization": P.ON_BEHALF,
    "on_behalf.revoke_authorization": P.CONSENT,
    "on_behalf.switch_back": P.ON_BEHALF,
    "on_behalf.switch_role": P.ON_BEHALF,
}
PAGES: dict[str, Permission | None] = {
    "application/": None,
    "application/withdraw/": P.CONSENT,
    "applications/": P.CUSTOMER_CREATE,
    "applications/pass-chosen/": P.CUSTOMER_CREATE,
    "applications/reject-chosen/": P.CUSTOMER_CREATE,
    "applications/<str:applicant>/": P.CUSTOMER_CREATE,
    "applications/<str:applicant>/pass/": P.CUSTOMER_CREATE,
    "applications/<str:applicant>/reject/": P.CUSTOMER_CREATE,
    "invitations/": P.CUSTOMER_CREATE,
    "invitations/many/": P.CUSTOMER_CREATE,
    "invitations/new-link/": P.CUSTOMER_CREATE,
    "invitations/new/": P.CUSTOMER_CREATE,
    "invitations/<str:invitation>/": P.CUSTOMER_CREATE,
    "invitations/<str:invitation>/resend/": P.CUSTOMER_CREATE,
    "invitations/<str:invitation>/revoke/": P.CUSTOMER_CREATE,
    "resellers/applications/": P.PARTNER_WRITE,
    "resellers/applications/pass-chosen/": P.PARTNER_WRITE,
    "resellers/applications/reject-chosen/": P.PARTNER_WRITE,
    "resellers/applications/<str:reseller_applicant>/": P.PARTNER_WRITE,
    "resellers/applications/<str:reseller_applicant>/pass/": P.PARTNER_WRITE,
    "resellers/applications/<str:reseller_applicant>/reject/": P.PARTNER_WRITE,
    "resellers/invitations/": P.PARTNER_WRITE,
    "resellers/invitations/new-link/": P.PARTNER_WRITE,
    "resellers/invitations/new/": P.PARTNER_WRITE,
    "resellers/invitations/<str:reseller_invitation>/": P.PARTNER_WRITE,
    "resellers/invitations/<str:reseller_invitation>/resend/": P.PARTNER_WRITE,
    "resellers/invitations/<str:reseller_invitation>/revoke/": P.PARTNER_WRITE,
    "": None,
    "appearance/": None,
    "keep/<slug:listing>/": None,
    "search/": P.CUSTOMER_READ,
    "customers/": P.CUSTOMER_READ,
    "customers/assign-managers/": P.CUSTOMER_ASSIGN,
    "customers/tag/": P.CUSTOMER_WRITE,
    "customers/<str:account_id>/": P.CUSTOMER_READ,
    "customers/<str:account_id>/associations/": P.CUSTOMER_READ,
    "customers/<str:account_id>/bill-view/": P.CUSTOMER_WRITE,
    "customers/<str:account_id>/disassociate/": P.ASSOCIATION_END,
    "customers/<str:account_id>/unbind/": P.ASSOCIATION_END,
    "customers/<str:account_id>/unbind/ask/": P.ASSOCIATION_END,
    "customers/<str:account_id>/information/": P.CUSTOMER_READ,
    "customers/<str:account_id>/manager/": P.CUSTOMER_ASSIGN,
    "customers/<str:account_id>/remark/": P.CUSTOMER_WRITE,
    "customers/<str:account_id>/resume/": P.FREEZE,
    "customers/<str:account_id>/suspend/": P.FREEZE,
    "customers/<str:account_id>/suspension/undo/": P.FREEZE,
    "customers/<str:account_id>/tags/": P.CUSTOMER_WRITE,
    "customers/resume/": P.FREEZE,
    "customers/suspend/": P.FREEZE,
    "customers/<str:account_id>/trail/": P.AUDIT_READ,
    "export/<slug:listing>/": P.JOB_READ,
    # Sales.
    "customer-assignment/": P.CUSTOMER_ASSIGN,
    "customer-assignment/<str:user>/": P.CUSTOMER_ASSIGN,
    "customer-assignment/<str:user>/assign/": P.CUSTOMER_ASSIGN,
    "customer-assignment/<str:user>/assign/chosen/": P.CUSTOMER_ASSIGN,
    "customer-assignment/<str:user>/history/": P.CUSTOMER_ASSIGN,
    "customer-assignment/<str:user>/unassign/": P.CUSTOMER_ASSIGN,
    "customer-settings/": P.CUSTOMER_READ,
    "customer-settings/bill-view/": P.CUSTOMER_WRITE,
    "customer-settings/messages/": P.CUSTOMER_WRITE,
    "customers/bill-views/": P.CUSTOMER_WRITE,
    "reported-customers/": P.SALES_READ,
    "reported-customers/new/": P.SALES_WRITE,
    "reported-customers/<str:report>/": P.SALES_READ,
    "reported-customers/<str:report>/accept/": P.SALES_WRITE,
    "reported-customers/<str:report>/edit/": P.SALES_WRITE,
    "reported-customers/<str:report>/facts/new/": P.SALES_WRITE,
    "reported-customers/<str:report>/opportunities/new/": P.SALES_WRITE,
    "reported-customers/<str:report>/opportunities/offer/": P.SALES_WRITE,
    "reported-customers/<str:report>/refuse/": P.SALES_WRITE,
    "reported-customers/<str:report>/withdraw/": P.SALES_WRITE,
    "opportunities/": P.SALES_READ,
    "opportunities/new/": P.SALES_WRITE,
    "opportunities/offer/": P.SALES_WRITE,
    "opportunities/<str:opportunity>/": P.SALES_READ,
    "opportunities/<str:opportunity>/answer/": P.SALES_WRITE,
    "opportunities/<str:opportunity>/edit/": P.SALES_WRITE,
    "opportunities/<str:opportunity>/end/": P.SALES_WRITE,
    "opportunities/<str:opportunity>/progress/": P.SALES_WRITE,
    "opportunities/<str:opportunity>/share/": P.SALES_WRITE,
    "sales-tasks/": P.SALES_READ,
    "sales-tasks/new/": P.SALES_WRITE,
    "sales-tasks/file/": P.SALES_WRITE,
    "sales-tasks/template/": P.SALES_WRITE,
    "sales-tasks/<str:task>/": P.SALES_READ,
    "sales-tasks/<str:task>/cancel/": P.SALES_WRITE,
    "sales-tasks/<str:task>/end/": P.SALES_WRITE,
    "sales-tasks/<str:task>/opportunity/": P.SALES_WRITE,
    "sales-tasks/<str:task>/progress/": P.SALES_WRITE,
    "sales-tasks/<str:task>/start/": P.SALES_WRITE,
    # Bills and costs.
    "expenditure/": P.BILL_READ,
    "expenditure/details/": P.BILL_READ,
    "costs/": P.BILL_READ,
    "bills/": P.BILL_READ,
    "bills/<str:month>/": P.BILL_READ,
    "restatements/": P.BILL_READ,
    "resellers/<str:account_id>/bills/": P.PARTNER_READ,
    "exports/": P.JOB_READ,
    "exports/<str:job>/cancel/": P.JOB_READ,
    "exports/<str:job>/fetch/": P.JOB_READ,
    "downloads/<str:link>/": P.JOB_READ,
    # Credit.
    "bill-confirmations/": P.CREDIT_READ,
    "bill-confirmations/<str:month>/confirm/": P.CREDIT_WRITE,
    "bill-confirmations/history/": P.CREDIT_READ,
    "customers/<str:account_id>/bills/<str:month>/confirm/": P.CREDIT_WRITE,
    "credit/": P.CREDIT_READ,
    "credit/alerts/": P.CREDIT_READ,
    "credit/alerts/recipients/": P.CREDIT_WRITE,
    "credit/partners/": P.CREDIT_READ,
    "credit/policy/": P.CREDIT_WRITE,
    "credit/records/": P.CREDIT_READ,
    "credit/statement/": P.CREDIT_READ,
    "customers/<str:account_id>/credit/": P.CREDIT_READ,
    "customers/<str:account_id>/credit/records/": P.CREDIT_READ,
    "customers/<str:account_id>/credit/set/": P.CREDIT_WRITE,
    "customers/<str:account_id>/credit/statement/": P.CREDIT_READ,
    "customers/<str:account_id>/credit/terms/": P.CREDIT_WRITE,
    "postings/<str:number>/": P.CREDIT_READ,
    "resellers/<str:account_id>/credit/": P.CREDIT_READ,
    "resellers/<str:account_id>/credit/records/": P.CREDIT_READ,
    "resellers/<str:account_id>/credit/set/": P.CREDIT_WRITE,
    "resellers/<str:account_id>/credit/statement/": P.CREDIT_READ,
    # Budgets.
    "budgets/alerts/": P.CREDIT_READ,
    "budgets/alerts/recipients/": P.CREDIT_WRITE,
    "credit/consumption/": P.CREDIT_READ,
    "credit/consumption/threshold/": P.CREDIT_WRITE,
    "resellers/<str:account_id>/consumption-quota/": P.CREDIT_WRITE,
    "customers/<str:account_id>/budget/": P.CREDIT_READ,
    "customers/<str:account_id>/budget/records/": P.CREDIT_READ,
    "customers/<str:account_id>/budget/set/": P.CREDIT_WRITE,
    "customers/budgets/": P.CREDIT_WRITE,
    "resellers/<str:account_id>/budget-quotas/": P.CREDIT_WRITE,
    # Vouchers.
    "customers/<str:account_id>/verification/": P.CUSTOMER_READ,
    "customers/<str:account_id>/verification/company/": P.CUSTOMER_CREATE,
    "customers/<str:account_id>/verification/person/": P.CUSTOMER_CREATE,
    "verification-files/": P.MEMBER_MANAGE,
    "verification/": P.PROFILE_READ,
    "verification/company/": P.CONSENT,
    "verification/person/": P.CONSENT,
    "verifications/": P.VERIFICATION_REVIEW,
    "verifications/<str:submission>/": P.VERIFICATION_REVIEW,
    "verifications/<str:submission>/pass/": P.VERIFICATION_REVIEW,
    "verifications/<str:submission>/reject/": P.VERIFICATION_REVIEW,
    "verifications/pass/": P.VERIFICATION_REVIEW,
    "verifications/reject/": P.VERIFICATION_REVIEW,
    "verifications/rules/": P.VERIFICATION_REVIEW,
    "vouchers/": P.VOUCHER_READ,
    "vouchers/<str:code>/": P.VOUCHER_READ,
    "vouchers/<str:code>/approve/": P.VOUCHER_WRITE,
    "vouchers/<str:code>/cancel/": P.VOUCHER_WRITE,
    "vouchers/<str:code>/reclaim/": P.VOUCHER_WRITE,
    "vouchers/<str:code>/reject/": P.VOUCHER_WRITE,
    "vouchers/<str:code>/uses/": P.VOUCHER_READ,
    "vouchers/<str:code>/withdraw/": P.VOUCHER_WRITE,
    "vouchers/applications/": P.VOUCHER_READ,
    "vouchers/apply/": P.VOUCHER_WRITE,
    "vouchers/for-partners/new/": P.VOUCHER_WRITE,
    "vouchers/issue/": P.VOUCHER_WRITE,
    "vouchers/quotas/": P.VOUCHER_READ,
    "vouchers/quotas/<str:quota>/": P.VOUCHER_READ,
    "vouchers/quotas/<str:quota>/reclaim/": P.VOUCHER_WRITE,
    "vouchers/quotas/<str:quota>/records/": P.VOUCHER_READ,
    "vouchers/quotas/<str:quota>/share/": P.VOUCHER_WRITE,
    "vouchers/quotas/<str:quota>/state/": P.VOUCHER_WRITE,
    "vouchers/quotas/grant/": P.VOUCHER_WRITE,
    "vouchers/quotas/records/": P.VOUCHER_READ,
    "vouchers/records/": P.VOUCHER_READ,
    "vouchers/templates/": P.VOUCHER_READ,
    "vouchers/templates/<str:template>/": P.VOUCHER_READ,
    "vouchers/templates/<str:template>/edit/": P.VOUCHER_WRITE,
    "vouchers/templates/<str:template>/retire/": P.VOUCHER_WRITE,
    "vouchers/templates/new/": P.VOUCHER_WRITE,
    "vouchers/uses/<str:use>/": P.BILL_READ,
    "customers/<str:account_id>/vouchers/": P.VOUCHER_READ,
    "customers/vouchers/": P.VOUCHER_WRITE,
    "resellers/<str:account_id>/vouchers/": P.VOUCHER_WRITE,
    # The organization and its records.
    "members/": P.MEMBER_MANAGE,
    "members/invite/": P.MEMBER_MANAGE,
    "members/<str:user>/": P.MEMBER_MANAGE,
    "members/<str:user>/disable/": P.MEMBER_MANAGE,
    "members/<str:user>/enable/": P.MEMBER_MANAGE,
    "members/<str:user>/invite/": P.MEMBER_MANAGE,
    "members/<str:user>/roles/": P.MEMBER_MANAGE,
    "roles/": P.MEMBER_MANAGE,
    "roles/new/": P.MEMBER_MANAGE,
    "roles/<str:role>/": P.MEMBER_MANAGE,
    "roles/<str:role>/delete/": P.MEMBER_MANAGE,
    "roles/<str:role>/edit/": P.MEMBER_MANAGE,
    "account-managers/": P.CUSTOMER_ASSIGN,
    "accounts/<str:account_id>/marks/": P.FLAG_GRANT,
    "account-managers/<str:user>/": P.CUSTOMER_ASSIGN,
    "keys/": P.KEY_MANAGE_OWN,
    "keys/new/": P.KEY_MANAGE_OWN,
    "keys/<str:access_key>/delete/": P.KEY_MANAGE_OWN,
    "keys/<str:access_key>/disable/": P.KEY_MANAGE_OWN,
    "keys/<str:access_key>/enable/": P.KEY_MANAGE_OWN,
    "audit-log/": P.AUDIT_READ,
    "audit-log/<str:event>/": P.AUDIT_READ,
    "jobs/": P.JOB_READ,
    "jobs/<str:job>/": P.JOB_READ,
    "jobs/<str:job>/cancel/": P.JOB_READ,
    "mail/": P.MEMBER_MANAGE,
    "mail/<str:mail>/": P.MEMBER_MANAGE,
    "sms/": P.MEMBER_MANAGE,
    # Agreements, and the enterprise of a customer.
    "agreements/": P.PROFILE_READ,
    "agreements/<str:paper>/": P.PROFILE_READ,
    "agreements/<str:paper>/file/<str:kind>/": P.PROFILE_READ,
    "agreements/<str:paper>/accept/": P.CONSENT,
    "contracts/<str:acceptance>/renew/": P.CONSENT,
    "contracts/<str:acceptance>/end/": P.CONSENT,
    "contracts/<str:acceptance>/keep/": P.CONSENT,
    "agreement-versions/": P.AGREEMENT_PUBLISH,
    "agreement-acceptances/": P.AGREEMENT_PUBLISH,
    "agreement-versions/new/": P.AGREEMENT_PUBLISH,
    "agreement-versions/write/<str:name>/": P.AGREEMENT_PUBLISH,
    "agreement-versions/<str:version>/": P.AGREEMENT_PUBLISH,
    "agreement-versions/<str:version>/publish/": P.AGREEMENT_PUBLISH,
    "agreement-versions/<str:version>/discard/": P.AGREEMENT_PUBLISH,
    "enterprise/": P.CUSTOMER_READ,
    "enterprise/organizations/new/": P.MEMBER_MANAGE,
    "enterprise/organizations/<str:unit>/rename/": P.MEMBER_MANAGE,
    "enterprise/organizations/<str:unit>/remove/": P.MEMBER_MANAGE,
    "enterprise/members/new/": P.MEMBER_MANAGE,
    "enterprise/members/add/": P.MEMBER_MANAGE,
    "enterprise/members/<str:account_id>/": P.MEMBER_MANAGE,
    "enterprise/members/<str:account_id>/remove/": P.MEMBER_MANAGE,
    "enterprise/projects/": P.CONSENT,
    # Partners, what became of customers, and imports.
    "association-records/": P.AUDIT_READ,
    "association-records/<str:association>/": P.AUDIT_READ,
    # How associations end and move.
    "contacts/": P.MEMBER_MANAGE,
    "migrations/": P.ASSOCIATION_END,
    "migrations/new/": P.ASSOCIATION_END,
    "migrations/<str:migration>/": P.ASSOCIATION_END,
    "migrations/<str:migration>/approve/": P.ASSOCIATION_END,
    "migrations/<str:migration>/reject/": P.ASSOCIATION_END,
    "migrations/<str:migration>/withdraw/": P.ASSOCIATION_END,
    "migrations/outgoing/": P.ASSOCIATION_END,
    "migrations/outgoing/<str:departure>/": P.ASSOCIATION_END,
    "migrations/outgoing/<str:departure>/confirm/": P.ASSOCIATION_END,
    "migrations/outgoing/<str:departure>/refuse/": P.ASSOCIATION_END,
    "my-partner/": P.CUSTOMER_READ,
    "my-partner/end/": P.CONSENT,
    "my-partner/end/ask/": P.CONSENT,
    "my-partner/moves/<str:move>/": P.CUSTOMER_READ,
    "my-partner/moves/<str:move>/agree/": P.CONSENT,
    "my-partner/moves/<str:move>/refuse/": P.CONSENT,
    "my-partner/requests/<str:wish>/": P.CUSTOMER_READ,
    "my-partner/requests/<str:wish>/agree/": P.CONSENT,
    "my-partner/requests/<str:wish>/refuse/": P.CONSENT,
    "my-partner/requests/<str:wish>/withdraw/": P.CONSENT,
    "resellers/<str:account_id>/parting/": P.FLAG_GRANT,
    "unbind-requests/": P.ASSOCIATION_END,
    "unbind-requests/<str:unbinding>/": P.ASSOCIATION_END,
    "unbind-requests/<str:unbinding>/agree/": P.ASSOCIATION_END,
    "unbind-requests/<str:unbinding>/refuse/": P.ASSOCIATION_END,
    "unbind-requests/<str:unbinding>/withdraw/": P.ASSOCIATION_END,
    "partners/": P.PARTNER_READ,
    "resellers/": P.PARTNER_READ,
    "resellers/customers/": P.PARTNER_READ,
    "resellers/<str:account_id>/": P.PARTNER_READ,
    "resellers/<str:account_id>/associations/": P.PARTNER_READ,
    "resellers/<str:account_id>/customers/": P.PARTNER_READ,
    "resellers/<str:account_id>/flags/": P.FLAG_GRANT,
    "resellers/<str:account_id>/flags/<str:name>/": P.FLAG_GRANT,
    "resellers/<str:account_id>/remark/": P.PARTNER_WRITE,
    "resellers/<str:account_id>/trail/": P.AUDIT_READ,
    "bill-downloads/": P.BILL_READ,
    "bill-downloads/<str:file>/fetch/": P.BILL_READ,
    "bill-downloads/new/": P.BILL_READ,
    "bill-imports/": P.IMPORT,
    "bill-imports/new/": P.IMPORT,
    "bill-imports/<str:number>/": P.IMPORT,
    "bill-imports/<str:number>/apply/": P.IMPORT,
    "bill-imports/<str:number>/cancel/": P.IMPORT,
    "bill-imports/<str:number>/errors/": P.IMPORT,
    "cloud-accounts/": P.IMPORT,
    "cloud-accounts/new/": P.IMPORT,
    "cloud-accounts/file/": P.IMPORT,
    "cloud-accounts/settlement/": P.IMPORT,
    "cloud-accounts/settlement/set/": P.IMPORT,
    "cloud-accounts/template/": P.IMPORT,
    "cloud-accounts/unassigned/": P.IMPORT,
    "cloud-accounts/<str:number>/end/": P.IMPORT,
    "imports/": P.IMPORT,
    "imports/new/": P.IMPORT,
    "imports/template/": P.IMPORT,
    "imports/<str:number>/": P.IMPORT,
    "imports/<str:number>/apply/": P.IMPORT,
    "imports/<str:number>/cancel/": P.IMPORT,
    "imports/<str:number>/errors/": P.IMPORT,
    # Oneself: everybody who has signed in, whatever the roles.
    "confirm/": None,
    "confirm/passkey/": None,
    "confirm/passkey/ask/": None,
    "profile/": None,
    "profile/account-name/": P.MEMBER_MANAGE,
    "profile/other-sessions/end/": None,
    "profile/passkeys/<str:passkey>/remove/": None,
    "profile/passkeys/<str:passkey>/rename/": None,
    "profile/passkeys/add/": None,
    "profile/passkeys/ask/": None,
    "profile/passkeys/new/": None,
    "profile/password/": None,
    "profile/recovery-codes/": None,
    "profile/recovery-codes/make/": None,
    "profile/second-factor/": None,
    "profile/second-factor/remove/": None,
    "profile/security/": None,
    "profile/sessions/<str:session>/end/": None,
    "profile/verification-codes/": P.MEMBER_MANAGE,
    "authorizations/": P.CUSTOMER_READ,
    "authorizations/<str:authorization>/": P.CUSTOMER_READ,
    "authorizations/<str:authorization>/give-back/": P.ON_BEHALF,
    "customers/<str:account_id>/request-authorization/": P.ON_BEHALF,
    "customers/<str:account_id>/switch-role/": P.ON_BEHALF,
    "my-partner/authorizations/": P.PROFILE_READ,
    "my-partner/authorizations/<str:authorization>/": P.PROFILE_READ,
    "my-partner/authorizations/<str:authorization>/grant/": P.CONSENT,
    "my-partner/authorizations/<str:authorization>/refuse/": P.CONSENT,
    "my-partner/authorizations/<str:authorization>/revoke/": P.CONSENT,
    "resellers/<str:account_id>/permissions/": P.PARTNER_READ,
    "resellers/<str:account_id>/permissions/<str:name>/": P.PARTNER_WRITE,
    "switch-back/": None,
}


def test_every_operation_has_an_expectation() -> None:
    implemented = {
        operation.name: operation.permission
        for registry in REGISTRIES.values()
        for operation in registry.operations.values()
        if operation.run is not None and operation.name not in ANONYMOUS
    }
    assert implemented == OPERATIONS


def test_every_command_and_page_has_an_expectation() -> None:
    assert {name: one.permission for name, one in commands().items()} == COMMAND_PERMISSIONS
    assert {page.route: page.permission for page in pages()} == PAGES


def test_kinds_are_those_of_the_vendors_pages() -> None:
    """The registry admits whom the inventory names, and nobody else."""
    for dialect, registry in REGISTRIES.items():
        for operation in registry.operations.values():
            if operation.name not in ANONYMOUS:
                assert operation.kinds == kinds_of(dialect, operation), operation.name


def kinds_of(dialect: str, operation: Operation) -> frozenset[AccountKind]:
    found = row(dialect, operation.name)
    if found is None:
        return UNLISTED_KINDS[operation.name]
    declared = found[0].operation(operation.name)
    return frozenset(AccountKind.named(kind) for kind in declared.kinds)


def expected(dialect: str, operation: Operation, kind: AccountKind, held: frozenset[Permission]) -> str:
    """Whether somebody of a kind with these permissions may call an operation."""
    needs = OPERATIONS.get(operation.name, operation.permission)
    if kind not in kinds_of(dialect, operation):
        return "wrong kind"
    return "allowed" if needs is None or needs in held else "lacks the permission"


def observed(dialect: str, answer: Answer) -> str:
    """Who was turned away as what; anything but a refusal of the caller is allowed."""
    if answer.failed:
        return "broken"
    if dialect == "huawei":
        if answer.status == 401:
            return "nobody"
        # Whoever may ask for a role of somebody that has not authorized it was admitted, and so was who leads nobody.
        if answer.code in {"CBC.0151", "403"} and answer.message not in {NOT_AUTHORIZED, NOT_AN_ENTERPRISE}:
            return "wrong kind" if " may not call " in answer.message else "lacks the permission"
        return "allowed"
    if answer.code == "AuthFailure.UnauthorizedOperation":
        return "lacks the permission"
    if answer.code.startswith("AuthFailure") or answer.code == "MissingParameter":
        return "nobody"
    if answer.code in WRONG_KIND and " may not call " in answer.message:
        return "wrong kind"
    return "allowed"


def asks(server: Server) -> Iterator[Ask]:
    """One request of every operation; those who may not make it are told so whatever it names."""
    known = passing(server.world)
    for dialect, registry in REGISTRIES.items():
        for name, operation in registry.operations.items():
            if name not in ANONYMOUS:
                yield known[f"{dialect} {name}"][0] if f"{dialect} {name}" in known else derived(dialect, operation)


def test_operations_admit_whom_they_should(server: Server, wire: Wire) -> None:
    signers, staff = Signers(server), people_of(server)
    tally: Counter[str] = Counter()
    bad = []
    for ask in asks(server):
        callers = [(name, server.world[name], KINDS[name], BY_KIND[KINDS[name]]) for name in PEOPLE]
        callers += [
            (
                f"dora's {role}",
                person,
                AccountKind.DISTRIBUTOR,
                PRESETS[Preset(role)] & BY_KIND[AccountKind.DISTRIBUTOR],
            )
            for role, person in staff.items()
        ]
        for name, person, kind, held in callers:
            due = expected(ask.dialect, ask.operation, kind, held)
            if ask.operation.name in WHOLE_PARTNER and name == f"dora's {Preset.ACCOUNT_MANAGER}":
                due = "lacks the permission"
            seen = observed(ask.dialect, wire.send(signers.raw(ask, person)))
            tally[seen] += 1
            if seen != due:
                bad.append(f"{name} {ask.key}: {seen}, not {due}")
        seen = observed(ask.dialect, wire.send(unsigned(signers.raw(ask))))
        tally[seen] += 1
        if seen != "nobody":
            bad.append(f"nobody {ask.key}: {seen}")
    assert not bad, f"{len(bad)} of {tally.total()}:\n" + "\n".join(bad[:40])
    count(
        "permission matrix: operations", cells=tally.total(), **{name.replace(" ", "_"): n for name, n in tally.items()}
    )


def unsigned(raw: Raw) -> Raw:
    """The request of nobody."""
    return raw.with_header("Authorization", None)


@cache
def functions() -> dict[str, Callable[..., Any]]:
    """The commands themselves, by name."""
    found: dict[str, Callable[..., Any]] = {}
    names = [
        module.name
        for package in (openpartner.core, openpartner.listings)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if ".migrations" not in module.name
    ]
    for module in map(importlib.import_module, names):
        for value in vars(module).values():
            if (
                callable(value)
                and hasattr(value, "__wrapped__")
                and getattr(value, "__module__", "") == module.__name__
            ):
                found[f"{module.__name__.rsplit('.', 2)[-2]}.{value.__name__}"] = value
    return {name: function for name, function in found.items() if name in COMMANDS}


def outcome(function: Callable[..., Any], caller: Caller) -> str:
    """Whether the command turned the caller away before it looked at anything."""
    try:
        with transaction.atomic():
            function(caller)
    except NotAllowed:
        return "lacks the permission"
    except Exception:  # noqa: BLE001  # it got past the check and missed its values
        return "allowed"
    return "allowed"


@pytest.mark.django_db
def test_commands_admit_whom_they_should(world: World) -> None:
    assert functions().keys() == COMMAND_PERMISSIONS.keys()
    callers = {name: world[name].caller for name in PEOPLE}
    for preset in Preset:
        user = add_user(
            account=world.dora.account,
            name=f"staff-{preset}",
            email=f"{preset}@example.com",
            password=None,
            presets=[preset],
        )
        callers[f"dora's {preset}"] = caller_of(user, via="test")
    tally: Counter[str] = Counter()
    bad = []
    for name, needs in COMMAND_PERMISSIONS.items():
        for who, caller in callers.items():
            held = PRESETS[Preset(who.removeprefix("dora's "))] if who.startswith("dora's") else frozenset(Permission)
            due = "allowed" if needs is None or needs in held & BY_KIND[caller.kind] else "lacks the permission"
            seen = outcome(functions()[name], caller)
            tally[seen] += 1
            if seen != due:
                bad.append(f"{who} {name}: {seen}, not {due}")
    assert not bad, "\n".join(bad)
    count(
        "permission matrix: commands", cells=tally.total(), **{name.replace(" ", "_"): n for name, n in tally.items()}
    )


@pytest.mark.engine("sqlite")  # what a role may open no database decides
@pytest.mark.django_db
def test_pages_admit_whom_they_should(world: World, client: Client) -> None:
    """Every page and action against every person, every preset role, and a role that may do nothing."""
    users = [(world[name].user, BY_KIND[KINDS[name]]) for name in PEOPLE]
    most = BY_KIND[AccountKind.DISTRIBUTOR]
    users += [(_member(world, preset, presets=[preset]), PRESETS[preset] & most) for preset in Preset]
    bare = Role.objects.create(account=world.dora.account, name="bare", permissions=joined([P.PROFILE_READ]))
    users.append((_member(world, "bare", custom=[bare]), frozenset({P.PROFILE_READ})))
    tally: Counter[str] = Counter()
    bad = []
    asking = [
        (page, client.get if "GET" in page.methods else client.post, "/" + re.sub("<[^>]*>", "nothing", page.route))
        for page in pages()
    ]
    for page, ask, address in asking:
        if not ask(address).headers.get("Location", "").startswith("/sign-in/"):
            bad.append(f"nobody {page.route}: not sent to sign in")
        tally["sent to sign in"] += 1
    for user, held in users:
        client.force_login(user, backend="openpartner.console.backend.SessionBackend")
        caller = caller_of(user, via="test")
        for page, ask, address in asking:
            needs = PAGES[page.route]
            due = (
                "refused" if needs is not None and needs not in held else "let in" if page.is_for(caller) else "absent"
            )
            seen = _seen(ask(address), due)
            tally[seen] += 1
            if seen != due:
                bad.append(f"{user.name} {page.route}: {seen}, not {due}")
    assert not bad, "\n".join(bad)
    count("permission matrix: pages", cells=tally.total(), **{name.replace(" ", "_"): n for name, n in tally.items()})


def _member(world: World, name: str, *, presets: Sequence[Preset] = (), custom: Sequence[Role] = ()) -> User:
    return add_user(
        account=world.dora.account,
        name=f"page-{name}",
        email=f"page-{name}@example.com",
        password=None,
        presets=presets,
        custom=custom,
    )


def _seen(answer: HttpResponseBase, due: str) -> str:
    """How the answer reads; who is let in where there is nothing is told that there is nothing, as strangers are."""
    if answer.status_code >= 500:
        return "broken"
    if answer.status_code == 403:
        return "refused"
    if answer.headers.get("Location", "").startswith("/sign-in/"):
        return "sent to sign in"
    return due if answer.status_code == 404 and due in {"let in", "absent"} else "let in"
