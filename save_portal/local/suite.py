"""Run a command (the tests, the benchmarks) with a cluster of its own beside it.

With DATABASE_URL set that server is used and no cluster is started.
"""

# ruff: noqa: S603 (the commands are our own, their arguments no shell sees)
from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from types import FrameType

from save_portal.local import environment, folder, postgres
from save_portal.local.folder import ROOT, Trouble


def _variables() -> dict[str, str]:
    return os.environ | {
        "LOCAL_DIR": str(folder.claim()),
        "PATH": f"{environment.VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONUNBUFFERED": "1",
    }


def run_with_cluster(name: str, command: list[str]) -> int:
    """The command's exit code; the cluster is stopped whatever happens."""
    variables = _variables()
    if os.environ.get("DATABASE_URL"):
        return _run(command, variables)
    busy = f"Another run uses the {name} cluster of this LOCAL_DIR; wait for it to end."
    with folder.locked(f"{name}-run", busy=busy):
        try:
            postgres.start(name)
            return _run(command, variables | {"DATABASE_URL": postgres.url(name=name)})
        finally:
            postgres.stop(name)


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
    parser.add_argument("--no-browser", action="store_true", help="nothing of it needs a browser")
    parser.add_argument("--first", help="a program whose failure counts, but stops nothing")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    asked = parser.parse_args(arguments)
    command = [word for word in asked.command[:1] if word != "--"] + asked.command[1:]
    if not command:
        raise Trouble("Name the command to run.")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    environment.set_up(for_tests=not asked.no_browser, for_bench=asked.cluster == "bench")
    first = _run([asked.first], _variables()) if asked.first else 0
    return run_with_cluster(asked.cluster, command) or first


if __name__ == "__main__":
    folder.run(main)
