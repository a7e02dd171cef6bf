"""Send the reminders that are due (S3.7, S3.10)."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from verification.services.reminders import send_due


class Command(BaseCommand):
    help = (
        "Reminds of prompts that nobody acts on, of answers not read and of forms not mailed, and "
        "tells the supervisors; tells the verifiers' supervisors of overdue answers."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        progress = None
        if self.stderr.isatty() and not options["json"]:

            def progress(sent: int) -> None:
                self.stderr.write(f"\r{sent:,} reminders", ending="")

        sent = send_due(at=timezone.now(), progress=progress)
        if options["json"]:
            self.stdout.write(json.dumps({"sent": sent}))
        else:
            self.stdout.write(f"{sent:,} reminders sent.")
