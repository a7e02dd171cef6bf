from django.urls import path

from . import views

app_name = "web"

urlpatterns = [
    path("session/stay/", views.stay, name="stay"),
    path("about/", views.about, name="about"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("help/", views.help_page, name="help"),
]
