"""Events: polled in the agency's order, acknowledged one by one."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from save_portal.accounts.roles import Permission
from save_portal.machines.endpoint import Answer, Endpoint
from verification.api import bodies, representation
from verification.api.description import OPERATIONS
from verification.models import Event
from verification.services import events


class Events(Endpoint):
    """What happened to the agency's cases and was not acknowledged, in its order (S10.1).

    Poll, do what the event asks for, acknowledge it. Until then it comes again.
    """

    operations = OPERATIONS["events"]
    permission = Permission.VIEW_AGENCY_CASES
    parameters = bodies.EventFilters

    def get(self, request: Request) -> Answer:
        wanted = self.query()
        size, after = int(wanted["limit"]), int(wanted["after"])
        agency_id = request.user.agency_id
        events.place_new(agency_id=agency_id)
        waiting = (
            Event.objects.filter(
                agency_id=agency_id, acknowledged_at__isnull=True, position__gt=after
            )
            .select_related("case")
            .order_by("position")[: size + 1]
        )
        found = [event_of(event) for event in waiting]
        return Answer({"events": found[:size], "more": len(found) > size})


class Acknowledge(Endpoint):
    """The event was picked up and does not come again. Acknowledging twice does no harm."""

    operations = OPERATIONS["acknowledge"]
    permission = Permission.VIEW_AGENCY_CASES
    form = bodies.Nothing

    def post(self, request: Request, event: int) -> Answer:
        self.read()
        kept = events.acknowledge(position=event, by=request.user, at=self.now)
        return Answer(event_of(kept))


def event_of(event: Event) -> dict[str, Any]:
    return {
        "id": event.position,
        "type": f"case.{event.kind}",
        "case_number": event.case.number,
        "at": event.at,
        "acknowledged_at": event.acknowledged_at,
        "links": {
            "case": representation.case_address("case", event.case.number),
            "acknowledge": representation.address("acknowledge", event.position),
        },
    }
