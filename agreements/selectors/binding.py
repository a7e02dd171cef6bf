"""What binds an agency on a day (S5.1): asked before every case, therefore in plain SQL."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from agreements.articles import Article
from agreements.enums import AccessMode, Kind, programs_under
from agreements.lifecycles.agreement import BINDING, AgreementStatus
from agreements.models import Agreement
from save_portal.accounts.models import Agency

_PERMITS = """
    SELECT number, kind, purposes, benefits, access_modes FROM agreements_agreement
    WHERE agency_id = %s AND term @> %s AND status = ANY(%s)
"""
_STATUSES = [status.value for status in BINDING]


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


def agreement_in_force(*, agency_id: int, on: date) -> Agreement | None:
    """The one agreement of the agency that binds on the day, or None (S5.1). One query."""
    found: Agreement | None = Agreement.objects.binding(on).filter(agency_id=agency_id).first()
    return found


def permitted(*, agency_id: int, on: date, hold: bool = False) -> Permitted | None:
    """What the agency may ask on the day; None without an agreement in force. One query.

    With `hold` the answer stays true until the transaction ends: whoever suspends or ends the
    agreement waits for it, and who comes after them is refused.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PERMITS + ("FOR SHARE" if hold else ""), [agency_id, on, _STATUSES])
        found = cursor.fetchone()
    if found is None:
        return None
    number, kind, purposes, benefits, modes = found
    return Permitted(
        number=number,
        kind=Kind(kind),
        purposes=tuple(purposes),
        benefits=programs_under(purposes, benefits),
        access_modes=tuple(modes),
    )


def benefits_permitted(*, agency_id: int, on: date) -> tuple[str, ...]:
    """The programs that the agreement in force on the day permits; empty without one. One query."""
    found = permitted(agency_id=agency_id, on=on)
    return found.benefits if found else ()


def why_nothing_may_be_asked(*, agency: Agency, on: date) -> str:
    """The sentence for somebody who would begin a case where no agreement permits it (S5.1)."""
    last: Agreement | None = (
        Agreement.objects.filter(agency=agency, term__isnull=False).order_by("-term").first()
    )
    no_more = "no new case can be begun"
    goes_on = "Cases that are open can still be read and finished."
    if last is not None and on >= last.term.lower:
        if last.status == AgreementStatus.SUSPENDED and on in last.term:
            return (
                f"The agreement of {agency.name} with SAVE is suspended, so {no_more} "
                f"({Article.SUSPENSION_AND_END}). {goes_on} "
                "Your agency administrator can tell you why."
            )
        article = Article.TERM
        if last.status == AgreementStatus.TERMINATED:
            article = Article.SUSPENSION_AND_END
        return (
            f"The agreement of {agency.name} with SAVE has ended, so {no_more} ({article}). "
            f"{goes_on} Your agency administrator can tell you when there will be a new one."
        )
    return (
        f"{agency.name} has no agreement with SAVE in force today, so nothing can be asked. "
        "Your agency administrator can tell you when it will be."
    )
