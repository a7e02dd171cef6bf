"""Fill every record system with synthetic people, and the portal with agencies and users."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from save_portal.app_modules import modules_named
from verification.demo.world import seed_world, write_accounts


class Command(BaseCommand):
    help = "The synthetic population over all systems, with agencies, users and agreements."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=20_000, help="how many people")
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same world")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument(
            "--directory", type=Path, default=None, help="where the upload files are written"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        shown = not options["json"]
        now = timezone.now()
        world = seed_world(
            people=options["people"],
            seed=options["seed"],
            directory=options["directory"] or Path(settings.LOCAL_DIR) / "world",
            at=now,
            # Plain: what goes as it should is not told in the color of errors.
            progress=lambda stage, done: self.stderr.write(f"  {stage}", str) if shown else None,
        )
        for above in modules_named("demo_world"):  # what apps above the cases add: invoices
            above.play(at=now)
        if settings.DEMO:
            write_accounts(Path(settings.LOCAL_DIR) / "demo.json", base_url=settings.BASE_URL)
        if options["json"]:
            self.stdout.write(json.dumps(asdict(world)))
        else:
            records = ", ".join(f"{system} {count:,}" for system, count in world.records.items())
            self.stdout.write(
                f"{world.people:,} people ({records}); {world.agencies} agencies, "
                f"{world.users} users, {world.cases} cases."
            )
