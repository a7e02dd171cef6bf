"""The sentences of an answer: work apart from the class, and what to ask when nothing came back."""

from datetime import date

import pytest

from verification.enums import Reason
from verification.immigration_documents import DOCUMENT_TYPES
from verification.records.statements import TEXTS
from verification.rules.employment import employment
from verification.rules.unconfirmed import MEANS, OTHERS, headline, means, one_more_number

TODAY = date(2026, 11, 20)


def work(code, group="nonimmigrant", provision="", start=None, end=None):
    return employment(
        statement_code=code, group=group, provision=provision, start=start, end=end, on=TODAY
    )


def test_work_permission_is_told_with_its_end_and_its_reason():
    said = work(7, provision="C09", end=date(2027, 1, 2))
    assert said == "Allowed until January 2, 2027, under C09: residence applied for."


def test_work_permission_counts_through_its_last_day_and_not_longer():
    assert work(13, provision="C09", end=TODAY).startswith("Allowed until")
    assert work(13, provision="C09", end=date(2026, 11, 19)) == (
        "The authorization on record ended on November 19, 2026."
    )


def test_work_permission_to_come_is_not_told_as_one_in_force():
    said = work(13, provision="C09", start=date(2026, 12, 1), end=date(2027, 1, 2))
    assert said == "Not shown by these records."


@pytest.mark.parametrize(
    ("code", "group"), [(1, "lpr"), (18, "refugee"), (20, "asylee"), (13, "compact")]
)
def test_some_statuses_allow_work_by_themselves(code, group):
    assert work(code, group, "C09", end=date(2020, 1, 1)).startswith("Allowed by the status itself")


def test_every_reason_is_explained_and_has_a_headline():
    assert set(MEANS) == set(Reason)
    for reason in Reason:
        assert "Ana Ríos" in headline([reason], "Ana Ríos")
        assert means([reason])


@pytest.mark.parametrize("reason", [r for r in Reason if r != Reason.NO_RECORD])
def test_no_sentence_tells_that_there_is_a_record(reason):
    said = " ".join([headline([reason], "X"), *means([reason])]).casefold()
    for words in ("record was found", "on record", "on file", "exists"):
        assert words not in said


def test_a_student_is_asked_for_the_sevis_id_and_where_it_stands():
    (wanted,) = one_more_number("i94", {"i94_number": "1"}, [Reason.SEVIS_ID_REQUIRED])
    assert wanted.label == "SEVIS ID"
    assert "I-20" in wanted.where


def test_numbers_of_the_same_document_come_first_and_typed_ones_never():
    labels = [w.label for w in one_more_number("i20", {}, [Reason.AMBIGUOUS])]
    assert labels == ["I-94 number", "Passport number", "Visa number"]
    labels = [w.label for w in one_more_number("i20", {"i94_number": "1"}, [Reason.AMBIGUOUS])]
    assert "I-94 number" not in labels


def test_nothing_is_asked_for_where_a_number_would_not_help():
    assert one_more_number("i20", {}, [Reason.STATUS_NEEDS_REVIEW]) == []


def test_every_document_says_what_else_may_be_asked_for():
    assert set(OTHERS) == set(DOCUMENT_TYPES)
    for document in DOCUMENT_TYPES:
        for wanted in one_more_number(document, {}, [Reason.NO_RECORD]):
            assert wanted.where.endswith(".")


def test_every_published_statement_is_put_into_plain_words():
    from verification.selectors.answer_in_words import PLAIN

    assert set(TEXTS) - {5, 32, 37, 119} == set(PLAIN)
