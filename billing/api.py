"""Invoices for the agency's own accounting system."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from rest_framework.request import Request

from billing.errors import BillingError
from billing.models import Invoice
from billing.selectors.invoices import SIZE, visible_to
from save_portal.accounts.roles import Permission
from save_portal.machines.endpoint import Answer, Endpoint, translates
from save_portal.machines.fields import Strict, Text
from save_portal.machines.operations import Operation
from save_portal.machines.problems import Problem, problem
from save_portal.machines.schema import SHAPES
from save_portal.web.keyset import decode, paginate

MONEY = {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$", "description": "U.S. dollars."}
SHAPES["Invoices"] = {
    "type": "object",
    "required": ["invoices", "next_cursor"],
    "properties": {
        "invoices": {"type": "array", "items": {"$ref": "#/components/schemas/Invoice"}},
        "next_cursor": {"type": ["string", "null"]},
    },
}
SHAPES["Invoice"] = {
    "type": "object",
    "required": ["number", "kind", "month", "status", "total", "still_open", "issued_at", "due_on"],
    "properties": {
        "number": {"type": "string"},
        "kind": {"type": "string", "enum": list(Invoice.Kind.values)},
        "month": {"type": "string", "format": "date", "description": "Its first day."},
        "status": {"type": "string"},
        "total": MONEY,
        "still_open": MONEY,
        "issued_at": {"type": "string", "format": "date-time"},
        "due_on": {"type": "string", "format": "date"},
    },
}
EXAMPLE = {
    "invoices": [
        {
            "number": "2026-10-000017",
            "kind": "invoice",
            "month": "2026-10-01",
            "status": "issued",
            "total": "431.50",
            "still_open": "431.50",
            "issued_at": "2026-11-02T06:00:00Z",
            "due_on": "2026-12-02",
        }
    ],
    "next_cursor": None,
}


@translates(BillingError)
def as_problem(error: BillingError) -> Problem:
    return problem("refused", str(error))


class Paging(Strict):
    cursor = Text(required=False, max_length=200, help_text="`next_cursor` of the page before.")


class Invoices(Endpoint):
    """The agency's invoices and credit notes, newest first."""

    permission = Permission.VIEW_INVOICES
    parameters = Paging
    operations: ClassVar = {
        "get": Operation(
            id="list_invoices",
            summary="Invoices",
            tag="Invoices",
            answer="Invoices",
            example=EXAMPLE,
        )
    }

    def get(self, request: Request) -> Answer:
        cursor = self.query().get("cursor")
        if cursor is not None and not _is_cursor(cursor):
            raise problem("malformed-request", "cursor: take `next_cursor` as a page gave it.")
        page = paginate(visible_to(request.user), order=("-month", "-id"), cursor=cursor, size=SIZE)
        return Answer({"invoices": [_row(one) for one in page.rows], "next_cursor": page.next})


def _is_cursor(cursor: str) -> bool:
    decoded = decode(cursor, 2)
    if decoded is None:
        return False
    month, number = decoded[1]
    is_month = isinstance(month, str) and len(month) == 10
    is_number = isinstance(number, int) and not isinstance(number, bool)
    return is_month and is_number and 0 < number < 2**63


def _row(invoice: Invoice) -> dict[str, Any]:
    still_open: Decimal = invoice.still_open  # type: ignore[attr-defined]
    return {
        "number": invoice.number,
        "kind": invoice.kind,
        "month": invoice.month,
        "status": invoice.status,
        "total": f"{invoice.total:.2f}",
        "still_open": f"{still_open:.2f}",
        "issued_at": invoice.issued_at,
        "due_on": invoice.due_on,
    }
