from django.urls import path

from verification.views import case, case_additional, corrections, documents, initiate, lists

app_name = "verification"

urlpatterns = [
    path("", lists.my_work_page, name="my-work"),
    path("cases/", lists.cases, name="case-list"),
    path("cases/export.csv", lists.export, name="export"),
    path("cases/views/", lists.save_view, name="save-view"),
    path("cases/views/<int:view_id>/remove/", lists.remove_view, name="remove-view"),
    path("cases/new/", initiate.choose, name="initiate"),
    path("cases/new/no-query/<slug:reason>/", initiate.no_query, name="no-query"),
    path("cases/new/<uuid:draft>/details/", initiate.details, name="details"),
    path("cases/new/<uuid:draft>/check/", initiate.check, name="check"),
    path("cases/new/<uuid:draft>/discard/", initiate.discard, name="discard"),
    path("cases/<str:number>/", case.show, name="case"),
    path("cases/<str:number>/print/", case.print_page, name="print"),
    path("cases/<str:number>/details.pdf", case.details_pdf, name="details-pdf"),
    path("cases/<str:number>/photo/", case.photo, name="photo"),
    path("cases/<str:number>/photo-match/", case.photo_match, name="photo-match"),
    path("cases/<str:number>/duties/", case.duties, name="duties"),
    path("cases/<str:number>/correction-sheet/", case.correction_sheet, name="correction-sheet"),
    path("cases/<str:number>/retry/", case.retry, name="retry"),
    path("cases/<str:number>/additional/", case_additional.additional, name="additional"),
    path("cases/<str:number>/close/", case.close, name="close"),
    path(
        "cases/<str:number>/documents/<int:document>/pages/<int:page>.jpg",
        documents.page,
        name="document-page",
    ),
    path(
        "cases/<str:number>/documents/<int:document>/download/",
        documents.download,
        name="document-download",
    ),
    path(
        "cases/<str:number>/documents/<int:document>/remove/",
        documents.remove,
        name="document-remove",
    ),
    path("corrections/", corrections.index, name="corrections"),
    path("corrections/begin/", corrections.begin, name="begin-correction"),
    path("corrections/<int:request_id>/", corrections.show, name="correction"),
    path("corrections/<int:request_id>/disagreement/", corrections.disagree, name="disagreement"),
    path("corrections/<int:request_id>/<slug:name>/", corrections.act, name="correction-act"),
]
