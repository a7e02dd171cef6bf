"""The life cycles of cases, correction requests and batches as pages with a diagram."""

from save_portal.lifecycles.diagram import page
from verification.lifecycles import batch, correction
from verification.lifecycles.case import BEGINNINGS, TRANSITIONS, WAITS_FOR, CaseStatus

SIDES = {
    "agency": "the agency",
    "office": "a status verifier",
    "requester": "the office that asked",
    "owner": "the records office, for the owner",
    "either": "either side, or the portal when the source shows the value",
}


def case_page() -> str:
    """The life cycle of a case, in Markdown."""
    statuses = [
        "| status | shown as | waits for |",
        "| --- | --- | --- |",
        *(f"| `{s.value}` | {s.label} | {WAITS_FOR[s].label.lower()} |" for s in CaseStatus),
    ]
    return page(
        "a case",
        beginnings=[beginning.value for beginning in BEGINNINGS],
        ends=[CaseStatus.CLOSED.value],
        transitions=TRANSITIONS,
        statuses=statuses,
        sides=SIDES,
        timetable={"close": ", or the timetable after 180 days"},
    )


def correction_page() -> str:
    """The life cycle of a correction request, in Markdown."""
    status = correction.CorrectionStatus
    statuses = [
        "| status | shown as | closes as |",
        "| --- | --- | --- |",
        *(
            f"| `{s.value}` | {s.label} |"
            f" {', '.join(f'`{c.value}`' for c in correction.CLOSINGS.get(s, ()))} |"
            for s in status
        ),
    ]
    return page(
        "a correction request",
        beginnings=[status.DRAFTED.value],
        ends=[status.CLOSED.value],
        transitions=correction.TRANSITIONS,
        statuses=statuses,
        sides=SIDES,
    )


def batch_page() -> str:
    """The life cycle of a batch, in Markdown."""
    return page(
        "a batch",
        beginnings=[batch.BatchStatus.CHECKING.value],
        ends=[ended.value for ended in batch.ENDED],
        transitions=batch.TRANSITIONS,
        statuses=[
            "| status | shown as |",
            "| --- | --- |",
            *(f"| `{status.value}` | {status.label} |" for status in batch.BatchStatus),
        ],
        sides={
            "agency": "who may see the batch in the agency",
            "portal": "the portal",
            "either": "the agency, or the portal where nothing may be asked any more",
        },
        timetable={"expire": ", after 14 days"},
    )
