"""Papers are drawn by a process of their own: readable, accessible, unable to look around."""

import base64
import io
import os
import signal
import socket
import struct
import subprocess
import threading
import zlib
from pathlib import Path

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


def check_accessible(pdf: bytes) -> None:
    report = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1)
    assert report.is_compliant, str(report)


def test_a_paper_passes_the_rules_of_accessible_pdf(renderer):
    check_accessible(renderer.render(PAPER % ""))


NAMES = {
    "Latin with marks": "Łukasz Żółć, Ğülşen Ǆ",
    "Vietnamese": "Nguyễn Thị Ẳn",
    "Cyrillic": "Ярослав Ґалаґан",
    "Greek": "Ἀλέξανδρος",
    "Arabic": "محمد عبد الله",
    "Hebrew": "שָׁלוֹם",
    "Armenian": "Հայկ",
    "Georgian": "ნინო",
    "Ethiopic": "ኃይለ",
    "Devanagari": "क्षत्रिय",
    "Thai": "สมชาย",
    "Burmese": "အောင်",
    "Chinese": "王小明 陳漢",
    "Japanese": "さくら サクラ",
    "Korean": "김민수",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_in_any_script_is_drawn_and_can_be_read_back(renderer, name):
    pdf = renderer.render(PAPER % f"<p>{name}</p><p><b>{name}</b></p><p class='mono'>{name}</p>")
    check_accessible(pdf)
    text = pdftotext(pdf)
    for letters in name.replace(",", " ").split():
        assert set(letters) <= set(text), text


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        ("\u0378", "[U+0378]"),  # assigned to nothing
        ("\ue000", "[U+E000]"),  # private use
        ("\U0001f468", "[U+1F468]"),  # a picture
        ("\U00020000", "[U+20000]"),  # a rare ideograph
        ("\x85", "[U+0085]"),  # a control character
        ("\u2028", "[U+2028]"),
    ],
)
def test_a_character_without_a_font_is_shown_by_its_number(renderer, character, shown):
    pdf = renderer.render(PAPER % f"<p>An{character}na</p>")
    check_accessible(pdf)
    assert f"An{shown}na" in pdftotext(pdf)


@pytest.mark.parametrize("character", ["\u200d", "\u202e", "\ufeff", "\u00ad", "\u20dd", "\ufe0f"])
def test_a_character_without_a_form_of_its_own_breaks_no_paper(renderer, character):
    check_accessible(renderer.render(PAPER % f"<p>An{character}na</p>"))


def pdftotext(pdf: bytes) -> str:
    return subprocess.run(
        ["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


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


@pytest.mark.parametrize(
    "way",
    [
        '<link rel="stylesheet" href="{}">',
        "<style>@import url({});</style>",
        "<style>@font-face{{font-family:x;src:url({})}} p{{font-family:x}}</style><p>x</p>",
        "<style>p{{background:url({})}}</style><p>x</p>",
        "<style>p::before{{content:url({})}}</style><p>x</p>",
        '<object data="{}">x</object>',
        '<embed src="{}">',
        '<iframe src="{}"></iframe>',
        '<svg><image href="{}" width="9" height="9"/></svg>',
        '<svg><use href="{}#x"/></svg>',
        '<img alt="x" src="data:image/svg+xml,'
        "%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Cimage href='{}'/%3E%3C/svg%3E\">",
        '<a rel="attachment" href="{}">x</a>',
        '<link rel="attachment" href="{}">',
    ],
)
def test_no_way_of_naming_an_address_opens_a_line_or_a_file(renderer, tmp_path, way):
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of the server")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        http = f"http://127.0.0.1:{server.getsockname()[1]}/x.png"
        for address in (http, f"file://{secret}"):
            try:
                pdf = renderer.render(PAPER % way.format(address))
            except DocumentFailed as refused:
                assert "may not read" in str(refused)  # noqa: PT017
            else:
                assert b"secret" not in b"".join(contents(pdf))
        with pytest.raises(TimeoutError):
            server.accept()


def contents(pdf: bytes):
    """Every stream of a PDF, unpacked."""
    for part in pypdf.PdfReader(io.BytesIO(pdf)).xref[0]:
        thing = pypdf.PdfReader(io.BytesIO(pdf)).get_object(part)
        if hasattr(thing, "get_data"):
            yield thing.get_data()


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


def big_picture(side: int) -> str:
    """A picture of one color: small on the way, four bytes a point once it is unpacked."""

    def checksum(data: bytes) -> bytes:
        return struct.pack(">I", zlib.crc32(data))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + checksum(kind + data)

    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    squeeze = zlib.compressobj(9)
    row = b"\0" + b"\x7f" * (4 * side)
    rows = b"".join(squeeze.compress(row) for _ in range(side)) + squeeze.flush()
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    raw = base64.b64encode(b"\x89PNG\r\n\x1a\n" + parts).decode()
    return f'<img alt="x" src="data:image/png;base64,{raw}">'


def test_a_paper_that_wants_too_much_memory_is_refused_and_the_next_one_is_drawn():
    modest = Renderer(memory_bytes=400_000_000)
    try:
        with pytest.raises(DocumentFailed, match="memory"):
            modest.render(PAPER % big_picture(7000))
        assert modest.render(PAPER % "").startswith(b"%PDF")
    finally:
        modest.close()


def test_a_paper_that_computes_too_long_is_ended_by_the_system_and_the_next_one_is_drawn():
    brief = Renderer(seconds=60, cpu_seconds=1)
    try:
        with pytest.raises(DocumentFailed, match="too long to compute"):
            brief.render(PAPER % ("<table>" + "<tr><td>x</td></tr>" * 100_000 + "</table>"))
        assert brief.render(PAPER % "").startswith(b"%PDF")
    finally:
        brief.close()


def test_a_process_that_died_is_replaced(renderer):
    renderer.render(PAPER % "")
    os.kill(renderer._process.pid, signal.SIGKILL)
    renderer._process.wait()
    assert renderer.render(PAPER % "").startswith(b"%PDF")


def test_nothing_is_left_on_the_disk_however_the_process_ends(renderer):
    def drawn_in() -> Path:
        renderer.render(PAPER % "")
        folder = Path(renderer._scratch)
        assert [*folder.iterdir()]
        return folder

    killed = drawn_in()
    os.kill(renderer._process.pid, signal.SIGKILL)
    renderer._process.wait()
    left_alone = drawn_in()
    assert not killed.exists()
    renderer._process.stdin.close()  # as when the portal itself was killed
    assert renderer._process.wait(10) == 0
    assert not left_alone.exists()
    closed = drawn_in()
    renderer.close()
    assert not closed.exists()


def test_ten_at_once_each_get_their_own_paper(renderer):
    drawn = {}

    def draw(number: int) -> None:
        drawn[number] = pdftotext(renderer.render(PAPER % f"<p>Paper of person {number}.</p>"))

    threads = [threading.Thread(target=draw, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(drawn) == list(range(10))
    for number, text in drawn.items():
        assert f"Paper of person {number}." in text
        assert text.count("Paper of person") == 1


def test_a_template_becomes_a_paper_and_what_people_typed_stays_text(tmp_path, renderer):
    (tmp_path / "paper.html").write_text(PAPER % "<p>{{ typed }}</p>")
    templates = settings.TEMPLATES[0]
    with override_settings(TEMPLATES=[{**templates, "DIRS": [tmp_path, *templates["DIRS"]]}]):
        pdf = render_pdf("paper.html", {"typed": '<img src="file:///etc/passwd">'})
    assert "file:///etc/passwd" in pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
