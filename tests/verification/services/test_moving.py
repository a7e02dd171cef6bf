"""Giving cases to a colleague, seeing it, undoing it; and the board that shows who has what."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from save_portal.accounts.models import User
from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.audit.models import AuditEvent
from save_portal.outbox.models import Message
from tests.conftest import AT, resident, signed_in, unknown_person
from verification.errors import CaseError, NotPermitted
from verification.models import Case, CaseMove
from verification.selectors.board import board
from verification.selectors.case_page import case_page
from verification.services import closing, initial, moving

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)


def initiate(by, number=0, at=AT):
    submission = unknown_person(
        a_number=f"{200_000_000 + number}", card_number=f"MSC{2_000_000_000 + number}"
    )
    with scope_for(by):
        return initial.initiate(by=by, at=at, submission=submission)


def move(cases, to, by, at=LATER):
    with scope_for(by):
        return moving.move(case_numbers=[case.number for case in cases], to_id=to.pk, by=by, at=at)


def handlers(*cases):
    with system_scope():
        return [Case.objects.get(pk=case.pk).handled_by for case in cases]


def test_a_supervisor_gives_cases_to_a_colleague_who_is_told_without_a_name(
    caseworker, colleague, supervisor, people_on_record
):
    cases = [initiate(caseworker, number) for number in range(3)]
    assert move(cases[:2], colleague, supervisor) == 2
    assert handlers(*cases) == [colleague, colleague, caseworker]
    with system_scope():
        [mail] = Message.objects.filter(topic="mail")
        assert mail.payload["to_user_id"] == colleague.pk
        assert "Bautista" not in str(mail.payload)
        assert AuditEvent.objects.filter(verb="case.moved").count() == 2
        kept = Case.history.filter(id=cases[0].pk).latest()
        assert (kept.history_user_id, kept.history_change_reason) == (supervisor.pk, "case.moved")


def test_a_move_makes_nothing_young_and_leaves_no_page_current(
    caseworker, colleague, supervisor, people_on_record
):
    case = initiate(caseworker)
    move([case], colleague, supervisor)
    with system_scope():
        kept = Case.objects.get(pk=case.pk)
    assert (kept.last_action_at, kept.due_on) == (case.last_action_at, case.due_on)
    assert kept.version == case.version + 1


def test_it_stands_on_the_timeline_and_is_undone_by_moving_back(
    caseworker, colleague, supervisor, people_on_record
):
    first, second = initiate(caseworker, 1), initiate(caseworker, 2)
    move([first, second], colleague, supervisor)
    with scope_for(supervisor):
        page = case_page(user=supervisor, number=first.number, at=LATER)
        assert "Moved from Dana Tester to Marco Tester" in [line.text for line in page.timeline]
        [made] = board(user=supervisor, at=LATER).moved
        assert (made.count, made.giver, made.taker) == (2, "Dana Tester", "Marco Tester")
        moved = moving.move_back(
            move_id=made.move_id, by=supervisor, at=LATER + timedelta(minutes=1)
        )
    assert moved == 2
    assert handlers(first, second) == [caseworker, caseworker]


def test_moving_back_leaves_alone_what_was_given_on_meanwhile(
    caseworker, colleague, supervisor, people_on_record
):
    first, second = initiate(caseworker, 1), initiate(caseworker, 2)
    move([first, second], colleague, supervisor)
    move([second], supervisor, supervisor, at=LATER + timedelta(minutes=1))
    with system_scope():
        made = CaseMove.objects.filter(case=first.pk).get()
    with scope_for(supervisor):
        moving.move_back(move_id=made.pk, by=supervisor, at=LATER + timedelta(minutes=2))
    assert handlers(first, second) == [caseworker, supervisor]


def test_all_open_cases_of_one_person_go_and_the_closed_one_stays(
    caseworker, colleague, supervisor, people_on_record
):
    cases = [initiate(caseworker, number) for number in range(4)]
    with scope_for(caseworker):
        closing.close(
            case_number=cases[0].number,
            version=1,
            reason="entered_in_error",
            by=caseworker,
            at=AT,
        )
    with scope_for(supervisor):
        moved = moving.move_all(from_id=caseworker.pk, to_id=colleague.pk, by=supervisor, at=LATER)
    assert moved == 3
    assert handlers(*cases) == [caseworker, colleague, colleague, colleague]


def test_only_supervisors_move_and_only_within_the_agency(
    caseworker, colleague, supervisor, stranger, people_on_record
):
    case = initiate(caseworker)
    theirs = initiate(stranger, 7)
    with pytest.raises(NotPermitted):
        move([case], colleague, caseworker)
    with pytest.raises(CaseError, match="colleague of your agency"):
        move([case], stranger, supervisor)
    assert move([theirs], colleague, supervisor) == 0
    assert handlers(case, theirs) == [caseworker, stranger]


def test_an_ended_account_is_given_nothing_and_stands_on_the_board(
    caseworker, colleague, supervisor, people_on_record
):
    case = initiate(colleague)
    with system_scope():
        User.objects.filter(pk=colleague.pk).update(is_active=False)
    with pytest.raises(CaseError):
        move([initiate(caseworker, 1)], colleague, supervisor)
    with scope_for(supervisor):
        desks = {desk.person.pk: desk for desk in board(user=supervisor, at=AT).desks}
    assert (desks[colleague.pk].is_here, desks[colleague.pk].open) == (False, 1)
    assert move([case], caseworker, supervisor) == 1


def test_the_board_counts_what_lies_where_with_the_oldest_prompt_first(
    caseworker, colleague, supervisor, stranger, people_on_record
):
    initiate(colleague, 1)
    initiate(caseworker, 2, at=AT - timedelta(days=14))
    initiate(caseworker, 3)
    initiate(stranger, 4)
    with scope_for(caseworker):
        initial.initiate(by=caseworker, at=AT, submission=resident())
    with scope_for(supervisor):
        page = board(user=supervisor, at=AT + timedelta(days=12))
    first = page.desks[0]
    assert first.person == caseworker
    assert (first.open, first.prompted, first.overdue, first.unread) == (3, 2, 1, 0)
    assert first.oldest == 16
    assert (page.total.open, page.total.prompted) == (4, 3)
    assert stranger not in [desk.person for desk in page.desks]


def test_board_and_move_take_the_same_queries_for_one_case_and_a_hundred(
    caseworker, colleague, supervisor, people_on_record
):
    def shown():
        with scope_for(supervisor), CaptureQueriesContext(connection) as caught:
            board(user=supervisor, at=AT)
        return len(caught)

    def moved(cases, to):
        with CaptureQueriesContext(connection) as caught:
            move(cases, to, supervisor)
        return len(caught)

    seen = [shown()]
    one = initiate(caseworker)
    seen.append(shown())
    first = moved([one], colleague)
    many = [initiate(caseworker, number) for number in range(1, 101)]
    seen.append(shown())
    assert seen == [3, 3, 3]
    assert moved(many, colleague) == first


class TestPages:
    def test_ticked_cases_are_moved_from_the_list(
        self, caseworker, colleague, supervisor, people_on_record
    ):
        case, other = initiate(caseworker, 1), initiate(caseworker, 2)
        client = signed_in(supervisor)
        page = client.get("/cases/").content.decode()
        assert f'value="{case.number}"' in page
        answer = client.post("/cases/move/", {"numbers": [case.number], "to": colleague.pk})
        assert answer.status_code == 302
        assert handlers(case, other) == [colleague, caseworker]

    def test_nothing_ticked_and_nobody_chosen_move_nothing(
        self, caseworker, supervisor, people_on_record
    ):
        case = initiate(caseworker)
        client = signed_in(supervisor)
        assert "Tick the cases" in client.post("/cases/move/", follow=True).content.decode()
        answer = client.post("/cases/move/", {"numbers": [case.number], "to": ""}, follow=True)
        assert "Choose a colleague" in answer.content.decode()
        assert handlers(case) == [caseworker]

    def test_the_board_leads_to_moving_all_and_back(
        self, caseworker, colleague, supervisor, people_on_record
    ):
        case = initiate(caseworker)
        client = signed_in(supervisor)
        assert "Dana Tester" in client.get("/board/").content.decode()
        address = f"/board/{caseworker.pk}/move/"
        assert "1 open case" in client.get(address).content.decode()
        client.post(address, {"to": colleague.pk})
        assert handlers(case) == [colleague]
        with system_scope():
            made = CaseMove.objects.get()
        client.post(f"/board/moves/{made.pk}/back/")
        assert handlers(case) == [caseworker]

    def test_one_case_is_moved_from_its_page(
        self, caseworker, colleague, supervisor, people_on_record
    ):
        case = initiate(caseworker)
        client = signed_in(supervisor)
        assert "Move to a colleague" in client.get(f"/cases/{case.number}/").content.decode()
        assert client.get(f"/cases/{case.number}/move/").status_code == 200
        client.post(f"/cases/{case.number}/move/", {"to": colleague.pk})
        assert handlers(case) == [colleague]

    def test_a_caseworker_has_no_board_and_moves_nothing(
        self, caseworker, colleague, people_on_record
    ):
        case = initiate(caseworker)
        client = signed_in(caseworker)
        assert client.get("/board/").status_code == 403
        assert (
            client.post("/cases/move/", {"numbers": [case.number], "to": colleague.pk}).status_code
            == 403
        )
        assert "numbers" not in client.get("/cases/").content.decode()
        assert handlers(case) == [caseworker]
