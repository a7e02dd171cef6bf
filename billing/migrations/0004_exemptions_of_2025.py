"""State, local, tribal and territorial agencies pay nothing from 1 April 2025."""

from datetime import date

from django.db import migrations

SOURCE = "USCIS notice: no charge for state, local, tribal and territorial agencies"


def fill(apps, schema_editor):
    exemption = apps.get_model("billing", "Exemption")
    for kind in ("state", "local", "tribal"):
        exemption.objects.get_or_create(
            agency_kind=kind, effective_from=date(2025, 4, 1), defaults={"source": SOURCE}
        )


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_invoices")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
