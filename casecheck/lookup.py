"""Looking up, without ever saying why nothing was found (S7.1).

A wrong number, a wrong date, a case closed long ago and too many tries take the same way through
the same statement and give the same page.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casecheck import proofs
from casecheck.models import Miss
from save_portal import audit, rows
from save_portal.accounts.models import Agency
from save_portal.accounts.tenancy import system_rows, system_scope
from verification import case_number, immigration_documents
from verification.immigration_documents import SEPARATORS
from verification.models import Case
from verification.services import duties

HOUR = timedelta(hours=1)
SHOWN_AFTER_CLOSING = timedelta(days=60)
MISSES_OF_AN_ADDRESS = 30
MISSES_OF_A_NUMBER = 10
# Beyond the number's limit each address still has some tries: nobody can lock the person out.
MISSES_OF_A_NUMBER_FROM_AN_ADDRESS = 2
# With work done for each try (`work`), where many people share an address.
MISSES_OF_AN_ADDRESS_WITH_WORK = 300
MISSES_OF_A_NUMBER_FROM_AN_ADDRESS_WITH_WORK = 10
# Of an address; of a number, together with those of the number from the address.
LIMITS = (MISSES_OF_AN_ADDRESS, MISSES_OF_A_NUMBER, MISSES_OF_A_NUMBER_FROM_AN_ADDRESS)
LIMITS_WITH_WORK = (
    MISSES_OF_AN_ADDRESS_WITH_WORK,
    MISSES_OF_A_NUMBER,
    MISSES_OF_A_NUMBER_FROM_AN_ADDRESS_WITH_WORK,
)
# It counts the misses, looks for the newest case that fits, open or closed not long ago, and writes
# either the misses or the entry of the log. Where the limits are passed it looks all the same, for
# a day on which nobody was born. Its text is in the migrations.
LOOK_UP = "SELECT * FROM casecheck_look_up(%s)"
# What it gives of the case, behind the agency's name and time zone, in the order of the model.
SHOWN = (
    "id",
    "status",
    "number",
    "agency_id",
    "created_at",
    "last_action_at",
    "due_on",
    "due_because",
    "document_type",
    "wish",
    "wish_by_id",
)
BECAUSE = SHOWN.index("due_because")


@dataclass(frozen=True, slots=True)
class Found:
    """`case` has the columns above, its agency the name and the time zone.

    `has_corrections`: its applicant asked for some.
    """

    case: Case
    has_corrections: bool


def look_up(
    *, number: str, date_of_birth: date, address: str, work: str = "", at: datetime
) -> Found | None:
    """The case, or None for every reason. Notes a miss by digests that say nothing about whom.

    `work` is a task that the browser has solved, which is good for one try. One exchange with the
    database, which is one transaction.
    """
    plain = SEPARATORS.sub("", number).upper()
    seen = audit.event("casecheck.looked_up", by=None, at=at, subject_type="case", subject_id="")
    asked = {
        **_ways_to_read(number),
        "born": date_of_birth,
        "of_address": proofs.digest("address", address),
        "of_number": proofs.digest("number", plain),
        "of_both": proofs.digest("both", plain, address),
        "of_work": proofs.digest("work", work) if work else None,
        "limits": LIMITS,
        "limits_with_work": LIMITS_WITH_WORK,
        "since": at - HOUR,
        "closed_since": at - SHOWN_AFTER_CLOSING,
        "at": at,
        "event": seen,
    }
    found = system_rows(LOOK_UP, [rows.as_json(asked)])
    if not found:
        return None
    name, time_zone, has_corrections, *columns = found[0]
    columns[BECAUSE] = json.loads(columns[BECAUSE])
    case = Case.from_db("default", SHOWN, columns)
    case.agency = Agency.from_db(
        "default", ("id", "name", "time_zone"), (case.agency_id, name, time_zone)
    )
    return Found(case, has_corrections)


def _ways_to_read(raw: str) -> dict[str, str]:
    """What was typed as a case's own number, and as each of a document's, where it can be one."""
    ways = {"number": case_number.canonical(raw)[:15]}
    # No passport number: several countries may give the same one.
    for name in immigration_documents.US_ISSUED:
        try:
            ways[name] = immigration_documents.normalize(name, raw)
        except ValueError:
            continue
    return ways


def proof_of(case: Case) -> str:
    """What the page carries so that the next click needs no number again; half an hour long."""
    return proofs.sign(case.number, salt=proofs.CASE)


def case_of(proof: str) -> Case | None:
    """The case whose page was shown within the last half hour. Within a scope of the system."""
    number = proofs.read(proof, salt=proofs.CASE)
    return Case.objects.select_related("agency").filter(number=number).first() if number else None


def ask_for_additional(*, proof: str, at: datetime) -> Case | None:
    """The applicant wants additional verification (S2.2). None when the proof is none or old."""
    number = proofs.read(proof, salt=proofs.CASE)
    if not number:
        return None
    with system_scope():
        return duties.applicant_wants(case_number=number, at=at)


def forget(*, at: datetime) -> int:
    """Throw away misses that no limit counts any more; how many."""
    return Miss.objects.filter(at__lt=at - 2 * HOUR).delete()[0]
