from django.urls import path

from casecheck.views import agency

app_name = "applicant"

urlpatterns = [
    path("<str:number>/applicant/", agency.applicant, name="applicant"),
    path("<str:number>/applicant/sheet.pdf", agency.paper, {"name": "sheet"}, name="sheet"),
    path("<str:number>/applicant/letter.pdf", agency.paper, {"name": "letter"}, name="letter"),
    path("<str:number>/applicant/code.pdf", agency.code_letter, name="code-letter"),
]
