"""One answer out of several statuses: the status-selection rule, step by step. Pure.

A person may hold several statuses at once, and the systems learn of a change at different times;
initial verification answers with one status (S1.4, S3.1). STEPS are asked in their order, and the
first that applies decides. Each decision carries the name of its rule; RULES says it in words,
docs/answer.md tells the whole in plain language.

Where the records contradict each other, or the newer system says what the older does not have
yet, a status verifier decides: a referral costs days, a wrong answer costs a person the benefit
or gives it to somebody who lost the status.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from verification.records.classes import group_of, normal
from verification.records.held import Held, Identifier
from verification.records.status_rules import CODES

NEEDS_REVIEW = "status_needs_review"
RESIDENT = frozenset({"lpr", "lpr_conditional", "lpr_humanitarian"})
SETTLED = RESIDENT | {"refugee", "asylee", "parolee", "cuban_haitian", "tps", "temporary"}
FOR_A_TIME = frozenset(
    {"student", "student_family", "nonimmigrant", "nonimmigrant_worker", "nonimmigrant_cnmi"}
)
ASYLUM_PENDING = frozenset({"C08"})
TPS_PROVISIONS = frozenset({"A12", "C19"})
DACA_PROVISIONS = frozenset({"C33"})
PENDING_PROVISIONS = frozenset({"C09", "C10", "C22", "C24"})
# Victims of abuse, trafficking and crime (8 U.S.C. 1367).
PROTECTED_PROVISIONS = frozenset({"A16", "A19", "A20", "C25", "C31"})
REVIEWED_PROVISIONS = frozenset({"C14", "C18"})  # deferred action; a final order
WITHHOLDING = frozenset({"A10"})
PROTECTED_FORMS = frozenset({"I-914", "I-918", "I-929"})
CITIZENSHIP_LOST = frozenset({"DNA", "EXP"})
VALID_CARD = frozenset({"", "ACTIVE", "ISSUED", "VALID", "DELIVERED", "EXPIRED"})
# Classes that tell of the entry or of a request, and so stand beside a work permission.
SAYS_NO_STATUS = frozenset({"EWI", "WI", "PWA", "UN", "UU", "AS", "AO", "999", "REP", "IJ"})
NO_ORDER = frozenset({"", "PENDING", "GRANTED", "RELIEF GRANTED", "TERMINATED", "DISMISSED"})
COURT_GRANTS = frozenset({"GRANTED", "RELIEF GRANTED"})
CONSULAR = "A"  # a petition to be used at a consulate changes nothing for a person already here
GRACE = timedelta(days=60)  # to leave after a program of study: 8 CFR 214.2(f)(5)(iv)


@dataclass(frozen=True, slots=True)
class Choice:
    """The status chosen, the record it was drawn from, and the rule that chose it."""

    statement_code: int
    rule: str
    source: Held | None = None
    reasons: tuple[str, ...] = ()


def confirm(rule: str, source: Held) -> Choice:
    return Choice(CODES[rule], rule, source)


def review(rule: str) -> Choice:
    return Choice(5, rule, reasons=(NEEDS_REVIEW,))


def newest_first(records: Iterable[Held]) -> list[Held]:
    """An order that follows from the records alone, never from how they came."""
    return sorted(records, key=lambda r: (r.updated_on, r.system, r.record_id), reverse=True)


def in_force(records: Sequence[Held]) -> list[Held]:
    """Without the A-files that were joined to another one that is at hand."""
    numbers = {r.a_number for r in records if r.system == "CIS"}
    return [
        record
        for record in records
        if record.system != "CIS" or record.own.get("consolidated_to", "") not in numbers - {""}
    ]


class Person:
    """All records of one person, by system, newest first; the day; and the numbers shown."""

    def __init__(
        self, records: Sequence[Held], today: date, shown: frozenset[Identifier] = frozenset()
    ) -> None:
        self.records = newest_first(in_force(records))
        self._by_system: dict[str, list[Held]] = {}
        for record in self.records:
            self._by_system.setdefault(record.system, []).append(record)
        self.today = today
        self.shown = shown

    def of(self, *systems: str) -> list[Held]:
        return [record for system in systems for record in self._by_system.get(system, ())]

    @cached_property
    def index(self) -> Held | None:
        """The person's record in the Central Index."""
        return next(iter(self.of("CIS")), None)

    @cached_property
    def index_group(self) -> str:
        return group_of(class_of(self.index)) if self.index else ""

    @cached_property
    def admission(self) -> Held | None:
        """The latest arrival; ADIS before NIIS for the same one."""
        return max(
            (record for record in self.of("ADIS", "NIIS") if class_of(record)),
            key=lambda r: (
                r.own.get("arrival_date", ""), r.system == "ADIS", r.updated_on, r.record_id
            ),
            default=None,
        )  # fmt: skip

    @cached_property
    def student(self) -> Held | None:
        """The SEVIS record whose status changed last."""
        return max(
            self.of("SEVIS"),
            key=lambda r: (r.own.get("status_date", ""), r.updated_on, r.record_id),
            default=None,
        )

    @cached_property
    def provision(self) -> str:
        """The provision of law of a work permission in force, else nothing."""
        if self.index is None:
            return ""
        start, end = self.index.on("ead_start"), self.index.on("ead_end")
        runs = (end is None or end >= self.today) and (start is None or start <= self.today)
        return normal(self.index.own.get("ead_provision", "")) if runs else ""

    def claims(self, *forms: str) -> list[Held]:
        return [record for record in self.of("CLAIMS3") if text(record, "form") in forms]


def text(record: Held, column: str) -> str:
    return record.own.get(column, "").strip().upper()


def class_of(record: Held) -> str:
    return normal(record.own.get("class_of_admission", ""))


def approved(record: Held, column: str = "decision") -> bool:
    return text(record, column) in ("APPROVED", "GRANTED")


def refused(record: Held, column: str = "decision") -> bool:
    return text(record, column) in ("DENIED", "TERMINATED", "REVOKED", "WITHDRAWN", "ABANDONED")


def appealed(case: Held) -> bool:
    """Whether a decision of the court is not final: a resident stays one until it is."""
    return text(case, "appeal_pending") in ("YES", "Y", "TRUE", "1")


def pending(record: Held) -> bool:
    return text(record, "decision") in ("", "PENDING", "RECEIVED") and not record.on("decided_on")


def years_after(day: date, years: int) -> date:
    """The same day of a later year; 29 February counts until the end of February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


# The steps, in their order


def ended(person: Person) -> Choice | None:
    """1. A death, a removal, an order of removal: nothing is confirmed beside it."""
    for system, column, rule in (
        ("CIS", "death_date", "death_on_record"),
        ("CIS", "removal_date", "removal_on_record"),
        ("EID", "removed_on", "removal_on_record"),
        ("CIS", "order_date", "order_of_removal"),
        ("EID", "final_order_date", "order_of_removal"),
    ):
        if any(record.own.get(column) for record in person.of(system)):
            return review(rule)
    if any(text(r, "decision") not in NO_ORDER and not appealed(r) for r in person.of("EOIR")):
        return review("court_decision")
    return None


def card_shown(person: Person) -> Choice | None:
    """2. The card in hand was replaced, lost or stolen: whoever holds it shows the valid one."""
    for record in person.of("ISRS"):
        typed = ("card", record.own.get("card_number", "")) in person.shown
        if typed and text(record, "card_status") not in VALID_CARD:
            return Choice(37, "card_not_valid", reasons=("document_mismatch",))
    return None


def citizen(person: Person) -> Choice | None:
    """3. Citizenship, unless it was lost again."""
    index = person.index
    if index is not None:
        if class_of(index) in CITIZENSHIP_LOST:
            return review("citizenship_lost")
        sworn = index.on("naturalization_date")
        if index.own.get("citizenship_certificate") or (sworn and sworn <= person.today):
            return confirm("citizen_in_central_index", index)
        if person.index_group == "citizen":
            return confirm("citizen_by_class", index)
    return sworn_elsewhere(person) or on_microfilm(person)


def sworn_elsewhere(person: Person) -> Choice | None:
    """An oath in a naturalization system that the Central Index does not show."""
    for record in person.of("CLAIMS4", "RNACS"):
        number = record.own.get("certificate_number", "")
        sworn = record.on("oath_date") or (record.on("decided_on") if number else None)
        if not (approved(record) and sworn and sworn <= person.today):
            continue
        certificate = {("naturalization", number), ("citizenship", number)}
        if certificate & person.shown or (number and person.index is None):
            return confirm("citizen_by_certificate", record)
        return review("naturalized_but_index_says_otherwise")
    return None


def on_microfilm(person: Person) -> Choice | None:
    """Old naturalizations, read off film: a verifier compares the image."""
    old = person.of("MIDAS")
    if old and len(old) == len(person.records):
        return review("microfilm_only")
    if any(record.own.get("naturalization_date") for record in old):
        return review("naturalized_but_index_says_otherwise")
    return None


def protected(person: Person) -> Choice | None:
    """4. Victims of abuse, trafficking and crime: nothing is told at this step (8 U.S.C. 1367)."""
    if person.index_group == "protected":
        return review("class_protected")
    if person.index_group in RESIDENT:
        return None
    arrived = person.admission
    if arrived is not None and group_of(class_of(arrived)) == "protected":
        return review("class_protected")
    if person.provision in PROTECTED_PROVISIONS or person.claims(*PROTECTED_FORMS):
        return review("class_protected")
    return None


def lost_or_undecided(person: Person) -> Choice | None:
    """5. A class that says the status was lost or is undecided, though the text may not."""
    index = person.index
    says_no_status = index is not None and class_of(index) in SAYS_NO_STATUS
    if person.index_group == "review" and not (person.provision and says_no_status):
        return review("class_lost_or_undecided")
    if person.index_group in RESIDENT and any(approved(r) for r in person.claims("I-407")):
        return review("residence_given_up")
    return None


def newer_than_index(person: Person) -> Choice | None:
    """6. Another system has decided what the Central Index does not show yet."""
    resident = person.index_group in RESIDENT
    if not resident and any(approved(record) for record in person.claims("I-485")):
        return review("adjustment_not_in_index")
    asylum = person.of("RAPS")
    if person.index_group == "asylee" and any(map(refused, asylum)):
        return review("asylum_ended")
    if not resident and person.index_group not in ("asylee", "refugee"):
        if any(approved(record) and not record.own.get("parole_class") for record in asylum):
            return review("asylum_grant_not_in_index")
        if any(text(record, "decision") in COURT_GRANTS for record in person.of("EOIR")):
            return review("court_grant_not_in_index")
    return None


def settled(person: Person) -> Choice | None:
    """7. A class in the Central Index that stands by itself."""
    index, group = person.index, person.index_group
    if index is None or group not in SETTLED:
        return None
    if group in RESIDENT:
        return resident(person, index)
    if group in ("parolee", "cuban_haitian"):
        return parolee(person, index)
    if group == "tps":
        return temporary_protection(person, index)
    return confirm("temporary_resident" if group == "temporary" else group, index)


def resident(person: Person, index: Held) -> Choice:
    """Residence; its conditions last two years, then their removal must be on record."""
    marriage = person.of("MFAS")
    petitions = person.claims("I-751", "I-829")
    if any(refused(record, "outcome") for record in marriage) or any(map(refused, petitions)):
        return review("conditions_not_removed")
    if person.index_group != "lpr_conditional":
        return confirm("permanent_resident", index)
    if any(approved(record, "outcome") for record in marriage) or any(map(approved, petitions)):
        return confirm("conditions_removed", index)
    ends = [day for record in marriage if (day := record.on("conditional_to"))]
    since = index.on("status_date") or index.on("entry_date")
    if not ends and since:
        ends = [years_after(since, 2)]
    if not ends or max(ends) < person.today:
        return review("conditions_have_run_out")
    return confirm("conditional_resident", index)


def parolee(person: Person, index: Held) -> Choice:
    """Parole has an end; what is granted beside it, and says more, goes first."""
    if person.provision in TPS_PROVISIONS:
        return confirm("temporary_protection", index)
    if person.provision in ASYLUM_PENDING:
        return confirm("asylum_pending", index)
    ends = [day for record in person.of("RAPS") if (day := record.on("parole_until"))]
    admission = person.admission
    if admission is not None and (until := admission.on("admitted_until")):
        ends.append(until)
    if ends and max(ends) < person.today:
        return review("parole_has_run_out")
    if ends and min(ends) < person.today:
        return review("parole_dates_disagree")
    if person.index_group == "cuban_haitian":
        return confirm("cuban_haitian_entrant", index)
    return confirm("parolee_who_may_work" if person.provision else "parolee", index)


def temporary_protection(person: Person, index: Held) -> Choice:
    """A country's protection may be prolonged by notice; the card's own date does not show it."""
    end = index.on("ead_end")
    if end is not None and end < person.today:
        return review("work_permission_has_run_out")
    return confirm("temporary_protection", index)


def work_permission(person: Person) -> Choice | None:
    """8. No settled class, but work permission."""
    index = person.index
    if index is None:
        return None
    if not person.provision:
        if not index.own.get("ead_provision"):
            return None
        renewals = [
            claim
            for claim in person.claims("I-765")
            if pending(claim)
            or (approved(claim) and claim.own.get("valid_to", "") >= person.today.isoformat())
        ]
        return review("renewal_not_in_index") if renewals else None
    for provisions, rule in (
        (DACA_PROVISIONS, "deferred_action_for_childhood_arrivals"),
        (TPS_PROVISIONS, "temporary_protection"),
        (ASYLUM_PENDING, "asylum_pending"),
        (PENDING_PROVISIONS, "application_pending"),
    ):
        if person.provision in provisions:
            return confirm(rule, index)
    if person.provision in REVIEWED_PROVISIONS or person.index_group == "review":
        return review("work_permission_reviewed")
    if person.provision in WITHHOLDING or person.admission is None:
        return confirm("work_permission_alone", index)
    return None


def admission(person: Person) -> Choice | None:
    """9. The newest admission."""
    record = person.admission
    if record is None and person.index is not None and class_of(person.index):
        record = person.index
    if record is None:
        return None
    group = group_of(class_of(record))
    if group in ("review", "unknown"):
        return review("class_not_known")
    if group in RESIDENT:
        return resident(person, record)
    twins = [
        other
        for other in person.of("ADIS", "NIIS")
        if other.own.get("arrival_date") == record.own.get("arrival_date")
    ]
    changed = {normal(claim.own.get("requested_class", "")) for claim in person.of("CLAIMS3")}
    if any(class_of(twin) not in (class_of(record), "") for twin in twins) and (
        class_of(record) not in changed
    ):
        return review("admissions_disagree")
    return doubt(person, record, group) or by_group(person, record, group)


def doubt(person: Person, record: Held, group: str) -> Choice | None:
    """What another system knows against an admission for a time."""
    arrived = record.own.get("arrival_date", "")
    until = record.on("admitted_until")
    left = record.own.get("departure_date", "")
    if left and left >= arrived and left <= person.today.isoformat():
        return review("departure_on_record")
    if group in FOR_A_TIME and not (group == "student" and person.student is None):
        if later_approval(person, record):
            return review("later_approval_not_in_admission")
        if petition_ended(person, record):
            return review("petition_ended")
    if until and until < person.today:
        waits = any(pending(claim) for claim in person.claims("I-129", "I-539"))
        return review("extension_pending" if waits else "stay_has_run_out")
    if group in FOR_A_TIME:
        if any(visa.own.get("revoked_on", "") > arrived for visa in person.of("CCD")):
            return review("visa_revoked")
        charged = any(record.own.get("charge_date") for record in person.of("EID"))
        if charged or any(not text(r, "decision") or appealed(r) for r in person.of("EOIR")):
            return review("in_removal_proceedings")
    return None


def by_group(person: Person, record: Held, group: str) -> Choice:
    """The statement for an admission against which nothing is known."""
    if group == "student":
        return by_sevis(person, record)
    if group == "student_family":
        sevis = person.student
        if sevis is not None and text(sevis, "status") != "ACTIVE":
            return sevis_not_active()
        return confirm("student_family", record)
    if group in ("parolee", "cuban_haitian"):
        return confirm("parolee", record)
    if group == "nonimmigrant" and person.provision:
        return confirm("nonimmigrant_with_work_permission", record)
    return confirm(
        {
            "refugee": "refugee",
            "asylee": "asylee",
            "compact": "compact_citizen",
            "tps": "temporary_protection",
            "temporary": "temporary_resident",
            "nonimmigrant_worker": "worker_admitted",
            "nonimmigrant_cnmi": "worker_in_the_northern_marianas",
            "nonimmigrant": "visitor_admitted",
            "citizen": "citizen_by_class",
        }[group],
        record,
    )


def later_approval(person: Person, record: Held) -> bool:
    """Whether a change or a longer stay was approved after the arrival, and is not in it.

    A petition approved before the arrival, or to be used at a consulate, is none: there the
    officer at the port decided, and a shorter stay than the petition is the right one.
    """
    arrived = record.own.get("arrival_date", "")
    until = record.own.get("admitted_until", "")
    for claim in person.of("CLAIMS3"):
        wanted = normal(claim.own.get("requested_class", ""))
        if not (wanted and approved(claim) and claim.own.get("decided_on", "") > arrived):
            continue
        if text(claim, "requested_action") == CONSULAR:
            continue
        if wanted != class_of(record) or (until[:1].isdigit() and until < text(claim, "valid_to")):
            return True
    return False


def petition_ended(person: Person, record: Held) -> bool:
    return any(
        text(claim, "decision") in ("REVOKED", "WITHDRAWN")
        and normal(claim.own.get("requested_class", "")) == class_of(record)
        and claim.own.get("decided_on", "") >= record.own.get("arrival_date", "")
        for claim in person.claims("I-129")
    )


def by_sevis(person: Person, record: Held | None = None) -> Choice:
    """A student or exchange visitor, by the SEVIS record, which must be there and be active."""
    sevis = person.student
    if sevis is None:
        return Choice(32, "student_without_sevis_record", reasons=("sevis_id_required",))
    if text(sevis, "status") != "ACTIVE":
        return sevis_not_active()
    if record is not None and class_of(sevis) and class_of(sevis) != class_of(record):
        return review("student_class_disagrees")
    ends = [day for day in (sevis.on("program_end"), sevis.on("opt_end")) if day]
    if ends and max(ends) + GRACE < person.today:
        return review("program_has_ended")
    if group_of(class_of(sevis)) == "student_family":
        return confirm("student_family", record or sevis)
    return confirm("sevis_active", record or sevis)


def sevis_not_active() -> Choice:
    return Choice(119, "sevis_not_active", reasons=("sevis_inactive",))


def student(person: Person) -> Choice | None:
    """10. A SEVIS record alone."""
    return by_sevis(person) if person.student is not None else None


STEPS: tuple[Callable[[Person], Choice | None], ...] = (
    ended,
    card_shown,
    citizen,
    protected,
    lost_or_undecided,
    newer_than_index,
    settled,
    work_permission,
    admission,
    student,
)


def choose(
    records: Sequence[Held], *, today: date, shown: frozenset[Identifier] = frozenset()
) -> Choice:
    """Choose one status from all records of one person; `shown` are the numbers typed."""
    person = Person(records, today, shown)
    for step in STEPS:
        if choice := step(person):
            return choice
    return review("no_class_on_record")
