"""How far a command is: on a terminal, and nowhere else."""

import io
import sys

import pytest

from save_portal import progress


class Terminal(io.StringIO):
    """A stream that says of itself that somebody is watching."""

    def isatty(self) -> bool:
        return True


def watched(monkeypatch):
    """What is shown from now on. Called by the test: pytest takes streams between its parts."""
    stderr = Terminal()
    monkeypatch.setattr(sys, "stderr", stderr)
    return stderr.getvalue


def test_a_count_stands_on_one_line_that_ends(monkeypatch):
    terminal = watched(monkeypatch)
    with progress.counted("rows") as tell:
        tell(250)
        tell(1_500)
    assert terminal() == "\r250 rows\r1,500 rows\n"


def test_a_count_that_fails_leaves_its_line_too(monkeypatch):
    terminal = watched(monkeypatch)

    def fails():
        with progress.counted("rows") as tell:
            tell(2)
            raise ValueError("line 3")

    with pytest.raises(ValueError, match="line 3"):
        fails()
    assert terminal() == "\r2 rows\n"


def test_a_bar_fills_up(monkeypatch):
    terminal = watched(monkeypatch)
    draw = progress.bar("Reading CIS")
    draw(1, 2)
    draw(2, 2)
    assert terminal().endswith(f"\rReading CIS [{'#' * 30}] 100%\n")


def test_elsewhere_nothing_is_said(capsys):
    with progress.counted("rows") as tell:
        tell(250)
    assert progress.bar("Reading CIS") is None
    assert capsys.readouterr().err == ""
