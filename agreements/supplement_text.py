"""The text of a supplement: what changes, from what to what, and from when (S5). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from agreements.articles import Article
from agreements.enums import AccessMode, Purpose
from agreements.text import VOTER_RULES
from save_portal.benefits import Benefit

CONTACT = ("contact_name", "contact_email", "contact_phone")
OFFICIAL = ("signatory_name", "signatory_title", "signatory_email")
LISTS: dict[str, Any] = {"purposes": Purpose, "benefits": Benefit, "access_modes": AccessMode}
# What a supplement may change: purposes, programs, ways of access, contractors and contacts.
CHANGEABLE = (*LISTS, "contractors", *CONTACT, *OFFICIAL)
# What is said of together: a heading, its article, its fields.
PARTS: tuple[tuple[str, Article, tuple[str, ...]], ...] = (
    ("Purposes", Article.PURPOSE, ("purposes",)),
    ("Programs", Article.SCOPE, ("benefits",)),
    ("Ways of access", Article.SCOPE, ("access_modes",)),
    ("Contractors", Article.PARTIES, ("contractors",)),
    ("Contact", Article.CONTACTS, CONTACT),
    ("Official with authority to sign", Article.SIGNATURES, OFFICIAL),
)


def in_words(names: tuple[str, ...], terms: Mapping[str, Any]) -> str:
    """The values of these fields as a reader says them."""
    if names[0] in LISTS:
        choices = LISTS[names[0]]
        return ", ".join(str(choices(code).label) for code in terms.get(names[0]) or []) or "none"
    if names[0] == "contractors":
        return "; ".join(terms.get("contractors") or []) or "none"
    said = [str(terms[name]) for name in names if terms.get(name)]
    return ", ".join(said) or "as in the agreement on paper"


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that differ, with their new values; the order of a list does not count."""

    def plain(value: Any) -> Any:
        return sorted(value) if isinstance(value, list) else value or ""

    return {
        name: after[name]
        for name in CHANGEABLE
        if name in after and plain(after[name]) != plain(before.get(name))
    }


def parts_changed(
    before: Mapping[str, Any], changes: Mapping[str, Any]
) -> list[tuple[str, Article, str, str]]:
    """(heading, article, until now, from then on) of everything that changes."""
    after = {**before, **changes}
    return [
        (title, article, in_words(names, before), in_words(names, after))
        for title, article, names in PARTS
        if any(name in changes for name in names)
    ]


def sections_of(
    *, number: int, agreement: str, agency: str, before: Mapping[str, Any],
    changes: Mapping[str, Any], effective_on: date,
) -> list[dict[str, Any]]:  # fmt: skip
    """The sections in their order: number, title, paragraphs. Equal input, equal text."""
    after = {**before, **changes}
    day = f"{effective_on:%B} {effective_on.day}, {effective_on.year}"
    sections: list[tuple[str, list[str]]] = [
        (
            "What is supplemented",
            [
                f"This is supplement {number} to agreement {agreement} between U.S. Citizenship "
                f"and Immigration Services (USCIS), which runs SAVE, and {agency}, called the "
                "agency. It changes what stands below. All else holds as it was signed."
            ],
        )
    ]
    for title, article, old, new in parts_changed(before, changes):
        sections.append((f"{title} ({article})", [f"Until now: {old}.", f"From then on: {new}."]))
    had, has = before.get("benefits") or [], after.get("benefits") or []
    if Benefit.VOTER_ELIGIBILITY in has and Benefit.VOTER_ELIGIBILITY not in had:
        sections.append((f"Voter eligibility ({Article.PARTICULAR_PROGRAMS})", [VOTER_RULES]))
    sections.append(
        (
            "From when",
            [
                f"It holds from {day}, or from the second signature if that is later, and ends "
                "with the agreement. Cases that are open then go on as they were begun."
            ],
        )
    )
    official = ", ".join(
        str(after[name]) for name in ("signatory_name", "signatory_title") if after.get(name)
    )
    sections.append(
        (
            "Signatures",
            [
                f"{official}, signs for the agency and declares to have the authority for it. The "
                "SAVE program office signs for USCIS."
            ],
        )
    )
    return [
        {"number": place, "title": title, "paragraphs": paragraphs}
        for place, (title, paragraphs) in enumerate(sections, start=1)
    ]
