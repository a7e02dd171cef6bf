"""What the pages of agreements show."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any

from django_fsm import can_proceed

from agreements import policies
from agreements.enums import AccessMode, Kind, Purpose
from agreements.lifecycles.agreement import ENDS, AgreementStatus
from agreements.models import Agreement, AgreementText, Signature, SignedPaper
from save_portal.accounts.models import User
from save_portal.benefits import Benefit

S = AgreementStatus
WAY = (
    (S.SUBMITTED, "Handed in"),
    (S.IN_REVIEW, "In review"),
    (S.NEGOTIATING, "Text under negotiation"),
    (S.READY_TO_SIGN, "Ready to sign"),
    (S.SIGNED_BY_AGENCY, "Signed by the agency"),
    (S.IN_FORCE, "Countersigned, in force"),
)
FURTHEST = 100


@dataclass(frozen=True, slots=True)
class AgreementPage:
    agreement: Agreement
    texts: list[AgreementText]
    signatures: list[Signature]
    paper: SignedPaper | None
    acts: frozenset[str]
    is_office: bool
    way: list[tuple[str, str]]

    @property
    def text(self) -> AgreementText | None:
        return self.texts[-1] if self.texts else None

    @property
    def programs(self) -> list[str]:
        return [str(Benefit(code).label) for code in self.agreement.permitted]

    @property
    def purposes(self) -> list[str]:
        return [str(Purpose(code).label) for code in self.agreement.purposes]

    @property
    def modes(self) -> list[str]:
        return [str(AccessMode(code).label) for code in self.agreement.access_modes]


def agreement_list(*, user: User, status: str) -> list[Agreement]:
    """Newest first, for the office all that were handed in. One query."""
    found = Agreement.objects.visible_to(user).exclude(status=S.DRAFT).select_related("agency")
    if status in S.values:
        found = found.filter(status=status)
    return list(found.defer("contractors")[:FURTHEST])


def agreement_page(*, user: User, number: str) -> AgreementPage | None:
    """One agreement with its versions, signatures and what this person may do. Four queries."""
    agreement: Agreement | None = (
        Agreement.objects.visible_to(user).select_related("agency", "renews").filter(number=number)
    ).first()
    if agreement is None:
        return None
    # Without the people behind them: an agency does not see accounts of the office.
    texts = list(AgreementText.objects.filter(agreement=agreement))
    signatures = list(Signature.objects.filter(text__agreement=agreement).select_related("text"))
    paper = SignedPaper.objects.defer("content").filter(agreement=agreement).first()
    return AgreementPage(
        agreement=agreement,
        texts=texts,
        signatures=signatures,
        paper=paper,
        acts=_acts(user, agreement, texts),
        is_office=policies.is_office(by=user),
        way=_way(agreement),
    )


def _acts(user: User, agreement: Agreement, texts: list[AgreementText]) -> frozenset[str]:
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
    if (
        agreement.status in (S.IN_FORCE, S.EXPIRING)
        and agreement.choices
        and (policies.administers(by=user, agreement=agreement))
    ):
        acts.add("succeed")
    return frozenset(acts)


def _way(agreement: Agreement) -> list[tuple[str, str]]:
    """The steps from application to signed agreement: (label, done | now | next)."""
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


def paper_with(sha256: str) -> SignedPaper | None:
    """The signed paper with this digest, for anybody who has it. One query."""
    found: SignedPaper | None = (
        SignedPaper.objects.select_related("agreement__agency")
        .defer("content")
        .filter(sha256=sha256)
        .first()
    )
    return found
