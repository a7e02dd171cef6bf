from django.urls import path

from agreements.views import agreements, contractors, public, supplements

app_name = "agreements"

urlpatterns = [
    path("register/", public.begin, name="begin"),
    path("register/sent/", public.sent, name="sent"),
    path("register/continue/<str:token>/", public.continue_by_link, name="continue"),
    path("register/agency/", public.register, name="register"),
    path("agreements/check/", public.check, name="check"),
    path("agreements/", agreements.index, name="index"),
    path("agreements/<str:number>/", agreements.show, name="agreement"),
    path("agreements/<str:number>/agreement.pdf", agreements.pdf, name="pdf"),
    path("agreements/<str:number>/propose/", agreements.propose, name="propose"),
    path("agreements/<str:number>/compare/", agreements.compare_versions, name="compare"),
    path("agreements/<str:number>/sign/", agreements.sign, name="sign"),
    path("agreements/<str:number>/reason/<slug:name>/", agreements.reason, name="reason"),
    path("agreements/<str:number>/renew/", agreements.renew, name="renew"),
    path("agreements/<str:number>/contractor/", contractors.open_account, name="contractor"),
    path("agreements/<str:number>/supplement/", supplements.propose, name="supplement-new"),
    path(
        "agreements/<str:number>/supplement/<int:supplement>/", supplements.show, name="supplement"
    ),
    path(
        "agreements/<str:number>/supplement/<int:supplement>/sign/",
        supplements.sign,
        name="supplement-sign",
    ),
    path(
        "agreements/<str:number>/supplement/<int:supplement>/withdraw/",
        supplements.withdraw,
        name="supplement-withdraw",
    ),
    path(
        "agreements/<str:number>/supplement/<int:supplement>/supplement.pdf",
        supplements.pdf,
        name="supplement-pdf",
    ),
    path("agreements/<str:number>/<slug:name>/", agreements.act, name="act"),
]
