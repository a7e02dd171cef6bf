"""A request of a signed-in user is one transaction in that user's scope."""

import pytest
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path

from save_portal.accounts.models import Department
from save_portal.urls import handler400, handler403, handler404, handler500  # noqa: F401
from save_portal.urls import urlpatterns as portal
from tests.conftest import signed_in


def whose(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text, current_setting('save.agency_id', true)")
        return HttpResponse("|".join(value or "" for value in cursor.fetchone()))


def write_and_fail(request: HttpRequest) -> HttpResponse:
    Department.objects.create(agency_id=request.user.agency_id, name="Left behind")
    if "missing" in request.GET:
        raise Http404
    if "answer" in request.GET:
        return HttpResponse(status=503)
    raise RuntimeError("The view failed")


def write(request: HttpRequest) -> HttpResponse:
    Department.objects.create(agency_id=request.user.agency_id, name="Kept")
    return TemplateResponse(request, "account/profile.html", {"factors": []})


urlpatterns = [path("whose/", whose), path("fail/", write_and_fail), path("write/", write), *portal]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def working(caseworker):
    return signed_in(caseworker, raise_request_exception=False)


def test_the_view_runs_as_the_role_that_owns_nothing_and_names_the_agency(working, agency):
    assert working.get("/whose/").content.decode() == f"save_app|{agency.pk}"


def test_an_anonymous_view_runs_without_a_scope(client):
    user, agency_id = client.get("/whose/").content.decode().split("|")
    assert (user != "save_app", agency_id) == (True, "")


@pytest.mark.parametrize(("query", "status"), [("", 500), ("?missing=1", 404), ("?answer=1", 503)])
def test_a_view_that_fails_leaves_nothing_behind(working, query, status):
    assert working.get(f"/fail/{query}").status_code == status
    assert not Department.objects.filter(name="Left behind").exists()


def test_a_view_that_answers_keeps_what_it_wrote(working):
    assert working.get("/write/").status_code == 200
    assert Department.objects.filter(name="Kept").exists()
