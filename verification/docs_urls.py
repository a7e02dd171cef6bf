from django.urls import path

from verification.views import sandbox

app_name = "sandbox-docs"

urlpatterns = [path("sandbox/", sandbox.people, name="people")]
