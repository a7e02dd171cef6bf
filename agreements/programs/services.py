"""Adding a dated row to the table of programs: by a program officer, never backwards (S6)."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from agreements.programs.errors import ProgramError
from agreements.programs.models import ProgramRow, Topic
from save_portal import audit
from save_portal.accounts.models import User
from save_portal.accounts.roles import Permission
from save_portal.calendar.local import local_date


@transaction.atomic
def add_row(
    *,
    benefit: str,
    topic: str,
    from_on: date,
    text: str,
    law: str,
    source: str,
    by: User,
    at: datetime,
) -> ProgramRow:
    """From a day on, this holds. The past is not written anew: today at the earliest.

    The same row sent twice is one row.
    """
    if not by.can(Permission.MANAGE_PROGRAM):
        raise ProgramError({"text": "Only the program office keeps this table."}, status_code=403)
    text, law, source = (" ".join(words.split()) for words in (text, law, source))
    errors: dict[str, str] = {}
    if topic not in Topic.values:
        errors["topic"] = "Choose what the row is about."
    if from_on < local_date(at, settings.TIME_ZONE):
        errors["from_on"] = "Choose today or later. What held before is not written anew."
    if not 1 <= len(text) <= 500:
        errors["text"] = "Say in at most 500 letters what holds."
    if not 1 <= len(source) <= 200:
        errors["source"] = "Name the source, so that others can read it."
    if len(law) > 200:
        errors["law"] = "Name the law in at most 200 letters."
    if errors:
        raise ProgramError(errors)
    facts = {
        "benefit": benefit,
        "topic": topic,
        "from_on": from_on,
        "text": text,
        "law": law,
        "source": source,
    }
    same = ProgramRow.objects.filter(**facts).first()
    if same is not None:
        return same
    row = ProgramRow.objects.create(**facts, by=by, by_name=by.full_name, at=at)
    audit.record(
        "added_program_row",
        by=by,
        at=at,
        subject_type="program",
        subject_id=benefit,
        data={**facts, "from_on": from_on.isoformat()},
    )
    return row
