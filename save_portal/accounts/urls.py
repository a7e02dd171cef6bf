from django.urls import path

from save_portal.accounts import views

app_name = "accounts"
urlpatterns = [
    path("terms/", views.terms_of_use, name="terms"),
    path("session/", views.session, name="session"),
    path("profile/", views.profile, name="profile"),
]
