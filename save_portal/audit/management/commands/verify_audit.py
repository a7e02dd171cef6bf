"""Checks the integrity of the audit and disclosure logs.

Each row's digest is computed again from its content, and each seal again from its rows and the seal
before it. Exit code 0: nothing was touched. 1: something was, and each finding is named.

Checking an export without any code of ours
-------------------------------------------
`verify_audit --export log.jsonl` writes one JSON object a line: rows with `log`, `row` (the columns
as texts, in the order of the digest; null where unknown) and `digest`; seals, each after its rows,
with `seal` (its number), `first_id`, `last_id`, `rows`, `at`, `previous` and `digest`.

- A netstring is the length in bytes of the UTF-8 text in decimal, a colon, the text, a comma; an
  unknown value is `-,`.
- Row: SHA-256 over the netstrings of its columns in the order in which the object has them.
- Seal: SHA-256 over the netstrings of log, seal number, first_id, last_id, rows, at and previous
  (numbers in decimal), then the hexadecimal digests of its rows, in order, without separator.
- `previous` is the digest of the seal before it; for the first seal 64 zeros.

Whoever wrote down the digest of the newest seal (`head`) elsewhere sees from it, at any later time,
that nothing up to that seal was changed, taken out or added.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from save_portal import progress
from save_portal.audit import seals


class Command(BaseCommand):
    help = "Checks the integrity of the audit and disclosure logs; exit code 1 if touched."

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(*args, **kwargs)
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = __doc__.partition("\n\n")[2]
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--export", metavar="FILE", type=Path, help="write rows and seals")
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *, export: Path | None, json: bool, **options: Any) -> None:
        with ExitStack() as stack:
            write = None
            if export is not None:
                file = stack.enter_context(export.open("w", encoding="utf-8"))
                write = _writer(file)
            tell = stack.enter_context(progress.counted("rows"))
            verdicts = seals.check(_counted(write, tell))
        whole = not any(verdict.problems for verdict in verdicts)
        if json:
            self.stdout.write(_dump({"ok": whole, "logs": [asdict(one) for one in verdicts]}))
        else:
            for one in verdicts:
                self.stdout.write(
                    f"{one.log}: {one.rows} rows, {one.seals} seals, "
                    f"{one.unsealed_rows} rows not sealed yet, head {one.head}"
                )
                for problem in one.problems:
                    self.stderr.write(f"  {problem}")
            self.stdout.write("The logs are whole." if whole else "The logs were touched.")
        if not whole:
            sys.exit(1)


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _writer(file: Any) -> Any:
    return lambda line: file.write(_dump(line) + "\n")


def _counted(write: Any, tell: Callable[[int], None]) -> Any:
    """Tells how far the check is."""
    lines = 0

    def count(line: dict[str, Any]) -> None:
        nonlocal lines
        lines += 1
        if lines % 10_000 == 0:
            tell(lines)
        if write is not None:
            write(line)

    return count
