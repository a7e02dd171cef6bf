"""What must not happen: each gives a clear message or nothing at all, nothing lost or doubled."""

import csv
import io
import re
import threading
import time

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from save_portal.accounts import interrupted, sessions
from save_portal.accounts.tenancy import scope_for, system_scope
from tests.conftest import (
    AT,
    PASSWORD,
    load_three_people,
    make_agency,
    make_user,
    resident,
    signed_in,
)
from verification.models import Case, CaseDraft, ChargeEvent, NoQuery
from verification.services import initial

pytestmark = pytest.mark.django_db

TYPED = {
    "a_number": "A 209-448-177",
    "card_number": "msc 21 553 30947",
    "document_expires_on_0": "4",
    "document_expires_on_1": "18",
    "document_expires_on_2": "2033",
    "family_name": "Arreola-Quiñones",
    "given_name": "Ana Lucia",
    "date_of_birth_0": "5",
    "date_of_birth_1": "31",
    "date_of_birth_2": "1990",
    "benefits": ["snap"],
    "agency_reference": "HH-20571",
    "original": "genuine",
}


def begin(client, document="i551") -> str:
    """The address of the details of a new draft."""
    return client.post("/cases/new/", {"document": document}).headers["Location"]


def send_details(client, **changes):
    address = begin(client, changes.pop("document", "i551"))
    return address, client.post(address, {**TYPED, **changes})


def errors_of(response) -> str:
    text = response.content.decode()
    found = re.search(r'<div class="errs".*?</div>', text, re.DOTALL)
    return re.sub(r"<[^>]+>", " ", found.group()) if found else ""


def counted() -> tuple[int, int]:
    with system_scope():
        return Case.objects.count(), ChargeEvent.objects.count()


def test_the_four_steps_lead_to_one_case_and_one_charge(dana):
    address, response = send_details(dana)
    check = response.headers["Location"]
    assert check.endswith("/check/")
    text = dana.get(check).content.decode()
    assert "A 209-448-177" in text
    assert "May 31, 1990" in text
    case = dana.post(check).headers["Location"]
    assert "SAVE confirmed" in dana.get(case).content.decode()
    # Sent again, gone back to, opened in another tab: the same case.
    assert dana.post(check).headers["Location"] == case
    assert dana.get(check).headers["Location"] == case
    assert dana.post(address, TYPED).headers["Location"] == case
    assert counted() == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_eight_times_at_once_leads_to_one_case_and_one_charge(tmp_path):
    load_three_people(tmp_path)
    user = make_user("Dana", "general_user", agency=make_agency("CALHOUN"))
    browser = signed_in(user)
    check = send_details(browser)[1].headers["Location"]
    start = threading.Barrier(8)
    led_to = []

    def send():
        tab = Client()
        tab.cookies = browser.cookies
        try:
            start.wait(10)
            response = tab.post(check)
            led_to.append((response.status_code, response.headers.get("Location")))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with system_scope():
        case = Case.objects.get()
    assert led_to == [(302, f"/cases/{case.number}/")] * 8
    assert counted() == (1, 1)


def test_an_equal_question_in_a_second_draft_names_the_open_case(dana):
    first = dana.post(send_details(dana)[1].headers["Location"]).headers["Location"]
    refused = dana.post(send_details(dana)[1].headers["Location"])
    assert refused.status_code == 409
    assert first in refused.content.decode()
    assert counted() == (1, 1)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"a_number": "A 209-4481-770"}, "You typed 10. Is one digit doubled?"),
        ({"a_number": "ABCDEFG"}, "no letter but the A"),
        ({"a_number": ""}, "Enter the A-number."),
        ({"card_number": "MSC215533094"}, "You typed 3 letters and 9 digits."),
        ({"date_of_birth_0": "31", "date_of_birth_1": "5"}, "There is no month 31. Are day and"),
        ({"date_of_birth_0": "40"}, "There is no month 40."),
        ({"date_of_birth_0": "2", "date_of_birth_1": "30"}, "February 1990 has no day 30"),
        ({"date_of_birth_2": "90"}, "Write the year with 4 digits."),
        ({"date_of_birth_2": "2031"}, "in the future"),
        ({"date_of_birth_2": "1790"}, "cannot be the year"),
        ({"date_of_birth_1": ""}, "The day is missing."),
        ({"date_of_birth_0": "May"}, "Write the month in digits."),
        ({"date_of_birth_0": "٥"}, "Write the month in digits."),
        ({"family_name": ""}, "Enter the family name, as on the document."),
        ({"family_name": "Quiñones4"}, "Take out “4”."),
        ({"family_name": "'-'"}, "at least one letter"),
        ({"given_name": "x" * 41}, "at most 40 characters"),
        ({"benefits": []}, "Tick what the person applies for."),
        ({"benefits": ["tanf"]}, "Article 4 of your agreement with SAVE does not cover this."),
        ({"original": ""}, "SAVE checks data, not paper."),
        ({"original": "suspect"}, "Say in a few words what makes you doubt."),
        ({"agency_reference": "9" * 41}, "at most 40 characters"),
    ],
)
def test_bad_input_is_explained_kept_and_not_charged(dana, changes, sentence):
    address, response = send_details(dana, **changes)
    assert response.status_code == 422
    assert sentence in errors_of(response)
    assert "Nothing was sent or charged." in response.content.decode()
    again = dana.get(address).content.decode()
    assert "msc 21 553 30947" in again or "card_number" in changes
    assert counted() == (0, 0)


@pytest.mark.parametrize(
    "name",
    [
        *("Ng", "O", "De la Peña-O’Neil", "Ελένη", "Иванова", "王", "محمد", "Đỗ Thị Ánh Nguyệt"),
        "D'Ávila-O’Éireannaigh Müller-Łukaszewicz",  # 40
        "Иванова-Достоевская-Крузенштерн-Гончаров",  # 40
        "歐陽" * 20,
    ],
)
def test_names_of_any_letters_are_taken_and_shown_as_typed(dana, name):
    shown = escape(name.replace("’", "'"))  # one apostrophe, whichever the keyboard has
    _, response = send_details(dana, family_name=name)
    check = response.headers["Location"]
    assert shown in dana.get(check).content.decode()
    case = dana.post(check).headers["Location"]
    assert shown in dana.get(case).content.decode()
    assert counted() == (1, 1)


def test_a_foreign_passport_alone_is_not_enough_here(dana):
    _, response = send_details(
        dana, document="foreign_passport", passport_number="G20411880", passport_country="MEX"
    )
    assert "A foreign passport alone is not enough" in errors_of(response)


def test_a_passport_number_needs_its_country(dana):
    _, response = send_details(dana, document="temporary_i551", passport_number="G20411880")
    assert "Add the country that issued the passport." in errors_of(response)


def test_markup_in_a_name_or_reference_is_shown_as_typed(dana):
    _, response = send_details(dana, family_name="<b>Bold</b>", agency_reference="<i>x</i>")
    text = response.content.decode()
    assert "<b>Bold" not in text
    assert "<i>x" not in text
    assert "&lt;b&gt;Bold" in text


def test_a_choice_that_is_no_document_is_refused(dana):
    response = dana.post("/cases/new/", {"document": "library_card"})
    assert response.status_code == 422
    assert "Choose one of the documents below." in response.content.decode()


@pytest.mark.parametrize(
    "name", ["case", "print", "details-pdf", "photo", "correction-sheet", "retry", "close"]
)
def test_another_agencys_case_number_is_as_good_as_none(stranger, confirmed, name):
    address = reverse(f"verification:{name}", args=[confirmed.number])
    assert signed_in(stranger).get(address).status_code == 404


@pytest.mark.parametrize("name", ["photo-match", "duties"])
def test_another_agencys_case_cannot_be_acted_on(stranger, confirmed, name):
    address = reverse(f"verification:{name}", args=[confirmed.number])
    assert signed_in(stranger).post(address, {"version": 1, "answer": "yes"}).status_code == 404


def test_a_colleagues_case_is_closed_to_a_caseworker_and_open_to_the_supervisor(
    colleague, supervisor, confirmed
):
    address = f"/cases/{confirmed.number}/"
    assert signed_in(colleague).get(address).status_code == 404
    assert signed_in(supervisor).get(address).status_code == 200


def test_another_persons_draft_is_not_there(dana, colleague):
    address = begin(dana)
    other = signed_in(colleague)
    assert other.get(address).status_code == 404
    assert other.post(address, TYPED).status_code == 404


def test_a_verifier_begins_no_case(verifier):
    assert signed_in(verifier).get("/cases/new/").status_code == 403


def test_a_stale_tab_changes_nothing_and_says_so(dana, unconfirmed):
    address = reverse("verification:duties", args=[unconfirmed.number])
    tick = {"duty": "told_applicant", "value": "yes", "version": unconfirmed.version}
    assert "Recorded." in dana.post(address, tick, follow=True).content.decode()
    wish = {"duty": "wish", "value": "declines", "version": unconfirmed.version}
    text = dana.post(address, wish, follow=True).content.decode()
    assert "note-error" in text
    with system_scope():
        assert Case.objects.get().wish == ""


def test_a_wish_without_an_answer_records_nothing(dana, unconfirmed):
    address = reverse("verification:duties", args=[unconfirmed.number])
    response = dana.post(address, {"duty": "wish", "version": unconfirmed.version}, follow=True)
    assert "Choose what the applicant said." in response.content.decode()


def test_closing_before_the_duties_is_refused_with_the_rule(dana, unconfirmed):
    address = reverse("verification:close", args=[unconfirmed.number])
    form = {"reason": "applicant_declined", "version": unconfirmed.version}
    response = dana.post(address, form)
    assert response.status_code == 409
    assert "Tell the applicant first" in response.content.decode()
    assert "S3.7" in response.content.decode()
    with system_scope():
        assert Case.objects.get().is_open


def test_a_retry_without_a_change_costs_nothing(dana, unconfirmed):
    address = reverse("verification:retry", args=[unconfirmed.number])
    same = {
        **TYPED,
        "document_expires_on_0": "",
        "document_expires_on_1": "",
        "document_expires_on_2": "",
        "family_name": "Bautista",
        "given_name": "Rosalind",
        "a_number": "200000001",
        "card_number": "MSC2000000001",
        "version": unconfirmed.version,
    }
    response = dana.post(address, same)
    assert "Nothing was changed" in response.content.decode()
    assert counted() == (1, 1)


def test_programs_without_a_query_are_stopped_with_the_rule(dana):
    page = dana.get("/cases/new/no-query/emergency_medicaid/")
    assert "no query" in page.content.decode()
    dana.post("/cases/new/no-query/emergency_medicaid/", {"agency_reference": "HH-1"})
    with system_scope():
        assert NoQuery.objects.get().reason == "emergency_medicaid"
    assert counted() == (0, 0)
    assert dana.get("/cases/new/no-query/other/").status_code == 404


def test_no_personal_data_in_titles_and_addresses(dana, confirmed):
    for address in (f"/cases/{confirmed.number}/", f"/cases/{confirmed.number}/print/", "/"):
        text = dana.get(address).content.decode()
        title = re.search(r"<title>(.*?)</title>", text, re.DOTALL).group(1)
        assert "Arreola" not in title
        links = " ".join(re.findall(r'(?:href|action|src)="([^"]*)"', text))
        for private in ("rreola", "209448177", "MSC2155330947"):
            assert private not in links


def test_pages_with_personal_data_stay_in_no_cache(dana, confirmed):
    response = dana.get(f"/cases/{confirmed.number}/")
    assert "no-store" in response.headers["Cache-Control"]


def test_the_export_opens_safely_in_a_spreadsheet(dana, caseworker, people_on_record):
    with scope_for(caseworker):
        initial.initiate(
            by=caseworker, at=AT, submission=resident(agency_reference='=HYPERLINK("x")')
        )
    response = dana.get("/cases/export.csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0]["agency_reference"] == '\'=HYPERLINK("x")'
    assert rows[0]["family_name"] == "Arreola-Quiñones"


def test_a_saved_view_returns_the_filters_and_belongs_to_one_person(dana, colleague):
    form = {"name": "SNAP only", "query": "benefit=snap&csrf=x&by=me", "back": "/cases/"}
    assert dana.post("/cases/views/", form).headers["Location"] == "/cases/"
    assert "/cases/?benefit=snap&amp;by=me" in dana.get("/cases/").content.decode()
    assert "SNAP only" not in signed_in(colleague).get("/cases/").content.decode()


def test_a_view_never_leads_away_from_the_portal(dana):
    form = {"name": "x", "query": "", "back": "https://elsewhere.example/"}
    assert dana.post("/cases/views/", form).headers["Location"] == "/cases/"


def test_a_draft_of_an_ended_session_is_offered_again(dana, caseworker):
    address, _ = send_details(dana, a_number="")
    page = signed_in(caseworker).get("/cases/new/").content.decode()
    assert address in page
    with system_scope():
        assert CaseDraft.objects.count() == 1


def test_without_a_sign_in_every_page_leads_to_it(client, db):
    for address in ("/", "/cases/", "/cases/new/", "/cases/AAAAAAAAAAAAAAA/"):
        response = client.get(address)
        assert response.status_code == 302
        assert "/accounts/login/" in response.headers["Location"]


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/about/", "/privacy/", "/help/"])
def test_public_pages_need_no_sign_in(client, db, address):
    assert client.get(address).status_code == 200


def test_another_person_on_the_photo_leads_to_additional_verification(dana, confirmed):
    address = reverse("verification:photo-match", args=[confirmed.number])
    answered = dana.post(address, {"answer": "no", "version": confirmed.version})
    form = answered.headers["Location"]
    assert form.endswith("/additional/")
    checked = dana.post(form, {"reason": "document_doubtful", "next": "check"}, follow=True)
    version = checked.context["version"]
    sent = dana.post(f"{form}check/", {"version": version})
    assert sent.status_code == 302
    with system_scope():
        assert Case.objects.get().status == "additional_requested"
    # The page that was open before changes nothing any more.
    dana.post(f"{form}check/", {"version": version})
    assert counted() == (1, 2)


def test_an_empty_request_for_additional_verification_is_explained(dana, confirmed):
    address = reverse("verification:additional", args=[confirmed.number])
    response = dana.post(address, {"next": "check"})
    assert response.status_code == 422
    assert "Choose why a status verifier should look." in response.content.decode()


class TestASessionThatEndsInAForm:
    """Nothing typed is lost, and nobody else gets it."""

    TYPED = {"family_name": "Arreola-Quiñones", "given_name": "Ana", "benefits": ["snap", "tanf"]}

    def sent_too_late(self, client) -> str:
        begun = client.post("/cases/new/", {"document": "i551"}).headers["Location"]
        session = client.session
        session[sessions.LAST_SEEN] = time.time() - 24 * 3600
        session.save()
        assert client.post(begun, self.TYPED).headers["Location"] == (
            "/accounts/login/?next=%2Fsession%2Fresume%2F"
        )
        assert "_auth_user_id" not in client.session
        return begun

    def back(self, client, user):
        client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
        client.post("/terms/", {"accept": "yes"})
        return client.get("/session/resume/")

    def test_the_person_is_given_back_what_was_typed_and_sends_it(self, dana, caseworker):
        begun = self.sent_too_late(dana)
        page = self.back(dana, caseworker)
        assert page.headers["Cache-Control"].count("no-store")
        assert f'action="{begun}"' in page.content.decode()
        assert page.context["form"].fields == [
            ("family_name", "Arreola-Quiñones"),
            ("given_name", "Ana"),
            ("benefits", "snap"),
            ("benefits", "tanf"),
        ]
        sent = dana.post(begun, self.TYPED)
        assert sent.status_code == 422  # the other fields are missing, as they were
        assert "Arreola-Quiñones" in sent.content.decode()
        assert dana.get("/session/resume/").headers["Location"] == "/"

    def test_somebody_else_at_that_browser_gets_nothing(self, dana, caseworker, colleague):
        self.sent_too_late(dana)
        assert self.back(dana, colleague).headers["Location"] == "/"
        dana.post("/accounts/logout/")
        assert self.back(dana, caseworker).headers["Location"] == "/"

    def test_it_can_be_thrown_away(self, dana, caseworker):
        self.sent_too_late(dana)
        assert self.back(dana, caseworker).status_code == 200
        assert dana.post("/session/resume/").headers["Location"] == "/"
        assert dana.get("/session/resume/").headers["Location"] == "/"

    def test_a_form_of_another_site_is_not_kept(self, caseworker):
        strict = signed_in(caseworker, enforce_csrf_checks=True)
        session = strict.session
        session[sessions.LAST_SEEN] = 0.0
        session.save()
        assert strict.post("/cases/new/", {"document": "i551"}).status_code == 302
        assert interrupted.KEPT not in strict.session

    @pytest.mark.parametrize(
        "address", ["//elsewhere.example/", "https://elsewhere.example/", "/x/"]
    )
    def test_what_a_page_asks_to_keep_leads_nowhere_else(self, dana, address):
        assert dana.post("/session/keep/", {"kept_address": address, "a": "b"}).status_code == 204
        assert interrupted.KEPT not in dana.session

    def test_a_page_whose_time_has_run_out_keeps_its_form(self, dana, caseworker):
        typed = {"kept_address": "/cases/new/", "document": "i94", "password": "never kept"}
        assert dana.post("/session/keep/", typed).status_code == 204
        assert self.back(dana, caseworker).context["form"].fields == [("document", "i94")]
