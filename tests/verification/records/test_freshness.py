"""Uploads that do not come, come late, or are unlike the others (S8)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.verification.records.files import row, write
from verification.records import freshness, index
from verification.records.freshness import Upload, unavailable_systems
from verification.records.loading import load
from verification.records.question import Query
from verification.records.search import initial_search
from verification.records.systems import SYSTEMS

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CIS = SYSTEMS["CIS"]


@pytest.fixture
def watched(settings):
    settings.SOURCE_MAX_AGE_DAYS = {"CIS": 3, "SEVIS": 3}


def upload(number, **changes):
    day = AT - timedelta(days=10 - number)
    usual = {
        "as_of": day, "loaded_at": day, "full": False, "read": 1000, "inserted": 10,
        "updated": 90, "unchanged": 900, "closed": 0, "rejected": 0,
    }  # fmt: skip
    return Upload(number=number, **{**usual, **changes})


def kinds(*uploads, at=AT, in_use=True):
    return [each.kind for each in freshness.problems(CIS, uploads, at=at, in_use=in_use)]


HISTORY = tuple(upload(number) for number in range(9, 0, -1))


def test_uploads_that_come_as_they_should_are_no_problem(watched):
    assert kinds(upload(10), *HISTORY) == []


def test_a_missing_upload_is_late_and_three_missing_ones_are_stale(watched):
    assert kinds(*HISTORY, at=AT) == []
    assert kinds(*HISTORY, at=AT + timedelta(hours=13)) == ["late"]
    assert kinds(*HISTORY, at=AT + timedelta(days=3)) == ["stale", "late"]


def test_a_file_that_comes_today_and_speaks_of_last_week_is_stale(watched):
    old = upload(10, as_of=AT - timedelta(days=8))
    assert kinds(old, upload(1, as_of=AT - timedelta(days=9))) == ["stale"]


def test_a_system_that_never_sent_anything_is_missing_once_the_portal_is_in_use(watched):
    assert kinds(in_use=False) == []
    assert kinds(in_use=True) == ["missing"]


def test_history_and_a_demonstration_do_not_age(settings):
    settings.SOURCE_MAX_AGE_DAYS = {}
    settings.DEMO = True
    assert kinds(*HISTORY, at=AT + timedelta(days=400)) == []
    settings.DEMO = False
    assert kinds(*HISTORY, at=AT + timedelta(days=400)) == ["stale", "late"]
    history = SYSTEMS["MIDAS"]
    assert freshness.problems(history, HISTORY, at=AT + timedelta(days=400), in_use=True) == ()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"rejected": 10}, []),
        ({"rejected": 11}, ["rejects"]),
        ({"read": 2001}, ["drift"]),
        ({"read": 499}, ["drift"]),
        ({"inserted": 100}, []),
        ({"inserted": 500}, ["drift"]),
        ({"closed": 300}, ["drift"]),
        ({"read": 9000, "full": True}, []),
    ],
)
def test_an_upload_is_compared_with_the_systems_own_history(watched, changes, problem):
    assert kinds(upload(10, **changes), *HISTORY) == problem


def test_without_a_history_nothing_drifts(watched):
    assert kinds(upload(10, inserted=900), *HISTORY[:4]) == []


def test_age_is_counted_in_whole_days(watched):
    uploads = (("CIS", "2026-11-01"), ("CCD", "2000-01-01"), ("SEVIS", "2026-11-05"))
    assert unavailable_systems(uploads, today=date(2026, 11, 4)) == frozenset()
    assert unavailable_systems(uploads, today=date(2026, 11, 5)) == {"CIS"}


def ask(today, **typed):
    asked = {
        "document_type": "i551", "family_name": "LOPEZ GARCIA", "given_name": "MARIA ELENA",
        "date_of_birth": date(1980, 2, 29), "a_number": "123456789",
    }  # fmt: skip
    return initial_search(Query(**{**asked, **typed}), today=today)


@pytest.mark.django_db
def test_a_stale_source_never_lets_the_portal_say_that_somebody_has_no_record(tmp_path, watched):
    load("CIS", write(tmp_path, "CIS", row()))
    load("SEVIS", write(tmp_path, "SEVIS", row("SEVIS", updated_at="2026-11-09")))
    index.build()
    fresh, later = date(2026, 11, 4), date(2026, 11, 10)
    assert ask(fresh, a_number="999999999").reasons == ("no_record",)
    assert ask(later, a_number="999999999").reasons == ("source_unavailable",)
    assert ask(later, a_number="", sevis_id="N0999999999").reasons == ("no_record",)
    assert ask(fresh, card_number="ABC0123456789").reasons == ("document_mismatch",)
    assert ask(later, card_number="ABC0123456789").reasons == ("source_unavailable",)
    assert ask(later).outcome == "confirmed"


@pytest.mark.django_db
def test_a_source_that_is_expected_and_never_came_lets_nobody_be_without_a_record(
    tmp_path, settings
):
    load("CIS", write(tmp_path, "CIS", row()))
    index.build()
    today = date(2026, 11, 4)
    assert ask(today, a_number="", i94_number="999999999A1").reasons == ("no_record",)
    settings.SOURCE_MAX_AGE_DAYS = {"CIS": 90, "ADIS": 3}
    assert ask(today, a_number="", i94_number="999999999A1").reasons == ("source_unavailable",)
    assert ask(today, a_number="999999999").reasons == ("no_record",)
    assert ask(today).outcome == "confirmed"


@pytest.mark.django_db
def test_the_state_of_all_systems_takes_two_queries(tmp_path, django_assert_num_queries):
    load("CIS", write(tmp_path, "CIS", row(), row(record_id="R2", a_number="x")))
    with django_assert_num_queries(2):
        before = {state.system.name: state for state in freshness.states(at=AT)}
    assert list(before) == list(SYSTEMS)
    assert (before["CIS"].records, before["CIS"].indexed) == (1, False)
    assert [each.kind for each in before["CIS"].problems] == ["rejects"]
    assert before["ADIS"].newest is None
    index.build()
    load("CIS", write(tmp_path, "CIS", row(updated_at="2026-11-03")))
    index.build()
    with django_assert_num_queries(2):
        after = freshness.states(at=AT)[0]
    assert (after.indexed, len(after.uploads), after.newest.updated) == (True, 2, 1)
