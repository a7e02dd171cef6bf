"""From a registration without an account to an agreement in force, and to its end (S1.2, S5)."""

import hashlib
from datetime import date, timedelta
from io import BytesIO
from threading import Thread

import pytest
from django.core import signing as links_signing
from django.db import DatabaseError, connection, transaction
from pypdf import PdfReader

from agreements.errors import (
    AgreementError,
    InvalidChoices,
    NoSuchAgreement,
    NotAuthorized,
    StaleAgreement,
    WrongStatus,
)
from agreements.models import Agreement, EndReminder, RegistrationLink, Signature, SignedPaper
from agreements.rules import check_choices
from agreements.selectors.binding import permitted
from agreements.selectors.pages import agreement_page, compare
from agreements.services import negotiation, registration, signing, standing
from agreements.text import articles_of
from save_portal.accounts.models import Invitation, User
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import agency_scope, scope_for, system_scope
from save_portal.audit.models import AuditEvent
from save_portal.outbox.models import Message
from tests.agreements.conftest import (
    APPLICANT,
    CHOICES,
    accepted,
    do,
    fresh,
    hand_in,
    in_force,
    signature,
)
from tests.conftest import AT, make_agency, make_user, resident, signed_in
from verification.errors import InvalidSubmission, NoAgreement
from verification.services import closing, initial

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


def succeed(old, by):
    known = registration.choices_to_renew(Agreement.objects.get(pk=old.pk))
    return registration.succeed(number=old.number, choices=known, by=by, at=AT)


def link_of(agreement) -> RegistrationLink:
    with system_scope():
        return agreement.links.get(ended_at=None)


class TestRegistering:
    def test_a_draft_is_kept_as_typed_and_found_again_by_the_mailed_link(self, db):
        registration.begin(email=APPLICANT, by=None, at=AT, address=None)
        with system_scope():
            draft = Agreement.objects.get()
        link = link_of(draft)
        registration.keep(link_id=link.pk, choices={"tax_id": "12-3"}, by=None, at=AT)
        registration.begin(email=APPLICANT.upper(), by=None, at=AT, address=None)
        newer = link_of(draft)
        assert newer.pk != link.pk
        assert registration.read(link_id=newer.pk, at=AT).choices == {"tax_id": "12-3"}
        with pytest.raises(NoSuchAgreement, match="too old or was replaced"):
            registration.read(link_id=link.pk, at=AT)

    def test_a_forged_or_old_link_opens_nothing(self, db):
        agreement = hand_in()
        link = link_of(agreement)
        for token in ("x", links_signing.dumps(link.pk, salt="other")):
            with pytest.raises(NoSuchAgreement):
                registration.opened_by(token, at=AT)
        with pytest.raises(NoSuchAgreement):
            registration.read(link_id=link.pk, at=AT + timedelta(days=15))

    def test_one_address_gets_three_mails_an_hour(self, db):
        for _ in range(5):
            registration.begin(email=APPLICANT, by=None, at=AT, address="192.0.2.7")
        with system_scope():
            assert RegistrationLink.objects.count() == 3
            assert Agreement.objects.count() == 1
        registration.begin(email=APPLICANT, by=None, at=AT + timedelta(hours=2), address=None)
        with system_scope():
            assert RegistrationLink.objects.count() == 4

    def test_handed_in_twice_it_is_handed_in_once(self, db):
        agreement = hand_in()
        again = registration.submit(
            link_id=link_of(agreement).pk, choices={**CHOICES, "city": "Else"}, by=None, at=AT
        )
        assert (again.pk, again.choices["city"]) == (agreement.pk, "Ashford")

    def test_choices_that_do_not_fit_each_other_name_the_field(self, db):
        assert check_choices(CHOICES) == {}
        wrong = check_choices({**CHOICES, "benefits": ["drivers_license"]})
        assert "Government credential" in wrong["benefits"]
        assert (
            "AAMVAnet" in check_choices({**CHOICES, "access_modes": ["aamvanet"]})["access_modes"]
        )
        with pytest.raises(InvalidChoices):
            hand_in(purposes=[])


class TestReview:
    def test_a_question_goes_back_with_a_new_link_and_the_answer_comes(self, officer):
        agreement = hand_in()
        do(negotiation.take_up, agreement, officer)
        agreement = do(negotiation.ask_back, agreement, officer, message="Which statute?")
        assert (agreement.status, agreement.message) == ("draft", "Which statute?")
        again = registration.submit(
            link_id=link_of(agreement).pk,
            choices={**CHOICES, "legal_basis": "7 USC 2020"},
            by=None,
            at=AT,
        )
        assert (again.status, again.legal_basis) == ("submitted", "7 USC 2020")

    def test_accepting_makes_the_agency_and_invites_its_people(self, officer):
        agreement, signatory = accepted(officer)
        assert agreement.agency.code == "ASHFORDCOUNT"
        assert signatory.agency_id == agreement.agency_id
        with system_scope():
            invited = set(Invitation.objects.values_list("email", flat=True))
            assert invited == {CHOICES["administrator_email"], CHOICES["signatory_email"]}
            assert agreement.texts.get().articles == articles_of(CHOICES, {})

    def test_a_refusal_is_read_with_its_reason(self, officer):
        agreement = do(negotiation.refuse, hand_in(), officer, message="No public authority.")
        assert (agreement.status, agreement.agency) == ("refused", None)
        assert registration.read(link_id=link_of(agreement).pk, at=AT).message
        with pytest.raises(AgreementError, match="has to know"):
            do(negotiation.refuse, hand_in(), officer, message="  ")

    def test_nobody_but_the_program_office_reviews(self, officer, verifier):
        agreement = hand_in()
        with pytest.raises(NoSuchAgreement):
            do(negotiation.take_up, agreement, verifier)


class TestText:
    def test_every_article_says_what_the_agency_chose(self):
        text = " ".join(p for a in articles_of(CHOICES, {}) for p in a["paragraphs"])
        for said in ("Ashford County", "section 1137(d)", "SNAP and Medicaid", "Walter Hale",
                     "Browser portal", "4300A", "CaseCheck", "5 years"):  # fmt: skip
            assert said in text
        assert "independently" not in text

    def test_a_matching_agreement_has_its_term_and_the_period_to_contest(self):
        text = " ".join(
            p for a in articles_of({**CHOICES, "kind": "cma"}, {}) for p in a["paragraphs"]
        )
        assert "verifies independently" in text
        assert "30 days after that notice" in text
        assert "18 months" in text
        assert "extended once, by 12 months" in text

    def test_a_proposal_makes_a_version_that_the_other_side_agrees_to(self, officer):
        agreement, signatory = accepted(officer)
        do(negotiation.propose, agreement, signatory, changes={"benefits": ["snap"]},
           article=11, clause="Reports go to the county as well.", note="Narrower")  # fmt: skip
        with pytest.raises(NotAuthorized, match="own proposal"):
            do(negotiation.agree, agreement, signatory)
        with system_scope():
            first, second = agreement.texts.all()
        changed = {one.title for one in compare(first, second) if one.changed}
        assert changed == {"Programs and ways of access", "Security and breaches"}
        agreement = do(negotiation.agree, agreement, officer)
        assert (agreement.status, agreement.benefits) == ("ready_to_sign", ["snap"])

    def test_a_version_never_changes(self, officer):
        agreement, _ = accepted(officer)
        for statement in ("UPDATE agreements_agreementtext SET note = 'x'",
                          "DELETE FROM agreements_agreementtext"):  # fmt: skip
            with (
                pytest.raises(DatabaseError),
                transaction.atomic(),
                system_scope(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)
        assert fresh(agreement).status == "negotiating"


class TestSigning:
    def test_both_signatures_and_the_paper_are_kept_for_good(self, officer):
        agreement, signatory = in_force(officer)
        assert agreement.status == "in_force"
        assert (agreement.term.lower, agreement.term.upper) == (TODAY, date(2031, 11, 20))
        with scope_for(signatory):
            paper = SignedPaper.objects.get()
            assert hashlib.sha256(bytes(paper.content)).hexdigest() == paper.sha256
            reader = PdfReader(BytesIO(bytes(paper.content)))
            text = " ".join(page.extract_text() for page in reader.pages)
            assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
            assert "Article 18. Signatures" in text
            assert "Walter Hale" in text
            sides = [(s.side, s.typed_name, s.address) for s in Signature.objects.all()]
        assert sides == [
            ("agency", "Walter Hale", "192.0.2.9"),
            ("office", officer.full_name, "192.0.2.9"),
        ]
        for table in ("signature", "signedpaper"):
            with (
                pytest.raises(DatabaseError),
                transaction.atomic(),
                system_scope(),
                connection.cursor() as cursor,
            ):
                cursor.execute(f"DELETE FROM agreements_{table}")

    def test_anybody_can_check_the_paper_by_file_or_digest(self, officer, client):
        agreement, _ = in_force(officer)
        with system_scope():
            paper = SignedPaper.objects.get()
        found = client.post("/agreements/check/", {"hash": paper.sha256.upper()})
        assert agreement.number in found.content.decode()
        other = client.post("/agreements/check/", {"hash": "0" * 64}).content.decode()
        assert "No signed agreement has this digest" in other
        assert client.post("/agreements/check/", {"hash": "xyz"}).status_code == 422

    def test_signing_needs_consent_the_own_name_and_authority(self, officer):
        agreement, signatory = accepted(officer)
        do(negotiation.agree, agreement, signatory)
        administrator = User.objects.get(email=CHOICES["administrator_email"])
        with pytest.raises(NotAuthorized, match="authority to sign"):
            do(signing.sign, agreement, administrator, **signature(agreement, administrator))
        for wrong, sentence in (
            ({"consent": False}, "legal effect"),
            ({"typed_name": "W. Hale"}, "Walter Hale"),
            ({"digest": "0" * 64}, "text changed"),
        ):
            with pytest.raises(AgreementError, match=sentence):
                do(signing.sign, agreement, signatory, **signature(agreement, signatory, **wrong))
        with system_scope():
            assert not Signature.objects.exists()

    def test_from_two_windows_it_is_signed_once(self, officer):
        agreement, signatory = accepted(officer)
        agreement = do(negotiation.agree, agreement, signatory)
        version, given = agreement.version, signature(agreement, signatory)
        do(signing.sign, agreement, signatory, version=version, **given)
        with pytest.raises(WrongStatus):
            do(signing.sign, agreement, signatory, version=version, **given)
        with system_scope():
            assert Signature.objects.count() == 1

    def test_the_window_opened_before_a_change_of_text_signs_nothing(self, officer):
        agreement, signatory = accepted(officer)
        agreement = do(negotiation.agree, agreement, signatory)
        version, given = agreement.version, signature(agreement, signatory)
        do(negotiation.propose, agreement, officer, changes={"benefits": ["snap"]}, article=None,
           clause="", note="")  # fmt: skip
        do(negotiation.agree, agreement, signatory)
        with pytest.raises(StaleAgreement):
            do(signing.sign, agreement, signatory, version=version, **given)

    def test_the_page_to_sign_asks_to_sign_in_again(self, officer):
        agreement, signatory = accepted(officer)
        do(negotiation.agree, agreement, signatory)
        client = signed_in(signatory)
        page = f"/agreements/{agreement.number}/sign/"
        for answer in (client.get(page), client.post(page, {"typed_name": "Walter Hale"})):
            assert answer.status_code == 302
            assert "/reauthenticate/" in answer.url
        client.post(f"/accounts/reauthenticate/?next={page}", {"password": "wrong"})
        assert client.get(page).status_code == 302


class TestBinding:
    def test_what_it_permits_is_asked_and_nothing_else(self, officer, people_on_record):
        agreement, _ = in_force(officer, benefits=["snap"])
        worker = make_user("Cora", "general_user", agency=agreement.agency)
        with scope_for(worker):
            assert initial.initiate(by=worker, at=AT, submission=resident()).number
            with pytest.raises(InvalidSubmission, match=r"Article 4 .* does not cover Medicaid"):
                initial.initiate(by=worker, at=AT, submission=resident(benefits=("medicaid",)))
            with pytest.raises(NoAgreement, match=r"Article 4 .* does not permit asking"):
                initial.initiate(by=worker, at=AT, submission=resident(channel="machine"))

    def test_suspended_it_stops_new_cases_and_open_ones_go_on(self, officer, people_on_record):
        agreement, _ = in_force(officer)
        worker = make_user("Cora", "general_user", agency=agreement.agency)
        with scope_for(worker):
            case = initial.initiate(by=worker, at=AT, submission=resident())
        do(standing.suspend, agreement, officer, message="Untrained users.")
        with scope_for(worker):
            with pytest.raises(NoAgreement, match="suspended"):
                initial.initiate(
                    by=worker, at=AT, submission=resident(agency_reference="2", given_name="Ana")
                )
            closed = closing.close(
                case_number=case.number,
                version=case.version,
                reason="entered_in_error",
                by=worker,
                at=AT,
            )
        assert closed.status == "closed"
        do(standing.reinstate, agreement, officer)
        with agency_scope(agreement.agency_id):
            assert permitted(agency=agreement.agency, on=TODAY) is not None

    def test_the_end_is_announced_once_each_time_and_then_comes(self, officer):
        agreement, _ = in_force(officer)
        end = agreement.term.upper
        days = lambda left: AT + (end - TODAY - timedelta(days=left))  # noqa: E731
        for left in (91, 90, 89, 30, 29, 7, 1):
            standing.run_timetable(at=days(left))
            standing.run_timetable(at=days(left))
        with system_scope():
            assert list(EndReminder.objects.order_by("-days").values_list("days", flat=True)) == [
                90, 30, 7,
            ]  # fmt: skip
        assert fresh(agreement).status == "expiring"
        standing.run_timetable(at=days(0))
        assert fresh(agreement).status == "expired"
        with agency_scope(agreement.agency_id):
            assert permitted(agency=agreement.agency, on=end) is None

    def test_a_matching_agreement_is_extended_once(self, officer):
        agreement, _ = in_force(officer, kind="cma")
        assert agreement.term.upper == date(2028, 5, 20)
        agreement = do(standing.extend, agreement, officer)
        assert agreement.term.upper == date(2029, 5, 20)
        with pytest.raises(AgreementError, match="only once"):
            do(standing.extend, agreement, officer)

    def test_a_successor_takes_its_place_with_the_second_signature(self, officer):
        old, signatory = in_force(officer)
        with scope_for(signatory):
            new = succeed(old, signatory)
            assert succeed(old, signatory).pk == new.pk
        do(negotiation.take_up, new, officer)
        do(negotiation.accept, new, officer)
        do(negotiation.propose, new, signatory, changes={"benefits": ["snap"]}, article=None,
           clause="", note="Medicaid goes elsewhere")  # fmt: skip
        do(negotiation.agree, new, officer)
        do(signing.sign, new, signatory, **signature(new, signatory))
        new = do(signing.countersign, new, officer, **signature(new, officer))
        assert fresh(old).status == "renewed"
        with agency_scope(new.agency_id):
            assert permitted(agency=new.agency, on=TODAY).benefits == ("snap",)

    def test_every_act_is_on_record_and_mails_name_numbers_only(self, officer):
        agreement, _ = in_force(officer)
        with system_scope():
            verbs = set(
                AuditEvent.objects.filter(subject_id=agreement.number).values_list(
                    "verb", flat=True
                )
            )
            assert {"agreement.submitted", "agreement.accepted", "agreement.signed_by_agency",
                    "agreement.countersigned"} <= verbs  # fmt: skip
            for message in Message.objects.filter(payload__template="agreement"):
                assert set(message.payload["context"]) == {"number", "what"}


def test_a_page_takes_the_same_queries_however_long_the_negotiation(
    officer, django_assert_num_queries
):
    agreement, signatory = accepted(officer)
    for turn in range(3):
        with scope_for(officer), django_assert_num_queries(5):
            assert agreement_page(user=officer, number=agreement.number, at=AT) is not None
        do(negotiation.propose, agreement, signatory, changes={}, article=11,
           clause=f"Clause {turn}", note="")  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_suspended_while_a_case_is_submitted_there_is_one_right_result(agency, caseworker):
    """Whoever suspends waits for the case that was first; whoever asks later is refused."""
    office_order = []
    with scope_for(caseworker):
        assert permitted(agency=agency, on=TODAY, hold=True)

        def suspend() -> None:
            with system_scope(), connection.cursor() as cursor:
                cursor.execute("UPDATE agreements_agreement SET status = 'suspended'")
                office_order.append("suspended")
            connection.close()

        office = Thread(target=suspend)
        office.start()
        office.join(0.5)
        office_order.append("case written")
    office.join()
    assert office_order == ["case written", "suspended"]
    with scope_for(caseworker):
        assert permitted(agency=agency, on=TODAY, hold=True) is None


class TestPages:
    def test_an_agreement_that_was_taken_over_is_listed_and_shown_to_both_sides(
        self, agency, officer
    ):
        with system_scope():
            number = Agreement.objects.get(agency=agency).number
        for person in (officer, make_user("Rosa", Role.AGENCY_ADMINISTRATOR, agency=agency)):
            client = signed_in(person)
            for address in ("/agreements/", f"/agreements/{number}/"):
                page = client.get(address)
                assert page.status_code == 200
                assert agency.name in page.content.decode()

    def test_an_agreement_from_paper_is_renewed_by_its_administrator(self, agency):
        helen = make_user("Helen", Role.AGENCY_ADMINISTRATOR, agency=agency)
        client = signed_in(helen)
        address = "/agreements/MOA-CALHOUN/renew/"
        shown = client.get(address).content.decode()
        assert agency.name in shown
        typed = {**CHOICES, "agency_name": agency.name, "contractors": ""}
        lacking = client.post(address, {**typed, "tax_id": "12"})
        assert lacking.status_code == 422
        for _ in range(2):
            assert client.post(address, typed).status_code == 302
        with system_scope():
            new = Agreement.objects.get(status="submitted")
            assert (new.renews.number, new.agency) == ("MOA-CALHOUN", agency)
        nina = make_user("Nina", Role.AGENCY_ADMINISTRATOR, agency=make_agency("HARBOR"))
        assert signed_in(nina).post(address, typed).status_code == 404
