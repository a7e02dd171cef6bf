"""Who may see invoices, and who may act on them."""

from __future__ import annotations

from billing.errors import BillingError
from save_portal.accounts.models import User
from save_portal.accounts.roles import Permission


def is_office(by: User) -> bool:
    """The program's billing: sees all agencies' invoices, issues, records payments."""
    return by.agency_id is None and by.can(Permission.MANAGE_PROGRAM)


def check_is_office(by: User) -> None:
    if not is_office(by):
        raise BillingError("Only the program office does this.", status_code=403)


def check_disputes(by: User, *, agency_id: int) -> None:
    """The administrator who answers for the invoice disputes it."""
    if by.agency_id != agency_id or not by.can(Permission.ANSWER_FOR_INVOICES):
        raise BillingError(
            "Only the administrator of the agency disputes its invoice.", status_code=403
        )


def check_pays(by: User, *, agency_id: int) -> None:
    """The administrator pays, and sets the limit at which to be warned."""
    if by.agency_id != agency_id or not by.can(Permission.ANSWER_FOR_INVOICES):
        raise BillingError("Only the administrator of the agency does this.", status_code=403)


def check_is_second_officer(by: User, *, proposed_by_id: int) -> None:
    """Prices are changed by two officers (S4.3)."""
    if by.pk == proposed_by_id:
        raise BillingError(
            "You proposed this list: another officer of the program decides.", status_code=403
        )


def check_is_proposer(by: User, *, proposed_by_id: int) -> None:
    if by.pk != proposed_by_id:
        raise BillingError("Only the officer who proposed it takes it back.", status_code=403)
