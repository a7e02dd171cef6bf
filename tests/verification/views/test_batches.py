"""Batches in the browser: what is kept, refused, shown and downloaded, and to whom."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from save_portal.accounts import sessions
from save_portal.accounts.models import Agency
from save_portal.accounts.tenancy import system_scope
from save_portal.documents import handlers
from tests.conftest import signed_in
from tests.verification.services.test_batch import RESIDENT, nobody
from tests.verification.services.test_batches import content, place, work  # noqa: F401
from verification.models import Batch, Case
from verification.selectors.batches import NOT_A_FINDING

pytestmark = pytest.mark.django_db
TICKED = {"originals_examined": "on", "no_finding": "on"}


def upload(browser, rows, *, raw=None):
    file = SimpleUploadedFile("november.csv", content(rows) if raw is None else raw)
    return browser.post("/batches/", {"file": file})


def uploaded(browser, rows):
    answer = upload(browser, rows)
    assert answer.status_code == 302, answer.content
    with system_scope():
        return work(Batch.objects.order_by("-id").first()), answer["Location"]


def cells(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_from_an_empty_list_to_results_that_say_what_they_do_not_mean(dana):
    assert b"No batch yet" in dana.get("/batches/").content
    assert dana.get("/batches/columns.csv").content.startswith(b"row_id,family_name")
    batch, page = uploaded(dana, [RESIDENT, nobody(1), {**RESIDENT, "a_number": "=1+1"}])
    shown = dana.get(page).content.decode()
    assert "3 rows checked: 2 can be asked, 1 cannot" in shown
    assert "It costs nothing." in shown
    Agency.objects.update(kind="federal")
    assert "2 rows at $0.50 cost at most <strong>$1.00</strong>" in dana.get(page).content.decode()
    assert "Rows that cannot be asked" in shown
    faults = cells(dana.get(f"{page}faults.csv"))
    assert [(row["line"], row["field"], row["rule"]) for row in faults] == [
        ("4", "a_number", "S3.5")
    ]
    assert dana.post(f"{page}start/", {}).status_code == 422
    assert dana.post(f"{page}start/", TICKED)["Location"] == page
    work(batch)
    shown = dana.get(page).content.decode()
    assert NOT_A_FINDING in shown
    assert "Request additional verification" in shown
    assert "Arreola" not in shown
    rows = cells(dana.get(f"{page}results.csv"))
    assert [row["outcome"] for row in rows] == ["confirmed", "additional_verification", "refused"]
    assert rows[1]["what_it_does_not_mean"] == NOT_A_FINDING
    assert "additional verification" in rows[1]["what_to_do"]
    assert rows[0]["what_it_does_not_mean"] == ""
    with system_scope():
        numbers = set(Case.objects.values_list("number", flat=True))
    assert {row["case_number"] for row in rows} == {*numbers, ""}
    assert b"Finished" in dana.get("/batches/").content


def test_what_a_spreadsheet_would_compute_is_made_harmless(dana):
    batch, page = uploaded(dana, [{**nobody(1), "row_id": "=cmd()"}])
    dana.post(f"{page}start/", TICKED)
    work(batch)
    assert cells(dana.get(f"{page}results.csv"))[0]["row_id"] == "'=cmd()"


def test_the_progress_is_polled_and_keeps_no_session_alive(dana):
    batch, page = uploaded(dana, [RESIDENT])
    dana.post(f"{page}start/", TICKED)
    session = dana.session
    session[sessions.LAST_SEEN] -= 600
    before = session[sessions.LAST_SEEN]
    session.save()
    part = dana.get(f"{page}progress/?status=running")
    assert b"0 of 1 rows answered" in part.content
    assert b"<html" not in part.content
    assert dana.session[sessions.LAST_SEEN] == before
    work(batch)
    assert dana.get(f"{page}progress/?status=running")["HX-Refresh"] == "true"
    dana.get(page)
    assert dana.session[sessions.LAST_SEEN] > before


def test_a_second_tab_changes_nothing_twice(dana):
    batch, page = uploaded(dana, [RESIDENT])
    assert upload(dana, [RESIDENT])["Location"] == page
    for _ in range(2):
        dana.post(f"{page}start/", TICKED)
    work(batch)
    assert "Only a batch that was checked" in dana.get(page).content.decode()
    dana.post(f"{page}pause/")
    assert "Only a batch that is running" in dana.get(page).content.decode()
    with system_scope():
        assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "empty"),
        (b"PK\x03\x04", "spreadsheet"),
        (b"a,b\n", "does not have"),
    ],
)
def test_a_file_refused_says_what_helps(dana, raw, sentence):
    refused = upload(dana, [], raw=raw)
    assert refused.status_code == 422
    assert sentence in refused.content.decode()
    assert dana.post("/batches/", {}).status_code == 422


def test_a_file_too_large_is_not_even_kept_and_nobody_else_may_send_a_large_one(
    dana, client, monkeypatch, caseworker
):
    monkeypatch.setitem(handlers.LARGER, "/batches/", (1_000, "Divide the file."))
    monkeypatch.setattr(handlers, "MAX_FILE_BYTES", 500)
    between = content([nobody(n) for n in range(5)])
    assert 500 < len(between) < 1_000
    assert upload(dana, [], raw=between).status_code == 302
    refused = upload(dana, [], raw=between * 2)
    assert refused.status_code == 422
    assert "Divide the file." in refused.content.decode()
    anonymous = client.post("/batches/", {"file": SimpleUploadedFile("a.csv", between)})
    assert anonymous.status_code == 302
    assert anonymous.wsgi_request.files_left_out if anonymous.wsgi_request.FILES else True
    with system_scope():
        assert Batch.objects.count() == 1


def test_nobody_else_reaches_it(dana, colleague, stranger, verifier):
    _, page = uploaded(dana, [RESIDENT])
    paths = ("", "progress/", "faults.csv", "results.csv")
    for person, status in ((colleague, 404), (stranger, 404), (verifier, 403)):
        browser = signed_in(person)
        for path in paths:
            assert browser.get(page + path).status_code == status, (person, path)
        for act in ("start", "pause", "resume", "cancel"):
            assert browser.post(f"{page}{act}/", TICKED).status_code == status, (person, act)
    assert dana.post(f"{page}explode/").status_code == 404
