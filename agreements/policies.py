"""Who may do what with an agreement. Whether it may happen now is asked of the life cycle.

`check_…` raises a sentence; the `can_…` beside it answers yes or no for pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agreements.errors import NotAuthorized
from agreements.lifecycles.agreement import BY_NAME
from agreements.lifecycles.supplement import BY_NAME as SUPPLEMENT_MOVES
from save_portal.accounts.roles import Permission

if TYPE_CHECKING:
    from agreements.models import Agreement, Supplement
    from save_portal.accounts.models import User

WHO = {
    "applicant": "the agency that registers",
    "agency": "the agency's administrator",
    "signatory": "the agency's official with authority to sign",
    "office": "the program office",
    "either": "the agency's administrator or the program office",
    "party": "the agency's official with authority to sign, or the program office",
    "timetable": "the timetable",
}


def is_office(*, by: User) -> bool:
    """The program office reviews, negotiates, countersigns, suspends and ends (S5)."""
    return by.can(Permission.MANAGE_PROGRAM)


def administers(*, by: User, agreement: Agreement) -> bool:
    """The administrator of the agreement's own agency."""
    return (
        by.agency_id is not None
        and by.agency_id == agreement.agency_id
        and by.can(Permission.SIGN_AGREEMENT)
    )


def can_make(transition: str, *, by: User, agreement: Agreement, signatory: bool = False) -> bool:
    """Whether this person stands on the right side of the transition, whatever the status.

    `signatory` says that the person is on record as an official with authority to sign.
    """
    side = BY_NAME[transition].side
    signs = administers(by=by, agreement=agreement) and signatory
    return {
        "applicant": administers(by=by, agreement=agreement),
        "signatory": signs,
        "office": is_office(by=by),
        "either": administers(by=by, agreement=agreement) or is_office(by=by),
        "party": signs or is_office(by=by),
        "timetable": False,
    }[side]


def check_can_make(
    transition: str, *, by: User, agreement: Agreement, signatory: bool = False
) -> None:
    """Raise `NotAuthorized` unless this person may make the transition."""
    if not can_make(transition, by=by, agreement=agreement, signatory=signatory):
        move = BY_NAME[transition]
        raise NotAuthorized(f"Only {WHO[move.side]} can do this ({move.label}).")


def check_is_office(*, by: User) -> None:
    if not is_office(by=by):
        raise NotAuthorized("Only the program office can do this.")


def has_authority(by: User, agreement: Agreement) -> bool:
    """The official whom the agreement, with its supplements, names last as authorized to sign."""
    named = str(agreement.terms_on().get("signatory_email") or "").lower()
    return administers(by=by, agreement=agreement) and by.email.lower() == named


def may_move_supplement(name: str, *, by: User, supplement: Supplement) -> bool:
    """Whether this person stands on the right side of the move, whatever the status.

    For the agency signs the official whom the supplement itself names.
    """
    ours = administers(by=by, agreement=supplement.agreement)
    return {
        "signatory": ours and by.email.lower() == supplement.official_email,
        "office": is_office(by=by),
        "either": ours or is_office(by=by),
    }[SUPPLEMENT_MOVES[name].side]


def check_may_move_supplement(name: str, *, by: User, supplement: Supplement) -> None:
    """Raise `NotAuthorized` unless this person may make the move."""
    if not may_move_supplement(name, by=by, supplement=supplement):
        move = SUPPLEMENT_MOVES[name]
        raise NotAuthorized(f"Only {WHO[move.side]} can do this ({move.label}).")


def check_is_party(*, by: User, agreement: Agreement) -> None:
    """Raise `NotAuthorized` unless this person speaks for one of the two parties."""
    if not (administers(by=by, agreement=agreement) or is_office(by=by)):
        raise NotAuthorized(f"Only {WHO['either']} can do this.")
