"""Form G-845 as it looks: each page compared with a picture of it that somebody has looked at.

A page may differ by what another version of a font or of the drawing library does to the edges of
letters, and by no more. `KEEP_PICTURES=1` keeps the pages as they are now (see CONTRIBUTING.md).
"""

import os
import threading
from dataclasses import replace
from pathlib import Path

import page as pdf_rules
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageFilter

from save_portal.accounts.tenancy import scope_for
from save_portal.documents import render_pdf
from tests.conftest import AT, unknown_person
from tests.verification.services.test_g845 import ask, initiate
from tests.verification.views.test_g845_pages import text_of
from verification.case_number import check_letters
from verification.selectors.g845_page import form_context, g845_page

KEPT = Path(__file__).parent / "g845_pictures"
NUMBER = "2C61V9TR40J7E" + check_letters("2C61V9TR40J7E")
DOTS_PER_INCH = 72
# Soft edges of letters may shift by a third of a dot. A tick in another box is 40 dots, a line
# that moved hundreds. Fonts of other scripts come with the system, in versions of their own.
SOFT, SHADE = 1.0, 40
DOTS, DOTS_OF_SYSTEM_FONTS = 20, 400
NAMES = ("Łukasz Żółć", "Nguyễn Thị Ẳn", "Ярослав Ґалаґан", "محمد عبد الله", "王小明")


def drawn(caseworker, *, supplement=(), **typed) -> bytes:
    """The form of a case, under a number and on a day that do not change."""
    case = initiate(caseworker, unknown_person(document_doubt="The seal looks altered", **typed))
    ask(
        case,
        caseworker,
        reason="cuban_haitian" if supplement else "document_doubtful",
        comment="The seal looks altered",
        supplement=supplement,
    )
    with scope_for(caseworker):
        page = g845_page(user=caseworker, number=case.number, at=AT)
    page.case.number = NUMBER
    page = replace(page, filled=replace(page.filled, case_number=NUMBER))
    return render_pdf("pdf/g845.html", form_context(page) | {"demo": False})


def pages_of(content: bytes) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(content)
    try:
        return [
            page.render(scale=DOTS_PER_INCH / 72, grayscale=True).to_pil().convert("L")
            for page in document
        ]
    finally:
        document.close()


def difference(now: Image.Image, kept: Image.Image) -> Image.Image:
    """White where the two differ, once the edges of letters are made soft."""
    soft = ImageFilter.GaussianBlur(SOFT)
    apart = ImageChops.difference(now.filter(soft), kept.filter(soft))
    return apart.point(lambda shade: 255 if shade > SHADE else 0)


def compare(name: str, pages: list[Image.Image], where: Path, *, most: int = DOTS) -> None:
    """Each page with its picture; what differs is said, and the new picture is left to look at."""
    if os.environ.get("KEEP_PICTURES"):
        KEPT.mkdir(exist_ok=True)
        for number, page in enumerate(pages, 1):
            page.quantize(16).save(KEPT / f"{name}-{number}.png", optimize=True)
    wrong = []
    for number, page in enumerate(pages, 1):
        kept = Image.open(KEPT / f"{name}-{number}.png").convert("L")
        if page.size != kept.size:
            wrong.append(f"page {number} is {page.size}, its picture {kept.size}")
            continue
        apart = difference(page, kept)
        dots = apart.histogram()[255]
        if dots > most:
            page.save(where / f"{name}-{number}.png")
            apart.save(where / f"{name}-{number}-difference.png")
            wrong.append(f"page {number} differs in {dots} dots within {apart.getbbox()}")
    assert not wrong, f"{name}: {'; '.join(wrong)}. The new pictures are in {where}"
    assert len(list(KEPT.glob(f"{name}-*.png"))) == len(pages), f"{name}: another number of pages"


def passes(content: bytes) -> bool:
    report = pdf_rules.validate_pdf_bytes(content, profile=pdf_rules.ValidationProfile.PDF_UA_1)
    return bool(report.is_compliant)


@pytest.mark.django_db
def test_the_form_looks_as_it_was_kept(caseworker, people_on_record, tmp_path):
    compare("form", pages_of(drawn(caseworker)), tmp_path)


@pytest.mark.django_db
def test_the_supplement_looks_as_it_was_kept(caseworker, people_on_record, tmp_path):
    content = drawn(caseworker, supplement=("cuban_haitian", "sponsor"))

    assert passes(content)
    compare("supplement", pages_of(content), tmp_path)


@pytest.mark.django_db
def test_names_of_any_script_look_as_they_were_kept_and_can_be_read_back(
    caseworker, people_on_record, tmp_path
):
    latin, vietnamese, cyrillic, arabic, chinese = NAMES
    content = drawn(
        caseworker,
        family_name=latin,
        given_name=vietnamese,
        middle_name=cyrillic,
        also_known_as=(arabic, chinese),
    )

    assert passes(content)
    text = text_of(content)
    for name in NAMES:
        for word in name.split():
            assert word in text or word[::-1] in text, name
    compare("names", pages_of(content)[:1], tmp_path, most=DOTS_OF_SYSTEM_FONTS)


@pytest.mark.django_db
def test_a_tick_in_another_box_is_found_and_its_picture_left_to_look_at(
    caseworker, people_on_record, tmp_path
):
    pages = pages_of(drawn(caseworker, benefits=("medicaid",)))

    if os.environ.get("KEEP_PICTURES"):
        pytest.skip("The pictures are being kept anew.")
    with pytest.raises(AssertionError, match=r"page 1 differs in \d+ dots"):
        compare("form", pages, tmp_path)
    assert (tmp_path / "form-1-difference.png").exists()


@pytest.mark.django_db
def test_ten_forms_at_once_are_each_of_their_own_case(caseworker, people_on_record):
    case = initiate(caseworker, unknown_person(document_doubt="Blurred"))
    ask(case, caseworker)
    with scope_for(caseworker):
        page = g845_page(user=caseworker, number=case.number, at=AT)
    drawn_forms = {}

    def draw(number: int) -> None:
        own = replace(page, filled=replace(page.filled, family_name=f"Person-{number}-of-ten"))
        drawn_forms[number] = render_pdf("pdf/g845.html", form_context(own) | {"demo": False})

    threads = [threading.Thread(target=draw, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(drawn_forms) == list(range(10))
    for number, content in drawn_forms.items():
        text = text_of(content)
        assert f"Person-{number}-of-ten" in text
        assert text.count("-of-ten") == text.count(f"Person-{number}-of-ten")
