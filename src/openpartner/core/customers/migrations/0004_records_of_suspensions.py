"""Suspensions from before there were records of them."""

from django.db import migrations

BEGIN = """
INSERT INTO suspension_record (provider_id, payer_id, partner_id, customer_id, level, cause, reason, since, begun_by,
  until, ended_by, end_reason, resources_kept_until)
SELECT provider_id, payer_id, partner_id, id, suspension, 'import', '', coalesce(suspended_at, associated_at), '',
  NULL, '', '', NULL
FROM account WHERE kind = 5 AND associated_at IS NOT NULL AND suspension > 0 AND NOT EXISTS
  (SELECT 1 FROM suspension_record r WHERE r.customer_id = account.id AND r.until IS NULL)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_suspensions'),
    ]

    operations = [
        migrations.RunSQL(BEGIN, migrations.RunSQL.noop),
    ]
