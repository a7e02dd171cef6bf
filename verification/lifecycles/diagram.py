"""The life cycles of cases and of correction requests as pages with a diagram."""

from save_portal.lifecycles.diagram import page
from verification.lifecycles import correction
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
