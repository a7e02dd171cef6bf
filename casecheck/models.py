"""What CaseCheck remembers: failed look-ups, how applicants are reached, codes, notices."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from casecheck.languages import LANGUAGES
from verification.enums import Benefit

LANGUAGE_CODES = [(language.code, language.name) for language in LANGUAGES]


class Way(models.TextChoices):
    """How something reaches the applicant."""

    EMAIL = "email", "E-mail"
    TEXT = "text", "Text message"
    LETTER = "letter", "Letter"


class Miss(models.Model):
    """One look-up that found nothing, by a keyed digest of where it came from or of its number."""

    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "misses"
        indexes = [models.Index(name="miss_recent", fields=["digest", "at"])]

    def __str__(self) -> str:
        return f"miss at {self.at:%Y-%m-%d %H:%M}"


class Contact(models.Model):
    """How the agency reaches the applicant of a case: where a code may be sent, in which language.

    Recorded by a caseworker who has seen the person; nobody can change it on CaseCheck.
    """

    case = models.OneToOneField(
        "verification.Case", on_delete=models.PROTECT, related_name="applicant_contact"
    )
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=16, blank=True)
    language = models.CharField(max_length=10, choices=LANGUAGE_CODES, default="en")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"contact of {self.case_id}"

    def address(self, way: str) -> str:
        return {Way.EMAIL: self.email, Way.TEXT: self.phone}.get(Way(way), "")


class OneTimeCode(models.Model):
    """A code by which an applicant proves to be the one whom the agency knows.

    The code itself is kept nowhere: it follows from the row and the server's key.
    """

    case = models.ForeignKey("verification.Case", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=6, choices=Way.choices)
    nonce = models.CharField(max_length=32)
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes = [models.Index(name="code_of_case", fields=["case", "at"])]

    def __str__(self) -> str:
        return f"code of {self.at:%Y-%m-%d %H:%M}"


class Notice(models.Model):
    """Somebody who knows a case wants to be told when it changes. The message says nothing of it.

    `told_status` and `told_at` are what was told last. A notice that ended keeps no address.
    """

    case = models.ForeignKey("verification.Case", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    way = models.CharField(
        max_length=6, choices=[(w.value, w.label) for w in (Way.EMAIL, Way.TEXT)]
    )
    address = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=10, choices=LANGUAGE_CODES)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    told_status = models.CharField(max_length=24, blank=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="notice_that_ended_keeps_no_address",
                condition=Q(ended_at__isnull=True) & ~Q(address="")
                | Q(ended_at__isnull=False, address=""),
            )
        ]
        indexes = [
            models.Index(name="notice_of_case", fields=["case", "asked_at"]),
            models.Index(
                name="notice_wanted",
                fields=["case"],
                condition=Q(confirmed_at__isnull=False, ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"


class DelayRule(models.Model):
    """Looks for this purpose are shown to the person later, by law; from the day it holds on.

    Rows are only added: one with a later day changes it, 0 days ends it, and of two for one day
    the later row holds.
    """

    purpose = models.CharField(max_length=30, choices=Benefit.choices)
    days = models.PositiveSmallIntegerField()
    effective_from = models.DateField()
    basis = models.CharField(max_length=200, help_text="the law that allows it")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    append_only = True

    class Meta:
        ordering: ClassVar = ["purpose", "effective_from", "id"]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.days} days from {self.effective_from}"


class Figure(models.Model):
    """One month of one group: how many, how long. Counted anew each day while the month is young.

    `measure` is wait, settled, error or correction; a group of errors is a sort and a value, as
    `age:child`. Nobody can be found in it, and small numbers are not shown.
    """

    month = models.DateField()
    measure = models.CharField(max_length=12)
    group = models.CharField(max_length=40)
    cases = models.PositiveIntegerField()
    part = models.PositiveIntegerField(null=True)
    half = models.FloatField(null=True, help_text="days within which half was answered")
    nine_tenths = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="figure_once", fields=["month", "measure", "group"])
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.measure} {self.group}"
