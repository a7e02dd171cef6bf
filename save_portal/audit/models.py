"""The append-only log: acts, disclosures of a person's data, and the seals over both.

A row carries a digest of its own content, computed by PostgreSQL as it comes in. A seal carries a
digest over the rows of a range and over the seal before it, so that no row can be changed, taken
out or slipped in once it is sealed without `verify_audit` saying so.
"""

from __future__ import annotations

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from save_portal.audit import digests


def append_only(log: digests.Log | None) -> list[pgtrigger.Trigger]:
    """The triggers of a table that only grows. TRUNCATE needs `save.allow_flush`, as tests set."""
    triggers: list[pgtrigger.Trigger] = [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name="no_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func="""
                IF coalesce(current_setting('save.allow_flush', true), '') <> 'on' THEN
                    RAISE EXCEPTION 'Cannot truncate the append-only table %', TG_TABLE_NAME;
                END IF;
                RETURN NULL;
            """,
        ),
    ]
    if log is not None:
        triggers.append(
            pgtrigger.Trigger(
                name="digest",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=digests.trigger_function(log),
            )
        )
    return triggers


class AuditEvent(models.Model):
    """One act: who did what to what, when, in whose name. The actor is text, not a reference."""

    append_only = True

    verb = models.CharField(max_length=60)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    agency_id = models.BigIntegerField(null=True)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=60)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="audit_by_subject"),
            models.Index(fields=["agency_id", "at"], name="audit_by_agency"),
        ]
        triggers = append_only(digests.EVENT)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name}: {self.verb}"


class DisclosureEvent(models.Model):
    """One display of a person's data: who saw which fields of whom, and for which purpose."""

    append_only = True

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    agency_id = models.BigIntegerField(null=True)
    person_ref = models.CharField(max_length=60)
    fields = models.JSONField()
    purpose = models.CharField(max_length=200)
    case_number = models.CharField(max_length=15)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["person_ref", "id"], name="disclosure_by_person"),
            models.Index(fields=["case_number", "id"], name="disclosure_by_case"),
            models.Index(fields=["agency_id", "at"], name="disclosure_by_agency"),
        ]
        triggers = append_only(digests.DISCLOSURE)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} saw {self.person_ref}"


class AuditSeal(models.Model):
    """A digest over the rows `first_id` … `last_id` of a log and over the seal before it."""

    append_only = True

    log = models.CharField(max_length=12)
    number = models.PositiveIntegerField()
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    rows = models.PositiveIntegerField()
    at = models.DateTimeField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["log", "number"]
        constraints = [
            models.UniqueConstraint(fields=["log", "number"], name="seal_numbers_of_a_log"),
        ]
        triggers = append_only(None)

    def __str__(self) -> str:
        return f"{self.log} {self.number}: {self.first_id}–{self.last_id}"


class SealMark(models.Model):
    """How far the next seal of a log may reach, once the transactions before `horizon` are over."""

    log = models.CharField(max_length=12, primary_key=True)
    last_id = models.BigIntegerField()
    horizon = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.log} up to {self.last_id}"
