from django.urls import path

from save_portal.calendar import views

app_name = "federal_calendar"
urlpatterns = [
    path("", views.closure_list, name="closure-list"),
    path("add/", views.closure_edit, name="closure-add"),
    path("<int:pk>/", views.closure_edit, name="closure-edit"),
]
