"""What is known of names: by whom they are borne, and whether a word is a name at all."""

import random

import pytest

from tests.verification.records.files import row, write
from verification.records import index, namebook
from verification.records.loading import load
from verification.records.models import BorneName
from verification.records.namebook import PeoplesNames, about_how_many

pytestmark = pytest.mark.django_db


def people(names, sex="F"):
    return [
        {"record_id": f"R{n}", "a_number": f"2{n:08d}", "card_number": "", "sex": sex,
         "given_name": given, "family_name": family, "date_of_birth": f"19{50 + n % 50}-01-01"}
        for n, (family, given) in enumerate(names)
    ]  # fmt: skip


def load_people(tmp_path, rows, *, updated_at="2026-11-01"):
    rows = [row("CIS", **{**each, "updated_at": updated_at}) for each in rows]
    load("CIS", write(tmp_path, "CIS", *rows))
    index.build()


def entries():
    return sorted(BorneName.objects.values_list("name", "place", "sex", "bearers"))


def test_a_name_that_somebody_bears_is_a_name(tmp_path):
    load_people(tmp_path, people([("ZWQYX", "NIREETA"), ("ZWQYX", "OLUMI"), ("PADRVA", "IRN")]))
    book = PeoplesNames()
    assert book.is_given_name("NIREETA")
    assert not book.is_given_name("NIRETEA")
    assert book.is_family_name("ZWQYX")
    assert not book.is_family_name("PADRVA"), "one bearer may be one misspelled record"


def test_names_with_marks_and_hyphens_are_found_in_plain_letters(tmp_path):
    load_people(tmp_path, people([("PEÑA-RÍOS", "JOSÉ D'ARBY"), ("PENA RIOS", "X")]))
    assert {"PENA", "RIOS", "JOSE", "DARBY"} <= {name for name, *_ in entries()}


def test_a_given_name_of_women_only_is_of_the_other_sex_for_a_man(tmp_path):
    load_people(tmp_path, people([(f"F{n}", "FELICIA") for n in range(6)]))
    book = PeoplesNames()
    assert book.of_the_other_sex("FELICIA", "M")
    assert not book.of_the_other_sex("FELICIA", "F")
    assert not book.of_the_other_sex("FELICIA", "")


def test_the_order_of_loading_and_loading_again_change_nothing(tmp_path):
    rows = people([(f"FAM{n % 3}", f"GIV{n % 2}") for n in range(40)])
    load_people(tmp_path, rows)
    first = entries()
    load_people(tmp_path, rows, updated_at="2026-11-02")
    assert entries() == first
    BorneName.objects.all().delete()
    random.Random(3).shuffle(rows)
    for start in range(0, 40, 10):
        load_people(tmp_path, rows[start : start + 10], updated_at=f"2026-11-{3 + start // 10:02d}")
    assert entries() == first


@pytest.mark.parametrize("number", [3, 7, 50, 5_000, 200_000])
def test_the_sample_tells_about_how_many_there_are(number):
    draw = random.Random(number)
    errors = []
    for _ in range(30):
        seen = [draw.randrange(-(2**63), 2**63) for _ in range(min(number, 4000))]
        if number > 4000:  # the smallest of many are as dense as the smallest of few, scaled
            seen = [int((value + 2**63) * 4000 / number) - 2**63 for value in seen]
        errors.append(about_how_many(sorted(seen)[: namebook.SAMPLE]) / number)
    assert 0.6 < sorted(errors)[15] < 1.6
