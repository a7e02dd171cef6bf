"""How the agency reaches an applicant: recorded by a caseworker who has seen the person."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from casecheck.models import Contact, OneTimeCode, Way
from casecheck.who_looked import issue
from save_portal import audit
from save_portal.accounts.models import User
from verification import policies
from verification.models import Case
from verification.services.locking import lock_case


def contact_of(case: Case) -> Contact | None:
    return Contact.objects.select_related("by").filter(case=case).first()


@transaction.atomic
def record(
    *, case_number: str, email: str, phone: str, language: str, by: User, at: datetime
) -> Contact:
    """Write the contact, or write it anew. The log says that it changed, not what it is."""
    case = lock_case(case_number, by=by)
    policies.check_can_act_on(by=by, case=case)
    contact, _ = Contact.objects.update_or_create(
        case=case,
        defaults={
            "agency_id": case.agency_id,
            "email": email,
            "phone": phone,
            "language": language,
            "at": at,
            "by": by,
        },
    )
    audit.record(
        "case.applicant_contact",
        by=by,
        at=at,
        subject_type="case",
        subject_id=case.number,
        agency_id=case.agency_id,
        data={"email": bool(email), "phone": bool(phone), "language": language},
    )
    return contact


@transaction.atomic
def code_for_letter(*, case_number: str, by: User, at: datetime) -> OneTimeCode:
    """A code that goes with a letter; the caseworker hands or mails it to the applicant."""
    case: Case = lock_case(case_number, by=by)
    policies.check_can_act_on(by=by, case=case)
    return issue(case=case, way=Way.LETTER, by=by, at=at)
