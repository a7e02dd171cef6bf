"""The sandbox: its published people, its clock, and beginning anew (ADR 0018)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request

from save_portal.accounts.models import Agency
from save_portal.accounts.roles import Permission
from save_portal.accounts.tenancy import move_scope
from save_portal.machines import sandbox as sandboxes
from save_portal.machines.endpoint import Answer, Endpoint
from save_portal.machines.fields import Code, Instant, Strict, Whole
from save_portal.machines.problems import problem
from verification.api import bodies
from verification.api.sandbox_description import OPERATIONS
from verification.models import Case
from verification.sandbox.people import PEOPLE
from verification.sandbox.person import Given, Group, PublishedPerson
from verification.services import sandbox as practice


class ClockMove(Strict):
    """By how many days, or to which instant, the clock goes forward. `{"days": 0}` does what is

    due now.
    """

    days = Whole(required=False, min_value=0, max_value=practice.MOST_DAYS)
    to = Instant(required=False, help_text="The instant that it shows then.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError({"days": "Send either days or to."})
        return attrs


class PeopleFilters(Strict):
    group = Code(
        choices=[(group.value, group.value) for group in Group],
        required=False,
        help_text="Only those who show this.",
    )


class SandboxEndpoint(Endpoint):
    """An endpoint for the agency's test mode alone."""

    permission = Permission.INITIATE_CASE

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        if not request.auth.is_test:
            raise problem(
                "not-permitted",
                "This client works in production. Make one for the sandbox on the page Sandbox.",
            )

    def state(self, sandbox: Agency) -> dict[str, Any]:
        """The sandbox as it is now. Two queries."""
        ahead = sandboxes.ahead_of(sandbox.pk)
        return {
            "now": timezone.now() + ahead,
            "ahead_seconds": round(ahead.total_seconds()),
            "cases": Case.objects.filter(agency=sandbox).count(),
            "links": {
                "self": reverse("api:sandbox"),
                **{name: reverse(f"api:sandbox-{name}") for name in ("people", "clock", "reset")},
            },
        }


class Sandbox(SandboxEndpoint):
    """What its clock shows, and what is in it."""

    operations = OPERATIONS["sandbox"]

    def get(self, request: Request) -> Answer:
        self.query()
        return Answer(self.state(request.user.agency))


class People(SandboxEndpoint):
    """Whom to ask about: one for each statement, reason, error, delay and verifier's answer."""

    operations = OPERATIONS["people"]
    parameters = PeopleFilters

    def get(self, request: Request) -> Answer:
        group = self.query().get("group")
        benefit = request.auth.benefits[0]
        found = [
            person_of(person, benefit) for person in PEOPLE if group in (None, person.group.value)
        ]
        return Answer({"items": found})


class Clock(SandboxEndpoint):
    """Moves the clock forward. What comes due on the way is done: answers of the test verifier,

    reminders, and the end of cases after 180 days.
    """

    operations = OPERATIONS["clock"]
    form = ClockMove

    def post(self, request: Request) -> Answer:
        wanted = self.read()
        sandbox = request.user.agency
        to = wanted.get("to", self.now + timedelta(days=wanted.get("days", 0)))
        done = practice.move_clock(sandbox=sandbox, to=to, by=request.user, at=timezone.now())
        return Answer(
            {
                "sandbox": self.state(sandbox),
                "done": {
                    "verifier_answers": done.verifier_answers,
                    "reminders": done.reminders,
                    "closed": done.closed,
                    "events": done.events,
                },
            }
        )


class Reset(SandboxEndpoint):
    """A fresh sandbox: no case, no event, the clock at today. Clients and endpoints stay."""

    operations = OPERATIONS["reset"]
    form = bodies.Nothing

    def post(self, request: Request) -> Answer:
        self.read()
        client = request.auth
        fresh = sandboxes.begin_anew(sandbox=client.agency, by=request.user, at=timezone.now())
        # The answer is kept for a repetition, and read, in the sandbox that is there now.
        client.agency = fresh
        move_scope(fresh.pk)
        return Answer(self.state(fresh))


def person_of(person: PublishedPerson, benefit: str) -> dict[str, Any]:
    refused = bool(person.problem)
    return {
        "key": person.key,
        "group": person.group.value,
        "shows": person.shows,
        "question": person.question(benefit),
        "outcome": None if refused else person.outcome,
        "statement_code": None if refused else person.statement_code,
        "reasons": [] if refused else list(person.reasons),
        "seconds": person.seconds,
        "reason_to_ask": str(person.reason_to_ask),
        "verifier_answers": {
            "additional": [_scripted(told) for told in person.additional],
            "g845": [_scripted(told) for told in person.g845],
        },
        "problem": person.problem or None,
    }


def _scripted(told: Given) -> dict[str, Any]:
    return {
        "working_days": told.after,
        "kind": told.kind,
        "items": [item["item"] for item in told.items],
        "comments": list(told.comments),
    }
