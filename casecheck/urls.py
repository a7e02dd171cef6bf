from django.urls import path

from casecheck.views import correction, guide, look_up, notices, who_looked

app_name = "casecheck"

urlpatterns = [
    path("", look_up.begin, name="begin"),
    path("figures.json", guide.as_json, name="figures-json"),
    path("figures.csv", guide.as_csv, name="figures-csv"),
    path("<slug:language>/", look_up.look_up, name="look-up"),
    path("<slug:language>/guide/", guide.guide, name="guide"),
    path("<slug:language>/figures/", guide.numbers, name="figures"),
    path("<slug:language>/ask/", look_up.ask, name="ask"),
    path("<slug:language>/correction/", correction.begin, name="correction"),
    path("<slug:language>/sheet.pdf", correction.sheet, name="sheet"),
    path("<slug:language>/notices/", notices.ask, name="notices"),
    path("<slug:language>/notices/<str:token>/", notices.notice, name="notice"),
    path("<slug:language>/notices/<str:token>/end/", notices.end, name="notice-end"),
    path("<slug:language>/who-looked/", who_looked.who, name="who-looked"),
]
