"""Tencent's L3 detail files, one line for each component, with English or Chinese headers (tencent:D.0.2, E.5-E.7).

Times are UTC+8. The month is the file's bill month where it names one, else that of the deduction; the day of a line is
the day of the deduction.
"""

from __future__ import annotations

from collections.abc import Collection

from openpartner.core.billing.formats.format import Format, Options, Shape, spellings
from openpartner.core.billing.formats.projection import NOTHING, YEAR_MAX, YEAR_MIN, Projection, chosen
from openpartner.core.catalogue.charges import action_codes, charging_codes
from openpartner.core.catalogue.entries import TENCENT, Level, seeded
from openpartner.lake.schema import ADJUSTMENTS, Action, Charging
from openpartner.lake.store import quoted

HOURS = 8
HEADERS = {
    "PayerAccountId": ("Payer Account ID", "Payer UIN", "支付者 UIN", "付款账号 ID", "支付账号 ID"),
    "OwnerAccountId": ("Owner Account ID", "Owner UIN", "使用者 UIN", "所属账号 ID", "资源所属账号 ID"),
    "OperatorAccountId": (
        "Operator Account ID",
        "Operator UIN",
        "Operator Account ID/Role",
        "操作者 UIN",
        "操作账号 ID",
    ),
    "BillMonth": ("Bill Month", "Billing Month", "账单月份", "账单月", "所属月份"),
    "ProductName": ("Product", "产品名称", "产品"),
    "SubProductName": ("Subproduct", "Subproduct Name", "Sub-product Name", "子产品名称", "子产品"),
    "ComponentType": ("Component Type Name", "组件类型"),
    "ComponentName": ("Component", "组件名称"),
    "BusinessCode": ("Product Code (Business)", "Business Code", "产品编码", "产品代码", "产品 Code"),
    "ProductCode": ("Subproduct Code", "Sub-product Code", "子产品编码", "子产品代码", "子产品 Code"),
    "ComponentCode": ("Component Type Code", "组件类型编码", "组件类型代码", "组件类型 Code"),
    "ItemCode": ("Item Code", "Component Item Code", "组件名称编码", "组件编码", "组件代码", "组件名称 Code"),
    "BillingMode": ("Billing Mode", "Pay Mode", "PayMode", "PayModeName", "计费模式", "付费模式"),
    "ProjectId": ("Project ID", "项目 ID"),
    "ProjectName": ("Project", "Project Name", "项目名称", "项目"),
    "RegionId": ("Region ID", "地域 ID"),
    "Region": ("Region Name", "地域", "地域名称"),
    "ZoneId": ("Zone ID", "Availability Zone ID", "可用区 ID"),
    "AvailabilityZone": ("Zone", "Availability Zone Name", "可用区", "可用区名称"),
    "InstanceId": ("Instance ID", "Resource ID", "实例 ID", "资源 ID"),
    "InstanceName": ("Instance Name", "Resource Name", "Resource Alias", "实例名称", "资源名称", "资源别名"),
    "ActionType": ("Action Type", "交易类型编码", "交易类型代码"),
    "TransactionType": ("Transaction Type", "ActionTypeName", "交易类型"),
    "TransactionId": ("Transaction ID", "Bill ID", "交易 ID"),
    "OrderId": ("Order ID", "订单 ID"),
    "TransactionTime": ("Transaction Time", "Deduction Time", "扣费时间", "交易时间"),
    "UsageStartTime": ("Usage Start Time", "Start Time", "开始使用时间", "使用开始时间"),
    "UsageEndTime": ("Usage End Time", "End Time", "结束使用时间", "使用结束时间"),
    "UsageDuration": ("Usage Duration", "使用时长"),
    "DurationUnit": ("Duration Unit", "Usage Duration Unit", "时长单位"),
    "Id": ("Row ID", "Line ID", "ID", "行 ID", "明细 ID"),
    "ComponentListPrice": ("Component List Price", "List Price", "组件刊例价", "刊例价"),
    "ComponentPriceMeasurementUnit": (
        "Component Price Measurement Unit",
        "List Price Unit",
        "组件价格单位",
        "组件价格度量单位",
    ),
    "ComponentUsage": ("Component Usage", "Usage", "组件用量", "用量"),
    "ComponentUsageUnit": ("Component Usage Unit", "Usage Unit", "组件用量单位", "用量单位"),
    "OriginalCost": ("Original Cost", "List Cost", "原价", "组件原价", "原始费用"),
    "RIDeduction": ("RI Deduction", "RI Deduction (Cost)", "预留实例抵扣", "预留实例抵扣原价"),
    "SPDeduction": (
        "SP Deduction",
        "Savings Plan Deduction",
        "SP Deduction (Cost)",
        "节省计划抵扣",
        "节省计划抵扣原价",
    ),
    "Currency": ("币种", "货币"),
    "DiscountRate": ("Discount Multiplier", "折扣率", "优惠折扣率"),
    "CustomerDiscountRate": ("Customer Discount Rate", "Customer Discount Multiplier", "客户折扣率"),
    "TotalAmountAfterDiscount": (
        "Total Amount After Discount",
        "Amount Before Voucher",
        "优惠后总价",
        "折后总价",
        "折扣后总价",
    ),
    "VoucherDeduction": ("Voucher Deduction", "代金券抵扣", "代金券抵扣金额", "代金券支付", "优惠券支出"),
    "TotalCost": ("Total Cost", "总费用", "总价"),
    "Tax": ("Tax Amount", "税金", "税额"),
    "PartnerDiscountRate": ("Partner Discount Multiplier", "伙伴折扣率"),
    "PartnerCost": ("Partner Amount After Discount (Excluding Tax)", "伙伴折后总价（不含税）"),
    "PartnerVoucherDeduction": ("Partner Voucher Deduction", "伙伴代金券抵扣金额"),
    "PartnerTax": ("Partner Tax Amount", "伙伴税额"),
    "Tags": ("Tag", "标签", "标签信息"),
}
TEXTS = {
    "billing_account": "PayerAccountId",
    "sub_account": "OwnerAccountId",
    "operator": "OperatorAccountId",
    "source_line": "Id",
    "order_id": "OrderId",
    "transaction_id": "TransactionId",
    "service_name": "ProductName",
    "product_name": "SubProductName",
    "component_type_name": "ComponentType",
    "component_name": "ComponentName",
    "resource_id": "InstanceId",
    "resource_name": "InstanceName",
    "region_name": "Region",
    "zone_name": "AvailabilityZone",
    "project_name": "ProjectName",
    "usage_unit": "ComponentUsageUnit",
    "duration_unit": "DurationUnit",
    "pricing_unit": "ComponentPriceMeasurementUnit",
}
CODES = {
    "service_code": ("BusinessCode", "ProductName"),
    "product_code": ("ProductCode", "SubProductName"),
    "component_type_code": ("ComponentCode", "ComponentType"),
    "component_code": ("ItemCode", "ComponentName"),
    "project_id": ("ProjectId", "ProjectName"),
}
"""The column of a code, and the name that stands for it in a file without codes."""
NAMED = {
    "prepaid": Charging.PREPAID,
    "postpaid": Charging.POSTPAID,
    "monthly subscription": Charging.PREPAID,
    "pay-as-you-go": Charging.POSTPAID,
    "按量付费": Charging.POSTPAID,
    "预付费": Charging.PREPAID,
    "后付费": Charging.POSTPAID,
}
DISPLAY_ONLY = {
    "Pay-as-you-go reversal": Action.REFUND,
    "Refund": Action.REFUND,
    "按量计费冲正": Action.REFUND,
    "退款": Action.REFUND,
}
"""Types of transaction that have a name and no code (tencent:E.6)."""
PURCHASES = (Action.PURCHASE, Action.RENEWAL, Action.CHANGE, Action.REFUND, Action.RESERVATION_FEE)


def _shape(given: Collection[str], options: Options) -> Shape:
    file = Projection(given)
    file.need("OwnerAccountId", "TransactionTime", "TotalCost")
    total, listed, voucher = file.amount("TotalCost"), file.amount("OriginalCost"), file.amount("VoucherDeduction")
    billed = file.book("total_cost", total, "TotalCost")
    paid_by_voucher = file.book("voucher_deduction", voucher, "VoucherDeduction")
    # By definition, and so to the last digit: rounding the three apart could break the sum.
    after_discount = f"{billed} + {paid_by_voucher}"
    if file.has("TotalAmountAfterDiscount"):
        given_after = file.amount("TotalAmountAfterDiscount")
        file.refuse(f"abs({given_after} - {voucher} - {total}) > 0.00000001", "TotalAmountAfterDiscount", "sum")
    day = file.day("TransactionTime")
    file.refuse(f"year({day}) NOT BETWEEN {YEAR_MIN} AND {YEAR_MAX}", "TransactionTime", "year")
    start, end = file.instant("UsageStartTime", hours=HOURS), file.instant("UsageEndTime", hours=HOURS)
    if file.has("UsageStartTime") and file.has("UsageEndTime"):
        file.refuse(f"{end} < {start}", "UsageEndTime", "order")
    action = _action(file)
    line = {
        **{column: file.text(name) for column, name in TEXTS.items()},
        **{column: file.text(*names) for column, names in CODES.items()},
        "cloud": quoted(TENCENT),
        "publisher": "'Tencent Cloud'",
        "invoice_issuer": "'Tencent Cloud'",
        "billing_account": file.text("PayerAccountId", "OwnerAccountId"),
        "bill_day": day,
        "charge_category": _category(action),
        "charging": _charging(file),
        "action": action,
        "action_code": _action_code(file),
        "charged_at": file.instant("TransactionTime", hours=HOURS),
        "usage_from": start,
        "usage_to": end,
        "region_code": _code_of(file, "RegionId", "Region", Level.REGION),
        "zone_code": _code_of(file, "ZoneId", "AvailabilityZone", Level.ZONE),
        "tags": _tags(file),
        "usage": file.number("ComponentUsage"),
        "duration": file.number("UsageDuration"),
        "list_unit_price": file.number("ComponentListPrice"),
        "customer_discount_rate": f"coalesce({file.number('CustomerDiscountRate')}, 1)",
        "partner_discount_rate": f"coalesce({file.number('PartnerDiscountRate')}, 1)",
        "currency": f"coalesce({file.text('Currency')}, {quoted(options.currency)})",
        "list_cost": file.book("list_cost", listed, "OriginalCost"),
        "reservation_deduction": file.book("reservation_deduction", file.amount("RIDeduction"), "RIDeduction"),
        "savings_plan_deduction": file.book("savings_plan_deduction", file.amount("SPDeduction"), "SPDeduction"),
        "cost_after_discount": after_discount,
        "voucher_deduction": paid_by_voucher,
        "total_cost": billed,
        "tax": file.book("tax", file.amount("Tax"), "Tax"),
        "contracted_cost": after_discount,
        "effective_cost": billed,
        "partner_cost": _partner_cost(file, after_discount),
        "partner_voucher_deduction": file.book(
            "partner_voucher_deduction", file.amount("PartnerVoucherDeduction"), "PartnerVoucherDeduction"
        ),
        "partner_tax": file.book("partner_tax", file.amount("PartnerTax"), "PartnerTax"),
        "billed_delivered": total,
        "list_delivered": listed,
        "contracted_delivered": f"{total} + {voucher}",
        "effective_delivered": total,
    }
    return Shape(file, line, _month(file, day, options))


def _partner_cost(file: Projection, after_discount: str) -> str:
    """What the file says the partner pays; where it says nothing, what the customer pays before vouchers."""
    if not file.has("PartnerCost"):
        return after_discount
    return file.book("partner_cost", file.amount("PartnerCost"), "PartnerCost")


def _month(file: Projection, day: str, options: Options) -> str:
    if file.has("BillMonth"):
        file.need("BillMonth")
        return file.month("BillMonth")
    return str(options.month) if options.month is not None else f"year({day}) * 12 + month({day}) - 1"


def _charging(file: Projection) -> str:
    words: dict[str, str] = dict(NAMED)
    for one in charging_codes(TENCENT):
        words |= {word: one.charging for word in (one.code, one.name_en, one.name_zh) if word}
    text = file.text("BillingMode")
    return chosen(text, words, quoted(Charging.OTHER))


def _words(what: str) -> dict[str, str]:
    words: dict[str, str] = {}
    for one in action_codes(TENCENT):
        for word in (one.code, one.name_en, one.name_zh):
            if word:
                words.setdefault(word, getattr(one, what))
    return words


def _action(file: Projection) -> str:
    refund = f"CASE WHEN {file.amount('TotalCost')} < 0 THEN {quoted(Action.REFUND)} ELSE {quoted(Action.USAGE)} END"
    return chosen(file.text("ActionType", "TransactionType"), {**_words("action"), **DISPLAY_ONLY}, refund)


def _action_code(file: Projection) -> str:
    text = file.text("ActionType", "TransactionType")
    return chosen(text, _words("code"), text)


def _category(action: str) -> str:
    groups = (
        ((Action.TAX,), "Tax"),
        (tuple(ADJUSTMENTS), "Adjustment"),
        (PURCHASES, "Purchase"),
    )
    whens = " ".join(
        f"WHEN {action} IN ({', '.join(quoted(one) for one in sorted(actions))}) THEN '{name}'"
        for actions, name in groups
    )
    return f"CASE {whens} ELSE 'Usage' END"


def _code_of(file: Projection, code: str, name: str, level: Level) -> str:
    """The code as it stands, else the one the catalogue has for the name, else the name."""
    words = {
        word: entry.code for entry in seeded(TENCENT, level).values() for word in (entry.name_en, entry.name_zh) if word
    }
    by_name = chosen(file.text(name), words, file.text(name))
    found = file.text(code)
    return by_name if found == NOTHING else f"coalesce({found}, {by_name})"


def _tags(file: Projection) -> str:
    """A JSON object, or pairs as `key:value;key:value`."""
    text = file.text("Tags")
    if text == NOTHING:
        return NOTHING
    pairs = f"list_transform(string_split(rtrim({text}, ';'), ';'), lambda one: string_split(one, ':'))"
    keys = f"list_transform({pairs}, lambda one: one[1])"
    values = f"list_transform({pairs}, lambda one: coalesce(one[2], ''))"
    is_object = f"json_valid({text}) AND left(ltrim({text}), 1) = '{{'"
    has_twice = f"len(list_distinct({keys})) < len({keys})"
    return (
        f"CASE WHEN {text} IS NULL OR {text} IN ('-', '[]', '{{}}') THEN NULL WHEN {is_object} THEN {text}"
        f" WHEN {has_twice} THEN NULL ELSE CAST(to_json(map({keys}, {values})) AS VARCHAR) END"
    )


L3 = Format(
    key="tencent-l3",
    title="Tencent Cloud L3",
    names=spellings(HEADERS),
    needs=(("OwnerAccountId",), ("TransactionTime",), ("TotalCost",), ("ComponentName", "ItemCode")),
    nulls=("",),
    replaces=("billing_account", "sub_account"),
    shape=_shape,
    own_ids="uin",
)
