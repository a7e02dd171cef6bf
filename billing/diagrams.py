"""The life cycles of billing as pages with a diagram."""

from billing.lifecycles import (
    OWED,
    PRICE_CHANGE_TRANSITIONS,
    TRANSITIONS,
    InvoiceStatus,
    PriceChangeStatus,
)
from save_portal.lifecycles.diagram import page

SIDES = {
    "office": "the program office, the timetable or a payment that came",
    "agency": "the agency's administrator",
    "proposer": "the officer who proposed it",
    "second": "another officer of the program",
}


def invoice_page() -> str:
    """The life cycle of an invoice, in Markdown."""
    statuses = [
        "| status | shown as | is owed |",
        "| --- | --- | --- |",
        *(f"| `{s.value}` | {s.label} | {'yes' if s in OWED else 'no'} |" for s in InvoiceStatus),
    ]
    return page(
        "an invoice",
        beginnings=[InvoiceStatus.DRAFT.value],
        ends=[InvoiceStatus.PAID.value, InvoiceStatus.WRITTEN_OFF.value],
        transitions=TRANSITIONS,
        statuses=statuses,
        sides=SIDES,
    )


def price_change_page() -> str:
    """The life cycle of a proposed price list, in Markdown."""
    statuses = [
        "| status | shown as |",
        "| --- | --- |",
        *(f"| `{s.value}` | {s.label} |" for s in PriceChangeStatus),
    ]
    return page(
        "a price list",
        beginnings=[PriceChangeStatus.PROPOSED.value],
        ends=[s.value for s in PriceChangeStatus if s != PriceChangeStatus.PROPOSED],
        transitions=PRICE_CHANGE_TRANSITIONS,
        statuses=statuses,
        sides=SIDES,
    )


PAGES = {"invoice.md": invoice_page, "price_list.md": price_change_page}
