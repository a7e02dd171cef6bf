from django.urls import path

from casecheck.views import delays

app_name = "delays"

urlpatterns = [path("", delays.show, name="rules")]
