"""The verifiers' pages as they answer: what they show to whom, and how they refuse."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.audit.models import DisclosureEvent
from tests import uploads as files
from tests.conftest import AT, make_user, resident, signed_in, unknown_person
from tests.verification.services.test_review import (
    RESIDENT,
    again,
    asked,
    sample_all,
    taken,
)
from verification.models import Case, ReviewDraft, SecondReview, VerifierAnswer
from verification.rules.review import AnswerInput
from verification.selectors.review_queue import QueueFilters, review_queue
from verification.selectors.workbench import workbench
from verification.services import additional, documents, initial, review, second_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def second_verifier(office):
    return make_user("Luis", Role.STATUS_VERIFIER, office=office)


@pytest.fixture
def chief(office):
    return make_user("Grace", Role.VERIFIER_SUPERVISOR, office=office)


@pytest.fixture
def bench(caseworker, verifier, people_on_record):
    """A case about the resident on record, with the verifier."""
    with scope_for(caseworker):
        case = initial.initiate(by=caseworker, at=AT, submission=resident())
        case = additional.request(
            case_number=case.number,
            version=case.version,
            reason="other",
            comment="Since when is she a resident?",
            by=caseworker,
            at=AT,
        )
    return taken(case, verifier)


def page(user, name, *args, **kwargs):
    return signed_in(user).get(reverse(f"verification:{name}", args=args), **kwargs)


def typed(case, **fields):
    return {"version": case.version, "items": ["1"], "item_1_since": "03/14/2023", **fields}


def test_each_office_begins_at_its_own_queue(verifier, chief, caseworker, office):
    for user, begins in (
        (verifier, "/review/"),
        (chief, "/review/"),
        (make_user("Rita", Role.RECORDS_OFFICER, office=office), "/corrections/"),
        (make_user("Paul", Role.PROGRAM_OFFICER, office=office), "/agreements/"),
        (make_user("Carl", Role.COMPLIANCE_OFFICER, office=office), "/program/accuracy/"),
    ):
        assert signed_in(user).get("/").headers["Location"] == begins
        assert signed_in(user).get(begins).status_code == 200
    assert signed_in(caseworker).get("/").status_code == 200


def test_nobody_but_the_verifiers_opens_their_pages(bench, caseworker, supervisor, office):
    clerk = make_user("Rita", Role.RECORDS_OFFICER, office=office)
    for user in (caseworker, supervisor, clerk):
        for path in ("/review/", f"/review/{bench.number}/"):
            assert signed_in(user).get(path).status_code == 403
        for name in ("take", "release", "hand-over", "review-draft"):
            path = reverse(f"verification:{name}", args=[bench.number])
            assert signed_in(user).post(path).status_code == 403
    assert again(bench).version == bench.version


def test_the_records_are_shown_to_who_has_the_case_and_the_look_is_logged(bench, verifier):
    shown = page(verifier, "workbench", bench.number)
    assert shown.status_code == 200
    assert b"ARREOLA-QUINONES" in shown.content
    with system_scope():
        look = DisclosureEvent.objects.get(actor_id=verifier.pk)
    assert look.case_number == bench.number
    assert "CIS.class_of_admission" in look.fields
    assert look.person_ref == "CIS:C1"


def test_a_colleague_sees_the_request_but_no_record(bench, second_verifier):
    shown = page(second_verifier, "workbench", bench.number)
    assert b"Vera Tester has this case" in shown.content
    assert b"ARREOLA-QUINONES" not in shown.content
    with system_scope():
        assert not DisclosureEvent.objects.filter(actor_id=second_verifier.pk).exists()


def test_taking_the_next_one_leads_to_its_workbench(caseworker, verifier):
    case = asked(caseworker)
    done = signed_in(verifier).post("/review/take-next/", {"step": "", "benefit": ""})
    assert done.headers["Location"] == f"/review/{case.number}/"
    done = signed_in(verifier).post("/review/take-next/", follow=True)
    assert b"Nothing waits to be taken" in done.content


def test_an_answer_given_on_the_page_is_what_the_caseworker_reads(bench, verifier, caseworker):
    signed_in(verifier).post(
        f"/review/{bench.number}/",
        typed(bench, act="answer", comment="Resident since March 14, 2023."),
    )
    shown = signed_in(caseworker).get(f"/cases/{bench.number}/").content.decode()
    assert "A status verifier answered: lawful permanent resident, since March 14, 2023." in shown
    assert "Resident since March 14, 2023." in shown
    assert "Eligible, or not. Your agency decides" in shown
    assert verifier.full_name not in shown


def test_the_preview_is_word_for_word_what_the_agency_reads(bench, verifier, caseworker):
    fields = typed(bench, comment="Resident since March 14, 2023.")
    preview = signed_in(verifier).post(f"/review/{bench.number}/draft/", fields).content.decode()
    signed_in(verifier).post(f"/review/{bench.number}/", {**fields, "act": "answer"})
    read = signed_in(caseworker).get(f"/cases/{bench.number}/").content.decode()
    for words in (
        "A status verifier answered: lawful permanent resident, since March 14, 2023.",
        "Resident since March 14, 2023.",
        "An immigrant allowed to live here for good.",
        "Form G-845, item 1",
    ):
        assert words in preview
        assert words in read


def test_the_preview_keeps_the_draft(bench, verifier):
    signed_in(verifier).post(f"/review/{bench.number}/draft/", typed(bench, comment="half a"))
    with system_scope():
        kept = ReviewDraft.objects.get(case=bench)
    assert kept.data["comment"] == "half a"
    assert kept.data["items"] == ["1"]
    shown = page(verifier, "workbench", bench.number).content.decode()
    assert "half a</textarea>" in shown
    assert 'value="03/14/2023"' in shown


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"items": ["1", "10"]}, "cannot both be true"),
        ({"item_1_since": "13/45/2023"}, "Write a date as month/day/year"),
        ({"comment": "Passport P1234567."}, "never leave the records (S8.2)"),
        ({"items": []}, "Tick what is true"),
    ],
)
def test_what_cannot_be_given_is_explained_and_kept(fields, sentence, bench, verifier):
    refused = signed_in(verifier).post(
        f"/review/{bench.number}/", typed(bench, act="answer", **fields)
    )
    assert refused.status_code == 422
    assert sentence in refused.content.decode()
    assert "Nothing was given. What you typed is kept." in refused.content.decode()
    with system_scope():
        assert not VerifierAnswer.objects.exists()
        assert ReviewDraft.objects.get(case=bench).data["item_1_since"]


def test_a_page_from_before_a_withdrawal_gives_nothing_and_says_so(bench, verifier, caseworker):
    signed_in(caseworker).post(
        f"/cases/{bench.number}/close/", {"version": bench.version, "reason": "withdrawn"}
    )
    refused = signed_in(verifier).post(f"/review/{bench.number}/", typed(bench, act="answer"))
    assert refused.status_code == 409
    assert b"not in review" in refused.content
    queue = signed_in(verifier).get("/review/").content.decode()
    assert "while you had it" in queue
    with system_scope():
        notice = ReviewDraft.objects.get()
    signed_in(verifier).post(f"/review/withdrawn/{notice.pk}/")
    assert "while you had it" not in signed_in(verifier).get("/review/").content.decode()


def test_item_19_alone_is_an_interim_answer(bench, verifier):
    signed_in(verifier).post(
        f"/review/{bench.number}/", {"version": bench.version, "items": ["19"], "act": "answer"}
    )
    with system_scope():
        assert VerifierAnswer.objects.get().kind == "interim"
    assert again(bench).status == "additional_in_review"


def test_documents_are_asked_for_by_name(bench, verifier, caseworker):
    signed_in(verifier).post(
        f"/review/{bench.number}/",
        {"version": bench.version, "send_again": ["both_sides"], "act": "documents"},
    )
    assert again(bench).status == "g845_recommended"
    shown = signed_in(caseworker).get(f"/cases/{bench.number}/").content.decode()
    assert "Both sides of the document." in shown


def test_a_corrected_answer_is_marked_and_the_first_one_kept(bench, verifier, caseworker):
    with scope_for(verifier):
        first = review.answer(
            case_number=bench.number, version=bench.version, given=RESIDENT, by=verifier, at=AT
        )
    path = f"/review/answers/{first.pk}/correct/"
    assert 'value="02/03/2020"' in signed_in(verifier).get(path).content.decode()
    signed_in(verifier).post(path, {"items": ["2"], "correction_note": "It is conditional."})
    shown = signed_in(caseworker).get(f"/cases/{bench.number}/").content.decode()
    assert "Corrected answer: conditional permanent resident." in shown
    assert "no longer holds." in shown
    assert "No longer holds: corrected on" in shown
    assert signed_in(verifier).get(path).status_code == 404


def test_nobody_else_corrects_by_knowing_the_address(bench, verifier, second_verifier):
    with scope_for(verifier):
        first = review.answer(
            case_number=bench.number, version=bench.version, given=RESIDENT, by=verifier, at=AT
        )
    path = f"/review/answers/{first.pk}/correct/"
    assert signed_in(second_verifier).get(path).status_code == 404


def test_a_second_look_does_not_show_the_first_answer(bench, verifier, second_verifier, chief):
    sample_all(chief)
    with scope_for(verifier):
        review.answer(
            case_number=bench.number, version=bench.version, given=RESIDENT, by=verifier, at=AT
        )
    taken_up = signed_in(second_verifier).post("/review/second-looks/take/")
    path = taken_up.headers["Location"]
    blind = signed_in(second_verifier).get(path).content.decode()
    assert "ARREOLA-QUINONES" in blind
    beside = page(second_verifier, "workbench", bench.number).content.decode()
    for shown in (blind, beside):
        assert "Answers given" not in shown
        assert "February 3, 2020" not in shown
    signed_in(second_verifier).post(path, {"items": ["1"], "item_1_since": "02/03/2020"})
    with system_scope():
        assert SecondReview.objects.get().agrees is True
    assert signed_in(verifier).get(path).status_code == 404


def test_a_second_look_can_be_given_back(bench, verifier, second_verifier, chief):
    sample_all(chief)
    with scope_for(verifier):
        review.answer(
            case_number=bench.number, version=bench.version, given=RESIDENT, by=verifier, at=AT
        )
    path = signed_in(second_verifier).post("/review/second-looks/take/").headers["Location"]
    signed_in(second_verifier).post(path, {"act": "give_back"})
    with scope_for(chief):
        assert second_review.take_next(by=chief, at=AT) is not None


def test_no_passport_or_visa_number_reaches_the_agency(caseworker, verifier, tmp_path):
    from tests.conftest import write_upload
    from verification.records import index, loading

    row = {
        "record_id": "A1",
        "updated_at": "2026-11-01T00:00:00Z",
        "family_name": "BAUTISTA",
        "given_name": "ROSALIND",
        "date_of_birth": "1990-05-31",
        "a_number": "200000001",
        "i94_number": "648812035B7",
        "class_of_admission": "F1",
        "passport_number": "ZX0418827",
        "passport_country": "IND",
        "visa_number": "4471HK92",
    }
    loading.load("ADIS", write_upload(tmp_path / "ADIS.csv", [row]), full=True)
    index.build()
    case = taken(asked(caseworker), verifier)
    seen = page(verifier, "workbench", case.number).content.decode()
    assert "ZX0418827" in seen
    assert "never returned" in seen
    for text in ("see ZX 041 88 27", "the foil 4471-HK92"):
        refused = signed_in(verifier).post(
            f"/review/{case.number}/", typed(case, act="answer", comment=text)
        )
        assert refused.status_code == 422
    signed_in(verifier).post(f"/review/{case.number}/", typed(case, act="answer"))
    for path in ("", "print/", "details.pdf"):
        read = signed_in(caseworker).get(f"/cases/{case.number}/{path}").content
        assert b"ZX0418827" not in read
        assert b"4471HK92" not in read


def test_handing_over_shows_what_each_colleague_has(bench, verifier, second_verifier, caseworker):
    taken(asked(caseworker, a_number="200000002"), second_verifier)
    shown = page(verifier, "workbench", bench.number).content.decode()
    assert "Luis Tester: 1 case, first due " in shown
    assert "Vera Tester:" not in shown
    with CaptureQueriesContext(connection) as caught, scope_for(verifier):
        workbench(user=verifier, number=bench.number, at=AT)
    assert (
        len([q for q in caught if q["sql"].startswith("SELECT ") and "set_config" not in q["sql"]])
        == 9
    )


def test_protected_records_are_for_the_cleared_alone_and_never_for_the_agency(
    caseworker, verifier, chief, tmp_path
):
    from tests.conftest import write_upload
    from verification.records import index, loading

    person = {
        "updated_at": "2026-11-01T00:00:00Z",
        "family_name": "BAUTISTA",
        "given_name": "ROSALIND",
        "date_of_birth": "1990-05-31",
        "a_number": "200000001",
    }
    files_of = {
        "CIS": {
            **person,
            "record_id": "C90000009",
            "class_of_admission": "B11",
            "file_control_office": "VSC",
        },
        "RAPS": {
            **person,
            "record_id": "R90000009",
            "filed_on": "2021-02-03",
            "decision": "PENDING",
        },
        "ADIS": {
            **person,
            "record_id": "A90000009",
            "class_of_admission": "F1",
            "i94_number": "648812035B7",
        },
    }
    for system, row in files_of.items():
        loading.load(system, write_upload(tmp_path / f"{system}.csv", [row]), full=True)
    index.build()
    kept = ("B11", "VSC", "2021-02-03", "Feb 3, 2021", "C90000009", "R90000009")
    case = taken(asked(caseworker), verifier)

    seen = page(verifier, "workbench", case.number).content.decode()
    asked_for = {"purpose": "Case on the phone", "a_number": "200000001"}
    queried = signed_in(verifier).post("/person-query/", asked_for).content.decode()
    for shown in (seen, queried):
        assert "648812035B7" in shown.replace(" ", "")
        assert not [value for value in kept if value in shown]
    with scope_for(chief):
        review.hand_over(
            case_number=case.number, version=again(case).version, to=chief, by=chief, at=AT
        )
    for shown in (
        page(chief, "workbench", case.number).content.decode(),
        signed_in(chief).post("/person-query/", asked_for).content.decode(),
    ):
        assert "B11" in shown
        assert "2021" in shown
    refused = signed_in(chief).post(
        f"/review/{case.number}/", typed(again(case), act="answer", comment="An asylum case pends")
    )
    assert refused.status_code == 422
    signed_in(chief).post(f"/review/{case.number}/", typed(again(case), act="answer"))
    for path in ("", "print/"):
        read = signed_in(caseworker).get(f"/cases/{case.number}/{path}").content.decode()
        assert "Lawful permanent resident" in read
        assert not [value for value in (*kept, "RAPS", "sylum") if value in read]


@pytest.mark.parametrize("many", [0, 1, 30])
def test_the_queue_is_read_by_the_same_queries_however_long(many, caseworker, verifier):
    for number in range(many):
        asked(caseworker, a_number=f"2000001{number:02d}")
    with (
        scope_for(verifier),
        CaptureQueriesContext(
            connection,
        ) as seen,
    ):
        found = review_queue(user=verifier, at=AT, filters=QueueFilters(), cursor=None)
    assert (len(found.rows), found.waiting) == (many, many)
    assert len([q for q in seen if q["sql"].startswith("SELECT") and " FROM " in q["sql"]]) <= 12


def test_the_queue_is_narrowed_by_step_benefit_reason_and_holder(
    caseworker, verifier, second_verifier
):
    first = asked(caseworker, a_number="200000101", benefits=("medicaid",))
    second = asked(caseworker, a_number="200000102", reason="vawa")
    third = taken(asked(caseworker, a_number="200000103"), second_verifier)

    def numbers(**filters):
        with scope_for(verifier):
            found = review_queue(user=verifier, at=AT, filters=QueueFilters(**filters), cursor=None)
        return {row.case.pk for row in found.rows}

    assert numbers() == {first.pk, second.pk}
    assert numbers(whose="all") == {first.pk, second.pk, third.pk}
    assert numbers(whose="mine") == set()
    assert numbers(benefit="medicaid") == {first.pk}
    assert numbers(reason="vawa") == {second.pk}
    assert numbers(step="g845") == set()


def test_the_queue_and_the_next_one_are_narrowed_by_the_language_of_the_copies(
    caseworker, verifier
):
    first = asked(caseworker, a_number="200000101")
    with scope_for(caseworker):
        second = initial.initiate(
            by=caseworker, at=AT, submission=unknown_person(a_number="200000102")
        )
        documents.add(
            case_number=second.number,
            content=files.encoded("JPEG"),
            name="acta.jpg",
            kind="front",
            language="es",
            by=caseworker,
            at=AT,
        )
        additional.request(
            case_number=second.number, version=1, reason="prompted", by=caseworker, at=AT
        )
    with scope_for(verifier):
        spanish = QueueFilters.read({"language": "es"})
        found = review_queue(user=verifier, at=AT, filters=spanish, cursor=None)
        assert [row.case.pk for row in found.rows] == [second.pk]
        assert review.take_next(by=verifier, at=AT, language="ar") is None
        assert review.take_next(by=verifier, at=AT, reason="vawa") is None
    taken_next = signed_in(verifier).post(reverse("verification:take-next"), {"language": "es"})
    assert second.number in taken_next.headers["Location"]
    assert first.number in signed_in(verifier).get("/review/").content.decode()


def test_every_answer_on_paper_is_in_the_agency_s_words(bench, verifier, caseworker):
    with scope_for(verifier):
        review.answer(
            case_number=bench.number,
            version=bench.version,
            given=AnswerInput(items=({"item": 20, "appears": ["altered", "expired"]},)),
            by=verifier,
            at=AT,
        )
    paper = signed_in(caseworker).get(f"/cases/{bench.number}/print/").content.decode()
    assert "The document does not appear valid, expired and altered" in paper
    assert "not of the person" in paper
    assert Case.objects.count() == 0, "outside of a scope nothing is read"
