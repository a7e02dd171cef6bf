"""What the pages of agreements show."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django_fsm import can_proceed

from agreements import policies
from agreements.enums import AccessMode, Kind, Purpose
from agreements.lifecycles.agreement import BINDING, ENDS, AgreementStatus
from agreements.lifecycles.supplement import OPEN
from agreements.models import (
    Agreement,
    AgreementText,
    Signature,
    SignedPaper,
    Supplement,
    SupplementPaper,
    SupplementSignature,
)
from agreements.selectors.binding import is_named, party_scope
from agreements.supplement_text import CONTACT, OFFICIAL, in_words
from save_portal.accounts.models import Agency, User
from save_portal.benefits import Benefit
from save_portal.calendar.local import local_date
from save_portal.web.keyset import Page, paginate

S = AgreementStatus
WAY = (
    (S.SUBMITTED, "Handed in"),
    (S.IN_REVIEW, "In review"),
    (S.NEGOTIATING, "Text under negotiation"),
    (S.READY_TO_SIGN, "Ready to sign"),
    (S.SIGNED_BY_AGENCY, "Signed by the agency"),
    (S.IN_FORCE, "Countersigned, in force"),
)
SIZE = 50
NEWEST_FIRST = ("-id",)


@dataclass(frozen=True, slots=True)
class AgreementPage:
    agreement: Agreement
    texts: list[AgreementText]
    signatures: list[Signature]
    paper: SignedPaper | None
    acts: frozenset[str]
    is_office: bool
    way: list[tuple[str, str]]
    supplements: list[Supplement]
    contractors: list[tuple[str, Agency | None]]
    today: date

    @property
    def text(self) -> AgreementText | None:
        return self.texts[-1] if self.texts else None

    @property
    def terms(self) -> dict[str, Any]:
        """What holds today, supplements included."""
        return self.agreement.terms_on(self.today)

    @property
    def programs(self) -> list[str]:
        return [str(Benefit(code).label) for code in self.agreement.permitted_on(self.today)]

    @property
    def purposes(self) -> list[str]:
        return [str(Purpose(code).label) for code in self.terms["purposes"]]

    @property
    def modes(self) -> list[str]:
        return [str(AccessMode(code).label) for code in self.terms["access_modes"]]

    @property
    def contact(self) -> str:
        return in_words(CONTACT, self.terms)

    @property
    def official(self) -> str:
        return in_words(OFFICIAL, self.terms)

    @property
    def not_opened(self) -> list[str]:
        """The contractors that the agreement names and that have no account yet."""
        return [line for line, agency in self.contractors if agency is None]


def agreement_list(
    *, user: User, status: str, kind: str, q: str, cursor: str | None
) -> Page[Agreement]:
    """Newest first, for the office all that were handed in, a page at a time. One query.

    `q` is a part of the agency's name, or the number. Values that are unknown count as not given.
    """
    found = Agreement.objects.visible_to(user).exclude(status=S.DRAFT).select_related("agency")
    if status in S.values:
        found = found.filter(status=status)
    if kind in Kind.values:
        found = found.filter(kind=kind)
    if q := " ".join(q.replace("\x00", "").split())[:80]:
        found = found.filter(
            Q(number__iexact=q)
            | Q(agency__name__icontains=q)
            | Q(agency=None, choices__agency_name__icontains=q)
        )
    with party_scope(user.agency):
        return paginate(found.defer("contractors"), order=NEWEST_FIRST, cursor=cursor, size=SIZE)


def agreement_page(*, user: User, number: str, at: datetime) -> AgreementPage | None:
    """One agreement with its versions, signatures and what this person may do. Five queries,
    six where it names contractors.

    A contractor's people read the agreement of the agency that they act for (S1.2).
    """
    with party_scope(user.agency):
        return _agreement_page(user, number, at)


def _agreement_page(user: User, number: str, at: datetime) -> AgreementPage | None:
    agreement: Agreement | None = (
        Agreement.objects.visible_to(user).select_related("agency", "renews").filter(number=number)
    ).first()
    if agreement is None:
        return None
    agency = agreement.agency
    today = local_date(at, agency.time_zone if agency else settings.TIME_ZONE)
    supplements = list(Supplement.objects.filter(agreement=agreement).select_related("paper"))
    # Without the people behind them: an agency does not see accounts of the office.
    texts = list(AgreementText.objects.filter(agreement=agreement))
    signatures = list(Signature.objects.filter(text__agreement=agreement).select_related("text"))
    paper = SignedPaper.objects.defer("content").filter(agreement=agreement).first()
    return AgreementPage(
        agreement=agreement,
        texts=texts,
        signatures=signatures,
        paper=paper,
        acts=_acts(user, agreement, texts, supplements),
        is_office=policies.is_office(by=user),
        way=_way(agreement),
        supplements=supplements,
        contractors=_contractors(agreement, today),
        today=today,
    )


def _contractors(agreement: Agreement, today: date) -> list[tuple[str, Agency | None]]:
    """Each contractor that the agreement names today, and its account, if any. One query."""
    lines = agreement.terms_on(today)["contractors"]
    opened = list(Agency.objects.filter(acts_for_id=agreement.agency_id)) if lines else []
    return [
        (line, next((agency for agency in opened if is_named(agency.name, [line])), None))
        for line in lines
    ]


@dataclass(frozen=True, slots=True)
class SupplementPage:
    """One supplement: what it changes, its signatures and paper, and what this person may do."""

    supplement: Supplement
    agreement: Agreement
    signatures: list[SupplementSignature]
    acts: frozenset[str]
    is_office: bool


def supplement_page(*, user: User, number: str, supplement: int) -> SupplementPage | None:
    """One supplement of an agreement that this person may see, else None. Three queries."""
    with party_scope(user.agency):
        found: Supplement | None = (
            Supplement.objects.filter(
                agreement__in=Agreement.objects.visible_to(user).filter(number=number),
                number=supplement,
            )
            .select_related("agreement__agency", "paper")
            .first()
        )
        if found is None:
            return None
        signatures = list(SupplementSignature.objects.filter(supplement=found))
    binding = found.agreement.status in BINDING
    acts = {
        name
        for name in ("sign", "countersign", "withdraw")
        if policies.may_move_supplement(name, by=user, supplement=found)
        and can_proceed(getattr(found, name))
        and (binding or name == "withdraw")
    }
    return SupplementPage(
        supplement=found,
        agreement=found.agreement,
        signatures=signatures,
        acts=frozenset(acts),
        is_office=policies.is_office(by=user),
    )


def _acts(
    user: User,
    agreement: Agreement,
    texts: list[AgreementText],
    supplements: list[Supplement],
) -> frozenset[str]:
    authority = policies.has_authority(user, agreement)
    acts = {
        name
        for name in (
            "take_up", "ask_back", "accept", "refuse", "propose", "agree", "sign", "send_back",
            "countersign", "suspend", "reinstate", "extend", "terminate",
        )
        if policies.can_make(name, by=user, agreement=agreement, signatory=authority)
        and can_proceed(getattr(agreement, name))
    }  # fmt: skip
    own = "office" if policies.is_office(by=user) else "agency"
    if texts and texts[-1].side == own:
        acts.discard("agree")
    if agreement.kind != Kind.CMA or agreement.extended_on:
        acts.discard("extend")
    if agreement.agency_id is not None:
        acts.discard("ask_back")
    if agreement.status in BINDING and policies.administers(by=user, agreement=agreement):
        acts.add("succeed")
    if agreement.status in BINDING and (
        policies.administers(by=user, agreement=agreement) or policies.is_office(by=user)
    ):
        if not any(one.status in OPEN for one in supplements):
            acts.add("supplement")
        if policies.is_office(by=user):
            acts.add("open_contractor")
    return frozenset(acts)


def _way(agreement: Agreement) -> list[tuple[str, str]]:
    """The steps from application to signed agreement: (label, done | now | next)."""
    if not agreement.choices:
        return []  # signed on paper before
    order = [status for status, _ in WAY]
    if agreement.status in order:
        here = order.index(AgreementStatus(agreement.status))
    elif agreement.term is not None:
        here = len(order)
    else:
        here = 0 if agreement.status == S.DRAFT else -1
    if agreement.status == S.IN_FORCE:
        here = len(order)
    if here < 0 or (agreement.status in ENDS and agreement.term is None):
        return []
    return [
        (label, "done" if place < here else "now" if place == here else "next")
        for place, (_, label) in enumerate(WAY)
    ]


@dataclass(frozen=True, slots=True)
class Compared:
    """One article in two versions; each part is (same | gone | new, words)."""

    number: int
    title: str
    changed: bool
    left: list[tuple[str, str]]
    right: list[tuple[str, str]]


def compare(left: AgreementText, right: AgreementText) -> list[Compared]:
    """Two versions side by side, article by article, word by word."""
    return [
        _compared(before, after)
        for before, after in zip(left.articles, right.articles, strict=True)
    ]


def _compared(before: dict[str, Any], after: dict[str, Any]) -> Compared:
    old, new = (" ¶ ".join(each["paragraphs"]).split() for each in (before, after))
    left, right = [], []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if i2 > i1:
            left.append(("same" if tag == "equal" else "gone", " ".join(old[i1:i2])))
        if j2 > j1:
            right.append(("same" if tag == "equal" else "new", " ".join(new[j1:j2])))
    return Compared(after["number"], after["title"], old != new, left, right)


def paper_with(sha256: str) -> SignedPaper | SupplementPaper | None:
    """The signed paper with this digest, for anybody who has it. One query, or two."""
    found: SignedPaper | None = (
        SignedPaper.objects.select_related("agreement__agency")
        .defer("content")
        .filter(sha256=sha256)
        .first()
    )
    if found is not None:
        return found
    supplement: SupplementPaper | None = (
        SupplementPaper.objects.select_related("supplement__agreement__agency")
        .defer("content")
        .filter(sha256=sha256)
        .first()
    )
    return supplement
