"""Source records as uploaded, version by version, and the VIS index over them.

`SourceRecord` holds every row that a system gave for one of its records: the columns all systems
share, and the system's own columns as an array in the order that its upload names. A row is never
changed; a newer one is added, and the older one is marked as replaced. `IndexEntry` leads from an
identifier to the rows that answer for it, `ChainJoin` from a row to those it rests on in the chain
from petition to stay. Readers come by the index alone, so what was loaded answers nothing before
`build_index` has taken it in, and then all of it at once.

Who a person is, and which of several statuses is theirs, is not stored: it follows at the time
of the question from the few records that share the person's identifiers (matching.py, status.py).
So a day's work is proportional to the day's changes, and no old guess about identity survives
a correction at the source.
"""

from functools import cached_property

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models


class SourceUpload(models.Model):
    """One file taken over from a system. Its number orders the changes for the index."""

    system = models.CharField(max_length=10)
    as_of = models.DateTimeField(help_text="The newest updated_at in the file")
    loaded_at = models.DateTimeField(db_default=models.functions.Now())
    sha256 = models.CharField(max_length=64)
    full = models.BooleanField(default=False)
    columns = ArrayField(
        models.CharField(max_length=63),
        default=list,
        help_text="The system's own columns that the file has, in the order its rows hold them",
    )
    first_row = models.BigIntegerField(null=True, help_text="The first of the rows it added")
    last_row = models.BigIntegerField(null=True)
    rows_read = models.BigIntegerField(default=0)
    inserted = models.BigIntegerField(default=0)
    updated = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    closed = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["system", "-as_of"], name="records_upload_newest")]

    def __str__(self) -> str:
        return f"{self.system} as of {self.as_of:%Y-%m-%d}"


class Photo(models.Model):
    """An image from a card record or a file, kept once however many records show it."""

    sha256 = models.CharField(max_length=64, unique=True)
    content_type = models.CharField(max_length=40)
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"photo {self.pk}"


class SourceRecordQuerySet(models.QuerySet["SourceRecord"]):
    def answering(self) -> "SourceRecordQuerySet":
        """The version of each record that the index knows, whatever was loaded since."""
        built = models.Subquery(IndexBuild.objects.order_by("-pk").values("upload_id")[:1])
        still = models.Q(replaced_in=None) | models.Q(replaced_in__gt=built)
        return self.filter(still, upload_id__lte=built, closed_at=None)


class SourceRecord(models.Model):
    """One version of one record of a system. Written once; only its replacement is noted (S8)."""

    system = models.CharField(max_length=10, db_collation="C")
    record_id = models.CharField(max_length=40, db_collation="C")
    updated_at = models.DateTimeField()
    a_number = models.CharField(max_length=9, default="", blank=True, db_collation="C")
    family_name = models.CharField(max_length=80, default="", blank=True)
    given_name = models.CharField(max_length=80, default="", blank=True)
    middle_name = models.CharField(max_length=80, default="", blank=True)
    date_of_birth = models.DateField(null=True)
    sex = models.CharField(max_length=1, default="", blank=True)
    country_of_birth = models.CharField(max_length=3, default="", blank=True)
    country_of_citizenship = models.CharField(max_length=3, default="", blank=True)
    own_values = ArrayField(
        models.TextField(null=True), help_text="The own columns, in the order of the upload"
    )
    closed_at = models.DateTimeField(
        null=True, help_text="When a full upload no longer held this record"
    )
    photo_id = models.BigIntegerField(null=True)
    upload_id = models.BigIntegerField()
    replaced_in = models.BigIntegerField(
        null=True, help_text="The upload that brought the next version"
    )

    objects = SourceRecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["system", "record_id"],
                condition=models.Q(replaced_in=None),
                name="records_one_newest_row",
            )
        ]
        indexes = [
            models.Index(
                fields=["replaced_in"],
                condition=models.Q(replaced_in__isnull=False),
                name="records_replaced",
            ),
            models.Index(
                fields=["system", "record_id"],
                condition=models.Q(replaced_in__isnull=False),
                name="records_earlier_versions",
            ),
            models.Index(
                fields=["date_of_birth", "family_name"],
                condition=models.Q(replaced_in=None),
                name="records_namesakes",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="source_record_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="source_record_is_written_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["replaced_in"]),
            ),
            pgtrigger.Protect(
                name="source_record_is_replaced_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__replaced_in__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system}:{self.record_id}"

    @cached_property
    def own(self) -> dict[str, str]:
        """The system's own columns that have a value. One query, for the names."""
        columns = SourceUpload.objects.values_list("columns", flat=True).get(pk=self.upload_id)
        return {
            name: value
            for name, value in zip(columns, self.own_values, strict=True)
            if value is not None
        }


class IndexEntry(models.Model):
    """One identifier of one record: the VIS index (S8)."""

    pk = models.CompositePrimaryKey("value", "kind", "record_pk")
    kind = models.CharField(max_length=14, db_collation="C")
    value = models.CharField(max_length=40, db_collation="C")
    record_pk = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["record_pk"], name="records_index_record")]

    def __str__(self) -> str:
        return f"{self.kind} of record {self.record_pk}"


class ChainJoin(models.Model):
    """One joint of the chain of S8.3: a record names the one that it rests on (joining.py)."""

    pk = models.CompositePrimaryKey("later_pk", "earlier_pk")
    later_pk = models.BigIntegerField()
    earlier_pk = models.BigIntegerField()
    kind = models.CharField(max_length=8, db_collation="C", help_text="A rule of chain.py")

    class Meta:
        indexes = [models.Index(fields=["earlier_pk"], name="records_chain_earlier")]

    def __str__(self) -> str:
        return f"{self.kind}: record {self.later_pk} on {self.earlier_pk}"


class BorneName(models.Model):
    """A name that people on record bear, with a sample of them (namebook.py)."""

    pk = models.CompositePrimaryKey("name", "place", "sex")
    name = models.CharField(max_length=40, db_collation="C")
    place = models.CharField(max_length=1, help_text="f: a family name, g: a given name")
    sex = models.CharField(max_length=1, blank=True)
    bearers = ArrayField(models.BigIntegerField())

    def __str__(self) -> str:
        return self.name


class IndexBuild(models.Model):
    """One completed bringing-up-to-date of the index, and the last upload it took in."""

    upload_id = models.BigIntegerField()
    built_at = models.DateTimeField(db_default=models.functions.Now())
    records = models.BigIntegerField(default=0)
    entries = models.BigIntegerField(default=0)
    as_of = models.JSONField(
        default=dict, help_text="Each system with the day that its newest upload speaks of"
    )

    def __str__(self) -> str:
        return f"index up to upload {self.upload_id}"
