"""Which record hangs on which in the chain from petition to stay, for what the index holds."""

from django.db import migrations, models

CARRY_OVER = """
INSERT INTO records_chainjoin (kind, later_pk, earlier_pk)
SELECT DISTINCT rule.kind, later.id, earlier.id
FROM (VALUES
    ('petition', '{CLAIMS3}'::text[], 'card', '{CCD}'::text[], 'petition'),
    ('visa', '{CCD}', 'visa', '{ADIS,NIIS,SEVIS}', 'visa'),
    ('sevis', '{SEVIS}', 'sevis', '{ADIS,NIIS}', 'sevis'),
    ('i94', '{ADIS,NIIS}', 'i94', '{CLAIMS3}', 'i94')
) AS rule(kind, earlier, held_as, later, named_as)
JOIN records_indexentry held ON held.kind = rule.held_as
JOIN records_sourcerecord earlier
    ON earlier.id = held.record_pk AND earlier.system = ANY(rule.earlier)
JOIN records_indexentry named ON named.value = held.value AND named.kind = rule.named_as
JOIN records_sourcerecord later ON later.id = named.record_pk AND later.system = ANY(rule.later)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0003_names_borne"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChainJoin",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "later_pk",
                        "earlier_pk",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("later_pk", models.BigIntegerField()),
                ("earlier_pk", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        db_collation="C", help_text="A rule of chain.py", max_length=8
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["earlier_pk"], name="records_chain_earlier")],
            },
        ),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
    ]
