"""Addresses of signing in: allauth's, but for those by which people would manage themselves.

Addresses and accounts are kept by an agency's administrator, so the pages to sign up and to change
one's e-mail address do not exist here.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path

from save_portal.web.permissions import public


@public
def closed(request: HttpRequest) -> HttpResponse:
    raise Http404("Accounts are kept by the agency's administrator.")


urlpatterns = [
    path("signup/", closed, name="account_signup"),
    path("signup/passkey/", closed, name="account_signup_by_passkey"),
    path("email/", closed, name="account_email"),
    path("", include("allauth.urls")),
]
