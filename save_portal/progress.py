"""How far a command is, on a terminal; silent when the output goes elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def bar(label: str) -> Callable[[int, int], None] | None:
    """Return a function that draws (done, of all), or None when nobody is watching."""
    if not sys.stderr.isatty():
        return None

    def draw(done: int, total: int) -> None:
        if total:
            share = done / total
            line = f"{label} [{'#' * int(share * 30):<30}] {share:4.0%}"
        else:
            line = f"{label} line {done:,}"
        sys.stderr.write("\r" + line + ("\n" if total and done >= total else ""))
        sys.stderr.flush()

    return draw


@contextmanager
def counted(what: str) -> Iterator[Callable[[int], None]]:
    """A function that is told how many are done; they stand on one line, which ends at the end."""
    shown = ""

    def draw(done: int) -> None:
        nonlocal shown
        if sys.stderr.isatty():
            shown = f"{done:,} {what}"
            sys.stderr.write(f"\r{shown}")
            sys.stderr.flush()

    try:
        yield draw
    finally:
        if shown:
            sys.stderr.write("\n")
