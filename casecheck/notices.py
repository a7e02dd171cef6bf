"""Word that something changed, to whoever asked for it and confirmed it (S7.1).

A notice begins with a link that its own address confirms, says nothing of the case or the person,
and is ended by one click. An address is kept as long as the notice lasts.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from casecheck import lookup, messages, proofs
from casecheck.models import Contact, Notice
from save_portal import audit
from save_portal.accounts.tenancy import system_scope
from save_portal.audit.models import DisclosureEvent
from verification.lifecycles.case import CaseStatus
from verification.models import Case, CorrectionRequest, WrongfulDisclosure
from verification.services import wrongful_disclosure

LINKS_A_DAY = 3
CONFIRM_WITHIN = timedelta(days=2)
LINK_SECONDS = 400 * 24 * 3600
BATCH = 200
# Statuses that read the same on CaseCheck are no change to the reader.
SAME = {
    CaseStatus.ADDITIONAL_IN_REVIEW.value: CaseStatus.ADDITIONAL_REQUESTED.value,
    CaseStatus.G845_IN_REVIEW.value: CaseStatus.G845_MAILED.value,
}


class TooManyLinks(Exception):
    """Three links a day and case: nobody is flooded through a case that somebody knows."""


def ask(*, proof: str, way: str, address: str, language: str, at: datetime) -> Notice | None:
    """Send the link that begins a notice. None when the proof is none or old.

    The same asked again while it is not confirmed sends nothing again within ten minutes.
    """
    with system_scope():
        case = lookup.case_of(proof)
        if case is None:
            return None
        Case.objects.select_for_update().get(pk=case.pk)
        recent = Notice.objects.filter(case=case, asked_at__gt=at - timedelta(days=1))
        same = recent.filter(
            way=way, address=address, ended_at=None, asked_at__gt=at - timedelta(minutes=10)
        ).first()
        if same is not None:
            return same
        if recent.count() >= LINKS_A_DAY:
            raise TooManyLinks
        notice = Notice.objects.create(
            case=case,
            agency_id=case.agency_id,
            way=way,
            address=address,
            language=language,
            asked_at=at,
        )
        messages.enqueue("confirm", notice.pk, key=f"notice:{notice.pk}:confirm")
        _log("notice_asked", notice, at)
        return notice


def notice_of(token: str, *, at: datetime) -> Notice | None:
    """The notice behind a link, if it can still be confirmed or ended."""
    number = proofs.read(token, salt=proofs.NOTICE, seconds=LINK_SECONDS)
    with system_scope():
        found = Notice.objects.filter(pk=number or 0, ended_at=None).first()
    if found and found.confirmed_at is None and at - found.asked_at > CONFIRM_WITHIN:
        return None
    return found


def confirm(*, token: str, at: datetime) -> bool:
    """The address says that it wants the notices. Again, it changes nothing."""
    with system_scope():
        notice = _locked(token, at)
        if notice is None:
            return False
        if notice.confirmed_at is None:
            notice.confirmed_at = notice.told_at = at
            notice.told_status = notice.case.status
            notice.save()
            _log("notice_confirmed", notice, at)
        return True


def end(*, token: str, at: datetime) -> bool:
    """No more notices; the address is forgotten. True also for one that has ended already."""
    number = proofs.read(token, salt=proofs.NOTICE, seconds=LINK_SECONDS)
    if not number:
        return False
    with system_scope():
        notice = Notice.objects.select_for_update().filter(pk=number, ended_at=None).first()
        if notice is not None:
            _end(notice, at)
    return True


def tell_changes(*, at: datetime) -> int:
    """A message for each notice whose case, or whose applicant's correction, has changed.

    Each batch is a transaction of its own; run again, it tells nothing twice. How many it told.
    """
    told = 0
    while True:
        with system_scope():
            batch = list(_changed()[:BATCH])
            for notice in batch:
                told += _tell(notice, at)
        if len(batch) < BATCH:
            return told


def tell_wrongful_disclosures(*, at: datetime) -> int:
    """Tell each person of a disclosure that was found wrongful (S10.3). How many were settled."""
    settled = 0
    while True:
        with system_scope():
            found = (
                WrongfulDisclosure.objects.select_for_update(skip_locked=True)
                .filter(told_at=None)
                .order_by("id")
                .first()
            )
            if found is None:
                return settled
            cases = Case.objects.filter(number__in=cases_of(found))
            sent = 0
            for contact in Contact.objects.filter(case__in=cases):
                if contact.email or contact.phone:
                    messages.enqueue("told", contact.pk, key=f"wrongful:{found.pk}:{contact.pk}")
                    sent += 1
            for notice in Notice.objects.filter(case__in=cases, ended_at=None).exclude(
                confirmed_at=None
            ):
                messages.enqueue("record", notice.pk, key=f"wrongful:{found.pk}:n{notice.pk}")
                sent += 1
            wrongful_disclosure.mark_told(found=found, messages=sent, at=at)
        settled += 1


def forget(*, at: datetime) -> int:
    """End what nobody confirmed in time, and what follows a case that is shown no more."""
    ended = 0
    with system_scope():
        for notice in (
            Notice.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(ended_at=None)
            .filter(
                Q(confirmed_at=None, asked_at__lt=at - CONFIRM_WITHIN)
                | Q(case__closed_at__lt=at - lookup.SHOWN_AFTER_CLOSING)
            )[:1000]
        ):
            _end(notice, at)
            ended += 1
    return ended


def _changed() -> QuerySet[Notice]:
    decided = CorrectionRequest.objects.filter(
        Q(decided_at__gt=OuterRef("told_at")) | Q(closed_at__gt=OuterRef("told_at")),
        case=OuterRef("case"),
        raised_by=None,
    )
    return (
        Notice.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("case")
        .filter(confirmed_at__isnull=False, ended_at=None)
        .filter(~Q(told_status=F("case__status")) | Exists(decided))
        .annotate(decided=Exists(decided))
        .order_by("id")
    )


def _tell(notice: Notice, at: datetime) -> bool:
    now = notice.case.status
    reads_the_same = SAME.get(notice.told_status, notice.told_status) == SAME.get(now, now)
    decided = bool(notice.decided)  # type: ignore[attr-defined]
    notice.told_status = now
    if reads_the_same and not decided:
        notice.save(update_fields=["told_status"])
        return False
    notice.told_at = at
    notice.save(update_fields=["told_status", "told_at"])
    messages.enqueue("changed", notice.pk, key=f"notice:{notice.pk}:{at.isoformat()}")
    return True


def cases_of(found: WrongfulDisclosure) -> set[str]:
    """The cases in which this person's data were shown: over the index of the disclosure log."""
    numbers = DisclosureEvent.objects.filter(person_ref=found.person_ref).values_list(
        "case_number", flat=True
    )
    return {*numbers, found.case_number} - {""}


def _locked(token: str, at: datetime) -> Notice | None:
    found = notice_of(token, at=at)
    if found is None:
        return None
    return (
        Notice.objects.select_for_update(of=("self",))
        .select_related("case")
        .filter(pk=found.pk, ended_at=None)
        .first()
    )


def _end(notice: Notice, at: datetime) -> None:
    notice.ended_at, notice.address = at, ""
    notice.save()
    _log("notice_ended", notice, at)


@transaction.atomic
def _log(what: str, notice: Notice, at: datetime) -> None:
    audit.record(f"casecheck.{what}", by=None, at=at, subject_type="notice", subject_id=notice.pk)
