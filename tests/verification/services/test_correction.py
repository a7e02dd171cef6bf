"""A wrong datum: who is asked, what comes of it, and who is told (S3.10, S7.2)."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import Error, close_old_connections, connection

from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.audit.models import AuditEvent, DisclosureEvent
from save_portal.outbox import queue
from tests import uploads as files
from tests.conftest import AT, make_user, resident, unknown_person, write_upload
from verification.errors import CaseError, InvalidSubmission, NotPermitted, StaleCase, WrongStatus
from verification.lifecycles.correction import TRANSITIONS, CorrectionStatus
from verification.models import (
    AnswerCheck,
    ChargeEvent,
    CorrectionEvidence,
    CorrectionNotice,
    CorrectionRequest,
    VerifierAnswer,
)
from verification.records import index, loading
from verification.rules.review import AnswerInput
from verification.selectors.review_queue import QueueFilters, review_queue
from verification.services import additional, correction, initial, review

MISSPELLED = resident(family_name="Arreola-Quinonez", given_name="Ana Luz")


@pytest.fixture
def records_officer(office):
    return make_user("Rita", Role.RECORDS_OFFICER, office=office)


def drafted(verifier, *, field="given_name", ref="CIS:C1"):
    with scope_for(verifier):
        return correction.draft(record_ref=ref, field=field, by=verifier, at=AT)


def sent(verifier, *, proposed="ANA LUZ", field="given_name"):
    request = drafted(verifier, field=field)
    with scope_for(verifier):
        return correction.send(
            request_id=request.pk,
            version=request.version,
            proposed_value=proposed,
            reason="The birth certificate shows it.",
            by=verifier,
            at=AT,
        )


def decided(request, by, decision="accept", reply="Corrected."):
    with scope_for(by):
        return correction.decide(
            request_id=request.pk,
            version=request.version,
            decision=decision,
            reply=reply,
            by=by,
            at=AT,
        )


def upload_of_cis(directory, **changes):
    """The source's next daily file, with the record as it is now."""
    row = {
        "record_id": "C1",
        "updated_at": "2026-11-21T00:00:00Z",
        "country_of_birth": "MEX",
        "sex": "F",
        "a_number": "209448177",
        "family_name": "ARREOLA-QUINONES",
        "given_name": "ANA LUCIA",
        "date_of_birth": "1990-05-31",
        "country_of_citizenship": "MEX",
        "class_of_admission": "IR6",
        "entry_date": "2021-08-02",
        "port_of_entry": "El Paso",
        "status_date": "2023-03-14",
        "card_number": "MSC2155330947",
    }
    loading.load("CIS", write_upload(directory / "CIS-2.csv", [{**row, **changes}]))
    index.build()


@pytest.mark.django_db
def test_the_request_keeps_what_the_record_says_and_goes_to_the_office_that_owns_it(
    verifier, people_on_record
):
    request = drafted(verifier)

    assert request.present_value == "ANA LUCIA"
    assert request.owner == "uscis_records"
    assert drafted(verifier, ref="SEVIS:S1").owner == "school_or_sponsor"
    assert drafted(verifier, ref="ISRS:I1", field="expires_on").owner == "uscis_records"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ref", "field"),
    [
        ("CIS:NOBODY", "given_name"),
        ("CIS:C1", "no_such_column"),
        ("CIS:C1", "record_id"),
        ("ELSEWHERE:C1", "given_name"),
        ("", ""),
    ],
)
def test_there_is_no_request_about_what_is_not_in_the_records(
    verifier, people_on_record, ref, field
):
    with pytest.raises(CaseError, match="no such datum"):
        drafted(verifier, ref=ref, field=field)


@pytest.mark.django_db
def test_the_same_datum_is_asked_about_once(verifier, people_on_record):
    assert drafted(verifier).pk == drafted(verifier).pk
    with system_scope():
        assert CorrectionRequest.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("proposed", "reason", "field"),
    [
        ("", "It is so.", "proposed_value"),
        ("ANA LUCIA", "It is so.", "proposed_value"),
        ("ANA LUZ", " ", "reason"),
        ("A" * 81, "It is so.", "proposed_value"),
    ],
)
def test_what_cannot_be_sent_is_refused_at_its_field(
    verifier, people_on_record, proposed, reason, field
):
    request = drafted(verifier)
    with scope_for(verifier), pytest.raises(InvalidSubmission) as refused:
        correction.send(
            request_id=request.pk,
            version=1,
            proposed_value=proposed,
            reason=reason,
            by=verifier,
            at=AT,
        )
    assert field in refused.value.field_errors


@pytest.mark.django_db
def test_a_date_is_proposed_as_the_system_writes_dates(verifier, people_on_record):
    request = drafted(verifier, field="date_of_birth")
    with scope_for(verifier), pytest.raises(InvalidSubmission, match="YYYY-MM-DD"):
        correction.send(
            request_id=request.pk,
            version=1,
            proposed_value="31/05/1990",
            reason="The passport shows it.",
            by=verifier,
            at=AT,
        )


@pytest.mark.django_db
def test_the_owner_has_twenty_federal_working_days(verifier, people_on_record):
    request = sent(verifier)

    assert request.status == CorrectionStatus.SENT
    assert request.due_on.isoformat() == "2026-12-21"  # Thanksgiving is left out
    assert request.due_because["working_days"] == 20


@pytest.mark.django_db
def test_only_the_records_office_decides_and_no_agency_asks(verifier, caseworker, people_on_record):
    request = sent(verifier)

    with pytest.raises(NotPermitted):
        decided(request, verifier)
    with pytest.raises(NotPermitted):
        drafted(caseworker)


@pytest.mark.django_db
def test_a_refusal_says_why_and_whoever_asked_is_told(verifier, records_officer, people_on_record):
    request = sent(verifier)
    with pytest.raises(InvalidSubmission, match="Say why"):
        decided(request, records_officer, "reject", "")

    rejected = decided(request, records_officer, "reject", "The certificate says otherwise.")

    assert rejected.status == CorrectionStatus.REJECTED
    with system_scope():
        queue.deliver_due(AT + timedelta(days=3650))
    (letter,) = mail.outbox
    assert letter.to == [verifier.email]
    assert "Arreola" not in letter.body
    assert "ANA" not in letter.body


@pytest.mark.django_db
def test_evidence_that_is_asked_for_sends_the_request_again(
    verifier, records_officer, people_on_record
):
    asked = decided(sent(verifier), records_officer, "ask_for_evidence", "Which certificate?")
    with scope_for(verifier):
        again = correction.give_evidence(
            request_id=asked.pk,
            version=asked.version,
            evidence="Copy 2 of the case.",
            by=verifier,
            at=AT + timedelta(days=7),
        )

    assert again.status == CorrectionStatus.SENT
    assert "Copy 2" in again.evidence
    assert again.due_on > asked.due_on


@pytest.mark.django_db
def test_a_page_that_is_no_longer_current_changes_nothing(
    verifier, records_officer, people_on_record
):
    request = sent(verifier)
    decided(request, records_officer, "ask_for_evidence", "Which certificate?")
    with scope_for(verifier), pytest.raises(StaleCase):
        correction.close(
            request_id=request.pk, version=request.version, closure="withdrawn", by=verifier, at=AT
        )


@pytest.mark.django_db
def test_nothing_is_called_corrected_before_the_source_shows_it(
    verifier, records_officer, people_on_record, tmp_path
):
    accepted = decided(sent(verifier), records_officer)
    with scope_for(records_officer), pytest.raises(WrongStatus, match="does not show"):
        correction.close(
            request_id=accepted.pk,
            version=accepted.version,
            closure="source_corrected",
            by=records_officer,
            at=AT,
        )
    assert correction.settle(at=AT) == (0, 0)

    upload_of_cis(tmp_path, given_name="ANA LUZ")

    assert correction.settle(at=AT) == (1, 0)
    with system_scope():
        settled = CorrectionRequest.objects.get()
    assert (settled.status, settled.closure) == ("closed", "source_corrected")


@pytest.mark.django_db
def test_each_agency_that_was_misled_is_told_once_and_may_ask_the_same_again(
    caseworker, stranger, verifier, records_officer, people_on_record, tmp_path
):
    for user in (caseworker, stranger):
        with scope_for(user):
            misled = initial.initiate(by=user, at=AT, submission=MISSPELLED)
            assert misled.status == "initial_unconfirmed"
    with scope_for(caseworker):
        other = initial.initiate(by=caseworker, at=AT, submission=unknown_person())
        mine = initial.initiate(
            by=caseworker, at=AT, submission=resident(benefits=("medicaid",), given_name="Ana Luz")
        )
    decided(sent(verifier), records_officer)
    upload_of_cis(tmp_path, given_name="ANA LUZ", family_name="ARREOLA-QUINONEZ")
    later = AT + timedelta(days=2)

    closed, told = correction.settle(at=later)

    assert closed == 1
    assert told == 3
    assert correction.settle(at=later) == (0, 0)
    with system_scope():
        notices = set(CorrectionNotice.objects.values_list("case__number", flat=True))
        queue.deliver_due(AT + timedelta(days=3650))
    assert mine.number in notices
    assert other.number not in notices
    letters = [m for m in mail.outbox if "record was corrected" in m.subject]
    assert sorted(m.to[0] for m in letters) == sorted(
        [caseworker.email, caseworker.email, stranger.email]
    )
    assert all("Luz" not in m.body and "LUZ" not in m.body for m in letters)
    with scope_for(caseworker):
        mine.refresh_from_db()
        again = initial.retry(
            case_number=mine.number,
            version=mine.version,
            by=caseworker,
            at=later + timedelta(hours=1),
            submission=resident(benefits=("medicaid",), given_name="Ana Luz"),
        )
        assert again.initial_answers.count() == 2
        assert ChargeEvent.objects.filter(case=again).count() == 2
        with pytest.raises(CaseError, match="Nothing was changed"):
            initial.retry(
                case_number=mine.number,
                version=again.version,
                by=caseworker,
                at=later + timedelta(hours=2),
                submission=resident(benefits=("medicaid",), given_name="Ana Luz"),
            )


@pytest.mark.django_db
def test_an_answer_that_stays_the_same_is_not_disturbed(
    caseworker, verifier, records_officer, people_on_record, tmp_path
):
    with scope_for(caseworker):
        initial.initiate(by=caseworker, at=AT, submission=unknown_person())
    decided(sent(verifier, proposed="M", field="sex"), records_officer)
    upload_of_cis(tmp_path, sex="M")

    assert correction.settle(at=AT + timedelta(days=1)) == (1, 0)


@pytest.mark.django_db
def test_answers_older_than_180_days_are_left_in_peace(
    caseworker, verifier, records_officer, people_on_record, tmp_path
):
    with scope_for(caseworker):
        initial.initiate(by=caseworker, at=AT - timedelta(days=200), submission=MISSPELLED)
    decided(sent(verifier), records_officer)
    upload_of_cis(tmp_path, given_name="ANA LUZ", family_name="ARREOLA-QUINONEZ")

    assert correction.settle(at=AT) == (1, 0)


@pytest.mark.django_db
def test_an_old_case_that_was_answered_of_late_is_told_too(
    caseworker, verifier, records_officer, people_on_record, tmp_path
):
    begun = AT - timedelta(days=200)
    with scope_for(caseworker):
        case = initial.initiate(by=caseworker, at=begun, submission=unknown_person())
        initial.retry(
            case_number=case.number,
            version=case.version,
            submission=MISSPELLED,
            by=caseworker,
            at=AT - timedelta(days=100),
        )
    decided(sent(verifier), records_officer)
    upload_of_cis(tmp_path, given_name="ANA LUZ", family_name="ARREOLA-QUINONEZ")

    assert correction.settle(at=AT) == (1, 1)


@pytest.fixture
def answered(caseworker, verifier, people_on_record):
    """A verifier's answer drawn from the record that is corrected afterwards."""
    with scope_for(caseworker):
        case = initial.initiate(by=caseworker, at=AT, submission=resident())
        additional.request(
            case_number=case.number,
            version=case.version,
            reason="other",
            comment="Since when?",
            by=caseworker,
            at=AT,
        )
    with scope_for(verifier):
        taken = review.take_next(by=verifier, at=AT)
        return review.answer(
            case_number=taken.number,
            version=taken.version,
            given=AnswerInput(items=({"item": 1, "since": "2023-03-14"},)),
            by=verifier,
            at=AT,
        )


def corrected_class(verifier, records_officer, directory):
    decided(sent(verifier, field="class_of_admission", proposed="IR1"), records_officer)
    upload_of_cis(directory, class_of_admission="IR1")
    correction.settle(at=AT + timedelta(days=2))


@pytest.mark.django_db
def test_what_a_verifier_answered_out_of_it_is_checked_again_by_that_verifier(
    answered, verifier, records_officer, tmp_path
):
    assert "CIS:C1" in answered.record_refs
    corrected_class(verifier, records_officer, tmp_path)

    with system_scope():
        [check] = AnswerCheck.objects.all()
        assert (check.answer_id, check.done_at) == (answered.pk, None)
        queue.deliver_due(AT + timedelta(days=3650))
    [letter] = [m for m in mail.outbox if "Check the answer" in m.subject]
    assert letter.to == [verifier.email]
    assert "IR1" not in letter.body

    with scope_for(verifier):
        page = review_queue(user=verifier, at=AT, filters=QueueFilters(), cursor=None)
        assert [each.answer_id for each in page.to_check] == [answered.pk]
        review.correct_answer(
            answer_id=answered.pk,
            given=AnswerInput(
                items=({"item": 1, "since": "2021-08-02"},), correction_note="The date was wrong."
            ),
            by=verifier,
            at=AT + timedelta(days=3),
        )
    with system_scope():
        assert AnswerCheck.objects.get().done_by == verifier


@pytest.mark.django_db
def test_an_answer_that_still_holds_disturbs_no_agency(
    answered, verifier, caseworker, records_officer, tmp_path
):
    corrected_class(verifier, records_officer, tmp_path)
    with scope_for(caseworker), pytest.raises(NotPermitted):
        review.still_holds(answer_id=answered.pk, by=caseworker, at=AT)
    with scope_for(verifier):
        review.still_holds(answer_id=answered.pk, by=verifier, at=AT + timedelta(days=3))
        page = review_queue(user=verifier, at=AT, filters=QueueFilters(), cursor=None)

    assert page.to_check == []
    with system_scope():
        assert AuditEvent.objects.filter(verb="case.answer_holds").count() == 1
        assert VerifierAnswer.objects.count() == 1


@pytest.mark.django_db
def test_evidence_is_drawn_anew_kept_once_and_seen_by_the_offices_alone(
    verifier, records_officer, caseworker, people_on_record
):
    request = drafted(verifier)
    card = files.encoded("JPEG")
    with scope_for(verifier):
        kept = correction.add_evidence(
            request_id=request.pk, content=card, name="birth.jpg", by=verifier, at=AT
        )
        again = correction.add_evidence(
            request_id=request.pk, content=card, name="birth.jpg", by=verifier, at=AT
        )
        with pytest.raises(InvalidSubmission) as refused:
            correction.add_evidence(
                request_id=request.pk, content=b"MZ\x90", name="run.exe", by=verifier, at=AT
            )
    assert again.pk == kept.pk
    assert "run.exe" in refused.value.field_errors["file"]
    arguments = {"request_id": request.pk, "evidence_id": kept.pk, "page": 1}
    with scope_for(records_officer):
        picture = correction.evidence_page(**arguments, by=records_officer, at=AT)
    assert picture.startswith(b"\xff\xd8")
    with scope_for(caseworker):
        assert not CorrectionEvidence.objects.exists()
        with pytest.raises(CaseError, match="no such request"):
            correction.evidence_page(**arguments, by=caseworker, at=AT)
    with system_scope():
        seen = DisclosureEvent.objects.filter(purpose="correction")
        assert seen.get().fields == [f"evidence {kept.pk}, page 1"]


@pytest.mark.django_db
def test_nothing_is_added_to_what_was_decided(verifier, records_officer, people_on_record):
    request = decided(sent(verifier), records_officer)
    with scope_for(verifier), pytest.raises(WrongStatus, match="Nothing can be added"):
        correction.add_evidence(
            request_id=request.pk,
            content=files.encoded("JPEG"),
            name="late.jpg",
            by=verifier,
            at=AT,
        )


@pytest.mark.django_db
def test_two_systems_that_disagree_go_to_both_owners(verifier, people_on_record, tmp_path):
    admission = {
        "record_id": "A1",
        "updated_at": "2026-11-01T00:00:00Z",
        "family_name": "DELGADO",
        "given_name": "SOFIA",
        "date_of_birth": "2001-03-02",
        "i94_number": "021300016J6",
        "class_of_admission": "F1",
        "admitted_until": "D/S",
    }
    loading.load("ADIS", write_upload(tmp_path / "ADIS.csv", [admission]))
    index.build()
    first = drafted(verifier, ref="SEVIS:S1", field="date_of_birth")
    with scope_for(verifier):
        second = correction.raise_disagreement(
            request_id=first.pk, other_ref="ADIS:A1", by=verifier, at=AT
        )
        first.refresh_from_db()

    assert (first.owner, second.owner) == ("school_or_sponsor", "cbp")
    assert first.disagrees_with_id == second.pk
    with scope_for(verifier), pytest.raises(CaseError, match="two different owners"):
        correction.raise_disagreement(request_id=second.pk, other_ref="ADIS:A1", by=verifier, at=AT)


@pytest.mark.django_db
def test_every_act_is_in_the_audit_log_and_in_the_history(
    verifier, records_officer, people_on_record
):
    accepted = decided(sent(verifier), records_officer)
    with system_scope():
        verbs = list(
            AuditEvent.objects.filter(subject_type="correction")
            .order_by("id")
            .values_list("verb", flat=True)
        )
        assert verbs == ["correction.drafted", "correction.sent", "correction.accepted"]
        assert accepted.history.count() == 3
        events = str(list(AuditEvent.objects.values_list("data", flat=True)))
    assert "ANA" not in events


@pytest.mark.django_db(transaction=True)
def test_postgresql_refuses_every_move_that_is_not_in_the_table(verifier, people_on_record):
    legal = {(s.value, t.target.value) for t in TRANSITIONS for s in t.sources}
    request = drafted(verifier)
    for target in CorrectionStatus.values:
        if ("drafted", target) in legal or target == "drafted":
            continue
        with pytest.raises(Error), system_scope(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE verification_correctionrequest SET status = %s WHERE id = %s",
                [target, request.pk],
            )
    with pytest.raises(Error, match="delete"), system_scope(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM verification_correctionrequest")


@pytest.mark.django_db(transaction=True)
def test_eight_officers_at_once_make_one_decision(verifier, office, people_on_record):
    request = sent(verifier)
    officers = [make_user(f"Rita{n}", Role.RECORDS_OFFICER, office=office) for n in range(8)]
    results: list[str] = []
    barrier = threading.Barrier(len(officers))

    def decide(officer):
        barrier.wait()
        try:
            results.append(decided(request, officer).status)
        except CaseError as refused:
            results.append(type(refused).__name__)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=decide, args=[officer]) for officer in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results.count("accepted") == 1
    assert len(results) == 8
