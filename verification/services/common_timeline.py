"""The chain of a person's records as one timeline, and its contradictions in words (S8.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from verification.records.chain import ABOUT, Chain, Link, Side, Stage
from verification.rules.timeline import Drawing, Event, draw

PETITION, VISA, ADMISSION, STAY, CHANGE, STATUS = LANES = (
    "Petition",
    "Visa",
    "Admission",
    "Stay",
    "Change, extension",
    "Status",
)
JOINED_BY = {
    "petition": "petition number",
    "visa": "visa number",
    "sevis": "SEVIS ID",
    "i94": "I-94 number",
    "passport": "passport number",
    "a_number": "A-number",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the table behind the picture."""

    stage: str
    on: date | None
    text: str
    source: str
    as_of: date
    joined_by: str


@dataclass(frozen=True, slots=True)
class DisagreementSide:
    ref: str
    system: str
    owner: str
    column: str
    value: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two owners' data that cannot both be right, with the way to ask each of them."""

    sentence: str
    sides: tuple[DisagreementSide, DisagreementSide]


@dataclass(frozen=True, slots=True)
class CommonTimeline:
    drawing: Drawing | None
    steps: tuple[Step, ...]
    disagreements: tuple[Disagreement, ...]

    @property
    def contradicted(self) -> frozenset[tuple[str, str]]:
        """(record, column) of every datum that another owner's contradicts."""
        return frozenset(
            (side.ref, side.column) for each in self.disagreements for side in each.sides
        )


def timeline_of(chain: Chain, *, today: date) -> CommonTimeline:
    """The picture, the table behind it, and what does not fit."""
    in_conflict = {ref for each in chain.contradictions for ref in (each.left.ref, each.right.ref)}
    events = [
        event for link in chain.links for event in _events(link, conflict=link.ref in in_conflict)
    ]
    return CommonTimeline(
        drawing=draw(events, lanes=LANES, today=today),
        steps=tuple(_step(link) for link in chain.links),
        disagreements=tuple(
            Disagreement(ABOUT[each.about], (_side(each.left), _side(each.right)))
            for each in chain.contradictions
        ),
    )


def _side(side: Side) -> DisagreementSide:
    return DisagreementSide(
        ref=side.ref,
        system=side.ref.partition(":")[0],
        owner=side.owner,
        column=side.column,
        value=day_in_words(side.value),
        as_of=side.as_of,
    )


def _step(link: Link) -> Step:
    return Step(
        stage=link.stage.replace("_", " ").capitalize(),
        on=link.on,
        text=_text(link),
        source=f"{link.system} ({link.owner})",
        as_of=link.as_of,
        joined_by=", ".join(dict.fromkeys(JOINED_BY[join.kind] for join in link.joins)),
    )


def _events(link: Link, *, conflict: bool) -> list[Event]:
    """What a link draws: an instant, or a span of days."""
    if link.on is None:
        return []
    lane, until, lasts = _lane(link)
    own = link.values
    text = f"In conflict: {_text(link)}" if conflict else _text(link)
    found = [Event(lane, link.on, text, link.system, to_on=until, lasts=lasts, conflict=conflict)]
    start, end = _date(own.get("opt_start", "")), _date(own.get("opt_end", ""))
    if link.stage is Stage.STUDY and start:
        found.append(Event(STAY, start, "OPT", link.system, to_on=end))
    return found


def _lane(link: Link) -> tuple[str, date | None, bool]:
    """The lane, the end of the span, and whether it goes on without one."""
    own, stage = link.values, link.stage
    if stage is Stage.VISA:
        return VISA, _date(own.get("expires_on", "")), False
    if stage is Stage.ADMISSION:
        return ADMISSION, None, False
    if stage is Stage.STUDY:
        return STAY, _date(own.get("program_end", "")), False
    if stage in (Stage.CHANGE, Stage.EXTENSION):
        return CHANGE, _date(own.get("valid_to", "")), False
    if stage in (Stage.RESIDENCE, Stage.CITIZENSHIP):
        return STATUS, None, True
    if stage in (Stage.STAY_ENDS, Stage.DEPARTURE):
        return STAY, None, False
    return PETITION, None, False


def _text(link: Link) -> str:
    own = link.values
    form, decision = own.get("form", ""), own.get("decision", "").lower()
    wanted = own.get("requested_class", "")
    class_code = own.get("class_of_admission", "")
    until = day_in_words(own.get("admitted_until", ""))
    words = {
        Stage.PETITION: f"{form} {decision}",
        Stage.VISA: f"{own.get('visa_class', '')} visa",
        Stage.ADMISSION: f"{class_code}{f', until {until}' if until else ''}",
        Stage.STUDY: f"{class_code} {own.get('status', '').lower()}",
        Stage.CHANGE: f"to {wanted} {decision}" if wanted else f"{form} {decision}",
        Stage.EXTENSION: f"{wanted or form} extension {decision}",
        Stage.RESIDENCE: f"{class_code}, resident",
        Stage.CITIZENSHIP: f"{form or 'Oath'} {decision}",
        Stage.STAY_ENDS: "admitted until here",
        Stage.DEPARTURE: "left",
    }
    return " ".join(words[link.stage].split()) or link.stage.replace("_", " ")


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def day_in_words(value: str) -> str:
    """A day as the pages write it; anything else, such as D/S, as it is."""
    day = _date(value)
    return f"{day:%b} {day.day}, {day.year}" if day else value
