"""The days on which executive orders closed the federal offices of the whole country."""

from datetime import date

from django.db import migrations

CHRISTMAS_EVE = "Christmas Eve"
DAYS = (
    (date(2018, 12, 5), "Day of mourning for President George H. W. Bush"),
    (date(2018, 12, 24), CHRISTMAS_EVE),
    (date(2019, 12, 24), CHRISTMAS_EVE),
    (date(2020, 12, 24), CHRISTMAS_EVE),
    (date(2024, 12, 24), CHRISTMAS_EVE),
    (date(2025, 1, 9), "Day of mourning for President Jimmy Carter"),
    (date(2025, 12, 24), CHRISTMAS_EVE),
    (date(2025, 12, 26), "Day after Christmas"),
)


def add(apps, schema_editor):
    closures = apps.get_model("federal_calendar", "Closure").objects
    for on, name in DAYS:
        closures.get_or_create(on=on, defaults={"name": name, "cite": "Executive order"})


class Migration(migrations.Migration):
    dependencies = [("federal_calendar", "0001_initial")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
