"""Uploaded files are taken apart in a process of their own, and only what is drawn anew is kept."""

import io
import os
import subprocess
import sys

import pikepdf
import pypdf
import pytest
from django.conf import settings
from PIL import Image

from save_portal.documents import cleaner, uploads
from save_portal.documents.uploads import UploadRefused, clean
from tests import uploads as files


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
def test_a_picture_is_drawn_anew_as_a_jpeg(kind):
    cleaned = clean(files.encoded(kind))
    assert (cleaned.content_type, cleaned.pages, cleaned.pictures) == ("image/jpeg", 1, [])
    with Image.open(io.BytesIO(cleaned.content)) as kept:
        assert (kept.format, kept.size) == ("JPEG", (900, 600))
        assert sum(kept.getpixel((20, 20))) < 60  # the dark corner
        assert sum(kept.getpixel((880, 580))) > 700


def test_what_a_telephone_tells_is_dropped_and_the_picture_stands_upright():
    source = files.telling_jpeg()
    assert b"TelephoneMaker" in source
    kept = clean(source).content
    assert b"Telephone" not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert not picture.getexif()
        assert not {"exif", "comment", "icc_profile"} & picture.info.keys()
        assert picture.size == (600, 900)
        assert sum(picture.getpixel((580, 20))) < 60  # the corner has turned with it


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGBA", (400, 300), (255, 0, 0, 0)),
        Image.new("I;16", (400, 300), 60000),
        Image.new("1", (400, 300), 1),
        Image.new("P", (400, 300), 0),
        Image.new("LA", (400, 300), (0, 0)),
    ],
    ids=lambda picture: picture.mode,
)
def test_every_kind_of_color_becomes_a_plain_picture(picture):
    with Image.open(io.BytesIO(clean(files.encoded("PNG", picture)).content)) as kept:
        assert (kept.mode, kept.size) == ("RGB", (400, 300))


def test_a_very_large_picture_is_kept_smaller():
    kept = clean(files.encoded("JPEG", Image.new("RGB", (8000, 6000), "navy")))
    with Image.open(io.BytesIO(kept.content)) as picture:
        assert max(picture.size) <= cleaner.KEPT_SIDE


def test_a_pdf_keeps_its_pages_and_each_is_drawn():
    cleaned = clean(files.pdf(3))
    assert (cleaned.content_type, cleaned.pages, len(cleaned.pictures)) == ("application/pdf", 3, 3)
    assert len(pypdf.PdfReader(io.BytesIO(cleaned.content)).pages) == 3
    with Image.open(io.BytesIO(cleaned.pictures[2])) as page:
        assert max(page.size) == cleaner.PAGE_SIDE
        assert sum(page.getpixel((40, 40))) < 60


def test_a_pdf_loses_scripts_attachments_links_and_all_that_reaches_outside():
    source = files.acting_pdf()
    opened = pikepdf.open(io.BytesIO(source))
    assert len(opened.attachments) == 1
    kept = pikepdf.open(io.BytesIO(clean(source).content))
    assert set(kept.Root.keys()) == {"/Type", "/Pages"}
    assert set(kept.trailer.keys()) <= {"/Root", "/Size", "/ID", "/Type", "/W", "/Index"} | {
        key for key in kept.trailer if key in ("/Length", "/Filter", "/DecodeParms")
    }
    for page in kept.pages:
        assert set(page.obj.keys()) <= cleaner.PAGE_KEYS | {"/Parent"}
    everything = b"".join(thing.unparse(resolved=True) for thing in kept.objects)
    everything += b"".join(
        thing.read_bytes() for thing in kept.objects if isinstance(thing, pikepdf.Stream)
        if thing.get("/Filter") in (None, pikepdf.Name.FlateDecode)
    )  # fmt: skip
    assert b"EVIL" not in everything
    for key in (b"/JS", b"/URI", b"/Launch", b"/AA", b"/EmbeddedFile", b"/Metadata"):
        assert key not in everything


def test_what_was_typed_into_a_form_becomes_part_of_the_page():
    kept = clean(files.filled_form())
    document = pikepdf.open(io.BytesIO(kept.content))
    assert "/AcroForm" not in document.Root
    assert "/Annots" not in document.pages[0].obj
    assert "TYPEDVALUE" in pypdf.PdfReader(io.BytesIO(kept.content)).pages[0].extract_text()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"just some words, long enough to be looked at", "unknown_kind"),
        (files.encoded("GIF"), "unknown_kind"),
        (files.encoded("TIFF"), "unknown_kind"),
        (b"<html><script>alert(1)</script></html>" * 9, "unknown_kind"),
        (files.encoded("JPEG")[:4000], "broken"),
        (b"%PDF-1.7\n" + b"nothing of the kind " * 50, "broken"),
        (files.pdf()[:600], "broken"),
        (files.locked_pdf(user="secret"), "encrypted"),
        (files.locked_pdf(user=""), "encrypted"),
        (files.encoded("JPEG") + b"PK\x05\x06" + bytes(18), "two_kinds"),
        (files.pdf() + b"PK\x05\x06" + bytes(18), "two_kinds"),
        (files.encoded("JPEG", comment=b"%PDF-1.4 1 0 obj"), "two_kinds"),
        (files.encoded("JPEG", comment=b"<script>alert(1)</script>"), "two_kinds"),
        (files.encoded("PNG", Image.new("RGB", (120, 80))), "too_small"),
        (files.png_bomb(), "too_many_pixels"),
        (files.pdf_bomb(), "bomb"),
        (files.encoded("JPEG") + bytes(20_000_000), "too_large"),
        (files.pdf(21), "too_many_pages"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_kept_is_refused_with_a_remedy(content, code):
    with pytest.raises(UploadRefused) as refused:
        clean(content)
    assert refused.value.code == code
    assert refused.value.message == uploads.SENTENCES[code]


def test_the_process_can_open_no_file_and_no_connection_once_it_looks_at_a_file():
    look_around = """
import socket
from save_portal.documents import cleaner
cleaner.give_up_rights()
for act in (lambda: open("/etc/passwd"), socket.socket, lambda: open("/tmp/x", "w")):
    try:
        act()
    except OSError as error:
        print(error.errno)
    else:
        print("could")
"""
    said = subprocess.run(
        [sys.executable, "-c", look_around],
        capture_output=True, text=True, cwd=settings.BASE_DIR, check=True,
        env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert said.stdout.split() == ["24", "24", "24"]


def test_the_process_knows_none_of_our_settings(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "not for a process that reads strangers' files")
    asked: list[dict] = []
    run = subprocess.run

    def watched(*args, **kwargs):
        asked.append(kwargs["env"])
        return run(*args, **kwargs)

    monkeypatch.setattr(uploads.subprocess, "run", watched)
    clean(files.encoded("JPEG"))
    assert [set(environment) for environment in asked] == [{"PATH", "LANG"}]


def test_a_process_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(uploads, "SECONDS", 0.05)
    with pytest.raises(UploadRefused) as refused:
        clean(files.pdf(3))
    assert refused.value.code == "too_long"
