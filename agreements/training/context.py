"""What pages say to somebody whose training is missing or runs out."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from agreements.training.services import local_day
from agreements.training.state import state_of


def training(request: HttpRequest) -> dict[str, Any]:
    """`training`, the state of whoever is signed in. No query."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"training": state_of(user, on=local_day(user, timezone.now()))}
