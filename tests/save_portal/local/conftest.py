"""A LOCAL_DIR of its own for each test, and the local commands run as programs in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from save_portal.local import folder, postgres

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def local_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    local = tmp_path / "local"
    monkeypatch.setenv("LOCAL_DIR", str(local))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    yield local
    if folder.is_ours(local):
        postgres.throw_away_all()


@pytest.fixture(scope="module")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One LOCAL_DIR with one durable cluster for the tests of a module."""
    local = tmp_path_factory.mktemp("shared") / "local"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOCAL_DIR", str(local))
        yield local
        if folder.is_ours(local):
            postgres.throw_away_all()


@pytest.fixture
def stopped(shared_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The shared LOCAL_DIR; its cluster does not run before nor after the test."""
    monkeypatch.setenv("LOCAL_DIR", str(shared_folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    yield shared_folder
    postgres.stop()


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run `python -m save_portal.local.<module> <arguments>` and return what came of it."""
    monkeypatch.delenv("DATABASE_URL", raising=False)

    def run(module: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", f"save_portal.local.{module}", *arguments],
            cwd=folder.ROOT,
            env=os.environ | variables,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
