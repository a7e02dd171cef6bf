"""The price list: amounts and exemptions with the days from which they hold (S4.1, S4.3).

`Price` and `Exemption` are what holds; rows come from a `PriceChange` that one officer proposed and
another approved, and are never taken back.
"""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.contrib.postgres.fields.ranges import DateRangeField, RangeBoundary
from django.db import models
from django.db.models import F, Func, Q

from billing.enums import PRICED
from billing.lifecycles import PRICE_CHANGE_TRANSITIONS, PriceChangeLifecycle, PriceChangeStatus
from save_portal.accounts.models import Agency
from save_portal.lifecycles.machine import changes


class Price(models.Model):
    """What one act of a kind costs from a day on. Amounts are U.S. dollars.

    It holds until the next row of its kind begins: there is neither a gap nor an overlap.
    """

    kind = models.CharField(max_length=12, choices=PRICED)
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    effective_from = models.DateField()

    append_only = True

    class Meta:
        ordering: ClassVar = ["kind", "effective_from"]
        constraints = [
            models.UniqueConstraint(
                name="price_one_a_kind_and_day", fields=["kind", "effective_from"]
            ),
            models.CheckConstraint(name="price_is_not_negative", condition=models.Q(amount__gte=0)),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: ${self.amount} from {self.effective_from}"


class Exemption(models.Model):
    """A kind of agency that pays nothing from a day on, not even the minimum.

    A contractor counts as the agency that it acts for. Only the last day may be added later.
    """

    agency_kind = models.CharField(max_length=10, choices=Agency.Kind.choices)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, help_text="the last day; empty: until changed")
    source = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar = ["agency_kind", "effective_from"]
        constraints = [
            models.CheckConstraint(
                name="exemption_ends_after_it_begins",
                condition=models.Q(effective_to__isnull=True)
                | models.Q(effective_to__gte=models.F("effective_from")),
            ),
            ExclusionConstraint(
                name="exemption_one_at_a_time",
                expressions=[
                    ("agency_kind", RangeOperators.EQUAL),
                    (
                        Func(
                            F("effective_from"),
                            F("effective_to"),
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="DATERANGE",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="exemption_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="exemption_only_ends", fields=["agency_kind", "effective_from", "source"]
            ),
            pgtrigger.Protect(
                name="exemption_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__effective_to__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_agency_kind_display()} from {self.effective_from}"


class PriceChange(PriceChangeLifecycle):
    """A whole price list from a day on: proposed by one officer, decided by another.

    `amounts` names an amount for every kind of act and for the minimum, `exempt` the kinds of
    agency that pay nothing.
    """

    effective_from = models.DateField(help_text="the first day of a month")
    amounts = models.JSONField()
    exempt = ArrayField(models.CharField(max_length=10), default=list)
    source = models.CharField(max_length=200, help_text="the notice in which it was published")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["-effective_from", "-id"]
        constraints = [
            models.CheckConstraint(
                name="price_change_status_is_known",
                condition=Q(status__in=PriceChangeStatus.values),
            ),
            models.CheckConstraint(
                name="price_change_first_day", condition=Q(effective_from__day=1)
            ),
            models.CheckConstraint(
                name="price_change_names_every_kind",
                condition=Q(amounts__has_keys=[kind for kind, _ in PRICED]),
            ),
            models.CheckConstraint(
                name="price_change_by_two_officers",
                condition=Q(status=PriceChangeStatus.PROPOSED, decided_by__isnull=True)
                | Q(status=PriceChangeStatus.WITHDRAWN, decided_by=F("proposed_by"))
                | Q(status__in=[PriceChangeStatus.APPROVED, PriceChangeStatus.REJECTED])
                & ~Q(decided_by=F("proposed_by")),
            ),
            models.UniqueConstraint(
                name="price_list_one_a_day",
                fields=["effective_from"],
                condition=Q(status=PriceChangeStatus.APPROVED),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(
                name="legal_price_change_moves",
                field="status",
                transitions=changes(PRICE_CHANGE_TRANSITIONS),
            ),
            pgtrigger.ReadOnly(
                name="price_change_content_never_changes",
                fields=[
                    "effective_from",
                    "amounts",
                    "exempt",
                    "source",
                    "proposed_by",
                    "proposed_at",
                ],
            ),
            pgtrigger.Protect(name="price_change_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"price list from {self.effective_from}"
