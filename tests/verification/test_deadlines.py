"""The dates of a case: leap years, year ends, clocks that change, late closures, Maine to Guam."""

import io
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import InternalError, ProgrammingError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from save_portal.accounts.models import Agency
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import scope_for, system_scope
from save_portal.audit.models import AuditEvent
from save_portal.calendar import federal
from save_portal.calendar.federal import ClosureDay, FederalCalendar
from save_portal.calendar.models import Closure
from save_portal.outbox import queue
from tests.conftest import make_user, unknown_person
from verification import deadlines
from verification.errors import InvalidSubmission, NotPermitted
from verification.models import AnswerTime, Case
from verification.selectors.case_page import case_page
from verification.services import additional, answer_times, closing, initial

# From the first to the last clock of the country, with zones that never change theirs.
ZONES = ("America/New_York", "America/Denver", "America/Phoenix", "Pacific/Honolulu")
ZONES += ("Pacific/Guam", "Pacific/Pago_Pago", "America/Puerto_Rico", "America/Adak")
INSTANTS = st.datetimes(
    datetime(2019, 1, 1), datetime(2060, 12, 31), timezones=st.just(UTC)
)  # leap years, year ends and every change of the clocks among them


def agency_in(zone: str) -> Agency:
    return Agency(code="X", name="X", kind="local", time_zone=zone)


@pytest.fixture(autouse=True)
def fresh_calendar():
    federal.forget()
    yield
    federal.forget()


@settings(max_examples=300, deadline=None)
@given(at=INSTANTS, zone=st.sampled_from(ZONES))
def test_a_case_expires_180_days_after_its_last_action_counted_by_the_agencys_clock(at, zone):
    promised = deadlines.expiry(last_action_at=at, agency=agency_in(zone))
    local = at.astimezone(ZoneInfo(zone))
    assert promised.on.toordinal() - local.date().toordinal() == 180
    assert promised.on == deadlines.expires_on(last_action_at=at, time_zone=zone)


@settings(max_examples=300, deadline=None)
@given(
    at=INSTANTS,
    zone=st.sampled_from(ZONES),
    days=st.integers(1, 20),
    late=st.lists(st.integers(1, 40), max_size=4, unique=True),
)
def test_a_promise_is_a_working_day_that_its_explanation_leads_to(at, zone, days, late):
    start = deadlines.local_date(at, zone)
    calendar = FederalCalendar.of(ClosureDay(start + timedelta(days=n), "Order") for n in late)
    promised = deadlines.counted("Rule.", days, start=start, calendar=calendar)
    assert calendar.is_working_day(promised.on)
    between = [start + timedelta(days=n + 1) for n in range((promised.on - start).days)]
    skipped = {date.fromisoformat(gap["on"]) for gap in promised.because["skipped"]}
    worked = [day for day in between if day.weekday() < 5 and day not in skipped]
    # Every weekday is either counted or named as left out; a closure may open no weekend.
    assert len(worked) == days


@settings(max_examples=200, deadline=None)
@given(at=INSTANTS, days=st.integers(1, 20))
def test_guam_is_never_promised_an_earlier_day_than_maine_for_the_same_instant(at, days):
    in_maine = deadlines.local_date(at, "America/New_York")
    in_guam = deadlines.local_date(at, "Pacific/Guam")
    assert in_guam - in_maine in (timedelta(0), timedelta(days=1))
    calendar = FederalCalendar()
    assert (
        deadlines.counted("", days, start=in_guam, calendar=calendar).on
        >= deadlines.counted("", days, start=in_maine, calendar=calendar).on
    )


@pytest.mark.parametrize(
    ("at", "zone", "day"),
    [
        # One instant is two days; the agency's own counts.
        (datetime(2026, 11, 21, 3, 0, tzinfo=UTC), "America/New_York", date(2026, 11, 20)),
        (datetime(2026, 11, 20, 15, 0, tzinfo=UTC), "Pacific/Guam", date(2026, 11, 21)),
        # The hour that happens twice, and the one that never does.
        (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "America/New_York", date(2026, 11, 1)),
        (datetime(2026, 11, 1, 6, 30, tzinfo=UTC), "America/New_York", date(2026, 11, 1)),
        (datetime(2026, 3, 8, 7, 30, tzinfo=UTC), "America/New_York", date(2026, 3, 8)),
        # A leap day stays one day.
        (datetime(2028, 3, 1, 4, 59, tzinfo=UTC), "America/New_York", date(2028, 2, 29)),
    ],
)
def test_the_day_is_the_one_on_the_agencys_wall(at, zone, day):
    assert deadlines.local_date(at, zone) == day


@pytest.mark.parametrize(
    ("last", "closes"),
    [
        (datetime(2027, 9, 2, 16, 0, tzinfo=UTC), date(2028, 2, 29)),
        (datetime(2026, 7, 5, 4, 30, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2026, 7, 5, 3, 30, tzinfo=UTC), date(2026, 12, 31)),
    ],
)
def test_180_days_over_a_leap_day_and_a_year_end(last, closes):
    assert deadlines.expiry(last_action_at=last, agency=agency_in("America/New_York")).on == closes


@pytest.mark.django_db
def test_a_form_is_due_20_federal_working_days_from_mailing_over_the_holidays():
    promised = deadlines.g845(mailed_on=date(2025, 12, 15))
    assert promised.on == date(2026, 1, 16)
    words = promised.in_words()
    assert "10 to 20 federal working days from mailing" in words
    assert "20 federal working days from December 15, 2025" in words
    for day in ("Christmas Day on December 25, 2025", "New Year's Day on January 1"):
        assert day in words


@pytest.mark.django_db
def test_additional_verification_is_promised_by_the_fifth_federal_working_day():
    at = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    promised = deadlines.additional(at=at, agency=agency_in("America/New_York"))
    assert promised.on == date(2026, 11, 30)
    assert promised.in_words() == (
        "Additional verification is answered in 3 to 5 federal working days. That is 5 federal "
        "working days from November 20; Thanksgiving Day on November 26 is left out."
    )
    # In Guam it is Saturday already, which changes nothing: counting begins on Monday.
    assert deadlines.additional(at=at, agency=agency_in("Pacific/Guam")).on == promised.on


@pytest.fixture
def chief(office):
    return make_user("Chris", Role.VERIFIER_SUPERVISOR, office=office)


AT = datetime(2026, 12, 17, 15, 0, tzinfo=UTC)


def set_time(by, **changes):
    given_ = {
        "promise": "additional",
        "from_on": date(2026, 12, 21),
        "least_days": 2,
        "most_days": 7,
        "why": "The response time published in June.",
    }
    with scope_for(by):
        return answer_times.set_time(**{**given_, **changes}, by=by, at=AT)


def test_the_verifiers_supervisor_sets_the_days_from_a_date_on(chief):
    set_time(chief)
    assert deadlines.days_for("additional", on=date(2026, 12, 20)) == (3, 5)
    assert deadlines.days_for("additional", on=date(2026, 12, 21)) == (2, 7)
    assert deadlines.days_for("g845", on=date(2026, 12, 21)) == (10, 20)
    set_time(chief, most_days=6, why="Corrected before it began.")
    assert deadlines.days_for("additional", on=date(2027, 1, 4)) == (2, 6)
    with system_scope():
        assert AuditEvent.objects.filter(verb="set_answer_time").count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"from_on": date(2026, 12, 17)}, "from_on"),
        ({"most_days": 0}, "most_days"),
        ({"least_days": 8}, "least_days"),
        ({"why": " "}, "why"),
        ({"promise": "lunch"}, "promise"),
    ],
)
def test_what_makes_no_sense_is_not_set(chief, changes, field):
    with pytest.raises(InvalidSubmission) as refused:
        set_time(chief, **changes)
    assert set(refused.value.field_errors) == {field}
    assert not AnswerTime.objects.exists()


def test_nobody_else_sets_the_days_and_nobody_changes_a_row(chief, caseworker, verifier):
    for person in (caseworker, verifier):
        with pytest.raises(NotPermitted):
            set_time(person)
    kept = set_time(chief)
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        AnswerTime.objects.filter(pk=kept.pk).update(most_days=1)


@pytest.fixture
def asked(caseworker, people_on_record):
    with scope_for(caseworker):
        case = initial.initiate(by=caseworker, at=AT, submission=unknown_person())
        return additional.request(
            case_number=case.number,
            version=1,
            reason="prompted",
            comment="",
            by=caseworker,
            at=AT,
        )


def test_a_closure_declared_late_moves_no_promise_and_is_told(asked, caseworker):
    assert asked.due_on == date(2026, 12, 24)
    Closure.objects.create(on=date(2026, 12, 24), name="Christmas Eve", cite="Executive order")
    federal.forget()
    with scope_for(caseworker):
        kept = Case.objects.get(pk=asked.pk)
    promised = deadlines.promised(kept)
    assert promised.on == date(2026, 12, 24)
    assert promised.changed_since() == (
        "Declared since: offices are closed on December 24 (Christmas Eve). "
        "Counted today it would be December 28, 2026; the promise stands."
    )
    assert promised.changed_since() in promised.in_words()


def test_a_closure_taken_back_is_told_too(caseworker, people_on_record):
    order = Closure.objects.create(on=date(2026, 12, 21), name="Snow", cite="Notice")
    federal.forget()
    promised = deadlines.additional(at=AT, agency=caseworker.agency)
    assert promised.on == date(2026, 12, 28)
    order.delete()
    federal.forget()
    assert "offices work on December 21 after all" in promised.changed_since()
    assert promised.on == date(2026, 12, 28)


def test_page_paper_and_pdf_give_the_same_date_and_reason(asked, caseworker, client):
    client.force_login(caseworker)
    client.post("/terms/", {"accept": "yes"})
    promised = deadlines.promised(asked)
    page = client.get(f"/cases/{asked.number}/").content.decode()
    paper = client.get(f"/cases/{asked.number}/print/").content.decode()
    pdf = client.get(f"/cases/{asked.number}/details.pdf").content
    text = " ".join(
        " ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(pdf)).pages).split()
    )
    assert "Dec 24" in page
    for shown in (page, paper, text):
        assert promised.in_words() in shown
    for shown in (paper, text):
        assert deadlines.long(promised.on) in shown


def test_the_mail_before_expiry_gives_the_same_date_and_reason(caseworker, people_on_record):
    with scope_for(caseworker):
        case = initial.initiate(by=caseworker, at=AT, submission=unknown_person())
    assert closing.close_stale(at=AT + timedelta(days=170)) == (0, 1)
    queue.deliver_due(timezone.now())
    promised = deadlines.expiry(last_action_at=AT, agency=caseworker.agency)
    (message,) = mail.outbox
    assert deadlines.long(promised.on) in message.subject
    assert promised.in_words() in message.body
    assert f"/cases/{case.number}/" in message.body
    with scope_for(caseworker):
        page = case_page(user=caseworker, number=case.number, at=AT)
    assert page.expires_on == promised.on
