"""LOCAL_DIR: the one folder that holds all local data, and the proof that it is ours."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MARKER = ".save-portal"
MARKER_TEXT = "Local data of the portal. `make reset` throws this folder away.\n"


class Trouble(Exception):
    """Something the person at the keyboard has to know; printed without a traceback."""


def path() -> Path:
    """LOCAL_DIR as an absolute path; a relative one counts from the project's folder."""
    return Path(os.path.realpath(ROOT / (os.environ.get("LOCAL_DIR") or ".local")))


def is_ours(folder: Path) -> bool:
    return (folder / MARKER).is_file()


def claim() -> Path:
    """Make LOCAL_DIR, or take an empty one; a foreign folder with things in it is refused."""
    folder = path()
    if is_ours(folder):
        return folder
    if folder.is_dir() and any(folder.iterdir()) and folder != ROOT / ".local":
        raise Trouble(
            f"LOCAL_DIR={folder} holds files that are not the portal's. "
            "Name an empty folder, or one that does not exist yet."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # As root, PostgreSQL runs as another user and must be able to pass through.
        folder.chmod(0o755 if os.geteuid() == 0 else 0o700)
        (folder / MARKER).write_text(MARKER_TEXT)
    except OSError as error:
        raise Trouble(f"LOCAL_DIR={folder} cannot be used: {error.strerror}.") from error
    return folder


def bytecode() -> dict[str, str]:
    """Variables with which Python keeps what it compiled in LOCAL_DIR, and nothing in the sources.

    Compiling a thousand modules anew takes every program some seconds until it begins.
    """
    return {"PYTHONPYCACHEPREFIX": str(claim() / "bytecode"), "PYTHONDONTWRITEBYTECODE": ""}


@contextlib.contextmanager
def locked(name: str, busy: str | None = None) -> Iterator[None]:
    """Hold a lock in LOCAL_DIR; wait for it, or refuse with the message `busy`."""
    file = claim() / f".{name}.lock"
    try:
        handle = file.open("a")
    except PermissionError as error:
        raise Trouble(
            f"{file.parent} belongs to another user; name another folder with LOCAL_DIR=."
        ) from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (fcntl.LOCK_NB if busy else 0))
        except BlockingIOError:
            raise Trouble(busy or "busy") from None
        yield


def say(text: str) -> None:
    print(text, flush=True)


def run(main: Callable[[list[str]], int]) -> None:
    """Run a command's `main`; trouble becomes one message and exit code 1."""
    try:
        code = main(sys.argv[1:])
    except Trouble as trouble:
        print(trouble, file=sys.stderr, flush=True)
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
