"""What is done with a case. Each act names the version that the client has seen (`If-Match`)."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404
from rest_framework.request import Request

from save_portal.accounts.roles import Permission
from save_portal.documents import render_pdf
from save_portal.documents.pdf import DocumentFailed
from save_portal.machines.endpoint import Answer, FileEndpoint
from save_portal.machines.problems import FieldError, invalid, problem
from verification.api import bodies, representation
from verification.api.cases import OneCase, asked, of_whole_case
from verification.api.description import OPERATIONS
from verification.errors import STALE, CaseError, StaleCase
from verification.selectors.case_page import require_case
from verification.selectors.g845_page import form_context, g845_page
from verification.services import (
    additional,
    closing,
    documents,
    duties,
    g845,
    initial,
    printing,
    superseding,
)


class Retry(OneCase):
    """Asks again with corrected data; charged again (S3.1)."""

    operations = OPERATIONS["retry"]
    form = bodies.CorrectedCase

    def post(self, request: Request, number: str) -> Answer:
        seen = self.seen()
        submission = asked(self.read(), request.auth)
        try:
            initial.retry(**seen, submission=submission)
        except CaseError as refused:
            raise of_whole_case(refused) from None
        return self.shown()


class NewerDocument(OneCase):
    """The applicant has a newer document: a new case takes the place of this one (S3.6)."""

    operations = OPERATIONS["newer-document"]
    form = bodies.NewCase

    def post(self, request: Request, number: str) -> Answer:
        seen = self.seen()
        submission = asked(self.read(), request.auth)
        old = require_case(user=request.user, number=seen["case_number"])
        if old.version != seen["version"]:
            raise StaleCase(STALE)
        draft = superseding.begin(
            case_number=old.number,
            document_type=submission.document_type,
            by=request.user,
            at=seen["at"],
        )
        try:
            case = superseding.submit(
                draft_id=draft.pk, submission=submission, by=request.user, at=seen["at"]
            )
        except CaseError as refused:
            raise of_whole_case(refused) from None
        self.kwargs["number"] = case.number
        answer = self.shown(status=201)
        answer.headers["Location"] = representation.case_address("case", case.number)
        return answer


class PhotoMatch(OneCase):
    """Whether the returned photo shows the applicant (S3.5)."""

    operations = OPERATIONS["photo-match"]
    form = bodies.PhotoMatch

    def post(self, request: Request, number: str) -> Answer:
        duties.answer_photo(**self.seen(), answer=self.read()["answer"])
        return self.shown()


class Duties(OneCase):
    """What was done for the applicant after a case that was not confirmed (S3.7, S5.2)."""

    operations = OPERATIONS["duties"]
    form = bodies.Duties

    def post(self, request: Request, number: str) -> Answer:
        seen, done = self.seen(), self.read()
        for duty, value in done.items():
            text = {True: "yes", False: "", None: ""}.get(value, value)
            case = duties.record(**seen, duty=duty, value=text)
            seen["version"] = case.version
        return self.shown()


class AdditionalVerification(OneCase):
    """Sends the case to the status verifiers, with the copies that wait with it (S3.2)."""

    operations = OPERATIONS["additional-verification"]
    form = bodies.AdditionalVerification

    def post(self, request: Request, number: str) -> Answer:
        seen, question = self.seen(), self.read()
        question["dates_needed"] = tuple(question["dates_needed"])
        question["also_known_as"] = tuple(question["also_known_as"])
        additional.request(**seen, **question)
        return self.shown()


class AskForForm(OneCase):
    """Goes on with a Form G-845, or changes what it says until it is mailed (S3.9)."""

    operations = OPERATIONS["g845"]
    form = bodies.FormAsked

    def post(self, request: Request, number: str) -> Answer:
        seen, content = self.seen(), self.read()
        case = require_case(user=request.user, number=seen["case_number"])
        act = g845.fill_in if case.status == "g845_recommended" else g845.ask_for
        act(**seen, **content)
        return self.shown()


class FormMailed(OneCase):
    """The form is on its way, or the uploaded copies go in its place (S3.10)."""

    operations = OPERATIONS["g845-mailed"]
    form = bodies.FormMailed

    def post(self, request: Request, number: str) -> Answer:
        seen, sent = self.seen(), self.read()
        if sent["copies_instead"]:
            g845.send_copies_instead(**seen)
        else:
            g845.mark_mailed(**seen, mailed_on=sent["mailed_on"])
        return self.shown()


class Close(OneCase):
    """Ends the case with a reason; refused while a duty is open (S3.7)."""

    operations = OPERATIONS["close"]
    permission = Permission.CLOSE_CASE
    form = bodies.Closing

    def post(self, request: Request, number: str) -> Answer:
        closing.close(**self.seen(), reason=self.read()["reason"])
        return self.shown()


class Copies(FileEndpoint):
    """Adds a copy of a document, to go with the next request to the status verifiers."""

    operations = OPERATIONS["documents"]
    form = bodies.CopyKind

    def post(self, request: Request, number: str) -> Answer:
        left_out = getattr(request._request, "files_left_out", [])
        if left_out:
            raise problem("body-too-large", left_out[0][1])
        data = request.data
        unknown = [name for name in data if name not in ("file", "kind")]
        if unknown:
            raise invalid(
                FieldError(f"#/{name[:80]}", "There is no such field here. Take it out.")
                for name in unknown
            )
        taken = self.read()
        document = documents.add(
            case_number=number,
            content=taken["file"].read(),
            name=taken["file"].name or "",
            kind=taken["kind"],
            by=request.user,
            at=self.now,
        )
        return Answer(
            representation.copy_of(document),
            status=201,
            headers={"Location": representation.address("document", number, document.pk)},
        )


class Copy(OneCase):
    """Takes a copy away that was not sent yet. Away is away, however often it is asked."""

    operations = OPERATIONS["document"]

    def delete(self, request: Request, number: str, document: int) -> Answer:
        documents.remove(
            case_number=number,
            document_id=document,
            by=request.user,
            at=self.now,
        )
        return Answer(b"", status=204)


class Photo(OneCase):
    """The photo that came back with the answer."""

    operations = OPERATIONS["photo"]
    permission = Permission.VIEW_AGENCY_CASES

    def get(self, request: Request, number: str) -> Answer:
        found = printing.photo(number=number, by=request.user, at=self.now)
        if found is None:
            raise Http404
        content, content_type = found
        return Answer(content, content_type=content_type)


class FormOnPaper(OneCase):
    """The Form G-845, filled in, to be printed and mailed (S3.9)."""

    operations = OPERATIONS["g845.pdf"]
    permission = Permission.VIEW_AGENCY_CASES

    def get(self, request: Request, number: str) -> Answer:
        now = self.now
        page = g845_page(user=request.user, number=number, at=now)
        if page is None:
            raise Http404
        if not page.may_print:
            raise problem(
                "refused",
                "This case has no Form G-845 to print. Ask for it with `g845` when the case "
                "permits that, then get the form.",
            )
        context = form_context(page) | {
            "printed_at": now,
            "printed_by": request.user,
            "demo": settings.DEMO,
        }
        try:
            content = render_pdf("pdf/g845.html", context)
        except DocumentFailed:
            raise problem(
                "unavailable", "The PDF could not be drawn.", headers={"Retry-After": "5"}
            ) from None
        name = f'inline; filename="g845-{page.case.number}.pdf"'
        return Answer(
            content, content_type="application/pdf", headers={"Content-Disposition": name}
        )
