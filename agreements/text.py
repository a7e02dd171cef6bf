"""The text of an agreement: articles in our own words, with the agency's choices filled in (S5).

`articles_of` is pure: the same choices and clauses give the same articles. A clause is what the
parties add to an article; nothing of an article itself is ever taken away.
"""

from __future__ import annotations

from typing import Any

from agreements.articles import Article
from agreements.enums import AccessMode, Kind, Purpose
from save_portal.benefits import Benefit

MOA_YEARS = 5
CMA_MONTHS, CMA_EXTENSION_MONTHS, CONTEST_DAYS = 18, 12, 30
NOTICE_DAYS = 30
VOTER_RULES = (
    "For voter eligibility the agency asks about naturalized citizens and those who derive "
    "citizenship alone, each by a number that an immigration office gave. Citizens from birth are "
    "normally in none of the sources, and that nothing was found never rules out citizenship. The "
    "agency makes no list of people whom SAVE did not confirm, takes each one through additional "
    "verification and Form G-845, and acts against nobody on an answer of SAVE alone."
)

TITLES = {
    Article.PARTIES: "Parties",
    Article.AUTHORITY: "Authority",
    Article.PURPOSE: "Purpose",
    Article.SCOPE: "Programs and ways of access",
    Article.DUTIES_OF_USCIS: "Duties of USCIS",
    Article.DOCUMENTS_AND_STEPS: "Documents first, and every step",
    Article.NOTICE_AND_CORRECTION: "Notice and correction",
    Article.PARTICULAR_PROGRAMS: "Rules of particular programs",
    Article.PEOPLE_AND_TRAINING: "People and training",
    Article.MONITORING: "Monitoring, and no discrimination",
    Article.SECURITY: "Security and breaches",
    Article.CHARGES: "Charges",
    Article.CONTACTS: "Contacts",
    Article.LIABILITY: "Liability",
    Article.TERM: "Term",
    Article.CHANGES: "Changes",
    Article.SUSPENSION_AND_END: "Suspension and end",
    Article.SIGNATURES: "Signatures",
}


def _and(labels: list[str]) -> str:
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"


def _labels(choices: Any, codes: list[str]) -> str:
    return _and([str(choices(code).label) for code in codes])


def articles_of(choices: dict[str, Any], clauses: dict[str, str]) -> list[dict[str, Any]]:
    """The articles in their order: number, title, paragraphs."""
    articles = []
    for article in Article:
        paragraphs = _paragraphs(article, choices)
        if added := clauses.get(str(article.value)):
            paragraphs = [*paragraphs, f"Agreed in addition: {added}"]
        articles.append(
            {"number": article.value, "title": TITLES[article], "paragraphs": paragraphs}
        )
    return articles


def _paragraphs(article: Article, c: dict[str, Any]) -> list[str]:
    name = c["agency_name"]
    matching = c["kind"] == Kind.CMA
    return {
        Article.PARTIES: [
            f"This agreement is between U.S. Citizenship and Immigration Services (USCIS), which "
            f"runs SAVE, and {name}, {c['street']}, {c['city']}, {c['state']} {c['zip_code']} "
            f"(tax identification number {c['tax_id']}), called the agency.",
            *(
                [
                    "These contractors act for the agency and are bound as it is; the agency "
                    f"answers for what they do: {'; '.join(c['contractors'])}."
                ]
                if c["contractors"]
                else []
            ),
        ],
        Article.AUTHORITY: [
            f"The agency is authorized or required to verify immigration status by: "
            f"{c['legal_basis']}. USCIS answers under section 121 of the Immigration Reform and "
            "Control Act of 1986 and 8 USC 1373(c)."
        ],
        Article.PURPOSE: [
            "The agency asks SAVE for these purposes and for no other: "
            f"{_labels(Purpose, c['purposes'])}. It asks only where its decision needs the status."
        ],
        Article.SCOPE: [
            f"The agency asks for these programs: {_labels(Benefit, c['benefits'])}.",
            f"It asks by these ways: {_labels(AccessMode, c['access_modes'])}. It expects about "
            f"{c['monthly_volume']:,} requests a month.",
        ],
        Article.DUTIES_OF_USCIS: [
            "USCIS answers from the records that it may use, returns data of the applicant alone, "
            "and answers additional verification and Form G-845 within the times it publishes.",
            "SAVE decides nothing about eligibility. That no record was found does not mean "
            "unlawful presence, ineligibility or non-citizenship.",
        ],
        Article.DOCUMENTS_AND_STEPS: [
            "Before it asks, the agency has the applicant's documents in hand and examines that "
            "they look genuine and belong to the person.",
            "Before it denies, reduces or ends anything, the agency goes through every step that "
            "SAVE prompts: initial verification, additional verification and Form G-845. Where the "
            "applicant wants additional verification, the agency asks for it.",
            *(
                [
                    "As this is a matching agreement, the agency verifies independently whatever a "
                    "match shows before it acts on it. It tells the person what was found and acts "
                    f"against them {CONTEST_DAYS} days after that notice at the earliest, or after "
                    "the longer period of the program, so that they can contest it."
                ]
                if matching
                else []
            ),
        ],
        Article.NOTICE_AND_CORRECTION: [
            "An applicant whom SAVE did not confirm is told so. One who is denied gets a written "
            "notice with the verification number, how to have a record corrected, and how to "
            "follow the case on CaseCheck.",
        ],
        Article.PARTICULAR_PROGRAMS: [
            "In SNAP nobody is called ineligible for unlawful presence, and nobody is reported, "
            "unless the person admits it and specific documents confirm it.",
            "In other programs a member without proof of lawful status is ineligible for lack of "
            "documents; no further inquiry is made and nobody is reported.",
            "No query is made for emergency-only Medicaid or for somebody documented as a citizen "
            "from birth.",
            *([VOTER_RULES] if Benefit.VOTER_ELIGIBILITY in c["benefits"] else []),
        ],
        Article.PEOPLE_AND_TRAINING: [
            "Only people who need SAVE for their work have an account, each one of their own. "
            "Everybody completes the training for the role before the first case. The agency ends "
            "an account at once when the person leaves or no longer needs it.",
        ],
        Article.MONITORING: [
            "USCIS monitors how the agency uses SAVE. The agency answers questions, opens its "
            "files on these cases, and mends what was found.",
            "The agency treats all applicants alike and picks nobody for verification by "
            "appearance, name, language, race, religion or national origin.",
        ],
        Article.SECURITY: [
            "Both parties protect the information as the Privacy Act, the Federal Information "
            "Security Management Act, the memoranda of OMB and DHS directive 4300A demand, in "
            "transfer and at rest.",
            "The agency reports a suspected breach to USCIS within one hour of finding it, and "
            "tells the people concerned as the law provides.",
        ],
        Article.CHARGES: [
            "The agency pays the charges of the price list that holds on the day of the request, "
            "by the monthly invoice, within 30 days. A kind of agency that the list exempts pays "
            "nothing.",
        ],
        Article.CONTACTS: [
            f"For the agency: {c['contact_name']}, {c['contact_email']}, {c['contact_phone']}. "
            f"Its authorized official is {c['signatory_name']}, {c['signatory_title']}. "
            f"Its first administrator is {c['administrator_name']}.",
            "For USCIS: the SAVE program office, by the portal.",
        ],
        Article.LIABILITY: [
            "Each party answers for its own acts under the law that binds it. The agency alone "
            "decides on eligibility and answers for that decision. This agreement gives no third "
            "party a right against USCIS.",
        ],
        Article.TERM: [
            (
                f"This matching agreement holds for {CMA_MONTHS} months from the second signature "
                f"and can be extended once, by {CMA_EXTENSION_MONTHS} months, without change."
                if matching
                else f"This agreement holds for {MOA_YEARS} years from the second signature. "
                "A new one can follow it without a gap."
            ),
        ],
        Article.CHANGES: [
            "Purposes, programs, ways of access, contractors and contacts change by a supplement "
            "that both parties sign, from the day that it names. The text that was signed itself "
            "never changes.",
        ],
        Article.SUSPENSION_AND_END: [
            "USCIS may suspend this agreement at once where it is not kept, and says why. While it "
            "is suspended or after it has ended no new case is begun; open ones can be read and "
            "finished.",
            f"Either party may end it with {NOTICE_DAYS} days' notice, USCIS at once where the law "
            "or the safety of the data demands it.",
        ],
        Article.SIGNATURES: [
            f"{c['signatory_name']}, {c['signatory_title']}, signs for the agency and declares to "
            "have the authority for it. The SAVE program office signs for USCIS. The text binds "
            "from the second signature.",
        ],
    }[article]
