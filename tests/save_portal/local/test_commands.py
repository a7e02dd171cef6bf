"""What `make demo`, `make reset` and the suite's runner refuse, and what they leave behind."""

import socket
from pathlib import Path

import pytest

from save_portal.local import demo, environment, folder, postgres, reset
from save_portal.local.folder import Trouble


def test_a_taken_port_is_told_before_anything_is_made(command, local_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = command("demo", PORT=str(port))
    assert told.returncode == 1
    assert f"Port {port} is in use" in told.stderr
    assert "Traceback" not in told.stderr
    assert not local_dir.exists()


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "８０００", "80 00"])
def test_a_port_that_is_none_is_refused(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(Trouble, match="is not a port"):
        demo.chosen_port()


def test_the_secret_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    made = demo.kept_secret(file)
    assert len(made) >= 50
    assert demo.kept_secret(file) == made
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_demo_hands_its_children_nothing_of_a_production_shell(
    local_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "of production")
    monkeypatch.setenv("DEBUG", "1")
    monkeypatch.setenv("PGPORT", "6543")
    given = demo.variables_for(folder.claim(), 8000)
    assert given["DEMO"] == "1"
    assert given["SECRET_KEY"] != "of production"
    assert given["ALLOWED_HOSTS"] == "localhost,127.0.0.1"
    assert not {"DEBUG", "PGPORT"} & set(given)


def test_reset_throws_away_what_the_portal_made_and_nothing_beside_it(
    command, local_dir: Path
) -> None:
    beside = local_dir.parent / "beside.txt"
    beside.write_text("stays")
    postgres.start()
    home = postgres.locate("demo").home
    told = command("reset")
    assert told.returncode == 0, told.stderr
    assert not local_dir.exists()
    assert not home.exists()
    assert beside.read_text() == "stays"
    assert command("reset").stdout.startswith("Nothing to throw away")


def test_reset_refuses_a_folder_without_our_mark(command, local_dir: Path) -> None:
    local_dir.mkdir()
    (local_dir / "thesis.txt").write_text("years of work")
    told = command("reset")
    assert told.returncode == 1
    assert "was not made by the portal" in told.stderr
    assert (local_dir / "thesis.txt").exists()


@pytest.mark.parametrize("path", [Path("/"), Path.home(), folder.ROOT, folder.ROOT.parent])
def test_reset_never_takes_a_root_a_home_or_the_project(path: Path) -> None:
    with pytest.raises(Trouble, match="nothing was removed"):
        reset.refuse_unless_ours(path)


def test_reset_waits_for_nobody_but_refuses_while_the_demo_runs(command, local_dir: Path) -> None:
    with folder.locked("demo-run"):
        told = command("reset")
    assert told.returncode == 1
    assert "stop it first" in told.stderr
    assert local_dir.exists()


def test_nothing_is_installed_where_all_is_up_to_date(command, local_dir: Path) -> None:
    told = command("environment", "--tests")
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


def test_a_mirror_set_for_pip_is_respected_and_the_usual_index_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://pypi.org/simple/")
    assert environment._index() is None
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example.gov/simple")
    assert environment._index() == "https://mirror.example.gov/simple"


def test_what_only_the_system_can_provide_is_named_with_the_command_that_installs_it(
    command, local_dir: Path
) -> None:
    # Nothing can be installed where there is no apt-get, as for whoever is not root.
    told = command("environment", "--tests", PATH="/nonexistent")
    assert told.returncode == 1
    assert "chromium               browser tests" in told.stderr
    assert "sudo apt-get install -y chromium poppler-utils\n" in told.stderr
    assert "The suite cannot be run without them." in told.stderr
    assert "Traceback" not in told.stderr
