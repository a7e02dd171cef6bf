"""Initial verification of each row of a file, exactly as if that user had entered it."""

import json
import os
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from save_portal import progress
from save_portal.accounts.models import User
from save_portal.accounts.tenancy import system_scope
from verification.errors import CaseError
from verification.services.apart import WorkerLost
from verification.services.batch import verify_batch


class Command(BaseCommand):
    help = (
        "Initial verification of each row of IN.csv; the answers go to OUT.csv. "
        "After an interruption the same command goes on where it stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--agency", required=True, help="the agency's code")
        parser.add_argument("--user", required=True, help="the e-mail of the user who asks")
        parser.add_argument("source", type=Path, metavar="IN.csv")
        parser.add_argument("target", type=Path, metavar="OUT.csv")
        parser.add_argument(
            "--workers",
            type=int,
            default=0,
            help="processes that verify, each in the other's pauses (default: cores + 1)",
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        with system_scope():
            by = (
                User.objects.select_related("agency", "department", "group")
                .filter(
                    email=options["user"].lower(), agency__code=options["agency"], is_active=True
                )
                .first()
            )
        if by is None:
            raise CommandError(
                f"No active user {options['user']} in the agency {options['agency']}."
            )
        try:
            with progress.counted("rows") as tell:
                result = verify_batch(
                    options["source"],
                    options["target"],
                    by=by,
                    clock=timezone.now,
                    progress=tell,
                    workers=options["workers"] or (os.cpu_count() or 1) + 1,
                )
        except (OSError, UnicodeDecodeError, CaseError, WorkerLost) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(asdict(result)))
        else:
            self.stdout.write(
                f"{result.rows:,} rows: {result.confirmed:,} confirmed, "
                f"{result.unconfirmed:,} not confirmed, {result.refused:,} refused."
                + (f" {result.resumed:,} of them were done before." if result.resumed else "")
            )
        if result.refused:
            sys.exit(1)
