"""Issue the invoices of a month (S4.2); run again, it makes only what is missing."""

import json
import re
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing.errors import BillingError
from billing.services.invoicing import issue_month
from save_portal import progress


class Command(BaseCommand):
    help = "Closes a month and issues its invoices."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--month", required=True, help="YYYY-MM")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", options["month"]):
            raise CommandError("Write the month as YYYY-MM, such as 2026-10.")
        year, month = map(int, options["month"].split("-"))
        try:
            with progress.counted("agencies") as tell:
                done = issue_month(date(year, month, 1), at=timezone.now(), progress=tell)
        except BillingError as refused:
            raise CommandError(refused.message) from None
        if options["json"]:
            result = {
                "month": options["month"],
                "invoices": done.invoices,
                "existing": done.existing,
                "total": str(done.total),
            }
            self.stdout.write(json.dumps(result))
        else:
            self.stdout.write(
                f"{done.invoices:,} invoices issued (${done.total:,}); {done.existing:,} existed."
            )
