"""Numbers without gaps, and the word to the agency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from billing import rules
from billing.models import Invoice
from save_portal import audit
from save_portal.accounts.models import User
from save_portal.accounts.roles import Role
from save_portal.audit.log import Entry
from save_portal.outbox import queue

NUMBERS = 0x5A7E0002  # one transaction at a time, so that there are no gaps


def number(invoices: Iterable[Invoice], *, at: datetime) -> None:
    """Give the next numbers of the year and issue, without saving.

    Numbers have no gaps: whoever takes some keeps the others waiting until the transaction ends.
    """
    year = at.astimezone(UTC).year
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERS])
    last = (
        Invoice.objects.filter(number__startswith=f"SV-{year}-")
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
    )
    first = int(last.rsplit("-", 1)[1]) + 1 if last else 1
    due_on = rules.due_on(at.astimezone(UTC).date())
    for place, invoice in enumerate(invoices, start=first):
        invoice.issue(number=f"SV-{year}-{place:06}", at=at, due_on=due_on)


def number_and_issue(invoice: Invoice, *, by: User | None, at: datetime) -> None:
    """Give one draft its number and issue it."""
    number([invoice], at=at)
    invoice.touch(by=by, act="issued")
    invoice.save()
    audit.record_all([_issued(invoice, by=by, at=at)])


def tell_issued(invoices: Sequence[Invoice], *, at: datetime) -> None:
    """On record, and by mail to the administrators of each agency. Three queries."""
    audit.record_all([_issued(invoice, by=None, at=at) for invoice in invoices])
    of_agency: dict[int | None, list[int]] = {}
    for user_id, agency_id in _administrators(invoice.agency_id for invoice in invoices):
        of_agency.setdefault(agency_id, []).append(user_id)
    queue.mail_all(
        [
            queue.Mail(
                to_user_id=user_id,
                template="invoice_issued",
                context={
                    "number": invoice.number,
                    "month": f"{invoice.month:%B %Y}",
                    "total": str(invoice.total),
                    "due_on": invoice.due_on.isoformat() if invoice.due_on else "",
                },
                key=f"invoice_issued:{invoice.number}:{invoice.version}:{user_id}",
            )
            for invoice in invoices
            for user_id in of_agency.get(invoice.agency_id, ())
        ]
    )


def tell_administrators(
    agency_id: int, *, template: str, context: dict[str, Any], key: str
) -> None:
    """A mail to each administrator of the agency, once for each key."""
    queue.mail_all(
        [
            queue.Mail(
                to_user_id=user_id,
                template=template,
                context=context,
                key=f"{template}:{key}:{user_id}",
            )
            for user_id, _ in _administrators([agency_id])
        ]
    )


def tell_everybody(*, template: str, context: dict[str, Any], key: str) -> None:
    """A mail to every administrator of every agency."""
    everybody = User.objects.filter(
        agency__isnull=False, role=Role.AGENCY_ADMINISTRATOR, is_active=True
    )
    queue.mail_all(
        [
            queue.Mail(user_id, template, context, key=f"{template}:{key}:{user_id}")
            for user_id in everybody.order_by("pk").values_list("pk", flat=True)
        ]
    )


def _administrators(agency_ids: Iterable[int]) -> list[tuple[int, int | None]]:
    """(user, agency), in the order of people."""
    return list(
        User.objects.filter(
            agency_id__in=list(agency_ids), role=Role.AGENCY_ADMINISTRATOR, is_active=True
        )
        .order_by("pk")
        .values_list("pk", "agency_id")
    )


def _issued(invoice: Invoice, *, by: User | None, at: datetime) -> Entry:
    return audit.event(
        "invoice.issued",
        by=by,
        at=at,
        subject_type="invoice",
        subject_id=invoice.number,
        agency_id=invoice.agency_id,
        data={"month": invoice.month.isoformat(), "total": str(invoice.total)},
    )
