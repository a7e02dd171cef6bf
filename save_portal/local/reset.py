"""`make reset`: stop the embedded clusters and throw LOCAL_DIR away, if it is truly ours."""

from __future__ import annotations

import shutil
from pathlib import Path

from save_portal.local import folder, postgres
from save_portal.local.folder import MARKER, ROOT, Trouble, say


def refuse_unless_ours(local: Path) -> None:
    """Only a folder with our marker goes, and never one that holds more than local data."""
    kept = (Path("/"), Path.home().resolve(), ROOT)
    if any(path == local or path.is_relative_to(local) for path in kept):
        raise Trouble(f"LOCAL_DIR={local} holds more than the portal's data; nothing was removed.")
    if not folder.is_ours(local):
        raise Trouble(
            f"LOCAL_DIR={local} was not made by the portal (there is no {MARKER} in it); "
            "nothing was removed."
        )


def main(arguments: list[str]) -> int:
    local = folder.path()
    if not local.exists():
        say(f"Nothing to throw away: there is no {local}.")
        return 0
    refuse_unless_ours(local)
    for run, what in (
        ("demo-run", "`make demo`"),
        ("test-run", "`make test`"),
        ("bench-run", "`make bench`"),
    ):
        with folder.locked(run, busy=f"{what} is running on {local}; stop it first."):
            pass
    postgres.throw_away_all()
    try:
        shutil.rmtree(local)
    except PermissionError as error:
        raise Trouble(f"{error.filename} belongs to another user and stays.") from error
    say(f"Thrown away: {local}")
    return 0


if __name__ == "__main__":
    folder.run(main)
