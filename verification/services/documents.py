"""Copies of the applicant's documents: uploading, taking away, sending, looking at (S3.7, S3.9).

What comes in is drawn anew by a process of its own before anything of it is kept; each look at a
page leaves a disclosure event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from django.db import transaction

from save_portal import audit
from save_portal.accounts.models import User
from save_portal.documents import storing, uploads
from save_portal.documents.models import StoredFile
from save_portal.outbox import queue
from verification import policies
from verification.enums import DocumentKind, DocumentLanguage, EventKind
from verification.errors import CaseError, InvalidSubmission, WrongStatus
from verification.models import Case, CaseDocument
from verification.services import events
from verification.services.locking import NoSuchCase, lock_case

MAX_WAITING = 20
MAX_WAITING_BYTES = 100_000_000


def add(
    *,
    case_number: str,
    content: bytes,
    name: str,
    kind: str,
    language: str = DocumentLanguage.ENGLISH,
    by: User,
    at: datetime,
) -> CaseDocument:
    """Keep one uploaded file with the case, not yet sent. `content` is the file as it came.

    The same file again is the same document. Raises `InvalidSubmission` under `files` with what
    is wrong with the file and what helps. The drawing takes seconds and holds no lock.
    """
    _check_may_add(case_number, by=by)
    if kind not in DocumentKind.values:
        raise InvalidSubmission({"kind": "Choose what the pages show."})
    if language not in DocumentLanguage.values:
        raise InvalidSubmission({"language": "Choose in what language the pages are."})
    try:
        cleaned = uploads.clean(content)
        return _keep(case_number, cleaned, name=name, kind=kind, language=language, by=by, at=at)
    except uploads.UploadRefused as refused:
        raise InvalidSubmission(
            {"files": f"{storing.tidy_name(name)}: {refused.message}"}
        ) from None


@transaction.atomic
def _keep(
    case_number: str,
    cleaned: uploads.Cleaned,
    *,
    name: str,
    kind: str,
    language: str,
    by: User,
    at: datetime,
) -> CaseDocument:
    case = _lock_open(case_number, by=by)
    waiting = list(case.documents.waiting().select_related("file"))
    for there in waiting:
        if there.file.source_sha256 == cleaned.source_sha256:
            return there
    if len(waiting) >= MAX_WAITING:
        raise InvalidSubmission({"files": f"At most {MAX_WAITING} files go with one request."})
    if sum(there.file.size for there in waiting) + len(cleaned.content) > MAX_WAITING_BYTES:
        raise InvalidSubmission({"files": "Together the files are larger than 100 MB."})
    kept = storing.store(cleaned, name=name, agency_id=case.agency_id, by=by, at=at)
    document = CaseDocument.objects.create(
        case=case,
        agency_id=case.agency_id,
        at=at,
        by=by,
        kind=kind,
        language=language,
        file=kept,
    )
    facts = {"document": document.pk, "kind": kind, "pages": kept.pages, "sha256": kept.sha256}
    _record("case.document_added", case, by=by, at=at, data=facts)
    return document


@transaction.atomic
def remove(*, case_number: str, document_id: int, by: User, at: datetime) -> None:
    """Take a copy away that was not sent; nothing of it is kept."""
    case = _lock_open(case_number, by=by)
    document = case.documents.select_related("file").filter(pk=document_id).first()
    if document is None:
        return  # somebody took it away already
    if document.sent_at is not None:
        raise WrongStatus("This copy was sent to the status verifiers. It cannot be taken back.")
    kept = document.file
    document.delete()
    storing.discard(kept)
    _record("case.document_removed", case, by=by, at=at, data={"document": document_id})


def send_waiting(*, case: Case, by: User, at: datetime) -> list[CaseDocument]:
    """Hand the waiting copies of a locked case to the verifiers; for other services.

    A copy that the virus scanner refused does not go; one still in quarantine goes, and is seen
    once it is checked.
    """
    sent = []
    for document in case.documents.waiting().select_related("file"):
        if document.file.state == StoredFile.State.REFUSED:
            continue
        document.sent_at = at
        document.save(update_fields=["sent_at"])
        sent.append(document)
    if sent:
        facts = {"documents": [document.pk for document in sent]}
        _record("case.documents_sent", case, by=by, at=at, data=facts)
    return sent


@transaction.atomic
def page(*, case_number: str, document_id: int, page: int, by: User, at: datetime) -> bytes:
    """The picture (JPEG) of a page, from 1, for whoever may see the case. Leaves a disclosure."""
    document = _visible(case_number, document_id, by=by)
    content = _content(lambda: storing.read_page(document.file, page))
    _disclose(document, [f"document {document.pk}, page {page}"], by=by, at=at)
    return content


@transaction.atomic
def download(
    *, case_number: str, document_id: int, by: User, at: datetime
) -> tuple[bytes, CaseDocument]:
    """The kept copy, to be saved and never shown inline. Leaves a disclosure."""
    document = _visible(case_number, document_id, by=by)
    content = _content(lambda: storing.read(document.file))
    _disclose(document, [f"document {document.pk}"], by=by, at=at)
    return content, document


def tell_refused(*, file: StoredFile, at: datetime) -> None:
    """The virus scanner refused a copy: the timeline says so, and who uploaded it gets a mail."""
    document = CaseDocument.objects.select_related("case").filter(file=file).first()
    if document is None:
        return
    _record("case.document_refused", document.case, by=None, at=at, data={"document": document.pk})
    events.note(document.case, EventKind.COPY_REFUSED, at=at)
    queue.mail(
        to_user_id=document.by_id,
        template="document_refused",
        context={"case_number": document.case.number, "was_sent": document.sent_at is not None},
        key=f"case.document_refused:{document.pk}",
    )


def _check_may_add(number: str, *, by: User) -> None:
    """The refusals that need no file, before any work is done on it."""
    case = Case.objects.visible_to(by).select_related("agency").filter(number=number).first()
    if case is None:
        raise NoSuchCase("There is no such case among those you may see.")
    _check_open(case, by=by)


def _lock_open(number: str, *, by: User) -> Case:
    case = lock_case(number, by=by)
    _check_open(case, by=by)
    return case


def _check_open(case: Case, *, by: User) -> None:
    policies.check_can_act_on(by=by, case=case)
    if not case.is_open:
        raise WrongStatus("The case is closed. It can be read and printed, not changed.")


def _visible(number: str, document_id: int, *, by: User) -> CaseDocument:
    """The document if this person may see its case; verifiers see only what was sent."""
    case = Case.objects.visible_to(by).filter(number=number).first()
    if case is None:
        raise NoSuchCase("There is no such case among those you may see.")
    documents = case.documents.select_related("case", "file")
    if by.agency_id is None:
        documents = documents.sent()
    document = documents.filter(pk=document_id).first()
    if document is None:
        raise NoSuchCase("There is no such document with this case.")
    return document


def _content(read: Callable[[], bytes]) -> bytes:
    try:
        return read()
    except storing.NotThere as error:
        raise DocumentNotReady(str(error)) from None


class DocumentNotReady(CaseError):
    """Still in quarantine, refused by the scanner, or no such page."""

    status_code = 404


def _disclose(document: CaseDocument, fields: Iterable[str], *, by: User, at: datetime) -> None:
    case = document.case
    audit.disclose(
        by=by,
        at=at,
        agency_id=case.agency_id,
        person_ref=f"case:{case.number}",
        fields=list(fields),
        purpose=",".join(case.benefits),
        case_number=case.number,
    )


def _record(
    verb: str, case: Case, *, by: User | None, at: datetime, data: Mapping[str, object]
) -> None:
    audit.record(
        verb,
        by=by,
        at=at,
        subject_type="case",
        subject_id=case.number,
        agency_id=case.agency_id,
        data=dict(data),
    )
