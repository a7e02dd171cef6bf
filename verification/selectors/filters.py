"""The filters of lists, as they stand in an address: unknown or bent values count as not given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from save_portal.accounts.models import User
from verification import case_number
from verification.enums import Need, Step, WaitsFor
from verification.lifecycles.case import CaseStatus
from verification.querysets import ABOUT_VOTING, CaseQuerySet
from verification.rules.submission import fold
from verification.rules.voter import LISTED

_PERSON = re.compile(r"[1-9][0-9]{0,17}")
HANDLED_BY = {"me": "Me", "group": "My group", "all": "Everyone"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilters:
    """What a list is narrowed to; the empty string means all."""

    q: str = ""
    benefit: str = ""
    step: str = ""
    status: str = ""
    waiting_for: str = ""
    need: str = ""
    by: str = ""  # me, group, all, or the key of a person
    created_from: date | None = None
    created_to: date | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> CaseFilters:
        """From the parameters of an address."""

        def one_of(name: str, known: list[str]) -> str:
            value = query.get(name, "")
            return value if value in known else ""

        def day(name: str) -> date | None:
            try:
                return date.fromisoformat(query.get(name, ""))
            except ValueError:
                return None

        return cls(
            q=" ".join(query.get("q", "").replace("\x00", "").split())[:80],
            benefit=one_of("benefit", [code for code, _ in LISTED]),
            step=one_of("step", list(Step.values)),
            status=one_of("status", list(CaseStatus.values)),
            waiting_for=one_of("waiting_for", list(WaitsFor.values)),
            need=one_of("need", list(Need.values)),
            by=query.get("by", "")
            if _PERSON.fullmatch(query.get("by", ""))
            else one_of("by", list(HANDLED_BY)),
            created_from=day("created_from"),
            created_to=day("created_to"),
        )

    def apply(
        self, cases: CaseQuerySet, *, user: User, today: date, own_work: bool = False
    ) -> CaseQuerySet:
        """The cases that pass. Every condition is served by an index or narrows few rows.

        Cases about voter eligibility are in no list but one's own work, and are found by their
        whole number (S1.5).
        """
        cases = self._listed(cases, user, own_work=own_work)
        if self.q:
            cases = cases.filter(_matches(self.q))
        if self.benefit:
            cases = cases.filter(benefits__contains=[self.benefit])
        if self.step:
            cases = cases.at_step(self.step)
        if self.status:
            cases = cases.filter(status=self.status)
        if self.waiting_for:
            cases = cases.waiting_for(self.waiting_for)
        if self.need:
            cases = cases.needing(self.need, today=today)
        cases = self._of_whom(cases, user)
        if self.created_from:
            cases = cases.filter(created_at__date__gte=self.created_from)
        if self.created_to:
            cases = cases.filter(created_at__date__lte=self.created_to)
        return cases

    def _listed(self, cases: CaseQuerySet, user: User, *, own_work: bool) -> CaseQuerySet:
        if own_work and self.by in ("", "me"):
            return cases  # one's own already; no column beside the index of a person's cases
        if own_work:
            return cases.exclude(ABOUT_VOTING & ~Q(handled_by_id=user.pk))
        whole = case_number.is_case_number(case_number.canonical(self.q))
        return cases if whole else cases.listed()

    def _of_whom(self, cases: CaseQuerySet, user: User) -> CaseQuerySet:
        if self.by == "me":
            return cases.filter(handled_by_id=user.pk)
        if self.by == "group" and user.group_id is not None:
            return cases.filter(group_id=user.group_id)
        return cases.filter(handled_by_id=int(self.by)) if self.by.isdigit() else cases


def _matches(text: str) -> Q:
    """A whole case number, the beginning of a reference, or the beginning of a name."""
    number = case_number.canonical(text)
    if case_number.is_case_number(number):
        return Q(number=number)
    condition = Q(agency_reference__startswith=text)
    if folded := fold(text.replace(",", " ")):
        condition |= Q(applicant_key__startswith=folded)
    return condition
