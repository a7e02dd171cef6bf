"""Looking up, without ever saying why nothing was found (S7.1).

A wrong number, a wrong date, a case closed long ago and too many tries take the same queries and
give the same page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from casecheck import proofs
from casecheck.models import Miss
from save_portal import audit
from save_portal.accounts.tenancy import system_scope
from verification.immigration_documents import SEPARATORS
from verification.models import Case
from verification.selectors.applicant import Found, case_for_applicant
from verification.services import duties

HOUR = timedelta(hours=1)
NEVER = date.min
MISSES_OF_AN_ADDRESS = 30
MISSES_OF_A_NUMBER = 10
# Beyond the number's limit each address still has some tries: nobody can lock the person out.
MISSES_OF_A_NUMBER_FROM_AN_ADDRESS = 2
# With work done for each try (`work`), where many people share an address.
MISSES_OF_AN_ADDRESS_WITH_WORK = 300
MISSES_OF_A_NUMBER_FROM_AN_ADDRESS_WITH_WORK = 10
# How many there were of each digest, counted no further than the limits go.
COUNT = (
    "(SELECT count(*) FROM"
    " (SELECT FROM casecheck_miss WHERE digest = %s AND at > %s LIMIT 300) counted)"
)
COUNTS = f"SELECT {COUNT}, {COUNT}, {COUNT}, {COUNT}"


@dataclass(frozen=True, slots=True)
class Recent:
    """The misses of the last hour: of the address, of the number, of both together; and whether

    the task was used before.
    """

    address: int
    number: int
    both: int
    spent: int


def look_up(
    *, number: str, date_of_birth: date, address: str, work: str = "", at: datetime
) -> Found | None:
    """The case, or None for every reason. Notes a miss by digests that say nothing about whom.

    `work` is a task that the browser has solved, which is good for one try.
    """
    plain = _plain(number)
    digests = [
        proofs.digest("address", address),
        proofs.digest("number", plain),
        proofs.digest("both", plain, address),
        proofs.digest("work", work),
    ]
    recent = _recent(digests, since=at - HOUR)
    # After too many tries the same question is asked with a day on which nobody was born: what is
    # found and then kept back would show in the time.
    born = NEVER if _too_many(recent, worked=bool(work)) else date_of_birth
    found = case_for_applicant(number=number, date_of_birth=born, at=at)
    if found is None:
        Miss.objects.bulk_create([Miss(digest=each, at=at) for each in digests[: 4 if work else 3]])
        return None
    audit.record(
        "casecheck.looked_up",
        by=None,
        at=at,
        subject_type="case",
        subject_id=found.case.number,
        agency_id=found.case.agency_id,
    )
    if work:
        Miss.objects.create(digest=digests[3], at=at)
    return found


def _recent(digests: list[str], *, since: datetime) -> Recent:
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, [value for digest in digests for value in (digest, since)])
        return Recent(*cursor.fetchone())


def _too_many(recent: Recent, *, worked: bool) -> bool:
    worked = worked and not recent.spent
    of_address = MISSES_OF_AN_ADDRESS_WITH_WORK if worked else MISSES_OF_AN_ADDRESS
    of_both = (
        MISSES_OF_A_NUMBER_FROM_AN_ADDRESS_WITH_WORK
        if worked
        else MISSES_OF_A_NUMBER_FROM_AN_ADDRESS
    )
    return recent.address >= of_address or (
        recent.number >= MISSES_OF_A_NUMBER and recent.both >= of_both
    )


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


def _plain(number: str) -> str:
    return SEPARATORS.sub("", number).upper()
