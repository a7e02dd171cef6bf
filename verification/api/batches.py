"""Batches: upload a file, have it checked, start it, and read what became of its rows (S2.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request

from save_portal.accounts.roles import Permission
from save_portal.documents import handlers
from save_portal.machines.endpoint import Answer, Endpoint, FileEndpoint
from save_portal.machines.fields import Strict, Text
from save_portal.machines.problems import FieldError, invalid, problem
from verification.api import bodies, representation
from verification.api.batch_description import OPERATIONS
from verification.models import Batch, BatchFault
from verification.selectors.batches import (
    DUTY,
    NOT_A_FINDING,
    Result,
    acts_of,
    answered,
    batch_list,
    faults_of,
    find,
    is_batch_cursor,
    is_line_cursor,
    results_of,
)
from verification.services import batch_results
from verification.services import batches as service
from verification.services.batch_file import MOST_BYTES

handlers.LARGER["/api/v1/batches"] = (MOST_BYTES, service.too_large())


class BatchFile(serializers.Serializer):
    """One CSV file in UTF-8, at most 1,000,000 rows and 400 MB, never compressed."""

    file = serializers.FileField(
        allow_empty_file=True, help_text="Its first line names the columns, those of verify_batch."
    )


class Paging(Strict):
    cursor = Text(required=False, max_length=200, help_text="`next_cursor` of the page before.")
    limit = serializers.RegexField(
        r"^(?:[1-9][0-9]?|1[0-9]{2}|200)$",
        required=False,
        default="50",
        help_text="How many a page has, 1 to 200.",
    )


class Batches(FileEndpoint):
    """Nothing is asked or charged before the batch is started.

    The file is checked row by row; poll the batch until `status` is `checked`. The same file
    again, while its batch has not ended, is that batch.
    """

    operations = OPERATIONS["batches"]
    permission = Permission.INITIATE_CASE
    form = BatchFile
    parameters = Paging

    def get(self, request: Request) -> Answer:
        cursor, size = _paging(self.query(), is_batch_cursor)
        page = batch_list(user=request.user, cursor=cursor, size=size)
        return Answer(
            {"batches": [of_batch(batch) for batch in page.rows], "next_cursor": page.next}
        )

    def post(self, request: Request) -> Answer:
        if left_out := getattr(request._request, "files_left_out", []):
            raise problem("body-too-large", left_out[0][1])
        if unknown := [name for name in request.data if name != "file"]:
            raise invalid(
                FieldError(f"#/{name[:80]}", "There is no such field here. Take it out.")
                for name in unknown
            )
        if len(request.FILES.getlist("file")) > 1:
            raise invalid([FieldError("#/file", "Send one file at a time.")])
        file = self.read()["file"]
        batch = service.upload(file=file, name=file.name or "", by=request.user, at=self.now)
        return Answer(
            of_batch(batch),
            status=201,
            headers={"Location": representation.address("batch", batch.key)},
        )


class OneBatch(Endpoint):
    """An endpoint below one batch."""

    permission = Permission.INITIATE_CASE

    def batch(self) -> Batch:
        found = find(user=self.request.user, key=self.kwargs["key"])
        if found is None:
            raise Http404
        return found


class BatchDetails(OneBatch):
    """How far it is. Poll every few seconds while `status` is `checking` or `running`."""

    operations = OPERATIONS["batch"]
    http_method_names: ClassVar = ["get", "head"]

    def get(self, request: Request, key: UUID) -> Answer:
        return Answer(of_batch(self.batch()))


class _Act(OneBatch):
    form = bodies.Nothing
    act: ClassVar[Callable[..., Batch]]

    def post(self, request: Request, key: UUID) -> Answer:
        self.read()
        act = type(self).act
        return Answer(of_batch(act(key=key, by=request.user, at=self.now)))


class StartBatch(_Act):
    """Asks its rows from now on, each charged like a case of its own (S3.1, S4.1).

    Starting it says that the applicants handed in the documents and the originals were examined
    (S2.1).
    """

    operations = OPERATIONS["start"]
    act = service.start


class PauseBatch(_Act):
    """Asks no further row until it is resumed."""

    operations = OPERATIONS["pause"]
    act = service.pause


class ResumeBatch(_Act):
    """Goes on behind the last row that was asked."""

    operations = OPERATIONS["resume"]
    act = service.resume


class CancelBatch(_Act):
    """Asks no further row and removes the file. Cases that were begun stay, with their duties."""

    operations = OPERATIONS["cancel"]
    act = service.cancel


class Faults(OneBatch):
    """Why rows cannot be asked, by line; of at most about 10,000 rows."""

    operations = OPERATIONS["faults"]
    parameters = Paging

    def get(self, request: Request, key: UUID) -> Answer:
        cursor, size = _paging(self.query(), lambda text: is_line_cursor(text, 2))
        page = faults_of(self.batch(), cursor=cursor, size=size)
        return Answer(
            {"faults": [of_fault(fault) for fault in page.rows], "next_cursor": page.next}
        )


class Results(OneBatch):
    """What became of the rows, in the order of the file, as they come.

    They cannot be narrowed to those not confirmed: such a list would be taken for a finding, and
    is none (S1.4). Additional verification is asked for row by row, at the case (S3.7).
    """

    operations = OPERATIONS["results"]
    parameters = Paging

    def get(self, request: Request, key: UUID) -> Answer:
        cursor, size = _paging(self.query(), lambda text: is_line_cursor(text, 1))
        page = results_of(self.batch(), cursor=cursor, size=size)
        found = answered(page.rows)
        batch_results.disclose(found, by=request.user, at=self.now)
        return Answer(
            {
                "results": [of_result(result) for result in found],
                "next_cursor": page.next,
                "notices": NOTICES,
            }
        )


NOTICES = [{"code": "what_it_does_not_mean", "rule": "S1.4", "text": NOT_A_FINDING}]


def _paging(wanted: dict[str, Any], fits: Callable[[str], bool]) -> tuple[str | None, int]:
    cursor = wanted.get("cursor")
    if cursor is not None and not fits(cursor):
        raise problem("malformed-request", "cursor: take `next_cursor` as a page gave it.")
    return cursor, int(wanted["limit"])


def of_batch(batch: Batch) -> dict[str, Any]:
    acts = acts_of(batch)
    below = {name: representation.address(f"batch-{name}", batch.key) for name in acts}
    return {
        "id": str(batch.key),
        "name": batch.name,
        "status": batch.status,
        "why_stopped": batch.why_stopped,
        "rows": {
            "checked": batch.rows,
            "faulty": batch.faulty,
            "answered": batch.done,
            "confirmed": batch.confirmed,
            "not_confirmed": batch.unconfirmed,
            "asked_already": batch.found_open,
            "refused": batch.refused,
        },
        "uploaded_at": batch.created_at,
        "uploaded_by": {"id": batch.created_by_id, "name": batch.created_by.full_name},
        "started_at": batch.started_at,
        "ended_at": batch.ended_at,
        "file_removed_at": batch.file_removed_at,
        "allowed_actions": list(acts),
        "notices": NOTICES,
        "links": {
            "self": representation.address("batch", batch.key),
            "faults": representation.address("batch-faults", batch.key),
            "results": representation.address("batch-results", batch.key),
            **below,
        },
    }


def of_fault(fault: BatchFault) -> dict[str, Any]:
    return {
        "line": fault.line,
        "row_id": fault.row_id,
        "field": fault.field,
        "rule": fault.rule,
        "remedy": fault.remedy,
    }


def of_result(result: Result) -> dict[str, Any]:
    row, answer, case = result.row, result.answer, result.row.case
    links = {}
    if case is not None:
        links["case"] = representation.case_address("case", case.number)
        if result.may_ask_additional:
            links["additional-verification"] = representation.case_address(
                "additional-verification", case.number
            )
    notices = [*NOTICES] if result.notice else []
    if result.may_ask_additional:
        notices.append({"code": "must", "rule": "S5.2", "text": DUTY})
    return {
        "line": row.line,
        "row_id": row.row_id,
        "case_number": case.number if case else None,
        "status": case.status if case else None,
        "etag": representation.etag(case) if case else None,
        "asked_already": row.found_open,
        "outcome": result.outcome,
        "reasons": list(answer.reasons) if answer else [],
        "statement_code": answer.statement_code if answer else None,
        "statement": answer.statement if answer else "",
        "class_of_admission": result.class_of_admission,
        "refusal": {"detail": row.refusal, "rule": row.rule} if result.is_refused else None,
        "notices": notices,
        "links": links,
    }
