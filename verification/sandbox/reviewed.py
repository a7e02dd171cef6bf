"""People whom initial verification does not confirm, and what the test verifier then answers.

All dates of answers lie before any clock of a sandbox, or far behind it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from verification.enums import AdditionalReason, AnswerKind
from verification.g845_answers import COMMENTS, ITEMS, OTHER_COMMENT, SEARCHING, VAWA_ITEM
from verification.sandbox.confirmed import BORN, FAMILY, LATER
from verification.sandbox.person import NEVER, Given, Group, PublishedPerson

FEW, MORE = 3, 10  # working days until the usual answer: additional verification, Form G-845
# The further fields of an item, where it has any.
DETAILS: dict[int, dict[str, Any]] = {
    1: {"since": "2023-03-14"},
    2: {"since": "2025-03-14", "expires_on": LATER},
    3: {"until": "date", "expires_on": LATER},
    5: {"benefit": "Adjustment of status (I-485)"},
    6: {"granted_as": "asylum", "granted_on": "2024-05-06"},
    7: {"granted_on": "2025-02-01", "until": "date", "expires_on": LATER},
    9: {"class_code": "H1B", "until": "date", "expires_on": LATER},
    12: {"basis": "ina_289", "recognized_on": "2020-02-03"},
    13: {"class_code": "KIC", "issued_on": "2019-06-07"},
    14: {"expires_on": LATER},
    15: {"expires_on": LATER},
    16: {"expires_on": LATER},
    17: {"stage": "approved"},
    18: {"granted_on": "2022-09-09"},
    20: {"appears": ["expired"]},
}


def item(number: int) -> dict[str, Any]:
    return {"item": number, **DETAILS.get(number, {})}


def usual(*items: int) -> Given:
    return Given(after=FEW, items=tuple(map(item, items)))


# For everybody who has no answers of their own.
OTHERWISE = Given(after=FEW, comment="The sandbox has no other answer about this person.")


def _person(
    key: str,
    number: int,
    given_name: str,
    shows: str,
    *,
    group: Group = Group.VERIFIER_ANSWER,
    born: date = BORN,
    **more: Any,
) -> PublishedPerson:
    return PublishedPerson(
        key=key,
        group=group,
        shows=shows,
        family_name=FAMILY,
        given_name=given_name,
        date_of_birth=born,
        document={"type": "i327", "a_number": f"800{number:06}"},
        reasons=("no_record",),
        **more,
    )


def _by_item(number: int) -> PublishedPerson:
    answers: tuple[Given, ...]
    if number == SEARCHING:
        answers = (Given(after=2, kind=AnswerKind.INTERIM, items=(item(number),)), usual(1))
        shows = "Item 19 after 2 working days: the search goes on; item 1 after 3 more"
    else:
        answers = (usual(number),)
        shows = f"Item {number} after 3 working days: {ITEMS[number].label}"
    why = AdditionalReason.VAWA if number == VAWA_ITEM else AdditionalReason.PROMPTED
    return _person(
        f"item-{number}",
        1000 + number,
        f"Item{'abcdefghijklmnopqrstu'[number]}",
        shows,
        additional=answers,
        reason_to_ask=why,
    )


def _by_comment(number: int) -> PublishedPerson:
    text = "Ask the applicant for the newest notice." if number == OTHER_COMMENT else ""
    return _person(
        f"comment-{number}",
        1100 + number,
        f"Comment{'abcdefg'[number]}",
        f"Comment {number} after 3 working days: {COMMENTS[number].label}",
        additional=(Given(after=FEW, comments=(number,), comment=text),),
    )


RECOMMENDED = Given(after=FEW, kind=AnswerKind.G845_RECOMMENDED)
ANSWERS = (
    *(_by_item(number) for number in ITEMS),
    *(_by_comment(number) for number in COMMENTS),
    _person(
        "form-recommended",
        1201,
        "Formneeded",
        "A Form G-845 is recommended after 3 working days; item 1 within 10 of its mailing",
        additional=(RECOMMENDED,),
        g845=(Given(after=MORE, items=(item(1),)),),
    ),
    _person(
        "send-again",
        1202,
        "Sendagain",
        "A Form G-845 is recommended; 5 working days after its mailing both sides are asked "
        "for again, and item 9 follows 10 after the second mailing",
        additional=(RECOMMENDED,),
        g845=(
            Given(after=5, kind=AnswerKind.RESUBMIT, send_again=("both_sides",)),
            Given(after=MORE, items=(item(9),)),
        ),
    ),
    _person(
        "corrected",
        1203,
        "Corrected",
        "Item 4 after 3 working days, corrected to item 1 after 4 more",
        additional=(
            usual(4),
            Given(
                after=4,
                kind=AnswerKind.CORRECTION,
                items=(item(1),),
                note="The first answer was drawn from another person's record.",
            ),
        ),
    ),
)
DELAYS = (
    _person(
        "slow-source",
        1301,
        "Slow",
        "Initial verification takes 3 seconds, once at a time; Server-Timing has it in `sources`",
        group=Group.DELAY,
        seconds=3.0,
    ),
    _person(
        "at-once",
        1302,
        "Atonce",
        "Item 1 at the next run, with no working day between",
        group=Group.DELAY,
        additional=(Given(after=0, items=(item(1),)),),
        g845=(Given(after=0, items=(item(1),)),),
    ),
    _person(
        "last-day",
        1303,
        "Lastday",
        "Item 1 on the last of the promised days: the 5th, for the form the 20th",
        group=Group.DELAY,
        additional=(Given(after=5, items=(item(1),)),),
        g845=(Given(after=20, items=(item(1),)),),
    ),
    _person(
        "overdue",
        1304,
        "Overdue",
        "Item 1 late: after 8 working days, for the form after 25",
        group=Group.DELAY,
        additional=(Given(after=8, items=(item(1),)),),
        g845=(Given(after=25, items=(item(1),)),),
    ),
    _person(
        "never",
        1305,
        "Never",
        "Nobody ever answers: what your system does with a case that stays overdue",
        group=Group.DELAY,
        additional=(NEVER,),
        g845=(NEVER,),
    ),
)
HAPPENINGS = (
    _person(
        "applicant-wants",
        1401,
        "Wants",
        "Event case.applicant_wants 2 working days after the answer: the applicant asks for "
        "additional verification on CaseCheck",
        group=Group.EVENT,
        happens=("applicant_wants", 2),
    ),
    _person(
        "record-corrected",
        1402,
        "Mended",
        "Event case.record_corrected 2 working days after the answer; the same may be asked again",
        group=Group.EVENT,
        happens=("record_corrected", 2),
    ),
)
ERRORS = tuple(
    _person(
        slug, 1500 + place, given_name, shows, group=Group.ERROR, problem=slug
    )
    for place, (slug, given_name, shows) in enumerate(
        (
            ("server-error", "Failing", "Refused with 500, and nothing is kept"),
            ("unavailable", "Unavailable", "Refused with 503 and Retry-After, nothing is kept"),
            ("too-many-requests", "Toomany", "Refused with 429 and Retry-After"),
            ("request-in-progress", "Inprogress", "Refused with 409, as if sent twice at once"),
            ("no-agreement", "Noagreement", "Refused with 403, as without an agreement in force"),
            ("not-permitted", "Notpermitted", "Refused with 403, as if a rule kept the client out"),
        )
    )
)  # fmt: skip
