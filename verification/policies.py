"""Who may do what with a case. Whether it may happen now is asked of the life cycle.

`check_…` raises a sentence; the `can_…` beside it answers yes or no for pages.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from rules.predicates import predicate

from agreements.training.state import state_of
from save_portal.accounts.roles import Permission
from verification.errors import NotPermitted, NotTrained
from verification.lifecycles.case import BY_NAME

if TYPE_CHECKING:
    from save_portal.accounts.models import User
    from verification.models import Case, VerifierAnswer


@predicate
def belongs_to_the_agency(user: User, case: Case) -> bool:
    """The case is one of the user's own agency."""
    return user.agency_id is not None and user.agency_id == case.agency_id


@predicate
def may_read(user: User, case: Case) -> bool:
    """Own cases, the group's where it shares them, or the agency's for who may see them all."""
    if user.can(Permission.VIEW_AGENCY_CASES):
        return True
    if not user.can(Permission.VIEW_OWN_CASES):
        return False
    if case.handled_by_id == user.pk:
        return True
    group = user.group
    return bool(group and group.pk == case.group_id and group.cases_shared)


@predicate
def acts_on_cases(user: User, case: Case) -> bool:
    return user.can(Permission.ACT_ON_CASE)


@predicate
def closes_cases(user: User, case: Case) -> bool:
    return user.can(Permission.CLOSE_CASE)


@predicate
def reviews_requests(user: User, case: Case) -> bool:
    """A verifier reviews whatever agency asks; who answers in a sandbox, that sandbox alone."""
    return user.can(Permission.REVIEW_REQUESTS) and user.agency_id in (None, case.agency_id)


AGENCY_MAY_ACT = belongs_to_the_agency & may_read & acts_on_cases
AGENCY_MAY_CLOSE = belongs_to_the_agency & may_read & closes_cases


def can_make(transition: str, *, by: User, case: Case) -> bool:
    """Whether this person stands on the right side of the transition, whatever the status."""
    move = BY_NAME[transition]
    if move.side == "office":
        return bool(reviews_requests(by, case))
    if transition == "close":
        return bool(AGENCY_MAY_CLOSE(by, case))
    return bool(AGENCY_MAY_ACT(by, case))


def check_can_make(transition: str, *, by: User, case: Case) -> None:
    """Raise `NotPermitted` unless this person may make the transition."""
    if not can_make(transition, by=by, case=case):
        who = "a status verifier" if BY_NAME[transition].side == "office" else "the case's agency"
        raise NotPermitted(f"Only {who} can do this ({BY_NAME[transition].label}).")


def check_reviews(*, by: User) -> None:
    """Raise `NotPermitted` unless this person answers requests (S3.8)."""
    if not by.can(Permission.REVIEW_REQUESTS):
        raise NotPermitted("Only a status verifier can do this.", rule="S3.8")


def check_holds(*, by: User, case: Case) -> None:
    """Raise `NotPermitted` unless the case is with this verifier."""
    check_reviews(by=by)
    if case.reviewer_id != by.pk:
        raise NotPermitted("The case is not with you. Take it from the queue first.")


def can_move_review(*, by: User, case: Case) -> bool:
    """Whether this person may release or hand over the review: who has it, or the supervisor."""
    return by.can(Permission.MANAGE_QUEUE) or (
        by.can(Permission.REVIEW_REQUESTS) and case.reviewer_id == by.pk
    )


def check_can_move_review(*, by: User, case: Case) -> None:
    if not can_move_review(by=by, case=case):
        raise NotPermitted("Only the verifier who has the case, or the supervisor, can do this.")


def can_correct(*, by: User, answer: VerifierAnswer) -> bool:
    """Whether this person may correct the answer: who gave it, or the verifiers' supervisor."""
    return by.can(Permission.MANAGE_QUEUE) or (
        by.can(Permission.REVIEW_REQUESTS) and answer.by_id == by.pk
    )


def check_can_correct(*, by: User, answer: VerifierAnswer) -> None:
    if not can_correct(by=by, answer=answer):
        raise NotPermitted("Only the verifier who gave the answer, or the supervisor, corrects it.")


def check_manages_queue(*, by: User) -> None:
    if not by.can(Permission.MANAGE_QUEUE):
        raise NotPermitted("Only the verifiers' supervisor can do this.")


def can_act_on(*, by: User, case: Case) -> bool:
    """Whether this person may record answers and duties on the case."""
    return bool(AGENCY_MAY_ACT(by, case))


def check_can_act_on(*, by: User, case: Case) -> None:
    if not can_act_on(by=by, case=case):
        raise NotPermitted("Only the caseworkers of the case's agency can do this.")


def can_handle_cases(person: User) -> bool:
    """Whether cases can be given to this person."""
    return person.can(Permission.ACT_ON_CASE)


def can_move_cases(*, by: User) -> bool:
    """Whether this person gives cases of the agency to somebody else."""
    return by.agency_id is not None and by.can(Permission.VIEW_AGENCY_CASES)


def check_can_move_cases(*, by: User) -> None:
    if not can_move_cases(by=by):
        raise NotPermitted("Only a supervisor or administrator of the agency moves cases.")


def check_can_initiate(*, by: User) -> None:
    """Raise `NotPermitted` unless this person may begin a case (S1.2)."""
    if by.agency_id is None or not by.can(Permission.INITIATE_CASE):
        raise NotPermitted("Only the caseworkers of a user agency begin cases.", rule="S1.2")


def check_trained(*, by: User, on: date) -> None:
    """Raise `NotTrained` unless this person's tutorial holds today (S5.1). No query."""
    state = state_of(by, on=on)
    if not state.lets_work:
        what = "begins a case" if by.agency_id is not None else "takes a request"
        raise NotTrained(
            f"{state.sentence} Nobody {what} without it. Take it under “Training”; what is open "
            "stays with you."
        )


def check_sets_answer_times(*, by: User) -> None:
    """Raise `NotPermitted` unless this person sets how long the program's answers take."""
    if not (by.can(Permission.MANAGE_PROGRAM) or by.can(Permission.MANAGE_QUEUE)):
        raise NotPermitted(
            "Only the program office and the verifiers' supervisor set how long answers take."
        )


def can_see_corrections(*, by: User) -> bool:
    """Whether this person may see correction requests: the offices, never an agency (S8.2)."""
    return by.agency_id is None and (
        by.can(Permission.REVIEW_REQUESTS) or by.can(Permission.CORRECT_RECORDS)
    )


def can_move_correction(side: str, *, by: User) -> bool:
    """Whether this person stands on that side: verifiers ask, the records office decides."""
    requester, owner = by.can(Permission.REVIEW_REQUESTS), by.can(Permission.CORRECT_RECORDS)
    if by.agency_id is not None:
        return False
    return {"requester": requester or owner, "owner": owner, "either": requester or owner}[side]


def check_can_move_correction(side: str, *, by: User) -> None:
    """Raise `NotPermitted` unless this person stands on that side."""
    if not can_move_correction(side, by=by):
        who = "the records office decides" if side == "owner" else "the program's offices ask for"
        raise NotPermitted(f"Only {who} a correction.", rule="S3.10")


def check_can_record_arrival(*, by: User) -> None:
    """Raise `NotPermitted` unless this person takes in what agencies mail (S3.3, S3.4)."""
    if not by.can(Permission.REVIEW_REQUESTS):
        raise NotPermitted("Only the status verification office takes in mailed forms.")


def check_can_report_wrongful_disclosure(*, by: User | None) -> None:
    """Raise `NotPermitted` unless the monitor, or who monitors, says it (S10.3, S10.4)."""
    if by is not None and not by.can(Permission.MONITOR):
        raise NotPermitted("Only those who monitor the use of SAVE write this.", rule="S10.4")
