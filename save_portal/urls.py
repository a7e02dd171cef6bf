"""Addresses of the portal. Each app keeps its own; this page only says where they hang."""

from django.urls import include, path

from save_portal.machines.views import missing
from save_portal.web import health

handler400 = "save_portal.web.errors.bad_request"
handler403 = "save_portal.web.errors.permission_denied"
handler404 = "save_portal.web.errors.page_not_found"
handler500 = "save_portal.web.errors.server_error"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("casecheck/", include("casecheck.urls")),  # early: the busiest
    path("accounts/", include("save_portal.accounts.sign_in_urls")),
    path("", include("save_portal.accounts.urls")),
    path("", include("save_portal.accounts.people.urls")),
    path("program/closures/", include("save_portal.calendar.urls")),
    path("", include("save_portal.web.urls")),
    path("oauth/", include("save_portal.machines.oauth_urls")),
    path("api/", include("save_portal.machines.urls")),
    path("api/docs/", include("verification.docs_urls")),
    path("api/v1/", include("verification.api.urls")),
    path("api/v1/", include("billing.api_urls")),
    path("api/<path:rest>", missing),
    path("training/", include("agreements.training.urls")),
    path("", include("agreements.urls")),
    path("cases/", include("casecheck.agency_urls")),
    path("program/delayed-looks/", include("casecheck.program_urls")),
    path("program/wrongful-looks/", include("casecheck.oversight_urls")),
    path("invoices/", include("billing.urls")),
    path("card-stand-in/", include("billing.stand_in_urls")),
    path("", include("verification.urls")),
]
