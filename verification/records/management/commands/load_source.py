"""`manage.py load_source SYSTEM FILE.csv`: one daily upload."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from save_portal.progress import bar
from verification.records import loading
from verification.records.errors import FileRefused
from verification.records.systems import SYSTEMS


class Command(BaseCommand):
    help = (
        "Take over one daily upload of a source system. Good rows are taken over even when others "
        "are rejected; rejected rows go, with line and reason, to FILE.csv.rejects.csv. "
        "The exit code is 0 only when no row was rejected, 1 otherwise. "
        "The same file twice changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("system", metavar="SYSTEM", help=", ".join(SYSTEMS))
        parser.add_argument("file", metavar="FILE.csv")
        parser.add_argument(
            "--full", action="store_true", help="close the records that the file does not hold"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = loading.load(
                options["system"],
                options["file"],
                full=options["full"],
                progress=bar(f"Reading {options['system'].upper()}"),
            )
        except FileRefused as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(result.as_dict()))
        else:
            closed = f" / {result.closed:,} closed" if options["full"] else ""
            self.stdout.write(
                f"{result.system}: {result.read:,} read / {result.inserted:,} inserted / "
                f"{result.updated:,} updated / {result.unchanged:,} unchanged / "
                f"{result.rejected:,} rejected{closed}"
            )
        if result.rejected:
            raise CommandError(f"Rejected rows, with line and reason: {result.rejects_file}")
