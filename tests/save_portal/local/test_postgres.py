"""The embedded PostgreSQL starts, stops, recovers and keeps to itself."""

import os
import signal
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from save_portal.local import folder, postgres
from save_portal.local.folder import Trouble


def ask(statement: str, name: str = "demo") -> str:
    with psycopg.connect(postgres.url(name=name)) as connection:
        row = connection.execute(statement).fetchone()
        assert row is not None
        return str(row[0])


def test_a_cluster_starts_answers_keeps_its_data_and_stops(stopped: Path) -> None:
    assert postgres.start() is True
    assert postgres.start() is False
    assert ask("SELECT current_user") == "save_owner"
    assert ask("SELECT current_database()") == "save"
    assert ask("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == "False"
    with psycopg.connect(postgres.url()) as connection:
        connection.execute("DROP TABLE IF EXISTS kept")
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    assert postgres.stop() is True
    assert postgres.stop() is False
    assert not postgres.is_running()
    postgres.start()
    assert ask("SELECT number FROM kept") == "7"


def test_the_programs_from_npm_serve_where_none_are_installed(
    local_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.claim()
    programs = postgres._embedded_programs(postgres.locate("test"))
    assert programs is not None
    monkeypatch.setenv("SAVE_PG_BIN", str(programs.bin))
    postgres.start("test")
    assert ask("SHOW server_version", "test").split(".")[0] == str(programs.major)
    assert programs.major >= postgres.OLDEST == 15


def test_the_durable_cluster_syncs_and_none_listens_on_tcp(stopped: Path) -> None:
    postgres.start()
    assert ask("SHOW fsync") == "on"
    assert ask("SHOW synchronous_commit") == "on"
    assert ask("SHOW listen_addresses") == ""


def test_only_its_owner_reaches_the_cluster(stopped: Path) -> None:
    postgres.start()
    cluster = postgres.locate("demo")
    for directory in {cluster.home, cluster.socket}:
        assert directory.stat().st_mode & 0o007 == 0
    server = int((cluster.data / "postmaster.pid").read_text().split()[0])
    assert Path(f"/proc/{server}").stat().st_uid != 0


def test_the_test_cluster_is_thrown_away_when_it_stops(local_dir: Path) -> None:
    postgres.start("test")
    cluster = postgres.locate("test")
    assert ask("SHOW fsync", "test") == "off"
    postgres.stop("test")
    assert not cluster.home.exists()
    assert not (local_dir / "test.json").exists()


def test_a_killed_server_starts_again_with_what_was_committed(stopped: Path) -> None:
    postgres.start()
    with psycopg.connect(postgres.url()) as connection:
        connection.execute("DROP TABLE IF EXISTS kept")
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    cluster = postgres.locate("demo")
    os.kill(int((cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    deadline = time.monotonic() + 5
    while not postgres.has_crashed() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert postgres.has_crashed()
    assert postgres.start() is True
    assert not postgres.has_crashed()
    assert ask("SELECT number FROM kept") == "7"


def test_a_pid_file_that_names_a_stranger_neither_hinders_a_start_nor_harms_him(
    stopped: Path,
) -> None:
    postgres.start()
    postgres.stop()
    cluster = postgres.locate("demo")
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (cluster.data / "postmaster.pid").write_text(
            f"{stranger.pid}\n{cluster.data}\n1\n5432\n{cluster.socket}\n\n1 1\nready\n"
        )
        assert not postgres.is_running()
        assert postgres.stop() is False
        assert postgres.start() is True
        postgres.stop()
        assert stranger.poll() is None
        stranger.terminate()


def test_a_path_too_long_or_too_odd_for_a_socket_is_worked_around(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, local_dir: Path
) -> None:
    odd = tmp_path / ("a folder, with 'quotes' & a long name " + "x" * 90)
    monkeypatch.setenv("LOCAL_DIR", str(odd))
    try:
        postgres.start()
        assert ask("SELECT 1") == "1"
        assert len(str(postgres.locate("demo").socket)) < 90
    finally:
        postgres.throw_away_all()
    assert not postgres.locate("demo").socket.exists()


def test_data_of_another_version_are_refused_by_name(local_dir: Path) -> None:
    folder.claim()
    data = postgres.locate("demo").data
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(Trouble, match=r"made by PostgreSQL 9.*make reset"):
        postgres.start()


def test_settings_can_ask_for_the_address_before_there_is_a_cluster(local_dir: Path) -> None:
    told = postgres.url(local_dir)
    assert told.startswith("postgresql://save_owner@/save?host=")
    assert not local_dir.exists()
    folder.claim()
    assert postgres.url(local_dir) == told


def test_a_folder_of_someone_else_is_not_used(local_dir: Path) -> None:
    local_dir.mkdir()
    (local_dir / "thesis.txt").write_text("years of work")
    with pytest.raises(Trouble, match="not the portal's"):
        folder.claim()
    assert [path.name for path in local_dir.iterdir()] == ["thesis.txt"]


def test_the_command_line_tells_what_it_did(command, stopped: Path) -> None:
    assert command("postgres", "status").returncode == 3
    assert command("postgres", "start").stdout.startswith("Started: postgresql://")
    assert command("postgres", "start").stdout.startswith("Already running: ")
    assert command("postgres", "status").returncode == 0
    assert command("postgres", "url").stdout.strip() == postgres.url()
    assert command("postgres", "stop").stdout == "Stopped.\n"
    assert command("postgres", "stop").stdout == "It was not running.\n"
