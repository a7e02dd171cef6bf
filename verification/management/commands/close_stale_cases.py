"""Close the cases that nobody touched for 180 days, and warn before (S3.6)."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from verification.services.closing import close_stale


class Command(BaseCommand):
    help = "Closes cases after 180 days without action; warns 14 and 3 days before."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        progress = None
        if self.stderr.isatty() and not options["json"]:

            def progress(closed: int) -> None:
                self.stderr.write(f"\r{closed:,} closed", ending="")

        closed, warned = close_stale(at=timezone.now(), progress=progress)
        if options["json"]:
            self.stdout.write(json.dumps({"closed": closed, "warned": warned}))
        else:
            self.stdout.write(f"{closed:,} closed, {warned:,} warned.")
