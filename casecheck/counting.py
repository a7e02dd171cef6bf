"""The open figures are counted once a day, into a row a month and group (S10.3: nobody measured).

What is counted here is shown by `figures`, without its small numbers.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from casecheck.models import Figure
from save_portal.accounts.tenancy import system_scope
from verification import deadlines

# From the newest request or mailing before an answer to that answer.
_WAITS = """
SELECT 'wait', step, count(*), NULL::int,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY days),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY days)
FROM (
    SELECT answer.step, extract(epoch FROM answer.at - (
        SELECT max(asked.at) FROM (
            SELECT at FROM verification_additionalrequest
            WHERE case_id = answer.case_id AND answer.step = 'additional'
            UNION ALL
            SELECT at FROM verification_g845mailing
            WHERE case_id = answer.case_id AND answer.step = 'g845'
        ) asked WHERE asked.at <= answer.at
    )) / 86400 AS days
    FROM verification_verifieranswer answer
    WHERE answer.kind = 'final' AND answer.at >= %(since)s AND answer.at < %(until)s
) took WHERE days IS NOT NULL GROUP BY step
"""
# A case counts in the month in which it began; where it was settled is the step of its last answer.
# An error: the first search could not confirm, and a later one found the record. Each case counts
# once in every sort of group, and with each of its programs.
_CASES = """
WITH began AS MATERIALIZED (
    SELECT own.id, own.document_type, own.benefits, own.family_name,
        extract(year FROM age(own.created_at, own.date_of_birth)) AS years,
        (SELECT given.step FROM verification_verifieranswer given
         WHERE given.case_id = own.id AND given.kind = 'final'
         ORDER BY given.at DESC, given.id DESC LIMIT 1) AS answered,
        EXISTS (SELECT FROM verification_verifieranswer given
         WHERE given.case_id = own.id AND given.kind = 'final' AND given.person_ref <> '') AS found,
        EXISTS (SELECT FROM verification_initialanswer given
         WHERE given.case_id = own.id AND given.outcome = 'confirmed') AS confirmed,
        (SELECT given.outcome FROM verification_initialanswer given
         WHERE given.case_id = own.id ORDER BY given.at, given.id LIMIT 1) AS at_first
    FROM verification_case own
    WHERE own.created_at >= %(since)s AND own.created_at < %(until)s
)
SELECT 'settled', coalesce(answered, CASE WHEN confirmed THEN 'initial' ELSE 'open' END),
       count(*), NULL::int, NULL::float, NULL::float
FROM began GROUP BY 2
UNION ALL
SELECT 'error', of_group.name, count(*),
       count(*) FILTER (WHERE at_first <> 'confirmed' AND (confirmed OR found)), NULL, NULL
FROM began CROSS JOIN LATERAL (
    SELECT 'standing:' || CASE
        WHEN document_type IN ('naturalization_certificate', 'certificate_of_citizenship')
            THEN 'citizen'
        WHEN document_type IN ('i551', 'temporary_i551', 'mriv', 'i327') THEN 'resident'
        WHEN document_type = 'i571' THEN 'refugee'
        WHEN document_type = 'i766' THEN 'worker'
        WHEN document_type IN ('i20', 'ds2019') THEN 'student'
        WHEN document_type IN ('i94', 'i94_in_passport', 'foreign_passport') THEN 'visitor'
        ELSE 'other' END
    UNION ALL SELECT 'document:' || document_type
    UNION ALL SELECT 'program:' || unnest(benefits)
    UNION ALL SELECT 'age:' || CASE
        WHEN years < 18 THEN 'child' WHEN years < 65 THEN 'adult' ELSE 'elder' END
    UNION ALL SELECT 'name:' || CASE
        WHEN btrim(family_name) ~ '[[:space:]''’-]' THEN 'several' ELSE 'one' END
) AS of_group(name)
WHERE at_first IS NOT NULL GROUP BY 2
"""
_CORRECTIONS = """
SELECT 'correction', closure, count(*), NULL::int, NULL::float, NULL::float
FROM verification_correctionrequest
WHERE status = 'closed' AND closed_at >= %(since)s AND closed_at < %(until)s GROUP BY 2
"""


@transaction.atomic
def roll_up(*, months: int, at: datetime) -> int:
    """Count the newest months anew; how many rows there are of them. Again, it changes nothing."""
    written = 0
    month = deadlines.local_date(at, deadlines.OFFICES_ZONE).replace(day=1)
    for _ in range(months):
        with system_scope(), connection.cursor() as cursor:
            rows: list[tuple[Any, ...]] = []
            for query in (_WAITS, _CASES, _CORRECTIONS):
                cursor.execute(query, {"since": month, "until": month_after(month)})
                rows += cursor.fetchall()
            Figure.objects.filter(month=month).delete()
            Figure.objects.bulk_create(
                Figure(
                    month=month, measure=measure, group=group, cases=cases, part=part,
                    half=half, nine_tenths=nine,
                )
                for measure, group, cases, part, half, nine in rows
            )  # fmt: skip
        written += len(rows)
        month = month_before(month)
    return written


def month_after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def month_before(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
