"""The tutorial of one's own role, its certificate, and the state of everyone's training."""

from __future__ import annotations

import csv
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agreements.training import report as reports
from agreements.training import selectors, services
from agreements.training.errors import TrainingError
from save_portal.accounts.roles import Permission
from save_portal.documents import render_pdf
from save_portal.web.permissions import any_signed_in, require
from save_portal.web.spreadsheet import safe


@require_safe
@any_signed_in
def index(request: HttpRequest) -> HttpResponse:
    """Where one stands, and the way on."""
    user: Any = request.user
    page = selectors.training_page(user=user, at=timezone.now())
    context = {"page": page, "here": "training"}
    return render(request, "training/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@any_signed_in
def lesson(request: HttpRequest, lesson_id: str) -> HttpResponse:
    """One lesson; POST says that it was read and leads to the next."""
    user: Any = request.user
    page = selectors.training_page(user=user, at=timezone.now())
    lessons = [one for one, _ in page.lessons]
    shown = next((one for one in lessons if one.id == lesson_id), None)
    if shown is None:
        raise Http404
    if request.method == "POST":
        services.read_lesson(lesson_id=lesson_id, by=user, at=timezone.now())
        page = selectors.training_page(user=user, at=timezone.now())
        if page.next is None:
            return redirect("training:questions")
        return redirect("training:lesson", lesson_id=page.next.id)
    context = {
        "page": page,
        "lesson": shown,
        "number": lessons.index(shown) + 1,
        "count": len(lessons),
        "here": "training",
    }
    return render(request, "training/lesson.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@any_signed_in
def questions(request: HttpRequest) -> HttpResponse:
    """The questions of the passage. Sending them again, or from an older page, changes nothing."""
    user: Any = request.user
    chosen = {name: str(value) for name, value in request.POST.items()}
    missing: tuple[str, ...] = ()
    try:
        if request.method == "POST":
            with transaction.atomic():
                attempt = services.answer(
                    attempt_id=_number(chosen.get("passage", "")),
                    chosen=chosen,
                    by=user,
                    at=timezone.now(),
                )
            return redirect("training:result", attempt_id=attempt.pk)
    except TrainingError as refused:
        if refused.status_code == 404:
            raise Http404 from None
        if not refused.fields:
            messages.error(request, refused.message)
            return redirect("training:index")
        missing = refused.fields
    try:
        attempt = services.ask(by=user, at=timezone.now())
    except TrainingError as refused:
        if refused.status_code == 404:
            raise Http404 from None
        messages.info(request, refused.message)
        return redirect("training:index")
    context = {
        "attempt": attempt,
        "page": selectors.training_page(user=user, at=timezone.now()),
        "questions": selectors.asked_of(attempt, chosen=chosen, missing=missing),
        "missing": missing,
        "here": "training",
    }
    return render(request, "training/questions.html", context, status=422 if missing else 200)


@require_safe
@any_signed_in
def result(request: HttpRequest, attempt_id: int) -> HttpResponse:
    user: Any = request.user
    found = selectors.result_of(user=user, attempt_id=attempt_id)
    if found is None:
        raise Http404
    return render(request, "training/result.html", {"result": found, "here": "training"})


@require_safe
@any_signed_in
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """The certificate as a tagged PDF: of oneself, or of somebody whom one keeps."""
    user: Any = request.user
    found = selectors.certificate_of(user=user, number=number)
    if found is None:
        raise Http404
    pdf = render_pdf("pdf/certificate.html", {"certificate": found, "demo": settings.DEMO})
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="certificate-{found.number}.pdf"'
    return response


@require(Permission.MANAGE_PEOPLE)
@require_safe
def report_page(request: HttpRequest) -> HttpResponse:
    """Who is trained, who is not, whose training runs out."""
    user: Any = request.user
    page = reports.report(
        by=user,
        at=timezone.now(),
        kind=request.GET.get("state", ""),
        cursor=request.GET.get("cursor"),
    )
    return render(request, "training/report.html", {"page": page, "here": "people"})


@require(Permission.MANAGE_PEOPLE)
@require_safe
def report_csv(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="training.csv"'
    writer = csv.writer(response)
    for row in reports.csv_rows(by=user, at=timezone.now()):
        writer.writerow([safe(cell) for cell in row])
    return response


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
