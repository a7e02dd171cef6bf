"""What an agency may ask, for which purposes and programs, by which ways, and until when (S5)."""

import secrets
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from agreements.enums import AccessMode, Kind, Purpose, programs_under
from agreements.lifecycles.agreement import (
    APPLICATION,
    BEGINNINGS,
    BINDING,
    CONCLUDED,
    TRANSITIONS,
    AgreementLifecycle,
    AgreementStatus,
)
from agreements.querysets import AgreementQuerySet
from save_portal.benefits import Benefit
from save_portal.lifecycles.machine import changes

if TYPE_CHECKING:
    from save_portal.accounts.models import User

# Without I, L, O, U, 0 and 1: read over the telephone, nobody takes one for another.
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"


def new_number() -> str:
    """A number nobody can guess the next of."""
    return "SA-" + "".join(secrets.choice(ALPHABET) for _ in range(8))


def amended_terms(
    signed: dict[str, Any], amended: list[dict[str, Any]], day: date | None
) -> dict[str, Any]:
    """What was signed with what supplements have changed until the day, or will in all."""
    terms = dict(signed)
    for entry in amended:
        if day is None or date.fromisoformat(entry["from"]) <= day:
            terms |= entry["changes"]
    return terms


def _list_of(choices: type[models.TextChoices], length: int) -> Any:
    field: models.CharField[str, str] = models.CharField(max_length=length, choices=choices.choices)
    return ArrayField(field, default=list, blank=True)


class Agreement(AgreementLifecycle):
    """One agreement of an agency with SAVE, from the draft of its registration to its end.

    What it permits are columns; what else the agency chose (addresses, contacts, volume) is
    `choices`. After the agency's signature neither changes any more; what signed supplements
    change from a day on is added to `amended`, and `terms_on` says what holds on a day. Before
    the program office accepts a registration there is no agency yet.
    """

    agency = models.ForeignKey(
        "accounts.Agency", null=True, on_delete=models.PROTECT, related_name="agreements"
    )
    number = models.CharField(max_length=20, unique=True, default=new_number)
    kind = models.CharField(max_length=3, choices=Kind.choices, default=Kind.MOA)
    renews = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="renewals")
    purposes = _list_of(Purpose, 12)
    benefits = _list_of(Benefit, 30)
    access_modes = _list_of(AccessMode, 12)
    legal_basis = models.CharField(max_length=500, blank=True)
    contractors = models.JSONField(default=list, help_text="who acts for the agency: name, task")
    choices = models.JSONField(default=dict)
    applicant_email = models.EmailField(blank=True, help_text="who registers, without an account")
    supplements = models.PositiveSmallIntegerField(default=0, help_text="how many were concluded")
    amended = models.JSONField(
        default=list, help_text="by supplement, in their order: number, from (a day), changes"
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    # Read by the row history: who changed the row, and by which act.
    _history_user: "User | None"
    _change_reason: str

    objects = AgreementQuerySet.as_manager()
    history = HistoricalRecords(cascade_delete_history=False)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="agreement_one_at_a_time",
                expressions=[
                    ("agency", RangeOperators.EQUAL),
                    ("term", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="agreement_status_is_known", condition=Q(status__in=AgreementStatus.values)
            ),
            models.CheckConstraint(
                name="agreement_permits_something",
                condition=Q(status__in=APPLICATION)
                | Q(benefits__len__gte=1, purposes__len__gte=1, access_modes__len__gte=1),
            ),
            models.CheckConstraint(
                name="agreement_has_an_agency_once_accepted",
                condition=Q(status__in=APPLICATION) | Q(agency__isnull=False),
            ),
            models.CheckConstraint(
                name="agreement_has_a_term_once_signed",
                condition=Q(status__in=CONCLUDED, term__isnull=False)
                | (~Q(status__in=CONCLUDED) & Q(term__isnull=True)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(name="agreement_by_status", fields=["status", "submitted_at"]),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(
                name="legal_agreement_moves", field="status", transitions=changes(TRANSITIONS)
            ),
            pgtrigger.Protect(
                name="agreement_begins_at_the_beginning",
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__status__in=[s.value for s in BEGINNINGS]),
            ),
            # What was signed never changes; a signed supplement adds one entry to `amended`.
            pgtrigger.Protect(
                name="agreement_signed_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.status NOT IN ("
                    + ", ".join(
                        f"'{s.value}'"
                        for s in AgreementStatus
                        if s not in (*CONCLUDED, AgreementStatus.SIGNED_BY_AGENCY)
                    )
                    + ") AND NEW.status <> 'negotiating'"
                    " AND (OLD.kind, OLD.purposes, OLD.benefits, OLD.access_modes, OLD.legal_basis,"
                    " OLD.contractors, OLD.choices) IS DISTINCT FROM"
                    " (NEW.kind, NEW.purposes, NEW.benefits, NEW.access_modes, NEW.legal_basis,"
                    " NEW.contractors, NEW.choices)"
                ),
            ),
            pgtrigger.Protect(
                name="agreement_amended_entry_by_entry",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NOT (NEW.supplements = OLD.supplements + 1"
                    " AND jsonb_array_length(NEW.amended) = NEW.supplements"
                    " AND NEW.amended - OLD.supplements::integer = OLD.amended)"
                    " AND (OLD.supplements, OLD.amended) IS DISTINCT FROM"
                    " (NEW.supplements, NEW.amended)"
                ),
            ),
            pgtrigger.Protect(
                name="agreement_of_one_agency",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.number IS DISTINCT FROM NEW.number OR (OLD.agency_id IS NOT NULL"
                    " AND OLD.agency_id IS DISTINCT FROM NEW.agency_id)"
                ),
            ),
            pgtrigger.Protect(
                name="agreement_never_deleted",
                operation=pgtrigger.Delete,
                condition=~pgtrigger.Q(old__status=AgreementStatus.DRAFT.value),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def party(self) -> str:
        """The agency's name; before it is accepted, the one that was typed, if any was."""
        return self.agency.name if self.agency else str(self.choices.get("agency_name", ""))

    @property
    def ends_before(self) -> date | None:
        """The first day on which it no longer binds."""
        return self.term.upper if self.term else None

    def terms_on(self, day: date | None = None) -> dict[str, Any]:
        """What holds on the day, by field, supplements included; all of them where no day is said.

        Beside the columns these are the choices of the agency. Without a query.
        """
        signed = {
            **self.choices,
            "purposes": self.purposes,
            "benefits": self.benefits,
            "access_modes": self.access_modes,
            "contractors": self.contractors,
        }
        return amended_terms(signed, self.amended, day)

    def permitted_on(self, day: date) -> tuple[str, ...]:
        """The programs that may be asked about: each under its purpose (S1.3, S5.3)."""
        terms = self.terms_on(day)
        return programs_under(terms["purposes"], terms["benefits"])

    def binds_on(self, day: date) -> bool:
        """Whether it permits new cases on the day."""
        return self.status in BINDING and self.term is not None and day in self.term

    def touch(self, *, by: "User | None", act: str) -> None:
        self.version += 1
        self._history_user, self._change_reason = by, f"agreement.{act}"


pgtrigger.register(
    pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
)(Agreement.history.model)
