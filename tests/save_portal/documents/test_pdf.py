"""Papers are drawn by a process of their own: readable, accessible, unable to look around."""

import io
import os
import signal
import threading

import page
import pypdf
import pytest
from django.conf import settings
from django.test import override_settings

from save_portal.documents import render_pdf
from save_portal.documents.pdf import DocumentFailed, Renderer

PAPER = (
    '<!doctype html><html lang="en"><head><title>Case</title></head><body><h1>Case details</h1>'
    '<p>Größe, Nguyễn, Łódź</p><table><thead><tr><th scope="col">Field</th></tr></thead>'
    '<tbody><tr><td class="mono">209448177</td></tr></tbody></table>%s</body></html>'
)


@pytest.fixture(scope="module")
def renderer():
    renderer = Renderer()
    yield renderer
    renderer.close()


def test_a_paper_is_a_pdf_whose_text_can_be_read(renderer):
    pdf = renderer.render(PAPER % "")
    assert pdf.startswith(b"%PDF")
    text = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert "Case details" in text
    assert "Nguyễn" in text
    assert "209448177" in text
    assert "Page 1 of 1" in text


def test_a_paper_passes_the_rules_of_accessible_pdf(renderer):
    report = page.validate_pdf_bytes(
        renderer.render(PAPER % ""), profile=page.ValidationProfile.PDF_UA_1
    )
    assert report.is_compliant, str(report)


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:9/x.png",
        "portal:///fonts/../../../../../manage.py",
        "portal:///etc/passwd",
        "//elsewhere.example/x.png",
    ],
)
def test_a_paper_reads_no_file_but_ours_and_nothing_from_the_network(renderer, address):
    with pytest.raises(DocumentFailed, match="may not read"):
        renderer.render(PAPER % f'<img alt="x" src="{address}">')


def test_the_process_that_draws_knows_no_setting_of_the_portal(renderer):
    renderer.render(PAPER % "")
    with open(f"/proc/{renderer._process.pid}/environ", "rb") as file:
        environment = file.read()
    assert b"DATABASE_URL" not in environment
    assert b"SECRET_KEY" not in environment


def test_a_paper_without_end_is_stopped_and_the_next_one_is_drawn(renderer):
    renderer.render(PAPER % "")
    renderer.seconds = 0.5
    try:
        with pytest.raises(DocumentFailed, match="too long"):
            renderer.render(PAPER % ("<table>" + "<tr><td>x</td></tr>" * 100_000 + "</table>"))
    finally:
        renderer.seconds = 10
    assert renderer.render(PAPER % "").startswith(b"%PDF")


def test_a_process_that_died_is_replaced(renderer):
    renderer.render(PAPER % "")
    os.kill(renderer._process.pid, signal.SIGKILL)
    renderer._process.wait()
    assert renderer.render(PAPER % "").startswith(b"%PDF")


def test_threads_take_turns(renderer):
    drawn = []
    threads = [
        threading.Thread(target=lambda: drawn.append(renderer.render(PAPER % "")[:4]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drawn == [b"%PDF"] * 4


def test_a_template_becomes_a_paper_and_what_people_typed_stays_text(tmp_path, renderer):
    (tmp_path / "paper.html").write_text(PAPER % "<p>{{ typed }}</p>")
    templates = settings.TEMPLATES[0]
    with override_settings(TEMPLATES=[{**templates, "DIRS": [tmp_path, *templates["DIRS"]]}]):
        pdf = render_pdf("paper.html", {"typed": '<img src="file:///etc/passwd">'})
    assert "file:///etc/passwd" in pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
