from django.urls import path

from save_portal.accounts import views

app_name = "accounts"
urlpatterns = [
    path("terms/", views.terms_of_use, name="terms"),
    path("session/", views.session, name="session"),
    path("session/keep/", views.keep, name="keep"),
    path("session/resume/", views.resume, name="resume"),
    path("profile/", views.profile, name="profile"),
]
