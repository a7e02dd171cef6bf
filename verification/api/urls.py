from django.urls import path

from verification import addresses  # noqa: F401  a case's number in an address
from verification.api import (
    acts,
    batches,
    cases,
    events,
    reference,
    refusals,  # noqa: F401  registers refusals
    sandbox,
)

app_name = "api"

urlpatterns = [
    path("cases", cases.Cases.as_view(), name="cases"),
    path("cases/<case_number:number>", cases.CaseDetails.as_view(), name="case"),
    path("cases/<case_number:number>/retry", acts.Retry.as_view(), name="retry"),
    path(
        "cases/<case_number:number>/newer-document",
        acts.NewerDocument.as_view(),
        name="newer-document",
    ),
    path("cases/<case_number:number>/photo", acts.Photo.as_view(), name="photo"),
    path("cases/<case_number:number>/photo-match", acts.PhotoMatch.as_view(), name="photo-match"),
    path("cases/<case_number:number>/duties", acts.Duties.as_view(), name="duties"),
    path(
        "cases/<case_number:number>/additional-verification",
        acts.AdditionalVerification.as_view(),
        name="additional-verification",
    ),
    path("cases/<case_number:number>/documents", acts.Copies.as_view(), name="documents"),
    path(
        "cases/<case_number:number>/documents/<int:document>",
        acts.Copy.as_view(),
        name="document",
    ),
    path("cases/<case_number:number>/g845", acts.AskForForm.as_view(), name="g845"),
    path("cases/<case_number:number>/g845.pdf", acts.FormOnPaper.as_view(), name="g845-pdf"),
    path("cases/<case_number:number>/g845-mailed", acts.FormMailed.as_view(), name="g845-mailed"),
    path("cases/<case_number:number>/close", acts.Close.as_view(), name="close"),
    path("batches", batches.Batches.as_view(), name="batches"),
    path("batches/<uuid:key>", batches.BatchDetails.as_view(), name="batch"),
    path("batches/<uuid:key>/start", batches.StartBatch.as_view(), name="batch-start"),
    path("batches/<uuid:key>/pause", batches.PauseBatch.as_view(), name="batch-pause"),
    path("batches/<uuid:key>/resume", batches.ResumeBatch.as_view(), name="batch-resume"),
    path("batches/<uuid:key>/cancel", batches.CancelBatch.as_view(), name="batch-cancel"),
    path("batches/<uuid:key>/faults", batches.Faults.as_view(), name="batch-faults"),
    path("batches/<uuid:key>/results", batches.Results.as_view(), name="batch-results"),
    path("events", events.Events.as_view(), name="events"),
    path("events/<int:event>/acknowledge", events.Acknowledge.as_view(), name="acknowledge"),
    path("sandbox", sandbox.Sandbox.as_view(), name="sandbox"),
    path("sandbox/people", sandbox.People.as_view(), name="sandbox-people"),
    path("sandbox/clock", sandbox.Clock.as_view(), name="sandbox-clock"),
    path("sandbox/reset", sandbox.Reset.as_view(), name="sandbox-reset"),
    path("reference/benefits", reference.Benefits.as_view(), name="benefits"),
    path("reference/document-types", reference.DocumentTypes.as_view(), name="document-types"),
    path(
        "reference/classes-of-admission",
        reference.ClassesOfAdmission.as_view(),
        name="classes-of-admission",
    ),
    path("reference/statements", reference.Statements.as_view(), name="statements"),
]
