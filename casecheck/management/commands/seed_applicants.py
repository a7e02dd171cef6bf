"""What applicants of the demo world did on CaseCheck; after `seed_world`."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from casecheck import demo_applicants


class Command(BaseCommand):
    help = "A contact, a notice, a correction and a wrongful disclosure, for a demonstration."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Made-up applicants are for a demonstration alone (DEMO=1).")
        cases = demo_applicants.play(at=timezone.now())
        told = [
            {"case_number": case.number, "date_of_birth": case.date_of_birth.isoformat()}
            for case in cases
        ]
        if options["json"]:
            self.stdout.write(json.dumps({"cases": told}))
            return
        for one in told:
            self.stdout.write(
                f"CaseCheck finds case {one['case_number']}, born {one['date_of_birth']}."
            )
