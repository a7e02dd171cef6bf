"""Form G-845: asked for, mailed, arrived; the paper form alone; the charges of S3.3 and S3.4."""

from datetime import date, timedelta

import pytest

from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.audit.models import AuditEvent
from save_portal.outbox.models import Message
from tests.conftest import AT, make_agency, make_user, resident, unknown_person
from verification.errors import (
    CaseError,
    DuplicateCase,
    InvalidSubmission,
    NoAgreement,
    NotPermitted,
    StaleCase,
    WrongStatus,
)
from verification.lifecycles.case import CaseStatus
from verification.models import Case, ChargeEvent, G845Form, G845Mailing
from verification.services import additional, closing, g845, initial, paper_form
from verification.services.locking import NoSuchCase

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


def initiate(by, submission):
    with scope_for(by):
        return initial.initiate(by=by, at=AT, submission=submission)


def now(case) -> Case:
    with system_scope():
        return Case.objects.get(pk=case.pk)


def charges(case) -> list[str]:
    with system_scope():
        return [event.kind for event in ChargeEvent.objects.filter(case_id=case.pk)]


def answered(by, verifier, submission=None) -> Case:
    """A case whose additional verification was answered."""
    case = initiate(by, submission or unknown_person())
    with scope_for(by):
        additional.request(
            case_number=case.number, version=1, reason="prompted", comment="", by=by, at=AT
        )
    return by_verifier(case, verifier, "take_additional", "answer_additional")


def by_verifier(case, verifier, *moves) -> Case:
    """The verifier's side of the life cycle, without an answer's text."""
    with scope_for(verifier):
        case = Case.objects.get(pk=case.pk)
        for move in moves:
            taking = {"by": verifier, "at": AT} if move.startswith("take") else {}
            getattr(case, move)(**taking)
            case.touch(at=AT)
            case.save()
    return case


def ask(case, by, *, reason="document_doubtful", comment="", supplement=(), version=None):
    with scope_for(by):
        return g845.ask_for(
            case_number=case.number,
            version=version or now(case).version,
            reason=reason,
            comment=comment,
            supplement=supplement,
            by=by,
            at=AT,
        )


def mail(case, by, *, mailed_on=TODAY, version=None, at=AT):
    with scope_for(by):
        return g845.mark_mailed(
            case_number=case.number,
            version=version or now(case).version,
            mailed_on=mailed_on,
            by=by,
            at=at,
        )


def arrive(number, by, at=AT):
    with scope_for(by):
        return g845.record_arrival(case_number=number, by=by, at=at)


@pytest.fixture
def recommended(caseworker, verifier, people_on_record):
    return ask(answered(caseworker, verifier), caseworker)


class TestAsking:
    def test_after_additional_verification_the_form_is_free(
        self, caseworker, verifier, people_on_record
    ):
        case = ask(answered(caseworker, verifier), caseworker)
        assert case.status == CaseStatus.G845_RECOMMENDED
        assert charges(case) == ["initial", "additional"]
        assert case.due_on == date(2026, 11, 30)

    def test_a_doubted_document_skips_additional_verification_and_is_charged_for_it(
        self, caseworker, people_on_record
    ):
        case = initiate(caseworker, resident(document_doubt="The photo looks replaced"))
        asked = ask(case, caseworker)
        assert asked.status == CaseStatus.G845_RECOMMENDED
        assert charges(case) == ["initial", "g845"]
        assert asked.told_applicant_by == caseworker
        assert asked.wish == "wants"

    def test_a_document_of_no_known_kind_may_skip_it_too(self, caseworker, people_on_record):
        other = unknown_person(
            document_type="other_a_number", card_number="", document_description="Court order"
        )
        assert ask(initiate(caseworker, other), caseworker).status == "g845_recommended"

    def test_an_ordinary_prompt_goes_to_additional_verification_first(
        self, caseworker, people_on_record
    ):
        case = initiate(caseworker, unknown_person())
        with pytest.raises(WrongStatus, match="comes first") as refused:
            ask(case, caseworker)
        assert refused.value.rule == "S3.9"
        assert charges(case) == ["initial"]

    def test_a_second_form_on_one_case_costs_nothing(self, caseworker, verifier, people_on_record):
        case = initiate(caseworker, resident(document_doubt="Blurred seal"))
        mail(ask(case, caseworker), caseworker)
        arrive(case.number, verifier)
        by_verifier(case, verifier, "take_g845", "answer_g845")
        again = ask(case, caseworker, reason="other", comment="The applicant has a newer card")
        assert again.status == CaseStatus.G845_RECOMMENDED
        assert again.papers_arrived_at is None
        assert charges(case) == ["initial", "g845"]

    @pytest.mark.parametrize("status", ["initial_confirmed", "additional_requested", "closed"])
    def test_where_nothing_is_to_be_settled_it_is_refused(
        self, caseworker, people_on_record, status
    ):
        case = initiate(caseworker, resident())
        with scope_for(caseworker):
            if status == "additional_requested":
                additional.request(
                    case_number=case.number,
                    version=1,
                    reason="date_needed",
                    comment="The grant date",
                    by=caseworker,
                    at=AT,
                )
            elif status == "closed":
                closing.close(
                    case_number=case.number,
                    version=1,
                    reason="entered_in_error",
                    by=caseworker,
                    at=AT,
                )
        with pytest.raises(WrongStatus):
            ask(case, caseworker)

    def test_what_cannot_stand_on_the_form_is_refused(self, caseworker, verifier, people_on_record):
        case = answered(caseworker, verifier)
        for content, field in (
            ({"reason": "because"}, "reason"),
            ({"reason": "other"}, "comment"),
            ({"comment": "x" * 201}, "comment"),
            ({"supplement": ["9z"]}, "supplement"),
        ):
            with pytest.raises(InvalidSubmission) as refused:
                ask(case, caseworker, **content)
            assert list(refused.value.field_errors) == [field]
        assert now(case).status == "additional_answered"

    def test_only_the_case_s_agency_asks(
        self, caseworker, verifier, stranger, colleague, people_on_record
    ):
        case = answered(caseworker, verifier)
        for somebody, refusal in ((stranger, NoSuchCase), (colleague, NoSuchCase)):
            with pytest.raises(refusal):
                ask(case, somebody)
        with pytest.raises(NotPermitted):
            ask(case, verifier)
        with pytest.raises(StaleCase):
            ask(case, caseworker, version=1)

    def test_a_doubt_about_an_entrant_brings_its_question_of_the_supplement(self, recommended):
        with system_scope():
            assert G845Form.objects.get().supplement == []
        with scope_for(recommended.handled_by):
            g845.fill_in(
                case_number=recommended.number,
                version=recommended.version,
                reason="cuban_haitian",
                comment="",
                supplement=["status_1996"],
                by=recommended.handled_by,
                at=AT,
            )
        with system_scope():
            assert G845Form.objects.get().supplement == ["cuban_haitian", "status_1996"]


class TestMailing:
    def test_the_answer_is_promised_twenty_federal_working_days_from_mailing(
        self, recommended, caseworker
    ):
        case = mail(recommended, caseworker)
        # Thanksgiving is left out; Christmas lies beyond.
        assert (case.status, case.due_on) == ("g845_mailed", date(2026, 12, 21))
        with system_scope():
            sent = G845Mailing.objects.get()
        assert (sent.way, sent.mailed_on, sent.due_on) == ("post", TODAY, case.due_on)
        assert sent.sent_to.startswith("USCIS SAVE Program\n")
        assert case.papers_arrived_at is None

    def test_days_on_which_it_cannot_have_been_mailed_are_refused(self, recommended, caseworker):
        for day, why in ((TODAY + timedelta(1), "future"), (TODAY - timedelta(1), "before")):
            with pytest.raises(InvalidSubmission, match=why):
                mail(recommended, caseworker, mailed_on=day)
        assert now(recommended).status == "g845_recommended"

    def test_the_day_is_the_agency_s_own(self, verifier, people_on_record):
        guam = make_user(
            "Nina",
            "general_user",
            agency=make_agency("GUAM", time_zone="Pacific/Guam"),
        )
        case = ask(answered(guam, verifier), guam)
        tomorrow_in_washington = TODAY + timedelta(1)
        assert mail(case, guam, mailed_on=tomorrow_in_washington).status == "g845_mailed"

    def test_pressing_twice_mails_once(self, recommended, caseworker):
        mail(recommended, caseworker)
        with pytest.raises(WrongStatus, match="already"):
            mail(recommended, caseworker)
        with system_scope():
            assert G845Mailing.objects.count() == 1

    def test_what_was_mailed_is_not_changed_any_more(self, recommended, caseworker):
        mail(recommended, caseworker)
        with pytest.raises(WrongStatus), scope_for(caseworker):
            g845.fill_in(
                case_number=recommended.number,
                version=now(recommended).version,
                reason="other",
                comment="x",
                supplement=(),
                by=caseworker,
                at=AT,
            )


class TestArrival:
    def test_the_scanned_number_lets_a_verifier_take_the_case(
        self, recommended, caseworker, verifier
    ):
        mail(recommended, caseworker)
        spoken = recommended.grouped_number.lower()
        case, news = arrive(spoken, verifier, at=AT + timedelta(days=4))
        assert (news, case.papers_arrived_at) == (True, AT + timedelta(days=4))
        assert case.status == "g845_mailed"
        again, news = arrive(spoken, verifier, at=AT + timedelta(days=5))
        assert (news, again.version) == (False, case.version)
        with system_scope():
            assert G845Mailing.objects.get().arrived_by == verifier
            assert AuditEvent.objects.filter(verb="case.g845_arrived").count() == 1

    def test_a_form_that_nobody_marked_as_mailed_is_here_all_the_same(self, recommended, verifier):
        case, news = arrive(recommended.number, verifier)
        assert (news, case.status, case.due_on) == (True, "g845_mailed", date(2026, 12, 21))
        assert case.papers_arrived_at == AT

    def test_a_misread_number_finds_nobody_s_case(self, recommended, verifier):
        wrong = recommended.number[:-1] + ("A" if recommended.number[-1] != "A" else "B")
        for number in (wrong, "", "12345", "MSC2155330947"):
            with pytest.raises(NoSuchCase, match="no case number"):
                arrive(number, verifier)

    def test_paper_for_a_case_that_sent_none_is_refused(
        self, caseworker, verifier, people_on_record
    ):
        case = initiate(caseworker, unknown_person())
        with pytest.raises(WrongStatus, match="on its way"):
            arrive(case.number, verifier)

    def test_paper_for_a_closed_case_says_what_to_do_with_it(
        self, recommended, caseworker, verifier
    ):
        mail(recommended, caseworker)
        with scope_for(caseworker):
            closing.close(
                case_number=recommended.number,
                version=now(recommended).version,
                reason="withdrawn",
                by=caseworker,
                at=AT,
            )
        with pytest.raises(WrongStatus, match="Send the paper back"):
            arrive(recommended.number, verifier)

    def test_only_the_office_takes_in_forms(self, recommended, caseworker):
        with pytest.raises(NotPermitted):
            arrive(recommended.number, caseworker)

    def test_papers_that_are_sent_again_arrive_again(self, recommended, caseworker, verifier):
        mail(recommended, caseworker)
        arrive(recommended.number, verifier)
        case = by_verifier(recommended, verifier, "take_g845", "recommend_g845")
        mail(case, caseworker)
        assert now(case).papers_arrived_at is None
        _, news = arrive(case.number, verifier, at=AT + timedelta(days=1))
        assert news
        assert now(case).papers_arrived_at == AT + timedelta(days=1)
        assert charges(case) == ["initial", "additional"]


def enter(by, official, submission, **changes):
    values = {
        "official_email": official.email.upper(),
        "submission": submission,
        "mailed_on": TODAY - timedelta(days=3),
        "reason": "other",
        "comment": "No computer in the office",
        "supplement": ("sponsor",),
        "by": by,
        "at": AT,
    }
    with scope_for(by):
        return paper_form.enter(**{**values, **changes})


class TestPaperFormAlone:
    def test_it_is_a_case_of_its_agency_for_two_dollars(
        self, caseworker, verifier, people_on_record
    ):
        case = enter(verifier, caseworker, unknown_person(original_examined=False))
        assert (case.status, case.agency, case.handled_by) == (
            "g845_mailed",
            caseworker.agency,
            caseworker,
        )
        assert case.papers_arrived_at == AT
        assert case.due_on == date(2026, 12, 16)
        assert charges(case) == ["paper_g845"]
        with scope_for(caseworker):
            assert Case.objects.visible_to(caseworker).get() == case
            assert G845Mailing.objects.get().way == "paper"
            assert G845Form.objects.get().supplement == ["sponsor"]
        told = Message.objects.get(topic="mail")
        assert told.payload["to_user_id"] == caseworker.pk
        assert "Bautista" not in str(told.payload)
        assert not case.initial_answers.exists()

    def test_a_question_that_is_open_already_is_not_asked_and_charged_again(
        self, caseworker, verifier, people_on_record
    ):
        there = initiate(caseworker, unknown_person())
        with pytest.raises(DuplicateCase, match="Nothing was charged") as refused:
            enter(verifier, caseworker, unknown_person())
        assert refused.value.number == there.number
        assert charges(there) == ["initial"]

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"official_email": "nobody@elsewhere.example"}, "official_email"),
            ({"mailed_on": TODAY + timedelta(1)}, "mailed_on"),
            ({"mailed_on": TODAY - timedelta(91)}, "mailed_on"),
            ({"submission": unknown_person(a_number="12")}, "a_number"),
            ({"submission": unknown_person(benefits=("housing",))}, "benefits"),
            ({"reason": ""}, "reason"),
        ],
    )
    def test_what_the_rules_forbid_makes_no_case(
        self, caseworker, verifier, people_on_record, changes, field
    ):
        with pytest.raises(InvalidSubmission) as refused:
            enter(verifier, caseworker, **{"submission": unknown_person(), **changes})
        assert field in refused.value.field_errors
        with system_scope():
            assert not Case.objects.exists()
            assert not ChargeEvent.objects.exists()

    def test_an_agency_without_an_agreement_is_sent_its_paper_back(
        self, caseworker, verifier, people_on_record
    ):
        with pytest.raises(NoAgreement, match="Send the paper back"):
            enter(
                verifier,
                caseworker,
                unknown_person(),
                at=AT.replace(year=2045),
                mailed_on=TODAY.replace(year=2045),
            )

    def test_only_the_office_keys_it_in(self, caseworker, supervisor, people_on_record):
        with pytest.raises(CaseError):
            enter(supervisor, caseworker, unknown_person())
