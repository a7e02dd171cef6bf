"""A contractor that an agreement names gets its account, under that agreement (S1.2)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from agreements import policies
from agreements.errors import AgreementError, WrongStatus
from agreements.lifecycles.agreement import BINDING
from agreements.selectors.binding import is_named, name_in
from agreements.services.locking import check_version, lock_row, save, tell_agency
from agreements.services.negotiation import code_for
from save_portal.accounts.models import Agency, Department, User
from save_portal.accounts.people import services as people
from save_portal.accounts.people.errors import PeopleError
from save_portal.accounts.roles import Role
from save_portal.calendar.local import local_date


@transaction.atomic
def open_account(
    *, number: str, version: int, line: str, administrator_name: str, administrator_email: str,
    by: User, at: datetime,
) -> Agency:  # fmt: skip
    """The program office opens it and invites its administrator, who invites its people.

    It has no agreement of its own: what it may ask is what the agreement permits that names it,
    for as long as it names it.
    """
    agreement = lock_row(number, by=by)
    policies.check_is_office(by=by)
    if agreement.status not in BINDING or agreement.agency is None:
        raise WrongStatus("A contractor works under an agreement in force (S1.2).")
    check_version(agreement, version)
    today = local_date(at, agreement.agency.time_zone)
    if line not in agreement.terms_on(today)["contractors"]:
        raise AgreementError(
            "The agreement names no such contractor today. A supplement adds it.", field="line"
        )
    opened = Agency.objects.filter(acts_for=agreement.agency)
    if any(is_named(contractor.name, [line]) for contractor in opened):
        raise AgreementError("This contractor has its account already.", field="line")
    name = name_in(line)
    contractor: Agency = Agency.objects.create(
        code=code_for(name),
        name=name,
        kind=Agency.Kind.CONTRACTOR,
        acts_for=agreement.agency,
        time_zone=agreement.agency.time_zone,
    )
    Department.objects.create(agency=contractor, name=f"For {agreement.agency.name}"[:200])
    try:
        people.invite(
            email=administrator_email,
            full_name=administrator_name,
            role=Role.AGENCY_ADMINISTRATOR,
            agency_code=contractor.code,
            by=by,
            at=at,
        )
    except PeopleError as refused:
        field = {"email": "administrator_email"}.get(refused.field, "administrator_name")
        raise AgreementError(refused.message, field=field) from None
    save(
        agreement, "contractor_opened", by=by, at=at,
        data={"contractor": contractor.code, "name": contractor.name},
    )  # fmt: skip
    tell_agency(agreement, f"{contractor.name} can work for you with SAVE now.", at=at)
    return contractor
