"""A paper of a case: a tagged PDF, or the way back when it cannot be drawn."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from save_portal.documents import render_pdf
from save_portal.documents.pdf import DocumentFailed
from verification.models import Case


def paper(
    request: HttpRequest, case: Case, template: str, context: dict[str, Any], *, name: str
) -> HttpResponse:
    """The template as a PDF named `name` and the case's number.

    When it cannot be drawn the case's page says so, instead of an error that leads nowhere.
    """
    known = {"printed_at": timezone.now(), "printed_by": request.user, "demo": settings.DEMO}
    try:
        content = render_pdf(template, context | known, request)
    except DocumentFailed:
        messages.error(
            request,
            "The PDF could not be drawn. Nothing was changed. Try again, or print the page itself.",
        )
        return redirect("verification:case", number=case.number)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}-{case.number}.pdf"'
    return response
