"""Which agreement binds an agency on a day."""

from datetime import date

from agreements.models import Agreement


def agreement_in_force(*, agency_id: int, on: date) -> Agreement | None:
    """The one agreement of the agency that is in force on the day, or None (S5.1). One query."""
    return Agreement.objects.filter(agency_id=agency_id, in_force__contains=on).first()
