from django.urls import path

from billing import api

app_name = "billing-api"

urlpatterns = [path("invoices", api.Invoices.as_view(), name="invoices")]
