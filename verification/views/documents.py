"""Copies of documents: taking them in, taking them away, and showing them under strict headers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from save_portal.accounts.roles import Permission
from save_portal.web.permissions import require
from verification.errors import InvalidSubmission
from verification.forms.documents import CopiesForm
from verification.services import documents
from verification.views.refusals import attempt, refused_to_case

VIEWERS = (Permission.VIEW_OWN_CASES, Permission.VIEW_AGENCY_CASES, Permission.REVIEW_REQUESTS)

# A picture that we drew ourselves, and still: nothing in it may run, load or be framed.
GUARDS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store, private",
}


def take_uploads(request: HttpRequest, *, number: str, kind: str) -> list[str]:
    """Keeps the files of the field `files` with the case; a sentence for each that is refused.

    Files that are refused do not keep the others from being taken.
    """
    user: Any = request.user
    sentences = [f"{name}: {why}" for name, why in getattr(request, "files_left_out", [])]
    written = CopiesForm(language=request.POST.get("language", "")).written
    for file in request.FILES.getlist("files"):
        taken = {"content": file.read(), "name": file.name or "", "kind": kind}
        taken["language"] = written
        try:
            documents.add(case_number=number, by=user, at=timezone.now(), **taken)
        except InvalidSubmission as refused:
            sentences += refused.field_errors.values()
    return sentences


@require(Permission.ACT_ON_CASE)
@require_POST
@refused_to_case
def remove(request: HttpRequest, number: str, document: int) -> HttpResponse:
    """Takes a copy away that was not sent yet."""
    user: Any = request.user
    documents.remove(
        case_number=number,
        document_id=document,
        by=user,
        at=timezone.now(),
    )
    messages.success(request, "The copy is taken away. Nothing of it is kept.")
    back = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return redirect(back)
    return redirect("verification:case", number=number)


@require(*VIEWERS)
@require_safe
def page(request: HttpRequest, number: str, document: int, page: int) -> HttpResponse:
    """The picture of one page, for the page of a case or the verifiers' workbench."""
    user: Any = request.user
    content, refused = attempt(
        lambda: documents.page(
            case_number=number,
            document_id=document,
            page=page,
            by=user,
            at=timezone.now(),
        )
    )
    if refused is not None:
        raise Http404(refused.message)
    response = HttpResponse(content, content_type="image/jpeg", headers=GUARDS)
    response["Content-Disposition"] = "inline"
    return response


@require(*VIEWERS)
@require_safe
def download(request: HttpRequest, number: str, document: int) -> HttpResponse:
    """The kept copy, as a file to be saved: a browser never opens it as a page of ours."""
    user: Any = request.user
    found, refused = attempt(
        lambda: documents.download(
            case_number=number,
            document_id=document,
            by=user,
            at=timezone.now(),
        )
    )
    if refused is not None:
        raise Http404(refused.message)
    content, kept = found
    response = HttpResponse(content, content_type="application/octet-stream", headers=GUARDS)
    ending = "pdf" if kept.file.is_pdf else "jpg"
    name = f"case-{kept.case.number}-{kept.kind}-{kept.pk}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
