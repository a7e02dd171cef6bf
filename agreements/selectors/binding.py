"""What binds an agency on a day (S5.1): asked before every case, therefore in plain SQL."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from agreements.articles import Article
from agreements.enums import AccessMode, Kind, Purpose, programs_under
from agreements.lifecycles.agreement import BINDING, AgreementStatus
from agreements.models import Agreement
from agreements.models.agreement import amended_terms
from save_portal.accounts.models import Agency
from save_portal.accounts.tenancy import agency_scope
from save_portal.benefits import Benefit

_PERMITS = """
    SELECT number, kind, purposes, benefits, access_modes, contractors, amended, choices <> '{}'
    FROM agreements_agreement
    WHERE agency_id = %s AND term @> %s AND status = ANY(%s)
"""
# A line names a contractor and its task: the name ends at the first of these.
END_OF_NAME = re.compile(r"[,;:(]| [-\u2013\u2014] ")
_STATUSES = [status.value for status in BINDING]


def party_scope(agency: Agency | None) -> AbstractContextManager[None]:
    """The fence of the agency under whose agreement this one works, in the caller's transaction.

    A contractor works under the agreement of the agency that it acts for (S1.2), whose rows lie
    behind another fence than its own; for every other agency nothing changes.
    """
    if agency is not None and agency.acts_for_id is not None:
        return agency_scope(agency.acts_for_id)
    return nullcontext()


@dataclass(frozen=True, slots=True)
class Permitted:
    """What the agreement in force lets an agency ask: programs, purposes and ways of access."""

    number: str
    kind: Kind
    purposes: tuple[str, ...]
    benefits: tuple[str, ...]
    access_modes: tuple[str, ...]

    def allows(self, mode: str) -> bool:
        return mode in self.access_modes

    @property
    def is_matching(self) -> bool:
        """A computer matching agreement, with its period to contest."""
        return self.kind == Kind.CMA

    @property
    def modes_in_words(self) -> str:
        return ", ".join(str(AccessMode(mode).label) for mode in self.access_modes)


def permitted_in_a_sandbox() -> Permitted:
    """Everything that the operator offers: an integrator begins before an agreement is signed."""
    return Permitted(
        number="SANDBOX",
        kind=Kind.MOA,
        purposes=tuple(Purpose.values),
        benefits=programs_under(Purpose.values, Benefit.values),
        access_modes=tuple(AccessMode.values),
    )


def permitted(*, agency: Agency, on: date, hold: bool = False) -> Permitted | None:
    """What the agency may ask on the day; None without an agreement in force. One query.

    Supplements count from their day on. With `hold` the answer stays true until the transaction
    ends: whoever suspends, ends or supplements the agreement waits for it, and who comes after
    them reads the new state. A contractor asks what the agency may for which it acts, as long as
    the agreement names it (S1.2); four queries more. In a sandbox everything is permitted.
    """
    if agency.is_sandbox:
        return permitted_in_a_sandbox()
    if agency.acts_for is not None and not agency.acts_for.is_active:
        return None
    with party_scope(agency), connection.cursor() as cursor:
        party = agency.acts_for_id or agency.pk
        cursor.execute(_PERMITS + ("FOR SHARE" if hold else ""), [party, on, _STATUSES])
        found = cursor.fetchone()
    if found is None:
        return None
    number, kind, purposes, benefits, modes, contractors, amended, made_here = found
    signed = {
        "purposes": purposes,
        "benefits": benefits,
        "access_modes": modes,
        "contractors": _json(contractors),
    }
    terms = amended_terms(signed, _json(amended), on)
    if agency.acts_for_id and made_here and not is_named(agency.name, terms["contractors"]):
        return None
    return Permitted(
        number=number,
        kind=Kind(kind),
        purposes=tuple(terms["purposes"]),
        benefits=programs_under(terms["purposes"], terms["benefits"]),
        access_modes=tuple(terms["access_modes"]),
    )


def _json(value: Any) -> Any:
    """A JSON column read past the model, which the driver leaves as text."""
    return json.loads(value) if isinstance(value, str) else value


def name_in(line: str) -> str:
    """The contractor's name in a line of an agreement, which says its task behind it."""
    return END_OF_NAME.split(line, maxsplit=1)[0].strip()


def is_named(contractor: str, lines: Iterable[str]) -> bool:
    """Whether one of the lines is about this contractor, by its whole name."""
    return contractor.casefold() in {name_in(line).casefold() for line in lines}


def benefits_permitted(*, agency: Agency, on: date) -> tuple[str, ...]:
    """The programs that the agreement in force on the day permits; empty without one. One query."""
    found = permitted(agency=agency, on=on)
    return found.benefits if found else ()


def why_nothing_may_be_asked(*, agency: Agency, on: date) -> str:
    """The sentence for somebody who would begin a case where no agreement permits it (S5.1)."""
    party = agency.acts_for or agency
    with party_scope(agency):
        last: Agreement | None = (
            Agreement.objects.filter(agency=party, term__isnull=False).order_by("-term").first()
        )
    if not party.is_active and party.pk != agency.pk:
        return f"{party.name}, for which {agency.name} acts, no longer uses SAVE (S1.2)."
    if party.pk != agency.pk and last is not None and last.binds_on(on):
        return (
            f"The agreement of {party.name} does not name {agency.name} as a contractor, so it "
            f"asks nothing under it (S1.2, {Article.PARTIES}). The administrator of {party.name} "
            "can ask for a supplement."
        )
    if last is not None and last.binds_on(on):
        return (
            f"The agreement of {party.name} with SAVE permits nothing that this portal offers "
            "today: voter eligibility was turned off by the operator (S1.5)."
        )
    no_more = "no new case can be begun"
    goes_on = "Cases that are open can still be read and finished."
    if last is not None and on >= last.term.lower:
        if last.status == AgreementStatus.SUSPENDED and on in last.term:
            return (
                f"The agreement of {party.name} with SAVE is suspended, so {no_more} "
                f"({Article.SUSPENSION_AND_END}). {goes_on} "
                "Your agency administrator can tell you why."
            )
        article = Article.TERM
        if last.status == AgreementStatus.TERMINATED:
            article = Article.SUSPENSION_AND_END
        return (
            f"The agreement of {party.name} with SAVE has ended, so {no_more} ({article}). "
            f"{goes_on} Your agency administrator can tell you when there will be a new one."
        )
    return (
        f"{party.name} has no agreement with SAVE in force today, so nothing can be asked. "
        "Your agency administrator can tell you when it will be."
    )
