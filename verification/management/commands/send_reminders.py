"""Send the reminders that are due, of cases and of whatever else reminds (S3.7, S3.10, S5)."""

import json
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Max
from django.utils import timezone

from save_portal import progress
from save_portal.app_modules import modules_named
from save_portal.outbox.models import Message
from verification.services.reminders import send_due


def others() -> dict[str, Callable[[datetime], int]]:
    """What other apps name in `reminders.REMINDERS`."""
    return {
        name: remind
        for module in modules_named("reminders")
        for name, remind in module.REMINDERS.items()
    }


@contextmanager
def counted() -> Iterator[list[int]]:
    """How many mails were put into the outbox meanwhile; a mail that was there counts no more."""
    last = Message.objects.aggregate(last=Max("id"))["last"] or 0
    mails = [0]
    yield mails
    mails[0] = Message.objects.filter(id__gt=last, topic="mail").count()


class Command(BaseCommand):
    help = (
        "Reminds of prompts that nobody acts on, of answers not read and of forms not mailed, and "
        "tells the supervisors; tells the verifiers' supervisors of overdue answers. Reminds of "
        "training that runs out, ends of agreements, invoices and limits."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        with progress.counted("reminders") as tell:
            sent = {"cases": send_due(at=now, progress=tell)}
        for name, remind in others().items():
            with counted() as mails:
                remind(now)
            sent[name] = mails[0]
        if options["json"]:
            self.stdout.write(json.dumps({"sent": sum(sent.values()), **sent}))
        else:
            of = ", ".join(f"{name} {count:,}" for name, count in sent.items())
            self.stdout.write(f"{sum(sent.values()):,} reminders sent ({of}).")
