"""What the description says of batches: shapes of answers, examples, and each operation."""

from __future__ import annotations

from typing import Any

from save_portal.machines.operations import Operation
from save_portal.machines.schema import SHAPES
from verification.api.description import FLAG, INSTANT, PERSON, TEXT, WHOLE, Schema
from verification.enums import Outcome, Reason
from verification.lifecycles.batch import BatchStatus
from verification.lifecycles.case import CaseStatus
from verification.selectors.batches import DUTY, NOT_A_FINDING

LINKS: Schema = {"type": "object", "additionalProperties": TEXT}
MAYBE_INSTANT: Schema = {**INSTANT, "type": ["string", "null"]}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
CURSOR: Schema = MAYBE_TEXT


def _whole(properties: dict[str, Schema], text: str = "") -> Schema:
    made: Schema = {"type": "object", "required": list(properties), "properties": properties}
    return {**made, "description": text} if text else made


def _many(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _page(of: str, name: str, **more: Schema) -> Schema:
    return _whole(
        {name: _many({"$ref": f"#/components/schemas/{of}"}), "next_cursor": CURSOR, **more}
    )


NOTICE = _whole({"code": TEXT, "rule": TEXT, "text": TEXT})
ROWS = _whole(
    {
        "checked": {**WHOLE, "description": "Found by the check so far; all of them behind it."},
        "faulty": {**WHOLE, "description": "Cannot be asked; see `faults`."},
        "answered": {**WHOLE, "description": "Done by the run: the three below together."},
        "confirmed": WHOLE,
        "not_confirmed": {**WHOLE, "description": "A number, and no finding about anybody."},
        "refused": WHOLE,
        "asked_already": {
            **WHOLE,
            "description": "Of the answered: an open case asked the same; nothing was charged.",
        },
    }
)
SHAPES["Batch"] = _whole(
    {
        "id": {**TEXT, "format": "uuid"},
        "name": TEXT,
        "status": {**TEXT, "enum": [str(status) for status in BatchStatus.values]},
        "why_stopped": {**TEXT, "description": "Why it was rejected or paused."},
        "rows": ROWS,
        "uploaded_at": INSTANT,
        "uploaded_by": PERSON,
        "started_at": MAYBE_INSTANT,
        "ended_at": MAYBE_INSTANT,
        "file_removed_at": MAYBE_INSTANT,
        "allowed_actions": {**_many(TEXT), "description": "What can be done: names of `links`."},
        "notices": _many(NOTICE),
        "links": LINKS,
    },
    "Many questions in one file.",
)
SHAPES["BatchFault"] = _whole(
    {"line": WHOLE, "row_id": TEXT, "field": TEXT, "rule": TEXT, "remedy": TEXT},
    "Why a row cannot be asked, and what helps.",
)
SHAPES["BatchResult"] = _whole(
    {
        "line": WHOLE,
        "row_id": TEXT,
        "case_number": MAYBE_TEXT,
        "status": {"type": ["string", "null"], "enum": [*map(str, CaseStatus.values), None]},
        "etag": {**MAYBE_TEXT, "description": "For `If-Match` of an act on the case."},
        "asked_already": FLAG,
        "outcome": {**TEXT, "enum": [*map(str, Outcome.values), "refused"]},
        "reasons": _many({**TEXT, "enum": [str(reason) for reason in Reason.values]}),
        "statement_code": {"type": ["integer", "null"]},
        "statement": TEXT,
        "class_of_admission": TEXT,
        "refusal": {**_whole({"detail": TEXT, "rule": TEXT}), "type": ["object", "null"]},
        "notices": _many(NOTICE),
        "links": LINKS,
    },
    "What became of a row. The case has everything else.",
)
SHAPES["Batches"] = _page("Batch", "batches")
SHAPES["BatchFaults"] = _page("BatchFault", "faults")
SHAPES["BatchResults"] = _page("BatchResult", "results", notices=_many(NOTICE))

KEY = "6f1c2a9e-8a52-4d0c-9e0b-1d7f4c3b2a10"
SELF = f"/api/v1/batches/{KEY}"
WHAT_IT_IS_NOT = {"code": "what_it_does_not_mean", "rule": "S1.4", "text": NOT_A_FINDING}
CHECKING: dict[str, Any] = {
    "id": KEY,
    "name": "november.csv",
    "status": "checking",
    "why_stopped": "",
    "rows": {
        "checked": 0,
        "faulty": 0,
        "answered": 0,
        "confirmed": 0,
        "not_confirmed": 0,
        "asked_already": 0,
        "refused": 0,
    },
    "uploaded_at": "2026-11-20T15:00:00Z",
    "uploaded_by": {"id": 17, "name": "Eligibility system"},
    "started_at": None,
    "ended_at": None,
    "file_removed_at": None,
    "allowed_actions": ["cancel"],
    "notices": [WHAT_IT_IS_NOT],
    "links": {
        "self": SELF,
        "faults": f"{SELF}/faults",
        "results": f"{SELF}/results",
        "cancel": f"{SELF}/cancel",
    },
}


def _at(status: str, *actions: str, **more: Any) -> dict[str, Any]:
    links = {name: CHECKING["links"][name] for name in ("self", "faults", "results")}
    return CHECKING | {
        "status": status,
        "rows": CHECKING["rows"] | {"checked": 2000, "faulty": 3, "answered": 0},
        "allowed_actions": list(actions),
        "links": links | {action: f"{SELF}/{action}" for action in actions},
        **more,
    }


STARTED = {"started_at": "2026-11-20T15:02:00Z"}
HALF = {
    "checked": 2000,
    "faulty": 3,
    "answered": 1000,
    "confirmed": 921,
    "not_confirmed": 76,
    "asked_already": 12,
    "refused": 3,
}
RUNNING = _at("running", "pause", "cancel", **STARTED)
PAUSED = _at(
    "paused", "resume", "cancel", why_stopped="Paused by Eligibility system.", rows=HALF, **STARTED
)
CANCELLED = _at(
    "cancelled",
    rows=HALF,
    ended_at="2026-11-20T15:10:00Z",
    file_removed_at="2026-11-20T15:10:00Z",
    **STARTED,
)
FAULT = {
    "line": 18,
    "row_id": "HH-20571-2",
    "field": "a_number",
    "rule": "S3.5",
    "remedy": "An A-number has 7 to 9 digits. You typed 6.",
}
RESULT: dict[str, Any] = {
    "line": 2,
    "row_id": "HH-20571-1",
    "case_number": "4K7M2P9Q8R3TAXY",
    "status": "initial_unconfirmed",
    "etag": '"1"',
    "asked_already": False,
    "outcome": "additional_verification",
    "reasons": ["no_record"],
    "statement_code": 5,
    "statement": "Institute Additional Verification",
    "class_of_admission": "",
    "refusal": None,
    "notices": [WHAT_IT_IS_NOT, {"code": "must", "rule": "S5.2", "text": DUTY}],
    "links": {
        "case": "/api/v1/cases/4K7M2P9Q8R3TAXY",
        "additional-verification": "/api/v1/cases/4K7M2P9Q8R3TAXY/additional-verification",
    },
}


def _act(name: str, summary: str, example: dict[str, Any], *problems: str) -> dict[str, Operation]:
    return {
        "post": Operation(
            id=f"{name}_batch",
            summary=summary,
            tag="Batches",
            answer="Batch",
            example=example,
            request_example={},
            problems=("refused", *problems),
        )
    }


def _read(id: str, summary: str, answer: str, example: dict[str, Any]) -> dict[str, Operation]:
    return {"get": Operation(id=id, summary=summary, tag="Batches", answer=answer, example=example)}


OPERATIONS: dict[str, dict[str, Operation]] = {
    "batches": {
        **_read("list_batches", "Batches", "Batches", {"batches": [RUNNING], "next_cursor": None}),
        "post": Operation(
            id="upload_batch",
            summary="Upload a file",
            tag="Batches",
            answer="Batch",
            status=201,
            example=CHECKING,
            problems=("refused", "no-agreement"),
        ),
    },
    "batch": _read("read_batch", "One batch", "Batch", RUNNING),
    "start": _act("start", "Start it", RUNNING, "no-agreement"),
    "pause": _act("pause", "Pause it", PAUSED),
    "resume": _act("resume", "Resume it", RUNNING, "no-agreement"),
    "cancel": _act("cancel", "Cancel it", CANCELLED),
    "faults": _read(
        "list_batch_faults",
        "Rows that cannot be asked",
        "BatchFaults",
        {"faults": [FAULT], "next_cursor": None},
    ),
    "results": _read(
        "list_batch_results",
        "What became of the rows",
        "BatchResults",
        {"results": [RESULT], "next_cursor": "W2ZhbHNlLDJd", "notices": [WHAT_IT_IS_NOT]},
    ),
}
