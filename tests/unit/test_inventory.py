"""The inventories: complete, resolvable, as the pages say, and not older than the installed SDKs."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import get_args

import pytest

from openpartner.apikit.inventory import NAMES, DeclaredOperation, Field, Kind, Name, all_inventories, load

ROOT = Path(__file__).resolve().parents[2]
PLAIN = {"string", "integer", "decimal", "float", "boolean", "datetime", "object"}
OPERATIONS = [operation for inventory in all_inventories() for operation in inventory.operations]


def name_of(operation: DeclaredOperation) -> str:
    return operation.name


def named(fields: tuple[Field, ...], name: str) -> Field:
    return next(field for field in fields if field.name == name)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("huawei_bssintl", 55),  # huaweicloudsdkbssintl 3.1.219
        ("huawei_bss", 48),  # huaweicloudsdkbss 3.1.219 has 92, of which 44 are those of the international site
        ("huawei_legacy", 33),  # one for each method and path of the v1.0 pages
        ("tencent_intlpartnersmgt", 46),  # tencentcloud-sdk-python-intl-en 3.1.193
    ],
)
def test_it_holds_every_operation(name: Name, count: int) -> None:
    inventory = load(name)
    assert len(inventory.operations) == count
    assert inventory.source
    assert [operation.name for operation in inventory.operations] == sorted(
        {operation.name for operation in inventory.operations}
    )


def test_it_has_one_operation_for_a_route() -> None:
    huawei = [operation for name in NAMES if name.startswith("huawei") for operation in load(name).operations]
    routes = {(operation.method, operation.path) for operation in huawei}
    assert len(routes) == len(huawei)


@pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
def test_every_operation_says_who_may_call_it_and_how_often(operation: DeclaredOperation) -> None:
    assert operation.kinds
    assert set(operation.kinds) <= set(get_args(Kind))
    assert operation.per_second >= 1
    assert set(operation.sites) <= {"intl", "eu", "cn"}
    assert operation.sites
    assert re.fullmatch(r"(?:(?:bpconsole|oce)/[\w-]+|product/1085/\d+)?", operation.docs)


@pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
def test_every_parameter_has_a_place(operation: DeclaredOperation) -> None:
    assert all(field.place for field in operation.request)
    assert not any(field.place for field in operation.response)
    in_path = {field.name for field in operation.request if field.place == "path"}
    assert in_path == set(re.findall(r"\{(\w+)\}", operation.path))
    if operation.method in {"GET", "DELETE"}:
        assert not any(field.place == "body" for field in operation.request)


@pytest.mark.parametrize("name", NAMES)
def test_every_type_is_plain_or_declared(name: Name) -> None:
    inventory = load(name)
    fields = [field for declared in inventory.operations for field in (*declared.request, *declared.response)]
    fields += [field for members in inventory.structures.values() for field in members]
    used = {field.type.removeprefix("list<").removesuffix(">") for field in fields}
    assert used - PLAIN == set(inventory.structures)


def test_lists_of_lists_do_not_occur() -> None:
    fields = [field for declared in OPERATIONS for field in (*declared.request, *declared.response)]
    assert not [field for field in fields if "list<list" in field.type]


def test_an_unknown_operation_is_refused() -> None:
    with pytest.raises(KeyError):
        load("huawei_bssintl").operation("ListElephants")


def test_it_is_read_once() -> None:
    assert load("huawei_bssintl") is load("huawei_bssintl")
    assert all_inventories() == tuple(load(name) for name in NAMES)


@pytest.mark.slow  # it imports both vendors' SDKs, some 400 modules
def test_it_is_as_the_installed_sdks_say() -> None:
    for module in ("huaweicloudsdkbssintl", "huaweicloudsdkbss", "tencentcloud", "tccli"):
        if find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "inventories.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"run tools/inventories.py: {done.stdout}{done.stderr}"


# Hand-checked against the sources that each test names.


def test_list_sub_customers() -> None:
    """Page bpconsole/mc_00021: partners, every field of the body optional; SDK 3.1.219 for names and types."""
    operation = load("huawei_bssintl").operation("ListSubCustomers")
    assert (operation.method, operation.path) == ("POST", "/v2/partners/sub-customers/query")
    assert operation.kinds == ("distributor", "reseller")
    assert (operation.per_second, operation.writes, operation.docs) == (10, False, "bpconsole/mc_00021")
    assert operation.sites == ("cn", "eu", "intl")
    assert [field.name for field in operation.request] == [
        "account_name",
        "customer",
        "offset",
        "limit",
        "label",
        "association_type",
        "associated_on_begin",
        "associated_on_end",
        "customer_id",
        "indirect_partner_id",
    ]
    assert not any(field.required for field in operation.request)
    assert named(operation.response, "customer_infos").type == "list<CustomerInformation>"


def test_update_sub_customer_budget() -> None:
    """Page bpconsole/mt_01005: an exact amount, two required fields; absent from the China SDK."""
    operation = load("huawei_bssintl").operation("UpdateSubCustomerBudget")
    assert operation.writes
    assert operation.sites == ("eu", "intl")
    assert named(operation.request, "budget_amount") == Field(
        name="budget_amount", place="body", type="decimal", required=True
    )
    assert [field.name for field in operation.request if field.required] == ["customer_id", "budget_amount"]
    assert operation.response == ()


def test_the_language_travels_as_a_header() -> None:
    """SDK 3.1.219: `header_params['X-Language']` of ShowCustomerOrderDetails, beside a parameter of the path."""
    operation = load("huawei_bssintl").operation("ShowCustomerOrderDetails")
    assert named(operation.request, "X-Language").place == "header"
    assert named(operation.request, "order_id").place == "path"
    assert operation.kinds == ("distributor", "reseller", "customer")


def test_the_account_of_invoices_comes_from_the_credentials() -> None:
    """SDK 3.1.219: the path of ListInvoices holds {domain_id}, which the request cannot set."""
    operation = load("huawei_bssintl").operation("ListInvoices")
    assert operation.path == "/v1.0/{domain_id}/payments/intl-invoices"
    assert named(operation.request, "domain_id").place == "path"


def test_the_vendors_misspelling_is_kept() -> None:
    """SDK 3.1.219: the path really reads "suscriptions"."""
    path = load("huawei_bssintl").operation("ListPayPerUseCustomerResources").path
    assert path == "/v2/orders/suscriptions/resources/query"


def test_the_china_site_lets_distributors_move_coupon_quotas() -> None:
    """SDK huaweicloudsdkbss 3.1.219: POST …/coupon-quotas/indirect-partner-adjust."""
    operation = load("huawei_bss").operation("UpdateCouponQuotas")
    assert operation.path == "/v2/partners/coupon-quotas/indirect-partner-adjust"
    assert operation.kinds == ("distributor",)
    assert operation.sites == ("cn",)
    assert named(operation.request, "indirect_partner_ids").type == "list<string>"


def test_legacy_list_customer_details() -> None:
    """Page bpconsole/offl_00004: eight filters, and a company name that is promised and may still be null."""
    inventory = load("huawei_legacy")
    operation = inventory.operation("LegacyListCustomerDetails")
    assert (operation.method, operation.path) == ("GET", "/v1.0/{partner_id}/partner/customer-mgr/detail")
    assert [field.name for field in operation.request] == [
        "partner_id",
        "domain_name",
        "corp_name",
        "page_no",
        "page_size",
        "label",
        "cooperationType",
        "cooperationTimeStart",
        "cooperationTimeEnd",
    ]
    assert [field.name for field in operation.response if field.required] == ["error_code", "error_msg"]
    company = named(inventory.structures["LegacyCustomerDetail"], "corp_name")
    assert company.required
    assert company.nullable


def test_legacy_credit_answers_nothing() -> None:
    """Older SDKs for v1.0: setting a customer's credit is answered by 204."""
    assert load("huawei_legacy").operation("LegacySetCustomerCredit").response == ()


def test_query_t1_indirect_customers_detail() -> None:
    """Page product/1085/69083: distributors only, 20 a second; the SDK's schema for flags and examples."""
    operation = load("tencent_intlpartnersmgt").operation("QueryT1IndirectCustomersDetail")
    assert (operation.method, operation.path, operation.sites) == ("POST", "/", ("intl",))
    assert operation.kinds == ("distributor",)
    assert operation.per_second == 20
    assert [(field.name, field.type, field.required) for field in operation.request] == [
        ("SubAgentUin", "integer", True),
        ("Page", "integer", True),
        ("PageSize", "integer", True),
    ]
    assert [field.name for field in operation.response] == ["Total", "SubAgentUin", "SubAgentName", "Data"]


PARTNERS = {"distributor", "reseller", "second_level_reseller"}


@pytest.mark.parametrize(
    ("action", "declared"),
    [
        ("CreateAndSendClientInvitationMail", (PARTNERS, 1, True)),
        ("ForceQN", (PARTNERS, 2, True)),
        ("DescribeBillDetail", ({"customer"}, 1, False)),
        ("GetCountryCodes", (set(get_args(Kind)), 5, False)),
        ("DescribeRebateDownloadUrl", ({"distributor", "reseller"}, 20, False)),
        # The SDK names D and R; a second-level reseller has customers like the others, so we let it ask.
        ("DescribeCustomerInfo", (PARTNERS, 20, False)),
        ("QueryAccountVerificationStatus", (PARTNERS, 20, False)),
    ],
)
def test_rates_and_roles_of_tencent(action: str, declared: tuple[set[str], int, bool]) -> None:
    """Page product/1085/51407 "API Category" for the rates, "Callable roles" of each page for the rest."""
    operation = load("tencent_intlpartnersmgt").operation(action)
    assert (set(operation.kinds), operation.per_second, operation.writes) == declared


def test_types_of_tencent_that_change_between_actions() -> None:
    """SDK 3.1.193: a total that is text, a UIN that is text in one action and a number in the next."""
    tencent = load("tencent_intlpartnersmgt")
    assert named(tencent.operation("DescribeCustomerUin").response, "Total").type == "string"
    assert named(tencent.operation("DescribeCustomerUin").response, "Data").nullable
    assert named(tencent.operation("ModifyClientRemark").request, "ClientUin").type == "string"
    assert named(tencent.operation("ForceQN").request, "ClientUin").type == "integer"
    assert named(tencent.operation("ForceQN").response, "C").deprecated
    assert named(tencent.structures["CountryCodeItem"], "IOS2").example == "AL"


def test_tencent_has_nine_writes() -> None:
    """What the pages describe as changing something; files made on demand are reads."""
    assert [found.name for found in load("tencent_intlpartnersmgt").operations if found.writes] == [
        "AllocateCreditPool",
        "AllocateCustomerCredit",
        "ApproveClientApply",
        "ApproveSubAgentApply",
        "CreateAccount",
        "CreateAndSendClientInvitationMail",
        "ForceQN",
        "ModifyClientRemark",
        "SendVerifyCode",
    ]


def test_no_example_shows_an_account() -> None:
    """Examples of the vendor hold mail addresses of its staff; none of them may travel with us."""
    shown = [field.example for declared in OPERATIONS for field in (*declared.request, *declared.response)]
    shown += [field.example for members in load("tencent_intlpartnersmgt").structures.values() for field in members]
    assert not [example for example in shown if "@" in example]
