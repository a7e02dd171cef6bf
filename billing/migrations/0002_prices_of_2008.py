"""The price list that holds from 1 October 2008 (S4.1, S4.3)."""

from datetime import date
from decimal import Decimal

from django.db import migrations

PRICES = {
    "initial": "0.50",
    "retry": "0.50",
    "additional": "0.50",
    "g845": "0.50",
    "paper_g845": "2.00",
}


def fill(apps, schema_editor):
    price = apps.get_model("billing", "Price")
    for kind, amount in PRICES.items():
        price.objects.get_or_create(
            kind=kind, effective_from=date(2008, 10, 1), defaults={"amount": Decimal(amount)}
        )


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
