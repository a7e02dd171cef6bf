from django.urls import path

from billing import price_views, views

app_name = "billing"

urlpatterns = [
    path("", views.index, name="invoices"),
    path("prices/", price_views.show, name="prices"),
    path("prices/<int:change_id>/<slug:act>/", price_views.decide, name="decide-prices"),
    path("<str:number>/", views.show, name="invoice"),
    path("<str:number>/invoice.pdf", views.pdf, name="pdf"),
    path("<str:number>/invoice.csv", views.as_csv, name="csv"),
    path("<str:number>/lines/<int:position>/", views.line, name="line"),
    path("<str:number>/<slug:name>/", views.act, name="act"),
]
