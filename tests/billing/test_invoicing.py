"""A month's invoices: each event once, at the price of its day, with the minimum (S4.1, S4.2)."""

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pgtrigger
import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import Error, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.errors import BillingError
from billing.models import Exemption, Invoice, InvoiceLine, MonthClose, Price
from billing.selectors.invoices import events_behind
from billing.services import invoicing, payments
from save_portal.accounts.models import Agency
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import system_scope
from save_portal.audit.models import AuditEvent
from save_portal.outbox import queue
from tests.conftest import AT, make_agency, make_user
from tests.verification.lifecycles.test_case import case_at
from tests.verification.test_tenancy import rows
from verification.models import Case, ChargeEvent

OCTOBER = date(2026, 10, 1)
CLOSING = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)


@pytest.fixture
def federal(db):
    """An agency that pays, with somebody who works there."""
    agency = make_agency("BUREAU", time_zone="America/New_York")
    with system_scope():
        agency.kind = Agency.Kind.FEDERAL
        agency.save()
    return make_user("Fay", Role.GENERAL_USER, agency=agency)


@pytest.fixture
def officer(office):
    return make_user("Otto", Role.PROGRAM_OFFICER, office=office)


def charge(user, *, kind="retry", at=AT, times=1):
    """So many charge events, as the services write them, all on one case."""
    with system_scope():
        case = Case.objects.filter(agency=user.agency).first()
    case = case or case_at("initial_unconfirmed", by=user)
    with system_scope():
        ChargeEvent.objects.bulk_create(
            ChargeEvent(agency=user.agency, case=case, by=user, kind=kind, at=at)
            for _ in range(times)
        )


def in_october(day=15, hour=12, zone="America/New_York", minute=0, second=0):
    return datetime(2026, 10, day, hour, minute, second, tzinfo=ZoneInfo(zone))


def invoice_of(user):
    with system_scope():
        return Invoice.objects.filter(agency=user.agency).first()


def rows_of_invoices():
    with system_scope():
        return list(Invoice.objects.order_by("pk").values_list("pk", "number", "total", "status"))


def lines_of(invoice):
    with system_scope():
        return list(invoice.lines.all())


@pytest.mark.django_db
def test_a_month_is_billed_by_person_and_kind_at_the_price_of_the_day(federal):
    colleague = make_user("Gil", Role.GENERAL_USER, agency=federal.agency)
    charge(federal, at=in_october(), times=100)
    charge(federal, at=in_october(), kind="paper_g845", times=3)
    charge(colleague, at=in_october(20), times=2)

    done = invoicing.issue_month(OCTOBER, at=CLOSING)

    invoice = invoice_of(federal)
    assert (done.invoices, done.total) == (1, Decimal("57.00"))
    assert invoice.total == Decimal("57.00")
    assert (invoice.status, invoice.number) == ("issued", "SV-2026-000001")
    assert invoice.due_on == date(2026, 12, 2)
    lines = {(line.by_id, line.kind): line for line in lines_of(invoice)}
    assert lines[federal.pk, "retry"].amount == Decimal("50.00")
    assert lines[federal.pk, "paper_g845"].amount == Decimal("6.00")
    assert lines[colleague.pk, "retry"].quantity == 2


@pytest.mark.django_db
def test_a_month_with_any_use_costs_at_least_25_dollars_on_a_line_of_its_own(federal):
    charge(federal, at=in_october())

    invoicing.issue_month(OCTOBER, at=CLOSING)

    invoice = invoice_of(federal)
    assert invoice.total == Decimal("25.00")
    minimum = lines_of(invoice)[-1]
    assert (minimum.kind, minimum.amount) == ("", Decimal("24.50"))
    assert "minimum of $25.00" in minimum.remark


@pytest.mark.django_db
def test_a_month_without_use_costs_nothing(federal):
    assert invoicing.issue_month(OCTOBER, at=CLOSING).invoices == 0
    assert invoice_of(federal) is None


@pytest.mark.django_db
def test_state_and_local_agencies_pay_nothing_from_april_2025_and_paid_before(caseworker):
    charge(caseworker, at=in_october(), times=100)
    invoicing.issue_month(OCTOBER, at=CLOSING)
    assert invoice_of(caseworker) is None

    with system_scope(), pgtrigger.ignore():
        Exemption.objects.update(effective_from=date(2026, 11, 10))
    charge(caseworker, at=datetime(2026, 11, 3, 15, tzinfo=UTC))
    charge(caseworker, at=datetime(2026, 11, 20, 15, tzinfo=UTC), times=70)
    invoicing.issue_month(date(2026, 11, 1), at=datetime(2026, 12, 1, 14, tzinfo=UTC))

    invoice = invoice_of(caseworker)
    assert invoice.total == Decimal("25.00")  # one act before the exemption began
    assert {line.unit_price for line in lines_of(invoice)} == {
        Decimal("0.50"),
        Decimal("0.00"),
        None,
    }


@pytest.mark.django_db
def test_a_contractor_pays_as_the_agency_that_it_acts_for(federal, agency):
    contractor = make_agency("HELPER")
    with system_scope():
        contractor.kind, contractor.acts_for = Agency.Kind.CONTRACTOR, agency
        contractor.save()
    worker = make_user("Wes", Role.GENERAL_USER, agency=contractor)
    charge(worker, at=in_october(), times=60)

    invoicing.issue_month(OCTOBER, at=CLOSING)

    assert invoice_of(worker) is None


@pytest.mark.django_db
def test_a_new_price_holds_from_its_day_on(federal):
    with system_scope():
        Price.objects.create(
            kind="retry", amount=Decimal("0.75"), effective_from=date(2026, 10, 16)
        )
    charge(federal, at=in_october(15, 23, minute=59, second=59), times=40)
    charge(federal, at=in_october(16, 0), times=40)

    invoicing.issue_month(OCTOBER, at=CLOSING)

    assert [(line.unit_price, line.amount) for line in lines_of(invoice_of(federal))] == [
        (Decimal("0.50"), Decimal("20.00")),
        (Decimal("0.75"), Decimal("30.00")),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "zone",
    [
        "Pacific/Guam",
        "America/Puerto_Rico",
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Phoenix",
        "America/Los_Angeles",
        "America/Anchorage",
        "Pacific/Honolulu",
        "Pacific/Pago_Pago",
    ],
)
def test_the_last_second_of_the_month_belongs_to_it_in_every_time_zone(federal, zone):
    with system_scope():
        federal.agency.time_zone = zone
        federal.agency.save()
    charge(federal, at=in_october(31, 23, zone, 59, 59), times=60)
    charge(federal, at=datetime(2026, 11, 1, 0, 0, tzinfo=ZoneInfo(zone)), times=80)

    invoicing.issue_month(OCTOBER, at=CLOSING)
    invoicing.issue_month(date(2026, 11, 1), at=datetime(2026, 12, 2, tzinfo=UTC))

    with system_scope():
        totals = list(Invoice.objects.order_by("month").values_list("month", "total"))
    assert totals == [(OCTOBER, Decimal("30.00")), (date(2026, 11, 1), Decimal("40.00"))]


@pytest.mark.django_db
def test_a_month_that_is_not_over_everywhere_is_not_closed(federal):
    with pytest.raises(BillingError, match="not over yet"):
        invoicing.issue_month(OCTOBER, at=datetime(2026, 11, 1, 11, 59, tzinfo=UTC))
    assert invoicing.issue_month(OCTOBER, at=datetime(2026, 11, 1, 12, 0, tzinfo=UTC))


@pytest.mark.django_db
def test_months_are_closed_in_their_order(federal):
    charge(federal, at=in_october())
    invoicing.issue_month(OCTOBER, at=CLOSING)
    with pytest.raises(BillingError, match="later month"):
        invoicing.issue_month(date(2026, 9, 1), at=CLOSING)


@pytest.mark.django_db
def test_what_comes_late_is_on_the_next_invoice_with_a_remark(federal):
    charge(federal, at=in_october(), times=60)
    invoicing.issue_month(OCTOBER, at=CLOSING)
    charge(federal, at=in_october(31), times=4)
    charge(federal, at=datetime(2026, 11, 10, 15, tzinfo=UTC), times=60)

    invoicing.issue_month(date(2026, 11, 1), at=datetime(2026, 12, 2, tzinfo=UTC))

    november = invoice_of(federal)
    late, own = lines_of(november)
    assert (late.quantity, late.remark) == (4, "came late, from October 2026")
    assert (own.quantity, own.remark) == (60, "")


@pytest.mark.django_db
def test_an_act_without_a_price_stops_the_run_and_names_the_gap(federal):
    charge(federal, at=in_october(), kind="additional")
    with pgtrigger.ignore():
        Price.objects.filter(kind="additional").delete()
    with pytest.raises(BillingError, match="No price holds for Additional verification on October"):
        invoicing.issue_month(OCTOBER, at=CLOSING)
    assert invoice_of(federal) is None


@pytest.mark.django_db
def test_issuing_again_changes_nothing(federal):
    charge(federal, at=in_october(), times=60)
    invoicing.issue_month(OCTOBER, at=CLOSING)
    again = invoicing.issue_month(OCTOBER, at=CLOSING + timedelta(days=3))

    assert (again.invoices, again.existing, again.total) == (0, 1, Decimal())
    with system_scope():
        assert Invoice.objects.count() == 1
        assert AuditEvent.objects.filter(verb="invoice.issued").count() == 1


@pytest.mark.django_db
def test_a_run_that_was_killed_is_finished_by_the_next(federal):
    other = make_agency("TREASURY")
    with system_scope():
        other.kind = Agency.Kind.FEDERAL
        other.save()
    clerk = make_user("Cleo", Role.GENERAL_USER, agency=other)
    for user in (federal, clerk):
        charge(user, at=in_october(), times=60)

    class Killed(BaseException):
        pass

    def kill(done):
        raise Killed

    with pytest.raises(Killed):
        invoicing.issue_month(OCTOBER, at=CLOSING, progress=kill, at_once=1)
    charge(clerk, at=in_october(), times=10)  # after the close: for November
    invoicing.issue_month(OCTOBER, at=CLOSING)

    with system_scope():
        issued = list(Invoice.objects.order_by("number").values_list("number", "total"))
    assert issued == [("SV-2026-000001", Decimal("30.00")), ("SV-2026-000002", Decimal("30.00"))]


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_the_same_time_issue_each_invoice_once_without_gaps(transactional_db):
    users = []
    for number in range(6):
        agency = make_agency(f"BUREAU{number}")
        with system_scope():
            agency.kind = Agency.Kind.FEDERAL
            agency.save()
        users.append(make_user("Fay", Role.GENERAL_USER, agency=agency))
    with system_scope():
        for kind, amount in (("retry", "0.50"), ("minimum", "25.00")):
            Price.objects.get_or_create(
                kind=kind, effective_from=date(2008, 10, 1), defaults={"amount": Decimal(amount)}
            )
    for user in users:
        charge(user, at=in_october(), times=60)
    failures: list[BaseException] = []

    def run():
        try:
            invoicing.issue_month(OCTOBER, at=CLOSING)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    issued = rows_of_invoices()
    assert invoicing.issue_month(OCTOBER, at=CLOSING).existing == 6
    assert rows_of_invoices() == issued
    with system_scope():
        numbers = sorted(Invoice.objects.values_list("number", flat=True))
    assert numbers == [f"SV-2026-{n:06}" for n in range(1, 7)]


@pytest.mark.django_db(transaction=True)
def test_a_run_whose_connection_is_killed_in_the_middle_is_begun_again(transactional_db):
    with system_scope():
        for kind, amount in (("retry", "0.50"), ("minimum", "25.00")):
            Price.objects.get_or_create(
                kind=kind, effective_from=date(2008, 10, 1), defaults={"amount": Decimal(amount)}
            )
    for number in range(4):
        agency = make_agency(f"BUREAU{number}")
        with system_scope():
            agency.kind = Agency.Kind.FEDERAL
            agency.save()
        charge(make_user("Fay", Role.GENERAL_USER, agency=agency), at=in_october(), times=60)

    def kill(done):
        if done == 2:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(Error):
        invoicing.issue_month(OCTOBER, at=CLOSING, progress=kill, at_once=1)
    connection.close()
    assert [number for _, number, *_ in rows_of_invoices()] == ["SV-2026-000001", "SV-2026-000002"]
    done = invoicing.issue_month(OCTOBER, at=CLOSING)

    assert (done.invoices, done.existing) == (2, 2)
    assert [row[1:3] for row in rows_of_invoices()] == [
        (f"SV-2026-{n:06}", Decimal("30.00")) for n in range(1, 5)
    ]


@pytest.mark.django_db
def test_postgresql_keeps_an_issued_invoice_as_it_is(federal):
    charge(federal, at=in_october())
    invoicing.issue_month(OCTOBER, at=CLOSING)
    for statement in (
        "UPDATE billing_invoice SET total = 1",
        "UPDATE billing_invoice SET number = 'SV-2026-000009'",
        "UPDATE billing_invoice SET status = 'draft'",
        "UPDATE billing_invoiceline SET amount = 1",
        "DELETE FROM billing_invoiceline",
        "DELETE FROM billing_invoice",
    ):
        with pytest.raises(Error), system_scope(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db
def test_the_administrator_is_told_once_without_personal_data(federal):
    administrator = make_user("Ada", Role.AGENCY_ADMINISTRATOR, agency=federal.agency)
    charge(federal, at=in_october())
    invoicing.issue_month(OCTOBER, at=CLOSING)
    invoicing.issue_month(OCTOBER, at=CLOSING)
    with system_scope():
        queue.deliver_due(AT + timedelta(days=3650))

    (letter,) = [m for m in mail.outbox if "SV-2026-000001" in m.subject]
    assert letter.to == [administrator.email]
    assert "$25.00" in letter.subject
    assert "Fay" not in letter.body


@pytest.mark.django_db
def test_the_command_refuses_what_is_no_month_and_what_is_not_over(federal):
    charge(federal, at=in_october())
    with pytest.raises(CommandError, match="YYYY-MM"):
        call_command("issue_invoices", "--month", "2026-13")
    with pytest.raises(CommandError, match="not over"):
        call_command("issue_invoices", "--month", "2199-01")


# --- the sum of all invoices, recomputed by other means -------------------------------------------

EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["retry", "additional", "g845", "paper_g845"]),
        st.integers(0, 75 * 24 * 3600),  # seconds after 1 October, in the agency's zone
        st.integers(0, 2),  # before the first, the second or the third closing
    ),
    max_size=40,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=EVENTS, change=st.integers(1, 60), amount=st.integers(0, 400))
@pytest.mark.django_db
def test_every_event_is_on_exactly_one_invoice_and_the_sums_agree(federal, events, change, amount):
    """For any history: what the invoices say equals a plain recomputation to the cent."""
    from django.db import transaction

    prices = {
        "retry": Decimal("0.50"),
        "additional": Decimal("0.50"),
        "g845": Decimal("0.50"),
        "paper_g845": Decimal("2.00"),
    }
    zone = ZoneInfo(federal.agency.time_zone)
    new_price = Decimal(amount) / 100
    changed_on = OCTOBER + timedelta(days=change)
    closings = [
        (OCTOBER, CLOSING),
        (date(2026, 11, 1), datetime(2026, 12, 2, 14, tzinfo=UTC)),
        (date(2026, 12, 1), datetime(2027, 1, 4, 14, tzinfo=UTC)),
    ]
    with transaction.atomic():
        with system_scope():
            Price.objects.create(kind="retry", amount=new_price, effective_from=changed_on)
        expected: dict[date, Decimal] = {}
        for turn, (month, at) in enumerate(closings):
            for kind, seconds, when in events:
                moment = datetime(2026, 10, 1, tzinfo=zone) + timedelta(seconds=seconds)
                if when != turn:
                    continue
                charge(federal, kind=kind, at=moment)
                day = moment.date()
                billed = max(month, day.replace(day=1))
                price = new_price if kind == "retry" and day >= changed_on else prices[kind]
                expected[billed] = expected.get(billed, Decimal()) + price
            invoicing.issue_month(month, at=at)
            again = invoicing.issue_month(month, at=at + timedelta(days=1))
            assert (again.invoices, again.total) == (0, Decimal())
        with system_scope():
            # Behind each line stand its transactions, and no event stands behind two lines.
            behind = [
                list(events_behind(line.invoice, line).values_list("pk", flat=True))
                for line in InvoiceLine.objects.exclude(kind="").select_related("invoice__agency")
            ]
            counted = list(InvoiceLine.objects.exclude(kind="").values_list("quantity", flat=True))
            assert [len(events) for events in behind] == counted
            assert len({pk for events in behind for pk in events}) == sum(counted)
            totals = dict(Invoice.objects.values_list("month", "total"))
            quantity = sum(InvoiceLine.objects.values_list("quantity", flat=True))
        wanted = {
            month: max(total, Decimal("25.00")) for month, total in expected.items() if total > 0
        }
        assert totals == wanted
        if len(wanted) == len(expected):
            assert quantity == len(events)
        with system_scope():
            assert MonthClose.objects.count() == 3
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_payment_covers_the_oldest_and_the_rest_stays_a_credit(federal, officer):
    charge(federal, at=in_october(), times=60)
    invoicing.issue_month(OCTOBER, at=CLOSING)
    with system_scope():
        paid = payments.record(
            agency_id=federal.agency_id,
            method="check",
            reference="10021",
            amount=Decimal("45.00"),
            received_on=date(2026, 11, 10),
            by=officer,
            at=AT,
        )
    assert invoice_of(federal).status == "paid"
    charge(federal, at=datetime(2026, 11, 10, 15, tzinfo=UTC), times=60)
    invoicing.issue_month(date(2026, 11, 1), at=datetime(2026, 12, 2, tzinfo=UTC))

    november = invoice_of(federal)
    with system_scope():
        assert november.status == "partly_paid"
        assert payments.open_amount(november) == Decimal("15.00")
        assert sum(a.amount for a in paid.allocations.all()) == Decimal("45.00")


@pytest.mark.django_db
def test_the_same_check_is_recorded_once(federal, officer):
    charge(federal, at=in_october())
    invoicing.issue_month(OCTOBER, at=CLOSING)
    check = {
        "agency_id": federal.agency_id,
        "method": "check",
        "reference": "10021",
        "received_on": date(2026, 11, 10),
        "by": officer,
        "at": AT,
    }
    with system_scope():
        first = payments.record(amount=Decimal("10.00"), **check)
        assert payments.record(amount=Decimal("10.00"), **check).pk == first.pk
        with pytest.raises(BillingError, match="another check"):
            payments.record(amount=Decimal("11.00"), **check)
    assert invoice_of(federal).status == "partly_paid"


@pytest.mark.django_db
def test_a_dispute_is_answered_by_a_credit_note_and_the_invoice_stays(federal, officer):
    administrator = make_user("Ada", Role.AGENCY_ADMINISTRATOR, agency=federal.agency)
    charge(federal, at=in_october(), times=60)
    invoicing.issue_month(OCTOBER, at=CLOSING)
    invoice = invoice_of(federal)
    with system_scope():
        disputed = payments.dispute(
            invoice_id=invoice.pk,
            version=invoice.version,
            reason="Ten retries were made during an outage.",
            by=administrator,
            at=AT,
        )
        with pytest.raises(BillingError, match="up to the"):
            payments.adjust(
                invoice_id=invoice.pk,
                version=disputed.version,
                amount=Decimal("30.01"),
                reply="Credited.",
                by=officer,
                at=AT,
            )
        adjusted = payments.adjust(
            invoice_id=invoice.pk,
            version=disputed.version,
            amount=Decimal("5.00"),
            reply="Credited: the outage is confirmed.",
            by=officer,
            at=AT,
        )
        assert adjusted.status == "adjusted"
        assert adjusted.total == Decimal("30.00")
        assert payments.open_amount(adjusted) == Decimal("25.00")
        note = adjusted.credit_notes.get()
        assert (note.number, note.total) == ("SV-2026-000002", Decimal("-5.00"))


@pytest.mark.django_db
def test_only_the_own_administrator_disputes_and_only_the_office_answers(
    federal, caseworker, officer
):
    stranger = make_user("Ann", Role.AGENCY_ADMINISTRATOR, agency=caseworker.agency)
    charge(federal, at=in_october(), times=60)
    invoicing.issue_month(OCTOBER, at=CLOSING)
    invoice = invoice_of(federal)
    act = {"invoice_id": invoice.pk, "version": invoice.version, "at": AT}
    with system_scope():
        for by in (stranger, federal, officer):
            with pytest.raises(BillingError, match="Only the administrator"):
                payments.dispute(reason="No.", by=by, **act)
        for by in (stranger, federal):
            with pytest.raises(BillingError, match="Only the program office"):
                payments.write_off(reply="No.", by=by, **act)


@pytest.mark.django_db(transaction=True)
def test_no_agency_sees_another_agencys_money_even_without_django(office):
    with system_scope():
        for kind, amount in (("retry", "0.50"), ("minimum", "25.00")):
            Price.objects.get_or_create(
                kind=kind, effective_from=date(2008, 10, 1), defaults={"amount": Decimal(amount)}
            )
    officer = make_user("Otto", Role.PROGRAM_OFFICER, office=office)
    agencies = []
    for code in ("BUREAU", "TREASURY"):
        agency = make_agency(code)
        with system_scope():
            agency.kind = Agency.Kind.FEDERAL
            agency.save()
        charge(make_user("Fay", Role.GENERAL_USER, agency=agency), at=in_october())
        agencies.append(agency)
    invoicing.issue_month(OCTOBER, at=CLOSING)
    with system_scope():
        for agency in agencies:
            payments.record(
                agency_id=agency.pk,
                method="check",
                reference="1",
                amount=Decimal("5.00"),
                received_on=date(2026, 11, 10),
                by=officer,
                at=AT,
            )

    own = agencies[0].pk
    for table in (
        "billing_invoice",
        "billing_historicalinvoice",
        "billing_invoiceline",
        "billing_payment",
        "billing_allocation",
    ):
        assert rows(table) == [], table
        assert rows(table, role="") == [], table
        assert set(rows(table, scope="agency", agency_id=own)) == {own}, table
        assert len(set(rows(table, scope="all"))) == 2, table
