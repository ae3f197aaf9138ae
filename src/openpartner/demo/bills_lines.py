"""Whole lines of a bill from lots, as one statement: a line costs no Python. The same seed gives the same lines.

A line is the j-th of its lot. The lot's customer has about one resource to twelve lines; a resource has a product and a
place, is prepaid or not, and its lines are its product's parts, over and over. Prepaid lines are machines of their own,
renewed at the beginning of the month. Amounts are integers of 10^-8 until the end, rounded half to even.
"""

from __future__ import annotations

from openpartner.core.billing.reading import LINE_BITS
from openpartner.core.catalogue.entries import TENCENT
from openpartner.demo import bills_words as words
from openpartner.lake import schema

LINES_A_RESOURCE = 12
COSTS = ("cost_after_discount", "total_cost", "contracted_cost", "effective_cost")

EVEN = "x // d + CASE WHEN 2 * (x % d) > d OR (2 * (x % d) = d AND (x // d) % 2 = 1) THEN 1 ELSE 0 END"
"""x / d of integers that are not negative, rounded half to even."""
BOOKED = "CAST(CAST(x AS DECIMAL(18, 0)) * CAST(0.00000001 AS DECIMAL(9, 8)) AS DECIMAL(18, 8))"
MACROS = (
    f"CREATE OR REPLACE TEMP MACRO even(x, d) AS {EVEN}",
    "CREATE OR REPLACE TEMP MACRO part_of(h, low, n) AS CAST((h >> low) % n AS BIGINT)",
    f"CREATE OR REPLACE TEMP MACRO booked(x) AS {BOOKED}",
    "CREATE OR REPLACE TEMP MACRO hex16(h) AS lpad(lower(to_hex(h)), 16, '0')",
)

SLOTS = """
SELECT l.*, product_slot.*, place_slot.*, tag_slot.tags, project.slot AS project_slot, project_name,
       k % parts AS part, k // parts AS t, 1 + ((n - r + resources - 1) // resources - 1) // parts AS times,
       part_of(hr, 8, 100) < prepaid AS is_prepaid,
       CASE WHEN part_of(hr, 8, 100) < prepaid THEN hash({seed}, customer, r, k // parts) ELSE hr END AS hu,
       hash({seed}, {month}, lines_before + j) AS hl
FROM (SELECT *, CAST(j % resources AS BIGINT) AS r, CAST(j // resources AS BIGINT) AS k,
             hash({seed}, customer, j % resources) AS hr
      FROM (SELECT *, greatest(1, n // {per_resource}) AS resources, unnest(range(n)) AS j
            FROM lot WHERE no BETWEEN {first} AND {last})) l
JOIN product_slot_{cloud} product_slot ON product_slot.slot = part_of(hr, 0, 256)
JOIN place_slot_{cloud} place_slot ON place_slot.slot = part_of(hash({seed}, customer, r % 3), 0, 256)
JOIN tag_slot_{cloud} tag_slot ON tag_slot.slot = part_of(hr, 32, 24)
JOIN project_{cloud} project ON project.slot = part_of(hr, 40, 8)
"""

PRICED = """
SELECT s.*, part.*, hm,
       is_prepaid AND hm_bit >= 60 AND hm_bit < 80 AS is_refund,
       CASE WHEN is_prepaid AND hm_bit < 60 THEN 'purchase' WHEN is_prepaid AND hm_bit < 80 THEN 'refund'
            WHEN is_prepaid AND hm_bit < 92 THEN 'change' WHEN is_prepaid THEN 'renewal'
            WHEN is_reserved AND t % 2 = 1 THEN 'reservation-hourly' ELSE usage_action END AS action,
       is_reserved AND t % 2 = 0 AS is_covered,
       is_reserved AND t % 2 = 1 AS is_fee,
       begins + CAST(CASE WHEN is_prepaid THEN least(part_of(hu, 24, 3), days - 1)
                          ELSE (t * days + part_of(hr, 44, days)) // times END AS INTEGER) AS bill_day,
       CASE WHEN is_prepaid THEN part_of(hu, 28, 24) WHEN usage_action = 'usage-daily' THEN 0
            ELSE part_of(hl, 8, 24) END AS hour,
       least + step * CASE WHEN varies THEN part_of(hl, 16, steps) ELSE part_of(hu, 36, steps) END AS milli,
       CASE WHEN is_prepaid THEN 1 WHEN per = 'Second' THEN 3600
            WHEN per = 'Hour' AND usage_action = 'usage-daily' THEN 24 ELSE 1 END AS lasted,
       CASE WHEN is_prepaid THEN prepaid_price WHEN is_reserved AND t % 2 = 1 THEN price * 62 // 100 ELSE price END
       AS unit_price
FROM (SELECT *, NOT is_prepaid AND part_of(hr, 16, 100) < reserved AS is_reserved, hash({month}, hu) AS hm,
             part_of(hash({month}, hu), 0, 1000) AS hm_bit FROM ({slots})) s
JOIN part_{cloud} part ON part.product = s.product AND part.part = s.part
"""

AMOUNTS = """
SELECT *, sign * list AS list_units, CASE WHEN is_covered THEN list ELSE 0 END AS covered_units,
       sign * even(CASE WHEN is_covered THEN 0 ELSE list END * customer_percent, 100) AS cost_units,
       sign * even(CASE WHEN is_covered THEN 0 ELSE list END * partner_permille, 1000) AS partner_units,
       bill_day + INTERVAL (hour) HOUR - INTERVAL 8 HOUR AS usage_from
FROM (SELECT *, even(unit_price * milli * lasted, 1000) AS list, CASE WHEN is_refund THEN -1 ELSE 1 END AS sign
      FROM ({priced}))
JOIN action_{cloud} USING (action)
"""


def lines_sql(*, cloud: str, month: int, seed: int, import_id: int, first: int, last: int) -> str:
    """SQL that selects the whole lines of some lots, of which `bills_lots.draw` has made the table.

    They pass for the lines of an import, whose place in the file is their order.
    """
    place = {
        "cloud": cloud,
        "seed": seed,
        "month": month,
        "first": first,
        "last": last,
        "per_resource": LINES_A_RESOURCE,
    }
    slots = SLOTS.format(**place)
    priced = PRICED.format(slots=slots, **place)
    amounts = AMOUNTS.format(priced=priced, **place)
    given = {**_common(cloud), **(_tencent() if cloud == TENCENT else _huawei())}
    line = f"{import_id << LINE_BITS} + lines_before + j"
    given |= {"import_id": str(import_id), "line_id": line, "source_line": f"CAST({line} AS VARCHAR)"}
    return f"SELECT {schema.select_list(given)} FROM ({amounts})"  # noqa: S608  # of ours


def _common(cloud: str) -> dict[str, str]:
    issuer = f"'{words.ISSUERS[cloud]}'"
    straight = (
        "bill_day", "service_category", "service_code", "service_name", "product_code", "product_name",
        "component_type_code", "component_type_name", "component_code", "component_name", "region_code", "region_name",
        "zone_code", "zone_name", "tags", "action", "action_code", "resource_type_code", "resource_type_name",
        "project_name", "usage_from",
    )  # fmt: skip  # names
    delivered = {"billed": "cost_units", "list": "list_units", "contracted": "cost_units", "effective": "cost_units"}
    return {
        **{name: name for name in straight},
        "payer_id": "payer",
        "partner_id": "partner",
        "customer_id": "customer",
        "cloud": f"'{cloud}'",
        "publisher": issuer,
        "invoice_issuer": issuer,
        "billing_account_name": "payer_name",
        "sub_account_name": "name",
        "charge_category": "CASE WHEN is_prepaid THEN 'Purchase' ELSE 'Usage' END",
        "charge_class": "CASE WHEN is_refund THEN 'Correction' END",
        "charge_frequency": "CASE WHEN NOT is_prepaid THEN 'Usage-Based'"
        " WHEN action = 'renewal' THEN 'Recurring' ELSE 'One-Time' END",
        "pricing_category": "CASE WHEN is_covered OR is_fee THEN 'Committed' ELSE 'Standard' END",
        "charging": "CASE WHEN is_prepaid THEN 'prepaid' WHEN is_fee THEN 'reserved' ELSE 'postpaid' END",
        "usage_to": "CASE WHEN is_prepaid THEN usage_from + INTERVAL 1 MONTH"
        " WHEN usage_action = 'usage-daily' THEN usage_from + INTERVAL 1 DAY"
        " ELSE usage_from + INTERVAL 1 HOUR END - INTERVAL 1 SECOND",
        "charged_at": "CASE WHEN is_prepaid THEN usage_from"
        " WHEN usage_action = 'usage-daily' THEN usage_from + INTERVAL 30 HOUR ELSE usage_from + INTERVAL 2 HOUR END",
        "transaction_id": "strftime(bill_day, '%Y%m%d') || lpad(CAST(hl % 1000000000000000 AS VARCHAR), 15, '0')",
        "commitment_id": "CASE WHEN is_covered OR is_fee THEN 'ri-' || substr(hex16(hash(hr)), 1, 8) END",
        "commitment_category": "CASE WHEN is_covered OR is_fee THEN 'Usage' END",
        "commitment_type": "CASE WHEN is_covered OR is_fee THEN 'Reserved Instance' END",
        "commitment_status": "CASE WHEN is_covered OR is_fee THEN 'Used' END",
        "usage": "milli * CAST(0.001 AS DECIMAL(4, 3))",
        "usage_unit": "unit",
        "duration": "lasted",
        "duration_unit": "CASE WHEN is_prepaid THEN 'Month' WHEN per = '' THEN NULL ELSE per END",
        "list_unit_price": "booked(unit_price)",
        "customer_discount_rate": "customer_percent * CAST(0.01 AS DECIMAL(3, 2))",
        "partner_discount_rate": "partner_permille * CAST(0.001 AS DECIMAL(4, 3))",
        "currency": "'USD'",
        "list_cost": "booked(list_units)",
        "reservation_deduction": "booked(covered_units)",
        **dict.fromkeys(COSTS, "booked(cost_units)"),
        "cash_paid": "CASE WHEN is_prepaid THEN booked(cost_units) ELSE 0 END",
        "credit_paid": "CASE WHEN is_prepaid THEN 0 ELSE booked(cost_units) END",
        "partner_cost": "booked(partner_units)",
        **{f"{name}_delivered": f"booked({units})" for name, units in delivered.items()},
    }


def _tencent() -> dict[str, str]:
    return {
        "billing_account": "payer_uin",
        "sub_account": "uin",
        "operator": "uin",
        "order_id": "CASE WHEN is_prepaid THEN strftime(bill_day, '%Y%m%d')"
        " || lpad(CAST(hm % 1000000000000 AS VARCHAR), 12, '0') END",
        "resource_id": "resource_prefix || '-' || substr(hex16(hu), 1, 8)",
        "resource_name": "resource_prefix || '-' || (r + 1) || CASE WHEN is_prepaid THEN '-' || (t + 1) ELSE '' END",
        "project_id": "CASE WHEN project_slot < 3 THEN '0'"
        " ELSE CAST(1000000 + customer * 8 + project_slot AS VARCHAR) END",
        "pricing_unit": "'USD/' || unit"
        " || CASE WHEN is_prepaid THEN '/Month' WHEN per = '' THEN '' ELSE '/' || per END",
    }


def _huawei() -> dict[str, str]:
    return {
        "billing_account": "payer_account_id",
        "sub_account": "account_id",
        "operator": "account_id",
        "order_id": "CASE WHEN is_prepaid THEN 'CS' || strftime(bill_day, '%y%m%d')"
        " || upper(substr(hex16(hm), 1, 8)) END",
        "resource_id": f"{_guid('hu')}",
        "resource_name": "resource_prefix || '-' || substr(hex16(hr), 1, 4)"
        " || CASE WHEN is_prepaid THEN '-' || (t + 1) ELSE '' END",
        "project_id": f"CASE WHEN project_slot < 3 THEN '0' ELSE {_guid('hash(customer, project_slot)')} END",
        "pricing_unit": "'USD/' || CASE WHEN is_prepaid THEN 'Month' WHEN per = '' THEN unit ELSE per END",
    }


def _guid(number: str) -> str:
    first, second = f"hex16({number})", f"hex16(hash({number}))"
    return (
        f"substr({first}, 1, 8) || '-' || substr({first}, 9, 4) || '-' || substr({first}, 13, 4) || '-'"
        f" || substr({second}, 1, 4) || '-' || substr({second}, 5, 12)"
    )
