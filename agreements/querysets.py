"""Filters of agreements, to be chained. Row-level security fences the agency below all of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from agreements.lifecycles.agreement import BINDING, ENDS
from save_portal.accounts.roles import Permission

if TYPE_CHECKING:
    from save_portal.accounts.models import User


class AgreementQuerySet(models.QuerySet[Any]):
    def update(self, **kwargs: Any) -> int:
        """Refuse what only a transition may change; PostgreSQL refuses it as well."""
        if "status" in kwargs:
            raise AttributeError("status: changed by a service only.")
        return super().update(**kwargs)

    def visible_to(self, user: User) -> AgreementQuerySet:
        """All for the program office, the own agency's for its people, none for other offices.

        A contractor's people see those of the agency that it acts for, under which it works (S1.2).
        """
        if user.agency is not None:
            return self.filter(agency_id=user.agency.acts_for_id or user.agency_id)
        return self if user.can(Permission.MANAGE_PROGRAM) else self.none()

    def binding(self, on: date) -> AgreementQuerySet:
        """Those that permit new cases on the day (S5.1)."""
        return self.filter(status__in=BINDING, term__contains=on)

    def under_way(self) -> AgreementQuerySet:
        """Neither ended nor refused."""
        return self.filter(~Q(status__in=ENDS))
