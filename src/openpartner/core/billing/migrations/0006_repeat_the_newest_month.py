"""What was published before lists of customers were ordered by it."""

from django.db import migrations

FILL = """
INSERT INTO customer_spent (customer_id, provider_id, payer_id, partner_id, month, micros)
SELECT a.id, a.provider_id, a.payer_id, a.partner_id, b.month, CAST(sum(m.total_micros) AS bigint)
FROM customer_month m JOIN bill_month b ON b.id = m.month_id
JOIN account a ON a.id = m.customer_id AND a.partner_id = m.partner_id AND a.provider_id = b.provider_id
WHERE m.currency = CASE WHEN a.site = 'cn' THEN 'CNY' ELSE 'USD' END
AND b.month = (SELECT max(n.month) FROM bill_month n WHERE n.provider_id = b.provider_id AND n.version > 0)
GROUP BY a.id, a.provider_id, a.payer_id, a.partner_id, b.month
"""


class Migration(migrations.Migration):
    """Fills the table; there is nothing to take back."""

    dependencies = [("billing", "0005_numbers_of_customers")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
