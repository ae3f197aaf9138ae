"""The columns of files of bills: their headers in both languages, and the SQL over a line's columns behind each.

After the vendor's field lists (tencent:D.0.2, tencent:E.5, tencent:E.7). Texts that a spreadsheet would take for a
formula begin with an apostrophe; numbers are written as numbers and instants in UTC+8.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from openpartner.core.billing.charge_names import CODES, billing_mode, transaction_type
from openpartner.lake.schema import Action, Charging
from openpartner.lake.store import quoted

CHINESE = "zh_cn"
ENGLISH = "en"
LANGUAGES = (CHINESE, ENGLISH)
SIGNS = "=+-@\t\r\n＝＋－＠"
"""What a text begins with that a spreadsheet takes for a formula."""
NO_TIME = "-"
"""Stands for ids and instants of lines that were added up (tencent:E.5)."""
AGGREGATED = (
    Action.USAGE_HOURLY,
    Action.USAGE_DAILY,
    Action.SPOT,
    Action.RESERVATION_HOURLY,
    Action.SAVINGS_PLAN_HOURLY,
)
"""What a consolidated file adds up over the month; other lines stand as they are (tencent:E.5)."""


class Level(StrEnum):
    """How fine a file is (tencent:E.5)."""

    SUMMARY = "L1"
    RESOURCES = "L2"
    DETAILS = "L3"
    MONTHLY = "L3-monthly"
    """Details whose hourly and daily lines are added up over the month."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. A grouped file has the same, `sql` being what it is grouped by unless `is_sum`."""

    english: str
    chinese: str
    sql: str
    is_sum: bool = False
    is_key: bool = True

    def header(self, language: str) -> str:
        return self.chinese if language == CHINESE else self.english


def guarded(sql: str) -> str:
    """SQL of a text that no spreadsheet takes for a formula; nothing is an empty text."""
    signs = ", ".join(quoted(sign) for sign in SIGNS)
    return f"CASE WHEN left({sql}, 1) IN ({signs}) THEN '''' || {sql} ELSE coalesce({sql}, '') END"


def second(sql: str) -> str:
    """SQL of an instant in UTC+8."""
    return f"coalesce(strftime({sql} + INTERVAL 8 HOUR, '%Y-%m-%d %H:%M:%S'), '')"


def unpadded(sql: str) -> str:
    """SQL of a quantity without zeros at its end."""
    return f"coalesce(rtrim(rtrim(CAST({sql} AS VARCHAR), '0'), '.'), '')"


def billing_modes(language: str) -> str:
    """SQL of a line's billing mode by name."""
    names = [(one.value, billing_mode(one).name(language)) for one in Charging]
    return _cased("charging", names, billing_mode(None).name(language))


def transaction_types(language: str) -> str:
    """SQL of a line's transaction type by name."""
    by_code = [(code, transaction_type(None, code).name(language)) for code in CODES]
    by_action = [(one.value, transaction_type(one, None).name(language)) for one in Action]
    return _cased(
        "action_code",
        by_code,
        _cased("action", by_action, transaction_type(None, None).name(language), sql=True),
        sql=True,
    )


def _cased(column: str, names: list[tuple[str, str]], otherwise: str, *, sql: bool = False) -> str:
    branches = " ".join(f"WHEN {quoted(value)} THEN {quoted(name)}" for value, name in names)
    nested = sql and otherwise.startswith("CASE")
    return f"CASE {column} {branches} ELSE {otherwise if nested else quoted(otherwise)} END"


def _either(name: str, code: str) -> str:
    return guarded(f"coalesce(nullif({name}, ''), {code})")


ACCOUNTS = (
    Column("Payer Account ID", "支付者 UIN", "payer_uin"),
    Column("Owner Account ID", "使用者 UIN", "owner_uin"),
    Column("Reseller Account ID", "经销商 UIN", "reseller_uin"),
)
OPERATOR = Column(
    "Operator Account ID", "操作者 UIN", guarded("coalesce(nullif(operator, ''), CAST(owner_uin AS VARCHAR))")
)
SERVICE = Column("Product Name", "产品名称", _either("service_name", "service_code"))
PRODUCT = Column("Subproduct Name", "子产品名称", _either("product_name", "product_code"))
PROJECT = Column("Project Name", "项目名称", guarded("coalesce(nullif(project_name, ''), 'default')"))
REGION = Column("Region", "地域", _either("region_name", "region_code"))
ZONE = Column("Availability Zone", "可用区", _either("zone_name", "zone_code"))
RESOURCE = (
    Column("Instance ID", "资源 ID", guarded("resource_id")),
    Column("Instance Name", "资源别名", guarded("resource_name")),
)
COMPONENT = (
    Column("Component Type", "组件类型", _either("component_type_name", "component_type_code")),
    Column("Component Name", "组件名称", _either("component_name", "component_code")),
)
PRICE = (
    Column("Component List Price", "组件刊例价", unpadded("list_unit_price")),
    Column("Component Price Measurement Unit", "组件价格单位", guarded("pricing_unit")),
)
CODES_OF = (
    Column("Business Code", "产品编码", guarded("service_code")),
    Column("Subproduct Code", "子产品编码", guarded("product_code")),
    Column("Component Type Code", "组件类型编码", guarded("component_type_code")),
    Column("Item Code", "组件编码", guarded("component_code")),
    Column("Project ID", "项目 ID", guarded("project_id")),
    Column("Region ID", "地域 ID", guarded("region_code")),
    Column("Zone ID", "可用区 ID", guarded("zone_code")),
)
"""What the operations tell beside the names; with it a file can be imported as it was."""
TAGS = Column("Tags", "标签", guarded("tags"))
CURRENCY = Column("Currency", "币种", guarded("currency"))
RATE = Column("Customer Discount Rate", "客户折扣率", unpadded("customer_discount_rate"))


def _amount(english: str, chinese: str, sql: str) -> Column:
    return Column(english, chinese, sql, is_sum=True, is_key=False)


AMOUNTS = (
    _amount("Original Cost", "原价", "list_cost"),
    _amount("RI Deduction (Cost)", "预留实例抵扣原价", "reservation_deduction"),
    _amount("SP Deduction (Cost)", "节省计划抵扣原价", "savings_plan_deduction"),
    _amount("Total Amount After Discount", "折后总价", "cost_after_discount"),
    _amount("Voucher Deduction", "代金券抵扣金额", "voucher_deduction"),
    _amount("Total Cost", "总费用", "total_cost"),
)
PARTNER_AMOUNTS = (
    _amount("Partner Amount After Discount (Excluding Tax)", "伙伴折后总价（不含税）", "partner_cost"),
    _amount("Partner Voucher Deduction", "伙伴代金券抵扣金额", "partner_voucher_deduction"),
    _amount("Partner Amount Before Tax", "伙伴税前金额", "partner_cost - partner_voucher_deduction"),
    _amount("Partner Tax Amount", "伙伴税额", "partner_tax"),
    _amount(
        "Partner Total Cost (Including Tax)",
        "伙伴总费用（含税）",
        "partner_cost - partner_voucher_deduction + partner_tax",
    ),
)
"""What the payer owes the provider: in consolidated files of payers alone (tencent:B.7, tencent:E.7)."""
PARTNER_RATE = Column("Partner Discount Multiplier", "伙伴折扣率", unpadded("partner_discount_rate"))


def charging_columns(language: str) -> tuple[Column, Column]:
    """Billing mode and transaction type."""
    return (
        Column("Billing Mode", "计费模式", billing_modes(language)),
        Column("Transaction Type", "交易类型", transaction_types(language)),
    )


def details(language: str) -> tuple[Column, ...]:
    """L3: a line a row, amounts with eight decimals."""
    mode, kind = charging_columns(language)
    return (
        *(*ACCOUNTS, OPERATOR, SERVICE, PRODUCT, mode, PROJECT, REGION, ZONE, *RESOURCE, kind),
        Column("Transaction ID", "交易 ID", guarded("transaction_id")),
        Column("Transaction Time", "扣费时间", second("charged_at")),
        Column("Usage Start Time", "开始使用时间", second("usage_from")),
        Column("Usage End Time", "结束使用时间", second("usage_to")),
        *(*COMPONENT, *PRICE),
        Column("Component Usage", "组件用量", unpadded("usage")),
        Column("Component Usage Unit", "组件用量单位", guarded("usage_unit")),
        Column("Usage Duration", "使用时长", unpadded("duration")),
        Column("Duration Unit", "时长单位", guarded("duration_unit")),
        *(RATE, *AMOUNTS, CURRENCY, TAGS),
        *(*CODES_OF, Column("ID", "明细 ID", "line_id")),
    )


def monthly(language: str) -> tuple[Column, ...]:
    """Consolidated L3: hourly and daily lines of a month added up, over usage or, where there is one, over duration."""
    mode, kind = charging_columns(language)
    apart = f"action IS NULL OR action NOT IN ({', '.join(quoted(one.value) for one in AGGREGATED)})"
    alone = f"CASE WHEN {apart} THEN line_id END"
    timed = "duration IS NOT NULL AND coalesce(duration_unit, '') <> ''"
    return (
        *(*ACCOUNTS, SERVICE, PRODUCT, mode, PROJECT, REGION, ZONE, *RESOURCE, kind),
        _of_group(
            "Transaction ID", "交易 ID", f"CASE WHEN {apart} THEN {guarded('transaction_id')} ELSE '{NO_TIME}' END"
        ),
        _of_group(
            "Transaction Time", "扣费时间", f"CASE WHEN {apart} THEN {second('charged_at')} ELSE '{NO_TIME}' END"
        ),
        Column("Usage Start Time", "开始使用时间", second("min(usage_from)"), is_key=False),
        Column("Usage End Time", "结束使用时间", second("max(usage_to)"), is_key=False),
        *(*COMPONENT, *PRICE),
        Column(
            "Component Usage",
            "组件用量",
            unpadded(f"CASE WHEN bool_and({timed}) THEN min(usage) ELSE sum(usage) END"),
            is_key=False,
        ),
        Column("Component Usage Unit", "组件用量单位", guarded("usage_unit")),
        Column(
            "Usage Duration",
            "使用时长",
            unpadded(f"CASE WHEN bool_and({timed}) THEN sum(duration) ELSE min(duration) END"),
            is_key=False,
        ),
        Column("Duration Unit", "时长单位", guarded("duration_unit")),
        *(RATE, *AMOUNTS, CURRENCY),
        Column("", "", alone),
        Column("", "", f"CASE WHEN {timed} THEN usage ELSE duration END"),
    )


def _of_group(english: str, chinese: str, sql: str) -> Column:
    return Column(english, chinese, f"min({sql})", is_key=False)


def resources(language: str) -> tuple[Column, ...]:
    """L2: a resource a row, amounts with two decimals."""
    mode, kind = charging_columns(language)
    return (
        *(*ACCOUNTS, SERVICE, PRODUCT, mode, PROJECT, REGION, ZONE, *RESOURCE, kind),
        Column("Usage Start Time", "开始使用时间", second("min(usage_from)"), is_key=False),
        Column("Usage End Time", "结束使用时间", second("max(usage_to)"), is_key=False),
        *(*AMOUNTS, CURRENCY),
    )


def summary(language: str) -> tuple[Column, ...]:
    """L1: a row for each product, project, region, billing mode and transaction type."""
    mode, kind = charging_columns(language)
    return (*ACCOUNTS, SERVICE, PROJECT, REGION, mode, kind, *AMOUNTS, CURRENCY)


COLUMNS: dict[Level, Callable[[str], tuple[Column, ...]]] = {
    Level.SUMMARY: summary,
    Level.RESOURCES: resources,
    Level.DETAILS: details,
    Level.MONTHLY: monthly,
}


@dataclass(frozen=True, slots=True)
class Query:
    """What `copy_lines` needs for a file: a select list with headers for names, and what follows its source."""

    header: tuple[str, ...]
    select: str
    tail: str


def query(level: Level, month: str, language: str, *, with_partner_costs: bool) -> Query:
    """The query of a level for a month such as 2026-11. Columns without a header only keep rows apart."""
    columns = [Column("Bill Month", "账单月份", quoted(month), is_key=False), *COLUMNS[level](language)]
    if with_partner_costs:
        columns += [PARTNER_RATE] if level in {Level.DETAILS, Level.MONTHLY} else []
        columns += PARTNER_AMOUNTS
    keys = [column.sql for column in columns if column.is_key]
    shown = [column for column in columns if column.english]
    header = tuple(column.header(language) for column in shown)
    cells = [_cell(column, level, keys) for column in shown]
    select = ", ".join(f"{cell} AS {_name(title)}" for cell, title in zip(cells, header, strict=True))
    grouped = "" if level is Level.DETAILS else f"GROUP BY {', '.join(keys)} ORDER BY {', '.join(keys)}"
    return Query(header, select, grouped)


def _cell(column: Column, level: Level, keys: list[str]) -> str:
    if not column.is_sum:
        return column.sql
    match level:
        case Level.DETAILS:
            return f"CAST({column.sql} AS DECIMAL(38, 8))"
        case Level.RESOURCES:
            # Rounded so that the rows add up to their total rounded once: what is cut off a row goes into the next.
            rows = f"PARTITION BY {CURRENCY.sql} ORDER BY {', '.join(keys)} ROWS UNBOUNDED PRECEDING"
            so_far = f"sum(sum({column.sql})) OVER ({rows})"
            return f"round({so_far}, 2) - round({so_far} - sum({column.sql}), 2)"
        case _:
            return f"CAST(sum({column.sql}) AS DECIMAL(38, 8))"


def _name(title: str) -> str:
    escaped = title.replace('"', '""')
    return f'"{escaped}"'
