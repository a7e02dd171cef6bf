"""A disclosure that was wrongful is written down, so that the person is told of it (S10.3)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from save_portal import audit
from save_portal.accounts.models import User
from save_portal.accounts.tenancy import system_scope
from save_portal.audit.models import DisclosureEvent
from verification import policies
from verification.enums import DisclosureFault
from verification.errors import CaseError
from verification.models import WrongfulDisclosure


@transaction.atomic
def report(
    *, disclosure_id: int, fault: str, note: str = "", by: User | None, at: datetime
) -> WrongfulDisclosure:
    """Write that this entry of the disclosure log was wrongful. `by=None` is the monitor itself.

    Found again, it is the same row. CaseCheck shows it to the person and sends a message.
    """
    policies.check_can_report_wrongful_disclosure(by=by)
    if fault not in DisclosureFault.values:
        raise CaseError("Say what was wrong with it.")
    with system_scope():
        event = DisclosureEvent.objects.filter(pk=disclosure_id).first()
        if event is None:
            raise CaseError("There is no such entry in the disclosure log.")
        found, new = WrongfulDisclosure.objects.get_or_create(
            disclosure_id=event.pk,
            defaults={
                "agency_id": event.agency_id,
                "person_ref": event.person_ref,
                "case_number": event.case_number,
                "disclosed_at": event.at,
                "fields": [str(name)[:60] for name in event.fields],
                "fault": fault,
                "note": " ".join(note.split())[:1000],
                "found_at": at,
                "found_by": by,
            },
        )
        if new:
            audit.record(
                "disclosure.wrongful",
                by=by,
                at=at,
                subject_type="disclosure",
                subject_id=event.pk,
                agency_id=event.agency_id,
                data={"fault": fault},
            )
    return found


@transaction.atomic
def mark_told(*, found: WrongfulDisclosure, messages: int, by: None = None, at: datetime) -> None:
    """The person was told by so many messages; with none it waits on CaseCheck alone."""
    found.told_at = at
    found.save(update_fields=["told_at"])
    audit.record(
        "disclosure.wrongful_told",
        by=by,
        at=at,
        subject_type="disclosure",
        subject_id=found.disclosure_id,
        agency_id=found.agency_id,
        data={"messages": messages},
    )
