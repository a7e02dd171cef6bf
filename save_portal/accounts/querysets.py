"""What of the people and agencies somebody may read: an agency its own, an office all (S1.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import BaseUserManager
from django.db import models

if TYPE_CHECKING:
    from save_portal.accounts.models import User


class AgencyQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> AgencyQuerySet:
        return self if user.is_office_staff else self.filter(pk=user.agency_id)

    def active(self) -> AgencyQuerySet:
        return self.filter(is_active=True)


class AgencyManager(models.Manager.from_queryset(AgencyQuerySet)):  # type: ignore[misc]
    """Without sandboxes, which are in no list and no figure."""

    def get_queryset(self) -> AgencyQuerySet:
        found: AgencyQuerySet = super().get_queryset().filter(sandbox_of__isnull=True)
        return found


class DepartmentQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> DepartmentQuerySet:
        return self if user.is_office_staff else self.filter(agency_id=user.agency_id)


class GroupQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> GroupQuerySet:
        if user.is_office_staff:
            return self
        return self.filter(department__agency_id=user.agency_id)


class UserQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> UserQuerySet:
        return self if user.is_office_staff else self.filter(agency_id=user.agency_id)

    def active(self) -> UserQuerySet:
        return self.filter(is_active=True)


class InvitationQuerySet(models.QuerySet[Any]):
    def kept_by(self, user: User) -> InvitationQuerySet:
        """An agency's administrator sees the agency's; a program officer those the office sent."""
        if user.agency_id is not None:
            return self.filter(agency_id=user.agency_id)
        return self.filter(
            models.Q(office__isnull=False) | models.Q(invited_by__office__isnull=False)
        )

    def waiting(self) -> InvitationQuerySet:
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Accounts are known by their e-mail address, kept in lower case; there is no user name."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user: User = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str | None) -> User:
        user: User = self.get(email=(email or "").strip().lower())
        return user
