"""Count the open figures of CaseCheck; the worker does so each night."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from casecheck import counting


class Command(BaseCommand):
    help = "Counts the newest months of the open figures anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--months", type=int, default=2, help="how many, this one included")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = counting.roll_up(months=max(1, options["months"]), at=timezone.now())
        self.stdout.write(json.dumps({"rows": rows}) if options["json"] else f"{rows} rows.")
