"""Entries of the system name a path that stands after an update too."""

import sys

import pytest

from desktop.integration.autostart import launch_command
from desktop.integration.launches import LAUNCHER, lasting_path, program
from desktop.integration.url_schemes import link_command


@pytest.fixture
def packaged(tmp_path, monkeypatch):
    """The program of a package, in the folder of its version."""
    folder = tmp_path / "live" / "1.2.3"
    folder.mkdir(parents=True)
    executable = folder / "watchkeeper"
    executable.write_text("")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(executable))
    return executable


def test_a_program_that_stays_where_it_is_is_named_itself(packaged):
    assert lasting_path({}, str(packaged)) == str(packaged)


def test_a_package_names_the_path_that_stays(packaged):
    packaged.with_name(LAUNCHER).write_text("/usr/bin/watchkeeper\n")
    assert lasting_path({}, str(packaged)) == "/usr/bin/watchkeeper"


@pytest.mark.parametrize("said", [b"", b"watchkeeper\n", b"\xff\xfe"])
def test_what_is_no_path_is_not_believed(packaged, said):
    packaged.with_name(LAUNCHER).write_bytes(said)
    assert lasting_path({}, str(packaged)) == str(packaged)


def test_an_appimage_is_named_by_its_own_file(packaged, tmp_path):
    inside = {"APPIMAGE": "/media/stick/Watchkeeper.AppImage", "APPDIR": str(tmp_path)}
    assert lasting_path(inside, str(packaged)) == "/media/stick/Watchkeeper.AppImage"


def test_the_appimage_of_the_terminal_is_not_ours(packaged, tmp_path):
    other = {"APPIMAGE": "/media/stick/Terminal.AppImage", "APPDIR": str(tmp_path / "elsewhere")}
    assert lasting_path(other, str(packaged)) == str(packaged)


def test_from_source_it_is_the_interpreter():
    assert program() == [sys.executable, "-m", "desktop"]


def test_login_and_links_start_what_stays(packaged, monkeypatch, tmp_path):
    monkeypatch.setattr("desktop.integration.launches.lasting_path", lambda: "/usr/bin/watchkeeper")
    assert launch_command(tmp_path)[0] == "/usr/bin/watchkeeper"
    assert link_command(None) == ["/usr/bin/watchkeeper"]
