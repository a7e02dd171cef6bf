"""Who looked at a person's record: first a code that proves the person, then the list (S10.3)."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from casecheck import proofs
from casecheck.models import Contact, DelayRule, OneTimeCode, Way
from save_portal import audit
from save_portal.accounts.models import Agency
from save_portal.accounts.tenancy import system_scope
from save_portal.audit.models import DisclosureEvent
from verification import deadlines
from verification.enums import Benefit, DisclosureFault
from verification.models import Case, WrongfulDisclosure

if TYPE_CHECKING:
    from collections.abc import Iterable

MINUTES, DAYS_OF_A_LETTER = 15, 30
CODES_A_DAY, TRIES = 5, 5
SHOWN = 200


class TooManyCodes(Exception):
    """Five codes a day and case."""


def digits_of(code: OneTimeCode) -> str:
    """The eight digits, in two groups of four."""
    number = int(proofs.digest("code", str(code.pk), code.nonce), 16) % 100_000_000
    return f"{number // 10_000:04d} {number % 10_000:04d}"


def ways_for(case: Case) -> list[str]:
    """By which ways a code can reach the contact that the agency has on file."""
    contact = Contact.objects.filter(case=case).first()
    if contact is None:
        return []
    return [way for way in (Way.EMAIL, Way.TEXT) if contact.address(way)]


def issue(*, case: Case, way: str, by: Any = None, at: datetime) -> OneTimeCode:
    """A new code; one given before it by the same way is no longer good. In a system's scope.

    By letter it holds for a month, as the agency hands it over on paper; else a quarter of an hour.
    """
    Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    issued = OneTimeCode.objects.filter(case=case)
    sent = issued.exclude(way=Way.LETTER).filter(at__gt=at - timedelta(days=1))
    if way != Way.LETTER and sent.count() >= CODES_A_DAY:
        raise TooManyCodes
    issued.filter(way=way, used_at=None, expires_at__gt=at).update(expires_at=at)
    lasts = timedelta(days=DAYS_OF_A_LETTER) if way == Way.LETTER else timedelta(minutes=MINUTES)
    code = OneTimeCode.objects.create(
        case=case,
        agency_id=case.agency_id,
        way=way,
        nonce=secrets.token_hex(16),
        at=at,
        expires_at=at + lasts,
    )
    audit.record(
        "casecheck.code_issued",
        by=by,
        at=at,
        subject_type="case",
        subject_id=case.number,
        agency_id=case.agency_id,
        data={"way": way},
    )
    return code


def accept(*, case: Case, typed: str, at: datetime) -> bool:
    """Whether this is one of the codes that are good. Five wrong tries end them."""
    digits = "".join(str(int(mark)) for mark in typed if mark.isdecimal())
    with system_scope():
        right = False
        for code in OneTimeCode.objects.select_for_update().filter(
            case=case, used_at=None, expires_at__gt=at, tries__lt=TRIES
        ):
            code.tries += 1
            if hmac.compare_digest(digits, digits_of(code).replace(" ", "")):
                right, code.used_at = True, at
            code.save()
        audit.record(
            "casecheck.code_accepted" if right else "casecheck.code_refused",
            by=None,
            at=at,
            subject_type="case",
            subject_id=case.number,
            agency_id=case.agency_id,
        )
    return right


# -- the list --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Look:
    """One office, one day, one purpose; `fault` is set where the look was wrongful."""

    on: date
    who: Any
    purpose: Any
    fields: tuple[Any, ...]
    fault: Any


@dataclass(frozen=True, slots=True)
class Looks:
    looks: list[Look]
    more: bool
    delays: list[tuple[Any, DelayRule]]

    @property
    def wrongful(self) -> bool:
        return any(look.fault for look in self.looks)


def looks_at(*, case: Case, at: datetime) -> Looks:
    """Who saw data of the person of this case, newest first. Six queries, whatever the number.

    Looks on one day by one office for one purpose are one line. What a dated rule delays is left
    out until its time has come; a look that was found wrongful is shown at once.
    """
    refs = person_refs(case)
    events = list(DisclosureEvent.objects.filter(person_ref__in=refs).order_by("-id")[: SHOWN + 1])
    wrong = {w.disclosure_id: w for w in WrongfulDisclosure.objects.filter(person_ref__in=refs)}
    delays = list(DelayRule.objects.all())
    agencies = Agency.objects.in_bulk({e.agency_id for e in events if e.agency_id is not None})
    lines: dict[tuple[Any, ...], set[str]] = {}
    for event in events[:SHOWN]:
        fault = wrong[event.pk].fault if event.pk in wrong else ""
        if not fault and is_delayed(event, delays, at=at):
            continue
        on = deadlines.local_date(event.at, case.agency.time_zone)
        key = (on, event.agency_id, event.purpose, fault)
        lines.setdefault(key, set()).update(event.fields)
    looks = [
        Look(
            on=on,
            who=agencies[agency_id].name if agency_id in agencies else _("SAVE"),
            purpose=purpose_in_words(purpose),
            fields=fields_in_words(fields),
            fault=FAULTS.get(fault, ""),
        )
        for (on, agency_id, purpose, fault), fields in lines.items()
    ]
    today = deadlines.local_date(at, case.agency.time_zone)
    return Looks(looks, len(events) > SHOWN, _delays_now(delays, today))


def is_delayed(event: DisclosureEvent, rules: Iterable[DelayRule], *, at: datetime) -> bool:
    """Whether a rule in force on the day of the look keeps it back until later."""
    on = deadlines.local_date(event.at, deadlines.OFFICES_ZONE)
    for purpose in event.purpose.split(","):
        days = 0
        for rule in rules:
            if rule.purpose == purpose and rule.effective_from <= on:
                days = rule.days
        if at < event.at + timedelta(days=days):
            return True
    return False


def _delays_now(rules: list[DelayRule], today: date) -> list[tuple[Any, DelayRule]]:
    newest = {rule.purpose: rule for rule in rules if rule.effective_from <= today}
    return [(purpose_in_words(p), rule) for p, rule in sorted(newest.items()) if rule.days]


def person_refs(case: Case) -> set[str]:
    """The records that answers to this case rest on, and the case's own copies of documents."""
    refs = {f"case:{case.number}"}
    for answer in case.initial_answers.filter(outcome="confirmed"):
        refs |= {answer.person_ref, *answer.record_refs}
    for given in case.verifier_answers.all():
        refs |= {given.person_ref, *given.record_refs}
    return refs - {""}


def purpose_in_words(purpose: str) -> Any:
    """What it was for: benefits by name; the program's own work in three sorts."""
    if purpose.startswith("status verification"):
        return _("Additional verification or Form G-845")
    if purpose.startswith("person query"):
        return _("A question to SAVE about a person")
    if purpose == "correction":
        return _("A correction")
    return ", ".join(str(BENEFITS.get(code, code)) for code in purpose.split(","))


def fields_in_words(fields: Iterable[str]) -> tuple[Any, ...]:
    """The sorts of data, each once: what a column is called says nothing to its person."""
    sorts = {_sort_of(name) for name in fields}
    return tuple(words for sort, words in SORTS.items() if sort in sorts)


def _sort_of(field: str) -> str:
    name = field.rpartition(".")[2] if not field.startswith("verifier_answer") else "answer"
    for sort, marks in MARKS.items():
        if any(mark in name for mark in marks):
            return sort
    return "other"


MARKS: dict[str, tuple[str, ...]] = {
    "answer": ("answer",),
    "photo": ("photo", "image", "document", "page"),
    "name": ("name", "alias"),
    "birth": ("birth", "sex"),
    "citizenship": ("citizenship", "country", "naturalization"),
    "number": ("number", "certificate", "sevis_id", "card", "receipt", "visa"),
    "status": ("class", "status", "entry", "arrival", "departure", "admitted", "grant",
               "conditions", "ead", "port", "valid", "opt", "program", "decision", "date"),
}  # fmt: skip
SORTS = {
    "name": _("name"),
    "birth": _("birth"),
    "number": _("numbers of documents"),
    "citizenship": _("citizenship"),
    "status": _("status and its dates"),
    "photo": _("photo or copies of documents"),
    "answer": _("answer of a status verifier"),
    "other": _("other data"),
}
BENEFITS: dict[str, Any] = {
    Benefit.TANF: _("Cash assistance (TANF)"),
    Benefit.SSI: _("Supplemental Security Income (SSI)"),
    Benefit.SNAP: _("Food assistance (SNAP)"),
    Benefit.MEDICAID: _("Medicaid"),
    Benefit.UNEMPLOYMENT: _("Unemployment compensation"),
    Benefit.TITLE_IV: _("Student aid"),
    Benefit.HOUSING: _("Housing assistance"),
    Benefit.DRIVERS_LICENSE: _("Driver’s license"),
    Benefit.STATE_ID: _("State ID"),
    Benefit.BACKGROUND_CHECK: _("Background check"),
    Benefit.EMPLOYMENT_AUTHORIZATION: _("Permission to work"),
    Benefit.SSN: _("Social Security number"),
    Benefit.LICENSE_OR_GRANT: _("License or grant"),
    Benefit.CREDENTIAL: _("Government credential"),
    Benefit.VOTER_ELIGIBILITY: _("Eligibility to vote"),
    Benefit.OTHER: _("Another purpose"),
}
FAULTS: dict[str, Any] = {
    DisclosureFault.NO_PURPOSE: _("no lawful purpose was found"),
    DisclosureFault.OTHER_PERSON: _("it was meant for another person"),
    DisclosureFault.NOT_COVERED: _("the agency’s agreement does not cover it"),
    DisclosureFault.ACCOUNT_MISUSED: _("somebody used an account that was not theirs"),
}
