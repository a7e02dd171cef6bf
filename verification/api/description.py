"""What the description says of cases: shapes of answers, examples, and each operation."""

from __future__ import annotations

from typing import Any

from save_portal.machines.operations import Operation
from save_portal.machines.schema import SHAPES
from verification.enums import (
    AnswerKind,
    Certainty,
    ClosureReason,
    DocumentKind,
    EventKind,
    Outcome,
    PhotoAnswer,
    Reason,
    Step,
    WaitsFor,
    Wish,
)
from verification.immigration_documents import DOCUMENT_TYPES
from verification.lifecycles.case import CaseStatus
from verification.rules.voter import LISTED

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
DAY: Schema = {"type": "string", "format": "date"}
INSTANT: Schema = {"type": "string", "format": "date-time"}


def _codes(values: Any) -> Schema:
    return {"type": "string", "enum": [str(value) for value in values]}


def _or_null(schema: Schema) -> Schema:
    changed = {**schema, "type": [schema["type"], "null"]}
    return {**changed, "enum": [*schema["enum"], None]} if "enum" in schema else changed


def _list(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _object(
    properties: dict[str, Schema], *, text: str = "", optional: tuple[str, ...] = ()
) -> Schema:
    made: Schema = {
        "type": "object",
        "required": [name for name in properties if name not in optional],
        "properties": properties,
    }
    return {**made, "description": text} if text else made


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _said(schema: Schema, text: str) -> Schema:
    return {**schema, "description": text}


STANDING: dict[str, Schema] = {
    "step": _codes(Step.values),
    "status": _codes(CaseStatus.values),
    "waiting_for": _codes(WaitsFor.values),
    "closure_reason": _or_null(_codes(ClosureReason.values)),
    "closed_at": _or_null(INSTANT),
}
PERSON = _object({"id": WHOLE, "name": TEXT}, text="Who handles the case: a person or a machine.")
DATUM = _object({"value": TEXT, "system": TEXT, "record_date": DAY})
RESPONSE: Schema = {
    **_object(
        {
            "answered_at": INSTANT,
            "statement_code": WHOLE,
            "statement": TEXT,
            "summary": _said(TEXT, "The answer in one plain sentence."),
            "means": _list(TEXT),
            "ask_for": _said(
                _list(
                    _object(
                        {
                            "field": _said(TEXT, "Where it goes in the body of the action."),
                            "label": TEXT,
                            "where": TEXT,
                            "action": _codes(("retry", "additional-verification")),
                        }
                    )
                ),
                "One more thing to ask the applicant for, what settles the question first. The "
                "same for everybody with this document, these numbers and these reasons.",
            ),
            "certainty": _or_null(_codes(Certainty.values)),
            "class_of_admission": TEXT,
            "employment": TEXT,
            "returned": {
                "type": "object",
                "description": "What the applicant's own record says, each datum with its system "
                "and the day of its record. Never a number of passport or visa.",
                "additionalProperties": DATUM,
            },
            "photo": _said(FLAG, "Whether a photo came back; get it and answer photo-match."),
        }
    ),
    "type": ["object", "null"],
}
SHAPES["VerifierAnswer"] = _object(
    {
        "id": WHOLE,
        "step": _codes((Step.ADDITIONAL, Step.G845)),
        "kind": _codes(AnswerKind.values),
        "answered_at": INSTANT,
        "holds": _said(FLAG, "Whether no correction followed."),
        "corrects": _or_null(WHOLE),
        "summary": TEXT,
        "items": _list(_object({"item": WHOLE, "text": TEXT})),
        "remarks": _list(TEXT),
        "comment": TEXT,
        "send_again": _list(_object({"what": TEXT, "how": TEXT})),
        "expected_on": _or_null(DAY),
        "correction_note": TEXT,
        "not_meant": _list(TEXT),
    },
    text="What a status verifier answered.",
)
SHAPES["Copy"] = _object(
    {
        "id": WHOLE,
        "kind": _codes(DocumentKind.values),
        "name": TEXT,
        "pages": WHOLE,
        "state": _codes(("quarantined", "clean", "refused")),
        "added_at": INSTANT,
        "sent_at": _or_null(INSTANT),
    },
    text="A copy of a document. Sent, it stays.",
)
SHAPES["Case"] = _object(
    {
        "case_number": TEXT,
        **STANDING,
        "outcome": _or_null(_codes(Outcome.values)),
        "reasons": _said(_list(_codes(Reason.values)), "Which typed fields to look at."),
        "response": RESPONSE,
        "verifier_answers": _list(_ref("VerifierAnswer")),
        "notices": _said(
            _list(_object({"code": TEXT, "rule": TEXT, "text": TEXT})),
            "Show these with the answer: what it does not mean, what you must and must not do.",
        ),
        "deadlines": _object(
            {"due_on": _or_null(DAY), "why": TEXT, "expires_on": _or_null(DAY)},
            text="The promised day with its reason, and the end of the 180 days.",
        ),
        "duties": _object(
            {
                "photo_match": _or_null(_codes(PhotoAnswer.values)),
                "told_applicant_at": _or_null(INSTANT),
                "wish": _or_null(_codes(Wish.values)),
                "wish_at": _or_null(INSTANT),
                "wish_is_the_applicants_own": FLAG,
                "correction_sheet_at": _or_null(INSTANT),
            }
        ),
        "allowed_actions": _said(_list(TEXT), "What can be done now: names of `links`."),
        "blocked_actions": _said(
            _list(_object({"action": TEXT, "detail": TEXT, "rule": TEXT})),
            "What a duty stands before.",
        ),
        "applicant": _object(
            {
                "family_name": TEXT,
                "given_name": TEXT,
                "middle_name": TEXT,
                "date_of_birth": DAY,
                "also_known_as": _list(TEXT),
            }
        ),
        "document": {
            **_object(
                {
                    "type": _codes(DOCUMENT_TYPES),
                    "description": TEXT,
                    "expires_on": _or_null(DAY),
                    "doubt": TEXT,
                },
                text="As you sent it, numbers in their standard form. Those of passport and visa "
                "are not repeated.",
            ),
            "additionalProperties": TEXT,
        },
        "benefits": _list(_codes(code for code, _ in LISTED)),
        "agency_reference": TEXT,
        "documents": _list(_ref("Copy")),
        "handled_by": PERSON,
        "supersedes": _or_null(TEXT),
        "superseded_by": _or_null(TEXT),
        "created_at": INSTANT,
        "updated_at": INSTANT,
        "links": {"type": "object", "additionalProperties": TEXT},
    },
    text="One verification case, from the first question to its end.",
)
SHAPES["CaseRow"] = _object(
    {
        "case_number": TEXT,
        **STANDING,
        "outcome": _or_null(_codes(Outcome.values)),
        "reasons": _list(_codes(Reason.values)),
        "benefits": _list(_codes(code for code, _ in LISTED)),
        "agency_reference": TEXT,
        "due_on": _or_null(DAY),
        "handled_by": PERSON,
        "created_at": INSTANT,
        "updated_at": INSTANT,
        "links": {"type": "object", "additionalProperties": TEXT},
    },
    text="Where a case stands, without anything out of a record.",
)
SHAPES["CasePage"] = _object({"cases": _list(_ref("CaseRow")), "next_cursor": _or_null(TEXT)})
SHAPES["BenefitList"] = _object(
    {"items": _list(_object({"code": TEXT, "name": TEXT, "permitted": FLAG}))}
)
SHAPES["DocumentTypeList"] = _object(
    {
        "items": _list(
            _object(
                {
                    "code": TEXT,
                    "name": TEXT,
                    "group": TEXT,
                    "expires_on": _codes(("required", "optional", "none")),
                    "fields": _list(
                        _object(
                            {
                                "name": TEXT,
                                "label": TEXT,
                                "required": FLAG,
                                "where": TEXT,
                                "format": TEXT,
                                "example": TEXT,
                            }
                        )
                    ),
                }
            )
        )
    }
)
SHAPES["ClassList"] = _object(
    {"items": _list(_object({"code": TEXT, "group": TEXT, "meaning": TEXT}))}
)
SHAPES["StatementList"] = _object({"items": _list(_object({"code": WHOLE, "statement": TEXT}))})

SHAPES["Event"] = _object(
    {
        "id": _said(WHOLE, "Its place in the agency's order."),
        "type": _codes(f"case.{kind}" for kind in EventKind.values),
        "case_number": TEXT,
        "at": INSTANT,
        "acknowledged_at": _or_null(INSTANT),
        "links": {"type": "object", "additionalProperties": TEXT},
    },
    text="Something happened to a case. What, is read from the case.",
)
SHAPES["Events"] = _object({"events": _list(_ref("Event")), "more": FLAG})

ASKED: dict[str, Any] = {
    "applicant": {
        "family_name": "Arreola-Quiñones",
        "given_name": "Ana Lucia",
        "middle_name": "",
        "date_of_birth": "1990-05-31",
    },
    "document": {
        "type": "i551",
        "a_number": "A 209-448-177",
        "card_number": "MSC 21 553 30947",
        "expires_on": "2033-04-18",
    },
    "benefits": ["snap"],
    "agency_reference": "HH-20571",
}
NUMBER = "4K7M2P9Q8R3TAXY"
UNCONFIRMED: dict[str, Any] = {
    "case_number": NUMBER,
    "step": "initial",
    "status": "initial_unconfirmed",
    "waiting_for": "caseworker",
    "closure_reason": None,
    "closed_at": None,
    "outcome": "additional_verification",
    "reasons": ["no_record"],
    "response": {
        "answered_at": "2026-11-20T15:00:00Z",
        "statement_code": 37,
        "statement": "Initial Verification Failed: Name or DOB mismatch, or record not found for "
        "document number",
        "summary": "SAVE could not confirm Ana Lucia Arreola-Quiñones's status from the records it "
        "could search.",
        "means": ["No record was found under the number as typed."],
        "ask_for": [
            {
                "field": "further_numbers.i94_number",
                "label": "I-94 number",
                "where": "Arrival/Departure Record (I-94 or I-94A), at the top of the record; a "
                "handwritten number wins: 11 characters.",
                "action": "additional-verification",
            }
        ],
        "certainty": None,
        "class_of_admission": "",
        "employment": "",
        "returned": {},
        "photo": False,
    },
    "verifier_answers": [],
    "notices": [
        {
            "code": "what_it_does_not_mean",
            "rule": "S1.4",
            "text": "A missing match does not mean unlawful presence, ineligibility or "
            "non-citizenship: the records that could be searched did not confirm.",
        },
        {
            "code": "must",
            "rule": "S5.2",
            "text": "Ask for additional verification if the applicant wants it; only they can "
            "decline it.",
        },
    ],
    "deadlines": {
        "due_on": "2026-11-30",
        "why": "Your agency gives this long to follow an initial answer. That is 5 federal working "
        "days from November 20; Thanksgiving Day on November 26 is left out.",
        "expires_on": "2027-05-19",
    },
    "duties": {
        "photo_match": None,
        "told_applicant_at": None,
        "wish": None,
        "wish_at": None,
        "wish_is_the_applicants_own": False,
        "correction_sheet_at": None,
    },
    "allowed_actions": [
        "duties",
        "additional-verification",
        "retry",
        "newer-document",
        "documents",
    ],
    "blocked_actions": [
        {
            "action": "close",
            "detail": "Tell the applicant first that SAVE could not confirm, and record it "
            "(duty 1).",
            "rule": "S3.7",
        }
    ],
    "applicant": {**ASKED["applicant"], "also_known_as": []},
    "document": {
        "type": "i551",
        "description": "",
        "expires_on": "2033-04-18",
        "doubt": "",
        "a_number": "209448177",
        "card_number": "MSC2155330947",
    },
    "benefits": ["snap"],
    "agency_reference": "HH-20571",
    "documents": [],
    "handled_by": {"id": 17, "name": "Eligibility system"},
    "supersedes": None,
    "superseded_by": None,
    "created_at": "2026-11-20T15:00:00Z",
    "updated_at": "2026-11-20T15:00:00Z",
    "links": {"self": f"/api/v1/cases/{NUMBER}", "retry": f"/api/v1/cases/{NUMBER}/retry"},
}
REQUESTED: dict[str, Any] = {
    **UNCONFIRMED,
    "step": "additional",
    "status": "additional_requested",
    "waiting_for": "verifier",
    "deadlines": {
        "due_on": "2026-11-30",
        "why": "Additional verification is answered in 3 to 5 federal working days. That is 5 "
        "federal working days from November 20; Thanksgiving Day on November 26 is left out.",
        "expires_on": None,
    },
    "duties": {
        **UNCONFIRMED["duties"],
        "told_applicant_at": "2026-11-20T15:10:00Z",
        "wish": "wants",
        "wish_at": "2026-11-20T15:10:00Z",
    },
    "allowed_actions": ["close", "documents"],
    "blocked_actions": [],
    "updated_at": "2026-11-20T15:10:00Z",
}
ROW: dict[str, Any] = {
    name: UNCONFIRMED[name] for name in SHAPES["CaseRow"]["properties"] if name in UNCONFIRMED
} | {"due_on": "2026-11-30"}
COPY = {
    "id": 5,
    "kind": "front",
    "name": "card.jpg",
    "pages": 1,
    "state": "clean",
    "added_at": "2026-11-20T15:05:00Z",
    "sent_at": None,
}


def _act(
    id: str, summary: str, request: Any, *, problems: tuple[str, ...] = (), **more: Any
) -> dict[str, Operation]:
    return {
        "post": Operation(
            id=id,
            summary=summary,
            tag="Acts on a case",
            request_example=request,
            versioned=True,
            problems=("refused", *problems),
            **{"answer": "Case", "example": UNCONFIRMED} | more,
        )
    }


def _list_of(id: str, summary: str, answer: str, example: dict[str, Any]) -> dict[str, Operation]:
    return {
        "get": Operation(
            id=id, summary=summary, tag="Reference", answer=answer, example={"items": [example]}
        )
    }


EVENT = {
    "id": 41,
    "type": "case.answered",
    "case_number": NUMBER,
    "at": "2026-11-24T16:20:00Z",
    "acknowledged_at": None,
    "links": {
        "case": f"/api/v1/cases/{NUMBER}",
        "acknowledge": "/api/v1/events/41/acknowledge",
    },
}
ASKING = ("no-agreement", "duplicate-case")
OPERATIONS: dict[str, dict[str, Operation]] = {
    "cases": {
        "get": Operation(
            id="list_cases",
            summary="Cases of the agency",
            tag="Cases",
            answer="CasePage",
            example={"cases": [ROW], "next_cursor": "W2ZhbHNlLCIyMDI2LTExLTIwIl0"},
        ),
        "post": Operation(
            id="begin_case",
            summary="Begin a case",
            tag="Cases",
            answer="Case",
            status=201,
            example=UNCONFIRMED,
            request_example=ASKED,
            problems=("refused", *ASKING),
        ),
    },
    "case": {
        "get": Operation(
            id="read_case", summary="One case", tag="Cases", answer="Case", example=UNCONFIRMED
        )
    },
    "photo": {
        "get": Operation(
            id="read_photo", summary="The returned photo", tag="Cases", answer="image/*"
        )
    },
    "g845.pdf": {
        "get": Operation(
            id="read_g845",
            summary="The Form G-845, filled in",
            tag="Cases",
            answer="application/pdf",
            problems=("refused",),
        )
    },
    "retry": _act("retry_case", "Correct and ask again", ASKED, problems=ASKING),
    "newer-document": _act(
        "newer_document", "A newer document: a new case", ASKED, problems=ASKING, status=201
    ),
    "photo-match": _act("match_photo", "Answer “Is this the person?”", {"answer": "yes"}),
    "duties": _act(
        "record_duties",
        "Record the duties toward the applicant",
        {"told_applicant": True, "wish": "wants"},
    ),
    "additional-verification": _act(
        "request_additional",
        "Request additional verification",
        {"reason": "prompted", "comment": "The applicant entered last week."},
        example=REQUESTED,
    ),
    "g845": _act(
        "ask_for_g845",
        "Ask for a Form G-845",
        {"reason": "document_doubtful", "comment": "The photo looks exchanged."},
    ),
    "g845-mailed": _act("mail_g845", "The form is on its way", {"mailed_on": "2026-11-20"}),
    "close": _act("close_case", "Close the case", {"reason": "completed"}, problems=("duty-open",)),
    "documents": {
        "post": Operation(
            id="add_copy",
            summary="Add a copy of a document",
            tag="Acts on a case",
            answer="Copy",
            status=201,
            example=COPY,
            problems=("refused",),
        )
    },
    "document": {
        "delete": Operation(
            id="remove_copy",
            summary="Take away a copy that was not sent",
            tag="Acts on a case",
            answer="",
            status=204,
            problems=("refused",),
        )
    },
    "events": {
        "get": Operation(
            id="poll_events",
            summary="Events that were not acknowledged",
            tag="Events",
            answer="Events",
            example={"events": [EVENT], "more": False},
        )
    },
    "acknowledge": {
        "post": Operation(
            id="acknowledge_event",
            summary="Acknowledge an event",
            tag="Events",
            answer="Event",
            example={**EVENT, "acknowledged_at": "2026-11-24T16:25:00Z"},
            request_example={},
        )
    },
    "benefits": _list_of(
        "list_benefits",
        "Benefits",
        "BenefitList",
        {"code": "snap", "name": "SNAP", "permitted": True},
    ),
    "document-types": _list_of(
        "list_document_types",
        "Document types",
        "DocumentTypeList",
        {
            "code": "i797",
            "name": "Notice of action (I-797)",
            "group": "Other papers",
            "expires_on": "optional",
            "fields": [
                {
                    "name": "card_number",
                    "label": "Receipt number",
                    "required": True,
                    "where": "At the top left",
                    "format": "3 letters and 10 digits",
                    "example": "SRC 20 901 44218",
                }
            ],
        },
    ),
    "classes-of-admission": _list_of(
        "list_classes",
        "Classes of admission",
        "ClassList",
        {"code": "IR6", "group": "lpr", "meaning": "Spouse of a United States citizen"},
    ),
    "statements": _list_of(
        "list_statements",
        "Eligibility statements",
        "StatementList",
        {"code": 24, "statement": "United States Citizen"},
    ),
}
