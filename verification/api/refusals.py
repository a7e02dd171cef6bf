"""How the refusals of the services become problem answers: one place for all endpoints."""

from __future__ import annotations

from typing import Any

from save_portal.machines.endpoint import FieldError, translates
from save_portal.machines.problems import Problem, invalid, problem
from verification.api.bodies import pointers
from verification.errors import (
    CaseError,
    DuplicateCase,
    DutyOpen,
    InvalidSubmission,
    NoAgreement,
    NoSuchCase,
    NotPermitted,
    StaleCase,
)

SLUGS: dict[type[CaseError], str] = {
    NoSuchCase: "not-found",
    NotPermitted: "not-permitted",
    NoAgreement: "no-agreement",
    StaleCase: "case-changed",
    DutyOpen: "duty-open",
}


@translates(CaseError)
def as_problem(error: CaseError) -> Problem:
    if isinstance(error, InvalidSubmission):
        whole_case = getattr(error, "whole_case", False)
        found = pointers(error, whole_case=whole_case)
        return invalid(FieldError(pointer, sentence) for pointer, sentence in found.items())
    more: dict[str, Any] = {"rule": error.rule} if error.rule else {}
    if isinstance(error, DuplicateCase):
        return problem("duplicate-case", error.message, case_number=error.number, **more)
    if error.status_code == 404:
        return problem("not-found", error.message)
    return problem(SLUGS.get(type(error), "refused"), error.message, **more)
