"""Batches in the browser: upload, what the check found, start to end, results."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from save_portal.accounts.models import User
from save_portal.accounts.roles import Permission
from save_portal.documents import handlers
from save_portal.web.permissions import asked_by_itself, require
from save_portal.web.spreadsheet import safe
from verification.errors import CaseError, InvalidSubmission
from verification.forms.batch import BatchFileForm, StartForm
from verification.models import Batch, BatchFault
from verification.selectors.batches import (
    DUTY,
    NOT_A_FINDING,
    BatchPage,
    Result,
    acts_of,
    batch_list,
    batch_page,
    find,
    percent_of,
)
from verification.services import batch_results
from verification.services import batches as service
from verification.services.batch import INPUT
from verification.services.batch_file import MOST_BYTES
from verification.views.refusals import attempt

RESULTS = (
    "row_id",
    "line",
    "case_number",
    "outcome",
    "reasons",
    "statement_code",
    "statement",
    "class_of_admission",
    "found_open",
    "refusal",
    "what_it_does_not_mean",
    "what_to_do",
)
FAULTS = ("line", "row_id", "field", "rule", "remedy")
ACTS = {"pause": service.pause, "resume": service.resume, "cancel": service.cancel}
DONE = {
    "pause": "Paused. The cases that were begun are there, and nothing further is asked.",
    "resume": "It goes on behind the last row.",
    "cancel": "Cancelled. The file is removed; the cases that were begun stay, with their duties.",
}
handlers.LARGER["/batches/"] = (MOST_BYTES, service.too_large())


@require(Permission.INITIATE_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The batches that this person may see, and the form for another."""
    user: Any = request.user
    form, status = BatchFileForm(), 200
    if request.method == "POST":
        made, refused = _upload(request, user)
        if refused is None:
            return redirect("verification:batch", key=made.key)
        invalid = isinstance(refused, InvalidSubmission)
        form = BatchFileForm(wrong=refused.message)
        status = 422 if invalid else refused.status_code
    context = {
        "page": batch_list(user=user, cursor=request.GET.get("cursor")),
        "form": form,
        "columns": INPUT,
        "here": "batches",
    }
    return render(request, "verification/batches.html", context, status=status)


@require(Permission.INITIATE_CASE)
@require_safe
def empty_file(request: HttpRequest) -> HttpResponse:
    """A file with the header alone, to be filled in."""
    response = HttpResponse(f"{','.join(INPUT)}\r\n", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="batch.csv"'
    return response


@require(Permission.INITIATE_CASE)
@require_safe
def show(request: HttpRequest, key: UUID) -> HttpResponse:
    """Where it is, what can be done now, what the check found, and the results so far."""
    return _page(request, key, StartForm())


@asked_by_itself
@require(Permission.INITIATE_CASE)
@require_safe
def progress(request: HttpRequest, key: UUID) -> HttpResponse:
    """The progress alone; has the page got anew when the state of the batch changed."""
    batch = _find(request, key)
    if request.GET.get("status") != batch.status:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {"batch": batch, "percent": percent_of(batch), "acts": acts_of(batch)}
    return render(request, "verification/parts/batch_progress.html", context)


@require(Permission.INITIATE_CASE)
@require_POST
def start(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask its rows from now on."""
    user: Any = request.user
    form = StartForm(request.POST)
    if not form.is_valid():
        return _page(request, key, form, status=422)
    _, refused = attempt(lambda: service.start(key=key, by=user, at=timezone.now()))
    return _back(request, key, refused, "Started. Each row becomes a case like one that is typed.")


@require(Permission.INITIATE_CASE)
@require_POST
def act(request: HttpRequest, key: UUID, name: str) -> HttpResponse:
    """Pause, resume or cancel."""
    user: Any = request.user
    if name not in ACTS:
        raise Http404
    _, refused = attempt(lambda: ACTS[name](key=key, by=user, at=timezone.now()))
    return _back(request, key, refused, DONE[name])


@require(Permission.INITIATE_CASE)
@require_safe
def faults(request: HttpRequest, key: UUID) -> HttpResponse:
    """Why rows cannot be asked, as CSV."""
    user: Any = request.user
    batch = _find(request, key)
    found = batch_results.export_faults(batch, by=user)
    return _csv(FAULTS, (_fault_cells(fault) for fault in found), "batch-faults.csv")


@require(Permission.INITIATE_CASE)
@require_safe
def results(request: HttpRequest, key: UUID) -> HttpResponse:
    """What became of the rows by now, as CSV, each with what it does not mean (S1.4)."""
    user: Any = request.user
    batch = _find(request, key)
    service.note("batch.exported", batch, by=user, at=timezone.now(), data={"rows": batch.done})
    found = batch_results.export(batch, by=user, clock=timezone.now)
    return _csv(RESULTS, (_result_cells(result) for result in found), "batch-results.csv")


def _upload(request: HttpRequest, user: User) -> tuple[Any, CaseError | None]:
    file = request.FILES.get("file")
    left_out = getattr(request, "files_left_out", [])
    if left_out:
        return None, InvalidSubmission({"file": left_out[0][1]})
    if file is None:
        return None, InvalidSubmission({"file": "Choose a CSV file."})
    return attempt(
        lambda: service.upload(file=file, name=file.name or "", by=user, at=timezone.now())
    )


def _find(request: HttpRequest, key: UUID) -> Batch:
    user: Any = request.user
    batch = find(user=user, key=key)
    if batch is None:
        raise Http404
    return batch


def _page(request: HttpRequest, key: UUID, form: StartForm, *, status: int = 200) -> HttpResponse:
    user: Any = request.user
    page: BatchPage | None = batch_page(user=user, key=key, cursor=request.GET.get("cursor"))
    if page is None:
        raise Http404
    batch_results.disclose(page.rows, by=user, at=timezone.now())
    context = {
        "page": page,
        "batch": page.batch,
        "percent": page.percent,
        "acts": page.acts,
        "form": form,
        "not_a_finding": NOT_A_FINDING,
        "duty": DUTY,
        "here": "batches",
    }
    return render(request, "verification/batch.html", context, status=status)


def _back(request: HttpRequest, key: UUID, refused: CaseError | None, done: str) -> HttpResponse:
    if refused is None:
        messages.success(request, done)
    elif refused.status_code == 404:
        raise Http404
    else:
        messages.error(request, refused.message)
    return redirect("verification:batch", key=key)


class _Echo:
    def write(self, value: str) -> str:
        return value


def _csv(header: Iterable[str], rows: Iterable[list[Any]], name: str) -> HttpResponse:
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(list(header))
        for row in rows:
            yield writer.writerow([safe(str(cell)) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response  # type: ignore[return-value]


def _fault_cells(fault: BatchFault) -> list[Any]:
    return [fault.line, fault.row_id, fault.field, fault.rule, fault.remedy]


def _result_cells(result: Result) -> list[Any]:
    row, answer = result.row, result.answer
    return [
        row.row_id,
        row.line,
        row.case.number if row.case else "",
        result.outcome,
        ";".join(answer.reasons) if answer else "",
        answer.statement_code if answer else "",
        answer.statement if answer else "",
        result.class_of_admission,
        "yes" if row.found_open else "",
        row.refusal,
        result.notice,
        result.duty,
    ]
