"""A passing request of every operation: written down for the implemented ones, derived for those only declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from openpartner.apikit.declared import IN_QUERY, UNCHECKED_PATH_VALUES
from openpartner.apikit.inventory import Field, Inventory
from openpartner.apikit.operation import Operation
from openpartner.core.base.kinds import AccountKind
from openpartner.core.billing.months import month_of_day, month_text
from openpartner.kit import clock
from openpartner.project.reference.whole import INVENTORIES, REGISTRIES
from tests.proofs import joining, realname
from tests.proofs.wire import TC3, Huawei, Raw, Tencent
from tests.support.people import PASSWORD, Person, World
from tests.support.policies import POLICY
from tests.support.quotas import COUPON, GIVEN, QUOTA, SHARED
from tests.support.server import Server

KINDS = {
    "pia": AccountKind.PROVIDER,
    "dora": AccountKind.DISTRIBUTOR,
    "sol": AccountKind.RESELLER,
    "rita": AccountKind.SECOND_LEVEL_RESELLER,
    "carl": AccountKind.CUSTOMER,
    "olga": AccountKind.DISTRIBUTOR,
}
DEFAULTS = {
    "string": "a",
    "integer": 1,
    "decimal": 1,
    "float": 1,
    "boolean": True,
    "datetime": "2026-01-01T00:00:00Z",
    "object": {},
}

PAGE = {"Page": 1, "PageSize": 10}
SPAN = {"StartTime": "2026-10-01 00:00:00", "EndTime": "2026-10-31 23:59:59", "PeriodType": "day"}
FILE = {"Month": "2026-10", "FileType": "billDetail", "CustomerUinType": "Customer"}

MONTH = month_text(month_of_day(clock.now().date()) - 2)
"""A month that is over, whose partner bills are ready; Huawei's operations answer for eighteen months (huawei:B15)."""
COSTS = {
    "time_condition": {"time_measure_id": 2, "begin_time": MONTH, "end_time": MONTH},
    "groupby": [{"type": "dimension", "key": "CLOUD_SERVICE_TYPE"}],
    "cost_type": "ORIGINAL_COST",
    "amount_type": "PAYMENT_AMOUNT",
    "filters": [{"operator": 0, "filter_factor": {"key": "REGION_CODE", "value": ["ap-southeast-1"]}}],
}


@dataclass(frozen=True)
class Ask:
    """A request in the operation's own terms."""

    operation: Operation
    dialect: str
    person: str
    parameters: Mapping[str, Any]

    @property
    def key(self) -> str:
        return f"{self.dialect} {self.operation.name}"

    def changed(self, **parameters: Any) -> Ask:
        return replace(self, parameters={**self.parameters, **parameters})


def passing(world: World) -> dict[str, list[Ask]]:
    """The requests of implemented operations that must succeed, by dialect and name; each names real rows."""
    dora, rita, cora, carl = world.dora, world.rita, world.cora, world.carl
    credentials = {"user": {"name": "dora", "password": PASSWORD, "domain": {"name": dora.account_name}}}
    member = {"method": "sub_customer", "sub_customer_id": cora.account_id}
    seller = {"indirect_partner_id": rita.account_id}
    theirs = {"customer_id": carl.account_id, "indirect_partner_id": rita.account_id}
    by_password = {"auth": {"identity": {"methods": ["password"], "password": credentials}}}
    role = {"domain_id": world.cyro.account_id, "agency_name": "partner"}
    by_agency = {"auth": {"identity": {"methods": ["assume_role"], "assume_role": role}}}
    coupon = {"quota_id": QUOTA, "face_value": 1}
    shared = {"customer_id": world.chen.account_id, "coupon_id": SHARED}
    new_member = {
        "party_id": str(world.cyro.uin),
        "sub_customer_association_type": 1,
        "new_sub_customer": {"customer_name": "member", "password": PASSWORD, "use_pri_mobile_phone": "Y"},
    }
    rows: list[tuple[str, str, str, dict[str, Any]]] = [
        ("huawei", "ListSubCustomers", "dora", {"limit": 10, "offset": 0}),
        ("huawei", "ListSubCustomers", "dora", {"customer_id": cora.account_id}),
        (
            "huawei",
            "ListSubCustomers",
            "dora",
            {"indirect_partner_id": rita.account_id, "customer_id": carl.account_id},
        ),
        ("huawei", "ListSubCustomers", "dora", {"account_name": cora.account_name, "customer": "Corazón"}),
        ("huawei", "LegacyListCustomerDetails", "dora", {"domain_name": cora.account_name, "page_no": "1"}),
        ("huawei", "LegacyQueryCustomers", "dora", {"domainName": cora.account_name, "offset": 1, "limit": 10}),
        ("huawei", "ListIndirectPartners", "dora", {"indirect_partner_id": rita.account_id, "limit": 10}),
        ("huawei", "ListIndirectPartners", "dora", {"account_name": rita.account_name}),
        ("huawei", "FreezeSubCustomers", "dora", {"customer_ids": [cora.account_id], "reason": "a reason"}),
        ("huawei", "FreezeSubCustomers", "dora", {"customer_ids": [carl.account_id], "reason": "a reason", **seller}),
        ("huawei", "UnfreezeSubCustomers", "dora", {"customer_ids": [cora.account_id], "reason": "a reason"}),
        ("huawei", "UnfreezeSubCustomers", "dora", {"customer_ids": [carl.account_id], "reason": "a reason", **seller}),
        ("huawei", "LegacyFreezeCustomers", "dora", {"customerIds": [cora.account_id], "reason": "a reason"}),
        ("huawei", "LegacyUnfreezeCustomers", "dora", {"customerIds": [cora.account_id], "reason": "a reason"}),
        ("huawei", "UpdateSubCustomerBudget", "dora", {"customer_id": cora.account_id, "budget_amount": 100}),
        ("huawei", "UpdateSubCustomerBudget", "dora", {"budget_amount": 100, **theirs}),
        ("huawei", "ShowSubCustomerBudget", "dora", {"customer_id": cora.account_id}),
        ("huawei", "ShowSubCustomerBudget", "dora", theirs),
        ("huawei", "ListSubCustomerBudget", "dora", {"customer_ids": [cora.account_id]}),
        ("huawei", "ListSubCustomerBudget", "dora", {"customer_ids": [carl.account_id], **seller}),
        ("huawei", "ListSubCustomerBudgetRecords", "dora", {"customer_id": cora.account_id, "limit": 10}),
        ("huawei", "ListSubCustomerBudgetRecords", "dora", theirs),
        ("huawei", "ShowPartnerConsumptionQuota", "dora", {}),
        ("huawei", "LegacyShowCustomerCredit", "dora", {"customer_id": cora.account_id}),
        ("huawei", "LegacySetCustomerCredit", "dora", {"customerId": cora.account_id, "adjustmentAmount": 100}),
        ("huawei", "LegacyListBalances", "dora", {"customer_id": cora.account_id}),
        ("huawei", "ListPartnerBalances", "dora", seller),
        ("huawei", "UpdateCustomerAccountAmount", "song", {"customer_id": world.su.account_id, "amount": 1}),
        ("huawei", "ReclaimToPartnerAccount", "song", {"customer_id": world.su.account_id, "amount": 1}),
        ("huawei", "UpdateIndirectPartnerAccount", "dora", {"amount": 1, **seller}),
        ("huawei", "ReclaimIndirectPartnerAccount", "dora", {"amount": 1, **seller}),
        ("huawei", "ListPartnerAccountChangeRecords", "dora", {"balance_type": "BALANCE_TYPE_DEBIT", **seller}),
        ("huawei", "ListPartnerAdjustRecords", "dora", {"customer_id": rita.account_id}),
        ("huawei", "ListPartnerAdjustRecords", "dora", {**theirs, "limit": 10}),
        ("huawei", "ListCustomersBalancesDetail", "dora", {"customer_infos": [{"customer_id": cora.account_id}]}),
        (
            "huawei",
            "ListCustomersBalancesDetail",
            "dora",
            {"customer_infos": [{"customer_id": carl.account_id}], **seller},
        ),
        ("huawei", "ListCustomerAccountChangeRecords", "su", {"balance_type": "BALANCE_TYPE_DEBIT"}),
        ("huawei", "ShowCustomerAccountBalances", "carl", {}),
        ("huawei", "ShowCustomerExpenditureQuota", "carl", {}),
        ("huawei", "UpdateSubEnterpriseAmount", "cyro", {"customer_id": world.chen.account_id, "amount": "1"}),
        ("huawei", "ReclaimSubEnterpriseAmount", "cyro", {"customer_id": world.chen.account_id, "amount": "1"}),
        ("huawei", "ShowMultiAccountTransferAmount", "cyro", {"balance_type": "BALANCE_TYPE_DEBIT"}),
        (
            "huawei",
            "ListEnterpriseMultiAccount",
            "cyro",
            {"sub_customer_id": world.chen.account_id, "balance_type": "BALANCE_TYPE_DEBIT"},
        ),
        ("huawei", "ListEnterpriseSubCustomers", "cyro", {"fuzzy_query": 1, "limit": 10}),
        ("huawei", "ListEnterpriseOrganizations", "cyro", {"recursive_query": 1}),
        ("huawei", "CreateEnterpriseProjectAuth", "chen", {}),
        ("huawei", "CreateSubEnterpriseAccount", "cyro", new_member),
        (
            "huawei",
            "SendSmsVerificationCode",
            "cyro",
            {"mobile_phone": "13800138000", "sm_template_args": [{"key": "sub_customer_name", "value": "member"}]},
        ),
        ("huawei", "ListSubCustomerNewTag", "dora", {"customer_ids": [cora.account_id]}),
        ("huawei", "ListSubCustomerNewTag", "dora", {"customer_ids": [carl.account_id], **seller}),
        ("huawei", "ListProvinces", "carl", {"limit": 10}),
        ("huawei", "ListCities", "carl", {"province_code": "440000", "limit": 10}),
        ("huawei", "ListCounties", "carl", {"city_code": "440300", "limit": 10}),
        ("huawei", "CheckUserIdentity", "dora", {"search_type": "name", "search_value": cora.account_name}),
        ("huawei", "LegacyCheckUser", "dora", {"searchType": "name", "searchKey": cora.account_name}),
        ("huawei", "GetCallerIdentity", "dora", {}),
        ("huawei", "KeystoneListAuthDomains", "dora", {}),
        ("huawei", "KeystoneListProjects", "dora", {"name": "ap-southeast-1"}),
        ("huawei", "CreateSubCustomer", "dora", {"xaccount_id": "p1", "xaccount_type": "p", "domain_area": "MX"}),
        (
            "huawei",
            "CreateSubCustomer",
            "dora",
            {"xaccount_id": "p2", "xaccount_type": "p", "domain_area": "MX", **seller},
        ),
        ("huawei", "LegacyCreateCustomer", "dora", {"xAccountId": "p3", "xAccountType": "p", "domainArea": "MX"}),
        ("huawei", "SendVerificationMessageCode", "dora", {"receiver_type": 2, "email": "p1@example.com"}),
        ("huawei", "LegacySendVerificationCode", "dora", {"receiverType": 2, "email": "p2@example.com"}),
        ("huawei", "CreatePersonalRealnameAuth", "dora", realname.person(cora)),
        ("huawei", "CreateEnterpriseRealnameAuthentication", "dora", realname.company(world.cyro)),
        (
            "huawei",
            "ChangeEnterpriseRealnameAuthentication",
            "dora",
            {**realname.company(world.chen), "change_type": 1},
        ),
        ("huawei", "ShowRealnameAuthenticationReviewResult", "dora", {"customer_id": cora.account_id}),
        ("huawei", "LegacyCreateIndividualRealnameAuth", "sol", realname.old(realname.person(world.cato))),
        ("huawei", "LegacyCreateEnterpriseRealnameAuth", "sol", realname.old(realname.company(world.cato))),
        (
            "huawei",
            "LegacyChangeEnterpriseRealnameAuth",
            "dora",
            {**realname.old(realname.company(world.chen)), "changeType": 1},
        ),
        ("huawei", "LegacyShowRealnameAuthResult", "dora", {"customerId": cora.account_id}),
        ("huawei", "ShowRealNameAuthStatus", "carl", {}),
        ("huawei", "ShowRealNameAuthQrCode", "carl", {}),
        ("huawei", "KeystoneCreateUserTokenByPassword", "dora", by_password),
        ("huawei", "KeystoneCreateAgencyToken", "dora", by_agency),
        ("huawei", "CreateTemporaryAccessKeyByAgency", "dora", by_agency),
        ("huawei", "CreateTemporaryAccessKeyByToken", "dora", {"auth": {"identity": {"methods": ["token"]}}}),
        ("huawei", "ListServiceTypes", "dora", {"service_type_name": "o", "offset": 0, "limit": 10}),
        ("huawei", "ListResourceTypes", "dora", {"offset": 0, "limit": 10}),
        ("huawei", "ListServiceResources", "dora", {"service_type_code": "hws.service.type.obs", "limit": 10}),
        ("huawei", "ListUsageTypes", "dora", {"resource_type_code": "hws.resource.type.obs", "limit": 10}),
        ("huawei", "ListMeasureUnits", "dora", {}),
        ("huawei", "ListConversions", "dora", {"measure_type": 3}),
        ("huawei", "ShowCustomerMonthlySum", "carl", {"bill_cycle": MONTH, **member}),
        ("huawei", "ListCustomerselfResourceRecords", "carl", {"cycle": MONTH, **member}),
        ("huawei", "ListCustomerselfResourceRecordDetails", "carl", {"cycle": MONTH, **member}),
        (
            "huawei",
            "ListCustomerselfResourceRecordDetails",
            "carl",
            {"cycle": MONTH, "payer_account_id": rita.account_id},
        ),
        ("huawei", "ListCosts", "carl", COSTS),
        ("huawei", "ListCustomerBillsFeeRecords", "carl", {"bill_cycle": MONTH, **member}),
        ("huawei", "ListCustomerBillsMonthlyBreakDown", "carl", {"shared_month": MONTH, **member}),
        ("huawei", "ListPostpaidBillSum", "dora", {"bill_cycle": MONTH}),
        ("huawei", "ListSubCustomerBillDetail", "dora", {"bill_cycle": MONTH, "customer_id": cora.account_id}),
        ("huawei", "ListSubCustomerBillDetail", "dora", {"bill_cycle": MONTH, **theirs}),
        ("huawei", "ListConsumeSubCustomers", "dora", {"bill_cycle": MONTH, "limit": 10}),
        ("huawei", "ListSubcustomerMonthlyBills", "dora", {"cycle": MONTH, "charge_mode": "3", **theirs}),
        ("huawei", "LegacyShowMonthlySum", "carl", {"cycle": MONTH}),
        ("huawei", "LegacyListResourceRecords", "carl", {"cycle": MONTH}),
        (
            "huawei",
            "LegacyListResourceFeeRecords",
            "carl",
            {"startTime": f"{MONTH}-01", "endTime": f"{MONTH}-28"},
        ),
        ("huawei", "LegacyShowPostpaidBillSummary", "dora", {"consume_month": MONTH}),
        ("tencent", "DescribeCustomerUin", "dora", {"Page": 1, "PageSize": 10}),
        ("tencent", "DescribeCustomerInfo", "dora", {"CustomerUin": [cora.uin]}),
        ("tencent", "DescribeCustomerInfo", "dora", {"CustomerUin": [world.chen.uin, cora.uin]}),
        ("tencent", "ModifyClientRemark", "dora", {"ClientUin": str(cora.uin), "Remark": "a remark"}),
        ("tencent", "ForceQN", "dora", {"ClientUin": cora.uin, "Type": 0}),
        ("tencent", "AllocateCustomerCredit", "dora", {"ClientUin": cora.uin, "AddedCredit": 10, "Remark": "trial"}),
        ("tencent", "AllocateCreditPool", "dora", {"SubAgentUin": rita.uin, "Credit": 234.345}),
        ("tencent", "QueryPartnerCredit", "dora", {}),
        ("tencent", "QueryCustomersCredit", "dora", {"FilterType": "ClientUin", "Filter": str(cora.uin)}),
        ("tencent", "QueryDirectCustomersCredit", "dora", {}),
        ("tencent", "QueryCreditByUinList", "dora", {"UinList": [cora.uin]}),
        ("tencent", "QueryCreditAllocationHistory", "dora", {"ClientUin": cora.uin}),
        ("tencent", "QueryCustomerBillingQuota", "carl", {}),
        ("tencent", "QueryAccountVerificationStatus", "dora", {"ClientUin": cora.uin}),
        ("tencent", "QueryT1IndirectCustomersDetail", "dora", {"SubAgentUin": rita.uin, "Page": 1, "PageSize": 10}),
        ("tencent", "QuerySubAgentsDetailV2", "dora", {"Page": 1, "PageSize": 10}),
        ("tencent", "DescribeCustomerBillSummary", "dora", {"CustomerUin": cora.uin, "Month": "2026-10"}),
        ("tencent", "DescribeCustomerBillDetail", "dora", {"CustomerUin": cora.uin, "Month": "2026-10", **PAGE}),
        ("tencent", "DescribeCustomerBillDetail", "rita", {"CustomerUin": carl.uin, "Month": "2026-10", **PAGE}),
        ("tencent", "DescribeCustomerBillDetailByDay", "dora", {"CustomerUin": cora.uin, "Date": "2026-10-01"}),
        ("tencent", "DescribeBillSummaryByPayMode", "dora", {"CustomerUin": cora.uin, "BillMonth": "2026-10"}),
        ("tencent", "DescribeBillSummaryByProduct", "dora", {"CustomerUin": cora.uin, "BillMonth": "2026-10"}),
        ("tencent", "DescribeBillSummaryByRegion", "dora", {"CustomerUin": cora.uin, "BillMonth": "2026-10"}),
        ("tencent", "DescribeCustomerBillDownloadUrl", "dora", {"CustomerUin": cora.uin, **FILE}),
        ("tencent", "DescribeBillSummary", "carl", {"Month": "2026-10", "GroupType": "product"}),
        ("tencent", "DescribeBillDetail", "carl", {"Month": "2026-10", **PAGE}),
        ("tencent", "DescribeBillDownloadUrl", "carl", {"Month": "2026-10", "FileType": "L3"}),
        ("tencent", "DescribeCustomerOwnCostExplorerFilter", "carl", SPAN),
        (
            "tencent",
            "DescribeCustomerOwnCostExplorerSummary",
            "carl",
            {**SPAN, **PAGE, "Dimension": "Default", "FeeType": "totalCost", "BillType": 1},
        ),
        ("huawei", "ListSubCustomerCoupons", "carl", {"source_id": rita.account_id, "limit": 10}),
        ("huawei", "ListQuotaCoupons", "dora", {"quota_type": 0, **seller}),
        ("huawei", "CreatePartnerCoupons", "olga", {"customer_ids": [world.oona.account_id], **coupon}),
        ("huawei", "ReclaimPartnerCoupons", "olga", {"coupon_id": COUPON}),
        ("huawei", "ListIssuedPartnerCoupons", "dora", {"customer_id": cora.account_id}),
        ("huawei", "ListIssuedPartnerCoupons", "dora", theirs),
        ("huawei", "ListPartnerCouponsRecord", "dora", {"customer_id": cora.account_id}),
        ("huawei", "ListPartnerCouponsRecord", "dora", theirs),
        (
            "huawei",
            "UpdateCouponQuotas",
            "olga",
            {"quota_id": QUOTA, "indirect_partner_ids": [world.ruth.account_id], "quota_amount": 1},
        ),
        ("huawei", "ReclaimCouponQuotas", "olga", {"quota_ids": ["one that is not there"]}),
        ("huawei", "ListIssuedCouponQuotas", "dora", seller),
        ("huawei", "ListCouponQuotasRecords", "dora", seller),
        ("huawei", "ListOrderCouponsByOrderId", "carl", {"order_id": "CS1"}),
        ("huawei", "ListCustomerCouponChangeRecords", "su", {"balance_type": "BALANCE_TYPE_COUPON"}),
        ("huawei", "ListStoredValueCards", "carl", {"status": 1}),
        ("huawei", "ClaimEnterpriseMultiAccountCoupon", "cyro", {**shared, "amount": "1"}),
        ("huawei", "ReclaimEnterpriseMultiAccountCoupon", "cyro", {**shared, "sub_coupon_id": GIVEN}),
        ("huawei", "ListMultiAccountRetrieveCoupons", "cyro", {"sub_customer_id": world.chen.account_id}),
        ("huawei", "ListMultiAccountTransferCoupons", "cyro", {"limit": 10}),
        ("tencent", "QueryVoucherPool", "dora", {}),
        ("tencent", "QueryVoucherAmountByUin", "dora", {"ClientUins": [cora.uin]}),
        ("tencent", "QueryVoucherListByUin", "dora", {"ClientUins": [cora.uin], "Status": "Unused"}),
        ("tencent", "DescribeCustomerVoucherList", "dora", {**PAGE, "CustomerUin": cora.uin}),
        ("tencent", "DescribeCustomerOwnVoucherList", "carl", {**PAGE, "VoucherId": 1}),
        (
            "tencent",
            "DescribeCustomerVoucherUsageDetails",
            "dora",
            {**PAGE, "CustomerUin": cora.uin, "VoucherId": 1, "Month": "2026-10"},
        ),
        ("tencent", "DescribeCustomerOwnVoucherUsageDetails", "carl", {**PAGE, "VoucherId": 1}),
        ("tencent", "SendVerifyCode", "dora", {"CountryCode": "852", "PhoneNum": "61000000"}),
        ("tencent", "CreateAccount", "dora", joining.NEW),
        ("tencent", "CreateAndSendClientInvitationMail", "dora", {"Email": "nobody@new.example.com"}),
        ("tencent", "QueryInvitationInfo", "dora", {"InvitationToken": ["0" * 32]}),
        ("tencent", "QueryPendingClientsV2", "dora", PAGE),
        ("tencent", "ApproveClientApply", "dora", {"ClientUin": joining.CUSTOMER_UIN, "ApproveType": "pass"}),
        ("tencent", "QueryPendingSubAgentsV2", "dora", PAGE),
        ("tencent", "ApproveSubAgentApply", "dora", {"SubAgentUin": joining.RESELLER_UIN, "ApproveType": "pass"}),
        ("tencent", "GetCountryCodes", "dora", {}),
        ("tencent", "GetTradeConfigList", "dora", {}),
        ("tencent", "QueryPolicyProductListByCode", "dora", {"PolicyCode": POLICY, "ProductCode": "p_cvm"}),
    ]
    found: dict[str, list[Ask]] = {}
    for dialect, name, person, parameters in rows:
        ask = Ask(REGISTRIES[dialect].operations[name], dialect, person, parameters)
        found.setdefault(ask.key, []).append(ask)
    return found


def derived(dialect: str, operation: Operation) -> Ask:
    """A request of a declared operation: its required fields with plain values, from somebody who may call it."""
    person = next((name for name, kind in KINDS.items() if kind in operation.kinds), "dora")
    found = row(dialect, operation.name)
    parameters = (
        {}
        if found is None
        else {
            field.name: value_of(found[0], field)
            for field in taken(found[1], operation)
            if field.required or field.place == "path"
        }
    )
    return Ask(operation, dialect, person, parameters)


def row(dialect: str, name: str) -> tuple[Inventory, tuple[Field, ...]] | None:
    """The inventory that lists an operation, and its parameters; None for what the vendors' SDKs do not list."""
    for inventory in INVENTORIES[dialect]:
        for declared in inventory.operations:
            if declared.name == name:
                return inventory, declared.request
    return None


def taken(fields: tuple[Field, ...], operation: Operation) -> list[Field]:
    """The parameters that the gateway hands to the operation."""
    source = "query" if operation.method in IN_QUERY else "body"
    return [
        field
        for field in fields
        if field.place == source or (field.place == "path" and field.name not in UNCHECKED_PATH_VALUES)
    ]


def value_of(inventory: Inventory, field: Field) -> Any:
    """A plain value of a field's type."""
    if field.type.startswith("list<"):
        inner = field.type.removeprefix("list<").removesuffix(">")
        return [value_of(inventory, Field(name=field.name, type=inner, required=True))]
    if field.type in DEFAULTS:
        return DEFAULTS[field.type]
    return {one.name: value_of(inventory, one) for one in inventory.structures[field.type] if one.required}


class Signers:
    """Turns asks into signed requests, by whichever person."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._made: dict[tuple[str, str, str], Any] = {}

    def raw(self, ask: Ask, person: Person | None = None, *, method: str = "POST") -> Raw:
        """The signed request; Tencent's also as GET with dotted keys."""
        person = person or self._server.world[ask.person]
        key = (ask.dialect, person.access_key, method)
        if key not in self._made:
            self._made[key] = (
                Huawei(self._server, person)
                if ask.dialect == "huawei"
                else Tencent(self._server, person, sign=TC3, method=method)
            )
        signer = self._made[key]
        if isinstance(signer, Tencent):
            return signer.raw(ask.operation.name, dict(ask.parameters))
        return self._huawei(signer, ask, person)

    @staticmethod
    def _huawei(signer: Huawei, ask: Ask, person: Person) -> Raw:
        operation, parameters = ask.operation, dict(ask.parameters)
        path = operation.path
        for name in [part[1:-1] for part in path.split("/") if part.startswith("{")]:
            value = person.account_id if name in UNCHECKED_PATH_VALUES else quote(str(parameters.pop(name)), safe="")
            path = path.replace(f"{{{name}}}", value)
        if operation.source == "query":
            return signer.raw(
                operation.method, path, query=[(name, _text(value)) for name, value in parameters.items()]
            )
        return signer.raw(operation.method, path, body=parameters)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value[0]) if isinstance(value, list) and value else str(value)
