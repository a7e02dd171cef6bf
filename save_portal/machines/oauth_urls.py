from django.urls import path
from oauth2_provider.views import RevokeTokenView, TokenView

from save_portal.web.permissions import public

urlpatterns = [
    path("token/", public(TokenView.as_view()), name="token"),
    path("revoke/", public(RevokeTokenView.as_view()), name="revoke"),
]
