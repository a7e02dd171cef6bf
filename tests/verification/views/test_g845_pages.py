"""The pages and papers of a Form G-845, from asking to the telephone call; the office's pages."""

import re
import subprocess
from datetime import timedelta
from io import BytesIO

import page as pdf_rules
import pgtrigger
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from billing.models import Exemption, Price
from save_portal.accounts.tenancy import scope_for, system_scope
from tests.conftest import AT, resident, signed_in, unknown_person
from tests.verification.services.test_g845 import answered, arrive, ask, by_verifier, mail, now
from verification.models import Case, G845Mailing, VerifierAnswer
from verification.services import initial

pytestmark = pytest.mark.django_db


@pytest.fixture
def recommended(caseworker, verifier, people_on_record):
    return ask(answered(caseworker, verifier), caseworker, comment="The seal looks altered")


@pytest.fixture
def svo(verifier):
    return signed_in(verifier)


def text_of(content: bytes) -> str:
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True
    )
    return done.stdout.decode()


def pdf(client, address: str) -> str:
    """The text of a paper that passes the rules of accessible PDF."""
    response = client.get(address)
    assert response.headers["Content-Type"] == "application/pdf"
    report = pdf_rules.validate_pdf_bytes(
        response.content, profile=pdf_rules.ValidationProfile.PDF_UA_1
    )
    assert report.is_compliant, str(report)
    return text_of(response.content)


def send_again(case, verifier, *reasons, comment="") -> None:
    """A verifier's answer that asks for documents, as the review gives it."""
    with system_scope():
        VerifierAnswer.objects.create(
            case=case,
            agency_id=case.agency_id,
            step="g845",
            kind="resubmit",
            at=AT,
            by=verifier,
            send_again=list(reasons),
            comment=comment,
        )


class TestTheForm:
    def test_it_carries_what_was_typed_and_where_it_goes(self, dana, recommended):
        text = pdf(dana, f"/cases/{recommended.number}/g845.pdf")
        for words in (
            recommended.grouped_number,
            "Bautista",
            "Rosalind",
            "A 200-000-001",
            "MSC 20 000 00001",
            "May 31, 1990",
            "HH-20571",
            "Calhoun Human Services",
            "Dana Tester",
            "Status Verification Office",
            "☒ Food Stamps",
            "☐ TANF",
            "Permanent Resident Card (I-551): front and back.",
            "☒ Other",
            "The seal looks altered",
            "☐ 1. Lawful permanent resident",
            "☐ 20. Document not valid",
            "Page 1 of 2",
        ):
            assert words in text, words
        assert "Supplement" not in text

    def test_its_bar_code_is_the_case_number(self, dana, recommended):
        response = dana.get(f"/cases/{recommended.number}/g845.pdf")
        assert read_code128(response.content) == recommended.number

    def test_it_shows_nobody_else_and_nothing_of_passport_and_record(
        self, caseworker, people_on_record
    ):
        client = signed_in(caseworker)
        with scope_for(caseworker):
            initial.initiate(by=caseworker, at=AT, submission=resident())
            case = initial.initiate(
                by=caseworker,
                at=AT,
                submission=unknown_person(
                    document_type="other_a_number",
                    card_number="",
                    document_description="Court order",
                    passport_number="X1234567",
                    passport_country="MEX",
                ),
            )
        ask(case, caseworker)
        text = pdf(client, f"/cases/{case.number}/g845.pdf")
        assert "Court order" in text
        for hidden in ("X1234567", "MEX", "Arreola", "209-448-177", "IR6"):
            assert hidden not in text, hidden

    def test_the_supplement_comes_where_its_questions_are_asked(self, dana, recommended):
        address = f"/cases/{recommended.number}/g845/fill-in/"
        page = dana.get(address)
        assert page.status_code == 200
        done = dana.post(
            address,
            {
                "version": recommended.version,
                "reason": "cuban_haitian",
                "comment": "Entered in 1994",
                "supplement": ["sponsor"],
            },
        )
        assert done.status_code == 302
        text = pdf(dana, f"/cases/{recommended.number}/g845.pdf")
        assert "Form G-845 Supplement" in text
        assert "☒ 9d" in text
        assert "☒ 9e" in text
        assert "☐ 9a" in text
        assert "Part 3. Cuban or Haitian entrants" in text

    @pytest.mark.parametrize(
        "name",
        [
            "Łukasz Żółć",
            "Nguyễn Thị Ẳn",
            "Ярослав Ґалаґан",
            "محمد عبد الله",
            "王小明",
            "O’Neil-D'Arcy",
        ],
    )
    def test_any_name_stands_on_it(self, caseworker, people_on_record, name):
        with scope_for(caseworker):
            case = initial.initiate(
                by=caseworker,
                at=AT,
                submission=unknown_person(family_name=name, document_doubt="Blurred"),
            )
        ask(case, caseworker)
        text = pdf(signed_in(caseworker), f"/cases/{case.number}/g845.pdf")
        for letters in name.replace("’", "'").split():
            assert set(letters) <= set(text)

    def test_there_is_none_before_it_is_asked_for(self, dana, unconfirmed):
        assert dana.get(f"/cases/{unconfirmed.number}/g845.pdf").status_code == 404
        back = dana.get(f"/cases/{unconfirmed.number}/g845/")
        assert back.headers["Location"] == f"/cases/{unconfirmed.number}/"

    def test_another_agency_finds_no_form(self, recommended, stranger):
        client = signed_in(stranger)
        for name in ("g845/", "g845.pdf", "g845-call.pdf", "g845/ask/"):
            assert client.get(f"/cases/{recommended.number}/{name}").status_code == 404


# The widths of bars and spaces of Code 128, values 0 to 106 (ISO/IEC 15417, table 1).
WIDTHS = re.findall(
    r"\d+",
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 "
    "122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 "
    "321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 "
    "211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 "
    "213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 "
    "121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 "
    "241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 "
    "412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 "
    "211214 211232 2331112",
)


def read_code128(content: bytes) -> str:
    """Reads the bar code off the printed page, as a scanner does: from the widths of its bars."""
    drawn = subprocess.run(
        ["pdftoppm", "-r", "600", "-f", "1", "-l", "1", "-gray", "-singlefile", "-"],
        input=content,
        capture_output=True,
        check=True,
    ).stdout
    picture = Image.open(BytesIO(drawn))
    line = picture.crop((picture.width // 2 + 200, 0, picture.width, picture.height))
    row = int(1.1 * 600)
    dark = [line.getpixel((x, row)) < 128 for x in range(line.width)]
    runs, last = [], None
    for value in dark:
        if value is last:
            runs[-1] += 1
        else:
            runs.append(1)
        last = value
    runs = runs[0 if dark[0] else 1 :][:-1]
    module = sum(runs) / (11 * ((len(runs) - 7) // 6) + 13)
    signs = [
        WIDTHS.index("".join(str(round(width / module)) for width in runs[start : start + 6]))
        for start in range(0, len(runs) - 7, 6)
    ]
    assert (signs[0] + sum(i * v for i, v in enumerate(signs[1:-1], 1))) % 103 == signs[-1]
    text, table = "", {103: "A", 104: "B", 105: "C"}[signs[0]]
    for sign in signs[1:-1]:
        if sign in (99, 100, 101) and not (table == "C" and sign == 99):
            table = {99: "C", 100: "B", 101: "A"}[sign]
        else:
            text += f"{sign:02d}" if table == "C" else chr(sign + 32)
    return text


class TestSendingIt:
    def test_the_page_says_what_to_print_what_to_enclose_and_where_to(self, dana, recommended):
        text = dana.get(f"/cases/{recommended.number}/g845/").content.decode()
        for words in ("Print the form", "front and back", "Status Verification Office", "I mailed"):
            assert words in text, words
        assert "Send the documents" in dana.get(f"/cases/{recommended.number}/").content.decode()

    def test_it_says_exactly_what_a_verifier_wants_again_at_no_charge(
        self, dana, recommended, caseworker, verifier
    ):
        mail(recommended, caseworker)
        arrive(recommended.number, verifier)
        by_verifier(recommended, verifier, "take_g845", "recommend_g845")
        send_again(recommended, verifier, "both_sides", "unreadable", comment="The back is cut off")
        text = dana.get(f"/cases/{recommended.number}/g845/").content.decode()
        for words in (
            "Both sides of the document",
            "A copy that can be read",
            "The back is cut off",
            "No new case and no new charge",
        ):
            assert words in text, words
        printed = pdf(dana, f"/cases/{recommended.number}/g845.pdf")
        assert "☐ Both sides of the document." in printed

    def test_a_consent_has_to_go_by_mail(self, dana, recommended, verifier):
        send_again(recommended, verifier, "consent_needed")
        text = dana.get(f"/cases/{recommended.number}/g845/").content.decode()
        assert "this one has to go by mail" in text
        refused = dana.post(
            f"/cases/{recommended.number}/g845/copies/send/", {"version": recommended.version}
        )
        assert refused.status_code == 409
        assert "Mail the form" in refused.content.decode()

    def test_a_day_that_cannot_be_is_named_at_its_field(self, dana, recommended):
        tomorrow = timezone.localdate() + timedelta(days=2)
        for day in ((tomorrow.month, tomorrow.day, tomorrow.year), (13, 1, 2026), ("", "", "")):
            names = {f"mailed_on_{place}": part for place, part in enumerate(day)}
            page = dana.post(
                f"/cases/{recommended.number}/g845/mailed/",
                {"version": recommended.version, **names},
            )
            assert page.status_code == 422
            assert "thing" in page.content.decode()
        assert now(recommended).status == "g845_recommended"

    def test_marked_as_mailed_it_shows_the_date_and_why(self, dana, recommended):
        today = timezone.localdate()
        done = dana.post(
            f"/cases/{recommended.number}/g845/mailed/",
            {
                "version": recommended.version,
                "mailed_on_0": today.month,
                "mailed_on_1": today.day,
                "mailed_on_2": today.year,
            },
            follow=True,
        )
        text = done.content.decode()
        assert "The form is in the mail." in text
        assert "20 federal working days" in text
        assert "If the letter is lost" in text
        case = dana.get(f"/cases/{recommended.number}/").content.decode()
        assert "It has not arrived yet." in case
        assert "Mailed the Form G-845" in case

    def test_copies_go_in_its_place_and_are_there_at_once(self, dana, recommended):
        address = f"/cases/{recommended.number}/g845/copies/"
        empty = dana.post(f"{address}send/", {"version": recommended.version})
        assert "Upload the copies first" in empty.content.decode()
        picture = BytesIO()
        Image.new("RGB", (900, 600), "#eee").save(picture, "PNG")
        files = SimpleUploadedFile("card.png", picture.getvalue(), "image/png")
        shown = dana.post(address, {"kind": "both_sides", "files": files}, follow=True)
        assert "Send 1 copy" in shown.content.decode()
        sent = dana.post(f"{address}send/", {"version": recommended.version}, follow=True)
        assert "A status verifier can take the case now." in sent.content.decode()
        case = now(recommended)
        assert (case.status, case.papers_arrived_at is not None) == ("g845_mailed", True)

    def test_a_lost_letter_is_replaced_by_copies_and_the_date_stays(
        self, dana, recommended, caseworker
    ):
        mailed = mail(recommended, caseworker)
        picture = BytesIO()
        Image.new("RGB", (900, 600), "#eee").save(picture, "PNG")
        files = SimpleUploadedFile("card.png", picture.getvalue(), "image/png")
        address = f"/cases/{recommended.number}/g845/copies/"
        dana.post(address, {"kind": "both_sides", "files": files})
        dana.post(f"{address}send/", {"version": mailed.version})
        case = now(recommended)
        assert (case.status, case.due_on) == ("g845_mailed", mailed.due_on)
        assert case.papers_arrived_at is not None

    def test_after_the_twenty_days_there_is_a_number_to_call_and_a_page_for_it(
        self, dana, recommended, caseworker, settings, monkeypatch
    ):
        settings.TOLL_FREE_NUMBER = "800-555-0100"
        case = mail(recommended, caseworker)
        assert pdf(dana, f"/cases/{case.number}/g845-call.pdf").count("\f") == 1
        later = AT + timedelta(days=45)
        monkeypatch.setattr(timezone, "now", lambda: later)
        client = signed_in(caseworker)
        for address in (f"/cases/{case.number}/g845/", f"/cases/{case.number}/"):
            text = client.get(address).content.decode()
            assert "The 20 federal working days are over." in text
            assert "800-555-0100" in text
        printed = pdf(client, f"/cases/{case.number}/g845-call.pdf")
        for words in ("800-555-0100", case.grouped_number, "December 21, 2026", "Bautista"):
            assert words in printed, words


class TestAskingPages:
    def test_the_case_offers_it_where_it_may_be_asked_for(
        self, dana, unconfirmed, caseworker, verifier
    ):
        address = f"/cases/{unconfirmed.number}/g845/ask/"
        assert (
            "Ask for a Form G-845" not in dana.get(f"/cases/{unconfirmed.number}/").content.decode()
        )
        assert "comes first" in dana.get(address, follow=True).content.decode()
        case = answered(caseworker, verifier, unknown_person(a_number="200000002"))
        assert "Ask for a Form G-845" in dana.get(f"/cases/{case.number}/").content.decode()
        page = dana.get(f"/cases/{case.number}/g845/ask/").content.decode()
        assert "Free: additional verification was charged already." in page
        wrong = dana.post(f"/cases/{case.number}/g845/ask/", {"version": case.version})
        assert wrong.status_code == 422
        done = dana.post(
            f"/cases/{case.number}/g845/ask/",
            {"version": case.version, "reason": "date_needed", "comment": "The grant date"},
        )
        assert done.headers["Location"] == f"/cases/{case.number}/g845/"

    def test_skipping_additional_verification_names_its_price(self, dana, caseworker):
        with scope_for(caseworker):
            case = initial.initiate(
                by=caseworker, at=AT, submission=resident(document_doubt="Peeling edge")
            )
        Price.objects.create(kind="g845", effective_from=timezone.localdate(), amount="0.75")
        with pgtrigger.ignore():
            Exemption.objects.all().delete()
        page = dana.get(f"/cases/{case.number}/g845/ask/").content.decode()
        assert "Costs $0.75" in page
        assert "Peeling edge" in page


class TestTheOffice:
    def test_a_scan_records_the_arrival_and_waits_for_the_next(self, svo, recommended, caseworker):
        mail(recommended, caseworker)
        page = svo.post("/office/arrivals/", {"number": recommended.number.lower()}, follow=True)
        text = page.content.decode()
        assert "arrived. A verifier can take it." in text
        assert "Calhoun Human Services" in text
        assert "autofocus" in text
        again = svo.post("/office/arrivals/", {"number": recommended.grouped_number}, follow=True)
        assert "was recorded before" in again.content.decode()
        assert svo.post("/office/arrivals/", {"number": "12345"}).status_code == 404
        assert svo.post("/office/arrivals/", {"number": ""}).status_code == 422

    def test_the_office_alone_opens_its_pages(self, dana, recommended):
        for address in ("/office/arrivals/", "/office/paper-form/", "/office/paper-form/i551/"):
            assert dana.get(address).status_code == 403

    def test_a_paper_form_is_keyed_in(self, svo, caseworker, people_on_record):
        assert svo.get("/office/paper-form/").status_code == 200
        assert svo.get("/office/paper-form/i551/").status_code == 200
        assert svo.get("/office/paper-form/nothing/").status_code == 404
        today = timezone.localdate()
        typed = {
            "official_email": caseworker.email,
            "mailed_on_0": today.month,
            "mailed_on_1": today.day,
            "mailed_on_2": today.year,
            "a_number": "A 200-000-001",
            "card_number": "MSC 20 000 00001",
            "family_name": "Bautista",
            "given_name": "Rosalind",
            "date_of_birth_0": "5",
            "date_of_birth_1": "31",
            "date_of_birth_2": "1990",
            "benefits": ["snap"],
            "reason": "other",
            "comment": "By mail",
        }
        wrong = svo.post("/office/paper-form/i551/", {**typed, "family_name": "", "reason": ""})
        assert wrong.status_code == 422
        assert "Nothing was charged" in wrong.content.decode() or "nothing was charged" in (
            wrong.content.decode()
        )
        made = svo.post("/office/paper-form/i551/", typed, follow=True)
        assert "Write the number on the paper." in made.content.decode()
        with system_scope():
            case = Case.objects.get()
            assert G845Mailing.objects.get().way == "paper"
        assert (case.handled_by, case.status) == (caseworker, "g845_mailed")
        twice = svo.post("/office/paper-form/i551/", typed)
        assert twice.status_code == 409
        assert case.grouped_number in twice.content.decode()


class TestANewerDocument:
    def begin(self, client, case, document="i766"):
        page = client.post(f"/cases/{case.number}/newer-document/", {"document": document})
        assert page.status_code == 302
        return page.headers["Location"]

    def test_a_new_case_takes_the_place_of_the_old_one(self, dana, recommended, caseworker):
        case_page = dana.get(f"/cases/{recommended.number}/").content.decode()
        assert "The applicant has a newer document" in case_page
        details = self.begin(dana, recommended)
        form = dana.get(details).content.decode()
        assert 'value="Bautista"' in form
        assert "200-000-001" not in form
        assert "takes the place of" in form
        dana.post(
            details,
            {
                "a_number": "200000001",
                "card_number": "MSC2155330999",
                "document_expires_on_0": "1",
                "document_expires_on_1": "1",
                "document_expires_on_2": "2030",
                "family_name": "Bautista",
                "given_name": "Rosalind",
                "date_of_birth_0": "5",
                "date_of_birth_1": "31",
                "date_of_birth_2": "1990",
                "benefits": ["snap"],
                "original": "genuine",
            },
        )
        assert now(recommended).is_open
        sent = dana.post(details.replace("details", "check"))
        again = dana.post(details.replace("details", "check"))
        assert sent.headers["Location"] == again.headers["Location"]
        old = now(recommended)
        assert (old.status, old.closure_reason) == ("closed", "superseded")
        with system_scope():
            new = Case.objects.get(supersedes=old)
        assert new.number[:5] in dana.get(f"/cases/{old.number}/").content.decode()
        assert "Begun for a newer document" in (dana.get(f"/cases/{new.number}/").content.decode())

    def test_a_closed_case_is_not_replaced_and_closing_alone_is_no_replacement(
        self, dana, recommended
    ):
        closing = dana.get(f"/cases/{recommended.number}/close/").content.decode()
        assert "superseded" not in closing
        dana.post(
            f"/cases/{recommended.number}/close/",
            {"version": recommended.version, "reason": "withdrawn"},
        )
        back = dana.get(f"/cases/{recommended.number}/newer-document/", follow=True)
        assert "can no longer be replaced" in back.content.decode()
