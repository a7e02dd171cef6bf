"""`make demo`: from nothing to a running portal with a synthetic world, in the foreground.

Set-up, PostgreSQL, migrations, static files and the demo's people first; then the web server and
the worker, watched until Ctrl-C. What was started here is stopped here; the data stay.
"""

# ruff: noqa: S603 (the commands are our own, their arguments no shell sees)
from __future__ import annotations

import ctypes
import hashlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from save_portal.local import environment, folder, postgres
from save_portal.local.folder import ROOT, Trouble, say

HOST = "127.0.0.1"
PEOPLE = "20000"
SEED = "1"
READY_WITHIN = 120  # seconds
STEADY_AFTER = 30  # seconds; a child that lived as long is not one that keeps dying
LONGEST_PAUSE = 16.0  # seconds before a child is started again
PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Child:
    """One process of the demo, its log, and when it was started."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 1.0
    again_at: float = 0.0

    def start(self, variables: dict[str, str]) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches us alone, and we end the children in order.
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        self.started = time.monotonic()

    def last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-20:]
        return "\n".join(f"    {line}" for line in lines)


def _end_with_parent() -> None:
    """Should this program be killed outright, its children get SIGTERM."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


# -- before anything is started ----------------------------------------------------------------


def chosen_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise Trouble(f"PORT={text} is not a port; use a number from 1 to 65535.")
    return int(text)


def refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise Trouble(
                f"Port {port} is reserved for root; choose another one: make demo PORT=8001"
            ) from None
        except OSError:
            raise Trouble(
                f"Port {port} is in use; stop what listens there or choose another port: "
                f"make demo PORT={port + 1 if port < 65535 else 8000}"
            ) from None


def kept_secret(file: Path) -> str:
    """The demo's own SECRET_KEY, made once."""
    try:
        kept = file.read_text().strip()
    except FileNotFoundError:
        kept = ""
    if len(kept) < 50:
        kept = secrets.token_urlsafe(60)
        file.unlink(missing_ok=True)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as opened:
            opened.write(kept + "\n")
    return kept


def variables_for(local: Path, port: int) -> dict[str, str]:
    """The children's environment: settings of the demo, whatever the shell had."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in {"DEBUG", "HTTPS", "DJANGO_SETTINGS_MODULE", "PYTHONPATH", "EMAIL_URL"}
        and not key.startswith(("PG", "GUNICORN_"))
    }
    if not kept.get("DATABASE_URL"):
        kept["DATABASE_URL"] = postgres.url()
    return kept | {
        **folder.bytecode(),
        "DEMO": "1",
        "SECRET_KEY": kept_secret(local / "secret_key"),
        "LOCAL_DIR": str(local),
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "BASE_URL": f"http://{HOST}:{port}",
        "PYTHONUNBUFFERED": "1",
    }


# -- the world ---------------------------------------------------------------------------------


def manage(variables: dict[str, str], *arguments: str) -> None:
    """One manage.py command, its output shown; Ctrl-C ends it and the demo."""
    done = subprocess.run(
        [str(environment.PYTHON), "manage.py", *arguments], cwd=ROOT, env=variables, check=False
    )
    if done.returncode:
        raise Trouble(f"`manage.py {arguments[0]}` failed (exit code {done.returncode}).")


def update_database(variables: dict[str, str]) -> int:
    """Run the migrations; how many users there are then. One start of Django does for both."""
    code = (
        "import django; django.setup()\n"
        "from django.contrib.auth import get_user_model\n"
        "from django.core.management import call_command\n"
        "call_command('migrate', interactive=False, verbosity=0)\n"
        "print(get_user_model().objects.count())\n"
    )
    done = subprocess.run(
        [str(environment.PYTHON), "-c", code],
        cwd=ROOT,
        env=variables | {"DJANGO_SETTINGS_MODULE": "save_portal.settings"},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Trouble("The database could not be brought up to date; see above.")
    return int(done.stdout.split()[-1])


def _static_sources() -> str:
    """Changes whenever a static file or a package that brings some does."""
    whole = hashlib.sha256()
    for lock in ("uv.lock", "package-lock.json"):
        whole.update((ROOT / lock).read_bytes())
    for settings in sorted((ROOT / "save_portal" / "settings").glob("*.py")):
        whole.update(settings.read_bytes())
    for file in sorted(path for path in (ROOT / "static").rglob("*") if path.is_file()):
        whole.update(str(file.relative_to(ROOT)).encode())
        whole.update(file.read_bytes())
    return whole.hexdigest()


def collect_static(local: Path, variables: dict[str, str]) -> None:
    stamp = local / "static.stamp"
    mark = _static_sources()
    if (local / "static").is_dir() and stamp.exists() and stamp.read_text() == mark:
        return
    say("Collecting the static files")
    stamp.unlink(missing_ok=True)
    manage(variables, "collectstatic", "--noinput", "--clear", "--verbosity", "0")
    stamp.write_text(mark)


def people_the_world(local: Path, variables: dict[str, str], users: int) -> None:
    """`seed_world` on an empty database; a half-finished one is begun again."""
    unfinished = local / "seed.unfinished"
    if users and not unfinished.exists():
        return
    say(f"Making the demo's world of {int(PEOPLE):,} synthetic people")
    unfinished.touch()
    manage(variables, "seed_world", "--people", PEOPLE, "--seed", SEED)
    manage(variables, "seed_applicants")
    manage(variables, "roll_up_figures", "--months", "13")
    unfinished.unlink()


# -- serving -----------------------------------------------------------------------------------


def children(local: Path, port: int) -> list[Child]:
    logs = local / "logs"
    logs.mkdir(exist_ok=True)
    python = str(environment.PYTHON)
    gunicorn = [
        *(python, "-m", "gunicorn", "save_portal.wsgi:application"),
        *("--bind", f"{HOST}:{port}", "--worker-class", "save_portal.web.server.Worker"),
        *("--workers", "2", "--threads", "4", "--timeout", "60", "--graceful-timeout", "10"),
        "--no-control-socket",
    ]
    worker = [python, "manage.py", "procrastinate", "worker"]
    made = [Child("web", gunicorn, logs / "web.log"), Child("worker", worker, logs / "worker.log")]
    for child in made:
        if child.log.exists():
            child.log.replace(child.log.with_suffix(".log.1"))
    return made


def _is_ready(port: int) -> bool:
    # The machine's proxy settings have no say about the machine itself.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://{HOST}:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def wait_until_ready(port: int, running: list[Child]) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while not _is_ready(port):
        _refuse_dead(running)
        if time.monotonic() > deadline:
            raise Trouble(
                f"The portal was not ready within {READY_WITHIN} seconds. "
                f"Its last words ({running[0].log}):\n{running[0].last_words()}"
            )
        time.sleep(0.2)


def _refuse_dead(running: list[Child]) -> None:
    for child in running:
        if child.process is not None and child.process.poll() is not None:
            raise Trouble(
                f"The {child.name} process ended (exit code {child.process.returncode}); "
                f"its last words ({child.log}):\n{child.last_words()}"
            )


def watch(running: list[Child], variables: dict[str, str], *, embedded: bool) -> None:
    """Until a signal comes. A process that died is started again, after a pause that grows while
    it keeps dying; so is PostgreSQL after a crash (not when someone stopped it)."""
    while True:
        if embedded and postgres.has_crashed():
            say("PostgreSQL crashed; it is started again.")
            postgres.start()
        for child in running:
            _revive(child, variables)
        time.sleep(1)


def _revive(child: Child, variables: dict[str, str]) -> None:
    if child.process is None or child.process.poll() is None:
        return
    now = time.monotonic()
    if not child.again_at:
        lived = now - child.started
        child.pause = 1.0 if lived > STEADY_AFTER else min(child.pause * 2, LONGEST_PAUSE)
        child.again_at = now + child.pause
        say(
            f"The {child.name} process ended (exit code {child.process.returncode}, see "
            f"{child.log}); it is started again in {child.pause:.0f} s."
        )
    elif now >= child.again_at:
        child.again_at = 0.0
        child.start(variables)


def stop(running: list[Child]) -> None:
    for child in running:
        if child.process is not None and child.process.poll() is None:
            child.process.terminate()
    for child in running:
        if child.process is None:
            continue
        try:
            child.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()


def announce(local: Path, port: int) -> None:
    try:
        world = json.loads((local / "demo.json").read_text())
    except (OSError, ValueError):
        world = {}
    address = f"http://{HOST}:{port}"
    groups = [*world.get("agencies", []), *world.get("offices", [])]
    if world and world.get("base_url") != address:
        fresh = local / "demo.json.new"
        fresh.write_text(json.dumps(world | {"base_url": address}, indent=2) + "\n")
        fresh.replace(local / "demo.json")
    say(f"\nReady: {address}\n")
    for group in groups:
        say(f"{group['name']}")
        for user in group["users"]:
            say(f"    {user['role']:22} {user['email']:44} {user['password']}")
    if groups:
        say(f"\nThese accounts are also in {local / 'demo.json'}.")
    say("All people are synthetic. Ctrl-C stops the portal; the data stay.")


class Ended(Exception):
    """A signal asked the demo to end."""


def _end(number: int, frame: FrameType | None) -> None:
    raise Ended


def _serve(local: Path, port: int) -> None:
    embedded = not os.environ.get("DATABASE_URL")
    running: list[Child] = []
    by_hand = embedded and (local / "postgres.by-hand").exists() and postgres.is_running()
    try:
        if embedded:
            postgres.start()
        variables = variables_for(local, port)
        say("Bringing the database up to date")
        users = update_database(variables)
        collect_static(local, variables)
        people_the_world(local, variables, users)
        refuse_taken_port(port)
        running = children(local, port)
        for child in running:
            child.start(variables)
        wait_until_ready(port, running)
        announce(local, port)
        watch(running, variables, embedded=embedded)
    finally:
        # A second Ctrl-C does not leave half of it running.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        stop(running)
        if embedded and not by_hand:
            postgres.stop()


def main(arguments: list[str]) -> int:
    if arguments:
        raise Trouble(__doc__ or "")
    port = chosen_port()
    refuse_taken_port(port)
    local = folder.claim()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        with folder.locked("demo-run", busy=f"The demo is running already on LOCAL_DIR={local}."):
            environment.set_up()
            _serve(local, port)
    except Ended:
        say("\nStopped; the data are kept.")
    return 0


if __name__ == "__main__":
    # Output to a pipe appears line by line, in order with that of the children.
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    folder.run(main)
