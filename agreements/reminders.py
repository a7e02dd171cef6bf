"""What of agreements and training is reminded of by `manage.py send_reminders` (S5)."""

from __future__ import annotations

from datetime import datetime

from agreements.services import standing
from agreements.training import services as training
from save_portal.accounts.tenancy import system_scope


def of_training(at: datetime) -> int:
    """Whose training runs out, or whose tutorial has changed; how many mails."""
    with system_scope():
        return training.remind(at=at)


def of_ends(at: datetime) -> int:
    """Agreements that end in 90, 30 or 7 days, and those that have ended; how many acts."""
    return standing.run_timetable(at=at)


REMINDERS = {"training": of_training, "agreements": of_ends}
