"""The life cycle, move by move: in Python, in PostgreSQL, and for every role."""

import pytest
from django.db import Error, connection
from django_fsm import TransitionNotAllowed

from save_portal.accounts.models import User
from save_portal.accounts.roles import AGENCY_ROLES, Role
from save_portal.accounts.tenancy import system_scope
from tests.conftest import AT
from verification import policies
from verification.lifecycles.case import (
    BEGINNINGS,
    IN_REVIEW,
    LEGAL_MOVES,
    OPEN,
    TRANSITIONS,
    WAITS_FOR,
    CaseStatus,
)
from verification.models import Case

CONTRACT = {
    "initial_confirmed": {"additional_requested", "closed"},
    "initial_unconfirmed": {
        "initial_confirmed",
        "initial_unconfirmed",
        "additional_requested",
        "g845_recommended",
        "closed",
    },
    "additional_requested": {"additional_in_review", "closed"},
    "additional_in_review": {
        "additional_requested",
        "additional_answered",
        "g845_recommended",
        "closed",
    },
    "additional_answered": {"additional_requested", "g845_recommended", "closed"},
    "g845_recommended": {"g845_mailed", "closed"},
    "g845_mailed": {"g845_in_review", "closed"},
    "g845_in_review": {"g845_mailed", "g845_recommended", "g845_answered", "closed"},
    "g845_answered": {"g845_recommended", "closed"},
    "closed": set(),
}


def path_to(status: str) -> list[str]:
    """The shortest way of legal moves from a beginning."""
    ways = [[str(beginning.value)] for beginning in BEGINNINGS]
    while all(way[-1] != status for way in ways):
        ways += [
            [*way, target]
            for way in list(ways)
            for source, target in sorted(LEGAL_MOVES)
            if source == way[-1] and target not in way
        ]
    return next(way for way in ways if way[-1] == status)


MOVE = """
    UPDATE verification_case SET status = %(status)s,
        closed_at = CASE WHEN %(status)s = 'closed' THEN %(at)s::timestamptz END,
        closure_reason = CASE WHEN %(status)s = 'closed' THEN 'completed' ELSE '' END,
        reviewer_id = CASE WHEN %(status)s LIKE '%%in_review' THEN %(by)s::bigint END,
        taken_at = CASE WHEN %(status)s LIKE '%%in_review' THEN %(at)s::timestamptz END
    WHERE id = %(id)s
"""


def case_at(status: str, *, by: User, fingerprint: str = "0" * 64) -> Case:
    """A case that went by legal moves to `status`."""
    path = path_to(status)
    case = Case(
        status=path[0],
        agency=by.agency,
        created_by=by,
        handled_by=by,
        created_at=AT,
        last_action_at=AT,
        document_type="other_a_number",
        family_name="Bautista",
        date_of_birth=AT.date(),
        applicant_key="bautista",
        benefits=["snap"],
        fingerprint=fingerprint,
    )
    with system_scope():
        case.save()
        for step in path[1:]:
            with connection.cursor() as cursor:
                cursor.execute(MOVE, {"id": case.pk, "status": step, "by": by.pk, "at": AT})
        case = Case.objects.get(pk=case.pk)
    return case


def test_the_table_of_moves_is_the_contracts():
    legal = {(source, target) for source, targets in CONTRACT.items() for target in targets}
    assert legal == LEGAL_MOVES


def test_every_status_has_somebody_it_waits_for():
    assert set(WAITS_FOR) == set(CaseStatus)
    assert [status for status in CaseStatus if WAITS_FOR[status] == "nobody"] == ["closed"]


@pytest.mark.parametrize("status", list(CaseStatus))
@pytest.mark.parametrize("move", TRANSITIONS, ids=lambda move: move.name)
def test_a_transition_moves_from_its_sources_and_nowhere_else(move, status):
    case = Case(status=status)
    arguments = {"reason": "completed", "at": AT} if move.name == "close" else {}
    if move.name.startswith("take"):
        arguments = {"by": User(pk=1), "at": AT}

    if status in move.sources:
        getattr(case, move.name)(**arguments)
        assert case.status == move.target
        assert (case.reviewer is not None) == (move.target in IN_REVIEW)
    else:
        with pytest.raises(TransitionNotAllowed):
            getattr(case, move.name)(**arguments)
        assert (case.status, case.closed_at, case.closure_reason) == (status, None, "")


def test_the_status_cannot_be_assigned():
    case = Case(status=CaseStatus.INITIAL_CONFIRMED)
    with pytest.raises(AttributeError):
        case.status = CaseStatus.CLOSED


def test_refreshing_one_case_never_opens_the_status_of_another(caseworker):
    case = case_at(CaseStatus.INITIAL_CONFIRMED, by=caseworker)
    gone = Case(pk=10**9, status=CaseStatus.INITIAL_CONFIRMED)
    with system_scope():
        case.refresh_from_db()
        with pytest.raises(Case.DoesNotExist):
            gone.refresh_from_db()
    assert case.status == CaseStatus.INITIAL_CONFIRMED
    with pytest.raises(AttributeError):
        case.status = CaseStatus.CLOSED


def test_a_queryset_cannot_update_the_status(caseworker):
    with pytest.raises(AttributeError):
        Case.objects.all().update(status=CaseStatus.CLOSED)


@pytest.mark.parametrize("source", list(CaseStatus))
def test_postgresql_allows_the_legal_moves_and_refuses_all_others(source, caseworker):
    case = case_at(source, by=caseworker)
    for target in CaseStatus:
        legal = target in CONTRACT[source] or source == target
        try:
            with system_scope(), connection.cursor() as cursor:
                cursor.execute(
                    MOVE, {"id": case.pk, "status": target, "by": caseworker.pk, "at": AT}
                )
                assert cursor.rowcount == 1
                moved = True
                raise _Undo
        except _Undo:
            pass
        except Error:
            moved = False
        assert moved == legal, f"{source} → {target}"


class _Undo(Exception):
    """Takes a successful move back."""


@pytest.mark.parametrize("status", list(CaseStatus))
def test_postgresql_lets_a_case_begin_only_at_the_beginning(status, caseworker):
    case = Case(
        status=status,
        agency=caseworker.agency,
        created_by=caseworker,
        handled_by=caseworker,
        created_at=AT,
        last_action_at=AT,
        document_type="other_a_number",
        family_name="Bautista",
        date_of_birth=AT.date(),
        applicant_key="bautista",
        benefits=["snap"],
        closed_at=AT if status == CaseStatus.CLOSED else None,
        closure_reason="completed" if status == CaseStatus.CLOSED else "",
    )
    if status in BEGINNINGS:
        with system_scope():
            case.save()
            assert Case.objects.filter(pk=case.pk).exists()
    else:
        with pytest.raises(Error), system_scope():
            case.save()


def test_a_case_and_its_history_are_never_deleted_or_renumbered(caseworker):
    case = case_at(CaseStatus.INITIAL_CONFIRMED, by=caseworker)
    for statement in (
        "DELETE FROM verification_case",
        "UPDATE verification_case SET number = 'AAAAAAAAAAAAAAA'",
        "DELETE FROM verification_historicalcase",
        "UPDATE verification_historicalcase SET family_name = 'X'",
    ):
        with pytest.raises(Error), system_scope(), connection.cursor() as cursor:
            cursor.execute(statement)
    with system_scope():
        assert Case.objects.get(pk=case.pk).number == case.number


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("move", TRANSITIONS, ids=lambda move: move.name)
def test_each_role_stands_on_its_own_side_of_every_transition(move, role):
    """Agencies act on own cases, verifiers review, who answers in a sandbox reviews there alone."""
    own = role in AGENCY_ROLES
    user = User(pk=1, role=role, agency_id=7 if own else None, office_id=None if own else 3)
    case = Case(status=move.sources[0], agency_id=7, handled_by_id=1)
    elsewhere = Case(status=move.sources[0], agency_id=8, handled_by_id=2)

    may = policies.can_make(move.name, by=user, case=case)

    if move.side == "office":
        reviews = (Role.STATUS_VERIFIER, Role.VERIFIER_SUPERVISOR, Role.TEST_VERIFIER)
        assert may == (role in reviews)
        anywhere = may and role is not Role.TEST_VERIFIER
        assert policies.can_make(move.name, by=user, case=elsewhere) == anywhere
    else:
        assert may == (own and role is not Role.TEST_VERIFIER)
        assert not policies.can_make(move.name, by=user, case=elsewhere)


def test_an_open_case_can_always_be_closed():
    closing = next(move for move in TRANSITIONS if move.name == "close")
    assert set(closing.sources) == set(OPEN)
