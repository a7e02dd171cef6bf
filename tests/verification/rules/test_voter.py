"""Voter eligibility: off unless turned on, and then with all of S1.5."""

from datetime import date, timedelta

import pytest
from django.db import connection

from agreements.enums import programs_under
from agreements.forms import ChoicesForm
from agreements.rules import check_choices
from agreements.text import articles_of
from save_portal.accounts.tenancy import scope_for, system_scope
from tests.agreements.conftest import CHOICES
from tests.conftest import AT, make_agency, make_user, resident, signed_in, write_upload
from verification.enums import ClosureReason, Outcome
from verification.errors import CaseError, DutyOpen, InvalidSubmission, NoAgreement
from verification.models import Case, Event, VerifierAnswer
from verification.records import index, loading
from verification.selectors import machine_cases
from verification.selectors.case_list import case_list, export_rows
from verification.selectors.filters import CaseFilters
from verification.selectors.my_work import my_work
from verification.services import closing, g845, initial

pytestmark = pytest.mark.django_db
VOTER = "voter_eligibility"
WITH_VOTER = {"purposes": ["benefit", "other"], "benefits": ["snap", VOTER]}


@pytest.fixture
def on(settings):
    settings.VOTER_ELIGIBILITY = True


@pytest.fixture
def county(on):
    return make_agency("CALHOUN", benefits=("snap", VOTER))


@pytest.fixture
def clerk(county):
    return make_user("Dana", "general_user", agency=county)


def certificate(**changes):
    """What is typed from a naturalization certificate."""
    return resident(
        **{
            "document_type": "naturalization_certificate",
            "a_number": "",
            "card_number": "",
            "naturalization_certificate": "25012345",
            "benefits": (VOTER,),
            **changes,
        }
    )


def ask(clerk, **changes) -> Case:
    with scope_for(clerk):
        return initial.initiate(by=clerk, at=AT, submission=certificate(**changes))


def by_a_number(**changes):
    return {
        "document_type": "other_a_number",
        "naturalization_certificate": "",
        "a_number": "A209448177",
        "document_description": "Letter of USCIS",
        **changes,
    }


class TestOff:
    def test_no_agreement_can_permit_it_and_no_form_offers_it(self):
        errors = check_choices({**CHOICES, **WITH_VOTER})
        assert "turned off on this portal" in errors["benefits"]
        assert VOTER not in dict(ChoicesForm().fields["benefits"].choices)
        assert programs_under(["benefit", "other"], ["snap", VOTER]) == ("snap",)

    def test_turned_off_again_nobody_asks_whatever_was_signed(self, settings):
        clerk = make_user("Dana", "general_user", agency=make_agency("C", benefits=(VOTER,)))
        settings.VOTER_ELIGIBILITY = False
        with scope_for(clerk), pytest.raises(NoAgreement, match="was turned off by the operator"):
            initial.initiate(by=clerk, at=AT, submission=certificate())


class TestOn:
    def test_an_agreement_that_permits_it_says_its_rules(self, on):
        assert check_choices({**CHOICES, **WITH_VOTER}) == {}
        assert VOTER in dict(ChoicesForm().fields["benefits"].choices)
        text = str(articles_of({**CHOICES, **WITH_VOTER}, {}))
        assert "never rules out citizenship" in text
        assert "makes no list" in text
        assert "voter" not in str(articles_of(CHOICES, {})).lower()

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"document_type": "i551", "naturalization_certificate": "", "a_number": "209448177",
              "card_number": "MSC2155330947"}, "naturalized or derived citizens"),
            ({"benefits": (VOTER, "snap")}, "asked for alone"),
            ({"channel": "batch"}, "one person at a time"),
            ({"channel": "machine"}, "one person at a time"),
        ],
    )  # fmt: skip
    def test_it_is_asked_of_naturalized_or_derived_citizens_one_by_one(
        self, clerk, changes, sentence
    ):
        with scope_for(clerk), pytest.raises(InvalidSubmission, match=sentence) as refused:
            initial.initiate(by=clerk, at=AT, submission=certificate(**changes))
        assert "S1.5" in refused.value.field_errors["benefits"]
        with system_scope():
            assert not Case.objects.exists()

    def test_a_number_of_an_immigration_office_is_needed(self, clerk):
        with scope_for(clerk), pytest.raises(InvalidSubmission, match="certificate"):
            initial.initiate(by=clerk, at=AT, submission=certificate(naturalization_certificate=""))

    def test_a_citizen_is_confirmed(self, clerk, people_on_record, tmp_path):
        citizen = {
            "record_id": "C9",
            "updated_at": "2026-11-02T00:00:00Z",
            "a_number": "209448199",
            "family_name": "TESFAYE",
            "given_name": "HANNA",
            "date_of_birth": "1988-02-07",
            "sex": "F",
            "country_of_birth": "ETH",
            "country_of_citizenship": "USA",
            "class_of_admission": "IR6",
            "entry_date": "2011-08-02",
            "status_date": "2013-03-14",
            "naturalization_date": "2019-07-04",
            "naturalization_court": "Montgomery",
            "naturalization_certificate": "25012345",
        }
        loading.load("CIS", write_upload(tmp_path / "N.csv", [citizen]), full=True)
        index.build()
        case = ask(clerk, family_name="Tesfaye", given_name="Hanna", date_of_birth=date(1988, 2, 7))
        with scope_for(clerk):
            assert case.initial_answers.get().statement_code == 24
            done = close(case, clerk)
        assert done.status == "closed"

    def test_a_record_of_another_status_is_referred_and_not_returned(self, clerk, people_on_record):
        case = ask(clerk, **by_a_number())
        with scope_for(clerk):
            answer = case.initial_answers.get()
        assert (answer.outcome, answer.reasons) == (
            Outcome.ADDITIONAL_VERIFICATION,
            ["status_needs_review"],
        )
        assert (answer.returned, answer.person_ref, answer.photo_id) == (None, "", None)
        with scope_for(clerk):
            snap = initial.initiate(
                by=clerk, at=AT, submission=certificate(**by_a_number(benefits=("snap",)))
            )
            assert snap.initial_answers.get().outcome == Outcome.CONFIRMED


def close(case, by, reason=ClosureReason.COMPLETED):
    now = Case.objects.get(pk=case.pk)
    return closing.close(case_number=now.number, version=now.version, reason=reason, by=by, at=AT)


class TestEveryStep:
    def test_it_ends_only_after_all_steps_or_for_a_citizen(self, clerk, people_on_record):
        case = ask(clerk)
        verifier = clerk  # whoever wrote the answer does not matter here
        with scope_for(clerk):
            for reason in (ClosureReason.COMPLETED, ClosureReason.APPLICANT_DECLINED):
                with pytest.raises(DutyOpen, match="Request additional verification") as refused:
                    close(case, clerk, reason)
                assert refused.value.rule == "S1.5"
            page = signed_in(clerk).get(f"/cases/{case.number}/").content.decode()
            assert "never conclude from this that somebody is no citizen" in page
            assert "Ask for a Form G-845" not in page
        with system_scope():
            move(case, "additional_requested", "additional_in_review", "additional_answered")
        with scope_for(clerk), pytest.raises(DutyOpen, match=r"Ask for a Form G-845"):
            close(case, clerk)
        with system_scope():
            VerifierAnswer.objects.create(
                case=case, agency=case.agency, step="additional", kind="final", at=AT,
                by=verifier, items=[{"item": 10}],
            )  # fmt: skip
        with scope_for(clerk):
            assert close(case, clerk).status == "closed"

    def test_after_the_form_it_may_end_and_entered_in_error_at_any_time(
        self, clerk, people_on_record
    ):
        case = ask(clerk)
        with system_scope():
            move(case, "additional_requested", "additional_in_review", "additional_answered",
                 "g845_recommended", "g845_mailed", "g845_in_review", "g845_answered")  # fmt: skip
        with scope_for(clerk):
            assert close(case, clerk).status == "closed"
            wrong = initial.initiate(
                by=clerk, at=AT, submission=certificate(naturalization_certificate="25012346")
            )
            assert close(wrong, clerk, ClosureReason.ENTERED_IN_ERROR).status == "closed"

    def test_additional_verification_is_never_skipped(self, clerk, people_on_record):
        case = ask(clerk, document_doubt="The seal looks copied")
        with (
            scope_for(clerk),
            pytest.raises(CaseError, match="verification comes first"),
        ):
            g845.ask_for(
                case_number=case.number, version=case.version, reason="prompted", comment="",
                supplement=(), by=clerk, at=AT,
            )  # fmt: skip

    def test_it_is_not_closed_by_time_alone(self, clerk, people_on_record):
        ask(clerk)
        assert closing.close_stale(at=AT + timedelta(days=400))[0] == 0


def move(case, *statuses):
    with connection.cursor() as cursor:
        for status in statuses:
            extra = {
                "additional_in_review": ", reviewer_id = created_by_id, taken_at = now()",
                "g845_in_review": ", reviewer_id = created_by_id, taken_at = now()",
            }.get(status, ", reviewer_id = NULL, taken_at = NULL")
            cursor.execute(
                f"UPDATE verification_case SET status = %s{extra} WHERE id = %s", [status, case.pk]
            )


class TestNoList:
    def test_no_list_export_or_system_shows_them_but_ones_own_work(
        self, clerk, county, people_on_record
    ):
        boss = make_user("Ruth", "supervisor", agency=county)
        case = ask(clerk)
        filters = CaseFilters.read({"status": "initial_unconfirmed"})
        assert CaseFilters.read({"benefit": VOTER}).benefit == ""
        for person in (clerk, boss):
            with scope_for(person):
                assert case_list(user=person, at=AT, filters=filters, cursor=None).rows == []
                assert list(export_rows(user=person, at=AT, filters=filters)) == []
                found = CaseFilters.read({"q": case.number})
                rows = case_list(user=person, at=AT, filters=found, cursor=None).rows
                assert [row.case.number for row in rows] == [case.number]
        with scope_for(clerk):
            mine = my_work(user=clerk, at=AT, filters=CaseFilters.read({}))
            assert sum(section.count for section in mine.sections) == 1
        with scope_for(boss):
            all_work = my_work(user=boss, at=AT, filters=CaseFilters.read({"by": "all"}))
            assert sum(section.count for section in all_work.sections) == 0

    def test_no_machine_reads_or_hears_of_them(self, clerk, county, people_on_record):
        machine = make_user("Robo", "machine", agency=county)
        case = ask(clerk)
        with scope_for(machine):
            listed = machine_cases.cases(
                user=machine, wanted=machine_cases.Wanted(), cursor=None, size=50
            )
            assert listed.rows == []
            assert not Case.objects.visible_to(machine).filter(pk=case.pk).exists()
            assert not Event.objects.exists()
