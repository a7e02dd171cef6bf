"""Source records as last uploaded, their earlier rows, and the VIS index over them.

`SourceRecord` holds the current row of every system (the columns all systems share, and the
system's own columns as JSON). `IndexEntry` leads from an identifier to the records that hold it.
Who a person is, and which of several statuses is theirs, is not stored: it follows at the time
of the question from the few records that share the person's identifiers (matching.py, status.py).
So a day's work is proportional to the day's changes, and no old guess about identity survives
a correction at the source.
"""

import pgtrigger
from django.db import models


class SourceUpload(models.Model):
    """One file taken over from a system. Its number orders the changes for the index."""

    system = models.CharField(max_length=10)
    as_of = models.DateTimeField(help_text="The newest updated_at in the file")
    loaded_at = models.DateTimeField(db_default=models.functions.Now())
    sha256 = models.CharField(max_length=64)
    full = models.BooleanField(default=False)
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
    """An image from a card record, kept once however many cards show it."""

    sha256 = models.CharField(max_length=64, unique=True)
    content_type = models.CharField(max_length=40)
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"photo {self.pk}"


class RecordRow(models.Model):
    """The shape shared by a current row and by an earlier one."""

    system = models.CharField(max_length=10)
    record_id = models.CharField(max_length=40)
    updated_at = models.DateTimeField()
    a_number = models.CharField(max_length=9, default="", blank=True)
    family_name = models.CharField(max_length=80, default="", blank=True)
    given_name = models.CharField(max_length=80, default="", blank=True)
    middle_name = models.CharField(max_length=80, default="", blank=True)
    date_of_birth = models.DateField(null=True)
    sex = models.CharField(max_length=1, default="", blank=True)
    country_of_birth = models.CharField(max_length=3, default="", blank=True)
    country_of_citizenship = models.CharField(max_length=3, default="", blank=True)
    own = models.JSONField(default=dict)
    closed_at = models.DateTimeField(
        null=True, help_text="When a full upload no longer held this record"
    )
    photo_id = models.BigIntegerField(null=True)
    upload_id = models.BigIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.system}:{self.record_id}"


class SourceRecord(RecordRow):
    """The row that a system gave last for one of its records."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "record_id"], name="records_one_current_row")
        ]
        indexes = [models.Index(fields=["upload_id"], name="records_record_upload")]


class EarlierRecord(RecordRow):
    """A row that a later upload replaced. Written once, never changed (S8)."""

    replaced_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        indexes = [models.Index(fields=["system", "record_id"], name="records_earlier_record")]
        triggers = [
            pgtrigger.Protect(
                name="earlier_record_append_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]


class IndexEntry(models.Model):
    """One identifier of one record: the VIS index (S8)."""

    kind = models.CharField(max_length=14)
    value = models.CharField(max_length=40)
    record_pk = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["value", "kind"], name="records_index_identifier"),
            models.Index(fields=["record_pk"], name="records_index_record"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of record {self.record_pk}"


class IndexBuild(models.Model):
    """One completed bringing-up-to-date of the index, and the last upload it took in."""

    upload_id = models.BigIntegerField()
    built_at = models.DateTimeField(db_default=models.functions.Now())
    records = models.BigIntegerField(default=0)
    entries = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"index up to upload {self.upload_id}"
