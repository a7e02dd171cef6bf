"""Bring the catalogs of CaseCheck's languages up to date; `--check` tells what is missing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from casecheck.languages import LANGUAGES
from casecheck.sentences import sentences


class Command(BaseCommand):
    help = "Writes locale/*/LC_MESSAGES/django.po and .mo from the sentences of CaseCheck."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, fail on a gap")

    def handle(self, *args: Any, **options: Any) -> None:
        import polib  # needed by developers only

        wanted = sentences()
        faults = []
        for language in LANGUAGES:
            if language.code == "en":
                continue
            locale = "_".join(
                part if place == 0 else part.title()
                for place, part in enumerate(language.code.split("-"))
            )
            path = Path(settings.BASE_DIR) / "locale" / locale / "LC_MESSAGES" / "django.po"
            held = {e.msgid: e.msgstr for e in polib.pofile(str(path))} if path.exists() else {}
            catalog = polib.POFile(wrapwidth=96)
            catalog.metadata = {
                "Language": locale,
                "MIME-Version": "1.0",
                "Content-Type": "text/plain; charset=UTF-8",
                "Content-Transfer-Encoding": "8bit",
            }
            for sentence in sentences(language.code):
                python = "python-format" if "%(" in sentence else ""
                catalog.append(
                    polib.POEntry(
                        msgid=sentence,
                        msgstr=held.get(sentence, ""),
                        flags=[python] if python else [],
                    )
                )
            missing = [entry.msgid for entry in catalog if not entry.msgstr]
            faults += [f"{language.code}: {text}" for text in missing]
            compiled = catalog.to_binary()
            mo = path.with_suffix(".mo")
            if options["check"]:
                if not mo.exists() or mo.read_bytes() != compiled:
                    faults.append(f"{language.code}: the compiled catalog is stale")
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            catalog.save(str(path))
            mo.write_bytes(compiled)
        if faults:
            raise CommandError("Not translated:\n" + "\n".join(faults))
        self.stdout.write(f"{len(LANGUAGES)} languages, {len(wanted)} sentences.")
