"""Federal working days: the statutory holidays, executive orders, and counting both ways."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import system_scope
from save_portal.audit.models import AuditEvent
from save_portal.calendar import federal, federal_calendar
from save_portal.calendar.federal import ClosureDay, FederalCalendar
from save_portal.calendar.models import Closure
from tests.conftest import make_user

ORDERS = [
    ClosureDay(date(2018, 12, 5), "Day of mourning"),
    ClosureDay(date(2018, 12, 24), "Christmas Eve"),
    ClosureDay(date(2024, 12, 24), "Christmas Eve"),
    ClosureDay(date(2025, 1, 9), "Day of mourning"),
    ClosureDay(date(2025, 12, 24), "Christmas Eve"),
    ClosureDay(date(2025, 12, 26), "Day after Christmas"),
]
CALENDAR = FederalCalendar.of(ORDERS)
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
COUNTS = st.integers(-120, 120)


@pytest.fixture(autouse=True)
def fresh_calendar():
    federal.forget()
    yield
    federal.forget()


@pytest.fixture
def officer(office):
    return make_user("Olga", Role.PROGRAM_OFFICER, office=office)


@pytest.fixture
def orders(db):
    for order in ORDERS:
        Closure.objects.get_or_create(
            on=order.on, defaults={"name": order.name, "cite": "Executive order"}
        )


@pytest.mark.parametrize(
    ("start", "next_day"),
    [
        (date(2021, 12, 30), date(2022, 1, 3)),
        (date(2025, 12, 23), date(2025, 12, 29)),
        (date(2026, 7, 2), date(2026, 7, 6)),
        (date(2025, 1, 8), date(2025, 1, 10)),
        (date(2022, 6, 17), date(2022, 6, 21)),
    ],
)
def test_the_next_working_day_skips_weekends_holidays_and_executive_orders(start, next_day):
    assert CALENDAR.add_working_days(start, 1) == next_day


def test_inauguration_day_is_a_working_day_of_the_country():
    assert CALENDAR.is_working_day(date(2021, 1, 20))


def test_juneteenth_counts_since_2021_only():
    assert CALENDAR.is_working_day(date(2020, 6, 19))
    assert not CALENDAR.is_working_day(date(2021, 6, 18))


def test_the_table_opens_a_holiday_too():
    opened = FederalCalendar.of([ClosureDay(date(2026, 11, 11), "Open", is_closed=False)])
    assert opened.is_working_day(date(2026, 11, 11))
    assert not CALENDAR.is_working_day(date(2026, 11, 11))


def test_skipped_days_say_why_a_date_is_so_late():
    assert CALENDAR.skipped_days(date(2025, 12, 23), date(2025, 12, 29)) == [
        (date(2025, 12, 24), "Christmas Eve"),
        (date(2025, 12, 25), "Christmas Day"),
        (date(2025, 12, 26), "Day after Christmas"),
    ]


@settings(max_examples=60, deadline=None)
@given(DAYS, COUNTS)
def test_counting_is_the_inverse_of_adding(start, days):
    assert CALENDAR.working_days_between(start, CALENDAR.add_working_days(start, days)) == days


@settings(max_examples=60, deadline=None)
@given(DAYS, COUNTS, st.integers(0, 30), st.integers(0, 10))
def test_a_later_start_or_more_days_never_end_earlier(start, days, later, more):
    end = CALENDAR.add_working_days(start, days)
    assert CALENDAR.add_working_days(start, days + more) >= end
    if days:
        assert CALENDAR.add_working_days(start + timedelta(days=later), days) >= end


@settings(max_examples=60, deadline=None)
@given(DAYS, COUNTS.filter(bool))
def test_the_result_is_a_working_day(start, days):
    assert CALENDAR.is_working_day(CALENDAR.add_working_days(start, days))


@settings(max_examples=40, deadline=None)
@given(st.integers(1990, 2060))
def test_a_year_has_ten_to_twelve_holidays_on_weekdays(year):
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    weekdays = [day for day in days if day.year == year and day.weekday() < 5]
    closed = [day for day in weekdays if not FederalCalendar().is_working_day(day)]
    assert 9 <= len(closed) <= 12


@pytest.mark.usefixtures("orders")
def test_the_calendar_reads_the_table_once_and_then_from_memory(django_assert_num_queries):
    with django_assert_num_queries(1):
        federal_calendar()
        assert not federal_calendar().is_working_day(date(2025, 12, 26))


@pytest.mark.usefixtures("orders")
def test_the_program_officer_adds_a_day_and_due_dates_move(
    client, officer, django_capture_on_commit_callbacks
):
    client.force_login(officer)
    client.post("/terms/", {"accept": "yes"})
    assert federal_calendar().is_working_day(date(2026, 12, 24))
    day = {"on_0": "12", "on_1": "24", "on_2": "2026"}
    order = {**day, "name": "Christmas Eve", "cite": "EO 1", "is_closed": "on"}
    no_day = client.post("/program/closures/add/", {**order, "on_1": "32"})
    assert b"December has no day 32" in no_day.content
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/program/closures/add/", order).status_code == 302
    assert not federal_calendar().is_working_day(date(2026, 12, 24))
    assert b"Christmas Eve" in client.get("/program/closures/").content
    again = client.post("/program/closures/add/", order)
    assert again.status_code == 422
    assert b"This date is in the table already" in again.content
    closure = Closure.objects.get(on=date(2026, 12, 24))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/program/closures/{closure.pk}/", {**order, "is_closed": ""})
    assert federal_calendar().is_working_day(date(2026, 12, 24))
    assert [row.is_closed for row in closure.history.all()] == [False, True]
    with system_scope():
        verbs = AuditEvent.objects.filter(subject_type="closure").values_list("verb", flat=True)
        assert list(verbs) == ["added_closure", "changed_closure"]


def test_nobody_else_edits_the_days(client, caseworker):
    client.force_login(caseworker)
    client.post("/terms/", {"accept": "yes"})
    assert client.get("/program/closures/").status_code == 403
