"""The request for additional verification in the browser: nothing typed or uploaded is lost."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from save_portal.accounts.tenancy import scope_for, system_scope
from tests import uploads as files
from tests.conftest import signed_in
from verification.models import AdditionalDraft, AdditionalRequest, Case, CaseDocument, ChargeEvent
from verification.services import duties

pytestmark = pytest.mark.django_db


def card(name="card.jpg", content=None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or files.encoded("JPEG"), "image/jpeg")


@pytest.fixture
def form(unconfirmed) -> str:
    return f"/cases/{unconfirmed.number}/additional/"


TYPED = {
    "reason": "prompted",
    "comment": "Entered in 1998 under the maiden name.",
    "also_known_as": "Rey, Rosalind",
    "sevis_id": "N00 0420 1188",
}


def count(model) -> int:
    with system_scope():
        return model.objects.count()


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def test_from_the_form_over_the_check_to_the_queue(dana, form, unconfirmed):
    both = [card(), card("letter.pdf", files.pdf(2))]
    checked = dana.post(form, {**TYPED, "next": "check", "files": both}, follow=True)
    shown = text(checked)
    assert checked.redirect_chain[-1][0] == f"{form}check/"
    for expected in ("SAVE could not confirm", "N00 0420 1188", "Rey, Rosalind", "2 pages"):
        assert expected in shown
    assert "Answered by" in shown
    assert count(ChargeEvent) == 1
    sent = dana.post(f"{form}check/", {"version": checked.context["version"]}, follow=True)
    assert "A status verifier has been asked." in text(sent)
    with system_scope():
        asked = AdditionalRequest.objects.get()
        assert asked.further_numbers == {"sevis_id": "N0004201188"}
        assert asked.comment == TYPED["comment"]
        assert CaseDocument.objects.sent().count() == 2
    assert "2 copies of documents" in text(dana.get(f"/cases/{unconfirmed.number}/"))


def test_the_promised_date_and_its_reason_stand_before_the_button(dana, form):
    checked = dana.post(form, {**TYPED, "next": "check"}, follow=True)
    promised = checked.context["promised"]
    assert promised.in_words() in text(checked).replace("&#x27;", "'")


def test_pressing_send_twice_asks_and_charges_once(dana, form):
    checked = dana.post(form, {**TYPED, "next": "check"}, follow=True)
    for _ in range(2):
        last = dana.post(f"{form}check/", {"version": checked.context["version"]}, follow=True)
    assert "was asked already. Nothing was charged again." in text(last)
    assert (count(AdditionalRequest), count(ChargeEvent)) == (1, 2)
    assert "was asked already" in text(dana.get(form, follow=True))


def test_a_wrong_field_keeps_the_files_and_a_wrong_file_keeps_the_fields(dana, form):
    wrong = {**TYPED, "sevis_id": "N1", "next": "check", "files": [card()]}
    page = dana.post(form, wrong)
    assert page.status_code == 422
    assert "A SEVIS ID has the letter N and 10 digits" in text(page)
    assert "Both sides, 1 page" in text(page)
    assert 'value="N1"' in page.content.decode()

    bad = [card("a.pdf", files.locked_pdf(user="x")), card("b.txt", b"words" * 20)]
    page = dana.post(
        form, {**TYPED, "next": "check", "files": [*bad, card("c.png", files.encoded("PNG"))]}
    )
    assert page.status_code == 422
    assert "a.pdf: The PDF is locked with a password." in text(page)
    assert "b.txt: This is not a PDF, JPEG, PNG or HEIC file." in text(page)
    assert "2 things to correct" in text(page)
    assert TYPED["comment"] in text(page)
    assert count(CaseDocument) == 2  # the good ones of both times
    assert count(ChargeEvent) == 1


def test_files_are_added_and_taken_away_while_the_rest_is_being_typed(dana, form):
    half = {"comment": "not finished"}
    added = dana.post(form, {**half, "add": "1", "kind": "front", "files": [card()]}, follow=True)
    assert added.status_code == 200
    assert "Front side, 1 page" in text(added)
    assert "not finished" in text(added)
    with system_scope():
        document = CaseDocument.objects.get()
    away = dana.post(form, {**half, "remove": str(document.pk)}, follow=True)
    assert "The copy is taken away." in text(away)
    assert "not finished" in text(away)
    assert count(CaseDocument) == 0
    none = dana.post(form, {**half, "add": "1"})
    assert (none.status_code, "Choose the files first" in text(none)) == (422, True)
    assert "Choose why" not in text(none)


def test_a_draft_is_there_after_signing_in_again(dana, form, caseworker, unconfirmed):
    dana.post(form, {**TYPED, "save": "1", "files": [card()]})
    dana.post("/accounts/logout/")
    page = signed_in(caseworker).get(form)
    assert TYPED["comment"] in text(page)
    assert 'value="Rey, Rosalind"' in page.content.decode()
    assert "Both sides, 1 page" in text(page)


def test_a_draft_can_be_thrown_away_with_its_copies(dana, form):
    dana.post(form, {**TYPED, "save": "1", "files": [card()]})
    dana.post(form, {"discard": "1"})
    assert (count(AdditionalDraft), count(CaseDocument)) == (0, 0)
    assert TYPED["comment"] not in text(dana.get(form))


def test_the_check_of_an_unfinished_form_leads_back(dana, form):
    dana.post(form, {"comment": "half", "save": "1"})
    back = dana.get(f"{form}check/", follow=True)
    assert back.redirect_chain[-1][0] == form
    assert "Something is still missing." in text(back)


def test_an_entrant_review_needs_copies(dana, form):
    typed = {**TYPED, "reason": "cuban_haitian", "next": "check"}
    page = dana.post(form, typed)
    assert "needs copies of the documents" in text(page)
    assert dana.post(form, {**typed, "files": [card()]}).status_code == 302


def test_a_stale_check_sends_nothing(dana, form, caseworker, unconfirmed):
    checked = dana.post(form, {**TYPED, "next": "check"}, follow=True)
    with scope_for(caseworker):
        duties.record(
            case_number=unconfirmed.number,
            version=Case.objects.get().version,
            duty="told_applicant",
            value="yes",
            by=caseworker,
            at=unconfirmed.created_at,
        )
    stale = dana.post(f"{form}check/", {"version": checked.context["version"]})
    assert stale.status_code == 409
    assert "Somebody changed this case" in text(stale)
    assert count(AdditionalRequest) == 0


def test_who_may_not_act_is_led_away(form, verifier, stranger, colleague):
    assert signed_in(verifier).get(form).status_code == 403
    for person in (stranger, colleague):
        assert signed_in(person).get(form).status_code == 404
        assert signed_in(person).post(form, {**TYPED, "files": [card()]}).status_code == 404
    assert count(CaseDocument) == 0


def test_that_save_could_not_confirm_is_no_reason_after_a_confirmation(dana, confirmed):
    page = dana.get(f"/cases/{confirmed.number}/additional/").content.decode()
    assert 'value="prompted"' not in page
    assert 'value="status_expected"' in page


def test_the_case_page_says_what_to_do_and_to_leave_for_the_benefit(dana, unconfirmed):
    page = text(dana.get(f"/cases/{unconfirmed.number}/"))
    assert "SNAP: never call a household member ineligible for unlawful presence" in page
    assert "Do not report the applicant to ICE" in page
