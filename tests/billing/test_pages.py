"""Invoices on screen and on paper: for the agency that owes them and for the office."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import page
import pytest
from django.urls import reverse
from pypdf import PdfReader

from billing.models import Payment
from billing.selectors.invoices import invoice_list, invoice_page
from billing.services import invoicing, payments
from billing.tasks import issue_invoices
from save_portal.accounts.models import Agency
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import system_scope
from tests.billing.test_invoicing import CLOSING, OCTOBER, charge, in_october, invoice_of
from tests.conftest import make_agency, make_user, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def federal():
    agency = make_agency("BUREAU")
    with system_scope():
        agency.kind = Agency.Kind.FEDERAL
        agency.save()
    return make_user("Fay", Role.GENERAL_USER, agency=agency)


@pytest.fixture
def administrator(federal):
    return make_user("Ada", Role.AGENCY_ADMINISTRATOR, agency=federal.agency)


@pytest.fixture
def officer(office):
    return make_user("Otto", Role.PROGRAM_OFFICER, office=office)


@pytest.fixture
def invoice(federal):
    charge(federal, at=in_october(), times=60)
    charge(federal, at=in_october(), kind="paper_g845", times=2)
    invoicing.issue_month(OCTOBER, at=CLOSING)
    return invoice_of(federal)


def address(invoice, name="invoice", *more):
    return reverse(f"billing:{name}", args=[invoice.number, *more])


def test_the_administrator_sees_each_line_down_to_its_transactions(administrator, invoice):
    client = signed_in(administrator)
    listed = client.get(reverse("billing:invoices")).content.decode()
    assert invoice.number in listed
    assert "$34.00" in listed

    shown = client.get(address(invoice)).content.decode()
    assert "Fay Tester" in shown
    assert "$34.00 open, due December 2, 2026" in shown
    lines = client.get(address(invoice, "line", 1)).content.decode()
    assert lines.count('data-label="Case"') == 2
    more = client.get(address(invoice, "line", 2)).content.decode()
    assert more.count('data-label="Case"') == 50
    assert "Next page" in more


def test_an_open_invoice_is_overdue_from_the_day_after_its_own_and_not_in_dispute(
    administrator, invoice
):
    def overdue(on):
        at = datetime(2026, 12, on, 15, tzinfo=UTC)
        with system_scope():
            shown = invoice_page(user=administrator, number=invoice.number, at=at)
            listed = invoice_list(user=administrator, at=at).overdue
        assert shown.is_overdue == (invoice.pk in listed)
        return listed

    assert overdue(2) == frozenset()
    assert overdue(3) == {invoice.pk}
    with system_scope():
        payments.dispute(
            invoice_id=invoice.pk, version=invoice.version, reason="Asked twice.",
            by=administrator, at=CLOSING,
        )  # fmt: skip
    assert overdue(3) == frozenset()


def test_the_csv_has_each_transaction_once(administrator, invoice):
    rows = signed_in(administrator).get(address(invoice, "csv")).content.decode().splitlines()
    assert len(rows) == 1 + 62
    assert sum(Decimal(row.split(",")[6]) for row in rows[1:]) == invoice.total


def test_the_pdf_is_tagged_and_has_the_slip_for_the_check(administrator, invoice):
    content = signed_in(administrator).get(address(invoice, "pdf")).content
    text = " ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(content)).pages)
    assert invoice.number in text
    assert "Remittance slip" in text
    report = page.validate_pdf_bytes(content, profile=page.ValidationProfile.PDF_UA_1)
    assert report.is_compliant, str(report)


def test_no_other_agency_and_no_caseworker_sees_an_invoice(federal, agency, invoice):
    stranger = make_user("Ann", Role.AGENCY_ADMINISTRATOR, agency=agency)
    for name, more in (("invoice", ()), ("pdf", ()), ("csv", ()), ("line", (1,))):
        assert signed_in(stranger).get(address(invoice, name, *more)).status_code == 404
        assert signed_in(federal).get(address(invoice, name, *more)).status_code == 403
    posted = signed_in(stranger).post(address(invoice, "act", "dispute"), {"reason": "No."})
    assert posted.status_code == 404


def test_an_agency_that_is_exempt_reads_that_it_pays_nothing(agency):
    administrator = make_user("Ann", Role.AGENCY_ADMINISTRATOR, agency=agency)
    text = signed_in(administrator).get(reverse("billing:invoices")).content.decode()
    assert "pays nothing at present" in text
    assert "No invoice has been issued yet." in text


def test_a_dispute_goes_to_the_office_and_comes_back_with_a_credit(administrator, officer, invoice):
    client = signed_in(administrator)
    empty = client.post(address(invoice, "act", "dispute"), {"version": invoice.version})
    assert empty.status_code == 422
    assert "Say what is wrong" in empty.content.decode()
    client.post(
        address(invoice, "act", "dispute"),
        {"version": invoice.version, "reason": "Line 2 was an outage."},
    )
    disputed = invoice_of(administrator)
    assert disputed.status == "disputed"

    desk = signed_in(officer)
    assert "Line 2 was an outage." in desk.get(address(invoice)).content.decode()
    too_much = desk.post(
        address(invoice, "act", "adjust"),
        {"version": disputed.version, "amount": "99.00", "reply": "Granted."},
    )
    assert too_much.status_code == 422
    assert 'value="99.00"' in too_much.content.decode()
    desk.post(
        address(invoice, "act", "adjust"),
        {"version": disputed.version, "amount": "4.00", "reply": "Granted."},
    )
    text = client.get(address(invoice)).content.decode()
    assert "$30.00 open" in text
    assert "Granted." in text


def test_a_check_typed_twice_is_one_payment(officer, federal, invoice):
    desk = signed_in(officer)
    typed = {
        "version": invoice.version,
        "method": "check",
        "reference": "10021",
        "amount": "34.00",
        "received_on_0": "11",
        "received_on_1": "10",
        "received_on_2": "2026",
    }
    for _ in range(2):
        desk.post(address(invoice, "act", "pay"), typed)
    with system_scope():
        assert Payment.objects.count() == 1
    assert invoice_of(federal).status == "paid"
    text = desk.get(reverse("billing:invoices"), {"status": "paid"}).content.decode()
    assert invoice.number in text


def test_the_timetable_issues_on_the_first_working_day_and_makes_up_for_a_lost_one(federal):
    charge(federal, at=in_october(), times=60)
    sunday = CLOSING - timedelta(days=1)
    issue_invoices(int(sunday.timestamp()))
    assert invoice_of(federal) is None
    issue_invoices(int((CLOSING + timedelta(days=2)).timestamp()))
    issue_invoices(int((CLOSING + timedelta(days=3)).timestamp()))
    assert invoice_of(federal).number == "SV-2026-000001"
