"""What status verifiers say: answers given, answers in the making, and second looks (S3.8–S3.10).

`items` is the answer to part 2 of Form G-845: a list of `{"item": 3, …}` with the further data of
each item as `verification/g845_answers.py` names them (ISO dates, short texts). `comments` are
the codes of part 3.
"""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from verification.enums import AnswerKind, ResubmitReason, Step


class VerifierAnswer(models.Model):
    """One answer as the agency reads it. Written once; corrected only by one that refers to it."""

    case = models.ForeignKey(
        "verification.Case", on_delete=models.PROTECT, related_name="verifier_answers"
    )
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    step = models.CharField(
        max_length=12, choices=[(s.value, s.label) for s in (Step.ADDITIONAL, Step.G845)]
    )
    kind = models.CharField(max_length=20, choices=AnswerKind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    items = models.JSONField(default=list)
    comments = ArrayField(models.PositiveSmallIntegerField(), default=list)
    comment = models.CharField(max_length=1000, blank=True)
    send_again = ArrayField(
        models.CharField(max_length=16, choices=ResubmitReason.choices), default=list
    )
    expected_on = models.DateField(
        null=True, help_text="of an interim answer: by when the final one is due"
    )
    corrects = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="corrected_by"
    )
    correction_note = models.CharField(
        max_length=400, blank=True, help_text="what was wrong, as the agency reads it"
    )
    record_refs = ArrayField(
        models.CharField(max_length=60), default=list, help_text="the records it rests on"
    )
    person_ref = models.CharField(max_length=60, blank=True)

    append_only = True

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                name="verifier_answer_correction_names_what_it_corrects",
                condition=Q(kind=AnswerKind.CORRECTION, corrects__isnull=False)
                | (~Q(kind=AnswerKind.CORRECTION) & Q(corrects__isnull=True)),
            ),
            models.CheckConstraint(
                name="verifier_answer_interim_has_a_new_date",
                condition=Q(kind=AnswerKind.INTERIM, expected_on__isnull=False)
                | (~Q(kind=AnswerKind.INTERIM) & Q(expected_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="verifier_answer_resubmit_says_what_to_send",
                condition=~Q(kind=AnswerKind.RESUBMIT) | Q(send_again__len__gte=1),
            ),
        ]
        indexes = [models.Index(name="verifier_answer_by_time", fields=["at", "id"])]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} at {self.at:%Y-%m-%d %H:%M}"

    @property
    def is_correction(self) -> bool:
        return self.kind == AnswerKind.CORRECTION


class ReviewDraft(models.Model):
    """What is typed and not yet given, made when a verifier takes the case; the office's alone.

    It belongs to the case, so that whoever takes it next goes on where it was left. `by` is who
    has it; nobody after a release. One whose case was closed tells its verifier of the withdrawal.
    """

    case = models.OneToOneField(
        "verification.Case", on_delete=models.PROTECT, related_name="review_draft"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    data = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Draft of {self.updated_at:%Y-%m-%d %H:%M}"


class SecondReview(models.Model):
    """A second, blind look at an answer given. Only the office sees it; it changes no answer."""

    answer = models.OneToOneField(
        VerifierAnswer, on_delete=models.PROTECT, related_name="second_review"
    )
    drawn_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    items = models.JSONField(default=list)
    comments = ArrayField(models.PositiveSmallIntegerField(), default=list)
    agrees = models.BooleanField(null=True)
    differing = ArrayField(models.PositiveSmallIntegerField(), default=list)

    class Meta:
        ordering: ClassVar = ["drawn_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="second_review_is_taken_by_somebody",
                condition=Q(by__isnull=True, taken_at__isnull=True)
                | Q(by__isnull=False, taken_at__isnull=False),
            ),
            models.CheckConstraint(
                name="second_review_ends_with_a_finding",
                condition=Q(done_at__isnull=True, agrees__isnull=True)
                | Q(done_at__isnull=False, agrees__isnull=False, by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="second_review_waiting",
                fields=["drawn_at", "id"],
                condition=Q(done_at__isnull=True),
            ),
            models.Index(name="second_review_by_day", fields=["done_at"]),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="done_is_done",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__done_at__isnull=False),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"Second look drawn {self.drawn_at:%Y-%m-%d %H:%M}"


class AnswerCheck(models.Model):
    """An answer to be looked at again: a record that it was drawn from was corrected since.

    Ends when the answer is corrected, or when a verifier finds that it still holds.
    """

    answer = models.ForeignKey(VerifierAnswer, on_delete=models.PROTECT, related_name="checks")
    correction_id = models.BigIntegerField(help_text="the request that the source followed")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                name="answer_checked_once_a_correction", fields=["answer", "correction_id"]
            ),
            models.CheckConstraint(
                name="answer_check_is_done_by_somebody",
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="answer_check_waiting", fields=["at", "id"], condition=Q(done_at__isnull=True)
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="done_is_done",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__done_at__isnull=False),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"To be checked since {self.at:%Y-%m-%d}"


class SecondReviewShare(models.Model):
    """How many answers in a hundred get a second look, from an instant on."""

    percent = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    append_only = True

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                name="second_review_share_is_a_percentage", condition=Q(percent__lte=100)
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.percent} % from {self.at:%Y-%m-%d %H:%M}"
