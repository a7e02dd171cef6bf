"""Everything that one case's page, print and PDF show, by a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pycountry
from django.db.models import OuterRef, Subquery
from django_fsm import can_proceed

from save_portal.accounts.models import User
from save_portal.accounts.roles import Permission
from verification import deadlines, immigration_documents, policies
from verification.enums import FormWay, Reason, WaitsFor
from verification.errors import NoSuchCase
from verification.lifecycles.case import CaseStatus
from verification.models import (
    AdditionalRequest,
    Case,
    CaseDocument,
    CaseMove,
    ChargeEvent,
    CorrectionNotice,
    G845Mailing,
    InitialAnswer,
    Reminder,
)
from verification.rules import voter
from verification.rules.benefit_duties import Sentence, sentences_for
from verification.rules.closing import never_expires, open_duty
from verification.rules.g845 import refusal_to_ask as refusal_to_ask_for_form
from verification.rules.next_act import NextAct, next_act
from verification.rules.submission import fold
from verification.selectors.matching import begun_under_matching, is_matching, told_on
from verification.selectors.verifier_answers import Given, given_answers

# What a reason points at among the typed fields; it never carries a value out of a record (S1.4).
REASON_FIELDS: dict[str, tuple[str, ...]] = {
    Reason.NAME_MISMATCH: ("family_name", "given_name"),
    Reason.DATE_OF_BIRTH_MISMATCH: ("date_of_birth",),
    Reason.NO_RECORD: immigration_documents.ENUMERATORS,
    Reason.DOCUMENT_MISMATCH: immigration_documents.ENUMERATORS,
    Reason.AMBIGUOUS: immigration_documents.ENUMERATORS,
    Reason.SEVIS_ID_REQUIRED: ("sevis_id",),
    Reason.SEVIS_INACTIVE: ("sevis_id",),
}
REMEDIES: dict[str, str] = {
    Reason.NO_RECORD: "Compare each character with the original. A new arrival may take days.",
    Reason.NAME_MISMATCH: "Compare with the original. Are family and given name exchanged?",
    Reason.DATE_OF_BIRTH_MISMATCH: "Are day and month swapped?",
    Reason.DOCUMENT_MISMATCH: "Is it the most recent card? Were the numbers read off one document?",
    Reason.AMBIGUOUS: "Another number from the documents, or a status verifier, can settle it.",
    Reason.SEVIS_ID_REQUIRED: "Add the SEVIS ID from the I-20 or DS-2019 and retry.",
    Reason.SEVIS_INACTIVE: "The applicant asks the school or sponsor to correct it.",
    Reason.STATUS_NEEDS_REVIEW: "Nothing you typed is wrong; request additional verification.",
    Reason.DOCUMENT_SUSPECT: "A status verifier looks at a copy; request additional verification.",
    Reason.SOURCE_UNAVAILABLE: "Try again later, or request additional verification.",
}
RETURNED_LABELS: dict[str, str] = {
    "family_name": "Family name",
    "given_name": "Given name",
    "middle_name": "Middle name",
    "date_of_birth": "Date of birth",
    "a_number": "A-number",
    "i94_number": "I-94 number",
    "sevis_id": "SEVIS ID",
    "card_number": "Card number",
    "card_expires": "Card expires",
    "naturalization_certificate": "Naturalization certificate",
    "citizenship_certificate": "Citizenship certificate",
    "country_of_birth": "Country of birth",
    "country_of_citizenship": "Citizenship",
    "class_of_admission": "Class of admission",
    "entry_date": "Date of entry",
    "port_of_entry": "Port of entry",
    "admitted_until": "Admitted until",
    "grant_date": "Status granted",
    "conditions_until": "Conditions run until",
    "ead_provision": "Employment authorization, provision of law",
    "ead_start": "Employment authorized from",
    "ead_end": "Employment authorized until",
    "naturalization_date": "Naturalized on",
}
MAIN_SYSTEMS = ("CIS", "ADIS", "SEVIS", "CLAIMS3", "CLAIMS4")
TYPED_FOR_RETURNED = {"card_expires": "document_expires_on"}


@dataclass(frozen=True, slots=True)
class Compared:
    """A typed field beside the returned one. `result` is same, near, differs or returned."""

    name: str
    label: str
    typed: str
    returned: str
    result: str
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class LookAt:
    """A typed field that a reason points at, with the remedy."""

    name: str
    label: str
    typed: str
    why: str


@dataclass(frozen=True, slots=True)
class Act:
    """Something that can be done with the case, or why not yet (`locked`, with `rule`)."""

    name: str
    label: str
    locked: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the timeline."""

    at: datetime
    text: str
    detail: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class CasePage:
    """The page of a case, for readers on paper and on screen alike."""

    case: Case
    answer: InitialAnswer | None
    next: NextAct
    today: date
    days_left: int | None
    why_due: str
    expires_on: date | None
    compared: list[Compared]
    look_at: list[LookAt]
    typed: list[tuple[str, str, str]]
    acts: list[Act]
    timeline: list[Happened]
    charges: list[ChargeEvent]
    has_photo: bool
    may_act: bool
    duties_done: int
    documents: list[CaseDocument]
    musts: list[Sentence]
    must_nots: list[Sentence]
    record_corrected_on: date | None
    given: list[Given]

    @property
    def verifier_answer(self) -> Given | None:
        """The newest answer of a status verifier that still holds."""
        return next((given for given in reversed(self.given) if given.holds), None)

    @property
    def earlier_answers(self) -> list[Given]:
        """The other answers of status verifiers, newest first."""
        return [given for given in reversed(self.given) if given is not self.verifier_answer]

    @property
    def expires_soon(self) -> bool:
        """Whether the first warning before the 180 days is due (S3.6)."""
        first_warning = timedelta(days=max(deadlines.WARNINGS))
        return self.expires_on is not None and self.today >= self.expires_on - first_warning

    @property
    def confirmed(self) -> bool:
        return self.answer is not None and self.answer.is_confirmed


def case_page(*, user: User, number: str, at: datetime) -> CasePage | None:
    """The case if this person may see it, else None: there is no difference to one that is not.

    Ten queries: the case with its people, its answers of both kinds, requests, mailings, moves,
    charges, copies and reminders, and the calendar's closures when they are not at hand.
    """
    case = (
        Case.objects.visible_to(user)
        .select_related(
            "agency",
            "agency__acts_for",
            "handled_by",
            "created_by",
            "photo_answered_by",
            "told_applicant_by",
            "wish_by",
            "sheet_given_by",
            "supersedes",
            "superseded_by",
        )
        .annotate(
            record_corrected_at=Subquery(
                CorrectionNotice.objects.filter(case=OuterRef("pk"))
                .order_by("-at")
                .values("at")[:1]
            ),
            is_matching=begun_under_matching(),
        )
        .filter(number=number)
        .first()
    )
    if case is None:
        return None
    answers = list(case.initial_answers.select_related("by"))
    charges = list(case.charges.all())
    requests = list(case.additional_requests.select_related("by"))
    moves = list(case.moves.select_related("by", "giver", "taker"))
    given = given_answers(case, user=user)
    mailings = list(case.g845_mailings.select_related("by", "arrived_by"))
    answer = answers[-1] if answers else None
    has_photo = answer is not None and answer.photo_id is not None
    reasons = answer.reasons if answer else []
    today = deadlines.local_date(at, case.agency.time_zone)
    due = deadlines.promised(case)
    may_act = policies.can_act_on(by=user, case=case)
    documents = list(case.documents.select_related("file", "by"))
    reminded = User.objects.filter(pk=OuterRef("to_id")).values("full_name")
    reminders = list(case.reminders.annotate(to_name=Subquery(reminded)))
    musts, must_nots = sentences_for(
        status=case.status,
        outcome=answer.outcome if answer else "",
        benefits=case.benefits,
        matching=is_matching(case),
        told_on=told_on(case),
    )
    return CasePage(
        case=case,
        answer=answer,
        next=next_act(case, has_photo=has_photo, reasons=reasons),
        today=today,
        days_left=deadlines.working_days_left(today, due.on) if due else None,
        why_due=due.in_words() if due else "",
        expires_on=deadlines.expires_on(
            last_action_at=case.last_action_at, time_zone=case.agency.time_zone
        )
        if case.waits_for == WaitsFor.CASEWORKER and not never_expires(case)
        else None,
        compared=_compare(case, answer) if answer and answer.returned else [],
        look_at=_look_at(case, reasons),
        typed=typed_rows(case),
        acts=acts_of(
            case,
            user=user,
            has_photo=has_photo,
            reasons=reasons,
            was_asked=bool(requests or mailings),
            citizen=voter.concerns(case.benefits)
            and voter.found_citizen(one.answer for one in given),
        ),
        timeline=_timeline(case, answers, requests, given, mailings, reminders, documents, moves),
        documents=documents,
        musts=musts,
        must_nots=must_nots,
        charges=charges,
        has_photo=has_photo,
        may_act=may_act and case.is_open,
        duties_done=sum(
            (case.told_applicant_at is not None, bool(case.wish), case.sheet_given_at is not None)
        ),
        record_corrected_on=_corrected_since(case, answer),
        given=given,
    )


def _corrected_since(case: Case, answer: InitialAnswer | None) -> date | None:
    """The day on which a record behind the last answer was corrected, if it was (S3.10)."""
    corrected = case.record_corrected_at  # type: ignore[attr-defined]
    if corrected is None or answer is None or corrected <= answer.at:
        return None
    return deadlines.local_date(corrected, case.agency.time_zone)


def photo_of(*, user: User, number: str) -> tuple[Case, int] | None:
    """The case and the photo that came back with its last answer, if this person may see it."""
    case = Case.objects.visible_to(user).select_related("agency").filter(number=number).first()
    if case is None:
        return None
    last = case.initial_answers.last()
    if last is None or last.photo_id is None:
        return None
    return case, last.photo_id


def require_case(*, user: User, number: str) -> Case:
    """The case for a form, or `NoSuchCase`, which does not say whether it exists."""
    case = Case.objects.visible_to(user).select_related("agency").filter(number=number).first()
    if case is None:
        raise NoSuchCase("There is no such case among those you may see.")
    return case


def typed_rows(case: Case) -> list[tuple[str, str, str]]:
    """(field, label, shown value) of what was typed, in the order of the document."""
    document = immigration_documents.DOCUMENT_TYPES[case.document_type]
    rows = [
        (use.name, use.title, immigration_documents.show_number(use.name, value))
        for use in document.fields
        if (value := getattr(case, use.name))
    ]
    shown = {use.name for use in document.fields}
    rows += [
        (name, known.label, immigration_documents.show_number(name, value))
        for name, known in immigration_documents.FIELDS.items()
        if name not in shown and (value := getattr(case, name))
    ]
    if case.document_expires_on:
        rows.append(("document_expires_on", "Expires", _day(case.document_expires_on)))
    rows += [
        ("family_name", "Family name", case.family_name),
        ("given_name", "Given name", case.given_name),
    ]
    if case.middle_name:
        rows.append(("middle_name", "Middle name", case.middle_name))
    rows.append(("date_of_birth", "Date of birth", _day(case.date_of_birth)))
    if case.also_known_as:
        rows.append(("also_known_as", "Also known as", "; ".join(case.also_known_as)))
    return rows


def _look_at(case: Case, reasons: list[str]) -> list[LookAt]:
    shown: list[LookAt] = []
    typed = {name: (label, value) for name, label, value in typed_rows(case)}
    for reason in reasons:
        why = f"{Reason(reason).label} {REMEDIES[Reason(reason)]}"
        pointed = [name for name in REASON_FIELDS.get(Reason(reason), ()) if name in typed]
        if not pointed:
            shown.append(LookAt("", "The case as a whole", "", why))
        shown += [LookAt(name, typed[name][0], typed[name][1], why) for name in pointed]
    return shown


def _compare(case: Case, answer: InitialAnswer) -> list[Compared]:
    rows = []
    returned: dict[str, dict[str, Any]] = answer.returned or {}
    for name, label in RETURNED_LABELS.items():
        typed = getattr(case, TYPED_FOR_RETURNED.get(name, name), None)
        datum = returned.get(name)
        if datum is None and (
            not typed or name not in ("middle_name", *immigration_documents.ENUMERATORS)
        ):
            continue
        rows.append(_compared(name, label, typed, datum))
    return rows


def _compared(name: str, label: str, typed: Any, datum: dict[str, Any] | None) -> Compared:
    value = datum["value"] if datum else ""
    source = f"{datum['system']}, record of {_iso_day(datum['record_date'])}" if datum else ""
    typed_text = typed.isoformat() if isinstance(typed, date) else (typed or "")
    result, note = _result(name, typed_text, value)
    return Compared(
        name=name,
        label=label,
        typed=_shown(name, typed_text),
        returned=_shown(name, value),
        result=result,
        note=note,
        source=source,
    )


def _result(name: str, typed: str, value: str) -> tuple[str, str]:
    if not typed:
        return "returned", ""
    if not value:
        return "near", "The record does not have this; it is left out of the comparison."
    if typed == value or (not name.endswith("_name") and typed.casefold() == value.casefold()):
        return "same", ""
    if name.endswith("_name"):
        if typed.casefold() == value.casefold():
            return "same", ""
        if fold(typed) == fold(value):
            return "near", "The source writes names without accents and other marks."
        return "near", "Written differently, found to be the same person's name."
    return "differs", "Compare with the original."


def _shown(name: str, value: str) -> str:
    if not value:
        return ""
    if name in ("country_of_birth", "country_of_citizenship"):
        return country_name(value)
    if name in immigration_documents.FIELDS:
        return immigration_documents.show_number(name, value)
    return _iso_day(value)


def country_name(code: str) -> str:
    """The name behind three letters of ISO 3166, or the letters themselves."""
    country = pycountry.countries.get(alpha_3=code)
    return getattr(country, "common_name", country.name) if country else code


def _iso_day(value: str) -> str:
    try:
        return _day(date.fromisoformat(value[:10])) if value[4:5] == "-" else value
    except ValueError:
        return value


def _day(value: date) -> str:
    return f"{value:%b} {value.day}, {value.year}"


def acts_of(
    case: Case,
    *,
    user: User,
    has_photo: bool,
    reasons: list[str],
    was_asked: bool,
    citizen: bool = False,
) -> list[Act]:
    """What this person can do now, from the life cycle and the policies."""
    if not case.is_open:
        return []
    acts: list[Act] = []
    if not policies.can_act_on(by=user, case=case):
        if user.can(Permission.VIEW_AGENCY_CASES) or user.can(Permission.VIEW_OWN_CASES):
            acts.append(
                Act("none", "Change the case", "You may read this case; its caseworker acts on it.")
            )
        return acts
    if can_proceed(case.request_additional):
        acts.append(Act("additional", "Request additional verification"))
    if case.status == CaseStatus.INITIAL_UNCONFIRMED:
        acts.append(Act("retry", "Correct and retry"))
    if case.status == CaseStatus.G845_RECOMMENDED:
        acts.append(Act("send-form", "Send the documents"))
    elif refusal_to_ask_for_form(case, reasons=reasons) is None:
        acts.append(Act("ask-form", "Ask for a Form G-845"))
    acts.append(Act("newer", "The applicant has a newer document"))
    refusal = open_duty(case, has_photo=has_photo, was_asked=was_asked, citizen=citizen)
    label = "Close the case"
    if case.status == CaseStatus.INITIAL_CONFIRMED:
        label = "Complete and close"
    elif case.waits_for == WaitsFor.VERIFIER:
        label = "Withdraw and close"
    acts.append(
        Act("close", label, refusal.message if refusal else "", refusal.rule if refusal else "")
    )
    return acts


def _drawn_from(answer: InitialAnswer) -> str:
    """The systems a confirmed answer was drawn from, and the days of their records."""
    systems = answer.grounds.get("systems", ())
    return "; ".join(f"{system}, record of {_iso_day(day)}" for system, day in systems)


def _searched(answer: InitialAnswer) -> str:
    """How much was searched, and how old the uploads were that most answers rest on."""
    days = dict(answer.searched)
    main = ", ".join(f"{name} of {_iso_day(days[name])}" for name in MAIN_SYSTEMS if name in days)
    count = f"{len(days)} record system{'' if len(days) == 1 else 's'}"
    return f"Searched {count}{f': {main}' if main else ''}" if days else ""


def _sent_forms(mailings: list[G845Mailing]) -> list[Happened]:
    """Each Form G-845 that was sent, and when it was there."""
    lines = []
    for sent in mailings:
        what = {
            FormWay.POST: f"Mailed the Form G-845 on {_day(sent.mailed_on)}",
            FormWay.COPIES: "Sent copies of the documents in place of the form",
            FormWay.PAPER: f"Paper Form G-845 keyed in, postmark of {_day(sent.mailed_on)}",
        }[FormWay(sent.way)]
        lines.append(Happened(sent.at, what, f"Answer due {_day(sent.due_on)}", sent.by.full_name))
        if sent.way == FormWay.POST and sent.arrived_at is not None:
            lines.append(Happened(sent.arrived_at, "The form arrived at the status verifiers"))
    return lines


def _timeline(
    case: Case,
    answers: list[InitialAnswer],
    requests: list[AdditionalRequest],
    given: list[Given],
    mailings: list[G845Mailing],
    reminders: Sequence[Reminder],
    documents: list[CaseDocument],
    moves: list[CaseMove],
) -> list[Happened]:
    """What happened, newest first; two things at one instant in the order they were done."""
    lines: list[Happened] = []
    for index, answer in enumerate(answers):
        what = "submitted the case" if index == 0 else "corrected and retried"
        lines.append(Happened(answer.at, what.capitalize(), "", answer.by.full_name))
        lines.append(
            Happened(
                answer.at,
                "SAVE answered: confirmed"
                if answer.is_confirmed
                else "SAVE answered: not confirmed",
                _drawn_from(answer) if answer.is_confirmed else _searched(answer),
                "",
            )
        )
    done = (
        (
            case.photo_answered_at,
            case.photo_answered_by,
            "Compared the photo: " + (case.get_photo_answer_display() or ""),
        ),
        (case.told_applicant_at, case.told_applicant_by, "Told the applicant"),
        (
            case.wish_at,
            case.wish_by,
            "Recorded the applicant's wish: " + (case.get_wish_display() or ""),
        ),
        (case.sheet_given_at, case.sheet_given_by, "Gave the correction sheet"),
    )
    lines += [
        Happened(at, text, "", who.full_name if who else "the applicant, on CaseCheck")
        for at, who, text in done
        if at
    ]
    lines += [
        Happened(
            asked.at,
            "Requested additional verification",
            _asked_with(asked, documents),
            asked.by.full_name,
        )
        for asked in requests
    ]
    lines += [
        Happened(each.answer.at, each.happened, each.words.basis, "the Status Verification Office")
        for each in given
    ]
    lines += _sent_forms(mailings)
    lines += _reminded(reminders)
    lines += [
        Happened(
            move.at,
            f"Moved from {move.giver.full_name} to {move.taker.full_name}",
            "",
            move.by.full_name,
        )
        for move in moves
    ]
    if case.closed_at:
        lines.append(
            Happened(case.closed_at, f"Closed: {case.get_closure_reason_display()}", "", "")
        )
    return [
        line
        for _, line in sorted(
            enumerate(lines), key=lambda pair: (pair[1].at, pair[0]), reverse=True
        )
    ]


def _asked_with(asked: AdditionalRequest, documents: list[CaseDocument]) -> str:
    """The reason of a request, and how many copies went with it."""
    copies = sum(document.sent_at == asked.at for document in documents)
    plural = "copy" if copies == 1 else "copies"
    return f"{asked.get_reason_display()}; {copies or 'no'} {plural} of documents"


def _reminded(reminders: Sequence[Reminder]) -> list[Happened]:
    """Reminders that went out; the fence keeps the names of an office's people from an agency."""
    lines: dict[tuple[datetime, str, str], Happened] = {}
    for sent in reminders:
        name = getattr(sent, "to_name", None)
        text = f"Reminder sent to {name}" if name else "The verifiers' supervisor was told"
        lines[sent.at, sent.kind, text] = Happened(sent.at, text, sent.get_kind_display())
    return list(lines.values())
