"""Write docs/integrators/sandbox.md from the table of people; `--check` tells a stale one."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from verification.sandbox.page import text


class Command(BaseCommand):
    help = "Writes docs/integrators/sandbox.md: whom to ask about, and what comes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, fail when stale")

    def handle(self, *args: Any, **options: Any) -> None:
        file = settings.BASE_DIR / "docs" / "integrators" / "sandbox.md"
        wanted = text()
        current = file.exists() and file.read_text(encoding="utf-8") == wanted
        if options["check"] and not current:
            raise CommandError("Stale: sandbox.md. Run manage.py describe_sandbox and commit.")
        if not current:
            file.write_text(wanted, encoding="utf-8")
        self.stdout.write("sandbox.md is current." if current else "sandbox.md written.")
