"""Close the cases that nobody touched for 180 days, and warn before (S3.6)."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from save_portal import progress
from verification.services.closing import close_stale


class Command(BaseCommand):
    help = "Closes cases after 180 days without action; warns 14 and 3 days before."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        with progress.counted("closed") as tell:
            closed, warned = close_stale(at=timezone.now(), progress=tell)
        if options["json"]:
            self.stdout.write(json.dumps({"closed": closed, "warned": warned}))
        else:
            self.stdout.write(f"{closed:,} closed, {warned:,} warned.")
