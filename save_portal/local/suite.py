"""Run a command (the tests, the benchmarks) with a cluster of its own beside it.

With DATABASE_URL set that server is used and no cluster is started. `--workers` starts a cluster
for each process of the tests (pytest-xdist); tests/settings.py lets every process find its own.
"""

# ruff: noqa: S603 (the commands are our own, their arguments no shell sees)
from __future__ import annotations

import argparse
import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

from save_portal.local import environment, folder, postgres
from save_portal.local.folder import ROOT, Trouble


def _variables() -> dict[str, str]:
    return os.environ | {
        **folder.bytecode(),
        "LOCAL_DIR": str(folder.claim()),
        "PATH": f"{environment.VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONUNBUFFERED": "1",
    }


MIGRATE = (
    "import django; django.setup(); from django.db import connection;"
    "connection.creation.create_test_db(verbosity=0, autoclobber=True)"
)


def _migrated(variables: dict[str, str]) -> Path:
    """The data folder of a cluster whose test database is migrated already.

    Made once for each state of the migrations, of the locked packages and of PostgreSQL; migrating
    takes longer than most parts of the suite.
    """
    digest = hashlib.sha256(os.environ.get("SAVE_PG_BIN", "").encode())
    written = sorted(
        path for path in ROOT.glob("*/**/migrations/*.py") if ".venv" not in path.parts
    )
    for path in [*written, ROOT / "uv.lock", ROOT / "save_portal/accounts/tenancy.py"]:
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    mark = digest.hexdigest()[:16]
    kept = postgres.copy_place("test", mark)
    if not kept.exists():
        folder.say("Migrating the test database")
        postgres.start("test")
        done = _run(
            ["python", "-c", MIGRATE],
            variables
            | {
                "DATABASE_URL": postgres.url(name="test"),
                "DJANGO_SETTINGS_MODULE": "tests.settings",
            },
        )
        postgres.stop("test", keep_as="" if done else mark)
        if done:
            raise Trouble("The test database could not be migrated.")
    return kept


def run_with_cluster(name: str, command: list[str], *, workers: int = 1) -> int:
    """The command's exit code; its clusters are stopped whatever happens."""
    variables = _variables()
    if os.environ.get("DATABASE_URL"):
        return _run(command, variables)
    names = postgres.THROWN_AWAY[:workers] if workers > 1 else (name,)
    busy = f"Another run uses the {name} cluster of this LOCAL_DIR; wait for it to end."
    with folder.locked(f"{name}-run", busy=busy):
        try:
            copy = _migrated(variables) if name == "test" else None
            for each in names:
                postgres.start(each, like=copy)
            if copy is not None:
                variables["TEST_CLUSTER_COPY"] = str(copy)
            urls = [postgres.url(name=each) for each in names]
            variables |= {"DATABASE_URL": urls[0], "TEST_DATABASE_URLS": " ".join(urls)}
            if command[0] == "pytest":
                command = [*command, "--reuse-db"]
            if workers > 1:
                command = [*command, "--numprocesses", str(workers), "--dist", "worksteal"]
            return _run(command, variables)
        finally:
            for each in names:
                postgres.stop(each)


def _run(command: list[str], variables: dict[str, str]) -> int:
    # Ctrl-C reaches the command as well; it ends by itself and we clean up after it.
    process = subprocess.Popen(command, cwd=ROOT, env=variables)
    ours = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return process.wait()
    finally:
        signal.signal(signal.SIGINT, ours)
        if process.poll() is None:
            # As Ctrl-C would: the tests put away what they made.
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m save_portal.local.suite", description=__doc__)
    parser.add_argument("--cluster", choices=["test", "bench"], default="test")
    parser.add_argument(
        "--workers",
        type=int,
        choices=range(1, len(postgres.THROWN_AWAY) + 1),
        default=1,
        help="processes of the tests, each with a cluster of its own",
    )
    parser.add_argument("--first", help="a program whose failure counts, but stops nothing")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    asked = parser.parse_args(arguments)
    command = [word for word in asked.command[:1] if word != "--"] + asked.command[1:]
    if not command:
        raise Trouble("Name the command to run.")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    environment.set_up(for_tests=True, for_bench=asked.cluster == "bench")
    first = _run([asked.first], _variables()) if asked.first else 0
    return run_with_cluster(asked.cluster, command, workers=asked.workers) or first


if __name__ == "__main__":
    folder.run(main)
