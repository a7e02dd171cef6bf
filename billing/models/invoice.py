"""A month's bill of an agency, down to each charge event (S4.2)."""

from typing import TYPE_CHECKING, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from billing.lifecycles import TRANSITIONS, InvoiceLifecycle, InvoiceStatus
from save_portal.lifecycles.machine import changes
from verification.enums import ChargeKind

if TYPE_CHECKING:
    from save_portal.accounts.models import User


class MonthClose(models.Model):
    """The moment at which a month's charges were counted, once for all agencies.

    `upto_charge` is the newest charge event that existed then. An event is on the invoice of the
    first month, not before its own, whose close saw it: so each is on exactly one, and one that
    came late is on the next.
    """

    month = models.DateField(unique=True, help_text="the first day of the month")
    upto_charge = models.BigIntegerField()
    closed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["month"]
        constraints = [
            models.CheckConstraint(name="month_close_first_day", condition=Q(month__day=1))
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.month:%B %Y}"


class Invoice(InvoiceLifecycle):
    """One invoice, or a credit note that corrects one. Amounts are U.S. dollars.

    `total` is what the lines add up to; a credit note's is negative.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", "Invoice"
        CREDIT_NOTE = "credit_note", "Credit note"

    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.INVOICE)
    month = models.DateField(help_text="the first day of the month that is billed")
    corrects = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="credit_notes"
    )
    total = models.DecimalField(max_digits=12, decimal_places=2)
    dispute_line = models.PositiveIntegerField(null=True, help_text="empty: the whole invoice")
    dispute_reason = models.CharField(max_length=1000, blank=True)
    reply = models.CharField(max_length=1000, blank=True)
    version = models.PositiveIntegerField(default=1)

    # Read by the row history: who changed the row, and by which act.
    _history_user: "User | None"
    _change_reason: str

    history = HistoricalRecords(cascade_delete_history=False)

    class Meta:
        ordering: ClassVar = ["-month", "-id"]
        constraints = [
            models.CheckConstraint(
                name="invoice_status_is_known", condition=Q(status__in=InvoiceStatus.values)
            ),
            models.CheckConstraint(name="invoice_month_first_day", condition=Q(month__day=1)),
            models.UniqueConstraint(
                name="invoice_once_a_month", fields=["agency", "month"], condition=Q(kind="invoice")
            ),
            models.UniqueConstraint(
                name="invoice_number_once", fields=["number"], condition=~Q(number="")
            ),
            models.CheckConstraint(
                name="invoice_issued_has_number_and_dates",
                condition=Q(status=InvoiceStatus.DRAFT, number="", issued_at__isnull=True)
                | (Q(issued_at__isnull=False, due_on__isnull=False) & ~Q(number="")),
            ),
            models.CheckConstraint(
                name="invoice_credit_note_is_negative",
                condition=Q(kind="invoice", corrects__isnull=True, total__gte=0)
                | Q(kind="credit_note", corrects__isnull=False, total__lt=0),
            ),
        ]
        indexes = [models.Index(name="invoice_of_agency", fields=["agency", "-month", "-id"])]
        triggers: ClassVar = [
            pgtrigger.FSM(
                name="legal_invoice_moves", field="status", transitions=changes(TRANSITIONS)
            ),
            pgtrigger.ReadOnly(
                name="invoice_content_never_changes",
                fields=["agency", "kind", "month", "corrects"],
            ),
            pgtrigger.Protect(
                name="invoice_issued_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.status <> 'draft'"
                    " AND (OLD.number, OLD.issued_at, OLD.due_on, OLD.total) IS DISTINCT FROM"
                    " (NEW.number, NEW.issued_at, NEW.due_on, NEW.total)"
                ),
            ),
            pgtrigger.Protect(name="invoice_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number or f"draft of {self.month:%B %Y}"

    def touch(self, *, by: "User | None", act: str) -> None:
        self.version += 1
        self._history_user, self._change_reason = by, f"invoice.{act}"


pgtrigger.register(
    pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
)(Invoice.history.model)


class InvoiceLine(models.Model):
    """So many charges of one kind by one person of one department, at one price.

    Without a kind it is the line up to the minimum, or a credit.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    department = models.ForeignKey(
        "accounts.Department", null=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=12, choices=ChargeKind.choices, blank=True)
    first_on = models.DateField(null=True, help_text="the first day of the acts, the agency's day")
    last_on = models.DateField(null=True)
    quantity = models.PositiveIntegerField(default=0)
    unit_price = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    remark = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["invoice", "position"]
        constraints = [
            models.UniqueConstraint(
                name="invoice_line_position_once", fields=["invoice", "position"]
            ),
            models.CheckConstraint(
                name="invoice_line_adds_up",
                condition=Q(kind="", quantity=0, unit_price__isnull=True)
                | Q(
                    first_on__isnull=False,
                    last_on__isnull=False,
                    quantity__gte=1,
                    amount=models.F("quantity") * models.F("unit_price"),
                ),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        if not self.kind:
            return self.remark
        return f"{self.get_kind_display()}, {self.by.full_name if self.by else ''}, ${self.amount}"
