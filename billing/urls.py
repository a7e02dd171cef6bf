from django.urls import path

from billing import card_views, price_views, views

app_name = "billing"

urlpatterns = [
    path("", views.index, name="invoices"),
    path("prices/", price_views.show, name="prices"),
    path("prices/<int:change_id>/<slug:act>/", price_views.decide, name="decide-prices"),
    path("checks/", views.checks, name="checks"),
    path("limit/", views.limit, name="limit"),
    path("card/return/", card_views.come_back, name="card-return"),
    path("card/callback/", card_views.callback, name="card-callback"),
    path("card/<str:code>/", card_views.order, name="card-order"),
    path("<str:number>/card/", card_views.begin, name="pay-by-card"),
    path("<str:number>/slip.pdf", views.slip, name="slip"),
    path("<str:number>/", views.show, name="invoice"),
    path("<str:number>/invoice.pdf", views.pdf, name="pdf"),
    path("<str:number>/invoice.csv", views.as_csv, name="csv"),
    path("<str:number>/lines/<int:position>/", views.line, name="line"),
    path("<str:number>/<slug:name>/", views.act, name="act"),
]
