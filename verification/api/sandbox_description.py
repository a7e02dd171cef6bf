"""What the description says of the sandbox: shapes, examples, operations."""

from __future__ import annotations

from typing import Any

from save_portal.machines.operations import Operation
from save_portal.machines.schema import SHAPES
from verification.api.description import ASKED, INSTANT, TEXT, WHOLE, Schema
from verification.api.description import _codes as codes
from verification.api.description import _list as many
from verification.api.description import _object as composed
from verification.api.description import _or_null as or_null
from verification.api.description import _ref as ref
from verification.api.description import _said as said
from verification.enums import AnswerKind, Outcome, Reason
from verification.sandbox.person import Group

TAG = "Sandbox"
NUMBER: Schema = {"type": "number"}
SHAPES["Sandbox"] = composed(
    {
        "now": said(INSTANT, "What its clock shows. It runs on from there."),
        "ahead_seconds": said(WHOLE, "By how much it goes ahead of the time outside."),
        "cases": said(WHOLE, "How many cases were begun since it was begun anew."),
        "links": {"type": "object", "additionalProperties": TEXT},
    },
    text="The agency's test mode.",
)
DONE = composed(
    {
        name: {**WHOLE, "description": text}
        for name, text in (
            ("verifier_answers", "answers that the test verifier gave"),
            ("reminders", "reminders that were noted"),
            ("closed", "cases closed after 180 days without action"),
            ("events", "things that came from elsewhere: a wish, a record corrected"),
        )
    },
    text="What came due on the way.",
)
SHAPES["ClockMoved"] = composed({"sandbox": ref("Sandbox"), "done": DONE})
SCRIPTED = composed(
    {
        "working_days": said(WHOLE, "Federal working days after the step before."),
        "kind": said(or_null(codes(AnswerKind.values)), "null: nobody ever answers."),
        "items": said(many(WHOLE), "Numbered answers of Form G-845."),
        "comments": many(WHOLE),
    }
)
SHAPES["SandboxPerson"] = composed(
    {
        "key": TEXT,
        "group": codes(group.value for group in Group),
        "shows": said(TEXT, "What asking about this person shows."),
        "question": said({"type": "object"}, "Send this to POST cases."),
        "outcome": or_null(codes(Outcome.values)),
        "statement_code": or_null(WHOLE),
        "reasons": many(codes(Reason.values)),
        "seconds": said(NUMBER, "How long the sources take."),
        "reason_to_ask": said(TEXT, "`reason` for additional-verification."),
        "verifier_answers": composed({"additional": many(SCRIPTED), "g845": many(SCRIPTED)}),
        "problem": or_null(said(TEXT, "The kind of problem that answers the question.")),
    },
    text="Somebody published, of whom everything that comes is fixed.",
)
SHAPES["SandboxPeople"] = composed({"items": many(ref("SandboxPerson"))})

STATE: dict[str, Any] = {
    "now": "2027-01-04T15:00:00Z",
    "ahead_seconds": 3_888_000,
    "cases": 4,
    "links": {
        "self": "/api/v1/sandbox",
        "people": "/api/v1/sandbox/people",
        "clock": "/api/v1/sandbox/clock",
        "reset": "/api/v1/sandbox/reset",
    },
}
PERSON: dict[str, Any] = {
    "key": "item-10",
    "group": "verifier_answer",
    "shows": "Item 10 after 3 working days: U.S. citizen",
    "question": {**ASKED, "document": {"type": "i327", "a_number": "800001010"}},
    "outcome": "additional_verification",
    "statement_code": 37,
    "reasons": ["no_record"],
    "seconds": 0,
    "reason_to_ask": "prompted",
    "verifier_answers": {
        "additional": [{"working_days": 3, "kind": "final", "items": [10], "comments": []}],
        "g845": [],
    },
    "problem": None,
}


def _get(id: str, summary: str, answer: str, example: Any) -> dict[str, Operation]:
    return {"get": Operation(id=id, summary=summary, tag=TAG, answer=answer, example=example)}


def _post(
    id: str, summary: str, answer: str, example: Any, request: Any, *problems: str
) -> dict[str, Operation]:
    return {
        "post": Operation(
            id=id,
            summary=summary,
            tag=TAG,
            answer=answer,
            example=example,
            request_example=request,
            problems=problems,
        )
    }


OPERATIONS: dict[str, dict[str, Operation]] = {
    "sandbox": _get("read_sandbox", "The sandbox and its clock", "Sandbox", STATE),
    "people": _get("list_sandbox_people", "Published people", "SandboxPeople", {"items": [PERSON]}),
    "clock": _post(
        "move_sandbox_clock",
        "Move the clock forward",
        "ClockMoved",
        {
            "sandbox": STATE,
            "done": {"verifier_answers": 1, "reminders": 0, "closed": 0, "events": 0},
        },
        {"days": 5},
        "refused",
    ),
    "reset": _post(
        "reset_sandbox",
        "Begin the sandbox anew",
        "Sandbox",
        {**STATE, "cases": 0, "ahead_seconds": 0},
        {},
    ),
}
