"""Status verifiers at work: taking, answering, correcting, and what is refused (S3.8–S3.10)."""

import secrets
from datetime import date, timedelta

import pytest
from django.db import Error, connection

from save_portal.accounts.models import Office
from save_portal.accounts.roles import AGENCY_ROLES, Role
from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.audit.models import AuditEvent
from save_portal.outbox.models import Message
from tests.conftest import AT, ROLES, make_user, unknown_person
from tests.verification.lifecycles.test_case import case_at
from verification.enums import AnswerKind
from verification.errors import (
    CaseError,
    InvalidSubmission,
    NotPermitted,
    StaleCase,
    WrongStatus,
)
from verification.lifecycles.case import CaseStatus
from verification.models import Case, ChargeEvent, ReviewDraft, SecondReview, VerifierAnswer
from verification.rules.answer_words import words
from verification.rules.review import AnswerInput
from verification.services import additional, closing, initial, review, second_review
from verification.services.locking import NoSuchCase

RESIDENT = AnswerInput(items=({"item": 1, "since": "2020-02-03"},))
WORKER = AnswerInput(
    items=(
        {"item": 9, "class_code": "h-1b", "until": "date", "expires_on": "2029-09-30"},
        {"item": 3, "until": "date", "expires_on": "2029-09-30"},
    ),
    comment="Change of status took effect on October 1, 2026.",
)
SEARCHING = AnswerInput(items=({"item": 19},))
BOTH_SIDES = AnswerInput(send_again=("both_sides",), comments=(3,))


def asked(caseworker, *, at=AT, reason="prompted", **changes) -> Case:
    """A case that waits in the queue."""
    with scope_for(caseworker):
        case = initial.initiate(by=caseworker, at=at, submission=unknown_person(**changes))
        return additional.request(
            case_number=case.number,
            version=case.version,
            reason=reason,
            comment="Says she changed to worker.",
            by=caseworker,
            at=at,
        )


def taken(case: Case, verifier) -> Case:
    with scope_for(verifier):
        return review.take(case_number=case.number, by=verifier, at=AT)


def again(case: Case) -> Case:
    with system_scope():
        return Case.objects.get(pk=case.pk)


@pytest.fixture
def second_verifier(office):
    return make_user("Luis", Role.STATUS_VERIFIER, office=office)


@pytest.fixture
def chief(office):
    return make_user("Grace", Role.VERIFIER_SUPERVISOR, office=office)


def test_the_request_due_first_is_taken_first(caseworker, verifier):
    later = asked(caseworker, at=AT + timedelta(days=4), a_number="200000002")
    sooner = asked(caseworker, a_number="200000003")
    with scope_for(verifier):
        first = review.take_next(by=verifier, at=AT)
        second = review.take_next(by=verifier, at=AT)
        none = review.take_next(by=verifier, at=AT)
    assert (first.pk, second.pk, none) == (sooner.pk, later.pk, None)
    assert again(sooner).reviewer_id == verifier.pk
    assert again(sooner).taken_at == AT


def test_what_is_taken_can_be_narrowed_to_a_step_and_a_benefit(caseworker, verifier):
    case = asked(caseworker, benefits=("medicaid",))
    with scope_for(verifier):
        assert review.take_next(by=verifier, at=AT, step="g845") is None
        assert review.take_next(by=verifier, at=AT, benefit="snap") is None
        assert review.take_next(by=verifier, at=AT, benefit="medicaid").pk == case.pk


def test_a_request_is_with_one_verifier_only(caseworker, verifier, second_verifier):
    case = taken(asked(caseworker), verifier)
    with scope_for(second_verifier), pytest.raises(WrongStatus, match="before you"):
        review.take(case_number=case.number, by=second_verifier, at=AT)
    with scope_for(verifier):
        assert review.take(case_number=case.number, by=verifier, at=AT).version == case.version


def test_a_form_is_taken_only_when_its_papers_have_arrived(caseworker, verifier):
    case = case_at(CaseStatus.G845_MAILED, by=caseworker)
    with scope_for(verifier):
        assert review.take_next(by=verifier, at=AT) is None
        with pytest.raises(WrongStatus, match="not arrived"):
            review.take(case_number=case.number, by=verifier, at=AT)
    with system_scope():
        Case.objects.filter(pk=case.pk).update(papers_arrived_at=AT)
    with scope_for(verifier):
        assert review.take_next(by=verifier, at=AT).status == CaseStatus.G845_IN_REVIEW


def test_releasing_keeps_the_date_and_the_draft_for_whoever_comes_next(
    caseworker, verifier, second_verifier
):
    case = asked(caseworker)
    due = case.due_on
    case = taken(case, verifier)
    with scope_for(verifier):
        review.save_draft(
            case_number=case.number, data={"comment": "half a thought"}, by=verifier, at=AT
        )
        review.release(case_number=case.number, version=case.version, by=verifier, at=AT)
    case = again(case)
    assert (case.status, case.due_on, case.reviewer_id, case.taken_at) == (
        CaseStatus.ADDITIONAL_REQUESTED,
        due,
        None,
        None,
    )
    taken(case, second_verifier)
    with system_scope():
        draft = ReviewDraft.objects.get(case=case)
    assert (draft.by_id, draft.data) == (second_verifier.pk, {"comment": "half a thought"})


def test_handing_over_gives_case_and_draft_to_a_colleague_who_is_told(
    caseworker, verifier, second_verifier
):
    case = taken(asked(caseworker), verifier)
    with scope_for(verifier):
        review.save_draft(case_number=case.number, data={"a": 1}, by=verifier, at=AT)
        review.hand_over(
            case_number=case.number, version=case.version, to=second_verifier, by=verifier, at=AT
        )
    assert again(case).reviewer_id == second_verifier.pk
    with system_scope():
        assert ReviewDraft.objects.get().by_id == second_verifier.pk
        mail = Message.objects.get(topic="mail")
    assert mail.payload["to_user_id"] == second_verifier.pk
    assert mail.payload["context"] == {"case_number": case.number}


def test_only_colleagues_of_the_office_can_be_handed_a_case(caseworker, verifier, db):
    elsewhere = Office.objects.create(code="FAR", name="Far office")
    stranger = make_user("Otto", Role.STATUS_VERIFIER, office=elsewhere)
    clerk = make_user("Rita", Role.RECORDS_OFFICER, office=verifier.office)
    case = taken(asked(caseworker), verifier)
    for to in (stranger, clerk, caseworker, verifier):
        with scope_for(verifier), pytest.raises(CaseError):
            review.hand_over(
                case_number=case.number, version=case.version, to=to, by=verifier, at=AT
            )
    assert again(case).reviewer_id == verifier.pk


def test_the_supervisor_moves_what_another_verifier_holds(
    caseworker, verifier, second_verifier, chief
):
    case = taken(asked(caseworker), verifier)
    with scope_for(second_verifier), pytest.raises(NotPermitted):
        review.release(case_number=case.number, version=case.version, by=second_verifier, at=AT)
    with scope_for(chief):
        case = review.hand_over(
            case_number=case.number, version=case.version, to=second_verifier, by=chief, at=AT
        )
        case = review.release(case_number=case.number, version=case.version, by=chief, at=AT)
    assert case.status == CaseStatus.ADDITIONAL_REQUESTED


def test_an_answer_returns_the_case_to_the_caseworker_who_is_told(caseworker, verifier):
    case = taken(asked(caseworker), verifier)
    with scope_for(verifier):
        given = review.answer(
            case_number=case.number, version=case.version, given=WORKER, by=verifier, at=AT
        )
    case = again(case)
    assert (case.status, case.reviewer_id) == (CaseStatus.ADDITIONAL_ANSWERED, None)
    assert case.due_on == date(2026, 11, 30)
    assert given.items == [
        {"item": 3, "until": "date", "expires_on": "2029-09-30"},
        {"item": 9, "class_code": "H1B", "until": "date", "expires_on": "2029-09-30"},
    ]
    with system_scope():
        assert not ReviewDraft.objects.exists()
        mail = Message.objects.get(topic="mail")
        assert AuditEvent.objects.filter(
            verb="case.review_answered", subject_id=case.number, agency_id=case.agency_id
        ).exists()
    assert mail.payload["to_user_id"] == caseworker.pk
    assert set(mail.payload["context"]) == {"case_number", "kind", "expected_on"}
    assert words(given).lede == (
        "A status verifier answered: nonimmigrant (H1B), until September 30, 2029."
    )


def test_the_caseworker_reads_the_answer_and_another_agency_does_not(
    caseworker, stranger, verifier
):
    case = taken(asked(caseworker), verifier)
    with scope_for(verifier):
        review.answer(
            case_number=case.number, version=case.version, given=RESIDENT, by=verifier, at=AT
        )
    with scope_for(caseworker):
        assert VerifierAnswer.objects.count() == 1
    with scope_for(stranger):
        assert VerifierAnswer.objects.count() == 0


def test_an_interim_answer_keeps_the_case_in_review_with_a_new_date(caseworker, verifier):
    case = taken(asked(caseworker), verifier)
    was_due = case.due_on
    with scope_for(verifier):
        given = review.interim_answer(
            case_number=case.number,
            version=case.version,
            given=SEARCHING,
            by=verifier,
            at=AT + timedelta(days=3),
        )
    case = again(case)
    assert (case.status, case.reviewer_id) == (CaseStatus.ADDITIONAL_IN_REVIEW, verifier.pk)
    assert case.due_on > was_due
    assert given.expected_on == case.due_on
    assert case.due_because["rule"].startswith("A status verifier is searching further.")
    with scope_for(verifier):
        final = review.answer(
            case_number=case.number, version=case.version, given=RESIDENT, by=verifier, at=AT
        )
    assert final.kind == AnswerKind.FINAL


def test_asking_for_documents_goes_on_without_a_new_case_or_charge(caseworker, verifier):
    case = taken(asked(caseworker), verifier)
    with system_scope():
        charged = ChargeEvent.objects.count()
    with scope_for(verifier):
        given = review.ask_for_documents(
            case_number=case.number, version=case.version, given=BOTH_SIDES, by=verifier, at=AT
        )
    case = again(case)
    assert (case.status, given.kind) == (
        CaseStatus.G845_RECOMMENDED,
        AnswerKind.G845_RECOMMENDED,
    )
    with system_scope():
        assert (Case.objects.count(), ChargeEvent.objects.count()) == (1, charged)
    assert words(given).send == (
        (
            "Both sides of the document",
            "Copy the front and the back, also where the back looks empty.",
        ),
    )


def test_at_the_form_the_agency_is_told_what_exactly_to_send_again(caseworker, verifier):
    case = case_at(CaseStatus.G845_IN_REVIEW, by=caseworker)
    with system_scope():
        case.hand_to(verifier, at=AT)
        case.papers_arrived_at = AT
        case.save()
    with scope_for(verifier):
        with pytest.raises(InvalidSubmission) as refused:
            review.ask_for_documents(
                case_number=case.number,
                version=case.version,
                given=AnswerInput(comment="Send it again."),
                by=verifier,
                at=AT,
            )
        assert "send_again" in refused.value.field_errors
        given = review.ask_for_documents(
            case_number=case.number, version=case.version, given=BOTH_SIDES, by=verifier, at=AT
        )
    case = again(case)
    assert (given.kind, case.status, case.papers_arrived_at) == (
        AnswerKind.RESUBMIT,
        CaseStatus.G845_RECOMMENDED,
        None,
    )


def test_a_form_is_answered_at_its_own_step(caseworker, verifier):
    case = case_at(CaseStatus.G845_IN_REVIEW, by=caseworker)
    with system_scope():
        case.hand_to(verifier, at=AT)
        case.save()
    with scope_for(verifier):
        given = review.answer(
            case_number=case.number, version=case.version, given=RESIDENT, by=verifier, at=AT
        )
    assert given.step == "g845"
    assert again(case).status == CaseStatus.G845_ANSWERED


def test_an_answer_is_never_changed_in_postgresql_either(caseworker, verifier):
    case = taken(asked(caseworker), verifier)
    with scope_for(verifier):
        review.answer(
            case_number=case.number, version=case.version, given=RESIDENT, by=verifier, at=AT
        )
    for statement in (
        "UPDATE verification_verifieranswer SET comment = 'x'",
        "DELETE FROM verification_verifieranswer",
    ):
        with (
            pytest.raises(Error, match=r"append_only|permission denied|Cannot"),
            system_scope(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def corrected(given, verifier, **changes):
    with scope_for(verifier):
        return review.correct_answer(
            answer_id=given.pk,
            given=AnswerInput(
                **{"items": WORKER.items, "correction_note": "The class was wrong.", **changes}
            ),
            by=verifier,
            at=AT + timedelta(days=1),
        )


@pytest.fixture
def given_answer(caseworker, verifier):
    case = taken(asked(caseworker), verifier)
    with scope_for(verifier):
        return review.answer(
            case_number=case.number, version=case.version, given=RESIDENT, by=verifier, at=AT
        )


def test_a_correction_refers_to_what_it_corrects_and_tells_the_agency(
    given_answer, caseworker, verifier
):
    kept = corrected(given_answer, verifier)
    assert (kept.kind, kept.corrects_id) == (AnswerKind.CORRECTION, given_answer.pk)
    case = again(kept.case)
    assert case.status == CaseStatus.ADDITIONAL_ANSWERED
    with system_scope():
        told = Message.objects.filter(topic="mail", payload__to_user_id=caseworker.pk)
        assert [m.payload["context"]["kind"] for m in told] == ["final", "correction"]
        assert VerifierAnswer.objects.get(pk=given_answer.pk).items == list(RESIDENT.items)


def test_an_answer_is_corrected_once_and_its_correction_in_turn(given_answer, verifier):
    first = corrected(given_answer, verifier)
    with pytest.raises(StaleCase, match="corrected before"):
        corrected(given_answer, verifier)
    second = corrected(first, verifier, items=RESIDENT.items)
    assert second.corrects_id == first.pk


def test_a_correction_must_say_what_was_wrong_and_change_something(given_answer, verifier):
    with pytest.raises(InvalidSubmission) as refused:
        corrected(given_answer, verifier, correction_note="")
    assert "correction_note" in refused.value.field_errors
    with pytest.raises(InvalidSubmission, match="Nothing is different"):
        corrected(given_answer, verifier, items=RESIDENT.items)


def test_an_answer_to_a_closed_case_is_corrected_too(given_answer, caseworker, verifier):
    with scope_for(caseworker):
        case = Case.objects.get(pk=given_answer.case_id)
        closing.close(
            case_number=case.number, version=case.version, reason="completed", by=caseworker, at=AT
        )
    kept = corrected(given_answer, verifier)
    assert again(kept.case).status == CaseStatus.CLOSED
    with system_scope():
        assert Message.objects.filter(key=f"case.answered:{kept.pk}").exists()


def test_only_who_gave_an_answer_or_the_supervisor_corrects_it(
    given_answer, second_verifier, chief
):
    with pytest.raises(NotPermitted):
        corrected(given_answer, second_verifier)
    assert corrected(given_answer, chief).by_id == chief.pk


def test_a_withdrawal_takes_the_case_away_and_tells_the_verifier(caseworker, verifier):
    case = taken(asked(caseworker), verifier)
    with scope_for(caseworker):
        closing.close(
            case_number=case.number,
            version=case.version,
            reason="withdrawn",
            by=caseworker,
            at=AT,
        )
    assert again(case).reviewer_id is None
    with system_scope():
        mail = Message.objects.get(topic="mail", payload__to_user_id=verifier.pk)
        notice = ReviewDraft.objects.get(by=verifier, case__status=CaseStatus.CLOSED)
    assert mail.payload["template"] == "case_withdrawn"
    with scope_for(verifier):
        with pytest.raises(WrongStatus):
            review.answer(
                case_number=case.number,
                version=case.version + 1,
                given=RESIDENT,
                by=verifier,
                at=AT,
            )
        review.forget_withdrawn(draft_id=notice.pk, by=verifier, at=AT)
        assert not ReviewDraft.objects.exists()


def test_a_page_that_is_no_longer_current_answers_nothing(caseworker, verifier):
    case = taken(asked(caseworker), verifier)
    with scope_for(verifier), pytest.raises(StaleCase):
        review.answer(
            case_number=case.number, version=case.version - 1, given=RESIDENT, by=verifier, at=AT
        )
    with system_scope():
        assert not VerifierAnswer.objects.exists()


REFUSED = [
    (AnswerInput(), "items"),
    (AnswerInput(items=({"item": 99},)), "items"),
    (AnswerInput(items=({"item": 1}, {"item": 9, "class_code": "F1", "until": "d_s"})), "items"),
    (AnswerInput(items=({"item": 3}, {"item": 4})), "items"),
    (AnswerInput(items=({"item": 3},)), "item_3_until"),
    (AnswerInput(items=({"item": 3, "until": "date"},)), "item_3_expires_on"),
    (
        AnswerInput(items=({"item": 3, "until": "date", "expires_on": "2020-01-01"},)),
        "item_3_expires_on",
    ),
    (
        AnswerInput(
            items=(
                {"item": 3, "until": "previous", "from_on": "2024-01-02", "to_on": "2023-01-01"},
            )
        ),
        "item_3_to_on",
    ),
    (AnswerInput(items=({"item": 1, "since": "2031-01-01"},)), "item_1_since"),
    (AnswerInput(items=({"item": 1, "since": "yesterday"},)), "item_1_since"),
    (AnswerInput(items=({"item": 9, "class_code": "?", "until": "d_s"},)), "item_9_class_code"),
    (AnswerInput(items=({"item": 20},)), "item_20_appears"),
    (AnswerInput(items=({"item": 20, "appears": ["torn"]},)), "item_20_appears"),
    (AnswerInput(items=({"item": 17, "stage": "approved"},)), "items"),
    (AnswerInput(items=({"item": 19},)), "items"),
    (AnswerInput(comments=(6,)), "comment"),
    (AnswerInput(comments=(9,)), "comments"),
    (AnswerInput(items=({"item": 1},), comment="x" * 1001), "comment"),
    (AnswerInput(items=({"item": 1},), comment="Passport P1234567 was seen."), "comment"),
    (
        AnswerInput(items=({"item": 5, "benefit": "see passport P1234567"},)),
        "item_5_benefit",
    ),
]


@pytest.mark.parametrize(("given", "field"), REFUSED)
def test_an_answer_that_cannot_stand_is_refused_at_its_field(given, field, caseworker, verifier):
    case = taken(asked(caseworker), verifier)
    with scope_for(verifier):
        with pytest.raises(InvalidSubmission) as refused:
            review.answer(
                case_number=case.number, version=case.version, given=given, by=verifier, at=AT
            )
        assert field in refused.value.field_errors
        assert not VerifierAnswer.objects.exists()
    assert again(case).version == case.version


def test_item_17_goes_to_an_agency_that_named_this_ground_itself(caseworker, verifier):
    case = taken(asked(caseworker, reason="vawa"), verifier)
    with scope_for(verifier):
        given = review.answer(
            case_number=case.number,
            version=case.version,
            given=AnswerInput(items=({"item": 17, "stage": "approved"},)),
            by=verifier,
            at=AT,
        )
    assert given.items == [{"item": 17, "stage": "approved"}]


def test_the_class_must_be_one_that_exists(caseworker, verifier):
    case = taken(asked(caseworker), verifier)
    with scope_for(verifier), pytest.raises(InvalidSubmission) as refused:
        review.answer(
            case_number=case.number,
            version=case.version,
            given=AnswerInput(items=({"item": 9, "class_code": "H9Z", "until": "d_s"},)),
            by=verifier,
            at=AT,
        )
    assert "item_9_class_code" in refused.value.field_errors


ACTS = {
    "take": lambda case, by: review.take(case_number=case.number, by=by, at=AT),
    "release": lambda case, by: review.release(
        case_number=case.number, version=case.version, by=by, at=AT
    ),
    "hand_over": lambda case, by: review.hand_over(
        case_number=case.number, version=case.version, to=COLLEAGUE["it"], by=by, at=AT
    ),
    "save_draft": lambda case, by: review.save_draft(
        case_number=case.number, data={}, by=by, at=AT
    ),
    "answer": lambda case, by: review.answer(
        case_number=case.number, version=case.version, given=RESIDENT, by=by, at=AT
    ),
    "interim_answer": lambda case, by: review.interim_answer(
        case_number=case.number, version=case.version, given=SEARCHING, by=by, at=AT
    ),
    "ask_for_documents": lambda case, by: review.ask_for_documents(
        case_number=case.number, version=case.version, given=BOTH_SIDES, by=by, at=AT
    ),
}
COLLEAGUE: dict = {}
IN_REVIEW = {"additional_in_review", "g845_in_review"}
WHEN = {
    **dict.fromkeys(ACTS, IN_REVIEW),
    "take": {"additional_requested", "g845_mailed"} | IN_REVIEW,
}
HOLDER_ONLY = {"save_draft", "answer", "interim_answer", "ask_for_documents"}


def may(act: str, status: str, role: str, holds: bool) -> bool:
    if role not in ("status_verifier", "verifier_supervisor") or status not in WHEN[act]:
        return False
    if act == "take":
        return holds or status not in IN_REVIEW
    if act in HOLDER_ONLY:
        return holds
    return holds or role == "verifier_supervisor"


@pytest.mark.parametrize("status", list(CaseStatus))
def test_each_act_for_each_status_and_role(status, agency, office):
    """What happens, and that nothing happens when it is refused."""
    owner = make_user("Dana", Role.GENERAL_USER, agency=agency)
    COLLEAGUE["it"] = make_user("Luis", Role.STATUS_VERIFIER, office=office)
    other = make_user("Otto", Role.STATUS_VERIFIER, office=office)
    for role in ROLES:
        place = {"agency": agency} if role in AGENCY_ROLES else {"office": office}
        user = make_user(role.value, role, **place)
        for holds in (True, False) if status in IN_REVIEW else (False,):
            case = _with(user if holds else other, status, owner)
            for act, run in sorted(
                ACTS.items(), key=lambda pair: may(pair[0], status, role, holds)
            ):
                allowed = may(act, status, role, holds)
                if allowed:
                    case = _with(user if holds else other, status, owner)
                try:
                    with scope_for(user):
                        run(case, user)
                    done = True
                except CaseError:
                    done = False
                assert done == allowed, f"{act} by {role} at {status}, holds: {holds}"
                if not done:
                    assert again(case).version == case.version
                    with system_scope():
                        assert not VerifierAnswer.objects.filter(case=case).exists()


def _with(reviewer, status, owner) -> Case:
    case = case_at(status, by=owner, fingerprint=secrets.token_hex(32))
    with system_scope():
        if case.status in IN_REVIEW:
            case.hand_to(reviewer, at=AT)
        case.papers_arrived_at = AT
        case.save()
    return case


def test_nobody_of_an_agency_corrects_an_answer(given_answer, caseworker, stranger):
    for user, refusal in ((caseworker, NotPermitted), (stranger, NoSuchCase)):
        with pytest.raises(refusal):
            corrected(given_answer, user)


# -- second looks --------------------------------------------------------------------------------


def sample_all(chief):
    with scope_for(chief):
        second_review.set_share(percent=100, by=chief, at=AT)


def test_a_share_of_answers_gets_a_second_look_and_its_agreement_is_kept(
    caseworker, verifier, second_verifier, chief
):
    sample_all(chief)
    case = taken(asked(caseworker), verifier)
    with scope_for(verifier):
        review.answer(
            case_number=case.number, version=case.version, given=WORKER, by=verifier, at=AT
        )
        assert second_review.take_next(by=verifier, at=AT) is None, "never one's own answer"
    with scope_for(second_verifier):
        look = second_review.take_next(by=second_verifier, at=AT)
        done = second_review.conclude(
            look_id=look.pk,
            given=AnswerInput(items=WORKER.items[:1]),
            by=second_verifier,
            at=AT,
        )
    assert (done.agrees, done.differing) == (False, [3])
    with scope_for(second_verifier), pytest.raises(CaseError):
        second_review.conclude(look_id=look.pk, given=WORKER, by=second_verifier, at=AT)


def test_agreement_asks_for_the_same_items_with_the_same_dates(
    caseworker, verifier, second_verifier, chief
):
    sample_all(chief)
    case = taken(asked(caseworker), verifier)
    with scope_for(verifier):
        review.answer(
            case_number=case.number, version=case.version, given=WORKER, by=verifier, at=AT
        )
    with scope_for(second_verifier):
        look = second_review.take_next(by=second_verifier, at=AT)
        assert second_review.conclude(
            look_id=look.pk,
            given=AnswerInput(items=tuple(reversed(WORKER.items))),
            by=second_verifier,
            at=AT,
        ).agrees


def test_the_share_is_kept_about_as_set(given_answer, chief):
    with scope_for(chief):
        second_review.set_share(percent=30, by=chief, at=AT)
        SecondReview.objects.all()
        drawn = 0
        for number in range(1000):
            answer = VerifierAnswer(pk=number)
            try:
                with system_scope():
                    drawn += second_review.draw(answer, at=AT) is not None
                    raise _Undo
            except _Undo:
                pass
    assert 240 <= drawn <= 360


class _Undo(Exception):
    """Takes a drawn sample back."""


def test_no_share_draws_nothing_and_only_the_supervisor_sets_it(
    caseworker, verifier, chief, supervisor
):
    with scope_for(chief):
        second_review.set_share(percent=0, by=chief, at=AT)
        with pytest.raises(InvalidSubmission):
            second_review.set_share(percent=101, by=chief, at=AT)
    for user in (verifier, supervisor):
        with scope_for(user), pytest.raises(NotPermitted):
            second_review.set_share(percent=50, by=user, at=AT)
    case = taken(asked(caseworker), verifier)
    with scope_for(verifier):
        review.answer(
            case_number=case.number, version=case.version, given=RESIDENT, by=verifier, at=AT
        )
    with system_scope():
        assert not SecondReview.objects.exists()
