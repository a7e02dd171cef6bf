"""Guidance without a case, and open figures in which nobody can be found."""

import json
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import translation

from casecheck import counting, figures
from casecheck.languages import LANGUAGES
from casecheck.models import Figure
from casecheck.views.guide import shown
from casecheck.views.page import draw
from save_portal.accounts.tenancy import scope_for, system_scope
from tests.conftest import AT, resident, unknown_person
from verification.models import VerifierAnswer
from verification.services import additional, initial

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["", "guide/", "figures/"])
def test_each_page_is_light_and_without_script_in_each_language(page):
    with open("static/casecheck/casecheck.css", "rb") as style:
        css = len(style.read())
    for language in LANGUAGES:
        answer = Client().get(f"/casecheck/{language.code}/{page}")
        assert answer.status_code == 200
        assert not answer.cookies
        assert b"<script" not in answer.content
        assert len(answer.content) + css < 100_000


def test_the_guide_says_what_a_search_without_a_match_does_not_mean():
    page = Client().get("/casecheck/en/guide/").content.decode()
    assert "does not mean that somebody is here unlawfully" in page
    assert "report you to ICE" in page
    assert page.count('class="d-ring"') >= 6


def test_what_a_drawing_says_of_itself_is_translated_and_what_is_printed_on_a_card_is_not():
    spanish = Client().get("/casecheck/es/guide/").content.decode()
    assert ">Permanent Resident</text>" in spanish  # these words are on the card
    assert ">front</text>" not in spanish
    assert ">anverso</text>" in spanish


def row(month, measure, group, cases, **more):
    Figure.objects.create(month=month, measure=measure, group=group, cases=cases, **more)


def test_a_day_is_counted_once_however_often(caseworker, people_on_record, verifier):
    with scope_for(caseworker):
        initial.initiate(by=caseworker, at=AT, submission=resident())
        case = initial.initiate(by=caseworker, at=AT, submission=unknown_person())
        additional.request(
            case_number=case.number, version=1, reason="prompted", comment="",
            by=caseworker, at=AT,
        )  # fmt: skip
    with system_scope():
        VerifierAnswer.objects.create(
            case=case, agency=case.agency, step="additional", kind="final", person_ref="CIS:C9",
            at=AT + timedelta(days=4), by=verifier,
        )  # fmt: skip
    for _ in range(2):
        counting.roll_up(months=1, at=AT + timedelta(days=5))
    found = {(f.measure, f.group): f for f in Figure.objects.all()}
    assert Figure.objects.count() == len(found)
    assert found["wait", "additional"].half == 4.0
    assert found["settled", "initial"].cases == 1
    assert found["settled", "additional"].cases == 1
    errors = {
        group: (f.cases, f.part) for (measure, group), f in found.items() if measure == "error"
    }
    assert errors == {
        "document:i551": (2, 1),
        "standing:resident": (2, 1),
        "program:snap": (2, 1),
        "age:adult": (2, 1),
        "name:one": (1, 1),
        "name:several": (1, 0),
    }


def test_small_numbers_are_hidden_and_cannot_be_found_by_subtraction():
    hidden = figures.shares({"initial": 500, "additional": 40, "g845": 3, "open": 0}, figures.STEPS)
    assert [share.cases for share in hidden] == [500, None, None, 0]
    row(date(2026, 10, 1), "wait", "additional", 9, half=3.0, nine_tenths=5.0)
    row(date(2026, 9, 1), "wait", "additional", 10, half=3.0, nine_tenths=5.0)
    counted = figures.figures(today=date(2026, 11, 20))
    assert [wait.answers for wait in counted.waits["additional"]] == [10, None]


def test_errors_of_a_group_are_hidden_with_one_more_so_that_no_sum_betrays_them():
    for group, cases, part in (
        ("document:i551", 1000, 200),
        ("document:i94", 400, 60),
        ("document:i766", 300, 30),
        ("document:i20", 90, 4),
        ("document:i797", 3, 3),
        ("age:adult", 1700, 280),
        ("age:child", 93, 17),
        ("name:one", 40, 39),
    ):
        row(date(2026, 9, 1), "error", group, cases, part=part)
    counted = figures.figures(today=date(2026, 11, 20)).errors
    by_document = {share.group: (share.cases, share.share) for share in counted["document"]}
    assert by_document == {
        "i551": (1000, 20.0),
        "i94": (400, 15.0),
        # The two small ones have seven errors together: the next smallest is hidden with them.
        "i766": (300, None),
        "i20": (None, None),
        "i797": (None, None),
    }
    assert [(s.group, s.share) for s in counted["age"]] == [("adult", 16.5), ("child", 18.3)]
    # One case of the forty had no error: who that was could be told.
    assert [(s.group, s.cases, s.share) for s in counted["name"]] == [("one", 40, None)]
    assert counted["program"] == []


def test_page_and_files_say_the_same_by_one_query(django_assert_num_queries, monkeypatch):
    today = date.today().replace(day=1) - timedelta(days=1)
    for group, cases in (("initial", 90), ("additional", 10)):
        row(today.replace(day=1), "settled", group, cases)
    row(today.replace(day=1), "wait", "additional", 10, half=3.5, nine_tenths=5.0)
    for group in ("source_corrected", "rejected"):
        row(today.replace(day=1), "correction", group, 50)
    row(today.replace(day=1), "error", "program:snap", 100, part=12)
    with django_assert_num_queries(1):
        page = Client().get("/casecheck/es/figures/").content.decode()
    assert "90,0 %" in page
    assert "<rect" in page
    assert 'height="170"' in page or 'height="170.0"' in page
    for words in ("Por programa", "Ayuda para alimentos (SNAP)", "12,0 %"):
        assert words in page
    told = json.loads(Client().get("/casecheck/figures.json").content)
    assert told["settled"][0]["shares"][0] == {"group": "initial", "cases": 90, "share": 90.0}
    lines = Client().get("/casecheck/figures.csv").content.decode().splitlines()
    assert f"wait,{today:%Y-%m},additional,10,,3.5,5.0" in lines
    assert told["errors"]["program"] == [{"group": "snap", "cases": 100, "share": 12.0}]
    assert "error_by_program,,snap,100,12.0,," in lines
    # A bar for each month, each outcome and each group.
    assert page.count('class="meter"') == 1 + 3 + 1


@pytest.mark.parametrize(
    ("language", "month", "number", "days"),
    [
        ("en", "October 2026", "12,345", "3.5"),
        ("es", "octubre de 2026", "12\xa0345", "3,5"),
        ("zh-hans", "2026年10月", "12345", "3.5"),
        ("vi", "Tháng 10 2026", "12345", "3,5"),
        ("tl", "Oktubre 2026", "12,345", "3.5"),
        ("ru", "Октябрь 2026", "12\xa0345", "3,5"),
        ("uk", "Жовтень 2026", "12\xa0345", "3,5"),
        ("ar", "أكتوبر 2026", "12.345", "3,5"),
        ("ht", "oktòb 2026", "12\xa0345", "3,5"),
        ("ko", "2026년 10월", "12,345", "3.5"),
    ],
)
def test_months_and_numbers_are_written_in_the_readers_way(language, month, number, days):
    row(date(2026, 10, 1), "wait", "additional", 12345, half=3.5, nine_tenths=9)
    with translation.override(language):
        page = draw("figures", language, shown(today=date(2026, 11, 26)))
    for written in (month, number, days):
        assert f">{written}" in page, written
