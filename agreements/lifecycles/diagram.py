"""The life cycle of an agreement as a page with a diagram."""

from agreements.lifecycles.agreement import BEGINNINGS, BINDING, ENDS, TRANSITIONS, AgreementStatus
from agreements.lifecycles.supplement import BEGINNING, OPEN, SupplementStatus
from agreements.lifecycles.supplement import ENDS as SUPPLEMENT_ENDS
from agreements.lifecycles.supplement import TRANSITIONS as SUPPLEMENT_TRANSITIONS
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


def supplement_page() -> str:
    """The life cycle of a supplement, in Markdown."""
    statuses = [
        "| status | shown as | waits for a signature |",
        "| --- | --- | --- |",
        *(
            f"| `{s.value}` | {s.label} | {'yes' if s in OPEN else 'no'} |"
            for s in SupplementStatus
        ),
    ]
    return page(
        "a supplement",
        beginnings=[BEGINNING.value],
        ends=[end.value for end in SUPPLEMENT_ENDS],
        transitions=SUPPLEMENT_TRANSITIONS,
        statuses=statuses,
        sides=SIDES,
    )
