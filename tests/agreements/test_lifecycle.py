"""The life cycle of an agreement: what moves, who moves it, and that PostgreSQL holds the same."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django_fsm import TransitionNotAllowed

from agreements import policies
from agreements.enums import AccessMode, Purpose
from agreements.lifecycles.agreement import (
    APPLICATION,
    BEGINNINGS,
    BINDING,
    CONCLUDED,
    ENDS,
    TRANSITIONS,
    AgreementStatus,
)
from agreements.models import Agreement
from save_portal.accounts.models import Agency, User
from save_portal.accounts.roles import AGENCY_ROLES, Role
from save_portal.accounts.tenancy import agency_scope, system_scope
from save_portal.lifecycles.machine import changes
from tests.conftest import AT

pytestmark = pytest.mark.django_db
S = AgreementStatus
TERM = (date(2026, 1, 1), date(2031, 1, 1))
MOVES = frozenset(changes(TRANSITIONS))

# What the life cycle promises (docs/contract.md), written out by hand.
CONTRACT = {
    "draft": {"submitted"},
    "submitted": {"in_review", "refused"},
    "in_review": {"draft", "negotiating", "refused"},
    "negotiating": {"ready_to_sign", "refused"},
    "ready_to_sign": {"negotiating", "signed_by_agency", "refused"},
    "signed_by_agency": {"negotiating", "in_force", "refused"},
    "in_force": {"suspended", "expiring", "renewed", "expired", "terminated"},
    "suspended": {"in_force", "expired", "terminated"},
    "expiring": {"in_force", "suspended", "renewed", "expired", "terminated"},
    "renewed": set(),
    "expired": set(),
    "terminated": set(),
    "refused": set(),
}
ARGUMENTS = {
    "submit": {"at": AT},
    "ask_back": {"message": "Which statute?"},
    "refuse": {"message": "No public authority."},
    "send_back": {"message": "A name is wrong."},
    "countersign": {"term": TERM},
    "suspend": {"message": "Untrained users."},
    "extend": {"until": date(2032, 1, 1), "on": date(2026, 11, 20)},
    "pass_on": {"on": date(2026, 11, 20)},
    "terminate": {"message": "Not needed.", "on": date(2026, 11, 20)},
}
MOVE = """
    UPDATE agreements_agreement SET status = %(status)s,
        term = CASE WHEN %(status)s = ANY(%(concluded)s) THEN daterange('2026-01-01', '2031-01-01')
               END
    WHERE id = %(id)s
"""


def path_to(status: str) -> list[str]:
    """The shortest way of legal moves from a beginning."""
    ways, seen = [[str(S.DRAFT)]], {str(S.DRAFT)}
    while ways:
        way = ways.pop(0)
        if way[-1] == status:
            return way
        for source, target in sorted(MOVES):
            if source == way[-1] and target not in seen:
                seen.add(target)
                ways.append([*way, target])
    raise AssertionError(status)


def move_to(agreement: Agreement, status: str) -> int:
    with connection.cursor() as cursor:
        values = {"id": agreement.pk, "status": status, "concluded": [str(s) for s in CONCLUDED]}
        cursor.execute(MOVE, values)
        return cursor.rowcount


def agreement_at(status: str, *, agency: Agency) -> Agreement:
    """An agreement that went by legal moves to the status."""
    with system_scope():
        made = Agreement.objects.create(
            agency=agency,
            purposes=["benefit"],
            benefits=["snap"],
            access_modes=["browser"],
            legal_basis="7 USC 2020",
        )
        for step in path_to(status)[1:]:
            move_to(made, step)
        return Agreement.objects.get(pk=made.pk)


@pytest.fixture
def newcomer(db):
    """An agency without any agreement."""
    with system_scope():
        return Agency.objects.create(code="NEW", name="Newcomer County", kind="local")


def test_the_table_of_moves_is_the_contracts():
    assert {(source, target) for source, to in CONTRACT.items() for target in to} == MOVES
    assert [status for status in S if not CONTRACT[status]] == sorted(ENDS, key=list(S).index)


@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("move", TRANSITIONS, ids=lambda move: move.name)
def test_a_transition_moves_from_its_sources_and_nowhere_else(move, status):
    agreement = Agreement(status=status)
    if status in CONCLUDED:
        agreement.term = _range(*TERM)
    if status in move.sources:
        getattr(agreement, move.name)(**ARGUMENTS.get(move.name, {}))
        assert agreement.status == move.target
        assert (agreement.term is not None) == (move.target in CONCLUDED)
    else:
        with pytest.raises(TransitionNotAllowed):
            getattr(agreement, move.name)(**ARGUMENTS.get(move.name, {}))
        assert (agreement.status, agreement.message) == (status, "")


def _range(lower, upper):
    return Agreement._meta.get_field("term").range_type(lower, upper)


def test_the_end_by_a_party_cuts_the_term_short():
    agreement = Agreement(status=S.IN_FORCE, term=_range(*TERM))
    agreement.terminate(message="Not needed.", on=date(2026, 11, 20))
    assert agreement.term == _range(date(2026, 1, 1), date(2026, 11, 20))


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("move", TRANSITIONS, ids=lambda move: move.name)
def test_each_role_stands_on_its_own_side_of_every_transition(move, role):
    of_agency = role in AGENCY_ROLES
    user = User(
        pk=1, role=role, agency_id=7 if of_agency else None, office_id=None if of_agency else 3
    )
    own = Agreement(status=move.sources[0], agency_id=7)
    elsewhere = Agreement(status=move.sources[0], agency_id=8)
    office = role == Role.PROGRAM_OFFICER
    administrator = role == Role.AGENCY_ADMINISTRATOR
    expected = {
        "applicant": (administrator, administrator),
        "signatory": (False, administrator),
        "office": (office, office),
        "either": (administrator or office, administrator or office),
        "party": (office, administrator or office),
        "timetable": (False, False),
    }[move.side]
    for signatory in (False, True):
        may = policies.can_make(move.name, by=user, agreement=own, signatory=signatory)
        assert may == expected[signatory]
    if of_agency:
        assert not policies.can_make(move.name, by=user, agreement=elsewhere, signatory=True)


@pytest.mark.parametrize("source", list(S))
def test_postgresql_allows_the_legal_moves_and_refuses_all_others(source, newcomer):
    agreement = agreement_at(source, agency=newcomer)
    for target in S:
        legal = target in CONTRACT[source] or source == target
        try:
            with system_scope():
                assert move_to(agreement, target) == 1
                moved = True
                raise _Undo
        except _Undo:
            pass
        except DatabaseError:
            moved = False
        assert moved == legal, f"{source} → {target}"


class _Undo(Exception):
    """Takes a successful move back."""


@pytest.mark.parametrize("status", list(S))
def test_postgresql_lets_an_agreement_begin_only_at_the_beginning(status, newcomer):
    agreement = Agreement(
        agency=newcomer,
        status=status,
        purposes=["benefit"],
        benefits=["snap"],
        access_modes=["browser"],
        term=TERM if status in CONCLUDED else None,
    )
    if status in BEGINNINGS:
        with system_scope():
            agreement.save()
            assert Agreement.objects.filter(pk=agreement.pk).exists()
    else:
        with pytest.raises(DatabaseError), system_scope():
            agreement.save()


def test_the_status_cannot_be_assigned_nor_updated():
    with pytest.raises(AttributeError):
        Agreement(status=S.DRAFT).status = S.IN_FORCE
    with pytest.raises(AttributeError):
        Agreement.objects.all().update(status=S.IN_FORCE)


@pytest.mark.parametrize("status", [s for s in S if s not in APPLICATION])
def test_what_was_signed_never_changes(status, newcomer):
    agreement = agreement_at(status, agency=newcomer)
    signed = status in (*CONCLUDED, S.SIGNED_BY_AGENCY)
    try:
        with system_scope(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE agreements_agreement SET benefits = '{snap,tanf}' WHERE id = %s",
                [agreement.pk],
            )
        changed = True
    except DatabaseError:
        changed = False
    assert changed != signed


def test_two_agreements_of_an_agency_never_hold_on_the_same_day(agency):
    again = Agreement(
        agency=agency,
        status=S.IN_FORCE,
        purposes=Purpose.values,
        benefits=["snap"],
        access_modes=AccessMode.values,
        term=(date(2039, 12, 31), date(2041, 1, 1)),
    )
    with pytest.raises(DatabaseError), system_scope():
        again.save()
    again.term = (date(2040, 1, 1), date(2041, 1, 1))
    with system_scope():
        again.save()


def test_an_agreement_is_neither_deleted_nor_given_to_another_agency(agency, other_agency):
    for statement in (
        "DELETE FROM agreements_agreement",
        f"UPDATE agreements_agreement SET agency_id = {other_agency.pk}",
        "UPDATE agreements_agreement SET number = 'SA-OTHER'",
        "UPDATE agreements_historicalagreement SET legal_basis = ''",
        "DELETE FROM agreements_historicalagreement",
    ):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            system_scope(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_an_agency_sees_its_own_agreement_alone(agency, other_agency):
    with agency_scope(agency.pk):
        assert [a.agency_id for a in Agreement.objects.all()] == [agency.pk]
    assert list(Agreement.objects.all()) == []


def test_the_statuses_that_bind_are_within_those_that_were_signed():
    assert set(BINDING) < set(CONCLUDED)
