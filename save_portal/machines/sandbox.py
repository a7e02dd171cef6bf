"""An agency's sandbox: its test mode beside production, always there, with a clock of its own.

A sandbox is an agency of its own with a negative key, whose rows no scope of production sees (ADR
0018). To begin it anew is to open another one; systems and endpoints move over, cases stay behind.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from save_portal import audit
from save_portal.accounts.models import Agency, User
from save_portal.accounts.roles import Permission, Role
from save_portal.accounts.tenancy import agency_scope, is_sandbox, whole_scope
from save_portal.machines.models import Client, ClientSecret, KeptAnswer, SandboxClock, Webhook

FARTHEST = timedelta(days=5 * 366)  # that a clock goes ahead; what is on record holds much longer


def present(agency: Agency) -> Agency | None:
    """The sandbox of the agency as it is now, if it was ever opened. One query."""
    found: Agency | None = Agency.sandboxes_too.filter(sandbox_of=agency, is_active=True).first()
    return found


@transaction.atomic
def opened(*, agency: Agency, by: User | None, at: datetime) -> Agency:
    """The agency's sandbox, opened now if it never was. `at` is the time outside of it."""
    if agency.is_sandbox:
        raise ValueError("A sandbox has no sandbox.")
    Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    return present(agency) or _open(agency, by=by, at=at)


def now_in(agency: Agency, *, at: datetime) -> datetime:
    """What time it is for this agency when it is `at`: in a sandbox what its clock shows.

    One query in a sandbox, none elsewhere.
    """
    return at + ahead_of(agency.pk)


def ahead_of(agency_id: int) -> timedelta:
    """How far the agency's clock goes ahead of the time outside; only in a sandbox does it."""
    if not is_sandbox(agency_id):
        return timedelta(0)
    found: timedelta = SandboxClock.objects.values_list("ahead", flat=True).get(agency=agency_id)
    return found


@transaction.atomic
def begin_anew(*, sandbox: Agency, by: User, at: datetime) -> Agency:
    """A fresh sandbox in place of this one: no case, and the clock at today.

    Systems with their secrets and tokens, and endpoints, work in the new one from then on. Asked
    of one that was replaced meanwhile, it gives the one that replaced it. For its own systems and
    the agency's administrator alone.
    """
    _check_steers(by, sandbox)
    assert sandbox.sandbox_of is not None
    agency = Agency.objects.select_for_update(no_key=True).get(pk=sandbox.sandbox_of_id)
    current = present(agency)
    if current is None or current.pk != sandbox.pk:
        return current or _open(agency, by=None, at=at)
    with whole_scope():
        sandbox.is_active = False
        sandbox.save(update_fields=["is_active"])
        fresh = _open(agency, by=by, at=at)
        moving = Client.objects.select_related("user").select_for_update(of=("self",))
        for client in moving.filter(agency=sandbox, ended_at__isnull=True):
            account = client.user
            account.is_active, account.ended_at = False, at
            account.save(update_fields=["is_active", "ended_at"])
            client.user = machine_account(agency=fresh, name=client.name)
            client.agency = fresh
            client.save(update_fields=["user", "agency"])
        KeptAnswer.objects.filter(agency=sandbox).delete()
        ClientSecret.objects.filter(client__agency=fresh).update(agency=fresh)
        Webhook.objects.filter(agency=sandbox, ended_at__isnull=True).update(agency=fresh)
        _record("sandbox.begun_anew", fresh, by=by, at=at, data={"instead_of": sandbox.pk})
    return fresh


@transaction.atomic
def set_ahead(*, sandbox: Agency, to: datetime, by: User, at: datetime) -> None:
    """Let the clock show `to`, when it is `at` outside. Runs in the sandbox's scope.

    For its own systems and the agency's administrator alone.
    """
    _check_steers(by, sandbox)
    clock = SandboxClock.objects.select_for_update().get(agency=sandbox)
    clock.ahead = to - at
    clock.save(update_fields=["ahead"])
    _record("sandbox.clock_moved", sandbox, by=by, at=at, data={"to": to.isoformat()})


def verifier_of(sandbox: Agency) -> User:
    """Who answers the requests in the sandbox. One query."""
    found: User = User.objects.select_related("agency").get(agency=sandbox, role=Role.TEST_VERIFIER)
    return found


def machine_account(*, agency: Agency, name: str, role: Role = Role.MACHINE) -> User:
    """An account behind which nobody sits: it has no password and no address."""
    return User.objects.create_user(
        f"{secrets.token_hex(16)}@machine.invalid", None, full_name=name, role=role, agency=agency
    )


def _check_steers(by: User, sandbox: Agency) -> None:
    is_its_system = by.agency_id == sandbox.pk and by.role == Role.MACHINE
    is_administrator = by.agency_id == sandbox.sandbox_of_id and by.can(Permission.MANAGE_PEOPLE)
    if not (is_its_system or is_administrator):
        raise PermissionDenied(
            "Only the sandbox's own systems and an administrator of the agency steer it."
        )


def _open(agency: Agency, *, by: User | None, at: datetime) -> Agency:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('accounts_sandbox_id_seq')")
        (key,) = cursor.fetchone()
    with agency_scope(key):
        sandbox = Agency.sandboxes_too.create(
            pk=key,
            code=f"SANDBOX{key}",
            name=f"{agency.name[:180]} (sandbox)",
            kind=Agency.Kind.LOCAL if agency.acts_for_id else agency.kind,
            time_zone=agency.time_zone,
            prompt_days=agency.prompt_days,
            sandbox_of=agency,
        )
        machine_account(agency=sandbox, name="Test verifier", role=Role.TEST_VERIFIER)
        SandboxClock.objects.create(agency=sandbox, ahead=timedelta(0), worked_until=at)
        _record("sandbox.opened", sandbox, by=by, at=at)
    return sandbox


def _record(
    verb: str,
    sandbox: Agency,
    *,
    by: User | None,
    at: datetime,
    data: dict[str, object] | None = None,
) -> None:
    audit.record(
        verb,
        by=by,
        at=at,
        subject_type="sandbox",
        subject_id=sandbox.pk,
        agency_id=sandbox.pk,
        data=data,
    )
