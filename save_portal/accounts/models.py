"""Agency → department → group, the offices of the program, and the people of both (S1.2).

An account belongs to an agency or to an office, never to both. Whatever an agency or an office
edits keeps its row history; what people read about it is the audit log.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from simple_history.models import HistoricalRecords

from save_portal.accounts.querysets import (
    AgencyManager,
    AgencyQuerySet,
    DepartmentQuerySet,
    GroupQuerySet,
    InvitationQuerySet,
    UserManager,
)
from save_portal.accounts.roles import (
    AGENCY_ROLES,
    AUTOMATIC_ROLES,
    ROLE_PERMISSIONS,
    SECOND_FACTOR_ROLES,
    Permission,
    Role,
)


class Agency(models.Model):
    """A user agency, or a contractor that acts for one (S1.2)."""

    class Kind(models.TextChoices):
        FEDERAL = "federal", "Federal"
        STATE = "state", "State"
        LOCAL = "local", "Local"
        TRIBAL = "tribal", "Tribal"
        CONTRACTOR = "contractor", "Contractor"

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    acts_for = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="contractors"
    )
    time_zone = models.CharField(max_length=40, default="America/New_York")
    sandbox_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sandboxes",
        help_text="The agency whose test mode this is; then the key is negative (ADR 0018).",
    )
    prompt_days = models.PositiveSmallIntegerField(
        default=5, help_text="Days after which an unanswered prompt counts as not followed."
    )
    is_active = models.BooleanField(default=True)

    # The agencies that there are. A sandbox is one to the code that works in it and to nobody else.
    objects = AgencyManager()
    sandboxes_too = AgencyQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name_plural = "agencies"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="contractor_acts_for_an_agency",
                condition=Q(kind="contractor", acts_for__isnull=False)
                | (~Q(kind="contractor") & Q(acts_for__isnull=True)),
            ),
            models.CheckConstraint(
                name="sandbox_has_a_negative_key",
                condition=Q(sandbox_of__isnull=True, id__gt=0)
                | Q(sandbox_of__isnull=False, sandbox_of__gt=0, id__lt=0, acts_for__isnull=True),
            ),
            models.UniqueConstraint(
                name="one_sandbox_an_agency", fields=["sandbox_of"], condition=Q(is_active=True)
            ),
        ]
        triggers = [
            # Its cases are that agency's business for good: another agency is another contractor.
            pgtrigger.Protect(
                name="acts_for_one_agency",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__acts_for__isnull=False)
                & pgtrigger.Q(old__acts_for__df=pgtrigger.F("new__acts_for")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_sandbox(self) -> bool:
        """Whether this is the test mode of an agency: no real person, charge or figure in it."""
        return self.sandbox_of_id is not None

    @property
    def in_full(self) -> str:
        """The name, and for a contractor the agency that it acts for (S1.2)."""
        return f"{self.name}, for {self.acts_for.name}" if self.acts_for else self.name


class Department(models.Model):
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="departments")
    name = models.CharField(max_length=200)

    objects = DepartmentQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "name"], name="department_once_an_agency"),
        ]

    def __str__(self) -> str:
        return self.name


class Group(models.Model):
    """A team of a department; `cases_shared` lets its members see and act on each other's cases."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(max_length=200)
    cases_shared = models.BooleanField(default=False)

    objects = GroupQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["department", "name"], name="group_once_a_department"),
        ]

    def __str__(self) -> str:
        return self.name


class Office(models.Model):
    """An office of the program itself: status verifiers, program, records, compliance."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class User(AbstractBaseUser):
    email = models.EmailField(
        unique=True,
        error_messages={"unique": "An account with this e-mail address already exists."},
    )
    full_name = models.CharField(max_length=150)
    phone = models.CharField(max_length=30, blank=True)
    role = models.CharField(max_length=24, choices=Role.choices)
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="users"
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="users"
    )
    group = models.ForeignKey(
        Group, on_delete=models.PROTECT, null=True, blank=True, related_name="users"
    )
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, null=True, blank=True, related_name="users"
    )
    is_active = models.BooleanField(default=True)
    # What the newest certificate of training says; `agreements.training` keeps it.
    trained_as = models.CharField(max_length=40, blank=True)
    trained_until = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = UserManager()
    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name", "role"]

    class Meta:
        ordering = ["full_name"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="email_once_in_any_case"),
            models.CheckConstraint(
                name="user_of_an_agency_or_an_office",
                condition=Q(agency__isnull=False, office__isnull=True)
                | Q(agency__isnull=True, office__isnull=False),
            ),
            models.CheckConstraint(
                name="role_fits_where_the_user_works",
                condition=Q(agency__isnull=False, role__in=sorted(AGENCY_ROLES))
                | (Q(office__isnull=False) & ~Q(role__in=sorted(AGENCY_ROLES))),
            ),
            models.CheckConstraint(
                name="only_machines_in_a_sandbox",
                condition=Q(agency__lt=0, role__in=sorted(AUTOMATIC_ROLES))
                | (Q(agency__isnull=True) | Q(agency__gt=0)) & ~Q(role=Role.TEST_VERIFIER),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        # A sign-in or a new password hash is no edit of the account: no history row for it.
        fields = kwargs.get("update_fields")
        unremarkable = fields is not None and set(fields) <= {"last_login", "password"}
        if unremarkable:
            self.skip_history_when_saving = True
        try:
            super().save(*args, **kwargs)
        finally:
            if unremarkable:
                del self.skip_history_when_saving

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name

    @property
    def is_office_staff(self) -> bool:
        return self.office_id is not None

    @property
    def organization(self) -> Agency | Office | None:
        return self.agency if self.agency_id is not None else self.office

    @property
    def needs_second_factor(self) -> bool:
        return self.role in SECOND_FACTOR_ROLES

    def can(self, permission: Permission) -> bool:
        """Whether the role of an active account carries the permission."""
        return self.is_active and permission in ROLE_PERMISSIONS[Role(self.role)]


class Invitation(models.Model):
    """A link mailed to somebody who makes an account with it, once and within a term.

    The link itself is kept nowhere: it is a signature over this row's key and its `sendings`.
    """

    email = models.EmailField()
    full_name = models.CharField(max_length=150)
    role = models.CharField(max_length=24, choices=Role.choices)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, related_name="+"
    )
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, related_name="+")
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sendings = models.PositiveSmallIntegerField(default=1)
    withdrawn_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    account = models.OneToOneField(
        User, on_delete=models.PROTECT, null=True, related_name="invitation"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-invited_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="invitation_open_once",
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="invited_to_an_agency_or_an_office",
                condition=Q(
                    agency__isnull=False, office__isnull=True, role__in=sorted(AGENCY_ROLES)
                )
                | (
                    Q(agency__isnull=True, office__isnull=False) & ~Q(role__in=sorted(AGENCY_ROLES))
                ),
            ),
            models.CheckConstraint(
                name="invitation_accepted_makes_an_account",
                condition=Q(accepted_at__isnull=True, account__isnull=True)
                | Q(accepted_at__isnull=False, account__isnull=False, withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.full_name}, {self.get_role_display()}"

    def is_open(self, at: datetime) -> bool:
        closed = self.accepted_at is not None or self.withdrawn_at is not None
        return not closed and at < self.expires_at

    @property
    def organization(self) -> Agency | Office | None:
        return self.agency if self.agency_id is not None else self.office


class TermsAcceptance(models.Model):
    """One acceptance of the terms of use, at one sign-in (S3.5). Rows are only ever added."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="terms_acceptances")
    version = models.CharField(max_length=20)
    accepted_at = models.DateTimeField()
    session_key_hash = models.CharField(max_length=64)

    append_only = True

    class Meta:
        ordering = ["-accepted_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "session_key_hash"], name="terms_once_a_session"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.user} accepted version {self.version}"
