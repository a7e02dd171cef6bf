"""Where those who monitor write down that a look was wrongful, so that the person is told (S10.3).

What a look was stands in the disclosure log; `verification.services.wrongful_disclosure` writes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casecheck import notices
from casecheck.who_looked import fields_in_words, person_refs, purpose_in_words
from save_portal import audit
from save_portal.accounts.models import Agency, User
from save_portal.audit.models import AuditEvent, DisclosureEvent
from verification import policies
from verification.models import Case, WrongfulDisclosure

SHOWN = 200
NEWEST = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the disclosure log, without any value; `found` where it was wrongful."""

    event: DisclosureEvent
    agency: str
    purpose: Any
    fields: tuple[Any, ...]
    found: WrongfulDisclosure | None


@dataclass(frozen=True, slots=True)
class Told:
    """What the person was told: not `yet`, or by so many `messages`."""

    yet: bool
    messages: int


def log_of(*, case_number: str, by: User, at: datetime) -> list[Entry] | None:
    """Who saw data of the person of this case, newest first; None where there is no such case.

    The same entries as the person sees. That it was read is logged too. Seven queries.
    """
    policies.check_can_report_wrongful_disclosure(by=by)
    case = Case.objects.filter(number=case_number).first()
    if case is None:
        return None
    refs = person_refs(case)
    events = list(DisclosureEvent.objects.filter(person_ref__in=refs).order_by("-id")[:SHOWN])
    audit.record("disclosure.log_read", by=by, at=at, subject_type="case", subject_id=case_number)
    return _entries(events)


def entry(*, disclosure_id: int, by: User) -> Entry | None:
    """One entry of the log; None where there is none."""
    policies.check_can_report_wrongful_disclosure(by=by)
    found = _entries(DisclosureEvent.objects.filter(pk=disclosure_id))
    return found[0] if found else None


def recorded(*, by: User) -> list[Entry]:
    """What was found wrongful, the newest first. Four queries."""
    policies.check_can_report_wrongful_disclosure(by=by)
    newest = WrongfulDisclosure.objects.order_by("-found_at", "-id")
    order = list(newest.values_list("disclosure_id", flat=True)[:NEWEST])
    entries = {e.event.pk: e for e in _entries(DisclosureEvent.objects.filter(pk__in=order))}
    return [entries[key] for key in order if key in entries]


def told(found: WrongfulDisclosure) -> Told:
    """Whether, and by how many messages, the person heard of it."""
    if found.told_at is None:
        return Told(yet=True, messages=0)
    event = AuditEvent.objects.filter(
        verb="disclosure.wrongful_told",
        subject_type="disclosure",
        subject_id=str(found.disclosure_id),
    ).first()
    return Told(yet=False, messages=event.data.get("messages", 0) if event else 0)


def case_of(entry: Entry) -> Case | None:
    """The case to name to the person: the one that was looked at, or else their newest."""
    if entry.found is None:
        return None
    cases = Case.objects.select_related("agency").filter(number__in=notices.cases_of(entry.found))
    own = cases.filter(number=entry.event.case_number).first()
    return own or cases.order_by("-id").first()


def _entries(events: Iterable[DisclosureEvent]) -> list[Entry]:
    events = list(events)
    wrong = {
        found.disclosure_id: found
        for found in WrongfulDisclosure.objects.select_related("found_by").filter(
            disclosure_id__in=[event.pk for event in events]
        )
    }
    agencies = Agency.objects.in_bulk({e.agency_id for e in events if e.agency_id is not None})
    return [
        Entry(
            event=event,
            agency=agencies[event.agency_id].name if event.agency_id in agencies else "SAVE",
            purpose=purpose_in_words(event.purpose),
            fields=fields_in_words(event.fields),
            found=wrong.get(event.pk),
        )
        for event in events
    ]
