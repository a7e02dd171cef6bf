"""Looking up, without ever saying why nothing was found (S7.1).

A wrong number, a wrong date, a case closed long ago and too many tries take the same queries and
give the same page.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from casecheck import proofs
from casecheck.models import Miss
from save_portal import audit
from save_portal.accounts.tenancy import system_scope
from verification.immigration_documents import SEPARATORS
from verification.models import Case
from verification.selectors.applicant import case_for_applicant
from verification.services import duties

HOUR = timedelta(hours=1)
MISSES_OF_AN_ADDRESS = 30
MISSES_OF_A_NUMBER = 10
# Beyond the number's limit each address still has some tries: nobody can lock the person out.
MISSES_OF_A_NUMBER_FROM_AN_ADDRESS = 2


def look_up(*, number: str, date_of_birth: date, address: str, at: datetime) -> Case | None:
    """The case, or None for every reason. Notes a miss by digests that say nothing about whom."""
    digests = {
        "address": proofs.digest("address", address),
        "number": proofs.digest("number", _plain(number)),
        "both": proofs.digest("both", _plain(number), address),
    }
    with system_scope():
        recent = list(
            Miss.objects.filter(digest__in=digests.values(), at__gt=at - HOUR).values_list(
                "digest", flat=True
            )[:200]
        )
        case = case_for_applicant(number=number, date_of_birth=date_of_birth, at=at)
        if case is not None and not _too_many(recent, digests):
            audit.record(
                "casecheck.looked_up",
                by=None,
                at=at,
                subject_type="case",
                subject_id=case.number,
                agency_id=case.agency_id,
            )
            return case
        Miss.objects.bulk_create([Miss(digest=digest, at=at) for digest in digests.values()])
    return None


def _too_many(recent: list[str], digests: dict[str, str]) -> bool:
    if recent.count(digests["address"]) >= MISSES_OF_AN_ADDRESS:
        return True
    return (
        recent.count(digests["number"]) >= MISSES_OF_A_NUMBER
        and recent.count(digests["both"]) >= MISSES_OF_A_NUMBER_FROM_AN_ADDRESS
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
