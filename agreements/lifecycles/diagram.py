"""The life cycle of an agreement as a page with a diagram."""

from agreements.lifecycles.agreement import BEGINNINGS, BINDING, ENDS, TRANSITIONS, AgreementStatus
from save_portal.lifecycles.diagram import page

SIDES = {
    "applicant": "the agency that registers, or its administrator who renews",
    "signatory": "the agency's official with authority to sign",
    "office": "the program office",
    "either": "the agency's administrator or the program office",
    "party": "the agency's official with authority to sign, or the program office",
    "timetable": "the timetable",
}


def agreement_page() -> str:
    """The life cycle of an agreement, in Markdown."""
    statuses = [
        "| status | shown as | permits new cases |",
        "| --- | --- | --- |",
        *(
            f"| `{s.value}` | {s.label} | {'within its term' if s in BINDING else 'no'} |"
            for s in AgreementStatus
        ),
    ]
    return page(
        "an agreement",
        beginnings=[beginning.value for beginning in BEGINNINGS],
        ends=[end.value for end in ENDS],
        transitions=TRANSITIONS,
        statuses=statuses,
        sides=SIDES,
    )
