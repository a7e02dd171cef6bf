"""Cases: begin one, list them, read one."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.http import Http404
from rest_framework.request import Request

from save_portal.accounts.models import User
from save_portal.accounts.roles import Permission
from save_portal.machines.endpoint import Answer, Endpoint
from save_portal.machines.models import Client
from save_portal.machines.problems import FieldError, invalid, problem
from verification.api import bodies, provoked, representation
from verification.api.description import OPERATIONS
from verification.errors import CaseError, InvalidSubmission
from verification.models import InitialAnswer
from verification.rules.submission import Submission
from verification.selectors import machine_cases
from verification.selectors.case_page import CasePage, case_page
from verification.services import initial, printing, reading


class Cases(Endpoint):
    """`GET` lists the agency's cases, `POST` begins one."""

    operations = OPERATIONS["cases"]
    permission = Permission.INITIATE_CASE
    form = bodies.NewCase
    parameters = bodies.CaseFilters

    def get(self, request: Request) -> Answer:
        wanted = self.query()
        cursor, size = wanted.pop("cursor", None), int(wanted.pop("limit"))
        if cursor is not None and not machine_cases.is_cursor(cursor):
            raise problem("malformed-request", "cursor: take `next_cursor` as a page gave it.")
        page = machine_cases.cases(
            user=request.user, wanted=machine_cases.Wanted(**wanted), cursor=cursor, size=size
        )
        return Answer(
            {"cases": [representation.row(case) for case in page.rows], "next_cursor": page.next}
        )

    def post(self, request: Request) -> Answer:
        now, by = self.now, request.user
        submission = asked(self.read(), request.auth)
        [begun] = initial.initiate_all(by=by, at=now, submissions=[submission])
        if isinstance(begun, CaseError):
            raise of_whole_case(begun)
        case, found = begun.case(by), begun.answer
        answer = InitialAnswer(
            case=case,
            at=now,
            outcome=found.outcome,
            reasons=list(found.reasons),
            statement_code=found.statement_code,
            statement=found.statement,
            returned=found.returned,
            rule=found.rule,
            grade=found.grade,
            grounds=found.grounds,
            photo_id=found.photo_id,
        )
        return Answer(
            representation.of_new(case, answer, by=by, at=now),
            status=201,
            headers={
                "Location": representation.case_address("case", case.number),
                "ETag": representation.etag(case),
            },
        )


class OneCase(Endpoint):
    """An endpoint below one case."""

    def shown(self, *, status: int = 200, at: datetime | None = None) -> Answer:
        """The case as it is now; showing it leaves a disclosure."""
        now = at or self.now
        page = page_of(self.request.user, self.kwargs["number"], at=now)
        if page.answer is not None:
            printing.disclose_page(page=page, by=self.request.user, at=now)
        return Answer(
            representation.of_page(page),
            status=status,
            headers={"ETag": representation.etag(page.case)},
        )

    def seen(self) -> dict[str, Any]:
        """The arguments that every act on a case has."""
        return {
            "case_number": self.kwargs["number"],
            "version": self.version(),
            "by": self.request.user,
            "at": self.now,
        }


class CaseDetails(OneCase):
    """One case, with its answers, duties and dates. An answer that was unread is read."""

    operations = OPERATIONS["case"]
    permission = Permission.VIEW_AGENCY_CASES
    http_method_names: ClassVar = ["get", "head"]

    def get(self, request: Request, number: str) -> Answer:
        now = self.now
        answer = self.shown(at=now)
        page = page_of(request.user, number, at=now)
        reading.mark_read(case=page.case, by=request.user, at=now)
        return answer


def page_of(user: User, number: str, *, at: datetime) -> CasePage:
    page = case_page(user=user, number=number, at=at)
    if page is None:
        raise Http404
    return page


def asked(data: dict[str, Any], client: Client) -> Submission:
    """The body as a question, if the client is bound to its benefits (S5.3)."""
    foreign = [
        FieldError(
            f"#/benefits/{place}",
            f"This client may not ask for {code}: it is bound to {', '.join(client.benefits)}.",
        )
        for place, code in enumerate(data["benefits"])
        if code not in client.benefits
    ]
    if foreign:
        raise invalid(foreign)
    submission = bodies.submission_of(data)
    if client.is_test:
        provoked.refuse(submission)
    return submission


def of_whole_case(refused: CaseError) -> CaseError:
    """Marks findings of a whole case, so that their pointers lead into its parts."""
    if isinstance(refused, InvalidSubmission):
        refused.whole_case = True
    return refused
