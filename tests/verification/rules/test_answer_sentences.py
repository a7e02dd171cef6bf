"""The sentences of an answer: work apart from the class, and what to ask when nothing came back."""

import itertools
from datetime import date

import pytest

from verification.enums import Reason
from verification.immigration_documents import DOCUMENT_TYPES
from verification.records.statements import TEXTS
from verification.rules.employment import employment
from verification.rules.unconfirmed import (
    MEANS,
    OTHERS,
    RETRY,
    headline,
    means,
    offered,
    one_more,
)

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


def fields(document, typed, *reasons, act=None):
    return [w.field for w in one_more(document, typed, reasons) if act in (None, w.act)]


I94 = {"i94_number": "1"}


def test_a_student_is_asked_for_the_sevis_id_and_where_it_stands():
    (wanted,) = one_more("i94", I94, [Reason.SEVIS_ID_REQUIRED])
    assert (wanted.label, wanted.act) == ("SEVIS ID", RETRY)
    assert "I-20" in wanted.where


def test_what_two_people_share_is_settled_by_a_number_or_by_the_whole_name():
    assert fields("i94", I94, Reason.AMBIGUOUS, act=RETRY) == [
        "sevis_id", "a_number", "card_number", "given_name",
    ]  # fmt: skip


def test_numbers_of_the_same_document_come_first_and_typed_ones_never():
    assert fields("i20", {"sevis_id": "N1"}, Reason.AMBIGUOUS) == [
        "i94_number", "a_number", "given_name",
    ]  # fmt: skip
    assert "i94_number" not in fields("i20", I94 | {"sevis_id": "N1"}, Reason.AMBIGUOUS)


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        ([Reason.NAME_MISMATCH], ["also_known_as"]),
        ([Reason.DATE_OF_BIRTH_MISMATCH], ["date_of_birth"]),
        ([Reason.NAME_MISMATCH, Reason.DATE_OF_BIRTH_MISMATCH], ["also_known_as", "date_of_birth"]),
        ([Reason.DOCUMENT_MISMATCH], ["card_number"]),
        ([Reason.NO_RECORD], []),
        ([Reason.STATUS_NEEDS_REVIEW], []),
        ([Reason.SEVIS_INACTIVE], []),
        ([Reason.DOCUMENT_SUSPECT], []),
        ([Reason.SOURCE_UNAVAILABLE], []),
    ],
)
def test_with_a_retry_goes_only_what_can_settle_the_reason(reasons, expected):
    typed = {"a_number": "1", "card_number": "2"}
    assert fields("i551", typed, *reasons, act=RETRY) == expected


def test_a_number_beside_an_unknown_one_is_for_the_verifier():
    assert fields("i551", {"a_number": "1", "card_number": "2"}, Reason.NO_RECORD) == ["i94_number"]
    assert fields("i94", I94, Reason.NO_RECORD, act=RETRY) == []


def test_a_passport_that_nobody_knows_is_settled_by_a_number_issued_here():
    passport = {"passport_number": "X1", "passport_country": "MEX"}
    assert fields("foreign_passport", passport, Reason.NO_RECORD, act=RETRY) == [
        "i94_number", "sevis_id", "a_number",
    ]  # fmt: skip


def test_the_retry_takes_every_number_that_is_asked_for():
    for document, reason in itertools.product(DOCUMENT_TYPES, Reason):
        own = {use.name for use in DOCUMENT_TYPES[document].fields}
        form = own | {use.name for use in offered(document, {}, [reason])}
        names = {"given_name", "also_known_as", "date_of_birth"}
        assert set(fields(document, {}, reason, act=RETRY)) <= form | names


def test_every_document_says_what_else_may_be_asked_for():
    assert set(OTHERS) == set(DOCUMENT_TYPES)
    for document, reason in itertools.product(DOCUMENT_TYPES, Reason):
        for wanted in one_more(document, {}, [reason]):
            assert wanted.where.endswith(".")
            said = f"{wanted.label} {wanted.where} {wanted.then}".casefold()
            assert not any(words in said for words in ("on record", "on file", "exists"))


def test_every_published_statement_is_put_into_plain_words():
    from verification.selectors.answer_in_words import PLAIN

    assert set(TEXTS) - {5, 32, 37, 119} == set(PLAIN)
