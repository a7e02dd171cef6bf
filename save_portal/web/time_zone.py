"""Instants are kept in UTC and shown in the zone of the reader's agency."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone


class AgencyTimeZoneMiddleware:
    """Shows times as the agency's clocks tell them; an office reads the portal's own zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = getattr(request, "user", None)
        agency = user.agency if user is not None and user.is_authenticated else None
        with timezone.override(ZoneInfo(agency.time_zone) if agency else None):
            return self.get_response(request)
