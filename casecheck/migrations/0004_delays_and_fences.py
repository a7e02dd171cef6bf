import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from save_portal.accounts.tenancy import fence

BENEFITS = [
    ("tanf", "TANF"),
    ("ssi", "SSI"),
    ("snap", "SNAP"),
    ("medicaid", "Medicaid"),
    ("unemployment", "Unemployment compensation"),
    ("title_iv", "Title IV student aid"),
    ("housing", "Housing assistance"),
    ("drivers_license", "Driver's license"),
    ("state_id", "State ID"),
    ("background_check", "Background check"),
    ("employment_authorization", "Employment authorization"),
    ("ssn", "Social Security number"),
    ("license_or_grant", "License or grant"),
    ("credential", "Government credential"),
    ("voter_eligibility", "Voter eligibility"),
    ("other", "Other"),
]


def agency_of_its_case(table):
    """Each row takes the agency of its case; the checks of the keys run at once, not at the end."""
    return migrations.RunSQL(
        f"""
        SELECT set_config('save.scope', 'whole', true);
        UPDATE {table} SET agency_id = own.agency_id
        FROM verification_case own WHERE own.id = {table}.case_id;
        SET CONSTRAINTS ALL IMMEDIATE;
        SET CONSTRAINTS ALL DEFERRED;
        SELECT set_config('save.scope', '', true);
        """,  # noqa: S608
        migrations.RunSQL.noop,
    )


def agency(*, null):
    return models.ForeignKey(
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="accounts.agency",
    )


def with_agency(model):
    table = f"casecheck_{model}"
    return [
        migrations.AddField(model_name=model, name="agency", field=agency(null=True)),
        agency_of_its_case(table),
        migrations.AlterField(model_name=model, name="agency", field=agency(null=False)),
        fence(table),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_sandbox"),
        ("casecheck", "0003_figure"),
        ("verification", "0029_voter_eligibility"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *with_agency("notice"),
        *with_agency("onetimecode"),
        migrations.AlterModelOptions(
            name="delayrule", options={"ordering": ["purpose", "effective_from", "id"]}
        ),
        migrations.RemoveConstraint(model_name="delayrule", name="delay_rule_once_a_day"),
        migrations.AddField(
            model_name="delayrule",
            name="at",
            field=models.DateTimeField(default=None),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="delayrule",
            name="by",
            field=models.ForeignKey(
                default=None,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="delayrule",
            name="purpose",
            field=models.CharField(choices=BENEFITS, max_length=30),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="delayrule",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="9b36a2fcc1484122dedb63f81241e72807334279",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_e37f3",
                    table="casecheck_delayrule",
                    when="BEFORE",
                ),
            ),
        ),
        # Errors are counted by several sorts of groups: the older rows are by document.
        migrations.RunSQL(
            """UPDATE casecheck_figure SET "group" = 'document:' || "group"
               WHERE measure = 'error' AND "group" NOT LIKE '%:%'""",
            """UPDATE casecheck_figure SET "group" = substr("group", 10)
               WHERE measure = 'error' AND "group" LIKE 'document:%'""",
        ),
    ]
