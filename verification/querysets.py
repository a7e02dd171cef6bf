"""Filters of cases, to be chained. Row-level security fences the agency below all of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from save_portal.accounts.roles import Permission, Role
from save_portal.calendar.federal import federal_calendar
from verification.enums import Benefit, Need, Pile, Step, WaitsFor, Wish
from verification.lifecycles.case import (
    OPEN,
    STEP_OF,
    WAITS_FOR_CASEWORKER,
    WAITS_FOR_VERIFIER,
    CaseStatus,
)

if TYPE_CHECKING:
    from save_portal.accounts.models import User
    from verification.models import Case  # noqa: F401


SOON = 3


def soon_from(today: date) -> date:
    """The last day that counts as soon: so many federal working days from today."""
    return federal_calendar().add_working_days(today, SOON)


# The applicant wants what nobody has asked for yet: the 180 days pass such a case by (S2.2).
# So does one about voter eligibility, which goes through all steps (S1.5).
ABOUT_VOTING = Q(benefits__contains=[Benefit.VOTER_ELIGIBILITY])
NEVER_EXPIRES = Q(status=CaseStatus.INITIAL_UNCONFIRMED) & (Q(wish=Wish.WANTS) | ABOUT_VOTING)


class CaseQuerySet(QuerySet["Case"]):
    def update(self, **kwargs: Any) -> int:
        """Refuse what only a transition may change; PostgreSQL refuses it as well."""
        forbidden = {"status", "closure_reason", "closed_at", "number"} & kwargs.keys()
        if forbidden:
            raise AttributeError(f"{', '.join(sorted(forbidden))}: changed by a service only.")
        return super().update(**{"changed_by": None, "change_reason": ""} | kwargs)

    def visible_to(self, user: User) -> CaseQuerySet:
        """The cases this person may read: own, the group's, the agency's, or all for an office."""
        if user.agency_id is None:
            offices = user.can(Permission.REVIEW_REQUESTS) or user.can(Permission.MANAGE_QUEUE)
            return self if offices else self.none()
        mine = self.filter(agency_id=user.agency_id)
        if user.role == Role.MACHINE:
            # No system goes through people's eligibility to vote (S1.5).
            return mine.exclude(ABOUT_VOTING)
        if user.can(Permission.VIEW_AGENCY_CASES):
            return mine
        if not user.can(Permission.VIEW_OWN_CASES):
            return self.none()
        if user.group_id is not None and user.group is not None and user.group.cases_shared:
            return mine.filter(Q(handled_by_id=user.pk) | Q(group_id=user.group_id))
        return mine.filter(handled_by_id=user.pk)

    def listed(self) -> CaseQuerySet:
        """Without those about voter eligibility: no list of unconfirmed people is made (S1.5).

        They are found by their whole number, and in My work of whoever handles them.
        """
        return self.exclude(ABOUT_VOTING)

    def open(self) -> CaseQuerySet:
        return self.filter(status__in=OPEN)

    def at_step(self, step: str) -> CaseQuerySet:
        return self.filter(status__in=[status for status in CaseStatus if STEP_OF[status] == step])

    def waiting_for(self, whom: str) -> CaseQuerySet:
        statuses = {
            WaitsFor.CASEWORKER: WAITS_FOR_CASEWORKER,
            WaitsFor.VERIFIER: WAITS_FOR_VERIFIER,
            WaitsFor.NOBODY: (CaseStatus.CLOSED,),
        }[WaitsFor(whom)]
        return self.filter(status__in=statuses)

    def in_queue(self) -> CaseQuerySet:
        """What a status verifier can take: asked for, and a form only once its papers are there.

        The two conditions are those of the index `case_queue`, word for word.
        """
        return self.filter(
            Q(status=CaseStatus.ADDITIONAL_REQUESTED)
            | Q(status=CaseStatus.G845_MAILED, papers_arrived_at__isnull=False)
        )

    def asked_because(self, reason: str) -> CaseQuerySet:
        """Cases that were at some time sent to additional verification for this reason."""
        return self._among(additional_requests__reason=reason)

    def with_copies_in(self, language: str) -> CaseQuerySet:
        """Cases to which a copy in this language was sent."""
        return self._among(documents__sent_at__isnull=False, documents__language=language)

    def _among(self, **conditions: object) -> CaseQuerySet:
        """By a subquery, so that the rows can still be locked and stay single."""
        return self.filter(pk__in=self.model.objects.filter(**conditions).values("pk"))

    def with_reviewer(self, user: User) -> CaseQuerySet:
        """What this verifier has in review."""
        return self.filter(reviewer_id=user.pk)

    def needing(self, need: str, *, today: date) -> CaseQuerySet:
        """The cases of one section of My work: one range of an index by pile and due date."""
        soon = soon_from(today)
        conditions = {
            Need.PROMPT: Q(pile=Pile.PROMPT),
            Need.OVER: Q(pile=Pile.ACT, due_on__lt=today),
            Need.SOON: Q(pile=Pile.ACT, due_on__range=(today, soon)),
            Need.READ: Q(pile=Pile.UNREAD),
            Need.LATER: Q(pile=Pile.ACT, due_on__gt=soon),
            Need.SAVE: Q(pile=Pile.SAVE),
        }
        return self.filter(conditions[Need(need)])

    def closed(self) -> CaseQuerySet:
        return self.at_step(Step.CLOSED)

    def without_action_since(self, instant: datetime) -> CaseQuerySet:
        """Open cases that wait for the caseworker and were last touched before `instant` (S3.6)."""
        return self.filter(status__in=WAITS_FOR_CASEWORKER, last_action_at__lte=instant).exclude(
            NEVER_EXPIRES
        )
