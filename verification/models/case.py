"""The case: one applicant, one document, one question, and where it stands."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from save_portal.lifecycles.machine import changes
from verification import case_number, immigration_documents
from verification.enums import Benefit, PhotoAnswer, Pile, Wish
from verification.history import NOT_IN_HISTORY, RowHistory, WriteHistory
from verification.lifecycles.case import (
    BEGINNINGS,
    IN_REVIEW,
    OPEN,
    TRANSITIONS,
    WAITS_FOR_VERIFIER,
    CaseLifecycle,
    CaseStatus,
)
from verification.querysets import CaseQuerySet

if TYPE_CHECKING:
    from save_portal.accounts.models import User


def _paired(*names: str) -> Q:
    """All of the columns are filled, or none."""
    filled, empty = Q(), Q()
    for name in names:
        filled &= Q(**{f"{name}__isnull": False})
        empty &= Q(**{f"{name}__isnull": True})
    return filled | empty


class Case(CaseLifecycle):
    """One verification case. Dates are in the agency's zone, instants in UTC.

    `due_on` is the date promised to the person who must act, stored with its explanation in
    `due_because`; `last_action_at` is what the 180 days of S3.6 count from.
    """

    number = models.CharField(max_length=15, unique=True, default=case_number.new_case_number)
    # Lookups by these go over the indexes below; people and agencies are never deleted.
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, db_index=False)
    department = models.ForeignKey(
        "accounts.Department", null=True, on_delete=models.PROTECT, db_index=False
    )
    group = models.ForeignKey("accounts.Group", null=True, on_delete=models.PROTECT, db_index=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    supersedes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    last_action_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    due_because = models.JSONField(default=dict)

    # What was typed, in canonical form.
    document_type = models.CharField(
        max_length=30,
        choices=[(code, kind.name) for code, kind in immigration_documents.DOCUMENT_TYPES.items()],
    )
    document_description = models.CharField(max_length=35, blank=True)
    document_expires_on = models.DateField(null=True)
    family_name = models.CharField(max_length=40)
    given_name = models.CharField(max_length=40, blank=True)
    middle_name = models.CharField(max_length=40, blank=True)
    also_known_as = ArrayField(models.CharField(max_length=81), default=list)
    date_of_birth = models.DateField()
    a_number = models.CharField(max_length=9, blank=True)
    i94_number = models.CharField(max_length=11, blank=True)
    sevis_id = models.CharField(max_length=11, blank=True)
    card_number = models.CharField(max_length=13, blank=True)
    naturalization_certificate = models.CharField(max_length=12, blank=True)
    citizenship_certificate = models.CharField(max_length=12, blank=True)
    passport_number = models.CharField(max_length=12, blank=True)
    passport_country = models.CharField(max_length=3, blank=True)
    visa_number = models.CharField(max_length=8, blank=True)
    applicant_key = models.CharField(
        max_length=120, db_collation="C", help_text="folded name, for search and order"
    )
    benefits = ArrayField(models.CharField(max_length=30, choices=Benefit.choices))
    agency_reference = models.CharField(max_length=40, blank=True)
    document_doubt = models.CharField(
        max_length=200, blank=True, help_text="why the original does not look genuine (S10.2)"
    )
    fingerprint = models.CharField(max_length=64, help_text="digest of all that is asked")

    # The duties of S3.5 and S3.7, with who and when.
    photo_answer = models.CharField(max_length=12, choices=PhotoAnswer.choices, blank=True)
    photo_answered_at = models.DateTimeField(null=True)
    photo_answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
    )
    told_applicant_at = models.DateTimeField(null=True)
    told_applicant_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
    )
    wish = models.CharField(max_length=10, choices=Wish.choices, blank=True)
    wish_at = models.DateTimeField(null=True)
    wish_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
    )
    sheet_given_at = models.DateTimeField(null=True)
    sheet_given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
    )
    papers_arrived_at = models.DateTimeField(
        null=True,
        help_text="since when the form, or the copies sent instead, can be reviewed (S3.3)",
    )
    warned_days = models.PositiveSmallIntegerField(
        null=True, help_text="the last warning before expiry: 14, then 3 days"
    )

    unread_since = models.DateTimeField(
        null=True, help_text="when a status verifier answered what nobody has opened yet"
    )
    pile = models.GeneratedField(
        expression=models.Case(
            models.When(
                status=CaseStatus.INITIAL_UNCONFIRMED,
                told_applicant_at__isnull=True,
                wish="",
                then=models.Value(Pile.PROMPT),
            ),
            models.When(unread_since__isnull=False, then=models.Value(Pile.UNREAD)),
            models.When(status=CaseStatus.CLOSED, then=models.Value("")),
            models.When(status__in=WAITS_FOR_VERIFIER, then=models.Value(Pile.SAVE)),
            default=models.Value(Pile.ACT),
        ),
        output_field=models.CharField(max_length=10),
        db_persist=True,
    )

    # Of the last change: who, and by which act. Set through the two attributes below, and copied
    # into the row history by its trigger. The history's own column holds the constraint.
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        db_index=False,
        db_constraint=False,
        related_name="+",
    )
    change_reason = models.CharField(max_length=100, blank=True, default="")
    _history_user: "User | None"
    _change_reason: str

    objects = CaseQuerySet.as_manager()
    history = RowHistory(excluded_fields=NOT_IN_HISTORY, cascade_delete_history=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="case_status_is_known", condition=Q(status__in=CaseStatus.values)
            ),
            models.CheckConstraint(
                name="case_closed_has_reason_and_time",
                condition=(
                    Q(status=CaseStatus.CLOSED, closed_at__isnull=False) & ~Q(closure_reason="")
                )
                | (~Q(status=CaseStatus.CLOSED) & Q(closed_at__isnull=True, closure_reason="")),
            ),
            models.CheckConstraint(
                name="case_photo_answer_is_whole",
                condition=_paired("photo_answered_at", "photo_answered_by")
                & (
                    (~Q(photo_answer="") & Q(photo_answered_at__isnull=False))
                    | Q(photo_answer="", photo_answered_at__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="case_told_is_whole",
                condition=_paired("told_applicant_at", "told_applicant_by"),
            ),
            models.CheckConstraint(
                # Without a person it is the applicant's own word, given on CaseCheck (S7.1).
                name="case_wish_is_whole",
                condition=(~Q(wish="") & Q(wish_at__isnull=False))
                | Q(wish="", wish_at__isnull=True, wish_by__isnull=True),
            ),
            models.CheckConstraint(
                name="case_sheet_is_whole", condition=_paired("sheet_given_at", "sheet_given_by")
            ),
            models.CheckConstraint(
                name="case_has_a_reviewer_exactly_while_in_review",
                condition=Q(
                    status__in=[s.value for s in IN_REVIEW],
                    reviewer__isnull=False,
                    taken_at__isnull=False,
                )
                | (
                    ~Q(status__in=[s.value for s in IN_REVIEW])
                    & Q(reviewer__isnull=True, taken_at__isnull=True)
                ),
            ),
            models.CheckConstraint(name="case_has_a_benefit", condition=Q(benefits__len__gte=1)),
            models.UniqueConstraint(
                name="case_open_question_is_asked_once",
                fields=["agency", "fingerprint"],
                condition=Q(status__in=[s.value for s in OPEN]),
            ),
        ]
        indexes = [
            models.Index(
                name="case_pile",
                fields=["handled_by", "pile", "due_on", "id"],
                include=["agency"],
                condition=Q(pile__gt=""),
            ),
            models.Index(
                name="case_pile_of_agency",
                fields=["agency", "pile", "due_on", "id"],
                include=["handled_by"],
                condition=Q(pile__gt=""),
            ),
            models.Index(name="case_by_agency", fields=["agency", "-created_at", "-id"]),
            models.Index(name="case_by_change", fields=["agency", "last_action_at", "id"]),
            models.Index(name="case_by_handler", fields=["handled_by", "-created_at", "-id"]),
            models.Index(name="case_by_group", fields=["group", "-created_at", "-id"]),
            models.Index(name="case_by_name", fields=["agency", "applicant_key", "id"]),
            models.Index(
                name="case_of_handler_by_name", fields=["handled_by", "applicant_key", "id"]
            ),
            models.Index(
                name="case_by_reference",
                fields=["agency", "agency_reference"],
                opclasses=["int8_ops", "varchar_pattern_ops"],
            ),
            models.Index(
                # With all that the ages on My work ask, so that they are read from it alone.
                name="case_of_handler_last_action",
                fields=["handled_by", "last_action_at"],
                include=["agency", "created_at", "pile"],
                condition=Q(status__in=[s.value for s in OPEN]),
            ),
            *(
                # Found again by a number of the document: by its applicant, with the date of birth,
                # and by whoever was answered from a record that was corrected.
                models.Index(
                    name=f"case_by_{short}",
                    fields=[column, "date_of_birth"],
                    condition=~Q(**{column: ""}),
                )
                for column, short in (
                    ("a_number", "a_number"),
                    ("i94_number", "i94"),
                    ("sevis_id", "sevis"),
                    ("card_number", "card"),
                    ("naturalization_certificate", "naturalization"),
                    ("citizenship_certificate", "citizenship"),
                )
            ),
            models.Index(
                name="case_queue",
                fields=["due_on", "id"],
                condition=Q(status=CaseStatus.ADDITIONAL_REQUESTED)
                | Q(status=CaseStatus.G845_MAILED, papers_arrived_at__isnull=False),
            ),
            models.Index(
                # All that is with the office. Its second condition, which always holds, keeps
                # PostgreSQL from walking past all that is in review when somebody takes the next.
                name="case_waits_for_verifier",
                fields=["due_on", "id"],
                condition=Q(status__in=[s.value for s in WAITS_FOR_VERIFIER], due_on__isnull=False),
            ),
            models.Index(
                name="case_of_reviewer",
                fields=["reviewer", "due_on", "id"],
                condition=Q(reviewer__isnull=False),
            ),
            models.Index(
                name="case_by_last_action",
                fields=["last_action_at"],
                condition=Q(status__in=[s.value for s in OPEN]),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(
                name="legal_moves",
                field="status",
                transitions=changes(TRANSITIONS),
            ),
            pgtrigger.Protect(
                name="begin_at_the_beginning",
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__status__in=[b.value for b in BEGINNINGS]),
            ),
            pgtrigger.ReadOnly(
                name="identity_never_changes",
                fields=["number", "agency", "created_by", "created_at"],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            WriteHistory(name="history"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def applicant_name(self) -> str:
        return " ".join(filter(None, [self.given_name, self.middle_name, self.family_name]))

    @property
    def grouped_number(self) -> str:
        return case_number.grouped(self.number)

    def enumerators(self) -> dict[str, str]:
        """The numbers that were typed: field name → canonical value."""
        return {
            name: value
            for name in immigration_documents.ENUMERATORS
            if (value := getattr(self, name))
        }

    def enumerators_an_agency_may_read(self) -> tuple[str, ...]:
        """The numbers that were typed, without those of passport and visa (S8.2)."""
        hidden = ("passport_number", "passport_country", "visa_number")
        return tuple(value for name, value in self.enumerators().items() if name not in hidden)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the person and the act of this change, never with those of an earlier one."""
        self.changed_by = self.__dict__.pop("_history_user", None)
        self.change_reason = self.__dict__.pop("_change_reason", "")
        if (names := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*names, "changed_by", "change_reason"}
        super().save(*args, **kwargs)

    @property
    def wish_is_the_applicants_own(self) -> bool:
        """Whether the applicant said it on CaseCheck; then nobody else can take it back (S2.2)."""
        return bool(self.wish) and self.wish_by_id is None

    def touch(self, *, at: datetime) -> None:
        """Note an act of anybody: the version moves, and the 180 days begin anew (S3.6)."""
        self.version += 1
        self.last_action_at = at
        self.warned_days = None

    def get_benefit_labels(self) -> list[str]:
        return [Benefit(code).label for code in self.benefits]


# Row history is append-only, like everything that says what happened.
pgtrigger.register(
    pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
)(Case.history.model)
