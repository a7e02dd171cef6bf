"""Every version of a record in one table, its own columns as an array; a narrower index.

Rows and index are carried over: earlier rows become versions, objects become arrays.
"""

import django.contrib.postgres.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

CARRY_OVER = """
UPDATE records_sourceupload upload
SET columns = found.columns, first_row = found.first_row, last_row = found.last_row
FROM (
    SELECT upload_id, array_agg(DISTINCT name ORDER BY name)
            FILTER (WHERE name IS NOT NULL AND name <> 'photo_sha256') AS columns,
        min(id) FILTER (WHERE current) AS first_row, max(id) FILTER (WHERE current) AS last_row
    FROM (SELECT id, upload_id, own, true AS current FROM records_sourcerecord
          UNION ALL SELECT id, upload_id, own, false FROM records_earlierrecord) AS version
    LEFT JOIN LATERAL jsonb_object_keys(own) AS name ON true
    GROUP BY upload_id
) AS found
WHERE found.upload_id = upload.id AND found.columns IS NOT NULL;

UPDATE records_sourcerecord record
SET own_values = ARRAY(SELECT record.own ->> name FROM unnest(upload.columns)
                       WITH ORDINALITY AS kept(name, place) ORDER BY place)
FROM records_sourceupload upload WHERE upload.id = record.upload_id;

INSERT INTO records_sourcerecord (
    system, record_id, updated_at, a_number, family_name, given_name, middle_name, date_of_birth,
    sex, country_of_birth, country_of_citizenship, own, own_values, closed_at, photo_id,
    upload_id, replaced_in
)
SELECT version.system, record_id, updated_at, a_number, family_name, given_name, middle_name,
    date_of_birth, sex, country_of_birth, country_of_citizenship, '{}',
    ARRAY(SELECT version.own ->> name FROM unnest(upload.columns)
          WITH ORDINALITY AS kept(name, place) ORDER BY place),
    closed_at, photo_id, upload_id, coalesce(next_upload, upload_id)
FROM (
    SELECT earlier.*, lead(upload_id, 1, (
        SELECT held.upload_id FROM records_sourcerecord held
        WHERE held.system = earlier.system AND held.record_id = earlier.record_id
    )) OVER (PARTITION BY system, record_id ORDER BY upload_id, id) AS next_upload
    FROM records_earlierrecord earlier
) AS version
JOIN records_sourceupload upload ON upload.id = version.upload_id
ORDER BY version.id;

UPDATE records_indexbuild build SET as_of = (
    SELECT coalesce(jsonb_object_agg(system, day), '{}') FROM (
        SELECT system, to_char(max(upload.as_of), 'YYYY-MM-DD') AS day
        FROM records_sourceupload upload
        WHERE upload.id <= build.upload_id GROUP BY system) AS newest);
"""

CARRY_INDEX = """
INSERT INTO records_indexentry (kind, value, record_pk)
SELECT DISTINCT kind, value, record_pk FROM records_oldindexentry
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="sourceupload",
            name="columns",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=63),
                default=list,
                help_text="The system's own columns that the file has, in the order its rows hold them",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="sourceupload",
            name="first_row",
            field=models.BigIntegerField(help_text="The first of the rows it added", null=True),
        ),
        migrations.AddField(
            model_name="sourceupload",
            name="last_row",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="indexbuild",
            name="as_of",
            field=models.JSONField(
                default=dict,
                help_text="Each system with the day that its newest upload speaks of",
            ),
        ),
        migrations.AddField(
            model_name="sourcerecord",
            name="own_values",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(null=True),
                default=list,
                help_text="The own columns, in the order of the upload",
                size=None,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="sourcerecord",
            name="replaced_in",
            field=models.BigIntegerField(
                help_text="The upload that brought the next version", null=True
            ),
        ),
        migrations.RemoveConstraint(model_name="sourcerecord", name="records_one_current_row"),
        migrations.RemoveIndex(model_name="sourcerecord", name="records_record_upload"),
        migrations.AlterField(
            model_name="sourcerecord",
            name="system",
            field=models.CharField(db_collation="C", max_length=10),
        ),
        migrations.AlterField(
            model_name="sourcerecord",
            name="record_id",
            field=models.CharField(db_collation="C", max_length=40),
        ),
        migrations.AlterField(
            model_name="sourcerecord",
            name="a_number",
            field=models.CharField(blank=True, db_collation="C", default="", max_length=9),
        ),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="sourcerecord", name="own"),
        migrations.DeleteModel(name="EarlierRecord"),
        migrations.AddIndex(
            model_name="sourcerecord",
            index=models.Index(
                condition=models.Q(("replaced_in__isnull", False)),
                fields=["replaced_in"],
                name="records_replaced",
            ),
        ),
        migrations.AddIndex(
            model_name="sourcerecord",
            index=models.Index(
                condition=models.Q(("replaced_in__isnull", False)),
                fields=["system", "record_id"],
                name="records_earlier_versions",
            ),
        ),
        migrations.AddConstraint(
            model_name="sourcerecord",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaced_in", None)),
                fields=("system", "record_id"),
                name="records_one_newest_row",
            ),
        ),
        migrations.RenameModel("IndexEntry", "OldIndexEntry"),
        migrations.RemoveIndex(model_name="oldindexentry", name="records_index_identifier"),
        migrations.RemoveIndex(model_name="oldindexentry", name="records_index_record"),
        migrations.CreateModel(
            name="IndexEntry",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "value",
                        "kind",
                        "record_pk",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.CharField(db_collation="C", max_length=14)),
                ("value", models.CharField(db_collation="C", max_length=40)),
                ("record_pk", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["record_pk"], name="records_index_record")],
            },
        ),
        migrations.RunSQL(CARRY_INDEX, migrations.RunSQL.noop),
        migrations.DeleteModel(name="OldIndexEntry"),
        pgtrigger.migrations.AddTrigger(
            model_name="sourcerecord",
            trigger=pgtrigger.compiler.Trigger(
                name="source_record_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="39c935d13f876f0c462b44c1772f1d596a41393c",
                    operation="DELETE",
                    pgid="pgtrigger_source_record_is_kept_bbeca",
                    table="records_sourcerecord",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sourcerecord",
            trigger=pgtrigger.compiler.Trigger(
                name="source_record_is_written_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."a_number" IS DISTINCT FROM (NEW."a_number") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."country_of_birth" IS DISTINCT FROM (NEW."country_of_birth") OR OLD."country_of_citizenship" IS DISTINCT FROM (NEW."country_of_citizenship") OR OLD."date_of_birth" IS DISTINCT FROM (NEW."date_of_birth") OR OLD."family_name" IS DISTINCT FROM (NEW."family_name") OR OLD."given_name" IS DISTINCT FROM (NEW."given_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."middle_name" IS DISTINCT FROM (NEW."middle_name") OR OLD."own_values" IS DISTINCT FROM (NEW."own_values") OR OLD."photo_id" IS DISTINCT FROM (NEW."photo_id") OR OLD."record_id" IS DISTINCT FROM (NEW."record_id") OR OLD."sex" IS DISTINCT FROM (NEW."sex") OR OLD."system" IS DISTINCT FROM (NEW."system") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."upload_id" IS DISTINCT FROM (NEW."upload_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="211d66f40cd4228f11098f895ed4127112f11f93",
                    operation="UPDATE",
                    pgid="pgtrigger_source_record_is_written_once_3d7dc",
                    table="records_sourcerecord",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sourcerecord",
            trigger=pgtrigger.compiler.Trigger(
                name="source_record_is_replaced_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."replaced_in" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="f1debd9444719e42198cc6fb73a5f5d4e0127029",
                    operation="UPDATE",
                    pgid="pgtrigger_source_record_is_replaced_once_1dce5",
                    table="records_sourcerecord",
                    when="BEFORE",
                ),
            ),
        ),
    ]
