"""Which program is started for what, from source and in a package."""

import os
import sys
from pathlib import Path

import pytest

from master.deploy.local import worker_env
from worker import programs
from worker.version import __version__


@pytest.fixture
def package(monkeypatch, tmp_path) -> Path:
    """Give a folder such as packages have; its program is the one that runs."""
    (tmp_path / "watchkeeper").touch()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "watchkeeper"))
    return tmp_path


def test_from_source_there_is_no_package() -> None:
    assert not programs.packaged()
    assert programs.console_program() == programs.window_program() == sys.executable


def test_a_package_starts_itself(package) -> None:
    assert programs.packaged()
    assert programs.console_program() == programs.window_program() == str(package / "watchkeeper")


def test_on_windows_the_unseen_run_in_the_program_with_a_console(package, monkeypatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    for name in (programs.WITH_CONSOLE, programs.WITHOUT_CONSOLE):
        monkeypatch.setattr(sys, "executable", str(package / name))
        (package / name).touch()
    for name in (programs.WITH_CONSOLE, programs.WITHOUT_CONSOLE):
        monkeypatch.setattr(sys, "executable", str(package / name))
        assert programs.console_program() == str(package / "watchkeeper-cli.exe")
        assert programs.window_program() == str(package / "watchkeeper.exe")


@pytest.mark.parametrize(("inside", "below"), [("", "."), ("MacOS", "../Resources")])
def test_the_keeper_of_this_version_is_found(package, monkeypatch, inside, below) -> None:
    folder = package / inside
    folder.mkdir(exist_ok=True)
    monkeypatch.setattr(sys, "executable", str(folder / "watchkeeper"))
    for version in ("0.0.0", __version__):
        assert programs.keeper_program() is None
        place = (folder / below).resolve() / f"keeper-{version}"
        place.mkdir(parents=True)
        (place / "watchkeeper-keeper").touch()
    assert programs.keeper_program() == str(place / "watchkeeper-keeper")


def test_a_keeper_that_was_put_where_it_stays_goes_first(package, monkeypatch, tmp_path_factory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.setenv(programs.KEEPERS, str(elsewhere))
    for place in (package, elsewhere):
        (place / f"keeper-{__version__}").mkdir()
        (place / f"keeper-{__version__}" / "watchkeeper-keeper").touch()
        assert programs.keeper_program() == str(place / f"keeper-{__version__}" / "watchkeeper-keeper")
    assert worker_env({programs.KEEPERS: str(elsewhere)}, {})[programs.KEEPERS] == str(elsewhere)


def test_what_the_loader_added_goes_and_what_it_changed_comes_back(package) -> None:
    environment = {
        "LD_LIBRARY_PATH": "/opt/watchkeeper/_internal",
        "LD_LIBRARY_PATH_ORIG": "/opt/own",
        "DYLD_LIBRARY_PATH": "/opt/watchkeeper/_internal",
        "_PYI_ARCHIVE_FILE": "/opt/watchkeeper/watchkeeper",
        "_PYI_PARENT_PROCESS_LEVEL": "1",
        "PYINSTALLER_RESET_ENVIRONMENT": "1",
        "PATH": "/usr/bin",
    }
    programs.release_environment(environment)
    assert environment == {"LD_LIBRARY_PATH": "/opt/own", "PATH": "/usr/bin"}


def test_what_is_started_finds_no_programs_or_libraries_inside_of_a_package(package, monkeypatch) -> None:
    own, others = package / "_internal" / "PySide6", [str(package), "/usr/bin", ""]
    before = {"Path": os.pathsep.join([str(own), *others])}
    assert worker_env(before, {})["Path"] == before["Path"]  # from source
    monkeypatch.setattr(sys, "_MEIPASS", str(package / "_internal"), raising=False)
    assert worker_env(before, {})["Path"] == os.pathsep.join(others)


def test_from_source_the_environment_stays() -> None:
    environment = {"LD_LIBRARY_PATH": "/opt/own", "_PYI_ARCHIVE_FILE": "of another program"}
    programs.release_environment(environment)
    assert environment == {"LD_LIBRARY_PATH": "/opt/own", "_PYI_ARCHIVE_FILE": "of another program"}
