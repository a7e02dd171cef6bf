from django.urls import path

from billing import stand_in

urlpatterns = [path("", stand_in.show, name="card-stand-in")]
