"""Write the diagrams of the life cycles into docs/lifecycles/; `--check` tells a stale one."""

from argparse import ArgumentParser
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from agreements.lifecycles.diagram import agreement_page, supplement_page
from verification.lifecycles.diagram import batch_page, case_page, correction_page

PAGES = {
    "agreement.md": agreement_page,
    "batch.md": batch_page,
    "case.md": case_page,
    "correction.md": correction_page,
    "supplement.md": supplement_page,
}


def pages() -> dict[str, Callable[[], str]]:
    """Ours, and those of apps above us that name some in `diagrams.PAGES`."""
    found: dict[str, Callable[[], str]] = dict(PAGES)
    for app in apps.get_app_configs():
        if find_spec(f"{app.name}.diagrams") is not None:
            found |= import_module(f"{app.name}.diagrams").PAGES
    return found


class Command(BaseCommand):
    help = "Writes docs/lifecycles/*.md from the tables of transitions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, fail when stale")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = settings.BASE_DIR / "docs" / "lifecycles"
        stale = []
        drawn = pages()
        for name, page in drawn.items():
            file = folder / name
            text = page()
            if file.exists() and file.read_text(encoding="utf-8") == text:
                continue
            stale.append(name)
            if not options["check"]:
                folder.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
        if options["check"] and stale:
            raise CommandError(
                f"Stale: {', '.join(stale)}. Run manage.py lifecycle_diagrams and commit."
            )
        self.stdout.write(f"{len(drawn)} life cycle(s), {len(stale)} changed.")
