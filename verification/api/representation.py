"""A case as the API shows it: the same facts and sentences as its page, in JSON.

What never leaves is the same as on the page: numbers of passport and visa (S8.2), and anything of
a record that the list of returned data does not name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import reverse

from save_portal.accounts.models import User
from verification import deadlines
from verification.api.bodies import IN_APPLICANT
from verification.enums import WaitsFor
from verification.lifecycles.case import CaseStatus
from verification.models import Case, CaseDocument, InitialAnswer
from verification.rules.answer_words import ELIGIBILITY, NOT_CONFIRMED
from verification.rules.benefit_duties import sentences_for
from verification.rules.closing import never_expires
from verification.rules.unconfirmed import ADDITIONAL, RETRY
from verification.selectors.answer_in_words import in_words, value_of
from verification.selectors.case_page import Act, CasePage, acts_of
from verification.selectors.matching import found_matching, is_matching, told_on
from verification.selectors.verifier_answers import Given

HIDDEN = ("passport_number", "passport_country", "visa_number")
THEN_HERE = {
    RETRY: "Add it with retry.",
    ADDITIONAL: "Add it with additional-verification.",
}
# An act of the page → the address that does it here.
ADDRESSES = {
    "additional": "additional-verification",
    "retry": "retry",
    "send-form": "g845-mailed",
    "ask-form": "g845",
    "newer": "newer-document",
    "close": "close",
}


def of_page(page: CasePage) -> dict[str, Any]:
    """A case read from the database."""
    return _case(
        page.case,
        answer=page.answer,
        given=page.given,
        documents=page.documents,
        acts=page.acts,
        today=page.today,
        may_act=page.may_act,
        matching=is_matching(page.case),
        neighbors=(
            page.case.supersedes.number if page.case.supersedes else None,
            _newer(page.case),
        ),
        record_corrected_on=page.record_corrected_on,
    )


def of_new(case: Case, answer: InitialAnswer, *, by: User, at: datetime) -> dict[str, Any]:
    """A case that was begun a moment ago. One query where it was not confirmed, else none."""
    acts = acts_of(
        case,
        user=by,
        has_photo=answer.photo_id is not None,
        reasons=answer.reasons,
        was_asked=False,
    )
    return _case(
        case,
        answer=answer,
        given=(),
        documents=(),
        acts=acts,
        today=deadlines.local_date(at, case.agency.time_zone),
        may_act=True,
        matching=not answer.is_confirmed and found_matching(case),
    )


def row(case: Case) -> dict[str, Any]:
    """A case as a line of a list: where it stands, and nothing out of a record."""
    return {
        "case_number": case.number,
        **_standing(case),
        "outcome": case.last_outcome,  # type: ignore[attr-defined]
        "reasons": case.last_reasons or [],  # type: ignore[attr-defined]
        "benefits": case.benefits,
        "agency_reference": case.agency_reference,
        "due_on": case.due_on,
        "handled_by": _person(case),
        "created_at": case.created_at,
        "updated_at": case.last_action_at,
        "links": {"self": case_address("case", case.number)},
    }


def etag(case: Case) -> str:
    return f'"{case.version}"'


def address(name: str, *args: Any) -> str:
    return reverse(f"api:{name}", args=args)


def case_address(name: str, number: str) -> str:
    """The address of this name for one case. A case has up to ten, so each is looked up once."""
    return _case_pattern(name).replace(PLACE, number)


PLACE = "0" * 15  # a number as far as addresses look at it


@cache
def _case_pattern(name: str) -> str:
    return address(name, PLACE)


def copy_of(document: CaseDocument) -> dict[str, Any]:
    return {
        "id": document.pk,
        "kind": document.kind,
        "name": document.file.name,
        "pages": document.file.pages,
        "state": document.file.state,
        "added_at": document.at,
        "sent_at": document.sent_at,
    }


def _case(
    case: Case,
    *,
    answer: InitialAnswer | None,
    given: Sequence[Given],
    documents: Iterable[CaseDocument],
    acts: Iterable[Act],
    today: date,
    may_act: bool,
    neighbors: tuple[str | None, str | None] = (None, None),
    record_corrected_on: date | None = None,
    matching: bool = False,
) -> dict[str, Any]:
    actions = _actions(case, answer, acts, may_act=may_act)
    due = deadlines.promised(case)
    expires = case.waits_for == WaitsFor.CASEWORKER and not never_expires(case)
    return {
        "case_number": case.number,
        **_standing(case),
        "outcome": answer.outcome if answer else None,
        "reasons": answer.reasons if answer else [],
        "response": _response(case, answer),
        "verifier_answers": [_verifier_answer(one) for one in given],
        "notices": _notices(case, answer, given, today, record_corrected_on, matching),
        "deadlines": {
            "due_on": due.on if due else None,
            "why": due.in_words() if due else "",
            "expires_on": deadlines.expires_on(
                last_action_at=case.last_action_at, time_zone=case.agency.time_zone
            )
            if expires
            else None,
        },
        "duties": _duties(case),
        "allowed_actions": actions,
        "blocked_actions": [
            {"action": ADDRESSES[act.name], "detail": act.locked, "rule": act.rule}
            for act in acts
            if act.locked and act.name in ADDRESSES
        ],
        "applicant": {
            "family_name": case.family_name,
            "given_name": case.given_name,
            "middle_name": case.middle_name,
            "date_of_birth": case.date_of_birth,
            "also_known_as": case.also_known_as,
        },
        "document": {
            "type": case.document_type,
            "description": case.document_description,
            "expires_on": case.document_expires_on,
            "doubt": case.document_doubt,
            **{name: value for name, value in case.enumerators().items() if name not in HIDDEN},
        },
        "benefits": case.benefits,
        "agency_reference": case.agency_reference,
        "documents": [copy_of(document) for document in documents],
        "handled_by": _person(case),
        "supersedes": neighbors[0],
        "superseded_by": neighbors[1],
        "created_at": case.created_at,
        "updated_at": case.last_action_at,
        "links": _links(case, answer, actions),
    }


def _standing(case: Case) -> dict[str, Any]:
    return {
        "step": case.step,
        "status": case.status,
        "waiting_for": case.waits_for,
        "closure_reason": case.closure_reason or None,
        "closed_at": case.closed_at,
    }


def _person(case: Case) -> dict[str, Any]:
    return {"id": case.handled_by_id, "name": case.handled_by.full_name}


def _response(case: Case, answer: InitialAnswer | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    returned: dict[str, dict[str, str]] = answer.returned or {}
    words = in_words(case, answer)
    return {
        "answered_at": answer.at,
        "statement_code": answer.statement_code,
        "statement": answer.statement,
        "summary": words.sentence,
        "means": list(words.means),
        "ask_for": [
            {
                "field": f"{'applicant' if one.field in IN_APPLICANT else 'document'}.{one.field}"
                if one.act == RETRY
                else f"further_numbers.{one.field}",
                "label": one.label,
                "where": one.where,
                "action": one.act,
            }
            for one in words.wanted
        ],
        "certainty": answer.grade or None,
        "class_of_admission": value_of(returned, "class_of_admission"),
        "employment": words.employment,
        "returned": returned,
        "photo": answer.photo_id is not None,
    }


def _verifier_answer(one: Given) -> dict[str, Any]:
    answer, words = one.answer, one.words
    return {
        "id": answer.pk,
        "step": answer.step,
        "kind": answer.kind,
        "answered_at": answer.at,
        "holds": one.holds,
        "corrects": answer.corrects_id,
        "summary": words.lede,
        "items": [{"item": said.number, "text": said.text} for said in words.sentences],
        "remarks": list(words.prepared),
        "comment": words.comment,
        "send_again": [{"what": what, "how": how} for what, how in words.send],
        "expected_on": answer.expected_on,
        "correction_note": words.correction_note,
        "not_meant": list(words.not_meant),
    }


def _notices(
    case: Case,
    answer: InitialAnswer | None,
    given: Sequence[Given],
    today: date,
    record_corrected_on: date | None,
    matching: bool,
) -> list[dict[str, str]]:
    """S1.4 wherever something is not confirmed, and what the agency must and must not do."""
    confirmed = answer is not None and answer.is_confirmed
    settled = any(one.words.settles and one.holds for one in given)
    notices = []
    if not confirmed and not settled:
        notices = [
            _notice("what_it_does_not_mean", "S1.4", text)
            for text in (
                "A missing match does not mean unlawful presence, ineligibility or "
                "non-citizenship: the records that could be searched did not confirm.",
                *NOT_CONFIRMED,
            )
        ]
    notices.append(_notice("eligibility_is_yours", "S1.4", ELIGIBILITY))
    if case.status == CaseStatus.INITIAL_UNCONFIRMED:
        notices += [
            _notice("ask_for", "S3.1", f"{one.label}: {one.where} {THEN_HERE[one.act]}")
            for one in in_words(case, answer).wanted
        ]
    musts, must_nots = sentences_for(
        status=case.status,
        outcome=answer.outcome if answer else "",
        benefits=case.benefits,
        matching=matching,
        told_on=told_on(case),
    )
    notices += [_notice("must", said.rule, said.text) for said in musts]
    notices += [_notice("must_not", said.rule, said.text) for said in must_nots]
    if record_corrected_on is not None:
        text = f"A record behind the answer was corrected on {deadlines.long(record_corrected_on)}."
        notices.append(_notice("record_corrected", "S3.10", f"{text} Asking again may help."))
    under_way = case.status in (CaseStatus.G845_MAILED, CaseStatus.G845_IN_REVIEW)
    if under_way and case.due_on is not None and case.due_on < today:
        text = f"The answer is overdue. Call {settings.TOLL_FREE_NUMBER} about the case."
        notices.append(_notice("overdue", "S3.10", text))
    return notices


def _notice(code: str, rule: str, text: str) -> dict[str, str]:
    return {"code": code, "rule": rule, "text": text}


def _duties(case: Case) -> dict[str, Any]:
    return {
        "photo_match": case.photo_answer or None,
        "told_applicant_at": case.told_applicant_at,
        "wish": case.wish or None,
        "wish_at": case.wish_at,
        "wish_is_the_applicants_own": case.wish_is_the_applicants_own,
        "correction_sheet_at": case.sheet_given_at,
    }


def _actions(
    case: Case, answer: InitialAnswer | None, acts: Iterable[Act], *, may_act: bool
) -> list[str]:
    """What can be done now, by the names of the addresses."""
    if not may_act or not case.is_open:
        return []
    names = [ADDRESSES[act.name] for act in acts if act.name in ADDRESSES and not act.locked]
    has_photo = answer is not None and answer.photo_id is not None
    if case.status == CaseStatus.INITIAL_CONFIRMED and has_photo:
        names.insert(0, "photo-match")
    if case.status == CaseStatus.INITIAL_UNCONFIRMED:
        names.insert(0, "duties")
    return [*names, "documents"]


def _links(case: Case, answer: InitialAnswer | None, actions: Iterable[str]) -> dict[str, str]:
    links = {"self": case_address("case", case.number)}
    if answer is not None and answer.photo_id is not None:
        links["photo"] = case_address("photo", case.number)
    if case.step == "g845":
        links["g845.pdf"] = case_address("g845-pdf", case.number)
    return links | {name: case_address(name, case.number) for name in actions}


def _newer(case: Case) -> str | None:
    newer: Case | None = getattr(case, "superseded_by", None)
    return newer.number if newer is not None else None
