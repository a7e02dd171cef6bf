"""The chain of S8.3 over one person's records: petition, visa, admission, stay, change, extension.

Pure. Each link is one record with its owner, its day and its age; joins say by which number it
hangs on an earlier link, and a link without a join stands there by name and birth alone. Which
record hangs on which is settled when the index takes them in (joining.py), by the rules below.
Beside the chain: where two owners' data contradict each other, in the form in which it is raised
with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from verification.records.classes import group_of, normal
from verification.records.disclosure import shown
from verification.records.held import Held
from verification.records.systems import SYSTEMS, Viewer


class Stage(StrEnum):
    """The kinds of links, in the order in which they follow each other on one day."""

    PETITION = "petition"
    VISA = "visa"
    ADMISSION = "admission"
    STUDY = "study"
    CHANGE = "change"
    EXTENSION = "extension"
    RESIDENCE = "residence"
    CITIZENSHIP = "citizenship"
    STAY_ENDS = "stay_ends"
    DEPARTURE = "departure"


ORDER = {stage: place for place, stage in enumerate(Stage)}
PETITIONS = frozenset({"I-129", "I-129F", "I-130", "I-140", "I-360", "I-526", "I-730"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One joint of the chain: a later record names an earlier one by its number.

    `held_as` and `named_as` are the kinds of that number in the index, with the one and with the
    other. `from_later` says from which side a new pair is looked for first: the one with fewer.
    """

    kind: str
    earlier: frozenset[str]
    held_as: str
    later: frozenset[str]
    named_as: str
    from_later: bool = False


ADMISSIONS = frozenset({"ADIS", "NIIS"})
RULES = (
    # A visa rests on a petition; a petition may be for many people.
    Rule(
        "petition", frozenset({"CLAIMS3"}), "card", frozenset({"CCD"}), "petition", from_later=True
    ),
    # A person is admitted, or studies, with a visa, and is admitted to the school that asked.
    Rule("visa", frozenset({"CCD"}), "visa", ADMISSIONS | {"SEVIS"}, "visa"),
    Rule("sevis", frozenset({"SEVIS"}), "sevis", ADMISSIONS, "sevis"),
    # A change or an extension is of the stay that an admission began.
    Rule("i94", ADMISSIONS, "i94", frozenset({"CLAIMS3"}), "i94", from_later=True),
)
# Numbers that name the person, not a step: they join what no rule does.
OF_THE_PERSON = ("passport", "a_number")
KINDS = (*(rule.kind for rule in RULES), *OF_THE_PERSON)  # the one that says most first

Joined = tuple[str, int, int]  # the kind, the later record, the earlier record


@dataclass(frozen=True, slots=True)
class Join:
    """By which number a link hangs on an earlier one."""

    kind: str
    ref: str  # the earlier record


@dataclass(frozen=True, slots=True)
class Link:
    """One step of the way. `values` are what the viewer may see of the record."""

    stage: Stage
    on: date | None
    ref: str
    system: str
    owner: str
    as_of: date  # the day of the record: its age
    values: dict[str, str]
    joins: tuple[Join, ...] = ()
    also: tuple[str, ...] = ()  # records that say the same


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a contradiction: the owner's record and the column that says it."""

    ref: str
    owner: str
    column: str
    value: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two records that cannot both be right, or not both be current. `about` is a code."""

    about: str
    left: Side
    right: Side


# What a contradiction means, for the verifier; the sentence blames nobody.
ABOUT = {
    "stay_not_extended": "An extension was approved; the admission still ends earlier.",
    "stay_shorter_than_petition": (
        "Admitted for less than the petition allows. The shorter counts unless CBP corrects it."
    ),
    "class_not_changed": "A change of status was approved; the admission still has the old class.",
    "visa_of_another_class": "The visa and the admission have different classes.",
    "visa_revoked": "The visa was revoked after the admission.",
    "petition_withdrawn": "The petition was revoked or withdrawn after the admission.",
    "admissions_differ": "Two records of one admission say different things.",
    "school_differs": "The school’s record and the admission say different things.",
    "school_ended": "The school ended the record; the admission has no end.",
    "index_not_citizen": "Naturalized in one system; the Central Index does not show it.",
    "index_not_ordered": "The court ordered removal; the Central Index still shows the status.",
    "birth_differs": "Two systems have different days of birth.",
}


@dataclass(frozen=True, slots=True)
class Chain:
    """What a verifier is shown: the links in their order, and what does not fit."""

    links: tuple[Link, ...]
    contradictions: tuple[Contradiction, ...]


def joins_of(records: Iterable[Held]) -> frozenset[Joined]:
    """Which of the records hangs on which: what the index has of records that it took in."""
    held: dict[tuple[str, str], list[Held]] = {}
    for record in records:
        for number in record.identifiers:
            held.setdefault(number, []).append(record)
    return frozenset(
        (rule.kind, later.pk, earlier.pk)
        for rule in RULES
        for (kind, value), named in held.items()
        if kind == rule.named_as
        for later in named
        if later.system in rule.later
        for earlier in held.get((rule.held_as, value), ())
        if earlier.system in rule.earlier
    )


def chain(
    records: Sequence[Held], joined: Iterable[Joined], viewer: Viewer = Viewer.VERIFIER
) -> Chain:
    """Link one person's records. What the viewer may not see takes no part."""
    seen = [record for record in records if shown(record, viewer)]
    seen.sort(key=lambda record: (record.system, record.record_id))
    links = sorted(
        _links(seen, viewer), key=lambda link: (link.on or date.min, ORDER[link.stage], link.ref)
    )
    by_ref = {record.ref: record for record in seen}
    kinds: dict[frozenset[int], str] = {frozenset(pair): kind for kind, *pair in joined}

    def members(link: Link) -> list[Held]:
        return [by_ref[ref] for ref in (link.ref, *link.also)]

    return Chain(
        tuple(
            replace(link, joins=_joins(link, links[:place], members, kinds))
            for place, link in enumerate(links)
        ),
        tuple(_contradictions(seen)),
    )


def _joins(
    link: Link,
    earlier: Sequence[Link],
    members: Callable[[Link], list[Held]],
    kinds: Mapping[frozenset[int], str],
) -> tuple[Join, ...]:
    """The join to each earlier record, once however many links that record makes."""
    found: dict[str, str] = {}
    for other in earlier:
        if other.ref in (link.ref, *found):
            continue
        pairs = [(mine, theirs) for mine in members(link) for theirs in members(other)]
        ways = [kinds.get(frozenset((mine.pk, theirs.pk)), "") for mine, theirs in pairs]
        ways += [
            kind
            for kind in OF_THE_PERSON
            if any(mine.numbers(kind) & theirs.numbers(kind) for mine, theirs in pairs)
        ]
        if way := next(filter(None, ways), ""):
            found[other.ref] = way
    order = sorted(found.items(), key=lambda each: KINDS.index(each[1]))
    return tuple(Join(kind, ref) for ref, kind in order)


def _links(records: Sequence[Held], viewer: Viewer) -> Iterator[Link]:
    admissions = [record for record in records if record.system in ("ADIS", "NIIS")]
    for record, also in _together(admissions):
        yield from _of_admission(record, also, viewer)
    for record in records:
        if (found := _stage(record)) is not None:
            stage, on = found
            yield _link(stage, on, record, viewer)


def _link(
    stage: Stage, on: date | None, record: Held, viewer: Viewer, also: tuple[str, ...] = ()
) -> Link:
    return Link(
        stage=stage,
        on=on,
        ref=record.ref,
        system=record.system,
        owner=SYSTEMS[record.system].owner,
        as_of=record.updated_on,
        values=shown(record, viewer),
        also=also,
    )


def _together(admissions: Sequence[Held]) -> Iterator[tuple[Held, tuple[str, ...]]]:
    """Each admission once: ADIS, with the NIIS record of the same I-94 and day."""
    by_arrival: dict[tuple[str, str], list[Held]] = {}
    for record in admissions:
        key = (record.own.get("i94_number", ""), record.own.get("arrival_date", ""))
        by_arrival.setdefault(key, []).append(record)
    for same in by_arrival.values():
        same.sort(key=lambda record: (record.system != "ADIS", record.ref))
        yield same[0], tuple(record.ref for record in same[1:])


def _of_admission(record: Held, also: tuple[str, ...], viewer: Viewer) -> Iterator[Link]:
    yield _link(Stage.ADMISSION, record.on("arrival_date"), record, viewer, also)
    left = record.on("departure_date")
    if left:
        yield _link(Stage.DEPARTURE, left, record, viewer, also)
    elif until := record.on("admitted_until"):
        yield _link(Stage.STAY_ENDS, until, record, viewer, also)


def _stage(record: Held) -> tuple[Stage, date | None] | None:
    """The link that a record other than an admission makes, with its day."""
    if record.system == "CCD":
        return Stage.VISA, record.on("issued_on")
    if record.system == "SEVIS":
        return Stage.STUDY, record.on("program_start")
    if record.system in ("CLAIMS4", "RNACS"):
        return Stage.CITIZENSHIP, record.on("oath_date") or record.on("decided_on")
    if record.system == "CIS" and group_of(record.own.get("class_of_admission", "")).startswith(
        "lpr"
    ):
        return Stage.RESIDENCE, record.on("status_date")
    return _stage_of_claim(record) if record.system == "CLAIMS3" else None


def _stage_of_claim(record: Held) -> tuple[Stage, date | None] | None:
    form = record.own.get("form", "").upper()
    action = record.own.get("requested_action", "").upper()
    on = record.on("decided_on") or record.on("received_on")
    if action in ("B", "C") or form in ("I-539", "I-485"):
        wanted = normal(record.own.get("requested_class", ""))
        same = wanted and wanted == normal(record.own.get("current_class", ""))
        return (Stage.EXTENSION if action == "C" or same else Stage.CHANGE), on
    return (Stage.PETITION, on) if form in PETITIONS else None


# -- contradictions ----------------------------------------------------------------------------


def _side(record: Held, column: str) -> Side:
    value = (
        record.date_of_birth.isoformat()
        if column == "date_of_birth" and record.date_of_birth
        else record.own.get(column, "")
    )
    owner = SYSTEMS[record.system].owner
    return Side(record.ref, owner, column, value, record.updated_on)


def _between(
    about: str, left: Held, left_column: str, right: Held, right_column: str
) -> Contradiction:
    return Contradiction(about, _side(left, left_column), _side(right, right_column))


def _contradictions(records: Sequence[Held]) -> Iterator[Contradiction]:
    by_system: dict[str, list[Held]] = {}
    for record in records:
        by_system.setdefault(record.system, []).append(record)
    entries = [*by_system.get("ADIS", []), *by_system.get("NIIS", [])]
    admissions = [record for record, _ in _together(entries)]
    newest = max(admissions, key=lambda r: (r.own.get("arrival_date", ""), r.ref), default=None)
    if newest is not None:
        for claim in by_system.get("CLAIMS3", []):
            yield from _claim_and_admission(claim, newest)
        for student in by_system.get("SEVIS", []):
            yield from _school_and_admission(student, newest)
    for visa in by_system.get("CCD", []):
        for admission in admissions:
            yield from _visa_and_admission(visa, admission)
    for admission in admissions:
        for entry in by_system.get("NIIS", []) if admission.system == "ADIS" else ():
            yield from _two_admissions(admission, entry)
    for index in by_system.get("CIS", []):
        yield from _index_behind(index, by_system)
    yield from _births(records)


def _claim_and_admission(claim: Held, admission: Held) -> Iterator[Contradiction]:
    """What USCIS decided, and the admission that does not show it."""
    wanted = normal(claim.own.get("requested_class", ""))
    decision = claim.own.get("decision", "").upper()
    decided = claim.own.get("decided_on", "")
    arrived = admission.own.get("arrival_date", "")
    until, valid_to = admission.on("admitted_until"), claim.on("valid_to")
    held = normal(admission.own.get("class_of_admission", ""))
    if not wanted or decided == "":
        return
    if decision in ("REVOKED", "WITHDRAWN") and wanted == held and decided >= arrived:
        yield _between("petition_withdrawn", claim, "decision", admission, "class_of_admission")
    if decision not in ("APPROVED", "GRANTED"):
        return
    if decided <= arrived or claim.own.get("requested_action", "").upper() == "A":
        if wanted == held and until and valid_to and until < valid_to:
            yield _between(
                "stay_shorter_than_petition", claim, "valid_to", admission, "admitted_until"
            )
    elif wanted != held:
        yield _between(
            "class_not_changed", claim, "requested_class", admission, "class_of_admission"
        )
    elif until and valid_to and until < valid_to:
        yield _between("stay_not_extended", claim, "valid_to", admission, "admitted_until")


def _school_and_admission(student: Held, admission: Held) -> Iterator[Contradiction]:
    theirs = normal(student.own.get("class_of_admission", ""))
    held = normal(admission.own.get("class_of_admission", ""))
    if group_of(held) not in ("student", "student_family"):
        return
    if theirs and theirs != held:
        yield _between(
            "school_differs", student, "class_of_admission", admission, "class_of_admission"
        )
    both = ("passport_number" in student.own, "passport_number" in admission.own)
    if all(both) and student.own["passport_number"] != admission.own["passport_number"]:
        yield _between("school_differs", student, "passport_number", admission, "passport_number")
    ended = student.own.get("status", "").upper() in ("TERMINATED", "CANCELED", "DEACTIVATED")
    if ended and admission.own.get("admitted_until") == "D/S":
        yield _between("school_ended", student, "status", admission, "admitted_until")


def _visa_and_admission(visa: Held, admission: Held) -> Iterator[Contradiction]:
    if visa.own.get("visa_number", "") != admission.own.get("visa_number", "-"):
        return
    if normal(visa.own.get("visa_class", "")) != normal(
        admission.own.get("class_of_admission", "")
    ):
        yield _between("visa_of_another_class", visa, "visa_class", admission, "class_of_admission")
    if visa.own.get("revoked_on", "") > admission.own.get("arrival_date", ""):
        yield _between("visa_revoked", visa, "revoked_on", admission, "arrival_date")


def _two_admissions(admission: Held, entry: Held) -> Iterator[Contradiction]:
    if entry.own.get("i94_number") != admission.own.get("i94_number"):
        return
    for column in ("class_of_admission", "arrival_date", "admitted_until"):
        if entry.own.get(column, "") != admission.own.get(column, ""):
            yield _between("admissions_differ", admission, column, entry, column)


def _index_behind(index: Held, by_system: dict[str, list[Held]]) -> Iterator[Contradiction]:
    """What the Central Index does not show yet."""
    for sworn in (*by_system.get("CLAIMS4", []), *by_system.get("RNACS", [])):
        if sworn.own.get("oath_date") and not (
            index.own.get("naturalization_date") or index.own.get("citizenship_certificate")
        ):
            yield _between("index_not_citizen", sworn, "oath_date", index, "class_of_admission")
    for case in by_system.get("EOIR", []):
        ordered = "REMOV" in case.own.get("decision", "").upper()
        appealed = case.own.get("appeal_pending", "").upper() in ("YES", "Y", "TRUE", "1")
        if ordered and not appealed and not index.own.get("order_date"):
            yield _between("index_not_ordered", case, "decision", index, "class_of_admission")


def _births(records: Sequence[Held]) -> Iterator[Contradiction]:
    first: Held | None = None
    for record in records:
        if record.date_of_birth is None:
            continue
        if first is None:
            first = record
        elif record.date_of_birth != first.date_of_birth:
            yield _between("birth_differs", first, "date_of_birth", record, "date_of_birth")
