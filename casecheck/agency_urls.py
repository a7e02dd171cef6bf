from django.urls import path

from casecheck.views import agency
from verification import addresses  # noqa: F401  a case's number in an address

app_name = "applicant"

urlpatterns = [
    path("<case_number:number>/applicant/", agency.applicant, name="applicant"),
    path("<case_number:number>/applicant/sheet.pdf", agency.paper, {"name": "sheet"}, name="sheet"),
    path(
        "<case_number:number>/applicant/letter.pdf", agency.paper, {"name": "letter"}, name="letter"
    ),
    path("<case_number:number>/applicant/code.pdf", agency.code_letter, name="code-letter"),
]
