"""The portal's addresses, and an empty page: a frame without content, and one query."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from casecheck.views.page import readers, show
from save_portal import urls

handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


@readers
def empty(request: HttpRequest, language: str) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return show(request, "base", language, {})


urlpatterns = [path("empty/<slug:language>/", empty), *urls.urlpatterns]
