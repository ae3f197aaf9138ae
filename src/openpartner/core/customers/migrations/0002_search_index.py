from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from openpartner.core.customers import search_index


def create(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    # The index is derived from the accounts, so whatever version runs makes the one it needs.
    search_index.create()


def drop(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    search_index.drop()


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0001_initial"),
        ("accounts", "0002_count_once_per_month"),
    ]

    operations = [
        migrations.RunPython(create, drop),
    ]
