"""What happened to an agency's case without its doing, for its eligibility systems to pick up."""

from typing import ClassVar

from django.db import models

from verification.enums import EventKind


class Event(models.Model):
    """One event. `position` is its place in the agency's order, given when it is first read.

    Writers take no lock for it: what has a smaller number and commits later is put behind what
    was read already, and of one case the events keep the order in which they happened.
    """

    agency = models.ForeignKey(
        "accounts.Agency", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    case = models.ForeignKey("verification.Case", on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=EventKind.choices)
    at = models.DateTimeField()
    position = models.PositiveBigIntegerField(null=True)
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints = [
            models.UniqueConstraint(name="event_place_once", fields=["agency", "position"])
        ]
        indexes = [
            models.Index(
                name="event_unplaced",
                fields=["agency", "id"],
                condition=models.Q(position__isnull=True),
            ),
            models.Index(
                name="event_to_pick_up",
                fields=["agency", "position"],
                condition=models.Q(acknowledged_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"
