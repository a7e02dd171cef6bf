"""Write docs/systems.md from the registry of systems; `--check` tells a stale one."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from verification.records.systems.page import text


class Command(BaseCommand):
    help = "Writes docs/systems.md: owners, columns, keys, and who may see what."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, fail when stale")

    def handle(self, *args: Any, **options: Any) -> None:
        file = settings.BASE_DIR / "docs" / "systems.md"
        wanted = text()
        current = file.exists() and file.read_text(encoding="utf-8") == wanted
        if options["check"] and not current:
            raise CommandError("Stale: systems.md. Run manage.py describe_systems and commit.")
        if not current:
            file.write_text(wanted, encoding="utf-8")
        self.stdout.write("docs/systems.md is current." if current else "docs/systems.md written.")
