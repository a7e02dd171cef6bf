"""An agency's rows are fenced by row-level security."""

from django.db import migrations

from save_portal.accounts.tenancy import fence


class Migration(migrations.Migration):
    dependencies = [
        ("verification", "0002_history_is_append_only"),
        ("accounts", "0001_initial"),
    ]

    operations = [
        fence("verification_case"),
        fence("verification_historicalcase"),
        fence("verification_initialanswer"),
        fence("verification_chargeevent"),
        fence("verification_casedraft"),
        fence("verification_noquery"),
        fence("verification_savedview"),
    ]
