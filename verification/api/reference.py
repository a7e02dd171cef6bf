"""The published lists: benefits, document types, classes of admission, statements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rest_framework.request import Request

from agreements.selectors.binding import benefits_permitted
from save_portal.accounts.roles import Permission
from save_portal.machines.endpoint import Answer, Endpoint
from verification import deadlines
from verification.api.description import OPERATIONS
from verification.selectors import reference


class List(Endpoint):
    """A published list. It changes with a release, so a day in a cache does no harm."""

    permission = Permission.VIEW_AGENCY_CASES
    rows: Callable[[], list[dict[str, Any]]]

    def get(self, request: Request) -> Answer:
        self.query()
        return Answer(
            {"items": type(self).rows()}, headers={"Cache-Control": "private, max-age=86400"}
        )


class DocumentTypes(List):
    """Each document with the fields that it needs and may carry."""

    operations = OPERATIONS["document-types"]
    rows = staticmethod(reference.document_types)


class ClassesOfAdmission(List):
    """Each class with its group and what it means."""

    operations = OPERATIONS["classes-of-admission"]
    rows = staticmethod(reference.classes_of_admission)


class Statements(List):
    """The eligibility statements that an initial answer may have."""

    operations = OPERATIONS["statements"]
    rows = staticmethod(reference.statements)


class Benefits(Endpoint):
    """Each benefit, and whether this client may ask for it today."""

    operations = OPERATIONS["benefits"]
    permission = Permission.VIEW_AGENCY_CASES

    def get(self, request: Request) -> Answer:
        self.query()
        agency = request.user.agency
        today = deadlines.local_date(self.now, agency.time_zone)
        permitted = benefits_permitted(agency=agency, on=today)
        bound = tuple(code for code in permitted if code in request.auth.benefits)
        return Answer({"items": reference.benefits(permitted=bound)})
