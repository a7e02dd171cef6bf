"""Agreements that were signed on paper before the portal: the program office takes them over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from agreements import policies
from agreements.enums import PURPOSE_OF, AccessMode, Kind
from agreements.lifecycles.agreement import AgreementStatus
from agreements.models import Agreement
from save_portal import audit
from save_portal.accounts.models import Agency, User


@transaction.atomic
def take_over(
    *,
    agency: Agency,
    number: str,
    benefits: Sequence[str],
    term: tuple[date, date],
    legal_basis: str,
    by: User | None,
    at: datetime,
    kind: str = Kind.MOA,
    access_modes: Sequence[str] = (AccessMode.BROWSER,),
) -> Agreement:
    """Enter an agreement signed on paper; it binds for its term as one signed here does.

    `by=None` is the set-up of the portal itself. Its purposes are those of its programs.
    """
    if by is not None:
        policies.check_is_office(by=by)
    agreement = Agreement(
        agency=agency,
        number=number,
        kind=kind,
        status=AgreementStatus.IN_FORCE,
        purposes=list(dict.fromkeys(str(PURPOSE_OF[code]) for code in benefits)),
        benefits=list(benefits),
        access_modes=[str(mode) for mode in access_modes],
        term=DateRange(*term),
        legal_basis=legal_basis,
    )
    agreement._history_user, agreement._change_reason = by, "agreement.taken_over"
    agreement.save()
    audit.record(
        "agreement.taken_over",
        by=by,
        at=at,
        subject_type="agreement",
        subject_id=agreement.number,
        agency_id=agency.pk,
        data={"benefits": list(benefits), "until": term[1].isoformat()},
    )
    return agreement
