"""An agency's agreements are fenced by row-level security."""

from django.db import migrations

from save_portal.accounts.tenancy import fence


class Migration(migrations.Migration):
    dependencies = [("agreements", "0001_initial"), ("accounts", "0001_initial")]

    operations = [
        fence("agreements_agreement"),
        fence("agreements_historicalagreement"),
    ]
