"""Which agreement binds an agency on a day."""

from datetime import date

from django.db import connection

from agreements.models import Agreement


def agreement_in_force(*, agency_id: int, on: date) -> Agreement | None:
    """The one agreement of the agency that is in force on the day, or None (S5.1). One query."""
    return Agreement.objects.filter(agency_id=agency_id, in_force__contains=on).first()


def benefits_permitted(*, agency_id: int, on: date) -> tuple[str, ...]:
    """The benefits that the agreement in force on the day permits; empty without one. One query.

    Asked before every case, therefore in plain SQL.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT benefits FROM agreements_agreement WHERE agency_id = %s AND in_force @> %s",
            [agency_id, on],
        )
        found = cursor.fetchone()
    return tuple(found[0]) if found else ()
