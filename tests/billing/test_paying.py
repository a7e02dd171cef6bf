"""Paying: by card on a provider's page, by check with its slip; limits and reminders (S4.4)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import page as pdf_rules
import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from billing import cards
from billing.errors import BillingError
from billing.models import LimitWarning, Payment
from billing.remittance import code_of, number_of
from billing.selectors.invoices import invoice_page
from billing.services import card, invoicing, limits, payments, reminding
from save_portal.accounts.models import Agency
from save_portal.accounts.roles import Role
from save_portal.accounts.tenancy import system_scope
from save_portal.audit.models import AuditEvent
from save_portal.outbox.models import Message
from tests.billing.test_invoicing import CLOSING, OCTOBER, charge, in_october, invoice_of
from tests.conftest import AT, make_agency, make_user, signed_in

pytestmark = pytest.mark.django_db
CALLBACK = "/invoices/card/callback/"


@pytest.fixture
def ada():
    """The administrator of an agency that owes $30.00 for October."""
    agency = make_agency("BUREAU")
    with system_scope():
        agency.kind = Agency.Kind.FEDERAL
        agency.save()
    fay = make_user("Fay", Role.GENERAL_USER, agency=agency)
    charge(fay, at=in_october(), times=60)
    invoicing.issue_month(OCTOBER, at=CLOSING)
    ada = make_user("Ada", Role.AGENCY_ADMINISTRATOR, agency=agency)
    ada.colleague = fay
    return ada


@pytest.fixture
def officer(office):
    return make_user("Otto", Role.PROGRAM_OFFICER, office=office)


def begin(by, at=AT):
    with system_scope():
        return card.begin(invoice_id=invoice_of(by).pk, by=by, at=at)


def answer(order, **changes):
    said = {"code": order.code, "outcome": "paid", "amount": "30.00", "reference": "P-1"}
    return cards.stand_in().answer(**{**said, **changes})


def post(sent):
    return Client(enforce_csrf_checks=True).post(CALLBACK, sent)


def taken():
    with system_scope():
        return list(Payment.objects.values_list("amount", flat=True))


def verbs(prefix="card."):
    with system_scope():
        found = AuditEvent.objects.filter(verb__startswith=prefix).order_by("id")
        return list(found.values_list("verb", flat=True))


def test_the_invoice_is_paid_on_the_providers_page_and_the_portal_sees_no_card(ada):
    client = signed_in(ada)
    number = invoice_of(ada).number
    begun = client.post(f"/invoices/{number}/card/")
    again = client.post(f"/invoices/{number}/card/")
    assert begun.headers["Location"] == again.headers["Location"]  # a double click is one order
    shown = client.get(begun.headers["Location"]).content.decode()
    assert "stand-in that takes no card" in shown
    address = cards.stand_in().address
    link = shown[shown.index(f'href="{address}') + 6 :].split('"')[0].replace("&amp;", "&")
    page = client.get(link).content.decode()
    assert "No card is asked for here, and no money moves." in page
    back = client.post(link, {"outcome": "paid"}).headers["Location"]
    assert "/invoices/card/return/" in back
    paid = client.get(urlsplit(back).path + "?" + urlsplit(back).query, follow=True)
    assert "Paid by card" in paid.content.decode()
    assert "$30.00 came on" in paid.content.decode()
    assert invoice_of(ada).status == "paid"
    assert post({k: v[0] for k, v in parse_qs(urlsplit(back).query).items()}).status_code == 200
    assert taken() == [Decimal("30.00")]
    assert verbs() == ["card.begun", "card.paid"]


def test_a_callback_repeated_changes_nothing(ada):
    order = begin(ada)
    for _ in range(3):
        assert post(answer(order)).status_code == 200
    post(answer(order, outcome="declined", amount="0.00"))
    post(answer(order, amount="31.00"))
    assert taken() == [Decimal("30.00")]
    assert invoice_of(ada).status == "paid"
    assert verbs() == ["card.begun", "card.paid", "card.contradicted", "card.contradicted"]


@pytest.mark.parametrize(
    "bend",
    [
        lambda sent: sent | {"amount": "0.01"},
        lambda sent: sent | {"signature": "0" * 64},
        lambda sent: sent | {"signature": "é"},
        lambda sent: {k: v for k, v in sent.items() if k != "signature"},
        lambda sent: sent | {"outcome": "declined"},
    ],
    ids=["amount", "signature", "letters", "unsigned", "outcome"],
)
def test_a_forged_callback_is_refused_and_on_record(ada, bend):
    order = begin(ada)
    refused = post(bend(answer(order)))
    assert refused.status_code == 400
    assert "not signed by the card provider" in refused.content.decode()
    assert taken() == []
    assert invoice_of(ada).status == "issued"
    assert verbs() == ["card.begun", "card.forged_answer"]


def test_what_the_portal_signed_is_no_answer_and_an_unknown_order_is_none(ada):
    order = begin(ada)
    fields = {"code": order.code, "outcome": "paid", "amount": "30.00", "reference": "P-1"}
    own = fields | {"signature": cards.stand_in().sign("asked", fields)}
    assert post(own).status_code == 400
    assert post(answer(order, code="f" * 32)).status_code == 404
    assert post(answer(order, amount="NaN")).status_code == 400
    assert post({}).status_code == 400
    assert taken() == []


def test_what_comes_late_when_a_check_has_paid_stays_as_a_credit(ada, officer):
    order = begin(ada)
    with system_scope():
        payments.record(
            agency_id=ada.agency_id,
            method="check",
            reference="77",
            amount=Decimal("30.00"),
            received_on=date(2026, 11, 10),
            by=officer,
            at=AT,
        )
    assert post(answer(order)).status_code == 200
    shown = signed_in(ada).get(f"/invoices/card/{order.code}/").content.decode()
    assert "it is your credit, and is taken for the next" in shown
    charge(ada.colleague, at=datetime(2026, 11, 10, 15, tzinfo=UTC), times=80)
    invoicing.issue_month(date(2026, 11, 1), at=datetime(2026, 12, 2, tzinfo=UTC))
    november = invoice_of(ada)
    with system_scope():
        assert (november.total, payments.open_amount(november)) == (40, 10)
    assert november.status == "partly_paid"


@pytest.mark.parametrize(("amount", "status"), [("12.50", "partly_paid"), ("45.00", "paid")])
def test_what_the_provider_took_is_what_counts(ada, amount, status):
    order = begin(ada)
    post(answer(order, amount=amount))
    assert taken() == [Decimal(amount)]
    assert invoice_of(ada).status == status
    shown = signed_in(ada).get(f"/invoices/card/{order.code}/").content.decode()
    assert "$30.00 were asked" in shown
    if status == "partly_paid":
        assert begin(ada).amount == Decimal("17.50")
    else:
        with pytest.raises(BillingError, match="nothing to pay"):
            begin(ada)


def test_a_declined_card_leaves_the_invoice_open_and_may_be_paid_after_all(ada):
    order = begin(ada)
    post(answer(order, outcome="declined", amount="0.00"))
    assert invoice_of(ada).status == "issued"
    shown = signed_in(ada).get(f"/invoices/card/{order.code}/").content.decode()
    assert "The card was declined" in shown
    post(answer(order))
    assert invoice_of(ada).status == "paid"


def test_nobody_else_pays_or_sees_an_order(ada, agency, officer):
    stranger = make_user("Ann", Role.AGENCY_ADMINISTRATOR, agency=agency)
    order = begin(ada)
    number = invoice_of(ada).number
    assert signed_in(stranger).get(f"/invoices/card/{order.code}/").status_code == 404
    assert signed_in(stranger).post(f"/invoices/{number}/card/").status_code == 404
    assert signed_in(ada.colleague).post(f"/invoices/{number}/card/").status_code == 403
    for by in (stranger, officer, ada.colleague):
        with system_scope(), pytest.raises(BillingError, match="Only the administrator"):
            card.begin(invoice_id=invoice_of(ada).pk, by=by, at=AT)


def test_without_a_provider_there_is_only_the_check(ada, settings):
    settings.DEMO = False
    with system_scope():
        assert not invoice_page(user=ada, number=invoice_of(ada).number, at=AT).may_pay
    assert Client().get("/card-stand-in/").status_code == 404
    assert post({}).status_code == 404
    settings.CARD_PAGE_URL, settings.CARD_PAGE_SECRET = "https://cards.example/pay", "s" * 32
    order = begin(ada)
    assert post(answer(order)).status_code == 400  # signed by the stand-in
    real = cards.provider()
    sent = real.answer(code=order.code, outcome="paid", amount="30.00", reference="P-9")
    assert post(sent).status_code == 200
    assert Client().get("/card-stand-in/").status_code == 404


# --- the check and its slip -----------------------------------------------------------------------


def test_a_slips_code_leads_to_its_invoice_and_catches_a_slip_of_the_pen():
    code = code_of("SV-2026-000123")
    assert code.startswith("RSV2026000123")
    assert number_of(f" {code[:5].lower()} {code[5:10]}-{code[10:]}") == "SV-2026-000123"
    assert number_of("sv-2026-000123") == "SV-2026-000123"
    for place in range(3, 13):
        wrong = code[:place] + str((int(code[place]) + 1) % 10) + code[place + 1 :]
        with pytest.raises(BillingError, match="is wrong, or two are swapped"):
            number_of(wrong)
    with pytest.raises(BillingError, match="15 characters"):
        number_of("12345")


def test_the_slip_is_a_tagged_paper_with_its_code(ada):
    invoice = invoice_of(ada)
    content = signed_in(ada).get(f"/invoices/{invoice.number}/slip.pdf").content
    text = " ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(content)).pages)
    code = code_of(invoice.number)
    assert f"{code[:5]} {code[5:10]} {code[10:]}" in text
    assert "$30.00" in text
    report = pdf_rules.validate_pdf_bytes(content, profile=pdf_rules.ValidationProfile.PDF_UA_1)
    assert report.is_compliant, str(report)


def test_a_scanned_slip_opens_the_form_for_its_check_and_covers_its_invoice_first(ada, officer):
    charge(ada.colleague, at=datetime(2026, 11, 10, 15, tzinfo=UTC), times=80)
    invoicing.issue_month(date(2026, 11, 1), at=datetime(2026, 12, 2, tzinfo=UTC))
    november = invoice_of(ada)
    desk = signed_in(officer)
    wrong = desk.get("/invoices/checks/", {"code": "RSV2026000001AA"})
    assert wrong.status_code == 422
    assert "Compare it with the slip" in wrong.content.decode()
    missing = desk.get("/invoices/checks/", {"code": code_of("SV-2026-009999")})
    assert "There is no invoice SV-2026-009999." in missing.content.decode()
    found = desk.get("/invoices/checks/", {"code": code_of(november.number)}, follow=True)
    assert november.number in found.content.decode()
    assert 'value="40.00"' in found.content.decode()
    desk.post(
        reverse("billing:act", args=[november.number, "pay"]),
        {
            "version": november.version,
            "method": "check",
            "reference": "501",
            "amount": "45.00",
            "received_on_0": "11",
            "received_on_1": "20",
            "received_on_2": "2026",
        },
    )
    with system_scope():
        parts = Payment.objects.get().allocations.values_list("invoice__month", "amount")
        assert dict(parts) == {date(2026, 11, 1): Decimal("40.00"), OCTOBER: Decimal("5.00")}
    assert signed_in(ada).get("/invoices/checks/").status_code == 403


# --- a limit, and reminders -----------------------------------------------------------------------


def told(template):
    with system_scope():
        return list(
            Message.objects.filter(payload__template=template)
            .order_by("id")
            .values_list("payload__context", flat=True)
        )


def test_a_limit_warns_at_80_and_at_100_percent_once_and_stops_nothing(ada):
    november = datetime(2026, 11, 10, 15, tzinfo=UTC)
    with system_scope():
        limits.set_limit(agency_id=ada.agency_id, amount=Decimal("50.00"), by=ada, at=AT)
    charge(ada.colleague, at=november, times=79)
    assert limits.warn(at=AT) == 0
    charge(ada.colleague, at=november)
    assert [limits.warn(at=AT + timedelta(hours=h)) for h in range(3)] == [1, 0, 0]
    charge(ada.colleague, at=november, times=40)
    assert [limits.warn(at=AT) for _ in range(2)] == [1, 0]
    assert [mail["percent"] for mail in told("limit_reached")] == [80, 100]
    with system_scope():
        assert LimitWarning.objects.count() == 2


def test_the_administrator_sets_the_limit_on_its_page_and_takes_it_away(ada):
    client = signed_in(ada)
    bad = client.post("/invoices/limit/", {"amount": "lots"})
    assert bad.status_code == 422
    assert "such as 1250.50" in bad.content.decode()
    done = client.post("/invoices/limit/", {"amount": "100.00"}, follow=True).content.decode()
    assert "never stops a verification" in done
    assert "$100.00, 0 % reached" in done
    client.post("/invoices/limit/", {"amount": ""})
    charge(ada.colleague, times=500)
    assert limits.warn(at=AT) == 0
    assert signed_in(ada.colleague).get("/invoices/limit/").status_code == 403


def test_reminders_come_before_and_after_the_due_day_each_once(ada, officer):
    due = invoice_of(ada).due_on
    for day in range(-30, 60):
        at = datetime(due.year, due.month, due.day, 15, tzinfo=UTC) + timedelta(days=day)
        reminding.remind(at=at)
    assert [mail["is_late"] for mail in told("invoice_due")] == [False, True, True, True]
    assert {mail["open"] for mail in told("invoice_due")} == {"30.00"}


def test_after_a_pause_only_the_last_reminder_is_sent_and_none_of_what_is_disputed_or_paid(ada):
    due = invoice_of(ada).due_on
    late = datetime(due.year, due.month, due.day, 15, tzinfo=UTC) + timedelta(days=20)
    reminding.remind(at=late)
    assert len(told("invoice_due")) == 1
    with system_scope():
        invoice = invoice_of(ada)
        payments.dispute(
            invoice_id=invoice.pk, version=invoice.version, reason="No.", line=1, by=ada, at=AT
        )
    assert reminding.remind(at=late + timedelta(days=20)) == 0


def test_a_dispute_names_its_line(ada):
    invoice = invoice_of(ada)
    with system_scope(), pytest.raises(BillingError, match="no such line"):
        payments.dispute(
            invoice_id=invoice.pk, version=invoice.version, reason="No.", line=9, by=ada, at=AT
        )
    client = signed_in(ada)
    client.post(
        reverse("billing:act", args=[invoice.number, "dispute"]),
        {"version": invoice.version, "line": "1", "reason": "An outage."},
    )
    assert invoice_of(ada).dispute_line == 1
    assert (
        "Line 1: Retry, Fay Tester" in client.get(f"/invoices/{invoice.number}/").content.decode()
    )
