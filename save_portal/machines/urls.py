from django.urls import path

from save_portal.machines import views

app_name = "machines"

urlpatterns = [
    path("schema/", views.description, name="schema"),
    path("docs/", views.docs, name="docs"),
    path("docs/changes/", views.changes, name="changes"),
    path("problems/", views.problems, name="problems"),
    path("problems/<slug:slug>/", views.problem_page, name="problem"),
]
