from django.urls import path

from casecheck import views

app_name = "casecheck"

urlpatterns = [
    path("", views.begin, name="begin"),
    path("<slug:language>/", views.look_up, name="look-up"),
    path("<slug:language>/ask/", views.ask, name="ask"),
]
