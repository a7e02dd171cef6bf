"""One answer out of several statuses: the status-selection rule. Pure.

A person may hold several statuses at once; initial verification answers with one (S1.4, S3.1).
The rules are asked in this order, and the first that applies answers:

 1. A record of death, removal, or an order of removal: a status verifier decides.
 2. Citizenship. The Central Index has a naturalization or a certificate: citizen. Only the
    naturalization system knows of it, while the Central Index still says resident: citizen when
    the applicant showed that certificate, else a status verifier decides.
 3. A class of admission that says the status was lost, is undecided, or is specially protected
    (ABD, PEN, TRM, DEP ...): a status verifier decides, whatever else is on record.
 4. Permanent residence, with its conditions still running where it has conditions.
 5. Refugee, asylee, parolee, temporary protection, deferred action, compact citizen.
 6. A student or exchange visitor: by the SEVIS record, which must be there and be active.
 7. Another nonimmigrant: the newest admission, unless its stay has run out, or a later approval
    of another class or a longer stay has not reached it.

The immigrant and protection classes of the Central Index go before those of an admission. Between
admissions the latest arrival counts. A shorter stay than the petition is the right one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from verification.records.classes import group_of, normal
from verification.records.held import Held

NEEDS_REVIEW = "status_needs_review"
SETTLED = frozenset(
    (
        "lpr",
        "lpr_conditional",
        "lpr_humanitarian",
        "refugee",
        "asylee",
        "parolee",
        "cuban_haitian",
        "tps",
        "temporary",
    )
)
ASYLUM_PENDING = frozenset({"C08"})
TPS_PROVISIONS = frozenset({"A12", "C19"})
DACA_PROVISIONS = frozenset({"C33"})
PENDING_PROVISIONS = frozenset({"C09", "C10", "C22", "C24"})
FOR_ITSELF = {  # groups whose class alone gives the statement
    "lpr": 1,
    "lpr_humanitarian": 1,
    "refugee": 18,
    "asylee": 20,
    "compact": 13,
    "tps": 189,
    "temporary": 22,
    "student_family": 13,
    "nonimmigrant_cnmi": 168,
    "nonimmigrant_worker": 128,
    "nonimmigrant": 13,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """The status chosen, the record it was drawn from, and the rule that chose it."""

    statement_code: int
    rule: str
    source: Held | None = None
    reasons: tuple[str, ...] = ()


def review(rule: str) -> Choice:
    return Choice(5, rule, reasons=(NEEDS_REVIEW,))


def of_system(records: Sequence[Held], system: str) -> list[Held]:
    found = [record for record in records if record.system == system]
    return sorted(found, key=lambda record: (record.updated_on, record.record_id), reverse=True)


def choose(
    records: Sequence[Held], *, today: date, certificates: frozenset[str] = frozenset()
) -> Choice:
    """Choose one status from all records of one person.

    `certificates` are the certificate numbers that the applicant showed.
    """
    for rule in (ended, citizen, lost_or_undecided):
        if choice := rule(records, today, certificates):
            return choice
    index = of_system(records, "CIS")
    settled = next((r for r in index if group_of(class_of(r)) in SETTLED), None)
    if settled:
        return by_class(settled, records, today)
    if index and (work := by_work_permission(index[0], today)):
        return work
    admission = latest_admission(records)
    if admission:
        return by_admission(admission, records, today)
    if index and class_of(index[0]):
        return by_admission(index[0], records, today)
    students = of_system(records, "SEVIS")
    if students:
        return by_student_record(students[0], records)
    return review("no_class_on_record")


def class_of(record: Held) -> str:
    return normal(record.own.get("class_of_admission", ""))


def ended(records: Sequence[Held], today: date, certificates: frozenset[str]) -> Choice | None:
    """Rule 1."""
    for record in of_system(records, "CIS"):
        for column in ("death_date", "removal_date", "order_date"):
            if record.own.get(column):
                return review(column)
    return None


def citizen(records: Sequence[Held], today: date, certificates: frozenset[str]) -> Choice | None:
    """Rule 2."""
    for record in of_system(records, "CIS"):
        on = record.on("naturalization_date")
        if record.own.get("citizenship_certificate") or (on and on <= today):
            return Choice(24, "citizen_in_central_index", record)
        if class_of(record) == "USC":
            return Choice(24, "citizen_by_class", record)
    for record in of_system(records, "CLAIMS4"):
        oath = record.on("oath_date") or record.on("decided_on")
        approved = record.own.get("decision", "").upper() in ("APPROVED", "GRANTED")
        if not (approved and oath and oath <= today and "certificate_number" in record.own):
            continue
        if record.own["certificate_number"] in certificates or not of_system(records, "CIS"):
            return Choice(24, "citizen_by_certificate", record)
        return review("naturalized_but_index_says_otherwise")
    return None


def lost_or_undecided(
    records: Sequence[Held], today: date, certificates: frozenset[str]
) -> Choice | None:
    """Rule 3."""
    for record in of_system(records, "CIS"):
        if group_of(class_of(record)) in ("review", "vawa") and not daca(record, today):
            return review(f"class_{class_of(record).lower()}")
    return None


def may_work(record: Held, today: date) -> str:
    """The provision of law of a work permission in force, else nothing."""
    end = record.on("ead_end")
    start = record.on("ead_start")
    in_force = (end is None or end >= today) and (start is None or start <= today)
    return normal(record.own.get("ead_provision", "")) if in_force else ""


def daca(record: Held, today: date) -> bool:
    return may_work(record, today) in DACA_PROVISIONS


def by_class(record: Held, records: Sequence[Held], today: date) -> Choice:
    """Rules 4 and 5: a class in the Central Index that stands by itself."""
    group = group_of(class_of(record))
    if group == "lpr_conditional":
        return conditional(record, records, today)
    if group in ("parolee", "cuban_haitian"):
        until = [r.on("admitted_until") for r in of_system(records, "ADIS")]
        provision = may_work(record, today)
        if any(day and day < today for day in until) and not provision:
            return review("parole_has_run_out")
        if provision in ASYLUM_PENDING:
            return Choice(148, "parolee_with_asylum_pending", record)
        if provision in TPS_PROVISIONS:
            return Choice(189, "parolee_with_temporary_protection", record)
        if group == "cuban_haitian":
            return Choice(4, "cuban_haitian_entrant", record)
        return Choice(10 if provision else 13, "parolee", record)
    return Choice(FOR_ITSELF[group], f"class_group_{group}", record)


def conditional(record: Held, records: Sequence[Held], today: date) -> Choice:
    """Conditions last two years; after that the removal of conditions must be on record."""
    since = record.on("status_date") or record.on("entry_date")
    decided = [
        claim
        for claim in of_system(records, "CLAIMS3")
        if claim.own.get("form", "").upper() in ("I-751", "I-829")
    ]
    if any(claim.own.get("decision", "").upper() == "APPROVED" for claim in decided):
        return Choice(1, "conditions_removed", record)
    if since is None or (today - since).days > 730:
        return review("conditions_have_run_out")
    return Choice(1, "conditional_resident", record)


def by_work_permission(record: Held, today: date) -> Choice | None:
    """No settled class, but work permission in force that itself says why."""
    provision = may_work(record, today)
    for provisions, code, rule in (
        (DACA_PROVISIONS, 188, "deferred_action_for_childhood_arrivals"),
        (TPS_PROVISIONS, 189, "temporary_protection"),
        (ASYLUM_PENDING, 148, "asylum_pending"),
        (PENDING_PROVISIONS, 7, "application_pending"),
    ):
        if provision in provisions:
            return Choice(code, rule, record)
    return None


def latest_admission(records: Sequence[Held]) -> Held | None:
    admissions = [r for r in of_system(records, "ADIS") if class_of(r)]
    return max(
        admissions,
        key=lambda r: (r.own.get("arrival_date", ""), r.updated_on, r.record_id),
        default=None,
    )


def by_admission(record: Held, records: Sequence[Held], today: date) -> Choice:
    """Rules 5 to 7 for a class that comes from an admission."""
    group = group_of(class_of(record))
    if group in ("review", "vawa", "unknown"):
        return review("class_not_known")
    if group == "student":
        return by_student(record, records)
    if group == "lpr_conditional":
        return conditional(record, records, today)
    until = record.on("admitted_until")
    if until and until < today:
        return review("stay_has_run_out")
    if group in ("nonimmigrant", "nonimmigrant_worker") and overtaken(record, records):
        return review("later_approval_not_in_admission")
    if group in ("parolee", "cuban_haitian"):
        return Choice(13, "parolee", record)
    return Choice(FOR_ITSELF[group], f"class_group_{group}", record)


def overtaken(record: Held, records: Sequence[Held]) -> bool:
    """Whether a later approval gives another class, while the admission still has the old one."""
    arrived = record.own.get("arrival_date", "")
    for claim in of_system(records, "CLAIMS3"):
        wanted = normal(claim.own.get("requested_class", ""))
        if (
            wanted
            and wanted != class_of(record)
            and claim.own.get("decision", "").upper() == "APPROVED"
            and claim.own.get("decided_on", "") > arrived
        ):
            return True
    return False


def by_student(record: Held, records: Sequence[Held]) -> Choice:
    """Rule 6, from an admission."""
    students = of_system(records, "SEVIS")
    if not students:
        return Choice(32, "student_without_sevis_record", reasons=("sevis_id_required",))
    if overtaken(record, records):
        return review("later_approval_not_in_admission")
    return by_student_record(students[0], records, record)


def by_student_record(
    student: Held, records: Sequence[Held], admission: Held | None = None
) -> Choice:
    if student.own.get("status", "").upper() != "ACTIVE":
        return Choice(119, "sevis_not_active", reasons=("sevis_inactive",))
    dependent = group_of(class_of(student)) == "student_family"
    return Choice(13 if dependent else 122, "sevis_active", admission or student)
