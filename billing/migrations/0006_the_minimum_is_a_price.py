"""The least that a month with any use costs is a row of the price list, too (S4.2, S4.3)."""

from datetime import date
from decimal import Decimal

from django.db import migrations


def fill(apps, schema_editor):
    apps.get_model("billing", "Price").objects.get_or_create(
        kind="minimum", effective_from=date(2008, 10, 1), defaults={"amount": Decimal("25.00")}
    )


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_price_changes")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
