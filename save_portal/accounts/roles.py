"""Roles as code: who may do what is decided here and nowhere in the database (S1.2).

A role is a fixed code of the contract; a permission is a name that policies and views ask for.
"""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class Role(models.TextChoices):
    GENERAL_USER = "general_user", "Caseworker"
    SUPERVISOR = "supervisor", "Supervisor"
    AGENCY_ADMINISTRATOR = "agency_administrator", "Agency administrator"
    MACHINE = "machine", "Eligibility system"
    TEST_VERIFIER = "test_verifier", "Test verifier"
    STATUS_VERIFIER = "status_verifier", "Status verifier"
    VERIFIER_SUPERVISOR = "verifier_supervisor", "Verifier supervisor"
    PROGRAM_OFFICER = "program_officer", "Program officer"
    RECORDS_OFFICER = "records_officer", "Records officer"
    COMPLIANCE_OFFICER = "compliance_officer", "Compliance officer"


class Permission(StrEnum):
    INITIATE_CASE = "initiate_case"
    VIEW_OWN_CASES = "view_own_cases"
    VIEW_AGENCY_CASES = "view_agency_cases"
    ACT_ON_CASE = "act_on_case"
    CLOSE_CASE = "close_case"
    MANAGE_PEOPLE = "manage_people"
    VIEW_INVOICES = "view_invoices"
    ANSWER_FOR_INVOICES = "answer_for_invoices"
    SIGN_AGREEMENT = "sign_agreement"
    REVIEW_REQUESTS = "review_requests"
    MANAGE_QUEUE = "manage_queue"
    VIEW_PROTECTED_RECORDS = "view_protected_records"
    MANAGE_PROGRAM = "manage_program"
    CORRECT_RECORDS = "correct_records"
    MONITOR = "monitor"


# Accounts behind which nobody sits: an agency's systems, and who answers in its sandbox. They
# have no password and no session; nobody gives these roles to anybody.
AUTOMATIC_ROLES: frozenset[Role] = frozenset({Role.MACHINE, Role.TEST_VERIFIER})
AGENCY_ROLES: frozenset[Role] = AUTOMATIC_ROLES | {
    Role.GENERAL_USER,
    Role.SUPERVISOR,
    Role.AGENCY_ADMINISTRATOR,
}
OFFICE_ROLES: frozenset[Role] = frozenset(Role) - AGENCY_ROLES

# A second factor is demanded of everybody who can sign in: even one's own cases are other people's
# data. Machines come with a token (save_portal/machines).
SECOND_FACTOR_ROLES: frozenset[Role] = frozenset(Role) - AUTOMATIC_ROLES

_CASEWORK = frozenset(
    {
        Permission.INITIATE_CASE,
        Permission.VIEW_OWN_CASES,
        Permission.ACT_ON_CASE,
        Permission.CLOSE_CASE,
    }
)

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.GENERAL_USER: _CASEWORK,
    Role.SUPERVISOR: _CASEWORK | {Permission.VIEW_AGENCY_CASES},
    Role.AGENCY_ADMINISTRATOR: _CASEWORK
    | {
        Permission.VIEW_AGENCY_CASES,
        Permission.MANAGE_PEOPLE,
        Permission.VIEW_INVOICES,
        Permission.ANSWER_FOR_INVOICES,
        Permission.SIGN_AGREEMENT,
    },
    Role.MACHINE: _CASEWORK | {Permission.VIEW_AGENCY_CASES, Permission.VIEW_INVOICES},
    Role.STATUS_VERIFIER: frozenset({Permission.REVIEW_REQUESTS}),
    # Belongs to a sandbox, and the fence of its agency holds for it (ADR 0018).
    Role.TEST_VERIFIER: frozenset({Permission.REVIEW_REQUESTS, Permission.VIEW_AGENCY_CASES}),
    # Who is cleared for people under special protection (8 CFR 208.6, 8 USC 1367).
    Role.VERIFIER_SUPERVISOR: frozenset(
        {
            Permission.REVIEW_REQUESTS,
            Permission.MANAGE_QUEUE,
            Permission.VIEW_PROTECTED_RECORDS,
        }
    ),
    Role.PROGRAM_OFFICER: frozenset(
        {Permission.MANAGE_PROGRAM, Permission.MANAGE_PEOPLE, Permission.VIEW_INVOICES}
    ),
    Role.RECORDS_OFFICER: frozenset({Permission.CORRECT_RECORDS}),
    Role.COMPLIANCE_OFFICER: frozenset({Permission.MONITOR}),
}
