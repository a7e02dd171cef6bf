"""Invoices as the administrator and the office see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import DecimalField, ExpressionWrapper, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from billing import cards, policies, rules
from billing.lifecycles import OWED, PAYABLE, InvoiceStatus
from billing.models import Allocation, CardOrder, Invoice, InvoiceLine, MonthClose, SpendingLimit
from billing.remittance import code_of
from billing.selectors.limits import limit_of
from billing.selectors.prices import minimum_of, prices_on
from billing.selectors.use import Use, use_of
from billing.selectors.used import used_until_now
from save_portal.accounts.models import Agency, User
from save_portal.calendar.federal import federal_calendar
from save_portal.calendar.local import local_date
from save_portal.web.keyset import Page, paginate
from verification.models import ChargeEvent

SIZE = 50
MONEY: DecimalField[Decimal, Decimal] = DecimalField(max_digits=12, decimal_places=2)
AGES = ((30, "Up to 30 days"), (60, "31 to 60 days"), (90, "61 to 90 days"))


@dataclass(frozen=True, slots=True)
class Forecast:
    """This month so far: `minimum` is what is still missing to the minimum of a paid month.

    `projected` is the whole month, if its working days to come are like those that have gone.
    """

    month: date
    acts: int
    amount: Decimal
    minimum: Decimal
    exempt: bool
    projected: Decimal

    @property
    def total(self) -> Decimal:
        return self.amount + self.minimum


@dataclass(frozen=True, slots=True)
class InvoiceList:
    rows: list[Invoice]
    next: str | None
    previous: str | None
    forecast: Forecast | None
    use: Use | None
    limit: SpendingLimit | None
    is_office: bool
    ages: list[tuple[str, int, Decimal]]
    overdue: frozenset[int]

    @property
    def share_of_limit(self) -> int | None:
        """How much of the limit this month has reached, in percent."""
        if self.forecast is None or self.limit is None or not self.limit.amount:
            return None
        return int(self.forecast.total * 100 / self.limit.amount)


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """An invoice with its lines, what covers it, and what this person may do with it."""

    invoice: Invoice
    lines: list[InvoiceLine]
    by_department: list[tuple[str, Decimal]]
    allocations: list[Allocation]
    credit_notes: list[Invoice]
    still_open: Decimal
    slip_code: str
    disputed_line: InvoiceLine | None
    is_overdue: bool
    may_dispute: bool
    may_pay: bool
    may_answer: bool
    may_record: bool


def visible_to(user: User) -> QuerySet[Invoice]:
    """The agency's own, or all for the office; with what is still open of each."""
    paid = (
        Allocation.objects.filter(invoice=OuterRef("pk"))
        .values("invoice")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    credited = (
        Invoice.objects.filter(corrects=OuterRef("pk"))
        .order_by()
        .values("corrects")
        .annotate(sum=Sum("total"))
        .values("sum")
    )
    invoices = Invoice.objects.exclude(status=InvoiceStatus.DRAFT).annotate(
        still_open=ExpressionWrapper(
            F("total")
            + Coalesce(Subquery(credited), Decimal(), output_field=MONEY)
            - Coalesce(Subquery(paid), Decimal(), output_field=MONEY),
            output_field=MONEY,
        )
    )
    if policies.is_office(user):
        return invoices.select_related("agency")
    if user.agency_id is None:
        return invoices.none()
    return invoices.filter(agency_id=user.agency_id).select_related("agency")


def invoice_list(
    *, user: User, at: datetime, status: str = "", cursor: str | None = None
) -> InvoiceList:
    """A page of invoices, newest first; the agency's forecast, or the office's receivables."""
    invoices = visible_to(user)
    if status == "owed":
        invoices = invoices.filter(status__in=OWED, kind=Invoice.Kind.INVOICE)
    elif status in InvoiceStatus.values:
        invoices = invoices.filter(status=status)
    page: Page[Invoice] = paginate(invoices, order=("-month", "-id"), cursor=cursor, size=SIZE)
    office = policies.is_office(user)
    today = _today_of(user, at)
    return InvoiceList(
        rows=page.rows,
        next=page.next,
        previous=page.previous,
        forecast=None if office or user.agency is None else forecast(user.agency, at=at),
        use=None if office or user.agency is None else use_of(user.agency, at=at),
        limit=None if user.agency_id is None else limit_of(user.agency_id),
        is_office=office,
        ages=receivables_by_age(today=today) if office else [],
        overdue=frozenset(row.pk for row in page.rows if _is_overdue(row, today)),
    )


def _today_of(user: User, at: datetime) -> date:
    return local_date(at, user.agency.time_zone if user.agency else settings.TIME_ZONE)


def _is_overdue(invoice: Invoice, today: date) -> bool:
    """Past its day and open; a dispute stops the clock, as it stops the reminders (S4.2)."""
    owed = invoice.kind == Invoice.Kind.INVOICE and invoice.status in PAYABLE
    return owed and invoice.due_on is not None and invoice.due_on < today


def forecast(agency: Agency, *, at: datetime) -> Forecast:
    """What the month would cost if it ended now, and what it will if it goes on so."""
    today = local_date(at, agency.time_zone)
    month = today.replace(day=1)
    used = used_until_now(agency.pk, month)
    amount = sum((use.amount for use in used), Decimal())
    least = minimum_of(month)
    calendar = federal_calendar()
    eve = month - timedelta(days=1)
    projected = rules.projected(
        amount,
        working_days_gone=calendar.working_days_between(eve, today),
        working_days=calendar.working_days_between(
            eve, rules.first_of_next(month) - timedelta(days=1)
        ),
    )
    return Forecast(
        month=month,
        acts=sum(use.quantity for use in used),
        amount=amount,
        minimum=rules.up_to_minimum(used, minimum=least),
        exempt=prices_on(today, agency=agency).is_exempt(today),
        projected=max(projected, least) if amount else projected,
    )


def receivables_by_age(*, today: date) -> list[tuple[str, int, Decimal]]:
    """What is owed by days since it was due: (label, invoices, dollars)."""
    office = Invoice.objects.filter(status__in=OWED, kind=Invoice.Kind.INVOICE)
    owed = office.annotate(
        paid=Coalesce(Sum("allocations__amount"), Decimal(), output_field=MONEY)
    ).values_list("pk", "due_on", "total", "paid")
    credited = dict(
        Invoice.objects.filter(corrects__status__in=OWED)
        .order_by()
        .values_list("corrects")
        .annotate(sum=Sum("total"))
    )
    sums: dict[str, tuple[int, Decimal]] = {}
    for pk, due_on, total, paid in owed:
        days = (today - due_on).days if due_on else 0
        label = (
            "Not due yet"
            if days <= 0
            else next((text for most, text in AGES if days <= most), "More than 90 days")
        )
        count, amount = sums.get(label, (0, Decimal()))
        sums[label] = (count + 1, amount + total - paid + credited.get(pk, Decimal()))
    labels = ["Not due yet", *(text for _, text in AGES), "More than 90 days"]
    return [(label, *sums.get(label, (0, Decimal()))) for label in labels]


def invoice_page(*, user: User, number: str, at: datetime) -> InvoicePage | None:
    """Four queries; None where there is none or it is not this person's."""
    invoice = visible_to(user).filter(number=number).first()
    if invoice is None:
        return None
    lines = list(invoice.lines.select_related("department", "by"))
    departments: dict[str, Decimal] = {}
    for line in lines:
        if line.kind:
            name = line.department.name if line.department else "No department"
            departments[name] = departments.get(name, Decimal()) + line.amount
    office = policies.is_office(user)
    is_invoice = invoice.kind == Invoice.Kind.INVOICE
    return InvoicePage(
        invoice=invoice,
        lines=lines,
        by_department=sorted(departments.items()),
        allocations=list(invoice.allocations.select_related("payment")),
        credit_notes=list(invoice.credit_notes.all()),
        still_open=invoice.still_open,  # type: ignore[attr-defined]
        slip_code=code_of(invoice.number) if is_invoice else "",
        disputed_line=next((line for line in lines if line.position == invoice.dispute_line), None),
        is_overdue=_is_overdue(invoice, _today_of(user, at)),
        may_pay=not office
        and is_invoice
        and invoice.status in PAYABLE
        and cards.provider() is not None,
        may_dispute=not office
        and is_invoice
        and invoice.status in (InvoiceStatus.ISSUED, InvoiceStatus.PARTLY_PAID),
        may_answer=office and invoice.status == InvoiceStatus.DISPUTED,
        may_record=office and is_invoice and invoice.status in OWED,
    )


def card_order(*, user: User, code: str) -> CardOrder | None:
    """An order with what came of it; None where it is not this agency's. Two queries."""
    if user.agency_id is None:
        return None
    return (
        CardOrder.objects.filter(code=code, agency_id=user.agency_id)
        .select_related("invoice", "payment")
        .prefetch_related("payment__allocations__invoice")
        .first()
    )


def transactions(
    *, user: User, number: str, position: int, cursor: str | None
) -> tuple[Invoice, InvoiceLine, Page[ChargeEvent]] | None:
    """The charge events behind a line, in time; None where this person has no such line."""
    found = events_of(user=user, number=number, position=position)
    if found is None:
        return None
    invoice, line, events = found
    page = paginate(
        events.select_related("case", "by"), order=("at", "id"), cursor=cursor, size=SIZE
    )
    return invoice, line, page


def events_of(
    *, user: User, number: str, position: int
) -> tuple[Invoice, InvoiceLine, QuerySet[ChargeEvent]] | None:
    invoice = visible_to(user).filter(number=number).first()
    line = (
        invoice.lines.select_related("department", "by").filter(position=position).first()
        if invoice
        else None
    )
    if invoice is None or line is None or line.first_on is None:
        return None
    return invoice, line, events_behind(invoice, line)


def events_behind(invoice: Invoice, line: InvoiceLine) -> QuerySet[ChargeEvent]:
    """The events that the line counted: the rule of `MonthClose`, for one line."""
    assert line.first_on is not None
    assert line.last_on is not None
    close = MonthClose.objects.get(month=invoice.month)
    before = MonthClose.objects.filter(month__lt=invoice.month).order_by("-month").first()
    zone = ZoneInfo(invoice.agency.time_zone)
    first = datetime.combine(line.first_on, time.min, tzinfo=zone)
    end = datetime.combine(line.last_on + timedelta(days=1), time.min, tzinfo=zone)
    events = ChargeEvent.objects.filter(
        agency_id=invoice.agency_id,
        department=line.department,
        by_id=line.by_id,
        kind=line.kind,
        at__gte=first,
        at__lt=end,
        pk__lte=close.upto_charge,
    )
    if before is not None and line.first_on.replace(day=1) <= before.month:
        events = events.filter(pk__gt=before.upto_charge)
    return events


def csv_rows(invoice: Invoice) -> Iterator[list[str]]:
    """Each transaction of an invoice as a row, then the lines without transactions."""
    yield ["line", "date", "case_number", "kind", "user", "department", "amount", "remark"]
    zone = ZoneInfo(invoice.agency.time_zone)
    for line in invoice.lines.select_related("department", "by"):
        department = line.department.name if line.department else ""
        if not line.kind:
            amount = str(line.amount)
            yield [str(line.position), "", "", "", "", department, amount, line.remark]
            continue
        events = events_behind(invoice, line).select_related("case")
        for event in events.order_by("at", "id").iterator(chunk_size=1000):
            yield [
                str(line.position),
                event.at.astimezone(zone).isoformat(timespec="seconds"),
                event.case.number,
                event.kind,
                line.by.full_name if line.by else "",
                department,
                str(line.unit_price),
                line.remark,
            ]
