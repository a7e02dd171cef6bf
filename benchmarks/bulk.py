"""Cases by the hundred thousand, written by PostgreSQL itself. Run inside `system_scope()`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from save_portal.accounts.tenancy import system_scope

if TYPE_CHECKING:
    from save_portal.accounts.models import User

BATCH = 50_000
OWN_SHARE = 10  # every tenth case is the measured caseworker's
APART = "12 seconds"  # a million lie within 139 days: none has gone 180 days without action

CASES = """
INSERT INTO verification_case (
    status, closure_reason, number, version, created_at, last_action_at, due_on, due_because,
    document_type, document_description, family_name, given_name, middle_name, also_known_as,
    date_of_birth, a_number, i94_number, sevis_id, card_number, naturalization_certificate,
    citizenship_certificate, passport_number, passport_country, visa_number, applicant_key,
    benefits, agency_reference, document_doubt, fingerprint, photo_answer, wish,
    change_reason, agency_id, department_id, created_by_id, handled_by_id
)
SELECT CASE WHEN n %% 3 = 0 THEN 'initial_confirmed' ELSE 'initial_unconfirmed' END, '',
    'B' || lpad(n::text, 12, '0') || 'AA', 1,
    now() - n * %(apart)s::interval, now() - n * %(apart)s::interval,
    current_date + ((n * 7919) %% 60)::int - 20, '{}',
    'i551', '', 'Family' || n %% 5000, 'Given' || n %% 700, '', '{}',
    date '1950-01-01' + (n %% 20000)::int, lpad(n::text, 9, '0'), '', '',
    'BBB' || lpad(n::text, 10, '0'), '', '', '', '', '',
    'family' || n %% 5000 || ' given' || n %% 700,
    '{snap}', 'HH-' || n, '', md5(n::text) || md5('x' || n), '', '',
    'bulk', %(agency)s, %(department)s, owner, owner
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n,
    LATERAL (SELECT CASE WHEN n %% %(share)s = 0 THEN %(own)s ELSE %(other)s END::bigint)
        AS who(owner)
"""

ANSWERS = """
INSERT INTO verification_initialanswer (
    at, asked, outcome, reasons, statement_code, statement, returned, record_refs, rule, searched,
    person_ref, grade, grounds, agency_id, by_id, case_id
)
SELECT created_at, '{}',
    CASE WHEN confirmed THEN 'confirmed' ELSE 'additional_verification' END,
    CASE WHEN confirmed THEN '{}' ELSE '{no_record}' END::varchar[],
    CASE WHEN confirmed THEN 12 ELSE 37 END, 'bulk',
    CASE WHEN confirmed THEN '{}' END::jsonb, '{}', 'bulk', '[]', '', '', '{}',
    agency_id, created_by_id, id
FROM verification_case,
    LATERAL (SELECT status = 'initial_confirmed') AS answer(confirmed)
WHERE agency_id = %(agency)s AND number BETWEEN %(from)s AND %(to)s
"""


def add_cases(first: int, last: int, *, own: User, other: User) -> None:
    """Cases number `first` to `last`, each with its answer, a batch a transaction.

    Without their triggers: nothing that is measured reads the row history of these cases.
    """
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE verification_case DISABLE TRIGGER USER")
    for start in range(first, last + 1, BATCH):
        end = min(start + BATCH - 1, last)
        with system_scope(), connection.cursor() as cursor:
            cursor.execute(
                CASES,
                {
                    "agency": own.agency_id,
                    "department": own.department_id,
                    "first": start,
                    "last": end,
                    "share": OWN_SHARE,
                    "apart": APART,
                    "own": own.pk,
                    "other": other.pk,
                },
            )
            cursor.execute(
                ANSWERS,
                {
                    "agency": own.agency_id,
                    "from": f"B{start:012d}AA",
                    "to": f"B{end:012d}AA",
                },
            )
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE verification_case ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE verification_case, verification_initialanswer")
