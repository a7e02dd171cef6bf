from django.urls import path

from agreements.training import views

app_name = "training"
urlpatterns = [
    path("", views.index, name="index"),
    path("lessons/<slug:lesson_id>/", views.lesson, name="lesson"),
    path("questions/", views.questions, name="questions"),
    path("passages/<int:attempt_id>/", views.result, name="result"),
    path("certificates/<str:number>.pdf", views.certificate, name="certificate"),
    path("report/", views.report_page, name="report"),
    path("report/training.csv", views.report_csv, name="report-csv"),
]
