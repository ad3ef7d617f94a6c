"""What doctor looks at: each fault is found, said with a code, and comes with what to do."""

import os
import shutil
import socket
import sqlite3
import sys
from pathlib import Path

import pytest

from master.api.results import CheckResult
from master.checks import machine
from master.services.diagnostics import check_workers
from tests.unit.desktop.fakes import make_worker
from worker.protocol.states import WorkerState
from worker.protocol.texts import TEMPLATES
from worker.version import __version__


def assert_said(result: CheckResult) -> None:
    """What is said can be translated, and what is wrong has an advice."""
    assert result.said is not None
    assert result.message == TEMPLATES[result.said.code].format(**result.said.params)
    if result.level == "bad":
        assert result.advised is not None
        assert result.advice


def test_a_clock_that_is_years_behind():
    assert machine.check_clock(lambda: 1_000_000_000).level == "bad"
    assert machine.check_clock().level == "ok"


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_a_folder_that_others_may_read_comes_with_the_command(tmp_path: Path):
    folder = tmp_path / "my profile"
    assert machine.check_profile(folder).level == "ok"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    found = machine.check_profile(folder)
    assert found.level == "warn"
    assert found.command == f"chmod 700 '{folder}'"
    assert found.command in found.advice
    folder.chmod(0o700)
    assert machine.check_profile(folder).level == "ok"


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "access", lambda *_args: False)
    found = machine.check_profile(tmp_path)
    assert_said(found)
    assert (found.level, found.remedy) == ("bad", "open_profile")


def test_a_disk_that_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert machine.check_disk(tmp_path / "not" / "there").level == "ok"
    usage = shutil.disk_usage(tmp_path)._replace(free=machine.LEAST_FREE - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    assert machine.check_disk(tmp_path).level == "warn"


def test_a_database_that_is_damaged(tmp_path: Path):
    path = tmp_path / "watchkeeper.db"
    assert machine.check_database(tmp_path).level == "ok"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    assert machine.check_database(tmp_path).level == "ok"
    path.write_bytes(b"this is no database at all" * 100)
    found = machine.check_database(tmp_path)
    assert_said(found)
    assert (found.level, found.remedy) == ("bad", "show_backups")


def test_a_port_that_is_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert machine.check_port("127.0.0.1", port, running=False).level == "warn"
        assert machine.check_port("127.0.0.1", port, running=True).level == "ok"


async def test_no_keyring_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    found = await machine.check_keyring("keyring")
    assert found.level == "bad"
    assert found.said is not None
    assert found.advice in found.said.message
    assert found.remedy == "show_security"


def test_workers_that_are_down_and_of_another_version():
    up, down = make_worker("a", worker_version=__version__), make_worker("b", name="Second", online=False)
    idle = make_worker("c", online=False, auto_start=False)
    assert [one.level for one in check_workers([up, idle])] == ["ok", "ok"]
    found = check_workers([up, down])
    assert (found[0].level, "Second" in found[0].message) == ("warn", True)
    assert_said(check_workers([down])[0])
    assert check_workers([])[0].level == "bad"
    assert check_workers([make_worker("b", online=False, status=WorkerState.STARTING)])[0].level == "warn"
    old = make_worker("d", worker_version="0.0.1")
    assert [one.level for one in check_workers([up, old])] == ["ok", "warn"]
