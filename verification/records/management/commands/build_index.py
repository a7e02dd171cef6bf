"""`manage.py build_index`: bring the VIS index up to date with what was loaded."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from save_portal.progress import bar
from verification.records import index


class Command(BaseCommand):
    help = (
        "Bring the VIS index up to date with the uploads loaded since the last time. "
        "All of it is done or nothing; exit code 0 when done."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        result = index.build(progress=bar("Indexing"))
        if options["json"]:
            self.stdout.write(json.dumps(result.as_dict()))
        else:
            self.stdout.write(
                f"Index up to date: {result.uploads:,} uploads, {result.records:,} changed "
                f"records, {result.entries:,} identifiers"
            )
