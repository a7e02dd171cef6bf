"""A signed agreement changed by a signed supplement: text, signatures, paper, day, binding (S5)."""

import hashlib
from datetime import date, timedelta
from io import BytesIO

import pytest
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
from agreements.lifecycles.supplement import TRANSITIONS, SupplementStatus
from agreements.models import Agreement, Supplement, SupplementPaper, SupplementSignature
from agreements.selectors.binding import permitted
from agreements.selectors.pages import agreement_page, supplement_page
from agreements.services import standing, supplements
from agreements.supplement_text import CHANGEABLE
from save_portal.accounts.models import User
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import agency_scope, scope_for, system_scope
from save_portal.audit.models import AuditEvent
from save_portal.lifecycles.machine import changes
from save_portal.outbox.models import Message
from tests.agreements.conftest import CHOICES, do, fresh, in_force
from tests.agreements.test_enrollment import succeed
from tests.conftest import AT, make_agency, make_user, resident, signed_in
from verification.errors import InvalidSubmission
from verification.services import initial

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
LATER = date(2026, 12, 15)


def propose(agreement, by, *, on=TODAY, at=AT, note="", version=None, **changed) -> Supplement:
    with scope_for(by):
        now = Agreement.objects.get(pk=agreement.pk)
        before = now.terms_on()
        supplements.propose(
            number=now.number,
            version=version or now.version,
            terms={**{name: before.get(name, "") for name in CHANGEABLE}, **changed},
            effective_on=on,
            note=note,
            by=by,
            at=at,
        )
        return Supplement.objects.filter(agreement=now).latest("number")


def act(service, supplement, by, *, at=AT, **more):
    """Sign, countersign or withdraw, on the agreement as it is now."""
    with scope_for(by):
        now = Agreement.objects.get(pk=supplement.agreement_id)
        return service(
            number=now.number,
            supplement=supplement.number,
            by=by,
            at=at,
            **{"version": now.version, **more},
        )


def signature(supplement, by, **changed):
    return {
        "digest": supplement.digest,
        "typed_name": by.full_name,
        "consent": True,
        "address": "192.0.2.9",
        **changed,
    }


def concluded(agreement, signatory, officer, *, at=AT, **changed) -> Supplement:
    made = propose(agreement, signatory, at=at, **changed)
    act(supplements.sign, made, signatory, at=at, **signature(made, signatory))
    return act(supplements.countersign, made, officer, at=at, **signature(made, officer))


def asked(agreement, on):
    with agency_scope(agreement.agency_id):
        return permitted(agency=agreement.agency, on=on)


class TestBinding:
    def test_it_binds_from_its_day_and_the_signed_columns_stay(self, officer):
        agreement, signatory = in_force(officer)
        made = concluded(agreement, signatory, officer, on=LATER, benefits=["snap", "tanf"])
        agreement = fresh(agreement)
        assert (made.status, made.holds_from) == ("concluded", LATER)
        assert agreement.benefits == ["snap", "medicaid"]
        assert asked(agreement, LATER - timedelta(days=1)).benefits == ("snap", "medicaid")
        assert asked(agreement, LATER).benefits == ("snap", "tanf")

    def test_signed_by_both_it_holds_for_the_next_case(self, officer, people_on_record):
        agreement, signatory = in_force(officer, benefits=["snap"])
        worker = make_user("Cora", Role.GENERAL_USER, agency=agreement.agency)
        made = propose(agreement, signatory, benefits=["medicaid"])
        act(supplements.sign, made, signatory, **signature(made, signatory))
        with scope_for(worker), pytest.raises(InvalidSubmission, match="does not cover Medicaid"):
            initial.initiate(by=worker, at=AT, submission=resident(benefits=("medicaid",)))
        act(supplements.countersign, made, officer, **signature(made, officer))
        with scope_for(worker):
            assert initial.initiate(
                by=worker, at=AT, submission=resident(benefits=("medicaid",))
            ).number
            with pytest.raises(InvalidSubmission, match="does not cover SNAP"):
                initial.initiate(by=worker, at=AT, submission=resident())

    def test_signed_late_it_holds_from_the_second_signature(self, officer):
        agreement, signatory = in_force(officer)
        made = propose(agreement, signatory, on=TODAY, benefits=["snap"])
        late = AT + timedelta(days=5)
        act(supplements.sign, made, signatory, at=late, **signature(made, signatory))
        made = act(supplements.countersign, made, officer, at=late, **signature(made, officer))
        assert made.holds_from == TODAY + timedelta(days=5)

    def test_several_follow_one_another_and_none_goes_before_an_earlier_one(self, officer):
        agreement, signatory = in_force(officer)
        concluded(agreement, signatory, officer, on=LATER, benefits=["snap", "tanf"])
        with pytest.raises(InvalidChoices, match="December 15, 2026"):
            propose(agreement, signatory, on=TODAY, contact_name="Ida Moss")
        concluded(agreement, signatory, officer, on=LATER, contact_name="Ida Moss")
        terms_then = fresh(agreement).terms_on(LATER)
        assert terms_then["benefits"] == ["snap", "tanf"]
        assert terms_then["contact_name"] == "Ida Moss"
        assert fresh(agreement).terms_on(TODAY)["contact_name"] == CHOICES["contact_name"]

    def test_a_renewal_begins_with_what_the_supplements_say(self, officer):
        agreement, signatory = in_force(officer)
        concluded(agreement, signatory, officer, benefits=["snap", "tanf"], contact_name="Ida Moss")
        with scope_for(signatory):
            new = succeed(agreement, signatory)
        assert new.benefits == ["snap", "tanf"]
        assert new.choices["contact_name"] == "Ida Moss"

    def test_an_agreement_taken_over_from_paper_is_supplemented_too(self, officer):
        agency = make_agency("CALHOUN")
        helen = make_user("Helen", Role.AGENCY_ADMINISTRATOR, agency=agency)
        with system_scope():
            agreement = Agreement.objects.get(agency=agency)
        contacts = {name: CHOICES[name] for name in CHANGEABLE if name in CHOICES}
        named = {**contacts, "signatory_name": helen.full_name, "signatory_email": helen.email}
        lists = {"purposes": agreement.purposes, "access_modes": ["browser"]}
        made = propose(agreement, helen, **{**named, **lists, "benefits": ["snap", "tanf"]})
        assert "as in the agreement on paper" in str(made.articles)
        act(supplements.sign, made, helen, **signature(made, helen))
        act(supplements.countersign, made, officer, **signature(made, officer))
        assert asked(agreement, TODAY).benefits == ("snap", "tanf")


class TestText:
    def test_it_says_what_changes_and_nothing_else(self, officer):
        agreement, signatory = in_force(officer)
        made = propose(
            agreement,
            signatory,
            on=LATER,
            benefits=["snap"],
            contractors=["Helping Hands, data entry"],
        )
        titles = [section["title"] for section in made.articles]
        assert titles == [
            "What is supplemented",
            "Programs (Article 4)",
            "Contractors (Article 1)",
            "From when",
            "Signatures",
        ]
        text = str(made.articles)
        for said in ("SNAP, Medicaid", "Helping Hands, data entry", "December 15, 2026",
                     "Walter Hale, Director"):  # fmt: skip
            assert said in text
        assert made.changes.keys() == {"benefits", "contractors"}

    def test_what_cannot_stand_names_the_field(self, officer):
        agreement, signatory = in_force(officer)
        with pytest.raises(InvalidChoices) as refused:
            propose(agreement, signatory, benefits=["drivers_license"])
        assert "Government credential" in refused.value.field_errors["benefits"]
        for day, sentence in (
            (TODAY - timedelta(days=1), "the past is not"),
            (agreement.term.upper, "Renew it instead"),
        ):
            with pytest.raises(InvalidChoices, match=sentence):
                propose(agreement, signatory, on=day, benefits=["snap"])
        with pytest.raises(AgreementError, match="Nothing was changed"):
            propose(agreement, signatory, benefits=["medicaid", "snap"])

    def test_one_waits_at_a_time_and_only_while_in_force(self, officer):
        agreement, signatory = in_force(officer)
        made = propose(agreement, officer, benefits=["snap"], note="Medicaid goes elsewhere")
        with pytest.raises(WrongStatus, match="Supplement 1 waits"):
            propose(agreement, signatory, benefits=["medicaid"])
        act(supplements.withdraw, made, signatory, message="We keep it.")
        do(standing.suspend, agreement, officer, message="Untrained users.")
        with pytest.raises(WrongStatus, match="Only an agreement in force"):
            propose(agreement, signatory, benefits=["medicaid"])

    def test_a_version_that_is_not_the_current_one_changes_nothing(self, officer):
        agreement, signatory = in_force(officer)
        stale = agreement.version
        made = propose(agreement, signatory, benefits=["snap"])
        with pytest.raises(StaleAgreement):
            act(supplements.sign, made, signatory, version=stale, **signature(made, signatory))


class TestSigning:
    def test_both_signatures_and_the_paper_are_kept_for_good(self, officer, client):
        agreement, signatory = in_force(officer)
        made = concluded(agreement, signatory, officer, benefits=["snap"])
        with scope_for(signatory):
            paper = SupplementPaper.objects.get()
            content = bytes(paper.content)
            sides = list(SupplementSignature.objects.values_list("side", "typed_name", "address"))
        assert hashlib.sha256(content).hexdigest() == paper.sha256
        reader = PdfReader(BytesIO(content))
        text = " ".join(page.extract_text() for page in reader.pages)
        assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert "Programs (Article 4)" in text
        assert "after signing in again" in text
        assert sides == [
            ("agency", "Walter Hale", "192.0.2.9"),
            ("office", officer.full_name, "192.0.2.9"),
        ]
        found = client.post("/agreements/check/", {"hash": paper.sha256}).content.decode()
        assert "supplement 1 to the signed agreement" in found
        for table in ("supplement", "supplementsignature", "supplementpaper"):
            with (
                pytest.raises(DatabaseError),
                transaction.atomic(),
                system_scope(),
                connection.cursor() as cursor,
            ):
                cursor.execute(f"DELETE FROM agreements_{table}")
        page = f"/agreements/{agreement.number}/supplement/{made.number}/"
        assert signed_in(signatory).get(f"{page}supplement.pdf").content == content

    def test_it_needs_consent_the_own_name_and_authority(self, officer):
        agreement, signatory = in_force(officer)
        made = propose(agreement, signatory, benefits=["snap"])
        administrator = User.objects.get(email=CHOICES["administrator_email"])
        for person in (administrator, officer):
            with pytest.raises(NotAuthorized, match="authority to sign"):
                act(supplements.sign, made, person, **signature(made, person))
        with pytest.raises(NotAuthorized, match="Only the program office"):
            act(supplements.countersign, made, signatory, **signature(made, signatory))
        for wrong, sentence in (
            ({"consent": False}, "legal effect"),
            ({"typed_name": "W. Hale"}, "Walter Hale"),
            ({"digest": "0" * 64}, "text changed"),
        ):
            with pytest.raises(AgreementError, match=sentence):
                act(supplements.sign, made, signatory, **signature(made, signatory, **wrong))
        with system_scope():
            assert not SupplementSignature.objects.exists()

    def test_signed_twice_it_is_signed_once(self, officer):
        agreement, signatory = in_force(officer)
        made = propose(agreement, signatory, benefits=["snap"])
        act(supplements.sign, made, signatory, **signature(made, signatory))
        with pytest.raises(WrongStatus, match="Signed by the agency"):
            act(supplements.sign, made, signatory, **signature(made, signatory))
        act(supplements.countersign, made, officer, **signature(made, officer))
        with pytest.raises(WrongStatus, match="Signed by both"):
            act(supplements.countersign, made, officer, **signature(made, officer))
        assert fresh(agreement).supplements == 1

    def test_a_new_official_signs_the_supplement_that_names_them(self, officer):
        agreement, signatory = in_force(officer)
        inez = User.objects.get(email=CHOICES["administrator_email"])
        made = propose(
            agreement,
            inez,
            signatory_name=inez.full_name,
            signatory_title="Acting director",
            signatory_email=inez.email,
        )
        with pytest.raises(NotAuthorized):
            act(supplements.sign, made, signatory, **signature(made, signatory))
        act(supplements.sign, made, inez, **signature(made, inez))
        act(supplements.countersign, made, officer, **signature(made, officer))
        further = propose(agreement, inez, benefits=["snap"])
        with pytest.raises(NotAuthorized):
            act(supplements.sign, further, signatory, **signature(further, signatory))
        act(supplements.sign, further, inez, **signature(further, inez))

    def test_the_page_to_sign_asks_to_sign_in_again(self, officer):
        agreement, signatory = in_force(officer)
        made = propose(agreement, signatory, benefits=["snap"])
        client = signed_in(signatory)
        page = f"/agreements/{agreement.number}/supplement/{made.number}/sign/"
        for answer in (client.get(page), client.post(page, {"typed_name": "Walter Hale"})):
            assert answer.status_code == 302
            assert "/reauthenticate/" in answer.url

    def test_another_agency_sees_and_moves_nothing_of_it(self, officer):
        agreement, signatory = in_force(officer)
        made = propose(agreement, signatory, benefits=["snap"])
        stranger = make_user("Nina", Role.AGENCY_ADMINISTRATOR, agency=make_agency("HARBOR"))
        with pytest.raises(NoSuchAgreement), scope_for(stranger):
            supplements.withdraw(
                number=agreement.number,
                supplement=made.number,
                version=1,
                message="Not ours",
                by=stranger,
                at=AT,
            )
        with scope_for(stranger):
            assert not Supplement.objects.exists()
        client = signed_in(stranger)
        for end in ("", "sign/", "withdraw/", "supplement.pdf"):
            page = f"/agreements/{agreement.number}/supplement/{made.number}/{end}"
            assert client.get(page).status_code == 404

    def test_each_act_is_audited_and_the_agency_told(self, officer):
        agreement, signatory = in_force(officer)
        concluded(agreement, signatory, officer, benefits=["snap"])
        with system_scope():
            told = AuditEvent.objects.filter(subject_id=agreement.number)
            verbs = list(told.values_list("verb", flat=True))
        assert {
            "agreement.supplement_proposed",
            "agreement.supplement_signed_by_agency",
            "agreement.supplement_concluded",
        } <= set(verbs)
        said = Message.objects.filter(topic="mail").values_list("payload__context__what", flat=True)
        assert any("Supplement 1 is signed and holds from" in (text or "") for text in said)


class TestDatabase:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE agreements_supplement SET effective_on = '2027-01-01'",
            "UPDATE agreements_supplement SET changes = '{}'",
            "UPDATE agreements_supplement SET status = 'concluded', holds_from = '2026-12-01'",
            "UPDATE agreements_agreement SET amended = '[{}]'",
            "UPDATE agreements_agreement SET benefits = '{tanf}'",
            "UPDATE agreements_agreement SET supplements = supplements + 1",
        ],
    )
    def test_no_statement_goes_past_the_two_signatures(self, officer, statement):
        agreement, signatory = in_force(officer)
        propose(agreement, signatory, benefits=["snap"])
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            system_scope(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

    def test_postgresql_knows_the_same_moves(self, officer):
        agreement, signatory = in_force(officer)
        legal = set(changes(TRANSITIONS))
        for source in ("proposed", "signed_by_agency"):
            for target in SupplementStatus.values:
                if target == source:
                    continue
                made = propose(agreement, signatory, benefits=["snap"])
                if source == "signed_by_agency":
                    act(supplements.sign, made, signatory, **signature(made, signatory))
                held = ", holds_from = '2026-12-01'" if target == "concluded" else ""
                try:
                    with transaction.atomic(), system_scope(), connection.cursor() as cursor:
                        cursor.execute(
                            f"UPDATE agreements_supplement SET status = %s{held} WHERE id = %s",
                            [target, made.pk],
                        )
                    moved = True
                except DatabaseError:
                    moved = False
                assert moved == ((source, target) in legal), (source, target)
                if not moved or target == "signed_by_agency":
                    act(supplements.withdraw, made, signatory, message="Next.")


class TestPages:
    def test_they_cost_the_same_with_one_supplement_and_with_several(
        self, officer, django_assert_num_queries
    ):
        agreement, signatory = in_force(officer)
        for number in range(3):
            if number in (1, 3):
                with scope_for(signatory), django_assert_num_queries(5):
                    page = agreement_page(user=signatory, number=agreement.number, at=AT)
                assert len(page.supplements) == number
            concluded(agreement, signatory, officer, contact_name=f"Ida {number}")
        with scope_for(signatory), django_assert_num_queries(2):
            shown = supplement_page(user=signatory, number=agreement.number, supplement=2)
        assert shown.acts == frozenset()

    def test_what_holds_now_and_later_is_shown(self, officer):
        agreement, signatory = in_force(officer)
        made = propose(agreement, officer, on=date(2031, 1, 2), benefits=["snap"], note="Narrower")
        page = signed_in(signatory).get(f"/agreements/{agreement.number}/").content.decode()
        assert "Supplement 1" in page
        assert "Change it by a supplement" not in page
        shown = (
            signed_in(signatory)
            .get(f"/agreements/{agreement.number}/supplement/{made.number}/")
            .content.decode()
        )
        assert "SNAP, Medicaid" in shown
        assert "Narrower" in shown

    def test_a_form_that_cannot_stand_keeps_what_was_typed(self, officer):
        agreement, signatory = in_force(officer)
        client = signed_in(signatory)
        address = f"/agreements/{agreement.number}/supplement/"
        assert client.get(address).status_code == 200
        typed = {
            **{name: CHOICES[name] for name in CHANGEABLE if name in CHOICES},
            "contractors": "Helping Hands, data entry",
            "benefits": ["drivers_license"],
            "effective_on_0": "1",
            "effective_on_1": "2",
            "effective_on_2": "2027",
            "version": agreement.version,
        }
        answer = client.post(address, typed)
        assert answer.status_code == 422
        assert "Helping Hands, data entry" in answer.content.decode()
        answer = client.post(address, {**typed, "benefits": ["snap"]})
        assert answer.status_code == 302
        with scope_for(signatory):
            assert Supplement.objects.get().effective_on == date(2027, 1, 2)
